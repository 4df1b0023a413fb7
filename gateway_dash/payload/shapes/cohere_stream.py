"""Cohere's streams: events that name what they add to the message, and the JSON lines of the first version."""

from __future__ import annotations

from typing import Any

from gateway_dash.payload import doctor
from gateway_dash.payload.conversation import Assembled
from gateway_dash.payload.events import Event
from gateway_dash.payload.growing import Node, settled
from gateway_dash.payload.values import at, list_at, map_at, text_at

from . import Hints

END = "message-end"
LAST = "stream-end"


def assemble(events: tuple[Event, ...], hints: Hints) -> Assembled | None:
    """The message of the second version, or the answer of the first."""
    if any(text_at(event.value, "event_type") for event in events):
        return _first_version(events)
    if not any(text_at(event.value, "type") in ("message-start", "content-delta") for event in events):
        return None
    notes, root = doctor.Notes(events, end_mark=END), Node()
    message = root.node("message")
    for event in events:
        _take(root, message, event, notes)
    value, gathered = settled(root)
    for number, call in enumerate(list_at(value, "message", "tool_calls")):
        if doctor.is_open(text_at(call, "function", "arguments")):
            notes.open_calls.append((("message", "tool_calls", number), text_at(call, "function", "name")))
    return Assembled(value, doctor.findings(notes), gathered)


def _take(root: Node, message: Node, event: Event, notes: doctor.Notes) -> None:
    kind, index = text_at(event.value, "type"), at(event.value, "index")
    delta = map_at(event.value, "delta", "message")
    if kind == "message-start":
        root.keep("id", at(event.value, "id"))
        message.update({key: each for key, each in delta.items() if key == "role"})
    elif kind in ("content-start", "content-delta"):
        block = message.slots("content").at(index)
        block.setdefault("type", "thinking" if "thinking" in map_at(delta, "content") else "text")
        for key in ("text", "thinking"):
            block.grow(key, event.number, at(delta, "content", key))
    elif kind == "tool-plan-delta":
        message.grow("tool_plan", event.number, at(delta, "tool_plan"))
    elif kind in ("tool-call-start", "tool-call-delta"):
        _call(message.slots("tool_calls").at(index), map_at(delta, "tool_calls"), event.number)
    elif kind == "citation-start" and "citations" in delta:
        message.setdefault("citations", []).append(delta["citations"])
    elif kind == END:
        _end(root, event, notes)
    elif kind == "error":
        notes.errors.append((event.number, text_at(event.value, "message")))


def _call(node: Node, call: dict[str, Any], number: int) -> None:
    for key in ("id", "type"):
        if key in call:
            node.keep(key, call[key])
    function = node.node("function")
    if name := text_at(call, "function", "name"):
        function.keep("name", name)
    function.grow("arguments", number, at(call, "function", "arguments"))


def _end(root: Node, event: Event, notes: doctor.Notes) -> None:
    delta = map_at(event.value, "delta")
    root.update({key: each for key, each in delta.items() if key in ("finish_reason", "usage")})
    notes.has_finish |= bool(text_at(delta, "finish_reason"))
    notes.has_usage |= bool(map_at(delta, "usage"))
    if error := text_at(delta, "error"):
        notes.errors.append((event.number, error))
    notes.end(event)


def _first_version(events: tuple[Event, ...]) -> Assembled:
    """Pieces of text, and at the end the whole answer once more; the pieces count, for they are what was seen."""
    notes, root = doctor.Notes(events, end_mark=LAST), Node()
    for event in events:
        kind = text_at(event.value, "event_type")
        if kind == "text-generation":
            root.grow("text", event.number, at(event.value, "text"))
        elif kind == "citation-generation":
            root.setdefault("citations", []).extend(list_at(event.value, "citations"))
        elif kind == "tool-calls-generation":
            root.setdefault("tool_calls", []).extend(list_at(event.value, "tool_calls"))
        elif kind == "stream-start":
            root.keep("generation_id", at(event.value, "generation_id"))
        elif kind == LAST:
            notes.end(event)
            for key, each in {**map_at(event.value, "response"), **map_at(event.value)}.items():
                if key not in ("text", "event_type", "is_finished", "response", "citations", "tool_calls"):
                    root.keep(key, each)
            notes.has_finish |= bool(text_at(event.value, "finish_reason"))
            notes.has_usage |= bool(map_at(event.value, "response", "meta"))
    root.setdefault("generation_id", "")
    root.setdefault("text", "")
    value, gathered = settled(root)
    return Assembled(value, doctor.findings(notes), gathered)
