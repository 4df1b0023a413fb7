"""/preferences/"""

import pytest
from django.test import Client

from tests.conftest import LOGS
from tests.people import somebody
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


def test_the_zone_is_kept_beside_the_last_one_that_was_not_utc(person):
    for name, kept in (("Europe/Berlin", "Europe/Berlin"), ("asia/kolkata", "Asia/Kolkata"), ("UTC", "Asia/Kolkata")):
        assert person.post(URL, {"zone": name, "next": LOGS})["Location"] == LOGS
        assert person.session["local_zone"] == kept
    assert person.session["zone"] == "UTC"


def test_a_zone_that_is_not_known_changes_nothing_and_what_was_typed_can_be_put_right(person):
    person.post(URL, {"zone": "Asia/Kolkata"})
    answer = person.post(URL, {"zone": "Europe/<b>erlin", "theme": "dark", "next": LOGS})
    assert answer.status_code == 400
    assert (person.session["zone"], "theme" in person.session) == ("Asia/Kolkata", False)
    page = parse(answer)
    assert (
        "“Europe/<b>erlin” is not a time zone that is known here" in page.one("div", role="alert", class_="note").text
    )
    form = page.one("main").one("form")
    assert fields(form) | {"csrfmiddlewaretoken": []} == {
        "csrfmiddlewaretoken": [], "next": [LOGS], "zone": ["Europe/<b>erlin"]
    }  # fmt: skip
    assert person.post(form["action"], fields(form) | {"zone": "Europe/Berlin"})["Location"] == LOGS


@pytest.mark.parametrize("headers", [HTMX, {"X-Requested-With": "fetch"}])
def test_a_script_is_told_in_plain_text_that_a_zone_is_not_known(person, headers):
    answer = person.post(URL, {"zone": "<script>"}, headers=headers)
    assert (answer.status_code, answer["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert "is not a time zone" in answer.text
    assert "zone" not in person.session


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
    forged.force_login(somebody("kim"))
    assert forged.post(URL, {"theme": "dark"}).status_code == 403
    assert "theme" not in forged.session
