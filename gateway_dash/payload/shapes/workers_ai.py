"""Workers AI: answers in the REST envelope or bare, of models that speak, read, hear, draw, translate and sort."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from gateway_dash.payload import brief, doctor, media
from gateway_dash.payload.conversation import Assembled, Call, Finding, Json, Part, Said, Text, Turn, Usage
from gateway_dash.payload.events import Event
from gateway_dash.payload.growing import Node, settled
from gateway_dash.payload.moving import under
from gateway_dash.payload.paths import Path
from gateway_dash.payload.values import at, json_text, list_at, map_at, number_at, text_at

from . import Hints, Shape, openai_chat
from .pieces import leftovers

NAME = "Workers AI"
ASKED = ("prompt", "text", "input_text", "query")  # what a person wrote, one of them in each kind of request
TOLD = ("response", "text", "summary", "translated_text", "description", "generated_text")
KNOWN = (*TOLD, "tool_calls", "usage", "image", "audio", "data", "shape", "pooling", "meta", "word_count", "vtt")
_TOLD_ELSEWHERE = (*TOLD, "tool_calls", "usage", "image", "audio", "data", "shape", "word_count")
_UNSAFE = re.compile(r"\s*unsafe\s*\n?\s*(S\d[S\d, ]*)?", re.IGNORECASE)


def request(value: Any, hints: Hints) -> Said | None:
    """A text under one of several names, or bytes; messages are read as OpenAI's."""
    if hints.provider != "workers-ai" or "messages" in map_at(value) or "requests" in map_at(value):
        return None
    found = [part for key in ASKED for part in _asked(at(value, key), (key,))]
    for number, context in enumerate(list_at(value, "contexts")):
        if text := text_at(context, "text"):
            found.append(Text(text, ("contexts", number, "text")))
    for key, what in (("image", "image"), ("audio", "audio"), ("image_b64", "image")):
        found += _bytes(at(value, key), what, (key,))
    if not found:
        return None
    taken = (*ASKED, "contexts", "image", "audio", "image_b64", "tools", "model")
    turns = (Turn("user", tuple(found), ()),)
    tools = tuple(openai_chat.tools(value))
    return Said(NAME, turns, tools, openai_chat.parameters(value, taken), model=text_at(value, "model"))


def _asked(value: Any, path: Path) -> list[Part]:
    if isinstance(value, str):
        return [Text(value, path)] if value else []
    texts = [(number, each) for number, each in enumerate(list_at(value)) if isinstance(each, str)]
    return list(brief.capped((Text(each, (*path, number)) for number, each in texts), len(texts), path))


def _bytes(value: Any, what: str, path: Path) -> list[Part]:
    """A picture or a sound: base64, or each byte as a number."""
    if isinstance(value, list):
        return [brief.numbers(value, path, f"bytes of {what}, as numbers")]
    if isinstance(value, str) and value:
        kind: media.What = "image" if what == "image" else "audio"
        if value.startswith(("data:", "http:", "https:")):
            return [media.linked(kind, value, path)]
        return [media.inline(kind, value, path)]
    return [] if value is None else [Json(value, path)]


def response(value: Any, hints: Hints) -> Said | None:
    """What stands in the envelope, or the same without one."""
    if "success" in map_at(value) and "result" in map_at(value):
        if at(value, "result") in ({}, None, "", []):
            return None  # a refusal, which another shape reads
        said = _inner(at(value, "result"), hints, sure=True)
        return under(("result",), said) if said else None
    return _inner(value, hints, sure=hints.provider == "workers-ai")


def _inner(value: Any, hints: Hints, *, sure: bool) -> Said | None:
    if isinstance(value, list):
        return _sorted(value) if sure else None
    if list_at(value, "choices"):
        said = openai_chat.response(value, hints) if sure else None
        return replace(said, shape=NAME, usage=usage(value)) if said else None
    if not (sure and any(key in map_at(value) for key in KNOWN)) and not ("response" in map_at(value) and usage(value)):
        return None
    turn = Turn("assistant", tuple(_parts(value)), ())
    return Said(NAME, (turn,), usage=usage(value), findings=tuple(_guard(at(value, "response"), hints)))


def _sorted(value: list[Any]) -> Said | None:
    """Labels with scores, as classifiers answer; detectors give boxes too."""
    if not any(text_at(each, "label") for each in value):
        return None
    parts = [
        Json(each, (number,), label=f"{text_at(each, 'label')} {number_at(each, 'score') or 0:.3f}")
        for number, each in enumerate(value[: brief.MOST_PARTS])
    ]
    return Said(NAME, (Turn("assistant", brief.capped(parts, len(value), ()), ()),))


def _parts(value: Any) -> list[Part]:
    found: list[Part] = []
    for key in TOLD:
        held = at(value, key)
        if isinstance(held, str):
            found += [Text(held, (key,))] if held else []
        elif held is not None:
            found.append(Json(held, (key,), label=key))
    found += [_call(each, ("tool_calls", number)) for number, each in enumerate(list_at(value, "tool_calls"))]
    for key in ("image", "audio"):
        found += _bytes(at(value, key), key, (key,))
    vectors = list_at(value, "data")
    told = (brief.numbers(each, ("data", number)) for number, each in enumerate(vectors))
    found += brief.capped(told, len(vectors), ("data",))
    return [*found, *leftovers(value, _TOLD_ELSEWHERE, ())]


def _call(value: Any, path: Path) -> Call:
    """A tool call: as OpenAI writes it, or the older way with the arguments as a value."""
    if map_at(value, "function"):
        value = {**map_at(value, "function"), "id": text_at(value, "id")}
    arguments = at(value, "arguments")
    if isinstance(arguments, str):
        read, problem = openai_chat.arguments_of(arguments)
        return Call(text_at(value, "name"), text_at(value, "id"), read, arguments, path, problem)
    return Call(text_at(value, "name"), text_at(value, "id"), arguments, json_text(arguments, indent=None), path)


def _guard(answer: Any, hints: Hints) -> list[Finding]:
    """The verdict of a model that judges other texts."""
    if "guard" not in hints.model.lower():
        return []
    unsafe = _UNSAFE.match(answer) if isinstance(answer, str) else None
    if unsafe is None and at(answer, "safe") is not False:
        return []
    kinds = [each for each in list_at(answer, "categories") if isinstance(each, str)]
    named = (unsafe[1] or "").strip() if unsafe else ", ".join(kinds)
    title = f"The guard found the text unsafe: {named}" if named else "The guard found the text unsafe"
    return [Finding("guard-unsafe", "warn", title, "The letters and numbers are the model's own classes.", "response")]


def usage(value: Any) -> Usage | None:
    """The usage block, with the neurons that are paid for."""
    found = openai_chat.usage(value)
    neurons = number_at(value, "meta", "neurons")
    if found or neurons is None:
        return found
    is_counted = text_at(value, "meta", "cost_metric_name_1") == "input_tokens"
    tokens = number_at(value, "meta", "cost_metric_value_1") if is_counted else None
    return Usage(tokens_in=tokens, others=(("neurons", str(neurons)),), path=("meta",))


def assemble(events: tuple[Event, ...], hints: Hints) -> Assembled | None:
    """The older stream: each event has the next piece of the response. The newer one is OpenAI's."""
    if not any("response" in map_at(event.value) for event in events):
        return None
    if any("done" in map_at(event.value) for event in events):
        return None  # Ollama's
    notes, root = doctor.Notes(events), Node()
    notes.has_finish = True  # this form never says why it stopped
    for event in events:
        if event.data.strip() == notes.end_mark:
            notes.end(event)
        notes.has_usage |= bool(map_at(event.value, "usage"))
        for error in (*list_at(event.value, "errors"), *list_at(event.value, "error")):
            notes.errors.append((event.number, text_at(error, "message")))
        for key, held in map_at(event.value).items():
            if key == "tool_calls":
                root.setdefault(key, []).extend(list_at(held))
            elif key == "response":
                root.grow(key, event.number, held)
            elif key != "p":  # padding
                root.keep(key, held)
    value, gathered = settled(root)
    return Assembled(value, doctor.findings(notes), gathered)


SHAPE = Shape(NAME, request, response, assemble)
