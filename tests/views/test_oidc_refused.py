"""/login/oidc/callback/: whom it does not let in, and what a provider may do to us"""

import base64
import time
from functools import partial

import jwt
import pytest
from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError
from django.test import Client

from gateway_dash.signin import throttle
from gateway_dash.signin.models import Try
from tests import oidc_provider
from tests.oidc_provider import SECRET, key, said, sign
from tests.people import noted
from tests.views.reading import parse
from tests.views.signing_in import in_eleven_minutes, is_in, somebody
from tests.views.test_headers import assert_guarded
from tests.views.test_oidc import there, through

pytestmark = pytest.mark.django_db


def assert_refused(client, answer, status, title, users=0):
    assert answer.status_code == status
    assert parse(answer).one("h1").text == title
    assert_guarded(answer)
    assert not is_in(client)
    assert not SocialAccount.objects.exists()


# --- an answer that is not of this sign-in


STALE = "This sign-in is over"
NOT_PROVEN = "The provider's answer could not be checked"


def test_another_state_is_refused_and_no_code_is_sent(client, provider):
    back = provider.agree(there(client))
    answer = client.get(back + "x")
    assert_refused(client, answer, 403, STALE)
    assert "/token" not in provider.asked


def test_a_state_of_another_browser_is_refused(client, provider):
    back = provider.agree(there(Client()))
    assert_refused(client, client.get(back), 403, STALE)
    assert "/token" not in provider.asked


def test_a_state_is_good_once(client, provider):
    back = provider.agree(there(client))
    client.get(back)
    client.post("/logout/")
    assert client.get(back).status_code == 403
    assert not is_in(client)


def test_a_state_is_good_for_ten_minutes(client, provider, monkeypatch):
    back = provider.agree(there(client))
    with monkeypatch.context() as later:
        in_eleven_minutes(later)
        answer = client.get(back)
    assert_refused(client, answer, 403, STALE)


@pytest.mark.parametrize("nonce", ["another", ..., None, 7])
def test_a_token_of_another_sign_in_is_refused(client, provider, nonce):
    provider.claims["nonce"] = nonce
    assert_refused(client, through(client, provider), 502, NOT_PROVEN)


# --- a token that the provider did not make, or not for us


def none_of_it(claims):
    return jwt.encode(claims, "", algorithm="none")


def by_the_shared_secret(claims):
    return jwt.encode(claims, SECRET.ljust(32, "-"), algorithm="HS256", headers={"kid": "ours"})


@pytest.mark.parametrize(
    "signs",
    [
        partial(sign, with_key="a stranger's", named="ours"),
        partial(sign, with_key="a stranger's", named="a stranger's"),
        partial(sign, with_key="older", named="ours"),
        lambda claims: jwt.encode(claims, key("ours"), algorithm="RS256"),  # of two keys, none is named
        none_of_it,
        by_the_shared_secret,
        lambda claims: sign(claims)[:-8] + "AAAAAAAA",
        lambda _claims: "not.a.token",
        lambda _claims: "",
    ],
)
def test_a_token_that_is_not_signed_by_the_key_it_names_is_refused(client, provider, signs):
    provider.signs = signs
    assert_refused(client, through(client, provider), 502, NOT_PROVEN)


def test_a_key_that_everybody_can_read_signs_nothing(client, provider):
    shared = base64.urlsafe_b64encode(b"k" * 32).decode().rstrip("=")
    provider.instead["/keys"] = said({"keys": [{"kty": "oct", "kid": "ours", "alg": "HS256", "k": shared}]})
    provider.signs = lambda claims: jwt.encode(claims, b"k" * 32, algorithm="HS256", headers={"kid": "ours"})
    assert_refused(client, through(client, provider), 502, NOT_PROVEN)


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another"},
        {"aud": ["dash", "another"], "azp": "another"},
        {"iss": "https://another.example"},
        {"exp": int(time.time()) - 3600},
        {"iat": int(time.time()) + 3600},
        {"exp": ...},
        {"aud": ...},
        {"iss": ...},
        {"sub": ...},
        {"sub": ""},
        {"sub": "x" * 192},
    ],
)
def test_a_token_that_is_not_for_us_now_is_refused(client, provider, claims):
    provider.claims |= claims
    assert_refused(client, through(client, provider), 502, NOT_PROVEN)


def test_an_answer_about_another_user_is_refused(client, provider):
    provider.claims |= {"email": ..., "email_verified": ...}
    provider.userinfo = {"sub": "u-2", "email": "kim@example.com", "email_verified": True}
    assert_refused(client, through(client, provider), 502, NOT_PROVEN)


# --- people


@pytest.mark.parametrize("verified", [False, "false", None, ..., 0, "no", ""])
def test_an_address_that_is_not_verified_is_refused(client, provider, verified):
    somebody(email="kim@example.com")
    provider.claims["email_verified"] = verified
    assert_refused(client, through(client, provider), 403, "Your mail address is not verified")


@pytest.mark.parametrize("email", [..., "", "kim", "@example.com", "a b@example.com"])
def test_without_an_address_nobody_is_let_in(client, provider, email):
    provider.claims["email"] = email
    provider.userinfo = {"sub": "u-1"}
    assert_refused(client, through(client, provider), 403, "Your mail address is not verified")


@pytest.mark.parametrize(
    "email",
    ["kim@other.example", "kim@sub.example.com", "kim@evil-example.com", "kim@example.com.evil.example",
     '"kim@example.com"@evil.example', "kim@ехample.com"],
)  # fmt: skip
def test_other_domains_are_refused_in_words(client, provider, email, django_user_model):
    provider.claims["email"] = email
    assert_refused(client, through(client, provider), 403, "Your mail address is not one of ours")
    assert not django_user_model.objects.exists()


def test_a_domain_that_is_taken_away_keeps_its_people_out(client, provider, settings):
    through(client, provider)
    settings.SOCIALACCOUNT_PROVIDERS = provider.settings("other.example")
    browser = Client()
    assert through(browser, provider).status_code == 403
    assert not is_in(browser)


SWITCHED_OFF = "This account is switched off"


def test_whoever_is_refused_stands_in_the_audit_trail_with_the_reason(client, provider):
    somebody(email="kim@example.com", is_active=False)
    through(client, provider)
    provider.claims["email"] = "lee@other.example"
    through(Client(), provider)
    here = {"mail": "kim@example.com", "step": "provider", "why": SWITCHED_OFF}
    strange = {"step": "provider", "why": "Your mail address is not one of ours"}
    assert noted("sign-in-refused") == [("", "sign-in-refused", here), ("", "sign-in-refused", strange)]
    assert noted("person-added") == []


def test_nobody_is_made_beside_a_user_who_was_switched_off(client, provider, django_user_model):
    somebody(email="kim@example.com", is_active=False)
    assert_refused(client, through(client, provider), 403, SWITCHED_OFF)
    assert django_user_model.objects.count() == 1


def test_a_connected_user_who_is_switched_off_stays_outside(client, provider, django_user_model):
    through(client, provider)
    django_user_model.objects.update(is_active=False)
    browser = Client()
    answer = through(browser, provider)
    assert parse(answer).one("h1").text == SWITCHED_OFF
    assert not is_in(browser)


def test_an_address_of_two_users_leads_to_neither(client, provider, django_user_model):
    somebody("kim", email="kim@example.com")
    somebody("kim2", email="KIM@example.com")
    assert_refused(client, through(client, provider), 403, "Your mail address does not lead to one user")
    assert django_user_model.objects.count() == 2


def test_of_two_users_the_one_who_is_active_is_meant(client, provider):
    somebody("former", email="kim@example.com", is_active=False)
    kim = somebody("kim", email="kim@example.com")
    through(client, provider)
    assert client.session["_auth_user_id"] == str(kim.pk)


def test_an_address_that_the_provider_gave_to_somebody_else_does_not_inherit_the_user(client, provider):
    through(client, provider)
    provider.claims["sub"] = "u-2"
    browser = Client()
    assert through(browser, provider).status_code == 403
    assert not is_in(browser)


def test_a_name_that_is_taken_is_not_taken_over(client, provider):
    somebody("kim@example.com", email="somebody@else.example")
    assert_refused(client, through(client, provider), 403, "Your mail address does not lead to one user")


def test_of_two_windows_at_once_one_is_asked_to_begin_again(client, provider, monkeypatch):
    def second(*_arguments):
        raise IntegrityError

    monkeypatch.setattr("gateway_dash.signin.newcomers._new", second)
    assert_refused(client, through(client, provider), 403, STALE)


def test_nobody_sends_us_to_the_provider_without_end(client, provider):
    for _ in range(throttle.LIMITS["begun"].tries):
        throttle.take(begun="127.0.0.1")
    answer = client.get("/login/oidc/")
    assert_refused(client, answer, 429, "Too many tries")
    assert provider.asked == []
    Try.objects.all().delete()
    there(client)
    assert Try.objects.filter(limit="begun").count() == 1


def test_who_cancels_there_is_told_so(client, provider):
    state = provider.agree(there(client)).partition("state=")[2]
    answer = client.get(f"/login/oidc/callback/?error=access_denied&state={state}")
    assert_refused(client, answer, 403, "You did not sign in")


def test_an_error_of_the_provider_is_told_and_none_of_its_words(client, provider):
    state = provider.agree(there(client)).partition("state=")[2]
    answer = client.get(f"/login/oidc/callback/?error=server_error&error_description=canary&state={state}")
    assert_refused(client, answer, 502, NOT_PROVEN)
    assert "canary" not in answer.text


# --- a provider that fails


BROKEN = [
    ("500 Oops", [("Content-Type", "text/html")], b"<h1>canary</h1>"),
    ("200 OK", [("Content-Type", "application/json")], b"<h1>canary</h1>"),
    ("200 OK", [("Content-Type", "application/json")], b"[]"),
    ("200 OK", [("Content-Type", "application/json")], b"{}"),
    ("200 OK", [("Content-Type", "application/json")], b'"canary"'),
    ("302 Found", [("Location", "http://127.0.0.1:9/canary")], b""),
]


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/keys"])
@pytest.mark.parametrize("broken", BROKEN)
def test_whatever_the_provider_answers_there_are_words_and_no_500(client, provider, path, broken):
    back = provider.agree(there(client))
    provider.instead[path] = broken
    answer = client.get(back)
    assert answer.status_code in (502, 503)
    assert parse(answer).one("h1").text in (NOT_PROVEN, "The provider does not answer")
    assert "canary" not in answer.text
    assert not is_in(client)


@pytest.mark.parametrize("broken", BROKEN)
def test_the_way_there_fails_in_words_too(client, provider, broken):
    provider.instead["/.well-known/openid-configuration"] = broken
    answer = client.get("/login/oidc/")
    assert answer.status_code in (502, 503)
    assert "canary" not in answer.text


def test_a_provider_that_is_down_is_said_to_be(client, provider, settings):
    settings.SOCIALACCOUNT_PROVIDERS = {}
    down = oidc_provider.Provider()
    down.url = "http://127.0.0.1:9"
    settings.SOCIALACCOUNT_PROVIDERS = down.settings()
    answer = client.get("/login/oidc/")
    assert answer["Retry-After"] == "60"
    assert_refused(client, answer, 503, "The provider does not answer")


@pytest.mark.parametrize("path", ["/token", "/keys"])
def test_no_redirect_is_followed_with_the_secret(client, provider, path):
    back = provider.agree(there(client))
    provider.instead[path] = ("307 Temporary Redirect", [("Location", f"{provider.url}/elsewhere")], b"")
    assert client.get(back).status_code in (502, 503)
    assert "/elsewhere" not in provider.asked


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": "https://another.example"},
        {"issuer": None},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"userinfo_endpoint": "http://evil.example/"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"token_endpoint": None},
    ],
)
def test_a_document_that_leads_astray_is_refused(client, provider, document):
    provider.document = document
    assert_refused(client, client.get("/login/oidc/"), 502, NOT_PROVEN)


def test_no_secret_and_nothing_of_the_answer_is_in_the_log(client, provider, caplog):
    back = provider.agree(there(client))
    provider.instead["/token"] = said({"error": "canary-of-the-answer"}, "400 Bad Request")
    client.get(back)
    assert [each for each in caplog.records if each.name == "gateway_dash.signin"]
    assert "canary" not in caplog.text
    assert back.partition("code=")[2][:8] not in caplog.text
