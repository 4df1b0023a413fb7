"""The stream of OpenAI's Responses, put together to the response that its last event repeats, if it came so far."""

from __future__ import annotations

from typing import Any

from gateway_dash.payload import doctor
from gateway_dash.payload.conversation import Assembled, Gathered
from gateway_dash.payload.events import Event
from gateway_dash.payload.growing import Node, Slots, settled
from gateway_dash.payload.paths import Path
from gateway_dash.payload.values import list_at, map_at, text_at

from . import Hints

_ENDS = ("response.completed", "response.incomplete", "response.failed")
# Of each kind of text that grows: the list in its item that it stands in, the key of its number there, its own key,
# and the type of the part. "" where it stands in the item itself.
_GROWING = {
    "response.output_text": ("content", "content_index", "text", "output_text"),
    "response.refusal": ("content", "content_index", "refusal", "refusal"),
    "response.reasoning_text": ("content", "content_index", "text", "reasoning_text"),
    "response.reasoning_summary_text": ("summary", "summary_index", "text", "summary_text"),
    "response.function_call_arguments": ("", "", "arguments", "function_call"),
    "response.mcp_call_arguments": ("", "", "arguments", "mcp_call"),
    "response.custom_tool_call_input": ("", "", "input", "custom_tool_call"),
    "response.code_interpreter_call_code": ("", "", "code", "code_interpreter_call"),
}
_TEXT_KEYS = ("text", "refusal", "arguments", "input", "code")


def assemble(events: tuple[Event, ...], hints: Hints) -> Assembled | None:
    """Events whose types begin with `response.`."""
    if not any(text_at(event.value, "type").startswith("response.") for event in events):
        return None
    notes, root = doctor.Notes(events, end_mark="response.completed"), Node()
    root.slots("output")
    for event in events:
        if isinstance(event.value, dict):
            _event(root, event.value, event, notes)
    _look_at(root, notes)
    value, gathered = settled(root)
    for number, item in enumerate(list_at(value, "output")):
        if text_at(item, "type") in ("function_call", "mcp_call") and doctor.is_open(text_at(item, "arguments")):
            path: Path = ("output", number)
            notes.open_calls.append((path, text_at(item, "name")))
    return Assembled(value, doctor.findings(notes), gathered)


def _event(root: Node, said: dict[str, Any], event: Event, notes: doctor.Notes) -> None:
    kind = text_at(said, "type")
    if "response" in said and kind.startswith("response."):
        _whole(root, map_at(said, "response"), kind, event, notes)
    elif kind == "error":
        notes.errors.append((event.number, text_at(said, "message") or text_at(said, "error", "message")))
        root.keep("error", map_at(said, "error") or {key: said.get(key) for key in ("code", "message", "param")})
    elif kind in ("response.output_item.added", "response.output_item.done"):
        _item(root, said, kind.endswith("added"), event, notes)
    elif kind in ("response.content_part.added", "response.content_part.done", "response.reasoning_summary_part.added"):
        where = "summary" if "summary" in kind else "content"
        part = _item_at(root, said).slots(where).at(said.get(f"{where}_index"))
        _fill(part, map_at(said, "part"), event.number)
    elif kind == "response.output_text.annotation.added":
        part = _item_at(root, said).slots("content").at(said.get("content_index"))
        _annotate(part, said.get("annotation"))
    else:
        _text(root, said, kind, event.number)


def _whole(root: Node, response: dict[str, Any], kind: str, event: Event, notes: doctor.Notes) -> None:
    """The response as it is so far. The last one holds all of it again."""
    for key, each in response.items():
        if key == "output":
            for number, item in enumerate(list_at(each)):
                _fill(root.slots("output").at(number), map_at(item), event.number)
        elif each is not None or key not in root:
            root[key] = each
    if kind in _ENDS:
        notes.end(event)
        notes.has_finish = True
        notes.has_usage |= bool(map_at(response, "usage"))
    if error := map_at(response, "error"):
        notes.errors.append((event.number, text_at(error, "message")))


def _item(root: Node, said: dict[str, Any], is_new: bool, event: Event, notes: doctor.Notes) -> None:
    slots, index = root.slots("output"), said.get("output_index")
    if is_new and isinstance(index, int):
        if index in slots:
            notes.odd.append((event.number, f"output item {doctor.counted(index)} begins twice."))
        elif index != len(slots):
            notes.odd.append(
                (event.number, f"output item {doctor.counted(index)} begins where {len(slots):,} was next.")
            )
    _fill(slots.at(index), map_at(said, "item"), event.number)


def _item_at(root: Node, said: dict[str, Any]) -> Node:
    return root.slots("output").at(said.get("output_index"))


def _text(root: Node, said: dict[str, Any], kind: str, number: int) -> None:
    """A piece of a text; its end repeats all of it, which counts only if no piece came."""
    name, _, step = kind.rpartition(".")
    if name not in _GROWING or step not in ("delta", "done"):
        return
    where, index, key, type_ = _GROWING[name]
    node = _item_at(root, said)
    node = node.slots(where).at(said.get(index)) if where else node
    node.keep("type", type_)
    if step == "delta":
        node.grow(key, number, said.get("delta"))
    else:
        _fill(node, {key: said.get(key)}, number)


def _fill(node: Node, said: dict[str, Any], number: int, lists: tuple[str, ...] = ("content", "summary")) -> None:
    """What a whole item says: texts that already grew stay, everything else is as it is said here."""
    for key, each in said.items():
        held = node.get(key)
        if key in _TEXT_KEYS and isinstance(each, str):
            if not (isinstance(held, Gathered) and held.pieces):
                node.grow(key, number, each)
        elif key in lists and isinstance(each, list) and all(isinstance(part, dict) for part in each):
            for place, part in enumerate(each):
                _fill(node.slots(key).at(place), part, number, ())
        else:
            node.keep(key, list(each) if isinstance(each, list) else each)


def _annotate(part: Node, annotation: Any) -> None:
    held = part.get("annotations")
    if isinstance(held, list):
        held.append(annotation)
    else:
        part["annotations"] = [annotation]


def _look_at(root: Node, notes: doctor.Notes) -> None:
    output = root.slots("output")
    notes.left_out = output.left_out
    for _, item in output.in_order():
        notes.left_out += sum(held.left_out for held in item.values() if isinstance(held, Slots))
