"""A list of several gateways in an address: `gateway=prod-edge&gateway=staging`, and where its page begins or ends.

The page of a log that was opened from such a list carries the same, so the way back leads there.
"""

from __future__ import annotations

from django.http import HttpRequest, QueryDict
from django.urls import NoReverseMatch, reverse

from gateway_dash.gateway.errors import QueryError, said
from gateway_dash.gateway.merged import LEAST_GATEWAYS, MOST_GATEWAYS, Position
from gateway_dash.gateway.query import LogQuery
from gateway_dash.logs.screen import Screen, read_screen, take

NAME = "gateway"
NOT_HERE = "The histogram and the facets are of one gateway, so they are left out here."


def read_gateways(parameters: QueryDict) -> tuple[tuple[str, ...], QueryDict]:
    """The gateways that an address names, each once, and the other parameters; raises QueryError."""
    rest = parameters.copy()
    names = tuple(dict.fromkeys(str(each) for each in rest.pop(NAME, [])))
    for name in names:
        if not _is_name(name):
            raise QueryError(f"“{NAME}” takes the name of a gateway; “{said(name)[:80]}” is none.")
    if len(names) > MOST_GATEWAYS:
        raise QueryError(
            f"“{NAME}” is given {len(names)} times; at most {MOST_GATEWAYS} gateways can be listed together, since "
            "each is a call of its own. Leave some out."
        )
    return names, rest


def read_several(gateways: tuple[str, ...], parameters: QueryDict) -> tuple[Screen, LogQuery]:
    """Their merged list, and which logs it means, from the other parameters; raises QueryError."""
    given, rest = take(parameters, "after", "before")
    screen, rest = Screen.read(reverse("all-log-list"), rest, gateways=gateways)
    query = LogQuery.read(rest)
    if len(given) > 1:
        raise QueryError("A page begins at “after” or ends at “before”: only one of them can count.")
    notes = (*screen.notes, NOT_HERE) if screen.open or screen.count else screen.notes
    position = next((Position.read(given[name], gateways, is_end=name == "before") for name in given), None)
    return screen.change(open=(), count="", notes=notes, position=position), query


def read_origin(request: HttpRequest, gateway: str, parameters: QueryDict | None = None) -> tuple[Screen, LogQuery]:
    """The list that a log was opened from: its gateway's, or one of several; raises QueryError."""
    given = request.GET if parameters is None else parameters
    if NAME not in given:
        return read_screen(request, gateway, given)
    gateways, rest = read_gateways(given)
    if gateway not in gateways or len(gateways) < LEAST_GATEWAYS:
        raise QueryError(
            f"“{NAME}” names the gateways of the list that this log was opened from: {LEAST_GATEWAYS} to "
            f"{MOST_GATEWAYS} of them, and “{gateway}” is one."
        )
    screen, query = read_several(gateways, rest)
    return screen.change(gateway=gateway), query


def _is_name(text: str) -> bool:
    try:
        return bool(reverse("log-list", args=[text]))
    except NoReverseMatch:
        return False
