"""Refusals in the words of Google, Cohere, Workers AI, Amazon and others, and those that are plain text."""

from __future__ import annotations

from typing import Any

from gateway_dash.payload import doctor
from gateway_dash.payload.conversation import Assembled, Finding, Json, Part, Said, Side, Text, Turn
from gateway_dash.payload.document import Document
from gateway_dash.payload.events import Event
from gateway_dash.payload.paths import Path
from gateway_dash.payload.values import at, list_at, map_at, number_at, text_at

from . import Hints, Shape
from .pieces import leftovers

NAME = "Error"
SHORT = 4000  # characters of a plain text that is taken for a message
CODES = ("status", "code", "internalCode", "__type", "err_code", "name", "type", "request_id", "id")
MESSAGES: tuple[Path, ...] = (  # where a message stands, the surest place first
    ("error", "message"), ("errors", 0, "message"), ("detail", "message"), ("err_msg",), ("message",), ("Message",),
    ("detail",), ("error",), ("msg",), ("error", 0), ("detail", 0, "msg"),
)  # fmt: skip
ANSWERS = {"choices", "content", "output", "data", "results", "candidates", "text", "generations", "embeddings"}


def response(value: Any, hints: Hints) -> Said | None:
    """An object with a message and no answer; Google's streams put it into a list."""
    base: Path = (0,) if map_at(value, 0) and len(list_at(value)) == 1 and map_at(value, 0, "error") else ()
    body = at(value, *base)
    if ANSWERS & set(map_at(body)) or at(body, "success") is True:
        return None
    for path in MESSAGES:
        if message := text_at(body, *path):
            return _said(body, base, path, message)
    return None


def request(value: Any, hints: Hints) -> Said | None:
    """No request is an error."""
    return None


def assemble(events: tuple[Event, ...], hints: Hints) -> Assembled | None:
    """A stream that is an error from its first event on, and nothing else that a shape knows."""
    first = next((event for event in events if isinstance(event.value, dict)), None)
    said = response(first.value, hints) if first else None
    if first is None or said is None:
        return None
    notes = doctor.Notes(events, end_mark="", has_finish=True, has_usage=True)  # an error has neither
    notes.errors.append((first.number, f"{first.name} {said.findings[0].text}".strip()))
    return Assembled(first.value, doctor.findings(notes))


def _said(body: Any, base: Path, path: Path, message: str) -> Said:
    holder = at(body, *path[:-1])
    codes = [*_codes(holder), *(_codes(body) if len(path) > 1 else [])]
    parts: list[Part] = [Text(message, (*base, *path))]
    told = (*CODES, str(path[0]), str(path[-1]), "success", "result", "messages", "object", "param")
    parts += leftovers(holder, told, (*base, *path[:-1]))
    parts += leftovers(body, told, base) if len(path) > 1 else []
    if path == ("errors", 0, "message"):
        for number, each in enumerate(list_at(body, "errors")[1:100], 1):
            parts.append(Json(each, (*base, "errors", number)))
    return _error(tuple(parts), message, ", ".join(codes), (*base, *path))


def _codes(holder: Any) -> list[str]:
    """The words and numbers by which a provider names the kind of error."""
    found = []
    for key in CODES:
        number = number_at(holder, key)
        if text := text_at(holder, key) or (f"{number:g}" if number is not None else ""):
            found.append(text[:100])
    return found


def _error(parts: tuple[Part, ...], message: str, codes: str, path: Path) -> Said:
    text = f"{message[:1000]} ({codes})" if codes else message[:1000]
    found = Finding("provider-error", "err", "The provider answered with an error", text, "response", path)
    return Said(NAME, (Turn("error", parts, path),), findings=(found,), is_error=True)


def document(document: Document, side: Side, hints: Hints) -> Said | None:
    """A short text that begins like an error; a page for browsers is one whatever it says."""
    if document.kind != "text" or side != "response":
        return None
    text = document.data.decode("utf-8", "replace")
    start = text[:1000].lstrip().lower()
    if start.startswith(("<!doctype html", "<html")):
        title = _between(text[:SHORT], "<title>", "</title>") or "It has no title."
        return _error((Text(text[:SHORT], (), is_cut=len(text) > SHORT),), title.strip(), "a page for browsers", ())
    if len(text) <= SHORT and start.startswith(
        ("error", "upstream", "internal server", "bad gateway", "unauthorized", "not found")
    ):
        return _error((Text(text, ()),), text, "", ())
    return None


def _between(text: str, start: str, end: str) -> str:
    begin = text.lower().find(start)
    stop = text.lower().find(end, begin)
    return text[begin + len(start) : stop] if 0 <= begin < stop else ""


SHAPE = Shape(NAME, request, response, assemble, document)
