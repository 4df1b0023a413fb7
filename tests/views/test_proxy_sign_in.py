"""Signing in behind a proxy that names people in a header"""

import logging

import pytest
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.models import Session
from django.test import Client

from gateway_dash.telemetry.lines import JsonLines
from tests.assertions import start_with
from tests.conftest import LOGS
from tests.views.reading import HTMX, parse

pytestmark = pytest.mark.django_db

NAMED, PROVED = "X-Forwarded-Email", "X-Gateway-Dash-Proxy-Secret"
KIM, LEE = "kim@example.org", "lee@example.org"
PASSWORD = "correct horse battery"
PAGE = "/preferences/zone/"  # for everybody who is signed in
SECRET = "canary-" + "s" * 32


@pytest.fixture
def start(settings, monkeypatch, tmp_path, sandbox):
    """The product behind a proxy."""

    def start(**environ: str) -> None:
        proxy = {"GATEWAY_DASH_PROXY_USER_HEADER": NAMED, "GATEWAY_DASH_PROXY_SECRET": SECRET}
        start_with(settings, monkeypatch, tmp_path, **proxy, **environ)

    return start


@pytest.fixture
def proxy(start):
    """The headers that the proxy sends for somebody."""
    start()
    return by_proxy


def by_proxy(mail=KIM):
    return {NAMED: mail, PROVED: SECRET}


@pytest.fixture
def told():
    """The names of those who signed in."""
    names: list[str] = []

    def came(user, **_more):
        names.append(user.username)

    user_logged_in.connect(came)
    yield names
    user_logged_in.disconnect(came)


def is_in(answer):
    return answer.status_code == 200 and answer.wsgi_request.user.is_authenticated


def is_refused(answer):
    assert answer.status_code == 403
    assert parse(answer).one("h1").text == "You are not let in"
    return not answer.wsgi_request.user.is_authenticated


# --- in


def test_whom_the_proxy_names_is_signed_in(client, proxy, django_user_model):
    kim = django_user_model.objects.create_user("kim", "Kim@Example.org")
    assert client.get(PAGE, headers=proxy("KIM@example.org")).wsgi_request.user == kim
    assert django_user_model.objects.count() == 1


def test_the_secret_may_come_from_a_file(client, settings, monkeypatch, tmp_path, sandbox):
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    files = {"GATEWAY_DASH_PROXY_USER_HEADER": NAMED, "GATEWAY_DASH_PROXY_SECRET_FILE": str(tmp_path / "secret")}
    start_with(settings, monkeypatch, tmp_path, **files)
    assert is_in(client.get(PAGE, headers=by_proxy()))


def test_somebody_new_gets_an_account_without_password_and_rights(client, proxy, django_user_model):
    assert is_in(client.get(PAGE, headers=proxy()))
    user = django_user_model.objects.get()
    assert (user.username, user.email, user.has_usable_password()) == (KIM, KIM, False)
    assert (user.is_staff, user.is_superuser, user.get_all_permissions()) == (False, False, set())


def test_a_session_is_opened_once_under_a_new_key(client, proxy, told):
    planted = client.session
    planted["theme"] = "dark"
    planted.save()
    client.cookies["session"] = planted.session_key
    for _ in range(3):
        assert is_in(client.get(PAGE, headers=proxy()))
    assert told == [KIM]
    assert client.session.session_key != planted.session_key
    assert Session.objects.count() == 1


# --- not in


@pytest.mark.parametrize(
    "secret",
    [{}, {PROVED: ""}, {PROVED: SECRET[:-1]}, {PROVED: SECRET + "s"}, {PROVED: SECRET.upper()},
     {PROVED: f"{SECRET},{SECRET}"}, {PROVED: f"{SECRET} "}, {PROVED: "é" * len(SECRET)}],
)  # fmt: skip
def test_a_name_without_the_right_secret_is_refused_and_noted(client, proxy, django_user_model, wire, caplog, secret):
    django_user_model.objects.create_superuser("kim", KIM, PASSWORD)
    assert is_refused(client.get(LOGS, headers={NAMED: KIM, **secret}))
    assert "session" not in client.cookies
    assert wire.sent == []
    (said,) = [each for each in caplog.records if each.name == "gateway_dash.team"]
    assert (said.levelno, said.getMessage()) == (
        logging.WARNING,
        "not let in: the header of the proxy came without its secret",
    )
    for line in map(JsonLines().format, caplog.records):
        assert "canary" not in line
        assert "\\u00e9" not in line
        assert KIM not in line


def test_a_name_in_other_letters_of_the_header_is_refused_too(client, proxy):
    assert is_refused(client.get(PAGE, headers={"x-forwarded-email": KIM}))


def test_a_name_without_the_secret_is_refused_in_a_session_by_password_too(client, proxy, django_user_model):
    django_user_model.objects.create_user("kim", KIM, PASSWORD)
    client.post("/login/", {"username": "kim", "password": PASSWORD})
    assert is_refused(client.get(PAGE, headers={NAMED: KIM}))
    assert is_in(client.get(PAGE))


@pytest.mark.parametrize("mail", ["kim", f"{KIM},{LEE}", f"{KIM}, {LEE}", f"Kim <{KIM}>", "é@example.org", "@", "-"])
def test_what_is_not_one_address_names_nobody(client, proxy, django_user_model, mail):
    assert is_refused(client.get(PAGE, headers=proxy(mail)))
    assert not django_user_model.objects.exists()


def test_a_header_of_another_name_names_nobody(client, proxy):
    sent = {"X-Forwarded-User": KIM, "Remote-User": KIM, "Cf-Access-Jwt-Assertion": "x.y.z", PROVED: SECRET}
    assert client.get(PAGE, headers=sent).status_code == 302


@pytest.mark.parametrize("sent", [{}, {PROVED: SECRET}, {PROVED: "wrong"}, {NAMED: "", PROVED: SECRET}])
def test_who_is_not_named_is_a_stranger_as_ever(client, proxy, sent):
    assert client.get(PAGE, headers=sent)["Location"].startswith("/login/")
    assert parse(client.get("/login/", headers=sent)).all("input", name="password")


def test_a_fragment_that_is_refused_is_a_notice(client, proxy):
    answer = client.get(PAGE, headers={NAMED: KIM} | HTMX)
    assert (answer.status_code, answer["HX-Push-Url"]) == (403, "false")
    assert "You are not let in" in parse(answer).one(id="notice").text


def test_without_the_setting_the_headers_mean_nothing(client, sandbox):
    assert client.get(PAGE, headers=by_proxy()).status_code == 302


@pytest.mark.parametrize("why", ["switched off", "two of them", "only the name"])
def test_the_rules_about_accounts_are_those_of_access(client, proxy, django_user_model, why):
    if why == "switched off":
        django_user_model.objects.create_user("kim", KIM, is_active=False)
    elif why == "two of them":
        django_user_model.objects.create_user("kim", KIM)
        django_user_model.objects.create_user("other", KIM)
    else:
        django_user_model.objects.create_user(KIM, LEE)
    before = django_user_model.objects.count()
    assert is_refused(client.get(PAGE, headers=proxy()))
    assert django_user_model.objects.count() == before


# --- how long a session lives


@pytest.mark.parametrize("sent", [{}, {PROVED: SECRET}, {PROVED: "wrong"}])
def test_a_session_of_the_proxy_does_not_live_without_its_word(client, proxy, sent):
    assert is_in(client.get(PAGE, headers=proxy()))
    assert client.get(PAGE, headers=sent).status_code == 302
    assert Session.objects.count() == 0


def test_a_name_that_is_refused_ends_a_session_of_the_proxy(client, proxy):
    assert is_in(client.get(PAGE, headers=proxy()))
    assert is_refused(client.get(PAGE, headers={NAMED: KIM, PROVED: "wrong"}))
    assert Session.objects.count() == 0


def test_another_person_gets_a_session_of_their_own(client, proxy, told):
    client.get(PAGE, headers=proxy())
    first = client.session.session_key
    assert client.get(PAGE, headers=proxy(LEE)).wsgi_request.user.get_username() == LEE
    assert told == [KIM, LEE]
    assert not Session.objects.filter(session_key=first).exists()


def test_signing_out_says_that_the_proxy_still_knows_the_person(client, proxy):
    client.get(PAGE, headers=proxy())
    page = parse(client.post("/logout/", headers=proxy())).one("main")
    assert page.one("h1").text == "You are signed out"
    assert page.links() == {"Sign in again": "/"}


def test_with_passwords_off_the_proxy_is_the_only_way(start, django_user_model):
    start(GATEWAY_DASH_PASSWORD_SIGN_IN="off")
    django_user_model.objects.create_user("kim", KIM, PASSWORD)
    browser = Client()
    assert browser.post("/login/", {"username": "kim", "password": PASSWORD}).status_code == 403
    assert is_in(browser.get(PAGE, headers=by_proxy()))


# --- health


@pytest.mark.parametrize("sent", [by_proxy(), {NAMED: KIM}, {}])
def test_health_costs_no_query(client, proxy, django_assert_num_queries, sent):
    client.cookies["session"] = "0123456789abcdefghijklmnopqrstuv"
    with django_assert_num_queries(0):
        assert client.get("/healthz", headers=sent).status_code == 200
