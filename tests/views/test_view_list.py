"""/gateways/<gateway>/views/"""

import pytest
from django.test import Client

from gateway_dash.sharing.models import SavedView
from tests.conftest import LOGS
from tests.people import somebody
from tests.views.reading import parse

pytestmark = pytest.mark.django_db

URL = "/gateways/prod-edge/views/"


def save(person, name, query="success=false"):
    person.post(URL + "save/", {"name": name, "query": query})
    return SavedView.objects.get(name=name)


def test_each_view_is_a_sentence_with_what_can_be_done(person, wire):
    save(person, "b")
    save(person, "A", "provider=openai")
    page = parse(person.get(URL)).one("main")
    assert page.one("h1").text == "You have 2 saved views of prod-edge"
    first, second = page.all("section", class_="view")
    number = SavedView.objects.get(name="A").pk
    words = "Watch it: say so when there is too much in it: A"
    watch = {words: f"/gateways/prod-edge/watches/?view={number}#watch-new"}
    assert first.links() == {"A": LOGS + "?provider=openai"} | watch
    assert "Calls that failed" in second.text
    assert [each.text for each in second.all("button")] == [
        "Rename b",
        "Give it to the team: b",
        "Open prod-edge with it: b",
        "Delete the view “b”",
    ]
    assert wire.sent == []


def test_without_views_it_says_how_to_make_one(person):
    assert "open “Views” above it" in parse(person.get(URL)).one("main").text


def test_a_view_that_cannot_be_read_says_what_is_wrong_and_is_not_dropped(person, django_user_model):
    SavedView.objects.create(user=django_user_model.objects.get(), gateway="prod-edge", name="Old", query="providr=a")
    for url in (URL, LOGS):
        page = parse(person.get(url)).one("main")
        link = page.one("a", href=LOGS + "?providr=a")
        assert "Old" in link.text
        assert "stale" in page.text
    assert "Did you mean “provider”?" in parse(person.get(URL)).text
    menu = parse(person.get(LOGS)).one(id="views-menu").one("a", href=LOGS + "?providr=a")
    assert "Did you mean “provider”?" in menu["title"]
    assert "hx-get" not in menu  # it leads to the page that says what is wrong


def test_another_persons_views_are_not_listed(person, django_user_model):
    save(person, "mine")
    other = Client()
    other.force_login(somebody("lee"))
    assert "mine" not in parse(other.get(URL)).one("main").text


def test_only_get_is_answered(person):
    assert person.post(URL).status_code == 405
