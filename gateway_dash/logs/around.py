"""What came just before and after one log: the way from a failure to what happened around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from gateway_dash import upstream
from gateway_dash.gateway.around import Around, around
from gateway_dash.gateway.errors import QueryError, said
from gateway_dash.gateway.models import Log
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.sentence import words
from gateway_dash.logs import fresh
from gateway_dash.logs.cells import Cell, status_of
from gateway_dash.logs.columns import USUAL, column_of
from gateway_dash.logs.ids import log_id_is_plain
from gateway_dash.logs.listing import Head
from gateway_dash.logs.rows import Row, rows
from gateway_dash.logs.screen import Screen, read_screen, take
from gateway_dash.web import formats, zone
from gateway_dash.web.render import push_url, render_part
from gateway_dash.web.text import marked, shorten

COUNTS = (10, 25, 50)
DELTA = Head("c-delta num", "Apart from it")


@dataclass(frozen=True, slots=True)
class Wish:
    """How many on each side, and of which logs."""

    count: int = COUNTS[0]
    is_within: bool = False  # the filters of the list

    @classmethod
    def read(cls, given: dict[str, str]) -> Wish:
        """From the page's own parameters; raises QueryError."""
        count, within = given.get("n", str(COUNTS[0])), given.get("within", "")
        if count not in map(str, COUNTS):
            raise QueryError(f"“n” takes 10, 25 or 50 logs on each side; “{said(count)[:60]}” is not one of these.")
        if within not in ("", "list"):
            raise QueryError("“within” takes “list”: only logs that pass the filters of the list. Else leave it out.")
        return cls(int(count), within == "list")

    def url(self, screen: Screen, query: LogQuery, log_id: str) -> str:
        """The page around that log, with the list that it was opened from."""
        more = [("n", str(self.count))] if self.count != COUNTS[0] else []
        more += [("within", "list")] if self.is_within else []
        return f"{screen.path}{log_id}/around/{screen.arranged.suffix(query, *more)}"


@require_safe
def log_around(request: HttpRequest, gateway: str, log_id: str) -> HttpResponse:
    """The log between its neighbours in time; of all logs, or of those that pass the list's filters."""
    given, rest = take(request.GET, "n", "within")
    wish = Wish.read(given)
    screen, query = read_screen(request, gateway, rest)
    logs = upstream.logs(gateway)
    found = around(logs, fresh.log_of(logs, log_id), wish.count, query if wish.is_within else LogQuery())
    response = render_part(request, "logs/around.html#results", around_context(screen, query, wish, found))
    return push_url(response, wish.url(screen, query, log_id))


def around_context(screen: Screen, query: LogQuery, wish: Wish, found: Around) -> dict[str, Any]:
    """What `logs/around.html` needs."""
    log = found.log
    filters = LogQuery(filters=query.filters, search=query.search)
    return {
        "title": title(found),
        "section": "logs",
        "screen": screen,
        "log": log,
        "found": found,
        "centre": log.id,
        "heads": _heads(screen, found),
        "rows": _rows(found, screen, query),
        "caption": "Logs by the time at which their call ended, the newest first",
        "wish": wish,
        "counts": [(n, replace(wish, count=n).url(screen, query, log.id), n == wish.count) for n in COUNTS],
        "filters": "" if filters.is_bare else marked(words(filters, zone=zone.current())),
        "url_all": replace(wish, is_within=False).url(screen, query, log.id),
        "url_within": replace(wish, is_within=True).url(screen, query, log.id),
        "url_later": _walk(wish, screen, query, found.after.logs),
        "url_earlier": _walk(wish, screen, query, found.before.logs),
        "url_log": screen.log_url(query, log.id),
        "url_shared": wish.url(screen.shared, filters if wish.is_within else LogQuery(), log.id),
        "back": screen.list_url(query),
        "back_words": marked(words(query, zone=zone.current())),
    }


def title(found: Around) -> str:
    """ "Around gpt-4o 529 at 10:54:31 UTC: 10 before, 10 after"."""
    log, before, after = found.log, len(found.before.logs), len(found.after.logs)
    what = f"{marked(shorten(log.model or 'an unknown model', 80))} {status_of(log).label}"
    at = f"{formats.clock(log.created_at)} {formats.zone(log.created_at)}"
    return f"Around {what} at {at}: {before} before, {after} after"


def apart(log: Log, other: Log) -> str:
    """How long after the log the other one ended: "+1.20 s", "−340 ms"."""
    if other.id == log.id:
        return "this log"
    ms = round((other.created_at - log.created_at) / timedelta(milliseconds=1))
    if ms == 0:
        return "same ms"
    return ("+" if ms > 0 else "−") + formats.duration_words(abs(ms))


def _heads(screen: Screen, found: Around) -> list[Head]:
    """The columns of the screen, which do not sort here, and after the time how far apart."""
    names = screen.columns or USUAL
    told = f", {formats.zone_of_all(log.created_at for log in found.logs)}"
    heads = [Head(column_of(name).css, marked(column_of(name).label) + told * (name == "time")) for name in names]
    return [*heads[: (at := _after_time(names))], DELTA, *heads[at:]]


def _rows(found: Around, screen: Screen, query: LogQuery) -> list[Row]:
    at = _after_time(screen.columns or USUAL)
    made = rows(found.logs, screen, query)
    return [
        replace(row, cells=(*row.cells[:at], _delta(found.log, log), *row.cells[at:]))
        for row, log in zip(made, found.logs, strict=True)
    ]


def _delta(log: Log, other: Log) -> Cell:
    return Cell(kind="number", css=DELTA.css, label=DELTA.label, text=apart(log, other))


def _after_time(names: Sequence[str]) -> int:
    return names.index("time") + 1 if "time" in names else 0


def _walk(wish: Wish, screen: Screen, query: LogQuery, side: Sequence[Log]) -> str:
    """Around the farthest log that an address can name."""
    found = next((log.id for log in reversed(side) if log_id_is_plain(log.id)), "")
    return wish.url(screen, query, found) if found else ""
