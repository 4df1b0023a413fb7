"""The parts of a message as OpenAI's chat completions and their kin write them: texts, media, thoughts, calls."""

from __future__ import annotations

from typing import Any

from gateway_dash.payload import media
from gateway_dash.payload.conversation import Call, Json, Media, Part, Text
from gateway_dash.payload.paths import Path
from gateway_dash.payload.values import at, list_at, map_at, text_at

from .pieces import called_with, leftovers

_REASONING_KEYS = ("reasoning_content", "reasoning")  # DeepSeek and Grok; OpenRouter, Groq and Cerebras
_LINKS = {"image_url": "image", "video_url": "video", "audio_url": "audio", "document_url": "file"}


def content(value: Any, path: Path) -> list[Part]:
    """A text, or a list of parts of several kinds."""
    if isinstance(value, str):
        return [Text(value, path)] if value else []
    if isinstance(value, list):
        return [each for number, piece in enumerate(value) for each in parts_of(piece, (*path, number))]
    return [] if value is None else [Json(value, path)]


def parts_of(value: Any, path: Path) -> list[Part]:
    """One part of a message's content, and what else stands in it."""
    if isinstance(value, str):
        return [Text(value, path)]
    kind = text_at(value, "type")
    if kind == "thinking" and isinstance(at(value, "thinking"), list):  # Mistral
        return [*thoughts(value, path), *leftovers(value, ("type", "thinking", "closed"), path)]
    found = _part(value, kind, path)
    if isinstance(found, Json):
        return [found]
    return [found, *leftovers(value, ("type", "text", kind), path)]


def thoughts(value: Any, path: Path) -> list[Part]:
    """The texts inside a `thinking` part."""
    found: list[Part] = []
    for number, each in enumerate(list_at(value, "thinking")):
        place: Path = (*path, "thinking", number)
        text = text_at(each, "text")
        found.append(Text(text, (*place, "text"), "reasoning") if text else Json(each, place, label="thinking"))
    return found


def _part(value: Any, kind: str, path: Path) -> Text | Media | Json:
    if kind in ("text", "refusal") and isinstance(at(value, kind), str):
        return Text(text_at(value, kind), (*path, kind), "refusal" if kind == "refusal" else "text")
    if kind in _LINKS:
        return _linked(value, kind, path)
    if kind == "input_audio" and isinstance(at(value, kind, "data"), str):
        form = text_at(value, kind, "format")
        data = text_at(value, kind, "data")
        return media.inline("audio", data, (*path, kind, "data"), type=f"audio/{form}" if form else "")
    if kind == "file" and map_at(value, "file"):
        return _file(value, path)
    return Json(value, path, label=kind)


def _linked(value: Any, kind: str, path: Path) -> Media | Json:
    """`{"url": …}`, or the address itself as Mistral takes it."""
    place: Path = (kind, "url") if map_at(value, kind) else (kind,)
    if not isinstance(at(value, *place), str):
        return Json(value, path, label=kind)
    what: media.What = "image"
    for name in ("video", "audio", "file"):
        what = name if _LINKS[kind] == name else what
    return media.linked(what, text_at(value, *place), (*path, *place))


def _file(value: Any, path: Path) -> Media:
    name, place = text_at(value, "file", "filename"), (*path, "file")
    if data := text_at(value, "file", "file_data"):
        return media.linked("file", data, (*place, "file_data"), name=name)
    return Media("file", place, name=name or text_at(value, "file", "file_id"))


def reasoning(message: Any, path: Path) -> list[Part]:
    """What a model thought, once, where a provider writes it under two names."""
    told: dict[str, Part] = {}
    for key in _REASONING_KEYS:
        if text := text_at(message, key):
            told.setdefault(text, Text(text, (*path, key), "reasoning"))
        elif found := at(message, key):
            told.setdefault(key, Json(found, (*path, key), label="reasoning"))
    seen = "".join(told)
    return [*told.values(), *_details(message, path, seen)]


def _details(message: Any, path: Path, seen: str) -> list[Part]:
    """OpenRouter's `reasoning_details`; a text that stands in `reasoning` as well is not told twice."""
    found: list[Part] = []
    for number, each in enumerate(list_at(message, "reasoning_details")):
        place: Path = (*path, "reasoning_details", number)
        key = "summary" if text_at(each, "summary") else "text"
        text = text_at(each, key)
        if not text:
            found.append(Json(each, place, label=text_at(each, "type") or "reasoning"))
        elif not (number == 0 and seen.startswith(text)) and text != seen:
            found.append(Text(text, (*place, key), "reasoning"))
    return found


def audio(message: Any, path: Path) -> list[Part]:
    """What a model spoke: the sound, and the words of it."""
    found, place = map_at(message, "audio"), (*path, "audio")
    parts: list[Part] = []
    if data := text_at(found, "data"):
        parts.append(media.inline("audio", data, (*place, "data")))
    if words := text_at(found, "transcript"):
        parts.append(Text(words, (*place, "transcript")))
    return parts or ([Json(found, place, label="audio")] if found else [])


def calls(message: Any, path: Path) -> list[Part]:
    """The tools that a message calls, in the newer form and the older one."""
    found: list[Part] = [
        call(each, (*path, "tool_calls", number)) for number, each in enumerate(list_at(message, "tool_calls"))
    ]
    if older := map_at(message, "function_call"):
        arguments, text, problem = called_with(at(older, "arguments"))
        found.append(Call(text_at(older, "name"), "", arguments, text, (*path, "function_call"), problem))
    return found


def call(value: Any, path: Path) -> Part:
    """A tool call; its arguments are JSON inside a text. Those of a custom tool are any text."""
    kind = text_at(value, "type") or "function"
    name, call_id = text_at(value, kind, "name"), text_at(value, "id")
    if kind == "custom":
        return Call(name, call_id, None, text_at(value, "custom", "input"), path, kind=kind)
    if not map_at(value, "function"):
        return Json(value, path, label=kind)
    arguments, text, problem = called_with(at(value, "function", "arguments"))
    return Call(text_at(value, "function", "name"), call_id, arguments, text, path, problem, kind)
