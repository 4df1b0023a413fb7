"""What allauth asks us: where its steps stand among our addresses, who may come in, and how secrets are kept."""

from __future__ import annotations

import base64
import time
from typing import Any, cast

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.httpkit import get_client_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount import app_settings as social_settings
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import salted_hmac

from gateway_dash.signin import refusals
from gateway_dash.signin.provider import Provider

NOWHERE = "0.0.0.0"  # noqa: S104 - what stands for a client without an address, behind a Unix socket


class People(DefaultAccountAdapter):  # type: ignore[misc] # allauth has no types
    """Nobody signs up; two steps lead in."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: users are made by command, or by a provider for its own domains."""
        return False

    def get_login_stages(self) -> list[str]:
        """The second factor. allauth's other ones send mail."""
        return ["gateway_dash.signin.entering.SecondStep"]

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address of the peer or, with a trusted proxy, the one that it wrote last."""
        return get_client_ip(request) or NOWHERE

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        """Whoever was switched off stays outside, however they come."""
        return refusals.page(request, refusals.SWITCHED_OFF)

    def is_reauthentication_required(self, *, app: str, **more: Any) -> bool:
        """Not within ten minutes after a password or a code."""
        request = context.request
        records = get_authentication_records(request, request.user)
        after = time.time() - app_settings.REAUTHENTICATION_TIMEOUT
        return not any(each["method"] in ("password", "mfa") and each["at"] > after for each in records)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Our one page asks for the password."""
        return [{"id": "reauthenticate", "url": reverse("account-confirm")}]


class Providers(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """One provider at most, from the environment alone: no row of the database adds another."""

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[SocialApp]:
        """What settings.py has put there."""
        apps = social_settings.PROVIDERS.get(Provider.id, {}).get("APPS", [])
        return [SocialApp(provider=Provider.id, **each) for each in apps]

    def get_provider(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> Provider:
        """Whatever it is called: there is no other."""
        return Provider(request, app=self.get_app(request, provider))

    def get_requests_session(self) -> Any:
        """One that follows no redirect: client secret and code are for the endpoints that were named."""
        session = super().get_requests_session()
        session.max_redirects = 0
        return session

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Decide who this is, before allauth goes on as with somebody known."""
        from gateway_dash.signin import newcomers  # it needs the models, which need this module

        newcomers.admit(request, sociallogin)

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None
    ) -> None:
        """One page for whatever went wrong; what it was is for the log."""
        raise ImmediateHttpResponse(refusals.of_provider(request, error, exception))


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of apps and seeds of recovery codes are encrypted with a key made of the secret key."""

    def encrypt(self, text: str) -> str:
        """For the database."""
        return str(_cipher().encrypt(text.encode()).decode())

    def decrypt(self, encrypted_text: str) -> str:
        """Out of the database."""
        from cryptography.fernet import InvalidToken  # megabytes, which only second factors need

        try:
            return str(_cipher().decrypt(encrypted_text.encode()).decode())
        except InvalidToken:
            raise UnreadableSecretError from None

    def get_totp_label(self, user: Any) -> str:
        """What the app shows beside the code."""
        return cast("str", user.get_username())


class UnreadableSecretError(Exception):
    """It was written under another secret key."""


def _cipher() -> Any:
    from cryptography.fernet import Fernet

    return Fernet(base64.urlsafe_b64encode(salted_hmac("gateway_dash.signin.secrets", "", algorithm="sha256").digest()))
