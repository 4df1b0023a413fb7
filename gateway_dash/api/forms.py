"""What the form of a new token says, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

from django.http import QueryDict

from gateway_dash.api.models import NAME_LENGTH
from gateway_dash.api.tokens import USUAL_DAYS
from gateway_dash.team.actions import Action

_GATEWAY = re.compile(r"[a-z0-9_-]{1,64}\Z")
DAYS = (7, 30, USUAL_DAYS, 180, 365)
SCOPES = {"see": (Action.SEE,), "read": (Action.SEE, Action.READ)}


@dataclass(slots=True)
class TokenForm:
    """A name, what it is for, where, and for how long."""

    name: str = ""
    scope: str = "see"
    days: int = USUAL_DAYS
    gateways: tuple[str, ...] = ()  # none: all that the person sees
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, data: QueryDict, seen: Sequence[str]) -> Self:
        """As it was sent; `seen` are those of the gateways in it that there are for the person."""
        form = cls(data.get("name", "").strip(), data.get("scope", "see"), USUAL_DAYS, tuple(data.getlist("gateway")))
        if not form.name or len(form.name) > NAME_LENGTH or not form.name.isprintable():
            form.errors["name"] = f"Give it a name of at most {NAME_LENGTH} characters, such as “nightly report”."
        if form.scope not in SCOPES:
            form.errors["scope"] = "Choose what it is for."
        days = data.get("days", str(USUAL_DAYS))
        if days in {str(each) for each in DAYS}:
            form.days = int(days)
        else:
            form.errors["days"] = f"Choose one of these lengths; {DAYS[-1]} days is the longest."
        if set(form.gateways) - set(seen) or not all(map(_GATEWAY.match, form.gateways)):
            form.errors["gateways"] = "One of these gateways is not there for you any more. Choose again."
        return form

    @property
    def scopes(self) -> tuple[Action, ...]:
        """The actions that the token is for."""
        return SCOPES.get(self.scope, ())
