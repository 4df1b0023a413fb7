"""/account/second-factor/ and what lies under it, and /login/code/"""

import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.core.management import CommandError, call_command
from django.db.models import F
from django.test import Client

from gateway_dash.signin import codes, throttle
from gateway_dash.signin.models import Try
from tests.conftest import LOGS
from tests.views.reading import fields, parse
from tests.views.signing_in import (
    PASSWORD,
    SECRET,
    audited,
    code,
    factors,
    in_eleven_minutes,
    is_in,
    second_factor,
    sign_in,
    somebody,
)
from tests.views.test_headers import assert_guarded

pytestmark = pytest.mark.django_db
SET_UP = "/account/second-factor/"
CODE = "/login/code/"


@pytest.fixture
def kim(sandbox):
    return somebody()


@pytest.fixture
def guarded(kim):
    """Kim, with a second factor."""
    second_factor(kim)
    return kim


@pytest.fixture
def told():
    """The signals of Django that the audit trail listens to."""
    heard = []

    def came_in(sender, user, **_more):
        heard.append(("in", user.get_username()))

    def failed(sender, credentials, **_more):
        heard.append(("failed", credentials))

    user_logged_in.connect(came_in)
    user_login_failed.connect(failed)
    yield heard
    user_logged_in.disconnect(came_in)
    user_login_failed.disconnect(failed)


def long_ago(client):
    """Whatever was proven in this session was proven eleven minutes ago."""
    session = client.session
    for each in session["account_authentication_methods"]:
        each["at"] -= 660
    session.save()


# --- setting it up


def test_the_picture_and_the_text_and_then_a_code_turn_it_on(client, kim, caplog):
    sign_in(client)
    page = parse(client.get(SET_UP))
    secret = page.one("code", id="secret").text.replace(" ", "")
    form = page.one("form", action=SET_UP)
    answer = client.post(SET_UP, fields(form) | {"code": code(secret)}, follow=True)
    assert answer.redirect_chain == [("/account/second-factor/codes/", 302)]
    assert len(parse(answer).one("ul", id="codes").all("li")) == 10
    assert factors(kim) == {"totp", "recovery_codes"}
    assert "second-factor-changed: set up" in audited(caplog)
    assert "mfa.totp.secret" not in client.session


def test_the_picture_is_an_address_of_ours_and_nothing_in_it_acts(client, kim):
    sign_in(client)
    page = client.get(SET_UP)
    source = parse(page).one("img", class_="qr")["src"]
    assert source == "/account/second-factor/qr.svg"
    assert "data:" not in page.text
    answer = client.get(source)
    assert answer["Content-Type"] == "image/svg+xml"
    assert_guarded(answer)
    tags = {each.tag.rpartition("}")[2] for each in ElementTree.fromstring(answer.content).iter()}  # noqa: S314 our own
    assert tags <= {"svg", "rect", "path"}
    assert "style=" not in answer.text


def test_a_wrong_first_code_turns_nothing_on_and_the_secret_stays(client, kim):
    sign_in(client)
    before = parse(client.get(SET_UP)).one("code", id="secret").text
    page = parse(client.post(SET_UP, {"code": "000000"}))
    assert page.all(id="code-error")
    assert page.one("code", id="secret").text == before
    assert factors(kim) == set()


def test_a_code_without_a_picture_before_turns_nothing_on(client, kim):
    sign_in(client)
    client.post(SET_UP, {"code": code()})
    assert factors(kim) == set()


def test_the_secret_is_not_in_the_database_as_it_is(guarded):
    data = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert SECRET not in data
    assert "seed" in data


def test_an_older_picture_is_over_once_it_is_on(client, kim):
    sign_in(client)
    secret = parse(client.get(SET_UP)).one("code", id="secret").text.replace(" ", "")
    client.post(SET_UP, {"code": code(secret)})
    assert client.get("/account/second-factor/qr.svg")["Location"] == SET_UP
    assert client.get(SET_UP)["Location"] == "/account/"


@pytest.mark.parametrize("url", [SET_UP, SET_UP + "qr.svg", SET_UP + "codes/", SET_UP + "remove/"])
def test_whoever_has_no_password_here_has_nothing_to_set_up(person, url):
    ask = person.post if url.endswith("remove/") else person.get
    assert ask(url)["Location"] == "/account/"
    assert "Second factor" not in person.get("/account/").text


# --- the owner alone


@pytest.mark.parametrize("url", [SET_UP, SET_UP + "qr.svg", SET_UP + "codes/"])
def test_after_ten_minutes_the_password_is_asked_for_again(client, kim, url):
    sign_in(client)
    client.get(SET_UP)
    long_ago(client)
    answer = client.get(url)
    assert answer["Location"] == "/account/confirm/?" + "next=" + url.replace("/", "%2F")
    page = parse(client.get(answer["Location"]))
    form = fields(page.one("form", action="/account/confirm/"))
    assert client.post("/account/confirm/", form | {"password": "wrong"}).status_code == 200
    assert client.get(url)["Location"].startswith("/account/confirm/")
    assert client.post("/account/confirm/", form | {"password": PASSWORD})["Location"] == url
    assert not client.get(url).get("Location", "").startswith("/account/confirm/")


@pytest.mark.parametrize("name", ["codes/", "remove/"])
def test_a_form_that_is_sent_too_late_does_nothing(client, guarded, name):
    client.force_login(guarded)
    before = list(Authenticator.objects.values_list("data", flat=True).order_by("pk"))
    assert client.post(SET_UP + name)["Location"] == "/account/confirm/?next=%2Faccount%2F"
    assert list(Authenticator.objects.values_list("data", flat=True).order_by("pk")) == before


def test_a_stolen_session_sets_no_factor_up(client, kim):
    client.force_login(kim)
    assert client.post(SET_UP, {"code": code()})["Location"].startswith("/account/confirm/")


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_confirming_leads_to_no_other_site(client, kim, url):
    client.force_login(kim)
    assert client.post("/account/confirm/", {"password": PASSWORD, "next": url})["Location"] == "/account/"


def test_the_password_of_somebody_else_confirms_nothing(client, kim, django_user_model):
    django_user_model.objects.create_user("lee", password="another password of lee")
    client.force_login(kim)
    assert client.post("/account/confirm/", {"password": "another password of lee"}).status_code == 200
    assert client.get(SET_UP)["Location"].startswith("/account/confirm/")


def test_guessing_there_is_limited_too(client, kim):
    client.force_login(kim)
    for _ in range(throttle.LIMITS["name"].tries):
        assert client.post("/account/confirm/", {"password": "wrong"}).status_code == 200
    assert client.post("/account/confirm/", {"password": PASSWORD}).status_code == 429
    assert client.get(SET_UP)["Location"].startswith("/account/confirm/")


def test_where_passwords_are_switched_off_a_code_confirms(client, guarded, monkeypatch):
    monkeypatch.setattr("gateway_dash.upstream.password_sign_in", lambda: False)
    client.force_login(guarded)
    assert parse(client.get("/account/confirm/")).all("input", name="code")
    assert client.post("/account/confirm/", {"code": "000000"}).status_code == 200
    client.post("/account/confirm/", {"code": code()})
    client.post(SET_UP + "remove/")
    assert factors(guarded) == set()


# --- signing in with it


def test_the_password_alone_signs_nobody_in(client, guarded, told):
    answer = client.post("/login/", {"username": "kim", "password": PASSWORD, "next": "/gateways/"})
    assert answer["Location"] == "/login/code/"
    assert not is_in(client)
    assert "_auth_user_id" not in client.session
    assert told == []
    assert parse(client.get("/login/code/")).one("input", name="code")["autocomplete"] == "one-time-code"
    answer = client.post("/login/code/", {"code": code()})
    assert answer["Location"] == "/gateways/"
    assert is_in(client)
    assert told == [("in", "kim")]


@pytest.mark.parametrize("url", ["/", "/gateways/", "/account/", SET_UP, "/account/confirm/", SET_UP + "codes/"])
def test_between_the_steps_every_other_address_leads_to_the_sign_in(client, guarded, url):
    sign_in(client)
    assert client.get(url)["Location"].startswith("/login/?next=")
    assert client.post(url, {"password": PASSWORD, "code": "000000"})["Location"].startswith("/login/?next=")
    assert not is_in(client)


def test_a_new_session_begins_with_the_second_step(client, guarded):
    sign_in(client)
    before = client.session.session_key
    client.post("/login/code/", {"code": code()})
    assert client.session.session_key != before
    assert "account_login" not in client.session


@pytest.mark.parametrize("typed", ["", "000000", "12345", "١٢٣٤٥٦", "abcdef", "0" * 5000, "\x00"])
def test_a_wrong_code_signs_nobody_in_and_is_told_to_the_audit_without_the_code(client, guarded, told, typed):
    sign_in(client)
    page = client.post("/login/code/", {"code": typed})
    assert parse(page).all(id="code-error")
    assert not is_in(client)
    assert told == [("failed", {"username": "kim", "step": "second factor"})]


def test_a_code_may_be_typed_with_blanks_and_be_half_a_minute_old(client, guarded):
    sign_in(client)
    late = code(steps=-1)
    client.post("/login/code/", {"code": f" {late[:3]} {late[3:]}"})
    assert is_in(client)


@pytest.mark.parametrize("steps", [-3, 3])
def test_a_code_of_another_time_is_refused(client, guarded, steps):
    sign_in(client)
    client.post("/login/code/", {"code": code(steps=steps)})
    assert not is_in(client)


def test_a_code_is_good_once(client, guarded):
    same = code()
    sign_in(client)
    client.post("/login/code/", {"code": same})
    thief = Client()
    sign_in(thief)
    assert parse(thief.post("/login/code/", {"code": same})).all(id="code-error")
    assert not is_in(thief)


def test_the_code_that_turned_it_on_signs_nobody_in(client, kim):
    sign_in(client)
    secret = parse(client.get(SET_UP)).one("code", id="secret").text.replace(" ", "")
    first = code(secret)
    client.post(SET_UP, {"code": first})
    thief = Client()
    sign_in(thief)
    thief.post("/login/code/", {"code": first})
    assert not is_in(thief)


def test_a_recovery_code_is_good_once(kim):
    first, second, *_rest = second_factor(kim)
    for each, is_good in ((first, True), (first, False), (second, True)):
        browser = Client()
        sign_in(browser)
        browser.post("/login/code/", {"code": f"{each[:4]} {each[4:]}"})
        assert is_in(browser) is is_good


def test_codes_are_somebodys_own(client, guarded, django_user_model):
    lee = somebody("lee")
    others = second_factor(lee)
    sign_in(client)
    client.post("/login/code/", {"code": others[0]})
    assert not is_in(client)


def test_guessing_codes_is_limited_and_then_a_right_one_is_refused_too(client, guarded):
    sign_in(client)
    for _ in range(throttle.LIMITS["code"].tries):
        assert client.post("/login/code/", {"code": "000000"}).status_code == 200
    answer = client.post("/login/code/", {"code": code()})
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= throttle.LIMITS["code"].seconds
    other = Client()
    sign_in(other)
    assert other.post("/login/code/", {"code": code()}).status_code == 429  # it is counted for the user


def test_twenty_wrong_codes_are_enough_for_a_day(client, guarded):
    sign_in(client)
    for _ in range(throttle.LIMITS["code_day"].tries):
        assert client.post(CODE, {"code": "000000"}).status_code == 200
        Try.objects.update(at=F("at") - timedelta(minutes=16))
    answer = client.post(CODE, {"code": code()})
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 3600
    assert "hours" in answer.text


def test_a_first_step_is_good_for_ten_minutes(client, guarded, monkeypatch):
    sign_in(client)
    with monkeypatch.context() as later:
        in_eleven_minutes(later)
        assert client.post("/login/code/", {"code": code()})["Location"] == "/login/"
    assert not is_in(client)


def test_who_is_switched_off_between_the_steps_stays_outside(client, guarded, django_user_model):
    sign_in(client)
    django_user_model.objects.update(is_active=False)
    client.post("/login/code/", {"code": code()})
    assert not is_in(client)


def test_who_is_signed_in_is_led_home(person):
    assert person.get("/login/code/")["Location"] == "/"


# --- its codes, and its end


def test_new_recovery_codes_take_the_place_of_the_old_ones(client, kim, caplog):
    old = second_factor(kim)
    sign_in(client)
    client.post("/login/code/", {"code": code()})
    page = parse(client.post(SET_UP + "codes/", follow=True))
    new = [each.text.replace(" ", "") for each in page.one("ul", id="codes").all("li")]
    assert len(new) == 10
    assert not set(old) & set(new)
    assert "second-factor-changed: new recovery codes" in audited(caplog)
    for each, is_good in ((old[0], False), (new[0], True)):
        browser = Client()
        sign_in(browser)
        browser.post("/login/code/", {"code": each})
        assert is_in(browser) is is_good


def test_the_page_of_the_account_says_how_many_are_left(client, kim):
    first, *_rest = second_factor(kim)
    sign_in(client)
    client.post("/login/code/", {"code": first})
    assert "9 of 10 are left" in parse(client.get("/account/")).text
    assert len(parse(client.get(SET_UP + "codes/")).one("ul", id="codes").all("li")) == 9


def test_removed_it_is_asked_for_no_more(client, guarded, caplog):
    sign_in(client)
    client.post("/login/code/", {"code": code()})
    client.post(SET_UP + "remove/")
    assert factors(guarded) == set()
    assert "second-factor-changed: removed" in audited(caplog)
    browser = Client()
    sign_in(browser)
    assert is_in(browser)


def test_a_link_removes_nothing(client, guarded):
    sign_in(client)
    client.post("/login/code/", {"code": code()})
    assert client.get(SET_UP + "remove/").status_code == 405


def test_a_command_removes_the_factor_of_who_lost_it(client, guarded, capsys):
    call_command("remove_second_factor", "kim")
    sign_in(client)
    assert is_in(client)
    with pytest.raises(CommandError, match="There is no user lee"):
        call_command("remove_second_factor", "lee")


def test_the_command_also_forgives_the_tries_that_kept_the_owner_out(client, guarded):
    sign_in(client)
    for _ in range(throttle.LIMITS["code"].tries):
        client.post("/login/code/", {"code": "000000"})
    for _ in range(throttle.LIMITS["name"].tries):
        sign_in(client, password="wrong")
    assert sign_in(client).status_code == 429
    call_command("remove_second_factor", "kim")
    sign_in(client)
    assert is_in(client)
    assert not Try.objects.exclude(limit="place").exists()


def test_under_another_secret_key_no_code_fits_and_nothing_breaks(client, guarded, settings):
    sign_in(client)
    right = code()
    settings.SECRET_KEY = "another key of more than thirty-two characters"
    sign_in(client)
    assert parse(client.post("/login/code/", {"code": right})).all(id="code-error")
    assert not is_in(client)
    assert not codes.check(client.request().wsgi_request, guarded, right)


@pytest.mark.parametrize(
    "url", ["/account/", "/account/confirm/", "/account/password/", SET_UP + "codes/", "/login/code/"]
)
def test_each_page_gets_every_header_and_loads_nothing_from_elsewhere(client, guarded, url):
    sign_in(client)
    if url != CODE:
        client.post("/login/code/", {"code": code()})
    answer = client.get(url)
    assert answer.status_code == 200
    assert_guarded(answer)
    assert not re.findall(r"""(?:src|href|action)=["']?(?:(?:https?:)?//|data:)""", answer.text)
    assert " style=" not in answer.text
    assert not re.search(r"<script(?![^>]*\bsrc=)", answer.text)


# --- required


@pytest.fixture
def required(monkeypatch):
    monkeypatch.setattr("gateway_dash.upstream.second_factor_is_required", lambda: True)


@pytest.mark.parametrize("url", ["/", "/gateways/", LOGS, "/account/", "/account/password/", "/palette.json"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_where_it_is_required_nothing_else_is_opened_before(client, kim, required, url, method, wire):
    sign_in(client)
    answer = getattr(client, method)(url)
    assert (answer.status_code, answer["Location"]) == (302, SET_UP)
    assert wire.sent == []


def test_where_it_is_required_it_can_be_set_up_and_then_all_is_open(client, kim, required):
    sign_in(client)
    page = parse(client.get(SET_UP))
    assert "This dashboard requires one." in page.text
    secret = page.one("code", id="secret").text.replace(" ", "")
    assert client.get(SET_UP + "qr.svg").status_code == 200
    client.post(SET_UP, {"code": code(secret)})
    assert is_in(client)
    assert "requires one" in client.get("/account/").text


def test_where_it_is_required_one_can_leave(client, kim, required):
    sign_in(client)
    assert client.post("/logout/")["Location"] == "/login/"


def test_where_it_is_required_removing_it_closes_everything_again(client, guarded, required):
    sign_in(client)
    client.post("/login/code/", {"code": code()})
    client.post(SET_UP + "remove/")
    assert client.get("/gateways/")["Location"] == SET_UP


def test_it_is_required_of_nobody_without_a_password(person, required):
    assert is_in(person)
