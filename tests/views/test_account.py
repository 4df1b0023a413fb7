"""/account/, /account/password/ and /account/sessions/"""

import pytest
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import DatabaseError
from django.test import Client

from gateway_dash.signin import throttle
from tests.conftest import LOGS
from tests.views.reading import fields, parse
from tests.views.signing_in import PASSWORD, audited, is_in, sign_in, somebody
from tests.views.test_headers import assert_guarded

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
NEW = "another horse battery"


@pytest.fixture
def kim(sandbox):
    return somebody(email="kim@example.com")


def browser_of(name="kim", **more):
    browser = Client(**more)
    sign_in(browser, name)
    return browser


def sessions(client):
    """What the page lists: the words of each session."""
    card = parse(client.get("/account/")).one("section", aria_labelledby="sessions-h")
    return [each.text for each in card.one("ul").all("li")]


# --- the page


def test_it_says_who_one_is_and_how_one_signs_in(client, kim):
    sign_in(client)
    answer = client.get("/account/")
    page = parse(answer)
    assert "You are kim, with the mail address kim@example.com." in page.text
    assert page.links()["Change the password"] == "/account/password/"
    assert page.links()["Set up a second factor"] == "/account/second-factor/"
    assert_guarded(answer)


def test_the_menu_leads_to_it(person):
    assert parse(person.get(LOGS)).one("div", id="user-menu").links()["Your account"] == "/account/"


def test_who_comes_from_a_provider_sees_its_address_and_no_password(person, django_user_model):
    user = django_user_model.objects.get()
    SocialAccount.objects.create(user=user, provider="x", uid="u-1", extra_data={"email": "<b>kim@example.com"})
    page = parse(person.get("/account/"))
    assert "As <b>kim@example.com; last" in page.text
    assert "Change the password" not in page.links()


# --- the password


def change(client, old=PASSWORD, new=NEW, again=NEW):
    return client.post("/account/password/", {"old_password": old, "new_password1": new, "new_password2": again})


def test_a_new_password_ends_every_other_session_and_not_this_one(client, kim, caplog):
    sign_in(client)
    other = browser_of()
    assert is_in(other)
    key = client.session.session_key
    assert change(client)["Location"] == "/account/"
    assert is_in(client)
    assert client.session.session_key != key
    assert not is_in(other)
    kim.refresh_from_db()
    assert kim.check_password(NEW)
    assert "password-changed" in audited(caplog)
    assert len(sessions(client)) == 1


def test_this_session_is_the_same_one_afterwards(client, kim):
    sign_in(client)
    began = UserSession.objects.get().created_at
    change(client)
    client.get("/account/")
    assert UserSession.objects.get().created_at == began


@pytest.mark.parametrize(
    ("old", "new", "again"),
    [("wrong", NEW, NEW), (PASSWORD, NEW, "other"), (PASSWORD, "short", "short"), (PASSWORD, "kim@example.com", "x"),
     (PASSWORD, "", ""), ("", NEW, NEW)],
)  # fmt: skip
def test_what_does_not_fit_changes_nothing(client, kim, old, new, again, caplog):
    sign_in(client)
    answer = change(client, old, new, again)
    assert answer.status_code == 200
    assert parse(answer).all("p", class_="error")
    kim.refresh_from_db()
    assert kim.check_password(PASSWORD)
    assert "password-changed" not in audited(caplog)


def test_no_password_that_was_typed_comes_back(client, kim):
    sign_in(client)
    text = change(client, PASSWORD, "typed-and-short", "typed-otherwise").text
    assert "typed-" not in text
    assert PASSWORD not in text


def test_guessing_the_old_one_is_limited(client, kim):
    sign_in(client)
    for _ in range(throttle.LIMITS["name"].tries):
        assert change(client, "wrong").status_code == 200
    assert change(client).status_code == 429
    kim.refresh_from_db()
    assert kim.check_password(PASSWORD)


@pytest.mark.parametrize("method", ["get", "post"])
def test_who_has_none_gets_none(person, method, django_user_model):
    assert getattr(person, method)("/account/password/")["Location"] == "/account/"
    assert not django_user_model.objects.get().has_usable_password()


# --- sessions


def test_each_session_is_listed_with_browser_place_and_time(client, kim):
    sign_in(client)
    browser_of(headers={"User-Agent": FIREFOX}, REMOTE_ADDR="192.0.2.7")
    this, other = sessions(client)
    assert "this one" in this
    assert "Firefox on Linux 192.0.2.7 · begun just now · seen just now" in other
    assert len(parse(client.get("/account/")).all("form", action=None)) >= 1


def test_what_a_browser_calls_itself_is_not_shown(client, kim):
    sign_in(client)
    browser_of(headers={"User-Agent": "<script>canary</script>"})
    assert "canary" not in client.get("/account/").text


def test_a_session_that_did_not_begin_with_the_form_is_listed_once_it_is_used(person):
    assert len(sessions(person)) == 1
    assert UserSession.objects.count() == 1


def test_of_somebody_else_nothing_is_listed(client, kim):
    somebody("lee")
    sign_in(client)
    browser_of("lee", REMOTE_ADDR="192.0.2.7")
    assert len(sessions(client)) == 1


def test_last_seen_is_written_every_five_minutes_and_no_oftener(person, django_assert_max_num_queries):
    person.get("/account/")
    UserSession.objects.update(ip="192.0.2.1")
    person.get("/account/")
    assert UserSession.objects.get().ip == "192.0.2.1"
    cache.clear()  # the five minutes are over
    person.get("/account/")
    assert UserSession.objects.get().ip == "127.0.0.1"


def test_a_database_that_cannot_be_written_costs_no_page(person, monkeypatch, caplog):
    def broken(*_arguments, **_more):
        raise DatabaseError("canary: locked")

    monkeypatch.setattr("gateway_dash.signin.sessions.UserSession.objects.create_from_request", broken)
    assert is_in(person)
    assert "A session could not be noted (DatabaseError)." in caplog.text
    assert "canary" not in caplog.text


def end_form(client):
    return next(
        form for form in parse(client.get("/account/")).all("form", method="post") if form["action"].endswith("/end/")
        and form["action"] != "/account/sessions/end/"
    )  # fmt: skip


def test_a_session_that_its_owner_ends_gets_the_sign_in_page(client, kim, caplog):
    sign_in(client)
    thief = browser_of()
    stolen = thief.cookies["session"].value
    form = end_form(client)
    assert client.post(form["action"], fields(form))["Location"] == "/account/"
    assert thief.get(LOGS)["Location"].startswith("/login/?next=")
    again = Client()
    again.cookies["session"] = stolen
    assert not is_in(again)
    assert is_in(client)
    assert len(sessions(client)) == 1
    assert "session-ended" in audited(caplog)


def test_ending_the_session_in_use_signs_out(client, kim):
    sign_in(client)
    client.post(f"/account/sessions/{UserSession.objects.get().pk}/end/")
    assert not is_in(client)


def test_nobody_ends_the_session_of_somebody_else(client, kim, caplog):
    somebody("lee")
    lee = browser_of("lee")
    sign_in(client)
    number = UserSession.objects.get(user__username="lee").pk
    assert client.post(f"/account/sessions/{number}/end/").status_code == 404
    assert client.post("/account/sessions/999999/end/").status_code == 404
    assert is_in(lee)
    assert audited(caplog) == []


def test_all_others_end_also_those_that_are_not_listed_and_nobody_elses(client, kim, caplog):
    somebody("lee")
    lee, unlisted, listed = browser_of("lee"), Client(), browser_of()
    unlisted.force_login(kim)
    sign_in(client)
    assert client.post("/account/sessions/end/")["Location"] == "/account/"
    assert is_in(client)
    assert is_in(lee)
    assert not is_in(listed)
    assert not is_in(unlisted)
    assert "session-ended" in audited(caplog)


@pytest.mark.parametrize("url", ["/account/sessions/1/end/", "/account/sessions/end/"])
def test_a_link_ends_nothing(person, url):
    assert person.get(url).status_code == 405


def test_a_session_that_ended_by_itself_is_listed_no_more(client, kim):
    other = browser_of()
    sign_in(client)
    assert len(sessions(client)) == 2
    Session.objects.filter(session_key=other.session.session_key).delete()
    assert len(sessions(client)) == 1
