"""Whom a provider may bring in: people with a verified address of its domains, as a user that is theirs alone."""

from __future__ import annotations

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from gateway_dash.signin.refusals import AMBIGUOUS, FOREIGN, STALE, SWITCHED_OFF, UNVERIFIED, Refusal, page
from gateway_dash.team import audit
from gateway_dash.team.events import Event
from gateway_dash.team.where import address_of

NAME_LENGTH = 150  # of a user's name, which is the address


class _RefusedError(Exception):
    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.title)
        self.refusal = refusal


def admit(request: HttpRequest, sociallogin: Any) -> None:
    """Find or make the user of somebody whom the provider has named; or end the sign-in with a page."""
    address = ""
    try:
        address = _address(sociallogin)
        if not sociallogin.is_existing:
            with transaction.atomic():
                user = _known(address, sociallogin.account.provider)
                _note(request, Event.PERSON_CHANGED if user else Event.PERSON_ADDED, address, user)
                sociallogin.connect(request, user or _new(address))
    except _RefusedError as error:
        facts = {"mail": address, "step": "provider", "why": error.refusal.title}
        audit.record(None, Event.SIGN_IN_REFUSED, address=address_of(request), **facts)
        raise ImmediateHttpResponse(page(request, error.refusal)) from None
    except IntegrityError:  # the same person came in by two windows at once, and the other one was first
        raise ImmediateHttpResponse(page(request, STALE)) from None


def _note(request: HttpRequest, what: Event, mail: str, user: User | None) -> None:
    """Whom the provider brings in, within the transaction in which they come to be known."""
    facts = {"person": user.get_username() if user else mail, "mail": mail, "by": "sign-in through the provider"}
    audit.record(None, what, address=address_of(request), **facts)


def _address(sociallogin: Any) -> str:
    """The one verified address of an allowed domain, at every sign-in: a domain that is taken away stays outside."""
    claimed = [each for each in sociallogin.email_addresses if each.verified]
    if not claimed:
        raise _RefusedError(UNVERIFIED)
    address = str(claimed[0].email).lower()
    try:
        validate_email(address)
    except ValidationError:
        raise _RefusedError(UNVERIFIED) from None
    domain = address.rpartition("@")[2]
    if not address.isascii() or domain not in sociallogin.provider.app.settings["domains"]:
        raise _RefusedError(FOREIGN)
    return address


def _known(address: str, issuer: str) -> User | None:
    """The user who has this address. Nobody is made beside one who is switched off, or chosen from several."""
    users = get_user_model()._default_manager.filter(email__iexact=address)
    active = list(users.filter(is_active=True)[:2])
    if len(active) > 1:
        raise _RefusedError(AMBIGUOUS)
    if not active:
        if users.exists():
            raise _RefusedError(SWITCHED_OFF)
        return None
    if SocialAccount.objects.filter(provider=issuer, user=active[0]).exists():
        raise _RefusedError(AMBIGUOUS)  # the provider gave the address to somebody else
    return active[0]


def _new(address: str) -> User:
    """A user without a password and without any right, whose name in the audit is the address."""
    users = get_user_model()._default_manager
    if len(address) > NAME_LENGTH or users.filter(username__iexact=address).exists():
        raise _RefusedError(AMBIGUOUS)
    return users.create_user(address, address)
