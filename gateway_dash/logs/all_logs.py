"""The logs of several gateways in one list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.views.decorators.http import require_safe

from gateway_dash import upstream
from gateway_dash.gateway.errors import QueryError
from gateway_dash.gateway.merged import (
    LEAST_GATEWAYS,
    MOST_GATEWAYS,
    MergedPage,
    Share,
    merged_page,
    names_of,
    no_gateway,
)
from gateway_dash.gateway.query import NEWEST_FIRST, LogQuery
from gateway_dash.logs import fresh, seen
from gateway_dash.logs.chooser import chooser
from gateway_dash.logs.composing import compose, split
from gateway_dash.logs.gateways import list_url
from gateway_dash.logs.listing import frame
from gateway_dash.logs.peek import drawer_of
from gateway_dash.logs.rows import merged_rows
from gateway_dash.logs.screen import Screen, read_screen
from gateway_dash.logs.several import read_gateways, read_several
from gateway_dash.logs.timespan import copy_links
from gateway_dash.team.actions import Action
from gateway_dash.team.rights import may, visible
from gateway_dash.web.render import LARGE_PAGE, push_url, render_large, render_part, wants_fragment


@dataclass(frozen=True, slots=True)
class Part:
    """One gateway of the list, as the page names it."""

    name: str
    url: str  # its own list
    share: Share
    url_without: str  # the list of the others


@require_safe
def all_log_list(request: HttpRequest) -> HttpResponse:
    """The merged table; without gateways a choice of them, with one its own list."""
    given, rest = split(request.GET)
    gateways, rest = _gateways(request, rest)
    if len(gateways) < LEAST_GATEWAYS:
        return _alone(request, gateways[0], rest, given) if gateways else _choice(request, rest)
    _check(request, gateways)
    screen, query = read_several(gateways, rest)
    if given:
        screen, query = compose(screen, query, given)
        if not wants_fragment(request):
            return HttpResponseRedirect(screen.url(query))
    again = fresh.asked_again(request)
    ask = partial(merged_page, upstream.account(), gateways, query, screen.position, names=lambda: _names(request))
    found = fresh.listed_together(gateways, query, screen.position, ask, again=again)
    page = found.value
    for name in gateways:
        seen.learn(name, [log for gateway, log in page.entries if gateway == name])
    if page.start:
        screen = screen.change(position=page.start if page.start.rows else None)
    with LARGE_PAGE:
        context = _context(screen, page)
    context |= fresh.told(found, screen.url(page.query))
    if screen.peek:
        context["drawer"] = _drawer(request, screen, page, again=again)
    return push_url(render_large(request, "logs/all.html#results", context), screen.url(page.query))


def _gateways(request: HttpRequest, parameters: QueryDict) -> tuple[tuple[str, ...], QueryDict]:
    """A name that is none is told together with those that are some: one call, since there is nothing else to show."""
    try:
        return read_gateways(parameters)
    except QueryError as error:
        raise QueryError(error.message + names_of(lambda: _names(request))) from error


def _names(request: HttpRequest) -> list[str]:
    """The gateways that there are for this person: one call."""
    return visible(request.user, [each.id for each in upstream.account().gateways()])


def _check(request: HttpRequest, gateways: Sequence[str]) -> None:
    """A gateway that is not there for this person is told as one that is not there at all."""
    for name in gateways:
        if not may(request.user, Action.SEE, name):
            raise no_gateway(name, lambda: _names(request))


def _alone(request: HttpRequest, gateway: str, parameters: QueryDict, given: dict[str, str]) -> HttpResponse:
    """One gateway has a list of its own, which can do more. What is only of a merged page stays behind."""
    for name in ("after", "before", "peek"):
        parameters.pop(name, None)
    screen, query = compose(*read_screen(request, gateway, parameters), given)
    return HttpResponseRedirect(screen.url(query.change()))


def _choice(request: HttpRequest, parameters: QueryDict) -> HttpResponse:
    """The gateways to choose from; what else the address says is kept."""
    screen, query = read_several((), parameters)
    context = {
        "title": "Logs of several gateways",
        "section": "logs",
        "names": [name for name in _names(request) if list_url(name)],
        "kept": [*query.change().spelled(), *screen.arranged.spelled()],
        "most": MOST_GATEWAYS,
    }
    return render_part(request, "logs/choose.html", context)


def _context(screen: Screen, page: MergedPage) -> dict[str, Any]:
    """What `logs/all.html` needs."""
    query = page.query
    is_newest_first = query.sort == NEWEST_FIRST
    logs = [log for _gateway, log in page.entries]
    # A page with a place of its own stands beside its moment: its address is fixed already.
    links = copy_links(query, page.pin, screen) if not screen.position else {"url_frozen": screen.shared.url(query)}
    return (
        frame(screen, query, logs)
        | links
        | {
            "page": page,
            "parts": [_part(share, screen, query) for share in page.shares],
            "caption": f"{len(page.entries):,} logs of {page.total:,}",
            "missing": ", ".join(share.gateway for share in page.missing),
            "rows": merged_rows(page.entries, screen, query),
            "chooser": chooser(screen, query, logs),
            "url_self": screen.url(query),
            "url_first": screen.list_url(query.change()),
            "url_preceding": screen.change(position=page.preceding).list_url(query.pinned(page.pin)),
            "url_following": screen.change(position=page.following).list_url(query.pinned(page.pin)),
            "words_preceding": "Newer" if is_newest_first else "Older",
            "words_following": "Older" if is_newest_first else "Newer",
        }
    )


def _part(share: Share, screen: Screen, query: LogQuery) -> Part:
    others = tuple(name for name in screen.gateways if name != share.gateway)
    rest = screen.change(gateways=others) if len(others) > 1 else screen.change(gateway=others[0]).alone
    own = screen.change(gateway=share.gateway).alone
    return Part(share.gateway, own.list_url(query.change()), share, rest.list_url(query.change()))


def _drawer(request: HttpRequest, screen: Screen, page: MergedPage, *, again: bool) -> dict[str, Any]:
    """The log beside the list, and those before and after it, each in its own gateway."""
    gateway, _slash, log_id = screen.peek.partition("/")
    entries = [(name, log.id) for name, log in page.entries]
    at = entries.index((gateway, log_id)) if (gateway, log_id) in entries else None
    near = {} if at is None else {"url_previous": at - 1, "url_next": at + 1}
    reads = may(request.user, Action.READ, gateway)
    own, logs = screen.change(gateway=gateway), upstream.logs(gateway)
    found = drawer_of(logs, log_id, own, page.query, reads=reads, again=again)
    urls = {
        name: screen.change(gateway=entries[place][0]).peek_url(page.query, entries[place][1])
        for name, place in near.items()
        if 0 <= place < len(entries)
    }
    return found | urls | {"list_is_known": True, "is_listed": at is not None}
