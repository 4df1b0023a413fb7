"""The stream of OpenAI's chat completions and their kin, put together to the body without streaming."""

from __future__ import annotations

from typing import Any

from gateway_dash.payload import doctor
from gateway_dash.payload.conversation import Assembled, Gathered
from gateway_dash.payload.events import Event
from gateway_dash.payload.growing import Node, Slots, settled
from gateway_dash.payload.values import at, list_at, map_at, number_at, text_at

from . import Hints

_SAID_ONCE = frozenset({"role", "id", "type", "name", "tool_call_id", "format", "signature_format"})
_PADDING = "obfuscation"  # random letters that OpenAI adds so that lengths tell nothing


def assemble(events: tuple[Event, ...], hints: Hints) -> Assembled | None:
    """Chunks with choices that hold deltas."""
    if not any(map_at(each, "delta") for event in events for each in list_at(event.value, "choices")):
        return None
    notes, root = doctor.Notes(events), Node()
    for event in events:
        if event.data.strip() == notes.end_mark:
            notes.end(event)
        elif isinstance(event.value, dict):
            _chunk(root, event.value, event.number, notes)
    _look_at(root, notes)
    value, gathered = settled(root)
    for number, choice in enumerate(list_at(value, "choices")):
        for place, call in enumerate(list_at(choice, "message", "tool_calls")):
            if doctor.is_open(text_at(call, "function", "arguments")):
                path = ("choices", number, "message", "tool_calls", place)
                notes.open_calls.append((path, text_at(call, "function", "name")))
    return Assembled(value, doctor.findings(notes), gathered, doctor.times(notes))


def _chunk(root: Node, chunk: dict[str, Any], number: int, notes: doctor.Notes) -> None:
    for key, each in chunk.items():
        if key not in ("choices", "error", _PADDING):
            root.keep(key, "chat.completion" if each == "chat.completion.chunk" else each)
    for choice in list_at(chunk, "choices"):
        if isinstance(choice, dict):
            _choice(root.slots("choices").at(choice.get("index")), choice, number, notes)
    if seconds := number_at(chunk, "created"):  # Azure's first chunk says 0
        notes.times.append((number, seconds))
    notes.has_usage |= bool(map_at(chunk, "usage") or map_at(chunk, "x_groq", "usage"))
    if error := chunk.get("error"):
        notes.errors.append((number, text_at(error, "message") or (error if isinstance(error, str) else "")))
        root.keep("error", error)


def _choice(node: Node, choice: dict[str, Any], number: int, notes: doctor.Notes) -> None:
    for key, each in choice.items():
        if key == "logprobs" and isinstance(each, dict):
            _extend(node.node("logprobs"), each)
        elif key == "content_filter_results":
            held = node.node(key)
            held.update({name: it for name, it in map_at(each).items() if at(held, name, "filtered") is not True})
        elif key not in ("delta", "message"):  # Perplexity repeats all that was said so far as `message`
            node.keep(key, each)
    notes.has_finish |= bool(text_at(choice, "finish_reason"))
    message = node.node("message")
    for key, each in map_at(choice, "delta").items():
        _merge(message, key, each, number, notes)
    message.setdefault("role", "assistant")


def _merge(message: Node, key: str, piece: Any, number: int, notes: doctor.Notes) -> None:
    """What one delta adds to a message."""
    if key == "tool_calls":
        for each in list_at(piece):
            _call(message, each, number, notes)
    elif key == "reasoning_details":
        for each in list_at(piece):
            _grow(message.slots(key).at(at(each, "index")), each, number)
    elif key == "content" and (isinstance(piece, list) or isinstance(message.get(key), Slots)):
        _parts(message, piece, number)
    elif isinstance(piece, dict):  # function_call, audio
        _grow(message.node(key), piece, number)
    elif isinstance(piece, list):
        _extend(message, {key: piece})
    elif isinstance(piece, str) and key not in _SAID_ONCE:
        message.grow(key, number, piece)
    else:
        message.keep(key, piece)


def _grow(node: Node, piece: Any, number: int) -> None:
    """Texts grow, everything else is kept as it was said last."""
    for key, each in map_at(piece).items():
        if isinstance(each, str) and key not in _SAID_ONCE:
            node.grow(key, number, each)
        elif key == "name" and isinstance(each, str) and each != node.get(key) and len(text_at(node, key)) < 1000:
            node[key] = text_at(node, key) + each  # a few send it in pieces, most all of it, some all of it each time
        else:
            node.keep(key, each)


def _extend(node: Node, lists: dict[str, Any]) -> None:
    """Lists of whole things become longer: annotations, images, logprobs."""
    for key, each in lists.items():
        held = node.get(key)
        if isinstance(each, list) and isinstance(held, list):
            held.extend(each)
        else:
            node.keep(key, list(each) if isinstance(each, list) else each)


def _call(message: Node, piece: Any, number: int, notes: doctor.Notes) -> None:
    slots = message.slots("tool_calls")
    node = slots.at(_index(slots, piece, number, notes))
    for key, each in map_at(piece).items():
        if isinstance(each, dict):
            _grow(node.node(key), each, number)
        elif key != "index":
            node.keep(key, each)


def _index(slots: Slots, piece: Any, number: int, notes: doctor.Notes) -> int:
    """The place of a piece of a call. Some number all calls 0, or none; then a new id begins a new call."""
    index, call_id = at(piece, "index"), text_at(piece, "id")
    is_numbered = isinstance(index, int) and not isinstance(index, bool)
    place = int(index) if is_numbered else slots.last or 0
    if place not in slots:
        if place != len(slots):
            notes.odd.append((number, f"tool call {doctor.counted(place)} begins where {len(slots):,} was next."))
        return place
    known = text_at(slots.at(place), "id")
    if call_id and known and known != call_id and text_at(piece, "function", "name"):
        if is_numbered:
            notes.odd.append((number, f"two tool calls have the index {doctor.counted(place)}."))
        slots.begin_again(place)
    return place


def _parts(message: Node, piece: Any, number: int) -> None:
    """Mistral's content in parts: pieces of one kind that follow each other are one part."""
    held = message.get("content")
    slots = message.slots("content")
    if isinstance(held, Gathered) and held.pieces:
        slots.at(0).update(type="text", text=held)
    for each in piece if isinstance(piece, list) else [{"type": "text", "text": piece}]:
        kind, last = text_at(each, "type"), max(len(slots) - 1, 0)
        if (len(slots) and text_at(slots.at(last), "type") != kind) or kind not in ("text", "thinking"):
            last = len(slots)
        node = slots.at(last)
        if kind == "thinking" and isinstance(at(each, "thinking"), list):
            node["type"] = kind
            for thought in list_at(each, "thinking"):
                inner = node.slots("thinking").at(0)
                _grow(inner, thought, number)
        else:
            _grow(node, each, number)


def _look_at(root: Node, notes: doctor.Notes) -> None:
    """What the numbers of the choices say, and what had no place."""
    choices = root.slots("choices")
    indexes = [index for index, _ in choices.in_order()]
    if indexes != list(range(len(indexes))):
        missing = next(at for at, index in enumerate(indexes) if index != at)
        notes.odd.append((notes.events[-1].number, f"choice {missing:,} was left out."))
    notes.left_out = choices.left_out + sum(
        held.left_out
        for _, choice in choices.in_order()
        for held in map_at(choice, "message").values()
        if isinstance(held, Slots)
    )
