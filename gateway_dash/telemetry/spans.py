"""Spans for OpenTelemetry, where the operator names a collector: requests, upstream calls, steps of jobs.

They are our own and few. The ready-made instrumentations of Django and httpx record whole URLs, and those hold filters.
No header of a trace is sent upstream.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPMethod

from gateway_dash.gateway.calls import Sent

METHODS = frozenset(each.value for each in HTTPMethod)
Attributes = Mapping[str, str | int | float | bool]


@dataclass(slots=True)
class Told:
    """What is known of a span once its work is done."""

    name: str = ""
    is_error: bool = False
    attributes: dict[str, str | int | float | bool] = field(default_factory=dict)


class _Nothing:
    """Nobody collects spans."""

    @contextmanager
    def around(self, _kind: str, _name: str, _parent: str) -> Iterator[Told]:
        yield Told()

    def call(self, _sent: Sent) -> None:
        pass

    def ids(self) -> dict[str, str]:
        return {}


class _Collected:
    """Spans by a tracer of our own: no library can add to them, for none knows of it."""

    def __init__(self) -> None:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        resource = Resource.create()
        if str(resource.attributes.get("service.name", "unknown_service")).startswith("unknown_service"):
            resource = resource.merge(Resource({"service.name": "gateway-dash"}))
        self._provider = TracerProvider(resource=resource)  # it sends what is left when the process ends
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer("gateway_dash")

    @contextmanager
    def around(self, kind: str, name: str, parent: str) -> Iterator[Told]:
        from opentelemetry import trace
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        context = TraceContextTextMapPropagator().extract({"traceparent": parent}) if parent else None
        told = Told(name)
        # Neither the words of an exception nor its traceback: they may quote what a log says.
        with self._tracer.start_as_current_span(
            name, context, trace.SpanKind[kind], record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield told
            except BaseException:
                told.is_error = True
                raise
            finally:
                span.update_name(told.name)
                span.set_attributes(told.attributes)
                if told.is_error:
                    span.set_status(trace.StatusCode.ERROR)

    def call(self, sent: Sent) -> None:
        from opentelemetry import trace

        ended = time.time_ns()
        span = self._tracer.start_span(
            f"upstream {sent.method} {sent.kind}",
            kind=trace.SpanKind.CLIENT,
            attributes=_of_call(sent),
            start_time=ended - int(sent.duration_ms * 1e6),
        )
        if sent.status is None or sent.status >= 400:
            span.set_status(trace.StatusCode.ERROR)
        span.end(ended)

    def ids(self) -> dict[str, str]:
        from opentelemetry import trace

        here = trace.get_current_span().get_span_context()
        if not here.is_valid:
            return {}
        return {"trace_id": trace.format_trace_id(here.trace_id), "span_id": trace.format_span_id(here.span_id)}


_spans: list[_Nothing | _Collected] = [_Nothing()]


def start() -> None:
    """Collect from now on. In the process that serves or works: its thread does not live through a fork."""
    _spans.append(_Collected())


def end() -> None:
    """Send what is left, and collect no more."""
    while len(_spans) > 1:
        last = _spans.pop()
        if isinstance(last, _Collected):
            last._provider.shutdown()


@contextmanager
def around(kind: str, name: str, *, parent: str = "") -> Iterator[Told]:
    """A span of that kind (SERVER, INTERNAL) around the work inside; `parent` is a `traceparent` that is believed."""
    with _spans[-1].around(kind, name, parent) as told:
        yield told


def call_seen(sent: Sent) -> None:
    """A call to the upstream is over: its span lies within the one of the page or the step."""
    _spans[-1].call(sent)


def ids() -> dict[str, str]:
    """What leads from a line of this moment to its trace."""
    return _spans[-1].ids()


def _of_call(sent: Sent) -> Attributes:
    found: dict[str, str | int | float | bool] = {
        "http.request.method": sent.method,
        "url.template": sent.template,
        "gateway_dash.kind": sent.kind,
        "http.request.resend_count": sent.attempt - 1,
        "gateway_dash.ray": sent.ray,
    }
    return found if sent.status is None else found | {"http.response.status_code": sent.status}
