"""The door of the API: a token, never a session. It says JSON whatever happens behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

import msgspec
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from gateway_dash.api import tokens
from gateway_dash.api.answers import answer_of, refusal_of
from gateway_dash.api.errors import WrongMethod
from gateway_dash.api.models import ApiToken
from gateway_dash.gateway.errors import GatewayError, NotAllowed, QueryError, said
from gateway_dash.team import doors, rights
from gateway_dash.team.actions import Action
from gateway_dash.team.doors import View

type Reads = Callable[..., msgspec.Struct]


@dataclass(frozen=True, slots=True)
class Operation:
    """What openapi.json says of a view, beside its words."""

    shape: type[msgspec.Struct]
    takes_query: bool  # the parameters of a list of logs


def answers(shape: type[msgspec.Struct], *, takes_query: bool = False) -> Callable[[Reads], View]:
    """The view gives a shape, which is sent as JSON. One that takes no query takes no parameter at all."""

    def made(view: Reads) -> View:
        @wraps(view)
        def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not takes_query and request.GET:
                raise QueryError(f"“{said(next(iter(request.GET)))[:60]}” means nothing here: no parameter does.")
            return answer_of(view(request, *args, **kwargs))

        asked.operation = Operation(shape, takes_query)  # type: ignore[attr-defined]
        return asked

    return made


def by_token(asked_for: Action | tuple[Action, ...], view: View) -> View:
    """Only for a token whose person may do all that, and which is itself for that, in the gateway of the address.

    No cookie is looked at, so there is nothing that another site could make a browser send.
    """
    actions = asked_for if isinstance(asked_for, tuple) else (asked_for,)
    scoped = _within_scope(actions, view)
    guarded = doors.needs(actions, scoped) if actions else doors.by_token(scoped)

    @csrf_exempt
    @login_not_required
    @wraps(guarded)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            _come_in(request, kwargs.get("gateway", ""))
            return guarded(request, *args, **kwargs)
        except GatewayError as error:
            return refusal_of(error)

    return asked


def shown(request: HttpRequest) -> ApiToken:
    """The token of a request that came in."""
    token: ApiToken = request.api_token  # type: ignore[attr-defined]
    return token


def may(request: HttpRequest, action: Action, gateway: str) -> bool:
    """Whether the person may do that in this gateway, and the token is for it."""
    token = shown(request)
    return token.reaches(gateway) and token.allows(action) and rights.may(token.person, action, gateway)


def _come_in(request: HttpRequest, gateway: str) -> None:
    """From here on the request is that of the token's person; raises what keeps it out."""
    token = tokens.token_of(request)
    tokens.count_request(token)
    tokens.note_use(token)
    if request.method not in ("GET", "HEAD"):
        raise WrongMethod
    request.user = token.person
    request.api_token = token  # type: ignore[attr-defined]
    if gateway and not token.reaches(gateway):
        raise rights.not_there(gateway)


def _within_scope(actions: tuple[Action, ...], view: View) -> View:
    """After the rights of the person: whether the gateway is there for them comes first."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        for action in actions:
            if not shown(request).allows(action):
                hint = "What a token is for is chosen when it is made: make another one."
                raise NotAllowed(f"This token may not {action.words}.", hint=hint)
        return view(request, *args, **kwargs)

    return asked
