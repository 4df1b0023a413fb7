"""The right that each address asks for, said where the address is: `path(…, needs(Action.DELETE, view), …)`.

tests/views/test_rights.py refuses an address whose view is not wrapped by one of these: none can be forgotten.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from gateway_dash.gateway.errors import NotAllowed
from gateway_dash.team import rights
from gateway_dash.team.actions import Action

type View = Callable[..., HttpResponseBase]
# Doors that ask for no right in a gateway.
OPEN, SIGNED_IN, ADMINISTERS, BY_TOKEN = "open", "signed in", "administers", "by token"


def needs(asked_for: Action | tuple[Action, ...], view: View) -> View:
    """Only for who may do all that in the gateway of the address; in an address without one, in some gateway."""
    actions = asked_for if isinstance(asked_for, tuple) else (asked_for,)

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        for action in actions:
            if "gateway" in kwargs:
                rights.check(request.user, action, kwargs["gateway"])
            elif not rights.may_somewhere(request.user, action):
                raise NotAllowed(f"You may not {action.words}.", hint=rights.WHO_GIVES)
        return view(request, *args, **kwargs)

    return _with_door(asked, actions)


def administers(view: View) -> View:
    """Only for who administers the whole dashboard."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        rights.check(request.user, Action.ADMINISTER, rights.EVERYWHERE)
        return view(request, *args, **kwargs)

    return _with_door(asked, ADMINISTERS)


def signed_in(view: View) -> View:
    """For everybody who has signed in; what it shows is the person's own, or looks at rights itself."""
    return _with_door(view, SIGNED_IN)


def by_token(view: View) -> View:
    """For whoever shows a good token of the API; what it tells is the person's own, or looks at rights itself."""
    return _with_door(view, BY_TOKEN)


def open_to_all(view: View) -> View:
    """For everybody, before they sign in."""
    return _with_door(view, OPEN)


def _with_door(view: View, door: str | tuple[Action, ...]) -> View:
    view.door = door  # type: ignore[attr-defined]
    return view
