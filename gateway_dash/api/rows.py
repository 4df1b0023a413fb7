"""A log as the API gives it."""

from __future__ import annotations

from typing import Any

from gateway_dash.api.shapes import LogRow, Row
from gateway_dash.gateway.models import Log
from gateway_dash.logs.cells import without_credentials
from gateway_dash.logs.exports import row as row_as_sent

NAMES = tuple(name for name in Row.__struct_fields__ if name != "metadata")


def row(log: Log) -> Row:
    """The row as lists have it: nothing of the bodies."""
    return Row(**_fields(log))


def log_row(log: Log, *, reads: bool) -> LogRow:
    """The row with all that was sent. `reads`: with the beginnings of the bodies, secrets masked."""
    return LogRow(**_fields(log), as_sent=row_as_sent(log, heads=reads))


def _fields(log: Log) -> dict[str, Any]:
    found = {name: getattr(log, name) for name in NAMES}
    masked = {name: without_credentials(name, value) for name, value in found.items() if isinstance(value, str)}
    return {**found, **masked, "metadata": log.metadata_map()}
