"""/palette/"""

import httpx
import pytest

from tests.conftest import LOGS
from tests.views.reading import parse

pytestmark = pytest.mark.django_db

URL = "/palette/"
SAVE = "/gateways/prod-edge/views/save/"


def test_it_lists_gateways_views_and_searches_as_links(person):
    person.get(LOGS + "?provider=openai")
    person.post(SAVE, {"name": "Failed", "query": "success=false"})
    links = parse(person.get(URL)).one("main").links()
    assert links == {
        "Failed": LOGS + "?success=false",
        "Calls from openai": LOGS + "?provider=openai",
        "prod-edge": "/gateways/prod-edge/",
        "support-bot": "/gateways/support-bot/",
        "staging": "/gateways/staging/",
    }


def test_every_page_links_to_it_and_says_where_one_was(person):
    link = parse(person.get(LOGS)).one("a", data_palette=None)
    assert link["href"] == "/palette/?gateway=prod-edge"
    form = parse(person.get(link["href"])).one("main").one("form")
    assert (form["action"], form.one("input", type="hidden")["value"]) == ("/find/", "prod-edge")


def test_without_the_upstream_there_is_still_the_persons_own(person, upstream_answers):
    person.post(SAVE, {"name": "Failed", "query": "success=false"})
    upstream_answers(lambda _request: httpx.Response(500, json={"success": False}))
    answer = person.get(URL)
    assert answer.status_code == 200
    page = parse(answer).one("main")
    assert page.links() == {"Failed": LOGS + "?success=false"}
    assert "The gateways are missing here" in page.one(role="alert").text


def test_what_stands_there_is_text(person):
    person.post(SAVE, {"name": "<b>x</b>", "query": "provider=%3Cimg%3E"})
    assert "<b>x</b>" not in person.get(URL).text
    assert "<b>x</b>" in parse(person.get(URL)).one("main").text


def test_only_get_is_answered(person):
    assert person.post(URL).status_code == 405
