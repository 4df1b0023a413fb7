"""OpenAI's older completions: a prompt in, a text out, no roles. Still spoken by vLLM, llama.cpp and their kin."""

from __future__ import annotations

from typing import Any

from gateway_dash.payload import doctor
from gateway_dash.payload.conversation import Assembled, Json, Part, Said, Text, Turn
from gateway_dash.payload.events import Event
from gateway_dash.payload.growing import Node, settled
from gateway_dash.payload.paths import Path
from gateway_dash.payload.values import at, list_at, map_at, number_at, text_at

from . import Hints, Shape
from .openai_usage import usage
from .pieces import error_found, leftovers, parameters

NAME = "OpenAI completions"
_IN_CHOICE = frozenset({"index", "text", "finish_reason", "native_finish_reason", "stop_reason"})
_ENVELOPE = frozenset(
    {"id", "object", "created", "model", "choices", "usage", "system_fingerprint", "service_tier", "provider"}
)


def request(value: Any, hints: Hints) -> Said | None:
    """A prompt for a path that ends in completions; other paths take a `prompt` too, for pictures among them."""
    path = hints.path.partition("?")[0].rstrip("/")
    if not path.endswith("completions") or at(value, "prompt") is None or "messages" in map_at(value):
        return None
    return Said(NAME, _prompts(value), parameters=parameters(value, ("prompt", "model")), model=text_at(value, "model"))


def _prompts(value: Any) -> tuple[Turn, ...]:
    prompt = at(value, "prompt")
    if isinstance(prompt, list) and all(isinstance(each, str) for each in prompt):
        many = len(prompt) > 1
        return tuple(
            Turn("user", (Text(each, ("prompt", number)),), ("prompt", number), label=f"prompt {number + 1}" * many)
            for number, each in enumerate(prompt)
        )
    said: Part = Text(prompt, ("prompt",)) if isinstance(prompt, str) else Json(prompt, ("prompt",), label="tokens")
    return (Turn("user", (said,), ("prompt",)),)


def response(value: Any, hints: Hints) -> Said | None:
    """A list of choices with texts."""
    choices = list_at(value, "choices")
    if not any(isinstance(at(each, "text"), str) for each in choices):
        return None
    turns = []
    for number, choice in enumerate(choices):
        path: Path = ("choices", number)
        text = text_at(choice, "text")
        parts: list[Part] = [Text(text, (*path, "text"))] if text else []
        parts += leftovers(choice, _IN_CHOICE, path)
        label = f"choice {number + 1}" if len(choices) > 1 else ""
        turns.append(Turn("assistant", tuple(parts), path, finish=text_at(choice, "finish_reason"), label=label))
    if around := leftovers(value, _ENVELOPE, ()):
        last = turns[-1]
        turns[-1] = Turn(last.role, (*last.parts, *around), last.path, last.name, last.finish, last.label)
    finishes = tuple(each.finish for each in turns if each.finish)
    error = at(value, "error")
    found = (error_found(error, ("error",)),) if error else ()
    return Said(NAME, tuple(turns), (), (), text_at(value, "model"), usage(value), finishes, found)


def assemble(events: tuple[Event, ...], hints: Hints) -> Assembled | None:
    """Chunks with choices that hold pieces of text."""
    if not any(isinstance(at(each, "text"), str) for event in events for each in list_at(event.value, "choices")):
        return None
    notes, root = doctor.Notes(events), Node()
    for event in events:
        if event.data.strip() == notes.end_mark:
            notes.end(event)
        elif isinstance(event.value, dict):
            _chunk(root, event.value, event.number, notes)
    notes.left_out = root.slots("choices").left_out
    value, gathered = settled(root)
    return Assembled(value, doctor.findings(notes), gathered, doctor.times(notes))


def _chunk(root: Node, chunk: dict[str, Any], number: int, notes: doctor.Notes) -> None:
    for key, each in chunk.items():
        if key != "choices":
            root.keep(key, each)
    for choice in list_at(chunk, "choices"):
        node = root.slots("choices").at(at(choice, "index"))
        for key, each in map_at(choice).items():
            if key == "text":
                node.grow(key, number, each)
            else:
                node.keep(key, each)
        notes.has_finish |= bool(text_at(choice, "finish_reason"))
    if seconds := number_at(chunk, "created"):
        notes.times.append((number, seconds))
    notes.has_usage |= bool(map_at(chunk, "usage"))
    if error := chunk.get("error"):
        notes.errors.append((number, text_at(error, "message")))


SHAPE = Shape(NAME, request, response, assemble)
