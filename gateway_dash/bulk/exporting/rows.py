"""Rows as the bytes of a file: the columns of the list's own exports, and the same masks."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from typing import Any

from gateway_dash.bulk.exporting.spec import Format, Spec
from gateway_dash.gateway.models import Log
from gateway_dash.logs.exports import COLUMNS, cells, row, values
from gateway_dash.logs.leaves import HEADS
from gateway_dash.web import formats
from gateway_dash.web.text import clean, formula_safe

BODIES = ("request", "request_note", "response", "response_note")  # a note says what a text alone would hide


def columns_of(form: Format) -> tuple[str, ...]:
    """The columns of a form that has some, in their order."""
    return (*COLUMNS, *BODIES) if form.with_bodies else COLUMNS


def head(spec: Spec) -> bytes:
    """What stands above the first row of a file."""
    return _csv([columns_of(spec.form)]) if spec.form.ending == "csv" else b""


def rows(spec: Spec, logs: Iterable[Log]) -> bytes:
    """So many logs, each as it stands in the file; for Parquet as it waits to become one."""
    if spec.format == "csv":
        return _csv(cells(log, exact=spec.secrets) for log in logs)
    if spec.format == "parquet":
        return b"".join(line(_typed(log, exact=spec.secrets)) for log in logs)
    return b"".join(line(one(spec, log)) for log in logs)


def with_bodies(spec: Spec, log: Log, texts: Iterable[str]) -> bytes:
    """One log with the cells of BODIES, for a form that has columns."""
    if spec.form.ending == "csv":
        return _csv([[*cells(log, exact=spec.secrets), *map(formula_safe, texts)]])
    return line([*_typed(log, exact=spec.secrets), *map(clean, texts)])


def one(spec: Spec, log: Log) -> dict[str, Any]:
    """The row as the upstream gave it, masked unless the export is one with secrets."""
    if not spec.secrets:
        return row(log, heads=spec.heads)
    return {name: value for name, value in log.row_as_sent.items() if spec.heads or name not in HEADS}


def line(value: Any) -> bytes:
    """One line of JSON, in ASCII: whatever is in it opens no new line anywhere."""
    return json.dumps(value, ensure_ascii=True).encode("ascii") + b"\n"


def _csv(found: Iterable[Iterable[Any]]) -> bytes:
    file = io.StringIO()
    csv.writer(file).writerows(found)
    return clean(file.getvalue()).encode("utf-8")


def _typed(log: Log, *, exact: bool) -> list[Any]:
    found = values(log, exact=exact) | {"created_at": formats.iso(log.created_at)}
    return [clean(value) if isinstance(value, str) else value for value in found.values()]
