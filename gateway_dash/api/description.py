"""openapi.json: read from the addresses, their doors, the views and the shapes, so that it cannot say anything else."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import msgspec
from django.urls import URLPattern, get_resolver

from gateway_dash.api import parameters, shapes, tokens
from gateway_dash.api.door import Operation
from gateway_dash.team.actions import Action

type Schema = dict[str, Any]

NAME = "api-"  # how the names of the addresses in urls.py begin
REFERENCE = "#/components/schemas/{name}"
_PLACES: dict[str, Schema] = {
    "gateway": {"type": "string", "pattern": "^[a-z0-9_]+(-[a-z0-9_]+)*$", "minLength": 1, "maxLength": 64},
    "log_id": {"type": "string", "pattern": "^[A-Za-z0-9_-]+$", "minLength": 1, "maxLength": 128},
    "side": {"type": "string", "enum": ["request", "response"]},
}
_REFUSALS = {
    400: "A parameter that is not known or cannot be read. Never a wider search.",
    401: "No token, or none that is good.",
    403: "The person, or the token, may not do this here.",
    404: "There is nothing at this address, or not for this person.",
    405: "Only GET and HEAD are answered.",
    410: "The log was deleted from this dashboard; the words say by whom and when.",
    422: "Something that is not given out, with the reason.",
    429: "Too many requests with this token.",
    500: "A mistake of the dashboard.",
    502: "The upstream refused, or answered what cannot be read.",
    503: "The upstream's call budget is spent, every place for calls is taken, or most calls failed just now.",
    504: "The upstream did not answer in time.",
}
_MAY_PASS = (429, 503)  # and these say when, in Retry-After
_ABOUT = (
    "The logs of the AI Gateway for scripts, read only. Send a personal token as `Authorization: Bearer …`. A token is "
    f"good for {tokens.REQUESTS_A_MINUTE} requests a minute, and never for more than its person may. Secrets in bodies "
    "are masked for everybody."
)


@cache
def description() -> Schema:
    """The whole document."""
    _, components = msgspec.json.schema_components(shapes.ALL, ref_template=REFERENCE)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Gateway Dash", "version": "1", "description": _ABOUT},
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": {_path(each): {"get": _described(each)} for each in _operations()},
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "A personal token."}},
        },
    }


def _operations() -> Iterator[URLPattern]:
    for each in get_resolver().url_patterns:
        if isinstance(each, URLPattern) and hasattr(each.callback, "operation"):
            yield each


def _path(pattern: URLPattern) -> str:
    """`/api/v1/gateways/{gateway}/logs`."""
    return "/" + re.sub(r"<\w+:(\w+)>", r"{\1}", str(pattern.pattern))


def _described(pattern: URLPattern) -> Schema:
    view: Callable[..., Any] = pattern.callback
    operation: Operation = view.operation  # type: ignore[attr-defined]
    summary, _, more = (inspect.getdoc(view) or "").partition("\n\n")
    places = [_place(name) for name in pattern.pattern.converters]
    return {
        "operationId": str(pattern.name).removeprefix(NAME),
        "summary": " ".join(summary.split()),
        "description": " ".join([*more.split(), *_needs(view)]),
        "parameters": [*places, *(parameters.of_a_query() if operation.takes_query else [])],
        "responses": {"200": _answer("What was asked for.", operation.shape.__name__, _calls())} | _refusals(),
    }


def _place(name: str) -> Schema:
    return {"name": name, "in": "path", "required": True, "schema": _PLACES[name]}


def _needs(view: Callable[..., Any]) -> list[str]:
    """The right that the door asks for, where it is one."""
    door = view.door  # type: ignore[attr-defined]
    return [f"Needs the right to {each.words}." for each in door if isinstance(each, Action)]


def _refusals() -> dict[str, Schema]:
    after = {"Retry-After": {"description": "Seconds, where they are known.", "schema": {"type": "integer"}}}
    return {
        str(status): _answer(about, "Refused", after if status in _MAY_PASS else {})
        for status, about in _REFUSALS.items()
    }


def _calls() -> Schema:
    return {"X-Upstream-Calls": {"description": "How many calls it took upstream.", "schema": {"type": "integer"}}}


def _answer(about: str, shape: str, headers: Schema) -> Schema:
    content = {"application/json": {"schema": {"$ref": REFERENCE.format(name=shape)}}}
    return {"description": about, "content": content} | ({"headers": headers} if headers else {})
