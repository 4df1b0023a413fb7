"""Bedrock's streams: those of Converse, block by block, and those of the older forms, text after text."""

from __future__ import annotations

from typing import Any

from gateway_dash.payload import doctor
from gateway_dash.payload.conversation import Assembled, Finding
from gateway_dash.payload.events import Event
from gateway_dash.payload.frames import WRONG_SUM
from gateway_dash.payload.growing import Node, settled
from gateway_dash.payload.values import Unreadable, at, list_at, map_at, read_json, text_at

from . import Hints
from .bedrock_invoke import METRICS

EVENTS = ("messageStart", "contentBlockStart", "contentBlockDelta", "contentBlockStop", "messageStop", "metadata")
END = "messageStop"
COUNTS = (METRICS, "inputTextTokenCount", "prompt_token_count", "generation_token_count")
_INVOKED = {"outputText": "completionReason", "generation": "stop_reason"}


def assemble(events: tuple[Event, ...], hints: Hints) -> Assembled | None:
    """The message that the blocks make, with its usage."""
    named = [(event, *_named(event)) for event in events]
    if not any(name in EVENTS[:3] for _, name, _ in named):
        return _invoked(events)
    notes, root = doctor.Notes(events, end_mark=END), Node()
    message = root.node("output").node("message")
    message["role"] = "assistant"
    blocks = message.slots("content")
    for event, name, held in named:
        if name == "contentBlockStart":
            blocks.at(at(held, "contentBlockIndex")).node("toolUse").update(map_at(held, "start", "toolUse"))
        elif name == "contentBlockDelta":
            _delta(blocks.at(at(held, "contentBlockIndex")), map_at(held, "delta"), event.number)
        elif name in EVENTS:
            _around(root, name, held, event, notes)
        elif name:
            notes.errors.append((event.number, f"{name}: {text_at(held, 'message')}"))
    value, gathered = settled(root)
    for number, block in enumerate(list_at(value, "output", "message", "content")):
        _close(block, ("output", "message", "content", number, "toolUse"), notes)
    return Assembled(value, (*wrong_sums(events), *doctor.findings(notes)), gathered)


def _named(event: Event) -> tuple[str, Any]:
    """The event's name and content; where a frame does not name it, its only key does."""
    if event.name in EVENTS or event.name.endswith(("Exception", "Error")):
        return event.name, event.value
    keys = [key for key in map_at(event.value) if key in EVENTS or key.endswith("Exception")]
    return (keys[0], at(event.value, keys[0])) if keys else ("", None)


def _around(root: Node, name: str, held: Any, event: Event, notes: doctor.Notes) -> None:
    """What the stream says about the message as a whole."""
    if name == "messageStart":
        root.node("output").node("message")["role"] = text_at(held, "role") or "assistant"
    elif name == END:
        root["stopReason"] = at(held, "stopReason")
        notes.has_finish |= bool(text_at(held, "stopReason"))
        notes.end(event)
    elif name == "metadata":
        root.update({key: each for key, each in map_at(held).items() if key in ("usage", "metrics", "trace")})
        notes.has_usage |= bool(map_at(held, "usage"))
        if notes.ended_at is not None:
            notes.ended_at = event.number  # it follows the end, and belongs to it


def _delta(block: Node, delta: dict[str, Any], number: int) -> None:
    if "text" in delta:
        block.grow("text", number, delta["text"])
    if "toolUse" in delta:
        block.node("toolUse").grow("input", number, at(delta, "toolUse", "input"))
    if thought := map_at(delta, "reasoningContent"):
        inner = block.node("reasoningContent").node("reasoningText")
        inner.grow("text", number, text_at(thought, "text"))
        inner.update({key: each for key, each in thought.items() if key != "text"})


def _close(block: dict[str, Any], path: tuple[str | int, ...], notes: doctor.Notes) -> None:
    """The arguments of a call as a value, if they are one; the text itself where the stream ended too early."""
    call = map_at(block, "toolUse")
    if not call:
        block.pop("toolUse", None)
        return
    text = call.setdefault("input", "")
    if isinstance(text, str):
        if doctor.is_open(text):
            notes.open_calls.append((path, text_at(call, "name")))
        else:
            call["input"] = _arguments(text)


def _arguments(text: str) -> Any:
    if not text:
        return {}
    try:
        return read_json(text.encode("utf-8", "surrogatepass"))[0]
    except Unreadable:
        return text


def wrong_sums(events: tuple[Event, ...]) -> list[Finding]:
    """Frames that were damaged on their way, told once."""
    wrong = [event.number for event in events if event.problem == WRONG_SUM]
    if not wrong:
        return []
    text = f"{len(wrong):,} of {len(events):,}, the first is event {wrong[0] + 1:,}. What they say may be damaged."
    return [Finding("frame-checksum", "err", "Frames with a wrong checksum", text, "response", ("events", wrong[0]))]


def _invoked(events: tuple[Event, ...]) -> Assembled | None:
    """The older streams: each event has the next piece of the text under the model's own key."""
    notes, root = doctor.Notes(events, end_mark=""), Node()
    for event in events:
        held = map_at(event.value)
        for key, finish in _INVOKED.items():
            if isinstance(at(held, key), str):
                node = root.slots("results").at(0) if key == "outputText" else root
                node.grow(key, event.number, held[key])
                node.keep(finish, at(held, finish))
                notes.has_finish |= bool(text_at(held, finish))
        if isinstance(at(held, "outputs", 0, "text"), str):
            node = root.slots("outputs").at(0)
            node.grow("text", event.number, at(held, "outputs", 0, "text"))
            node.keep("stop_reason", at(held, "outputs", 0, "stop_reason"))
            notes.has_finish |= bool(text_at(held, "outputs", 0, "stop_reason"))
        root.update({key: each for key, each in held.items() if key in COUNTS})
        notes.has_usage |= METRICS in held
    value, gathered = settled(root)
    return Assembled(value, (*wrong_sums(events), *doctor.findings(notes)), gathered) if gathered else None
