"""/gateways/<gateway>/logs/<log_id>/raw/: every field and both bodies, as they are"""

import pytest

from tests.conftest import LOGS
from tests.views.reading import parse

pytestmark = pytest.mark.django_db


def test_both_bodies_and_every_field_are_on_one_page_for_one_call(person, wire, bare_store):
    bare_store.add({"id": "one", "request_body": b"question", "response_body": b"answer", "user_agent": "curl/8"})
    page = parse(person.get(LOGS + "one/raw/"))
    assert page.one(id="request-text").text == "question"
    assert page.one(id="response-text").text == "answer"
    assert "curl/8" in page.one("div", aria_label="Fields").text
    assert wire.calls == ["GET /prod-edge/logs/one"]


def test_it_is_one_part_of_the_log_and_says_which(person, bare_store):
    bare_store.add({"id": "one"})
    page = parse(person.get(LOGS + "one/raw/?provider=openai"))
    current = [each.text for each in page.one(class_="tabs").all("a") if "aria-current" in each]
    assert current == ["Raw"]
    assert page.one(class_="crumb").one("a")["href"] == LOGS + "?provider=openai"
    assert page.one("a", class_="btn", href=LOGS + "one/raw/").text == "Copy linkPermalink"


def test_a_log_that_is_not_there_is_a_404(person):
    assert person.get(LOGS + "nope/raw/").status_code == 404
