"""The call of a log as something to run elsewhere: in five formats, each with the list of what is not in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from gateway_dash import upstream
from gateway_dash.gateway.errors import NotFound, QueryError, said
from gateway_dash.gateway.models import Log
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.service import LogService
from gateway_dash.gateway.stored import Side
from gateway_dash.logs import fresh
from gateway_dash.logs.bodies import SIDES
from gateway_dash.logs.evidence import Evidence, of_body
from gateway_dash.logs.head import head_context
from gateway_dash.logs.screen import Screen, take
from gateway_dash.logs.several import read_origin
from gateway_dash.payload.conversation import Finding
from gateway_dash.payload.exchange import Reading, read_side
from gateway_dash.payload.repro.bodies import finished
from gateway_dash.payload.repro.pack import FORMATS, NAMES, Format, Pack, pack
from gateway_dash.payload.repro.target import Recorded
from gateway_dash.payload.shapes import Hints
from gateway_dash.payload.tool_check import check_calls, findings, pairing
from gateway_dash.web import formats
from gateway_dash.web.render import push_url, render_part
from gateway_dash.web.text import marked

WORDS: dict[Format, str] = {
    "curl": "curl",
    "python": "Python",
    "javascript": "JavaScript",
    "pytest": "pytest",
    "issue": "Issue",
}
ABOUT: dict[Format, str] = {
    "curl": "For bash or zsh.",
    "python": "For Python with httpx.",
    "javascript": "For Node.js 18 or later, without a package.",
    "pytest": "A test that replays the recorded answer: it needs no network and no key.",
    "issue": "Markdown to paste into an issue. Nothing in it can leave its fence.",
}
NEEDS: dict[Format, tuple[Side, ...]] = {"pytest": SIDES, "issue": SIDES}  # the others need the request alone
FILES = ("text", "request", "response")


@dataclass(frozen=True, slots=True)
class Choice:
    """One format to choose."""

    words: str
    url: str
    is_current: bool


@require_safe
def log_repro(request: HttpRequest, gateway: str, log_id: str) -> HttpResponse:
    """The pack in one format: a page, for htmx its region, with `file` one of its files."""
    given, rest = take(request.GET, "as", "file")
    kind = _format(given.get("as", FORMATS[0]))
    if given.get("file", FILES[0]) not in FILES:
        raise QueryError("“file” takes text, request or response: which file of the pack. Leave it out for the page.")
    screen, query = read_origin(request, gateway, rest)
    logs = upstream.logs(gateway)
    log = fresh.log_of(logs, log_id)
    permalink = request.build_absolute_uri(reverse("log-detail", args=[gateway, log_id]))
    packed = _packed(logs, log, kind, gateway, permalink)
    if "file" in given:
        return _file(packed, kind, given["file"])
    context = _context(screen, query, log, packed, kind)
    return push_url(render_part(request, "logs/repro.html#repro", context), context["url"])


def _format(text: str) -> Format:
    found = next((each for each in FORMATS if each == text), None)
    if found is None:
        raise QueryError(
            f"“as” takes {', '.join(FORMATS[:-1])} or {FORMATS[-1]}; “{said(text)[:60]}” is none of these."
        )
    return found


def _packed(logs: LogService, log: Log, kind: Format, gateway: str, permalink: str) -> Pack:
    """The pack from as many bodies as the format needs; a body that cannot be had is said in it."""
    evidences = {side: of_body(logs, log, side) for side in NEEDS.get(kind, SIDES[:1])}
    hints = Hints(log.provider, log.model, log.path)
    readings = {side: read_side(each.document, side, hints) for side, each in evidences.items() if _is_here(each)}
    asked, answered = readings.get("request"), readings.get("response")
    why = [_why(evidences.get(side), side) for side in SIDES]
    notes = [_inexact(each) for each in evidences.values() if not each.is_exact]
    return pack(
        _recorded(log, gateway, permalink), asked, answered, findings=_findings(asked, answered), why=why, notes=notes
    )


def _is_here(evidence: Evidence) -> bool:
    return evidence.is_whole or evidence.is_part


def _why(evidence: Evidence | None, side: Side) -> str:
    """Why there is no body. Nothing for one that was not asked for, because the format does not need it."""
    if evidence is None:
        return ""
    problem = f" {evidence.problem.message}" if evidence.problem else ""
    return marked(f"The {side} is not here: {evidence.words}{problem}")


def _inexact(evidence: Evidence) -> str:
    return f"The {evidence.side} holds bytes that are no text; in the log’s head each is a �."


def _recorded(log: Log, gateway: str, permalink: str) -> Recorded:
    return Recorded(
        account=upstream.account_id(),
        gateway=gateway,
        log_id=log.id,
        permalink=permalink,
        ended_at=log.created_at,
        provider=log.provider,
        model=log.model,
        path=log.path,
        request_type=log.request_type or "",
        content_type=log.request_content_type or "",
        answer_type=log.response_content_type or "",
        status=log.status_code,
        is_cached=bool(log.cached),
        step=log.step,
        metadata=log.metadata_map(),
        facts=(
            ("Duration", formats.duration_words(log.duration_ms)),
            ("Tokens in", _number(log.tokens_in)),
            ("Tokens out", _number(log.tokens_out)),
            ("Cost", formats.money(log.cost)),
        ),
    )


def _number(number: float | None) -> str:
    return formats.UNKNOWN if number is None else f"{number:,}"


def _findings(asked: Reading | None, answered: Reading | None) -> list[Finding]:
    """What the bodies themselves and the check of the tool calls say."""
    request, response = asked.said if asked else None, answered.said if answered else None
    is_cut = asked is not None and asked.document.is_cut
    found = [finding for each in (request, response) if each for finding in each.findings]
    found += answered.assembled.findings if answered and answered.assembled else ()
    return [*found, *findings(check_calls(request, response, is_request_cut=is_cut)), *pairing(request)]


def _context(screen: Screen, query: LogQuery, log: Log, packed: Pack, kind: Format) -> dict[str, Any]:
    """What `logs/repro.html` needs."""

    def url(*more: tuple[str, str], of: Format = kind) -> str:
        named = (("as", of),) if of != FORMATS[0] else ()
        return screen.log_url(query, log.id, "repro/", *named, *more)

    problem = packed.problem(kind)
    return {
        **head_context(screen, log, query, tab="repro/"),
        "choices": [Choice(WORDS[each], url(of=each), each == kind) for each in FORMATS],
        "url": url(),
        "about": ABOUT[kind],
        "problem": problem,
        "text": "" if problem else packed.text(kind),
        "name": NAMES[kind],
        "url_file": url(("file", "text")),
        "files": [(each.file_name, len(each.data), url(("file", each.what))) for each in packed.files(kind)],
        "left_out": [marked(each) for each in packed.left_out],
    }


@csp_override({"sandbox": [""], "default-src": ["'none'"]})
def _file(packed: Pack, kind: Format, which: str) -> HttpResponse:
    """One file of the pack, to be saved and never shown by a browser."""
    body = {"request": packed.request, "response": packed.answer}.get(which)
    if (body is not None and body.is_missing) or (body is None and packed.problem(kind)):
        raise NotFound(packed.problem(kind) or f"The {which} of this call is not here.")
    name = NAMES[kind] if body is None else body.file_name
    data = finished(body).data if body is not None else marked(packed.text(kind), lines=True).encode("utf-8", "replace")
    response = HttpResponse(data, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
