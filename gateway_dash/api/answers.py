"""What the API says: answers and errors as JSON, in ASCII, whatever the text in them."""

from __future__ import annotations

import json
import logging
import math
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.views import defaults

from gateway_dash.api.shapes import Problem, Refused
from gateway_dash.gateway import calls
from gateway_dash.gateway.errors import GatewayError, NotFound
from gateway_dash.web.text import clean

JSON = "application/json"
ROOT = "/api/"
DEPTH_LIMIT = 100  # of what a row holds; no row that was meant is as deep
logger = logging.getLogger("gateway_dash.api")


def answer_of(said: msgspec.Struct, status: int = 200) -> HttpResponse:
    """The answer, with the number of upstream calls that it took."""
    text = json.dumps(_plain(msgspec.to_builtins(said)), ensure_ascii=True, allow_nan=False)
    response = HttpResponse(text, content_type=JSON, status=status)
    response["X-Upstream-Calls"] = str(len(calls.current().calls))
    return response


def refusal_of(error: GatewayError) -> HttpResponse:
    """The error in the words that a page would have."""
    logger.info("%s: %s", type(error).__name__, error.title)  # no message: it may quote a filter
    response = answer_of(Refused(Problem(error.title, error.message, error.hint, error.status)), error.status)
    if error.retry_after_s:
        response["Retry-After"] = str(error.retry_after_s)
    if error.status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="Gateway Dash"'
    if error.status == 405:
        response["Allow"] = "GET, HEAD"
    return response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's page for an address that is not there; under /api/ the same as JSON."""
    if not request.path.startswith(ROOT):
        return defaults.page_not_found(request, exception)
    return refusal_of(
        NotFound("There is nothing at this address.", hint="The addresses stand in /api/v1/openapi.json.")
    )


def broken(request: HttpRequest) -> HttpResponse:
    """Django's page for a mistake of ours; under /api/ the same as JSON."""
    if not request.path.startswith(ROOT):
        return defaults.server_error(request)
    problem = Problem(
        "Something broke on our side", "The dashboard made a mistake, and its log has the details.", "", 500
    )
    return answer_of(Refused(problem), 500)


def _plain(value: Any, depth: int = 0) -> Any:
    """What JSON can say: no lone surrogates, no infinity, and nothing that is nested without end."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict | list) and depth > DEPTH_LIMIT:
        return "nested too deeply"
    if isinstance(value, dict):
        return {clean(str(key)): _plain(each, depth + 1) for key, each in value.items()}
    return [_plain(each, depth + 1) for each in value] if isinstance(value, list) else value
