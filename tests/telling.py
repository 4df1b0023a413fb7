"""What the dashboard tells its operator while a test goes on: the lines as they are written, at the moment they are."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from gateway_dash.telemetry.lines import JsonLines
from tests.receivers import Collector


class Lines(logging.Handler):
    """Formats at once: what a line says of its request is known only then."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(JsonLines())
        self.whole: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.whole.append(self.format(record))

    def of(self, logger: str) -> list[dict[str, Any]]:
        """Those of one logger."""
        found = [json.loads(line) for line in self.whole]
        return [each for each in found if each["logger"] == logger]


@contextmanager
def written() -> Iterator[Lines]:
    """All lines of the level that the product writes."""
    lines = Lines()
    places = [logging.getLogger(name) for name in ("", "django")]
    for each in places:
        each.addHandler(lines)
    try:
        yield lines
    finally:
        for each in places:
            each.removeHandler(lines)


def spans_of(collector: Collector) -> list[Any]:
    """Every span that came."""
    found = []
    for path, body in collector.got:
        assert path == "/v1/traces"
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            found += [span for scope in resource.scope_spans for span in scope.spans]
    return found


def facts_of(span: Any) -> dict[str, Any]:
    """Its attributes."""
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in span.attributes}


def events_of(collector: Collector) -> list[dict[str, Any]]:
    """Every event in the envelopes that came: a line of its own after the one that says so."""
    found = []
    for _path, body in collector.got:
        lines = body.split(b"\n")
        found += [json.loads(lines[at + 1]) for at, line in enumerate(lines) if b'"type":"event"' in line]
    return found
