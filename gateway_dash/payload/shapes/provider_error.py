"""Errors as OpenAI, Anthropic, Azure, Mistral and their kin write them; as a body of its own or as a whole stream."""

from __future__ import annotations

from typing import Any

from gateway_dash.payload import doctor
from gateway_dash.payload.conversation import Assembled, Said
from gateway_dash.payload.events import Event
from gateway_dash.payload.paths import Path
from gateway_dash.payload.values import at, map_at, text_at

from . import Hints, Shape
from .openai_chat import filtered
from .pieces import error_said

NAME = "Provider error"


def request(value: Any, hints: Hints) -> Said | None:
    """Nobody asks for an error."""
    return None


def response(value: Any, hints: Hints) -> Said | None:
    """An object `error` with a message, or Mistral's that is one itself."""
    path = error_at(value)
    if path is None:
        return None
    said = error_said(NAME, value, path, model=text_at(value, "model"))
    results = map_at(value, *path, "innererror", "content_filter_result")
    place = (*path, "innererror", "content_filter_result")
    about = filtered(results, "The prompt was filtered", place)  # Azure refuses those with a 400
    return Said(NAME, said.turns, model=said.model, findings=(*said.findings, *about), is_error=True)


def error_at(value: Any) -> Path | None:
    """Where the error stands. Google's, whose `status` is a word and whose code a number, has a shape of its own."""
    error = at(value, "error")
    if isinstance(error, dict) and isinstance(error.get("message"), str):
        return None if text_at(error, "status") and isinstance(error.get("code"), int) else ("error",)
    if isinstance(error, str) and error and len(map_at(value)) <= 3:
        return ("error",)
    if text_at(value, "object") == "error" and at(value, "message") is not None:
        return ()
    # The event of OpenAI's Responses: {"type": "error", "code": …, "message": …}
    return () if text_at(value, "type") == "error" and text_at(value, "message") else None


def assemble(events: tuple[Event, ...], hints: Hints) -> Assembled | None:
    """A stream that begins with an error and holds nothing else that a shape knows."""
    first = next((event for event in events if isinstance(event.value, dict)), None)
    if first is None or (path := error_at(first.value)) is None:
        return None
    notes = doctor.Notes(events, end_mark="", has_finish=True, has_usage=True)  # an error has neither
    notes.errors.append((first.number, text_at(first.value, *path, "message") or text_at(first.value, *path)))
    return Assembled(first.value, doctor.findings(notes))


SHAPE = Shape(NAME, request, response, assemble)
