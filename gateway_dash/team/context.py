"""What every template knows of rights: `may.delete` in the gateway of the address, and `administers` for all of it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from gateway_dash.team import rights
from gateway_dash.team.actions import Action


class May:
    """The rights of one person in one gateway, by the names of `Action` in small letters; read when a template asks."""

    def __init__(self, person: Any, gateway: str) -> None:
        self._person, self._gateway = person, gateway

    def __getitem__(self, name: str) -> bool:
        """Whether the person may; raises KeyError for a name that is no action."""
        return rights.may(self._person, Action[name.upper()], self._gateway)


def rights_of(request: HttpRequest) -> dict[str, Any]:
    """`may` for the gateway of the address, or where there is none for all gateways; and `administers`."""
    person = getattr(request, "user", None)
    match = request.resolver_match
    gateway = match.kwargs.get("gateway", "") if match else ""
    return {
        "may": May(person, gateway or rights.EVERYWHERE),
        "administers": rights.may(person, Action.ADMINISTER, rights.EVERYWHERE),
    }
