"""The stream of Anthropic's messages, put together to the message without streaming."""

from __future__ import annotations

from typing import Any

from gateway_dash.payload import doctor
from gateway_dash.payload.conversation import Assembled, Gathered
from gateway_dash.payload.events import Event
from gateway_dash.payload.growing import Node, settled
from gateway_dash.payload.paths import Path
from gateway_dash.payload.values import Unreadable, at, list_at, map_at, read_json, text_at

from . import Hints

_KINDS = frozenset({"message_start", "content_block_start", "content_block_delta", "message_delta", "message_stop"})
_GROWING = ("text", "thinking", "signature", "data", "content")


def assemble(events: tuple[Event, ...], hints: Hints) -> Assembled | None:
    """Events with the types of a message's stream."""
    if not any(_kind(event) in _KINDS for event in events):
        return None
    notes, root = doctor.Notes(events, end_mark="message_stop"), Node(type="message", role="assistant")
    root.slots("content")
    for event in events:
        if isinstance(event.value, dict):
            _event(root, event.value, event, notes)
    if not notes.has_usage:
        root.node("usage").pop("output_tokens", None)  # the first event only says how many there were by then
    notes.left_out = root.slots("content").left_out
    value, gathered = settled(root)
    _read_inputs(value, gathered, notes)
    return Assembled(value, doctor.findings(notes), gathered)


def _kind(event: Event) -> str:
    return text_at(event.value, "type") or (event.name if isinstance(event.value, dict) else "")


def _event(root: Node, said: dict[str, Any], event: Event, notes: doctor.Notes) -> None:
    kind = _kind(event)
    if kind == "message_start":
        _start(root, map_at(said, "message"))
    elif kind in ("content_block_start", "content_block_delta"):
        _content(root, said, kind, event, notes)
    elif kind == "message_delta":
        _rest(root, said, notes)
    elif kind == "message_stop":
        notes.end(event)
        for key, each in said.items():  # Bedrock adds its measurements here
            if key != "type":
                root.keep(key, each)
    elif kind == "error":
        notes.errors.append((event.number, text_at(said, "error", "message")))
        root.keep("error", said.get("error"))


def _content(root: Node, said: dict[str, Any], kind: str, event: Event, notes: doctor.Notes) -> None:
    """A block begins, or grows."""
    slots, index = root.slots("content"), said.get("index")
    if kind == "content_block_delta":
        if index not in slots:
            notes.odd.append((event.number, f"a piece of block {doctor.counted(index)}, which had not begun."))
        _delta(slots.at(index), map_at(said, "delta"), event.number)
        return
    if isinstance(index, int) and index in slots:
        notes.odd.append((event.number, f"block {doctor.counted(index)} begins twice."))
        slots.begin_again(index)
    elif index != len(slots):
        notes.odd.append((event.number, f"block {doctor.counted(index)} begins where {len(slots):,} was next."))
    _block(slots.at(index), map_at(said, "content_block"), event.number)


def _start(root: Node, message: dict[str, Any]) -> None:
    for key, each in message.items():
        if key == "usage":
            root.node("usage").update(map_at(each))
        elif key != "content":
            root.keep(key, each)


def _rest(root: Node, said: dict[str, Any], notes: doctor.Notes) -> None:
    """How it ended, and what it used in all."""
    for key, each in map_at(said, "delta").items():
        root.keep(key, each)
    for key, each in map_at(said, "usage").items():
        root.node("usage").keep(key, each)
        notes.has_usage |= key == "output_tokens"
    notes.has_finish |= bool(text_at(said, "delta", "stop_reason"))


def _block(node: Node, block: dict[str, Any], number: int) -> None:
    for key, each in block.items():
        if key in _GROWING and isinstance(each, str):
            node.grow(key, number, each)
        else:
            node.keep(key, list(each) if isinstance(each, list) else each)


def _delta(node: Node, delta: dict[str, Any], number: int) -> None:
    kind = text_at(delta, "type")
    if kind == "input_json_delta":
        if not isinstance(node.get("input"), Gathered):
            node.pop("input", None)  # the block begins with an empty object in its place
        node.grow("input", number, delta.get("partial_json"))
        node.setdefault("type", "tool_use")
    elif kind == "citations_delta":
        held = node.get("citations")
        node["citations"] = held if isinstance(held, list) else []
        node["citations"].append(delta.get("citation"))
    else:
        node.setdefault("type", kind.removesuffix("_delta").replace("signature", "thinking"))
        for key, each in delta.items():
            if key != "type":
                node.grow(key, number, each)


def _read_inputs(value: Any, gathered: dict[Path, Gathered], notes: doctor.Notes) -> None:
    """The arguments of a call come as pieces of JSON, and stand in a message as a value. What is cut stays text."""
    for number, block in enumerate(list_at(value, "content")):
        text, path = at(block, "input"), ("content", number)
        if not isinstance(text, str) or (*path, "input") not in gathered:
            continue
        try:
            read, is_cut = read_json(text.encode("utf-8", "surrogatepass")) if text else ({}, False)
        except Unreadable:
            continue
        if is_cut:
            notes.open_calls.append((path, text_at(block, "name")))
        else:
            block["input"] = read
