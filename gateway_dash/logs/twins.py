"""Twins: logs near one in time whose request is the same, and how their answers differ. Asked for, never by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from gateway_dash import upstream
from gateway_dash.gateway import calls
from gateway_dash.gateway.errors import QueryError, said
from gateway_dash.gateway.likely import MOST, Likely, likely
from gateway_dash.gateway.models import Log
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.sentence import words
from gateway_dash.logs import fresh
from gateway_dash.logs.cells import cell, status_of, without_credentials
from gateway_dash.logs.counting import refuse_if_low
from gateway_dash.logs.screen import Screen, take
from gateway_dash.logs.several import read_origin
from gateway_dash.logs.twin_search import MOST_CALLS, Search, search
from gateway_dash.payload.canonical import LEFT_OUT
from gateway_dash.web import zone
from gateway_dash.web.render import render_part
from gateway_dash.web.text import marked

LOOK_S = 25.0  # for all calls of one look
WINDOWS = {"1h": timedelta(hours=1), "24h": timedelta(hours=24), "7d": timedelta(days=7)}
WORDS = {"1h": "1 hour", "24h": "24 hours", "7d": "7 days"}
MOST_OF_A_PAGE = 1 + 2 + 2 + MOST_CALLS + 2  # the log, its bodies, two lists, the candidates, what the last one needs


@dataclass(frozen=True, slots=True)
class Wish:
    """How far around the log, and from which candidate on."""

    within: str = "1h"
    start: int = 0

    @classmethod
    def read(cls, given: dict[str, str]) -> Wish:
        """From the page's own parameters; raises QueryError."""
        within, start = given.get("within", "1h"), given.get("from", "0")
        if within not in WINDOWS:
            raise QueryError(
                f"“within” takes 1h, 24h or 7d before and after; “{said(within)[:60]}” is not one of these."
            )
        if not (start.isascii() and start.isdecimal() and len(start) <= 2 and int(start) < MOST):
            raise QueryError(f"“from” takes how many candidates were looked at before, 0 to {MOST - 1}.")
        return cls(within, int(start))

    def url(self, screen: Screen, query: LogQuery, log_id: str) -> str:
        """The page of twins, with the list that the log was opened from."""
        more = [("within", self.within)] if self.within != "1h" else []
        more += [("from", str(self.start))] if self.start else []
        url = screen.log_url(query, log_id, "twins/")
        own = "&".join(f"{name}={value}" for name, value in more)
        return f"{url}{'&' if '?' in url else '?'}{own}" if own else url


@require_safe
def log_twins(request: HttpRequest, gateway: str, log_id: str) -> HttpResponse:
    """The log's twins among the nearest candidates: a few dozen calls at the most, none while the budget is low."""
    given, rest = take(request.GET, "within", "from")
    wish = Wish.read(given)
    screen, query = read_origin(request, gateway, rest)
    refuse_if_low(upstream.account())
    logs = upstream.logs(gateway)
    with calls.longer(LOOK_S):
        log = fresh.log_of(logs, log_id)
        found = likely(logs, log, WINDOWS[wish.within])
        result = search(logs, log, found.logs[wish.start :], screen, query)
    context = twins_context(screen, query, wish, log, found=found, result=result)
    return render_part(request, "logs/twins.html", context)


def twins_context(
    screen: Screen, query: LogQuery, wish: Wish, log: Log, *, found: Likely, result: Search
) -> dict[str, Any]:
    """What `logs/twins.html` needs."""
    looked = wish.start + result.looked
    rest = len(found.logs) - looked
    return {
        "title": title(log, wish, result),
        "section": "logs",
        "log": log,
        "status": status_of(log),
        "twins": result.twins,
        "reason": result.reason,
        "problem": result.problem,
        "looked_words": looked_words(wish, found, result),
        "asked_words": asked_words(log, wish, found),
        "left_out": ", ".join(sorted(LEFT_OUT)),
        "unread": result.unread,
        "windows": [(WORDS[each], Wish(each).url(screen, query, log.id), each == wish.within) for each in WINDOWS],
        "most_calls": MOST_OF_A_PAGE,
        "url_more": Wish(wish.within, looked).url(screen, query, log.id) if rest > 0 and not result.reason else "",
        "more": min(rest, MOST_CALLS),
        "url_first": Wish(wish.within).url(screen, query, log.id) if wish.start else "",
        "url_log": screen.log_url(query, log.id),
        "back": screen.list_url(query),
        "back_words": marked(words(query, zone=zone.current())),
    }


def title(log: Log, wish: Wish, result: Search) -> str:
    """ "3 twins of gpt-4o 200 within 1 hour"."""
    what = f"{cell(log.model, 60) or 'an unknown model'} {status_of(log).label}"
    if result.reason:
        return f"No twins of {what} can be looked for"
    count = len(result.twins)
    number = f"{count} twin{'' if count == 1 else 's'}" if count else "No twin"
    return f"{number} of {what} within {WORDS[wish.within]}"


def looked_words(wish: Wish, found: Likely, result: Search) -> str:
    """How many were looked at: of some, of all, or none for there are none."""
    candidates = len(found.logs)
    if not candidates:
        return "No other log is a candidate."
    number = f"{candidates} nearest" if found.is_cut else f"{candidates}"
    noun = f"candidate{'' if candidates == 1 else 's'}"
    if wish.start:
        which = f"the {candidates} nearest" if found.is_cut else f"{candidates}"
        return f"Looked at {noun} {wish.start + 1} to {wish.start + result.looked} of {which}."
    more = " There are more in this time, which are not looked at." if found.is_cut else ""
    return f"Looked at {result.looked} of the {number} {noun}.{more}"


def asked_words(log: Log, wish: Wish, found: Likely) -> str:
    """What makes a candidate: "Calls from openai, to gpt-4o, with 24, 0 tokens in"."""
    asked = marked(words(LogQuery(filters=found.query.filters)))
    path = f"path {cell(without_credentials('path', log.path))}" if log.path else "no path"
    return f"{asked}, with {path}, that ended within {WORDS[wish.within]} before or after this one"
