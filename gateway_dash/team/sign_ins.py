"""Sign-ins and sign-outs, of whichever way in, for the audit trail."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from gateway_dash.team import audit
from gateway_dash.team.events import Event
from gateway_dash.team.where import address_of


def listen() -> None:
    """Hear of all of them from now on."""
    user_logged_in.connect(_signed_in, dispatch_uid="audit")
    user_logged_out.connect(_signed_out, dispatch_uid="audit")
    user_login_failed.connect(_refused, dispatch_uid="audit")


def _signed_in(request: HttpRequest | None, user: Any, **_: Any) -> None:
    if request is not None and "REMOTE_ADDR" in request.META:  # a test that signs somebody in has no address
        audit.record(user, Event.SIGNED_IN, address=address_of(request))


def _signed_out(request: HttpRequest | None, user: Any, **_: Any) -> None:
    if request is not None and user is not None:
        audit.record(user, Event.SIGNED_OUT, address=address_of(request))


def _refused(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    """The name only where there is such a user: people type their password into the wrong field."""
    name, step = str(credentials.get("username", "")), str(credentials.get("step", ""))
    known = get_user_model().objects.filter(username=name).exists()
    address = address_of(request) if request is not None else ""
    audit.record(name if known else "", Event.SIGN_IN_REFUSED, address=address, step=step)
