"""The archive of a deletion: its files, the logs in them, one log as it was, and the receipt as a file."""

from __future__ import annotations

import base64
from datetime import UTC
from itertools import islice
from typing import Any

import msgspec
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_http_methods, require_safe

from gateway_dash.bulk import jobs
from gateway_dash.bulk.deletion.archive import records_of
from gateway_dash.bulk.downloads import as_download, check_there
from gateway_dash.bulk.models import Job, Part
from gateway_dash.bulk.shown import shown_job
from gateway_dash.gateway.errors import Gone, NotAllowed, QueryError
from gateway_dash.gateway.models import Log, read_log
from gateway_dash.logs.exports import row as masked_row
from gateway_dash.logs.rows import short_lines
from gateway_dash.logs.screen import Screen
from gateway_dash.payload.masking import blotted, masked_text
from gateway_dash.team import audit
from gateway_dash.team.actions import Action
from gateway_dash.team.events import Event
from gateway_dash.team.rights import may
from gateway_dash.web.render import render_part

PAGE = 50
SHOWN_CHARACTERS = 64 * 1024  # of a body
NO_RIGHT = (
    "The file holds the logs exactly as they were, secrets included, and your account has no right to see those. The "
    "other download has them masked."
)


@require_safe
def job_archive(request: HttpRequest, gateway: str, key: str) -> HttpResponse:
    """The files of an archive, and a page of the logs in one of them."""
    job = jobs.job_of(gateway, key, "delete")
    parts = list(job.parts.all())
    part = _chosen(parts, request.GET.get("file", ""))
    start = request.GET.get("from", "0")
    if not start.isdecimal() or len(start) > 6:
        raise QueryError("“from” takes the number of the first log to show. Leave it out for the beginning.")
    found = [
        read_log(msgspec.json.encode(each["log"])) for each in islice(records_of(part), int(start), int(start) + PAGE)
    ]
    context = {
        "title": f"Archive of {key}",
        "section": "jobs",
        "shown": shown_job(job),
        "parts": parts,
        "part": part,
        "lines": short_lines(found, Screen(path=reverse("log-list", args=[gateway]))),
        "first": int(start) + 1,
        "last": int(start) + len(found),
        "next": int(start) + PAGE if int(start) + PAGE < part.records else None,
        "previous": max(0, int(start) - PAGE) if int(start) else None,
        "may_reveal": may(request.user, Action.REVEAL, gateway),
    }
    return render_part(request, "bulk/archive.html", context)


@require_safe
def job_archived(request: HttpRequest, gateway: str, key: str, log_id: str) -> HttpResponse:
    """One log as it was when it was copied, with its secrets masked."""
    job = jobs.job_of(gateway, key, "delete")
    for part in job.parts.filter(removed_at=None):
        check_there(part)
        for record in records_of(part):
            if record["log"].get("id") == log_id:
                return render_part(request, "bulk/archived.html", _record_context(job, part, record, log_id))
    raise Http404


@require_http_methods(["GET", "HEAD", "POST"])
@csp_override({"sandbox": [""], "default-src": ["'none'"]})
def job_archive_file(request: HttpRequest, gateway: str, key: str, number: int) -> HttpResponseBase:
    """A file of the archive. GET masks secrets, log by log; POST is byte for byte, by right and noted."""
    job = jobs.job_of(gateway, key, "delete")
    part = _chosen(list(job.parts.all()), str(number))
    if request.method == "POST":
        if not may(request.user, Action.REVEAL, gateway):
            raise NotAllowed(NO_RIGHT)
        audit.note(request, Event.ARCHIVE_EXACT, gateway, job=key, file=part.name)
        return as_download(part, part.name.replace("/", "-"))
    lines = (msgspec.json.encode(masked_record(each)) + b"\n" for each in records_of(part))
    response = StreamingHttpResponse(lines, content_type="application/octet-stream")
    name = part.name.replace("/", "-").removesuffix(".jsonl.gz") + "-masked.jsonl"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
def job_receipt(request: HttpRequest, gateway: str, key: str) -> HttpResponse:
    """The receipt for machines: numbers, times, hashes, who. Nothing that a log said."""
    job = jobs.job_of(gateway, key, "delete")
    receipt = job.found.get("receipt")
    if receipt is None:
        raise Http404
    moments = {"confirmed_at": job.confirmed_at, "ended_at": job.ended_at, "created_at": job.created_at}
    told = {
        "job": job.key,
        "gateway": job.gateway,
        "account": job.account,
        "state": job.state,
        "selected": job.title,
        "actor": job.actor_name,
        "approver": job.approver_name or None,
        "stopped_by": job.cancel_by or None,
        **{name: at.astimezone(UTC).isoformat() if at else None for name, at in moments.items()},
        "upstream_calls": job.calls,
        **receipt,
        "archive": [
            {"file": part.name, "kind": part.kind, "logs": part.records, "bytes": part.size, "sha256": part.sha256}
            for part in job.parts.all()
        ],
    }
    response = JsonResponse(told, json_dumps_params={"indent": 1})
    response["Content-Disposition"] = f'attachment; filename="{gateway}-{key}-receipt.json"'
    return response


def masked_record(record: dict[str, Any]) -> dict[str, Any]:
    """A line of an archive with words in the place of secrets."""
    return {"log": masked_row(_log(record), heads=True)} | {
        side: _masked_body(record[side]) for side in ("request", "response") if side in record
    }


def _masked_body(body: dict[str, Any]) -> dict[str, Any]:
    if "text" in body:
        return body | {"text": masked_text(body["text"])}
    if "base64" in body:
        return body | {"base64": base64.b64encode(blotted(base64.b64decode(body["base64"]))).decode("ascii")}
    return body


def _log(record: dict[str, Any]) -> Log:
    return read_log(msgspec.json.encode(record["log"]))


def _record_context(job: Job, part: Part, record: dict[str, Any], log_id: str) -> dict[str, Any]:
    masked = masked_record(record)
    bodies = []
    for side in ("request", "response"):
        body = masked.get(side)
        text = body.get("text") if body else None
        bodies.append({
            "side": side,
            "text": text[:SHOWN_CHARACTERS] if text is not None else None,
            "is_longer": text is not None and len(text) > SHOWN_CHARACTERS,
            "missing": body.get("missing", "") if body else "no bodies were copied",
            "is_binary": bool(body and "base64" in body),
            "is_cut": bool(body and body.get("whole") is False),
        })  # fmt: skip
    return {
        "title": f"Archived log {log_id}",
        "section": "jobs",
        "shown": shown_job(job),
        "part": part,
        "log": _log(record),
        "row": msgspec.json.format(msgspec.json.encode(masked["log"]), indent=2).decode(),
        "bodies": bodies,
    }


def _chosen(parts: list[Part], text: str) -> Part:
    """The file that an address names by its number, from 1; raises Http404, or Gone for one that was removed."""
    if text and (not text.isdecimal() or not 0 < int(text[:6]) <= len(parts)):
        raise Http404
    if not parts:
        raise Http404
    part = parts[int(text or 1) - 1]
    if part.removed_at:
        raise Gone("This file was removed, as its retention says. The receipt still has its hash.")
    check_there(part)
    return part
