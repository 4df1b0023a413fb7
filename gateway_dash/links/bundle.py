"""The bundle of an incident: some logs as one zip that opens offline, with masked bodies and a manifest of hashes."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_POST

from gateway_dash import upstream
from gateway_dash.gateway import calls
from gateway_dash.gateway.errors import NotFound, Refusal
from gateway_dash.gateway.models import Log
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.sentence import words
from gateway_dash.gateway.service import LogService
from gateway_dash.links.content import SharedLog, shared_log
from gateway_dash.links.models import ShareLink
from gateway_dash.logs.bodies import SIDES
from gateway_dash.logs.exports import row
from gateway_dash.logs.screen import read_screen
from gateway_dash.logs.selection import Ticks
from gateway_dash.payload.masking import MOST_CHARACTERS, masked_file, masked_text
from gateway_dash.team import audit
from gateway_dash.team.events import Event

MOST = 20  # logs: three calls each, within one page
READING_S = 25.0
SHEET = b""":root { color-scheme: light dark; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; }
pre { padding: 1rem; border: 1px solid; white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: isolate; }
article { margin-block: 1rem; padding-block-end: 1rem; border-block-end: 1px solid; unicode-bidi: isolate; }
h3 { margin: 0; text-transform: capitalize; }
.said { white-space: pre-wrap; overflow-wrap: anywhere; }
.call { padding: 0 1rem; border-inline-start: 3px solid; }
.dim, small { opacity: 0.75; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.25rem 1rem; }
dd { margin: 0; overflow-wrap: anywhere; }
"""
OVER = "over 1 MB, and beyond that it is not looked at for secrets: left out"
CUT = "it did not arrive whole, and what its end was cut from may be a secret: left out"


@require_POST
@csp_override({"sandbox": [""], "default-src": ["'none'"]})
def log_bundle(request: HttpRequest, gateway: str) -> HttpResponse:
    """The ticked logs as a zip. Larger ones are an export, which is a job."""
    _screen, query = read_screen(request, gateway)
    ticks = Ticks.read(request.POST)
    if ticks.everything or not ticks.ids:
        raise Refusal("Tick the logs that belong to the incident. For all that match there is “Export…”.")
    if len(ticks.ids) > MOST:
        raise Refusal(f"A bundle holds {MOST} logs at most. For more there is “Export…”.")
    audit.note(request, Event.BUNDLED, gateway, logs=len(ticks.ids), ids=list(ticks.ids))
    now = timezone.now()
    with calls.longer(READING_S):
        data = _zip(gateway, ticks.ids, query, request.user.get_username(), now)
    answer = HttpResponse(data, content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="{gateway}-incident-{now:%Y%m%d-%H%M%S}.zip"'
    return answer


def _zip(gateway: str, ids: tuple[str, ...], query: LogQuery, author: str, now: datetime) -> bytes:
    logs = upstream.logs(gateway)
    found, missing = _read(logs, ids)
    lines = b"".join(json.dumps(_line(logs, log), ensure_ascii=True).encode("ascii") + b"\n" for log in found)
    shown: list[SharedLog] = [shared_log(logs, log, ShareLink.Shows.MASKED) for log in found]
    about = {"gateway": gateway, "author": author, "made_at": now, "logs": shown, "missing": missing}
    page = render_to_string("links/bundle.html", about)
    files = {"logs.jsonl": lines, "index.html": page.encode("utf-8", "replace"), "page.css": SHEET}
    manifest = {
        "gateway": gateway,
        "author": author,
        "made_at": now.isoformat(),
        "list": masked_text(words(query)),
        "logs": len(found),
        "not_there_any_more": missing,
        "secrets_masked": True,
        "files": [{"name": name, "bytes": len(data), "sha256": _sha256(data)} for name, data in files.items()],
    }
    files["manifest.json"] = json.dumps(manifest, ensure_ascii=True, indent=1).encode("ascii")
    return _packed(files, now)


def _read(logs: LogService, ids: tuple[str, ...]) -> tuple[list[Log], list[str]]:
    found, missing = [], []
    for log_id in ids:
        try:
            found.append(logs.log(log_id))
        except NotFound:
            missing.append(log_id)
    if not found:
        raise Refusal("None of these logs is there any more.")
    return found, missing


def _line(logs: LogService, log: Log) -> dict[str, Any]:
    return {"log": row(log, heads=False), **{side: _body(logs, log, side) for side in SIDES}}


def _body(logs: LogService, log: Log, side: Any) -> dict[str, str]:
    """A body, masked, or why there is none."""
    try:
        body = logs.bodies.kept(log.id, side)  # the page reads the same ones from memory
    except NotFound as error:
        return {"missing": error.hint or error.message}
    if len(body.data) > MOST_CHARACTERS:
        return {"missing": OVER}
    if not body.whole:
        return {"missing": CUT}
    return {"text": masked_file(body.data).decode("utf-8", "replace")}


def _packed(files: dict[str, bytes], now: datetime) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, now.timetuple()[:6]), data, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
