"""Gemini's streams: each event is an answer with the next piece of the parts."""

from __future__ import annotations

from typing import Any

from gateway_dash.payload import doctor
from gateway_dash.payload.conversation import Assembled
from gateway_dash.payload.events import Event
from gateway_dash.payload.growing import Node, Slots, settled
from gateway_dash.payload.values import at, list_at, map_at, text_at

from . import Hints
from .google_parts import key_of

KEYS = ("candidates", "promptFeedback", "prompt_feedback", "usageMetadata", "usage_metadata")


def assemble(events: tuple[Event, ...], hints: Hints) -> Assembled | None:
    """The candidates, with texts of one kind that follow each other made one part."""
    if not any(key in map_at(event.value) for event in events for key in KEYS):
        return None
    notes, root = doctor.Notes(events, end_mark=""), Node()
    for event in events:
        for key, held in map_at(event.value).items():
            if key == "candidates":
                for each in list_at(held):
                    _candidate(root.slots(key), map_at(each), event.number, notes)
            else:
                root.keep(key, held)
        notes.has_usage |= bool(map_at(event.value, key_of(event.value, "usageMetadata")))
        notes.has_finish |= bool(map_at(event.value, key_of(event.value, "promptFeedback")))
        if error := map_at(event.value, "error"):
            notes.errors.append((event.number, text_at(error, "message")))
    value, gathered = settled(root)
    return Assembled(value, doctor.findings(notes), gathered)


def _candidate(slots: Slots, candidate: dict[str, Any], number: int, notes: doctor.Notes) -> None:
    """One more piece of a candidate."""
    node = slots.at(candidate.get("index"))
    notes.has_finish |= bool(text_at(candidate, key_of(candidate, "finishReason")))
    for key, held in candidate.items():
        if key != "content":
            node.keep(key, held)
    content = node.node("content")
    for key, held in map_at(candidate, "content").items():
        if key != "parts":
            content.keep(key, held)
    parts = content.slots("parts")
    for part in list_at(candidate, "content", "parts"):
        _part(parts, part, number)


def _part(parts: Slots, part: Any, number: int) -> None:
    text = at(part, "text")
    if not isinstance(text, str):
        parts.at(len(parts)).update(map_at(part))
        return
    if not text and part.keys() == {"text"}:
        return
    last = parts.at(len(parts) - 1) if len(parts) else None
    if last is None or "text" not in last or bool(last.get("thought")) != bool(part.get("thought")):
        last = parts.at(len(parts))
    last.update({key: held for key, held in part.items() if key != "text"})
    last.grow("text", number, text)
