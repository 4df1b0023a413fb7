"""The audit trail on the screen and as a file, for who administers: all of it, or that of their gateways."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from gateway_dash.team import audit, rights
from gateway_dash.team.actions import Action
from gateway_dash.team.events import Event
from gateway_dash.team.models import AuditEntry
from gateway_dash.team.trail import FIELDS, Condition, TrailQuery
from gateway_dash.web.render import push_url, render_part

PAGE = 50
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as the page places it."""

    entry: AuditEntry
    words: str
    facts: tuple[tuple[str, str, str], ...]  # name, words, and the audit of that log or job
    changed: tuple[tuple[str, str, str], ...]  # part, before, after


@require_safe
def audit_list(request: HttpRequest) -> HttpResponse:
    """A page of entries, the newest first."""
    query = TrailQuery.read(request.GET)
    found = list(_seen(request, query)[: PAGE + 1])
    older = query.change(before=found[PAGE - 1].number) if len(found) > PAGE else None
    total = _seen(request, query.change(before=None)).count()
    url = reverse("audit-list")
    context = {
        "title": f"{total:,} entr{'y' if total == 1 else 'ies'} of the audit trail",
        "lines": [line_of(entry) for entry in found[:PAGE]],
        "query": query,
        "box": query.box(),
        "url_older": url + older.url() if older else "",
        "url_newest": url + query.change(before=None).url() if query.before else "",
        "url_export": reverse("audit-export") + query.change(before=None).url(),
        "events": [(event.value, event.words) for event in Event],
        "section": "team",
    }
    return push_url(render_part(request, "team/audit.html", context), url + query.url())


@require_POST
def audit_export(request: HttpRequest) -> HttpResponseBase:
    """All that match, the oldest first, a line each: enough to check the digests elsewhere."""
    query = TrailQuery.read(request.GET)
    audit.note(request, Event.AUDIT_EXPORTED, which=query.box())
    answer = StreamingHttpResponse(_file(_seen(request, query)), content_type="application/x-ndjson; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="audit.jsonl"'
    return answer


def _seen(request: HttpRequest, query: TrailQuery) -> QuerySet[AuditEntry]:
    """What this person may see of it: an entry without a gateway is for who administers all of them."""
    if rights.may(request.user, Action.ADMINISTER, rights.EVERYWHERE):
        return query.entries()
    return query.entries().filter(gateway__in=rights.gateways_where(request.user, Action.ADMINISTER))


def line_of(entry: AuditEntry) -> Line:
    """The facts as words; before and after side by side."""
    facts = dict(entry.facts)
    parts = facts.pop("changed", {})
    changed = tuple((name, _text(each.get("before")), _text(each.get("after"))) for name, each in parts.items())
    words = next((event.words for event in Event if event == entry.what), entry.what)
    told = tuple((name.replace("_", " "), _text(value), _url(name, value)) for name, value in facts.items())
    return Line(entry, words, told, changed)


def _url(name: str, value: Any) -> str:
    """The entries about the same log, job, person or role; empty for what is no such thing."""
    if f"facts__{name}" not in FIELDS.values() or not isinstance(value, str):
        return ""
    return reverse("audit-list") + TrailQuery((Condition(name, (value,)),)).url()


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "none"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _file(entries: QuerySet[AuditEntry]) -> Iterator[bytes]:
    for entry in entries.order_by("number").iterator(AT_ONCE):
        told = {
            "number": entry.number,
            "at": entry.at.isoformat(timespec="microseconds"),
            "who": entry.who,
            "person_id": entry.person_id,
            "from": entry.address,
            "what": entry.what,
            "gateway": entry.gateway,
            "facts": entry.facts,
            "previous": entry.previous,
            "digest": entry.digest,
        }
        yield json.dumps(told, ensure_ascii=True).encode("ascii") + b"\n"
