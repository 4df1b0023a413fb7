"""/preferences/"""

import pytest
from django.test import Client

from tests.conftest import LOGS
from tests.views.reading import HTMX, fields, parse

pytestmark = pytest.mark.django_db

URL = "/preferences/"
OFF_SITE = [
    "https://evil.example/",
    "http://evil.example/",
    "//evil.example/",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "https:///evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    " //evil.example",
    "\t//evil.example",
    "http://testserver@evil.example/",
    "http://testserver.evil.example/",
    "//testserver:80@evil.example",
    "ftp://testserver/",
    "\x08//evil.example",
    "/x\r\nSet-Cookie: a=b",
]


def test_theme_and_density_are_kept_and_the_visitor_goes_back(person):
    here = LOGS + "?provider=openai&page=1"
    answer = person.post(URL, {"theme": "dark", "density": "roomy", "next": here})
    assert (answer.status_code, answer["Location"]) == (302, here)
    page = parse(person.get(LOGS))
    assert page.one("html")["data-theme"] == "dark"
    menu = page.one(id="theme-menu")
    assert "checked" in menu.one("input", name="density", value="roomy")


def test_the_form_of_a_page_brings_one_back_to_it(person):
    form = parse(person.get(LOGS + "?provider=openai&per_page=20")).one(id="theme-menu")
    assert person.post(form["action"], fields(form))["Location"] == LOGS + "?provider=openai&per_page=20"


@pytest.mark.parametrize("url", OFF_SITE)
def test_it_leads_to_no_other_site(person, url):
    answer = person.post(URL, {"theme": "dark", "next": url})
    assert answer.status_code == 302
    location = answer["Location"]
    assert location == "/" or (location.startswith("/x") and "\n" not in location)
    assert "Set-Cookie" not in location or "%0" in location


def test_without_next_it_leads_home(person):
    assert person.post(URL, {"theme": "dark"})["Location"] == "/"


@pytest.mark.parametrize(
    ("name", "value"), [("theme", "<script>"), ("theme", ""), ("density", "x" * 1000), ("colour", "red")]
)
def test_what_is_no_choice_is_not_kept(person, name, value):
    person.post(URL, {name: value})
    assert name not in person.session


@pytest.mark.parametrize("headers", [HTMX, {"X-Requested-With": "fetch"}])
def test_a_script_gets_no_page(person, headers):
    answer = person.post(URL, {"theme": "light"}, headers=headers)
    assert (answer.status_code, answer.content) == (204, b"")
    assert person.session["theme"] == "light"


def test_it_asks_no_upstream(person, wire):
    person.post(URL, {"theme": "dark"})
    assert wire.sent == []


def test_a_get_changes_nothing(person):
    assert person.get(URL, {"theme": "dark"}).status_code == 405
    assert "theme" not in person.session


def test_a_forged_form_changes_nothing(django_user_model, sandbox):
    forged = Client(enforce_csrf_checks=True)
    forged.force_login(django_user_model.objects.create_user("kim"))
    assert forged.post(URL, {"theme": "dark"}).status_code == 403
    assert "theme" not in forged.session
