"""/gateways/<gateway>/views/save/"""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from gateway_dash.sharing.models import VIEWS_LIMIT, SavedView
from tests.conftest import LOGS
from tests.people import somebody
from tests.views.reading import fields, parse
from tests.views.test_preferences import OFF_SITE

pytestmark = pytest.mark.django_db

URL = "/gateways/prod-edge/views/save/"


def names():
    return list(SavedView.objects.values_list("name", flat=True))


def menu(person, query=""):
    return parse(person.get(LOGS + query)).one(id="views-menu")


def test_the_list_on_the_screen_is_saved_and_its_button_takes_the_name(person):
    form = menu(person, "?success=false&sort=-model").one("form", action=URL)
    answer = person.post(URL, fields(form) | {"name": "  Failed  "})
    assert (answer.status_code, answer["Location"]) == (302, LOGS + "?success=false&sort=-model")
    page = parse(person.get(answer["Location"]))
    assert page.one("button", popovertarget="views-menu").text == "View: Failed"
    link = page.one(id="views-menu").one("a", title="Calls that failed")
    assert (link.text, link["href"]) == ("Failed", LOGS + "?success=false&sort=-model")
    assert parse(person.get(LOGS)).one("button", popovertarget="views-menu").text == "Views"


def test_page_moment_and_what_is_open_are_not_kept_and_columns_are(person):
    query = "since=24h&start=2026-11-22T10:00:00Z&page=3&as_of=2026-11-23T10:00:00Z&open=facets&columns=time,cost"
    person.post(URL, {"name": "x", "query": query + "&peek=abc"})
    assert SavedView.objects.get().query == "since=24h&columns=time,cost"


def test_a_name_that_is_taken_is_asked_about_first(person):
    person.post(URL, {"name": "x", "query": "success=false"})
    answer = person.post(URL, {"name": "x", "query": "provider=openai", "next": LOGS + "?provider=openai"})
    page = parse(answer)
    assert answer.status_code == 409
    assert page.one("h1").text == "Replace the view “x”?"
    assert "Calls that failed" in page.text
    assert "Calls from openai" in page.text
    assert page.links()["Keep it as it is"] == LOGS + "?provider=openai"
    assert SavedView.objects.get().query == "success=false"
    answer = person.post(URL, fields(page.one("main").one("form", action=URL)))
    assert answer["Location"] == LOGS + "?provider=openai"
    assert SavedView.objects.get().query == "provider=openai"


def test_the_same_list_under_the_same_name_needs_no_question(person):
    for _ in range(2):
        assert person.post(URL, {"name": "x", "query": "success=false"}).status_code == 302
    assert names() == ["x"]


def test_it_can_become_the_default_at_once_and_there_is_one_at_most(person):
    for name in ("a", "b"):
        person.post(URL, {"name": name, "query": "success=false", "default": "1"})
    assert list(SavedView.objects.filter(is_default=True).values_list("name", flat=True)) == ["b"]


def test_the_database_refuses_a_second_default(person, django_user_model):
    user = django_user_model.objects.get()
    SavedView.objects.create(user=user, gateway="g", name="a", is_default=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedView.objects.create(user=user, gateway="g", name="b", is_default=True)
    SavedView.objects.create(user=user, gateway="g2", name="a", is_default=True)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"name": ""}, "“name” is empty"),
        ({"name": "   "}, "“name” is empty"),
        ({"name": "x" * 81}, "at most 80 characters"),
        ({"name": "a\u202eb"}, "cannot be seen"),
        ({"name": "x", "query": "providr=openai"}, "Did you mean “provider”?"),
        ({"name": "x", "query": "provider="}, "provider"),
        ({"name": "x", "query": "search=" + "a" * 9000}, "longer than 8,000 characters"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_words(person, sent, said):
    answer = person.post(URL, {"query": "success=false"} | sent)
    assert answer.status_code == 400
    assert said in parse(answer).text
    assert names() == []


def test_at_the_limit_it_says_so_and_another_gateway_has_room(person, django_user_model):
    user = django_user_model.objects.get()
    for number in range(VIEWS_LIMIT):
        SavedView.objects.create(user=user, gateway="prod-edge", name=f"v{number}")
    answer = person.post(URL, {"name": "one more", "query": ""})
    assert answer.status_code == 400
    assert "You have 100 saved views of this gateway" in parse(answer).text
    assert "the most that can be kept" in menu(person).text
    assert person.post(URL, {"name": "v1", "query": "success=false", "replace": "1"}).status_code == 302
    assert person.post("/gateways/staging/views/save/", {"name": "x", "query": ""}).status_code == 302


def test_two_people_have_the_same_name_and_never_see_each_others(person, django_user_model):
    person.post(URL, {"name": "x", "query": "success=false"})
    other = Client()
    other.force_login(somebody("lee"))
    assert "Calls that failed" not in menu(other).text
    assert other.post(URL, {"name": "x", "query": "provider=openai"}).status_code == 302
    assert sorted(SavedView.objects.values_list("query", flat=True)) == ["provider=openai", "success=false"]


@pytest.mark.parametrize("url", OFF_SITE)
def test_it_leads_to_no_other_site(person, url):
    location = person.post(URL, {"name": "x", "query": "success=false", "next": url})["Location"]
    assert location == LOGS + "?success=false" or (location.startswith("/x") and "\n" not in location)


def test_it_asks_no_upstream_and_only_post_is_answered(person, wire):
    person.post(URL, {"name": "x", "query": ""})
    assert wire.sent == []
    assert person.get(URL).status_code == 405
