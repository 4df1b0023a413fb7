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
from gateway_dash.links.shared import query_of
from gateway_dash.logs.bodies import SIDES
from gateway_dash.logs.cells import Status, status_of, value_text
from gateway_dash.logs.evidence import Evidence, of_bodies
from gateway_dash.logs.head import headline
from gateway_dash.logs.rows import Line, short_lines
from gateway_dash.logs.screen import Screen
from gateway_dash.payload.conversation_markdown import conversation_markdown
from gateway_dash.payload.exchange import read_side
from gateway_dash.payload.shapes import Hints
from gateway_dash.web.text import marked

TEXT_LIMIT = 200_000  # characters of what was said: the page is for reading, and the log itself has all


@dataclass(frozen=True, slots=True)
class SharedLog:
    """One log of a link."""

    log: Log
    title: str
    status: Status
    pairs: tuple[tuple[str, str], ...]
    conversation: str  # as Markdown, to be shown as the text it is; empty where it is not shared
    problems: tuple[str, ...]  # why part of it is not here


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
    text, problems = ("", ()) if shows == ShareLink.Shows.METADATA else _conversation(logs, log, shows)
    return SharedLog(log, headline(log), status_of(log), pairs, text, problems)


def _conversation(logs: LogService, log: Log, shows: ShareLink.Shows) -> tuple[str, tuple[str, ...]]:
    """What was said, and what of it is not here."""
    evidences = of_bodies(logs, log)
    hints = Hints(log.provider, log.model, log.path)
    request, response = (read_side(evidences[side].document, side, hints).said for side in SIDES)
    text = conversation_markdown(request, response, is_masked=shows != ShareLink.Shows.FULL)
    problems = [_why(evidences[side]) for side in SIDES if not evidences[side].is_whole]
    if len(text) > TEXT_LIMIT:
        text, problems = text[:TEXT_LIMIT], [*problems, f"Only the first {TEXT_LIMIT:,} characters are shown."]
    return marked(text, lines=True), tuple(problems)


def _why(evidence: Evidence) -> str:
    return f"{evidence.side.capitalize()}: {evidence.problem.title if evidence.problem else evidence.words}"
