"""Signing in behind Cloudflare Access"""

import base64
import hashlib
import hmac
import json
import logging
import time

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.contrib.sessions.models import Session
from django.test import Client

from gateway_dash import upstream
from gateway_dash.gateway.access_keys import FRESH_S, PAUSE_S, AccessKeys
from gateway_dash.team.access import LEEWAY_S, TOKEN_BYTES
from gateway_dash.team.demo import make_people
from gateway_dash.team.proven import address
from gateway_dash.team.roles import READER
from gateway_dash.telemetry.lines import JsonLines
from tests.assertions import (
    AUDIENCE,
    HEADER,
    ISSUER,
    Certs,
    Clock,
    assertion,
    claims,
    headers,
    private,
    published,
    refuses,
    says,
    start_with,
)
from tests.conftest import LOGS
from tests.people import give, noted, somebody
from tests.views.reading import HTMX, fields, parse
from tests.views.test_preferences import OFF_SITE

pytestmark = pytest.mark.django_db

ACCESS = {"GATEWAY_DASH_ACCESS_TEAM": "example", "GATEWAY_DASH_ACCESS_AUDIENCE": AUDIENCE}
KIM, LEE = "kim@example.org", "lee@example.org"
PASSWORD = "correct horse battery"
PAGE = "/preferences/zone/"  # for everybody who is signed in


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def start(settings, monkeypatch, tmp_path, sandbox, clock):
    """The product behind Access; gives the address of its keys, of which "one" is a good one."""

    def start(**environ: str) -> Certs:
        start_with(settings, monkeypatch, tmp_path, **ACCESS, **environ)
        certs = Certs("one")
        keys = AccessKeys(upstream.ways_in().access_issuer, transport=httpx.MockTransport(certs), clock=clock)
        monkeypatch.setattr(upstream, "access_keys", lambda: keys)
        return certs

    return start


@pytest.fixture
def certs(start):
    return start()


@pytest.fixture
def told():
    """The names in the signals: who came, and who went."""
    names: list[str] = []

    def came(user, **_more):
        names.append(f"+{user.username}")

    def went(user, **_more):
        names.append(f"-{user.username if user else ''}")

    user_logged_in.connect(came)
    user_logged_out.connect(went)
    yield names
    user_logged_in.disconnect(came)
    user_logged_out.disconnect(went)


def is_in(answer):
    return answer.status_code == 200 and answer.wsgi_request.user.is_authenticated


def is_refused(answer):
    """One page for everybody who is not let in, whatever the reason."""
    page = parse(answer)
    assert page.one("h1").text == "You are not let in"
    assert "not accepted, or your account here is switched off. Sign in there again." in page.one("main").text
    assert answer.status_code == 403
    return not answer.wsgi_request.user.is_authenticated


# --- in


def test_whoever_access_let_through_is_signed_in(client, certs, django_user_model):
    kim = django_user_model.objects.create_user("kim", "Kim@Example.org")
    answer = client.get(PAGE, headers=headers())
    assert is_in(answer)
    assert answer.wsgi_request.user == kim
    assert django_user_model.objects.count() == 1


def test_a_key_on_a_curve_is_as_good(client, certs):
    certs.answer = lambda _request: says(published("ec"))
    assert is_in(client.get(PAGE, headers=headers("ec")))


def test_somebody_new_gets_an_account_without_password_and_rights(client, certs, django_user_model, wire):
    assert is_in(client.get(PAGE, headers=headers(email="Kim@Example.ORG")))
    user = django_user_model.objects.get()
    assert (user.username, user.email) == (KIM, KIM)
    assert not user.has_usable_password()
    assert (user.is_staff, user.is_superuser) == (False, False)
    assert user.get_all_permissions() == set()
    assert not user.groups.exists()
    assert noted() == [
        ("", "person-added", {"person": KIM, "mail": KIM, "by": "sign-in"}),
        (KIM, "sign-in", {}),
    ]
    assert client.get(LOGS, headers=headers()).status_code == 404
    assert wire.sent == []


def test_somebody_new_reads_logs_once_a_role_is_given(client, certs, django_user_model):
    client.get(PAGE, headers=headers())
    give(django_user_model.objects.get(), READER)
    assert is_in(client.get(LOGS, headers=headers()))


def test_small_and_capital_letters_are_one_person(client, certs, django_user_model):
    for mail in (KIM, "KIM@example.org", "Kim@Example.Org"):
        assert is_in(Client().get(PAGE, headers=headers(email=mail)))
    assert django_user_model.objects.count() == 1


def test_a_session_is_opened_once_and_not_at_each_request(client, certs, told, django_user_model):
    for _ in range(3):
        assert is_in(client.get(PAGE, headers=headers()))
    assert told == [f"+{KIM}"]
    before = django_user_model.objects.get().last_login
    client.get(PAGE, headers=headers())
    assert django_user_model.objects.get().last_login == before
    assert Session.objects.count() == 1


def test_a_new_session_begins_at_sign_in(client, certs):
    planted = client.session
    planted["theme"] = "dark"
    planted.save()
    client.cookies["session"] = planted.session_key
    assert is_in(client.get(PAGE, headers=headers()))
    assert client.session.session_key != planted.session_key
    assert not Session.objects.filter(session_key=planted.session_key).exists()


def test_a_clock_may_be_a_little_off(client, certs):
    now = int(time.time())
    assert is_in(client.get(PAGE, headers=headers(exp=now - LEEWAY_S // 2)))
    assert is_in(client.get(PAGE, headers=headers(nbf=now + LEEWAY_S // 2, iat=now + LEEWAY_S // 2)))


def test_one_audience_among_others_is_enough(client, certs):
    assert is_in(client.get(PAGE, headers=headers(aud=["f" * 64, AUDIENCE])))


def test_a_sign_in_page_leads_on(client, certs):
    answer = client.get("/login/?next=" + PAGE, headers=headers())
    assert (answer.status_code, answer["Location"]) == (302, PAGE)


@pytest.mark.parametrize("next_url", OFF_SITE)
def test_signing_in_leads_to_no_other_site(client, certs, next_url):
    location = client.get("/login/", {"next": next_url}, headers=headers())["Location"]
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))


# --- not in


def forged(algorithm, key, **head):
    """Signed by hand: a library would refuse to."""

    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")

    text = part({"alg": algorithm, "typ": "JWT", "kid": "one"} | head) + b"." + part(claims())
    sign = hmac.new(key, text, hashlib.sha256).digest() if key else b""
    return (text + b"." + base64.urlsafe_b64encode(sign).rstrip(b"=")).decode()


def public_text():
    return private("one").public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def nested(depth):
    return base64.urlsafe_b64encode(b"[" * depth).rstrip(b"=").decode()


HOUR = 3600
NOT_ACCEPTED = {
    "another application": lambda: assertion(aud=["f" * 64]),
    "an application of a longer name": lambda: assertion(aud=[AUDIENCE + "0"]),
    "no application": lambda: assertion(aud=None),
    "another team": lambda: assertion(iss="https://evil.cloudflareaccess.com"),
    "a part of the team's address": lambda: assertion(iss="https://example"),
    "a list of teams": lambda: assertion(iss=[ISSUER]),
    "no team": lambda: assertion(iss=None),
    "expired": lambda: assertion(exp=int(time.time()) - LEEWAY_S - 1),
    "without an end": lambda: assertion(exp=None),
    "not yet valid": lambda: assertion(nbf=int(time.time()) + HOUR),
    "without a beginning": lambda: assertion(nbf=None),
    "made in the future": lambda: assertion(iat=int(time.time()) + HOUR),
    "not made at any time": lambda: assertion(iat=None),
    "times that are none": lambda: assertion(exp="never"),
    "times that are lists": lambda: assertion(nbf=[1]),
    "times without end": lambda: assertion(exp=float("inf")),
    "of an organisation": lambda: assertion(type="org"),
    "of no type": lambda: assertion(type=None),
    "a service": lambda: assertion(email=None, common_name="0123.access", sub=""),
    "a service that names an address": lambda: assertion(common_name="0123.access"),
    "no address": lambda: assertion(email=None),
    "an empty address": lambda: assertion(email=""),
    "an address that is none": lambda: assertion(email="kim"),
    "two addresses": lambda: assertion(email=f"{KIM},{LEE}"),
    "a list of addresses": lambda: assertion(email=[KIM]),
    "a letter that looks like a k": lambda: assertion(email="\u212aim@example.org"),
    "an address that is too long": lambda: assertion(email="k" * 60 + "@" + "example." * 12 + "org"),
    "signed with nothing": lambda: forged("none", b""),
    "signed with nothing, in other letters": lambda: forged("nOnE", b""),
    "signed with the public key": lambda: forged("HS256", public_text()),
    "signed with the public key as another": lambda: forged("RS256", public_text()),
    "signed with a key of another name": lambda: jwt.encode(claims(), private("two"), "RS256", {"kid": "one"}),
    "signed in another way": lambda: jwt.encode(claims(), private("one"), "RS512", {"kid": "one"}),
    "signed on a curve under a name that is not": lambda: jwt.encode(claims(), private("ec"), "ES256", {"kid": "one"}),
    "an unknown key": lambda: assertion("two"),
    "a key without a name": lambda: jwt.encode(claims(), private("one"), "RS256"),
    "a name that is a number": lambda: forged("RS256", b"x", kid=1),
    "something critical": lambda: jwt.encode(claims(), private("one"), "RS256", {"kid": "one", "crit": ["x"]}),
    "changed on the way": lambda: assertion()[:-8] + "AAAAAAAA",
    "without its signature": lambda: assertion().rpartition(".")[0] + ".",
    "twice in one header": lambda: f"{assertion()},{assertion()}",
    "too long": lambda: assertion(custom="x" * TOKEN_BYTES),
    "too deep": lambda: f"{nested(9000)}.e30.e30",
    "no base64": lambda: "a.b.c",
    "no token": lambda: "Bearer",
    "odd letters": lambda: "é.é.é",
}


@pytest.mark.parametrize("name", NOT_ACCEPTED)
def test_an_assertion_that_proves_nothing_is_refused(client, certs, django_user_model, wire, name, caplog):
    somebody("kim", email=KIM)
    token = NOT_ACCEPTED[name]()
    assert is_refused(client.get(LOGS, headers={HEADER: token}))
    assert "session" not in client.cookies
    assert django_user_model.objects.count() == 1
    assert wire.sent == []
    for line in map(JsonLines().format, caplog.records):
        assert token not in line
        assert KIM not in line


def test_an_assertion_as_long_as_it_may_be_is_read(client, certs):
    rest = TOKEN_BYTES - len(assertion(custom=""))
    token = assertion(custom="x" * (rest * 3 // 4 - 4))
    assert TOKEN_BYTES - 16 < len(token) <= TOKEN_BYTES
    assert is_in(client.get(PAGE, headers={HEADER: token}))


@pytest.mark.parametrize("name", ["signed with nothing", "signed with the public key", "too long", "no token"])
def test_nobody_is_asked_about_what_cannot_be_good(client, certs, name):
    client.get(PAGE, headers={HEADER: NOT_ACCEPTED[name]()})
    assert certs.asked == []


def test_who_is_refused_is_told_what_to_do(client, certs):
    page = parse(client.get(LOGS + "?provider=openai", headers=headers(aud=["f" * 64]))).one("main")
    assert page.links() == {
        "Try again": LOGS + "?provider=openai",
        "Sign in as somebody else": "/cdn-cgi/access/logout",
    }
    assert "ask the person who runs this dashboard: its log says why" in page.text


def test_the_operator_reads_why(client, certs, caplog):
    client.get(PAGE, headers=headers(aud=["f" * 64]))
    client.get(PAGE, headers=headers(exp=1))
    said = [each.getMessage() for each in caplog.records if each.name == "gateway_dash.team"]
    assert said == [
        "not let in: the assertion is not accepted: InvalidAudienceError",
        "not let in: the assertion is not accepted: ExpiredSignatureError",
    ]
    assert all(each.levelno == logging.WARNING for each in caplog.records if each.name == "gateway_dash.team")


def test_a_fragment_that_is_refused_is_a_notice(client, certs):
    answer = client.get(PAGE, headers=headers(exp=1) | HTMX)
    assert (answer.status_code, answer["HX-Push-Url"]) == (403, "false")
    assert "You are not let in" in parse(answer).one(id="notice").text
    assert not parse(answer).all("html")


# --- whose account it is


def test_an_account_that_was_switched_off_stays_out(client, certs, django_user_model):
    django_user_model.objects.create_user("kim", KIM, is_active=False)
    assert is_refused(client.get(PAGE, headers=headers()))
    assert django_user_model.objects.count() == 1


def test_of_two_accounts_with_one_address_neither_is_guessed(client, certs, django_user_model):
    for name, mail in (("kim", KIM), ("other", KIM.upper())):
        django_user_model.objects.create_user(name, mail)
    assert is_refused(client.get(PAGE, headers=headers()))
    django_user_model.objects.filter(username="other").update(is_active=False)
    assert client.get(PAGE, headers=headers()).wsgi_request.user.get_username() == "kim"


def test_a_name_that_looks_like_the_address_is_not_the_address(client, certs, django_user_model):
    django_user_model.objects.create_superuser(KIM, LEE, PASSWORD)
    assert is_refused(client.get(PAGE, headers=headers()))
    assert django_user_model.objects.count() == 1


def test_who_was_switched_off_meanwhile_is_out_at_once(client, certs, django_user_model):
    assert is_in(client.get(PAGE, headers=headers()))
    django_user_model.objects.update(is_active=False)
    assert is_refused(client.get(PAGE, headers=headers()))


def test_an_address_that_was_given_to_somebody_else_is_theirs(client, certs, django_user_model):
    client.get(PAGE, headers=headers())
    django_user_model.objects.update(email="elsewhere@example.org")
    lee = django_user_model.objects.create_user("lee", KIM)
    assert client.get(PAGE, headers=headers()).wsgi_request.user == lee


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Kim@Example.org", KIM),
        ("o'neil+logs@example.org", "o'neil+logs@example.org"),
        ("\u212aim@example.org", None),
        ("k\u0131m@example.org", None),
        ("kim@ex\u00e4mple.org", None),
        ('"kim,lee"@example.org', None),
        (f"{KIM} ", None),
        (f"{KIM}\n", None),
        (f"Kim <{KIM}>", None),
        (f"{KIM},{LEE}", None),
        ("@example.org", None),
        ("", None),
        (None, None),
        (7, None),
    ],
)
def test_an_address_is_one_that_no_other_can_be_taken_for(text, found):
    assert address(text) == found


def test_the_log_names_nobody_outside_of_the_audit(client, certs, django_user_model, caplog):
    for name, mail in (("kim", KIM), ("other", KIM)):
        django_user_model.objects.create_user(name, mail)
    client.get(PAGE, headers=headers())
    client.get(PAGE, headers=headers(email=LEE))
    lines = {
        each.name: JsonLines().format(each) for each in caplog.records if "example.org" in JsonLines().format(each)
    }
    assert set(lines) == {"gateway_dash.audit"}
    assert noted("sign-in-refused") == [
        ("", "sign-in-refused", {"mail": KIM, "why": "several accounts have this address"})
    ]


def test_a_page_that_was_left_open_does_not_fill_the_trail(client, certs, django_user_model):
    django_user_model.objects.create_user("kim", KIM, is_active=False)
    for _ in range(3):
        assert client.get(PAGE, headers=headers() | HTMX).status_code == 403
    assert noted("sign-in-refused") == []
    client.get(PAGE, headers=headers())
    assert len(noted("sign-in-refused")) == 1


# --- how long a session lives


@pytest.mark.parametrize("sent", [{}, {HEADER: ""}, {"Cf-Access-Authenticated-User-Email": KIM}])
def test_a_session_of_access_does_not_live_without_the_assertion(client, certs, told, sent):
    assert is_in(client.get(PAGE, headers=headers()))
    stolen = client.session.session_key
    assert client.get(PAGE, headers=sent).status_code == 302
    assert told == [f"+{KIM}", f"-{KIM}"]
    assert not Session.objects.filter(session_key=stolen).exists()


def test_a_session_of_access_ends_with_an_assertion_that_is_over(client, certs):
    assert is_in(client.get(PAGE, headers=headers()))
    assert is_refused(client.get(PAGE, headers=headers(exp=1)))
    assert Session.objects.count() == 0


def test_an_address_that_does_not_exist_shows_nobodys_name_either(client, certs):
    client.get(PAGE, headers=headers())
    answer = client.get("/nope", headers={})
    assert answer.status_code == 404
    assert KIM not in answer.text


def test_another_person_in_the_same_browser_gets_a_session_of_their_own(client, certs, told):
    client.get(PAGE, headers=headers())
    client.post("/preferences/", {"theme": "dark"}, headers=headers())
    first = client.session.session_key
    answer = client.get(PAGE, headers=headers(email=LEE))
    assert answer.wsgi_request.user.get_username() == LEE
    assert told == [f"+{KIM}", f"-{KIM}", f"+{LEE}"]
    assert client.session.session_key != first
    assert "theme" not in client.session
    assert not Session.objects.filter(session_key=first).exists()


def test_another_person_who_is_refused_leaves_no_session_of_the_first(client, certs, django_user_model):
    client.get(PAGE, headers=headers())
    django_user_model.objects.create_user("lee", LEE, is_active=False)
    assert is_refused(client.get(PAGE, headers=headers(email=LEE)))
    assert Session.objects.count() == 0


def test_a_form_that_somebody_else_opened_is_not_sent_in_the_name_of_the_next(certs):
    browser = Client(enforce_csrf_checks=True)
    form = fields(parse(browser.get("/gateways/", headers=headers())).one(id="theme-menu")) | {"theme": "dark"}
    assert browser.post("/preferences/", form, headers=headers()).status_code == 302
    answer = browser.post("/preferences/", form, headers=headers(email=LEE))
    assert answer.status_code == 403
    assert "it was opened before you signed in" in answer.text
    assert answer.wsgi_request.user.get_username() == LEE
    assert "theme" not in browser.session


def test_a_form_whose_session_is_over_is_to_be_opened_again(client, certs, wire):
    somebody("kim", email=KIM)
    answer = client.post(LOGS + "one/annotate/", {"score": "7"}, headers=headers() | HTMX)
    assert answer.status_code == 403
    assert "it was opened before you signed in" in parse(answer).one(id="notice").text
    assert wire.sent == []


def test_a_session_by_password_needs_no_assertion_and_is_not_ended_by_one_of_the_same_person(
    client, certs, told, django_user_model
):
    django_user_model.objects.create_user("kim", KIM, PASSWORD)
    client.post("/login/", {"username": "kim", "password": PASSWORD})
    for sent in ({}, headers(), {}):
        assert is_in(client.get(PAGE, headers=sent))
    assert told == ["+kim"]


def test_a_session_by_password_is_ended_by_an_assertion_of_somebody_else(client, certs, told, django_user_model):
    django_user_model.objects.create_user("kim", KIM, PASSWORD)
    client.post("/login/", {"username": "kim", "password": PASSWORD})
    assert client.get(PAGE, headers=headers(email=LEE)).wsgi_request.user.get_username() == LEE
    assert told == ["+kim", "-kim", f"+{LEE}"]


def test_a_bad_assertion_is_not_answered_in_the_name_of_a_session_by_password(client, certs, django_user_model):
    django_user_model.objects.create_user("kim", KIM, PASSWORD)
    client.post("/login/", {"username": "kim", "password": PASSWORD})
    answer = client.get(PAGE, headers=headers(exp=1))
    assert is_refused(answer)
    assert "Signed in as" not in answer.text
    assert is_in(client.get(PAGE, headers={}))


def test_a_session_of_access_ends_when_access_is_off(client, certs, settings, monkeypatch, tmp_path):
    client.get(PAGE, headers=headers())
    for name in ACCESS:
        monkeypatch.delenv(name)
    start_with(settings, monkeypatch, tmp_path)
    later = Client()
    later.cookies = client.cookies
    assert later.get(PAGE, headers=headers()).status_code == 302


def test_signing_out_says_that_access_still_knows_the_person(client, certs, told):
    client.get(PAGE, headers=headers())
    answer = client.post("/logout/", headers=headers())
    page = parse(answer)
    assert page.one("h1").text == "You are signed out"
    assert page.one("main").links() == {"Sign out there too": "/cdn-cgi/access/logout", "Sign in again": "/"}
    assert told == [f"+{KIM}", f"-{KIM}"]
    assert Session.objects.count() == 0


def test_who_becomes_somebody_of_the_sandbox_is_not_told_that_they_are_out(client, certs):
    make_people()
    client.get(PAGE, headers=headers())
    answer = client.post("/login/demo/", {"as": "demo"}, headers=headers())
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_signing_out_of_a_session_by_password_is_as_ever(client, certs, django_user_model):
    django_user_model.objects.create_user("kim", KIM, PASSWORD)
    client.post("/login/", {"username": "kim", "password": PASSWORD})
    assert client.post("/logout/")["Location"] == "/login/"


# --- passwords off


def test_with_passwords_off_nobody_signs_in_by_one(start, client, django_user_model):
    start(GATEWAY_DASH_PASSWORD_SIGN_IN="off")
    django_user_model.objects.create_user("kim", KIM, PASSWORD)
    for answer in (client.get("/login/"), client.post("/login/", {"username": "kim", "password": PASSWORD})):
        assert answer.status_code == 403
        page = parse(answer)
        assert page.one("h1").text == "You are not let in"
        assert "this request did not come that way" in page.one("main").text
        assert not page.all("input", name="password")
    assert authenticate(username="kim", password=PASSWORD) is None
    assert client.get(PAGE)["Location"].startswith("/login/")
    assert client.get("/login/?next=" + PAGE, headers=headers())["Location"] == PAGE
    assert is_in(client.get(PAGE, headers=headers()))


def test_a_session_by_password_ends_when_passwords_are_off(client, start, django_user_model):
    start()
    django_user_model.objects.create_user("kim", KIM, PASSWORD)
    client.post("/login/", {"username": "kim", "password": PASSWORD})
    start(GATEWAY_DASH_PASSWORD_SIGN_IN="off")
    assert client.get(PAGE).status_code == 302


def test_without_a_header_a_stranger_gets_the_form(client, certs):
    assert client.get(PAGE)["Location"].startswith("/login/")
    assert parse(client.get("/login/")).all("input", name="password")
    assert certs.asked == []


# --- the keys


def test_an_unknown_key_makes_one_call_and_then_none_for_a_minute(client, certs, clock):
    assert is_in(client.get(PAGE, headers=headers()))
    clock.now += PAUSE_S
    for _ in range(3):
        assert is_refused(Client().get(PAGE, headers=headers("two")))
    assert len(certs.asked) == 2
    assert is_in(client.get(PAGE, headers=headers()))


def test_who_comes_with_a_new_key_is_let_in(client, certs, clock, told):
    assert is_in(client.get(PAGE, headers=headers()))
    clock.now += PAUSE_S
    certs.answer = lambda _request: says(published("two"), published("one"))
    assert is_in(client.get(PAGE, headers=headers("two")))
    assert told == [f"+{KIM}"]


def test_while_the_keys_cannot_be_read_the_last_good_ones_do(client, certs, clock):
    assert is_in(client.get(PAGE, headers=headers()))
    clock.now += FRESH_S
    certs.answer = refuses
    assert is_in(Client().get(PAGE, headers=headers()))


@pytest.mark.parametrize("more", [{}, HTMX])
def test_without_any_key_everybody_is_told_when_to_try_again(client, certs, wire, more):
    certs.answer = refuses
    somebody("kim", email=KIM)
    answer = client.get(LOGS, headers=headers() | more)
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert "Nobody can be let in right now" in answer.text
    assert "could not be read from example.cloudflareaccess.com" in answer.text
    assert bool(parse(answer).all("html")) is not bool(more)
    assert wire.sent == []


def test_a_session_outlives_a_minute_without_keys(client, start, told):
    start()
    client.get(PAGE, headers=headers())
    again = start()  # another process, or the same one later
    again.answer = refuses
    assert client.get(PAGE, headers=headers()).status_code == 503
    assert told == [f"+{KIM}"]
    assert Session.objects.count() == 1


# --- health


@pytest.mark.parametrize("name", ["expired", "unknown", "good"])
def test_health_costs_no_query_and_no_key(client, certs, django_assert_num_queries, name):
    token = {"expired": assertion(exp=1), "unknown": assertion("two"), "good": assertion()}[name]
    client.cookies["session"] = "0123456789abcdefghijklmnopqrstuv"
    with django_assert_num_queries(0):
        answer = client.get("/healthz", headers={HEADER: token})
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert certs.asked == []


def test_the_issuer_is_the_teams_own(certs):
    assert upstream.ways_in().access_issuer == ISSUER
