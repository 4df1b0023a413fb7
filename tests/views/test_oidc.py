"""/login/oidc/ and /login/oidc/callback/: there and back, and who one is then"""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.test import Client

from tests import oidc_provider
from tests.people import noted
from tests.views.reading import parse
from tests.views.signing_in import PASSWORD, code, is_in, second_factor, sign_in, somebody
from tests.views.test_preferences import OFF_SITE

pytestmark = pytest.mark.django_db


def there(client, url="/login/oidc/"):
    """To the provider; the answer is where it was asked."""
    answer = client.get(url)
    assert answer.status_code == 302
    return answer["Location"]


def through(client, provider, url="/login/oidc/"):
    """There and back again."""
    return client.get(provider.agree(there(client, url)))


# --- the way


def test_a_link_leads_there_and_a_code_back_to_where_one_wanted_to_go(client, provider):
    wanted = "/gateways/prod-edge/logs/?provider=openai&cached__not=true"
    page = parse(client.get("/login/", {"next": wanted}))
    link = page.links()["Sign in with Example Login"]
    answer = through(client, provider, link)
    assert (answer.status_code, answer["Location"]) == (302, wanted)
    assert is_in(client)
    assert provider.asked.count("/token") == 1


def test_somebody_new_stands_in_the_audit_trail_once_and_before_they_come_in(client, provider):
    through(client, provider)
    through(Client(), provider)
    name = "kim@example.com"
    facts = {"person": name, "mail": name, "by": "sign-in through the provider"}
    assert [what for _who, what, _facts in noted()][:2] == ["person-added", "sign-in"]
    assert noted("person-added", "person-changed") == [("", "person-added", facts)]


def test_a_user_who_is_connected_to_the_provider_stands_in_the_audit_trail(client, provider):
    somebody(email="kim@example.com")
    through(client, provider)
    facts = {"person": "kim", "mail": "kim@example.com", "by": "sign-in through the provider"}
    assert noted("person-added", "person-changed") == [("", "person-changed", facts)]


def test_without_a_wish_it_leads_home(client, provider):
    assert through(client, provider)["Location"] == "/"


def test_what_is_asked_there_has_a_state_a_nonce_and_a_challenge_of_its_own(client, provider):
    first, second = (parse_qs(urlsplit(there(client)).query) for _ in range(2))
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name][0]) >= 16
        assert first[name] != second[name]


def test_a_stranger_begins_a_new_session_with_it(client, provider):
    back = provider.agree(there(client))
    before = client.session.session_key
    client.get(back)
    assert is_in(client)
    assert client.session.session_key != before


@pytest.mark.parametrize("url", OFF_SITE)
def test_it_leads_to_no_other_site(client, provider, url):
    location = through(client, provider, "/login/oidc/?" + urlencode({"next": url}))["Location"]
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))


@pytest.mark.parametrize(
    "asked", ["auth_params=redirect_uri%3Dhttps%3A%2F%2Fevil.example%2F", "scope=offline_access", "process=connect",
              "process=redirect&next=https://evil.example/"]
)  # fmt: skip
def test_nothing_of_our_address_changes_what_is_asked_there(client, provider, asked):
    sent = parse_qs(urlsplit(there(client, f"/login/oidc/?{asked}")).query)
    assert sent["redirect_uri"] == [oidc_provider.CALLBACK]
    assert set(sent["scope"][0].split()) == {"openid", "profile", "email"}
    answer = through(client, provider, f"/login/oidc/?{asked}")
    assert answer["Location"] == "/"
    assert is_in(client)


def test_who_is_signed_in_is_led_on_and_nobody_is_asked(person, provider):
    assert person.get("/login/oidc/?next=/gateways/")["Location"] == "/gateways/"
    assert provider.asked == []


def test_without_a_provider_there_is_no_button_and_no_way(client, sandbox):
    assert "Sign in with" not in client.get("/login/").text
    assert client.get("/login/oidc/")["Location"] == "/login/"
    assert client.get("/login/oidc/callback/?code=a&state=b")["Location"] == "/login/"


def test_only_reading_methods_are_answered(client, provider):
    assert client.post("/login/oidc/").status_code == 405
    assert client.post("/login/oidc/callback/").status_code == 405


# --- who one is then


def test_somebody_new_is_a_user_without_password_and_without_rights(client, provider, django_user_model):
    through(client, provider)
    user = django_user_model.objects.get()
    assert (user.username, user.email) == ("kim@example.com", "kim@example.com")
    assert not user.has_usable_password()
    assert (user.is_staff, user.is_superuser) == (False, False)
    assert user.get_all_permissions() == set()
    assert not user.groups.exists()


def test_the_next_time_it_is_the_same_user_whatever_became_of_the_address(client, provider, django_user_model):
    through(client, provider)
    provider.claims["email"] = "kim.new@example.com"
    through(Client(), provider)
    assert django_user_model.objects.count() == 1


def test_a_user_with_this_address_is_connected_and_stays_who_they_are(client, provider):
    kim = somebody(email="Kim@Example.com", is_superuser=True)
    through(client, provider)
    assert client.session["_auth_user_id"] == str(kim.pk)
    kim.refresh_from_db()
    assert kim.is_superuser
    assert kim.check_password(PASSWORD)
    assert list(SocialAccount.objects.values_list("user", "provider", "uid")) == [(kim.pk, provider.url, "u-1")]


def test_the_same_name_at_another_provider_is_somebody_else(client, provider, django_user_model):
    stranger = somebody("other", email="other@example.com")
    SocialAccount.objects.create(user=stranger, provider="https://former.example", uid="u-1")
    through(client, provider)
    assert client.session["_auth_user_id"] != str(stranger.pk)


def test_an_address_that_is_not_in_the_token_is_asked_for(client, provider, django_user_model):
    provider.claims |= {"email": ..., "email_verified": ...}
    provider.userinfo = {"sub": "u-1", "email": "kim@example.com", "email_verified": True}
    through(client, provider)
    assert django_user_model.objects.get().email == "kim@example.com"


def test_an_address_whose_proof_is_not_in_the_token_is_asked_for_together_with_it(client, provider, django_user_model):
    provider.claims["email_verified"] = ...
    provider.userinfo = {"sub": "u-1", "email": "lee@example.com", "email_verified": "true"}
    through(client, provider)
    assert django_user_model.objects.get().email == "lee@example.com"


def test_an_address_that_is_in_the_token_is_not_asked_for_elsewhere(client, provider, django_user_model):
    provider.userinfo = {"sub": "u-1", "email": "admin@example.com", "email_verified": True}
    through(client, provider)
    assert django_user_model.objects.get().email == "kim@example.com"
    assert "/userinfo" not in provider.asked


def test_a_second_factor_is_asked_for_on_this_way_too(client, provider):
    second_factor(somebody(email="kim@example.com"))
    assert through(client, provider)["Location"] == "/login/code/"
    assert not is_in(client)
    client.post("/login/code/", {"code": code()})
    assert is_in(client)


def test_nothing_that_the_provider_sent_is_kept_but_name_and_address(client, provider):
    provider.claims["phone_number"] = "+49 123"
    through(client, provider)
    assert SocialAccount.objects.get().extra_data == {"email": "kim@example.com"}
    assert not SocialToken.objects.exists()
    assert "canary" not in str(dict(client.session))


# --- passwords switched off


def test_with_passwords_switched_off_there_is_no_form_and_a_right_one_is_refused(client, provider, monkeypatch):
    somebody()
    monkeypatch.setattr("gateway_dash.upstream.password_sign_in", lambda: False)
    page = parse(client.get("/login/"))
    assert not page.all("input", type="password")
    assert "Sign in with Example Login" in page.links()
    answer = sign_in(client)
    assert answer.status_code == 403
    assert "Passwords are switched off here" in answer.text
    assert not is_in(client)
