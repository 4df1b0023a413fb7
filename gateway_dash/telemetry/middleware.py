"""Each request has an id, one line in the log and one span; whoever gets an error can quote the id."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject
from structlog.contextvars import bound_contextvars

from gateway_dash import upstream
from gateway_dash.gateway import calls
from gateway_dash.telemetry import here, scrub, spans

logger = logging.getLogger("gateway_dash.request")
# Asked for several times a minute by machines, or a dozen at once by a page: news only when they fail.
QUIET = frozenset({"healthz", "readyz", "metrics", "static"})


class Told:
    """The first of all middleware, so that nothing is left out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer, with the id in a header."""
        started = time.perf_counter()
        request_id = request.request_id = here.id_for(request)  # type: ignore[attr-defined]
        parent = request.headers.get("traceparent", "") if upstream.trusts_proxy() else ""
        with bound_contextvars(request_id=request_id), spans.around("SERVER", "request", parent=parent) as span:
            response = self._get_response(request)
            response[here.HEADER] = request_id
            facts = _facts(request, response, (time.perf_counter() - started) * 1000)
            _tell_span(span, request, facts, request_id)
            is_quiet = facts["route"] in QUIET and response.status_code < 400
            logger.log(logging.DEBUG if is_quiet else logging.INFO, "request", extra={"told": facts})
        return response


def _facts(request: HttpRequest, response: HttpResponse, duration_ms: float) -> dict[str, Any]:
    """What the line says. A person is a number: who that is, the database knows, and the audit trail."""
    page: calls.Page | None = getattr(request, "upstream_page", None)
    sent = list(page.calls) if page else []
    return {
        "method": request.method if request.method in spans.METHODS else "other",
        "route": _route(request),
        "path": scrub.path(request.path),
        "status": response.status_code,
        "duration_ms": round(duration_ms, 1),
        "calls": len(sent),
        "upstream_ms": round(math.fsum(each.duration_ms for each in sent), 1),
        "kept": len(page.kept) if page else 0,
        "user": _person(request),
        "htmx": request.headers.get("HX-Request") == "true",
    }


def _route(request: HttpRequest) -> str:
    match = request.resolver_match
    if match is not None and match.url_name:
        return match.url_name
    return "static" if request.path.startswith("/static/") else "none"


def _person(request: HttpRequest) -> int | None:
    """The number of the user, if anybody asked for the user: /healthz reads no session, and neither does its line."""
    user = vars(request).get("user")
    found = getattr(request, "_cached_user", None) if isinstance(user, SimpleLazyObject) else user
    return getattr(found, "pk", None)


def _tell_span(span: spans.Told, request: HttpRequest, facts: dict[str, Any], request_id: str) -> None:
    """The route as it is written in the table of addresses, and the gateway; not the address that was asked for."""
    match = request.resolver_match
    span.name = f"{facts['method']} {facts['route']}"
    span.is_error = facts["status"] >= 500
    span.attributes |= {
        "http.request.method": facts["method"],
        "http.route": f"/{match.route}" if match else "",
        "http.response.status_code": facts["status"],
        "gateway_dash.request_id": request_id,
        "gateway_dash.calls": facts["calls"],
        "gateway_dash.upstream_ms": facts["upstream_ms"],
    }
    if match and "gateway" in match.kwargs:
        span.attributes["gateway_dash.gateway"] = scrub.path(str(match.kwargs["gateway"]))
