"""/login/ and /logout/, and what lies behind them"""

import pytest
from django.test import Client
from django.urls import reverse

from gateway_dash.urls import urlpatterns
from tests.conftest import LOGS
from tests.people import somebody
from tests.views.crawl import EXAMPLES, WITH_TOKEN
from tests.views.reading import HTMX, fields, parse
from tests.views.test_preferences import OFF_SITE

pytestmark = pytest.mark.django_db

NUMBERS = dict.fromkeys(
    (
        "view_id",
        "number",
        "rule_id",
        "person_id",
        "role_id",
        "link_id",
        "session_id",
        "mention_id",
        "token_id",
        "watch_id",
    ),
    1,
)
ARGUMENTS = {"gateway": "prod-edge", "log_id": "x1", "side": "request", "key": "0123456789abcdef",
             "name": "logs-0001.csv", **NUMBERS}  # fmt: skip
OPEN = {"login", "healthz", "readyz", "api-description"}
STEPS = {"login-code", "oidc-login", "oidc-callback"}  # of a sign-in, which a stranger has not begun


def address(pattern):
    names = pattern.pattern.converters
    return reverse(pattern.name, kwargs={name: ARGUMENTS[name] for name in names})


BY_A_KEY = {"demo-sign-in", "password-choose", "share-link", "metrics"}  # open to whoever has what they ask for
GUARDED = [address(each) for each in urlpatterns if each.name not in OPEN | STEPS | BY_A_KEY | {*WITH_TOKEN}]


@pytest.fixture
def user(db, sandbox):
    return somebody("kim", password="correct horse battery")


def sign_in(client, **more):
    return client.post("/login/", {"username": "kim", "password": "correct horse battery", **more})


# --- behind the door


@pytest.mark.parametrize("url", GUARDED)
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_every_address_asks_a_stranger_to_sign_in(client, wire, url, method, headers):
    answer = getattr(client, method)(url, headers=headers)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/login/?next=/")
    assert wire.sent == []


@pytest.mark.parametrize("name", sorted(WITH_TOKEN))
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_the_api_asks_a_stranger_for_a_token_and_does_not_take_a_session_for_one(person, wire, name, headers):
    for stranger in (Client(), person):
        answer = stranger.get(EXAMPLES[name][1], headers=headers)
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"].startswith("Bearer")
    assert wire.sent == []


@pytest.mark.parametrize("name", sorted(OPEN))
def test_only_these_are_open(client, wire, name):
    assert client.get(reverse(name)).status_code == 200
    assert wire.sent == []


@pytest.mark.parametrize("name", sorted(STEPS))
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_later_step_leads_a_stranger_to_the_first(client, wire, name, method):
    answer = getattr(client, method)(reverse(name))
    assert (answer.status_code, answer.get("Location")) in [(302, "/login/"), (405, None)]
    assert client.get(reverse(name))["Location"] == "/login/"
    assert wire.sent == []


def test_a_user_who_was_switched_off_is_a_stranger(person, django_user_model, wire):
    django_user_model.objects.update(is_active=False)
    assert person.get(LOGS).status_code == 302
    assert wire.sent == []


def test_an_address_that_does_not_exist_tells_a_stranger_nothing(client):
    answer = client.get("/gateways/prod-edge/secret-room/")
    assert answer.status_code == 404
    assert not [link for link in parse(answer).links().values() if "prod-edge" in link]


# --- in


def test_signing_in_leads_to_where_one_wanted_to_go(client, user):
    wanted = LOGS + "?provider=openai&cached__not=true"
    asked = client.get(wanted)
    page = client.get(asked["Location"])
    answer = client.post("/login/", {k: v[0] for k, v in fields(parse(page).one("form", action="/login/")).items()}
                         | {"username": "kim", "password": "correct horse battery"})  # fmt: skip
    assert (answer.status_code, answer["Location"]) == (302, wanted)


@pytest.mark.parametrize("url", OFF_SITE)
def test_signing_in_leads_to_no_other_site(client, user, url):
    location = sign_in(client, next=url)["Location"]
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))
    assert "\n" not in location


@pytest.mark.parametrize("url", OFF_SITE)
def test_who_is_signed_in_is_led_to_no_other_site_either(person, url):
    location = person.get("/login/", {"next": url}, follow=False)["Location"]
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))


@pytest.mark.parametrize("next_url", ['/"><script>alert(1)</script>', "/{{ 7*7 }}", "/&lt;b&gt;"])
def test_the_way_back_is_text(client, user, next_url):
    page = parse(client.get("/login/", {"next": next_url}))
    assert page.one("form", action="/login/").one("input", name="next")["value"] == next_url
    assert all(each["src"].startswith("/static/") for each in page.all("script"))


@pytest.mark.parametrize(
    ("username", "password"), [("kim", "wrong"), ("nobody", "correct horse battery"), ("", ""), ("kim\x00", "x")]
)
def test_a_wrong_password_signs_nobody_in_and_does_not_say_which_was_wrong(client, user, username, password):
    answer = client.post("/login/", {"username": username, "password": password})
    assert answer.status_code == 200
    assert "sessionid" not in client.cookies
    assert client.get(LOGS).status_code == 302
    assert not password or f'value="{password}"' not in answer.text


def test_unknown_user_and_wrong_password_get_the_same_words(client, user):
    def words(username):
        page = parse(client.post("/login/", {"username": username, "password": "wrong"}))
        return page.one(id="login-errors").text

    assert words("kim") == words("nobody")


def test_a_new_session_begins_at_sign_in(client, user):
    client.post("/login/", {"username": "kim", "password": "wrong"})
    before = client.session.session_key
    sign_in(client)
    assert client.session.session_key != before


def test_the_session_cookie_is_out_of_reach(client, user):
    sign_in(client)
    cookie = client.cookies["session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


# --- out


def test_signing_out_ends_the_session(person):
    answer = person.post("/logout/")
    assert (answer.status_code, answer["Location"]) == (302, "/login/")
    assert person.get(LOGS).status_code == 302


def test_a_link_signs_nobody_out(person):
    assert person.get("/logout/").status_code == 405
    assert person.get(LOGS).status_code == 200


# --- forged forms


WRITES = [
    LOGS + "delete/preview/",
    LOGS + "x1/keep/",
    LOGS + "x1/comments/add/",
    LOGS + "x1/comments/1/change/",
    LOGS + "x1/comments/1/remove/",
    LOGS + "x1/here/",
    "/mentions/seen/",
    "/gateways/prod-edge/jobs/0123456789abcdef/confirm/",
    "/gateways/prod-edge/jobs/0123456789abcdef/stop/",
    "/deletion/stop/",
    LOGS + "x1/annotate/",
    "/preferences/",
    "/logout/",
]


@pytest.mark.parametrize("url", WRITES)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_forged_form_is_refused_and_nothing_is_sent(user, wire, url, headers):
    forged = Client(enforce_csrf_checks=True)
    forged.force_login(user)
    answer = forged.post(url, {"id": "x1", "everything": "1"}, headers=headers)
    assert answer.status_code == 403
    assert "The form did not come from this page" in answer.text
    assert wire.sent == []
    assert forged.get(LOGS).status_code == 200  # still signed in


@pytest.mark.parametrize("url", WRITES)
def test_a_forged_form_sent_by_htmx_says_so_where_it_can_be_seen(user, url, wire):
    forged = Client(enforce_csrf_checks=True)
    forged.force_login(user)
    answer = forged.post(url, headers=HTMX)
    assert "The form did not come from this page" in parse(answer).one(id="notice").text
    assert answer["HX-Push-Url"] == "false"


def test_forged_credentials_sign_nobody_in(user):
    forged = Client(enforce_csrf_checks=True)
    assert sign_in(forged).status_code == 403


def test_the_pages_own_forms_are_accepted(user, store):
    store.add({"id": "x1"})
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(user)
    page = parse(browser.get(LOGS + "x1/"))
    for form in page.all("form", method="post", action=None):
        if form["action"] != "/logout/":
            pressed = {each["name"]: [each["value"]] for each in form.all("button", name="keep")}
            assert browser.post(form["action"], fields(form) | pressed, follow=False).status_code in (
                200,
                302,
                303,
                422,
            )
    signed_out = next(form for form in page.all("form", method="post", action=None) if form["action"] == "/logout/")
    assert browser.post("/logout/", fields(signed_out))["Location"] == "/login/"


def test_each_form_that_writes_carries_its_own_token(person):
    page = parse(person.get(LOGS))
    writing = page.all("form", method="post")
    assert len(writing) >= 3
    assert all(form.all("input", name="csrfmiddlewaretoken") for form in writing)
