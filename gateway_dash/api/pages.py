"""The API's description: as a document for tools, and as a page for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from gateway_dash.api import tokens
from gateway_dash.api.description import description
from gateway_dash.web.render import render_part

PARAMETERS_SHOWN = 4  # more are folded away


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter, or one field of an answer."""

    name: str
    kind: str
    about: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One operation on the page."""

    id: str
    path: str
    summary: str
    about: str
    parameters: tuple[Field, ...]
    answer: tuple[Field, ...]


@login_not_required
@require_safe
def api_description(request: HttpRequest) -> HttpResponse:
    """openapi.json, for everybody: it says what this software can do, and nothing of what is here."""
    return JsonResponse(description())


@require_safe
def api_reference(request: HttpRequest) -> HttpResponse:
    """The operations on a page of our own: nothing is loaded from elsewhere, and no script is needed."""
    found = description()
    operations = [_shown(path, each["get"], found) for path, each in found["paths"].items()]
    errors = found["paths"][operations[0].path]["get"]["responses"]  # the same for all of them
    context = {
        "title": "API for scripts",
        "folded_above": PARAMETERS_SHOWN,
        "operations": operations,
        "errors": [(status, each["description"]) for status, each in errors.items() if status != "200"],
        "requests_a_minute": tokens.REQUESTS_A_MINUTE,
        "origin": request.build_absolute_uri("/").rstrip("/"),
    }
    return render_part(request, "api/reference.html", context)


def _shown(path: str, operation: dict[str, Any], found: dict[str, Any]) -> Shown:
    shape = operation["responses"]["200"]["content"]["application/json"]["schema"]
    return Shown(
        id=operation["operationId"],
        path=path,
        summary=_plain(operation["summary"]),
        about=_plain(operation["description"]),
        parameters=tuple(
            Field(each["name"], _kind(each["schema"]), _plain(each.get("description", "")))
            for each in operation["parameters"]
        ),
        answer=tuple(
            Field(name, _kind(each), _plain(each.get("description", "")))
            for name, each in found["components"]["schemas"][_name(shape)]["properties"].items()
        ),
    )


def _kind(schema: dict[str, Any]) -> str:
    """`text`, `number or null`, `list of Row`: a schema in a few words."""
    if "$ref" in schema:
        return _name(schema)
    if "enum" in schema:
        return " | ".join(str(each) for each in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_kind(each) for each in schema["anyOf"]))
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'])}" if "items" in schema else "list"
    if schema.get("format") == "date-time":
        return "time"
    words = {"string": "text", "boolean": "true or false", "integer": "whole number", "object": "object"}
    return words.get(schema.get("type", ""), str(schema.get("type", "anything")))


def _name(schema: dict[str, Any]) -> str:
    return str(schema["$ref"]).rpartition("/")[2]


def _plain(text: str) -> str:
    """Without the marks that tools make code of."""
    return text.replace("`", "")
