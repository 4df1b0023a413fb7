"""Ollama's own API: a message or a response, and streams of JSON lines that end with `done`."""

from __future__ import annotations

from typing import Any

from gateway_dash.payload import doctor, media
from gateway_dash.payload.conversation import Assembled, Call, Part, Said, Text, Turn, Usage
from gateway_dash.payload.events import Event
from gateway_dash.payload.growing import Node, settled
from gateway_dash.payload.paths import Path
from gateway_dash.payload.values import at, json_text, list_at, map_at, number_at, text_at

from . import Hints, Shape
from .openai_chat import parameters

NAME = "Ollama"


def request(value: Any, hints: Hints) -> Said | None:
    """The old form with one prompt; messages are read as OpenAI's."""
    text = text_at(value, "prompt")
    if not text or not ("ollama" in hints.provider or hints.path.endswith("api/generate")):
        return None
    turns = [Turn("system", (Text(system, ("system",)),), ("system",))] if (system := text_at(value, "system")) else []
    turns.append(Turn("user", (Text(text, ("prompt",)),), ("prompt",)))
    rest = parameters(value, ("prompt", "system", "model"))
    return Said(NAME, tuple(turns), parameters=rest, model=text_at(value, "model"))


def response(value: Any, hints: Hints) -> Said | None:
    """An answer that says whether it is done."""
    if not isinstance(at(value, "done"), bool) or not {"message", "response"} & set(map_at(value)):
        return None
    finish = text_at(value, "done_reason")
    path: Path = ("message",) if map_at(value, "message") else ()
    parts: list[Part] = []
    for key, kind in (("thinking", "reasoning"), ("content", "text"), ("response", "text")):
        if text := text_at(value, *path, key):
            parts.append(Text(text, (*path, key), "reasoning" if kind == "reasoning" else "text"))
    for number, each in enumerate(list_at(value, *path, "images")):
        if isinstance(each, str):
            parts.append(media.inline("image", each, (*path, "images", number)))
    for number, each in enumerate(list_at(value, *path, "tool_calls")):
        arguments = at(each, "function", "arguments")
        place: Path = (*path, "tool_calls", number)
        text = json_text(arguments, indent=None)
        parts.append(Call(text_at(each, "function", "name"), text_at(each, "id"), arguments, text, place))
    ins, outs = number_at(value, "prompt_eval_count"), number_at(value, "eval_count")
    usage = None if ins is None and outs is None else Usage(ins, outs)
    turn = Turn("assistant", tuple(parts), path, finish=finish)
    return Said(NAME, (turn,), model=text_at(value, "model"), usage=usage, finishes=(finish,) if finish else ())


def assemble(events: tuple[Event, ...], hints: Hints) -> Assembled | None:
    """Lines with the next piece of the message or of the response."""
    if not any(isinstance(at(event.value, "done"), bool) for event in events):
        return None
    notes, root = doctor.Notes(events, end_mark="done"), Node()
    for event in events:
        _line(root, map_at(event.value), event.number)
        if at(event.value, "done") is True:
            notes.end(event)
            notes.has_finish = True
            notes.has_usage |= "eval_count" in map_at(event.value)
        if error := text_at(event.value, "error"):
            notes.errors.append((event.number, error))
    value, gathered = settled(root)
    return Assembled(value, doctor.findings(notes), gathered)


def _line(root: Node, line: dict[str, Any], number: int) -> None:
    for key, held in line.items():
        if key == "message":
            _message(root.node(key), map_at(held), number)
        elif key in ("response", "thinking"):
            root.grow(key, number, held)
        else:
            root.keep(key, held)


def _message(message: Node, piece: dict[str, Any], number: int) -> None:
    for key, held in piece.items():
        if key in ("content", "thinking"):
            message.grow(key, number, held)
        elif key == "tool_calls":
            message.setdefault(key, []).extend(list_at(held))
        else:
            message.keep(key, held)


SHAPE = Shape(NAME, request, response, assemble)
