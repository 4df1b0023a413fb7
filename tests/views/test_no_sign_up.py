"""Of allauth nothing is reachable but what urls.py names: nobody signs up, connects, or asks for a mail"""

import pytest
from allauth.account import urls as account_urls
from allauth.mfa import urls as mfa_urls
from allauth.socialaccount import urls as socialaccount_urls
from allauth.socialaccount.providers.openid_connect import urls as oidc_urls
from allauth.usersessions import urls as usersessions_urls
from django.urls import NoReverseMatch, URLPattern, URLResolver, reverse

from gateway_dash.urls import urlpatterns

pytestmark = pytest.mark.django_db


def names(patterns):
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from names(each.url_patterns)
        elif isinstance(each, URLPattern) and each.name:
            yield each.name


MODULES = (account_urls, mfa_urls, socialaccount_urls, oidc_urls, usersessions_urls)
THEIRS = sorted({name for module in MODULES for name in names(module.urlpatterns)})
PATHS = [
    "signup/",
    "login/",
    "logout/",
    "inactive/",
    "email/",
    "confirm-email/",
    "password/reset/",
    "password/set/",
    "password/change/",
    "reauthenticate/",
    "login/code/confirm/",
    "social/signup/",
    "social/connections/",
    "3rdparty/",
    "3rdparty/signup/",
    "2fa/",
    "2fa/authenticate/",
    "2fa/totp/activate/",
    "sessions/",
    "oidc/login/",
    "oidc/login/callback/",
]
OURS = {"/login/", "/logout/"}
URLS = [f"/{below}{path}" for below in ("accounts/", "account/", "_allauth/", "auth/", "") for path in PATHS]
URLS = [each for each in URLS if each not in OURS]


@pytest.mark.parametrize("name", THEIRS)
def test_no_address_of_allauth_has_a_name_here(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_there_are_some_that_could_be():
    assert {"account_signup", "account_email", "socialaccount_connections", "mfa_index"} <= set(THEIRS)


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_its_usual_addresses_are_not_there(person, url, method):
    answer = getattr(person, method)(url, {"email": "kim@example.com"})
    assert answer.status_code == 404


def test_every_view_is_ours_or_djangos():
    modules = {each.callback.__module__.partition(".")[0] for each in urlpatterns}
    assert modules <= {"gateway_dash", "django"}


def test_a_form_that_asks_for_a_new_user_makes_none(client, django_user_model):
    asked = {"username": "new", "password1": "a long password", "password2": "a long password", "email": "a@b.example"}
    client.post("/login/", asked)
    assert not django_user_model.objects.exists()
