"""The list as files: the same page of the same logs, for people's scripts and spreadsheets."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from django.http import HttpResponse

from gateway_dash.gateway.log_page import LogPage
from gateway_dash.gateway.models import Log
from gateway_dash.gateway.sentence import words
from gateway_dash.logs.cells import without_credentials
from gateway_dash.logs.leaves import HEADS
from gateway_dash.payload.masking import spans_of_window, with_placeholders
from gateway_dash.web import formats
from gateway_dash.web.text import clean, formula_safe

COLUMNS = (
    "id", "created_at", "provider", "model", "path", "status_code", "success", "cached", "duration_ms", "tokens_in",
    "tokens_out", "cost", "feedback", "score", "step", "event_id", "user_agent", "metadata",
)  # fmt: skip
TYPES = {"csv": "text/csv", "json": "application/json", "jsonl": "application/x-ndjson"}


def export(page: LogPage, gateway: str, kind: str, next_url: str, *, reads: bool) -> HttpResponse:
    """One page of logs as a file. `Link: rel=next` leads to the next, `X-Total-Count` says how many match.

    `reads`: whether the person may read bodies; for others the beginnings that rows have of them are left out.
    """
    rows = [row(log, heads=reads) for log in page.logs]
    text = _csv(page) if kind == "csv" else _json(page, rows) if kind == "json" else _jsonl(rows)
    response = HttpResponse(clean(text), content_type=f"{TYPES[kind]}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{gateway}-logs-page-{page.query.page}.{kind}"'
    response["X-Total-Count"] = str(page.total)
    if page.misfits:
        response["X-Filter-Not-Applied"] = f"{page.misfits} rows that the filter excludes came back and were left out"
    if next_url:
        response["Link"] = f'<{next_url}>; rel="next"'
    return response


def _csv(page: LogPage) -> str:
    """Text cells are made safe for spreadsheets; numbers are left as they are. JSONL is the exact format."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for log in page.logs:
        writer.writerow(cells(log))
    return file.getvalue()


def cells(log: Log, *, exact: bool = False) -> list[Any]:
    """The log in COLUMNS, fit for a spreadsheet. `exact`: for somebody who may see secrets, without masks."""
    return [_cell(value, name) for name, value in values(log, exact=exact).items()]


def values(log: Log, *, exact: bool = False) -> dict[str, Any]:
    """The log by COLUMNS: text with credentials masked unless `exact`, metadata as JSON text, None for unknown."""
    found: dict[str, Any] = {name: getattr(log, name) for name in COLUMNS}
    pairs = log.metadata_map()
    found["metadata"] = json.dumps(pairs, ensure_ascii=False) if pairs else None
    return {
        name: without_credentials(name, value) if isinstance(value, str) and not exact else value
        for name, value in found.items()
    }


def _cell(value: Any, name: str) -> Any:
    if name == "created_at":
        return formats.iso(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return formula_safe(value)
    return "" if value is None else value


def _jsonl(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(each, ensure_ascii=True) + "\n" for each in rows)


def _json(page: LogPage, rows: list[dict[str, Any]]) -> str:
    """The rows as the upstream sent them, and what they are an answer to."""
    return json.dumps({
        "query": words(page.query),
        "page": page.query.page,
        "per_page": page.query.per_page,
        "total": page.total,
        "total_is_exact": page.is_exact,
        "upstream_did_not_apply_filter": bool(page.misfits),
        "logs": rows,
    }, ensure_ascii=True, indent=1)  # fmt: skip


def row(log: Log, *, heads: bool) -> dict[str, Any]:
    """The row as the upstream sent it, but for secrets: those of bodies, and credentials anywhere else.

    `heads`: with the beginnings of the bodies, where the row has them.
    """
    return {name: _masked(name, value) for name, value in log.row_as_sent.items() if heads or name not in HEADS}


def _masked(name: str, value: Any) -> Any:
    if name in HEADS and isinstance(value, str):
        return with_placeholders(value, spans_of_window("", value, "", is_cut=True))
    if isinstance(value, str):
        return without_credentials(name, value)
    if isinstance(value, dict) and name != "metadata":
        return {key: _masked(key, each) for key, each in value.items()}
    return value
