"""What a share link shows, as far as it may: read anew each time, in the name of whoever shared it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.urls import reverse

from gateway_dash import upstream
from gateway_dash.gateway.models import Log
from gateway_dash.gateway.sentence import words
from gateway_dash.gateway.service import LogService
from gateway_dash.links.models import ShareLink
from gateway_dash.links.said import SaidTurn, said_in
from gateway_dash.links.shared import query_of
from gateway_dash.logs.cells import Status, status_of, value_text
from gateway_dash.logs.evidence import of_bodies
from gateway_dash.logs.head import headline
from gateway_dash.logs.rows import Line, short_lines
from gateway_dash.logs.screen import Screen
from gateway_dash.web.text import marked


@dataclass(frozen=True, slots=True)
class SharedLog:
    """One log of a link."""

    log: Log
    title: str
    status: Status
    pairs: tuple[tuple[str, str], ...]
    turns: tuple[SaidTurn, ...]  # what was said; none where it is not shared
    problems: tuple[str, ...]  # why part of it is not here, or is masked


@dataclass(frozen=True, slots=True)
class Content:
    """All that the page of a link shows."""

    logs: list[SharedLog] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    sentence: str = ""  # of a list
    total: int | None = None
    missing: int = 0  # logs that are not there any more


def content_of(link: ShareLink) -> Content:
    """Raises GatewayError. A list shows its newest page of rows; the others one log each, with what was said."""
    logs = upstream.logs(link.gateway)
    if link.kind == ShareLink.Kind.VIEW:
        query = query_of(link)
        page = logs.page(query)
        return Content(lines=_lines(link, page.logs), sentence=marked(words(query)), total=page.total)
    found = {log.id: log for log in logs.find(link.log_ids)}
    there = [found[log_id] for log_id in link.log_ids if log_id in found]
    missing = len(link.log_ids) - len(there)
    if link.kind == ShareLink.Kind.SET:
        return Content(lines=_lines(link, there), missing=missing)
    shows = ShareLink.Shows(link.shows)
    return Content(logs=[shared_log(logs, logs.log(log.id), shows) for log in there], missing=missing)


def _lines(link: ShareLink, logs: Sequence[Log]) -> list[Line]:
    return short_lines(logs, Screen(path=reverse("log-list", args=[link.gateway])))


def shared_log(logs: LogService, log: Log, shows: ShareLink.Shows) -> SharedLog:
    """One log, as far as it is shown."""
    pairs = tuple((marked(key), marked(value_text(value))) for key, value in (log.metadata_map() or {}).items())
    turns: tuple[SaidTurn, ...] = ()
    problems: tuple[str, ...] = ()
    if shows != ShareLink.Shows.METADATA:
        turns, problems = said_in(log, of_bodies(logs, log), is_masked=shows != ShareLink.Shows.FULL)
    return SharedLog(log, headline(log), status_of(log), pairs, turns, problems)
