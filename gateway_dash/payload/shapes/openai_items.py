"""The items of OpenAI's Responses: messages, thoughts, calls of tools, and what came of them."""

from __future__ import annotations

from typing import Any

from gateway_dash.payload import media
from gateway_dash.payload.conversation import Call, Json, Media, Part, Result, Text
from gateway_dash.payload.paths import Path
from gateway_dash.payload.values import at, json_text, map_at, text_at

from .pieces import called_with, leftovers

ENVELOPE = frozenset({"type", "id", "status", "role", "call_id", "object", "created_by", "phase"})
_TEXTS = {"input_text": "text", "output_text": "text", "summary_text": "text", "reasoning_text": "text", "text": "text"}
_MEDIA: dict[str, tuple[media.What, tuple[str, ...]]] = {
    "input_image": ("image", ("image_url",)),
    "input_file": ("file", ("file_data", "file_url")),
    "computer_screenshot": ("image", ("image_url",)),
    "input_video": ("video", ("video_url",)),
}


def role_of(item: Any, default: str) -> str:
    """Who says an item: a message says it itself; a result is of a tool, and a call of the model."""
    kind = text_at(item, "type")
    if role := text_at(item, "role"):
        return role
    if kind.endswith("_output"):
        return "tool"
    if kind == "item_reference":
        return "reference"
    if kind.endswith(("_call", "_request", "_list_tools")) or kind in ("reasoning", "compaction"):
        return "assistant"
    return default


def parts_of_item(item: Any, path: Path) -> list[Part]:
    """What an item holds."""
    kind = text_at(item, "type")
    if kind == "message" or (not kind and "content" in map_at(item)):
        return _message(item, path)
    if kind == "reasoning":
        return _reasoning(item, path)
    if kind.endswith("_output") and "output" in map_at(item):
        return [_result(item, path)]
    if kind.endswith("_call"):
        return _call(item, kind, path)
    return _part(item, path)


def parts_of(content: Any, path: Path) -> list[Part]:
    """A text, or a list of parts."""
    if isinstance(content, str):
        return [Text(content, path)] if content else []
    if not isinstance(content, list):
        return [] if content is None else [Json(content, path)]
    return [part for number, each in enumerate(content) for part in _part(each, (*path, number))]


def _message(item: Any, path: Path) -> list[Part]:
    known = {*ENVELOPE, "content", "name"}
    return [*parts_of(at(item, "content"), (*path, "content")), *leftovers(item, known, path)]


def _reasoning(item: Any, path: Path) -> list[Part]:
    """What it thought in full, where that is told, and as a summary. Encrypted thoughts are shown as they are."""
    found = []
    for key in ("summary", "content"):
        for part in parts_of(at(item, key), (*path, key)):
            found.append(Text(part.text, part.path, "reasoning") if isinstance(part, Text) else part)
    found += leftovers(item, {*ENVELOPE, "summary", "content"}, path)
    return found or [Json(item, path, label="reasoning")]


def _result(item: Any, path: Path) -> Result:
    output = at(item, "output")
    place = (*path, "output")
    parts = _part(output, place) if isinstance(output, dict) else parts_of(output, place)
    parts += leftovers(item, {*ENVELOPE, "output", "name"}, path)
    return Result(text_at(item, "call_id") or text_at(item, "id"), tuple(parts), path, name=text_at(item, "name"))


def _call(item: Any, kind: str, path: Path) -> list[Part]:
    """A call: of a function, of a custom tool, or of one that the provider runs itself, which holds its result too."""
    short = kind.removesuffix("_call")
    call_id = text_at(item, "call_id") or text_at(item, "id")
    if kind in ("function_call", "mcp_call"):
        arguments, text, problem = called_with(at(item, "arguments"))
        parts: list[Part] = [Call(text_at(item, "name"), call_id, arguments, text, path, problem, short)]
        known = {*ENVELOPE, "arguments", "name", "output", "error"}
        return [*parts, *_outcome(item, call_id, path), *leftovers(item, known, path)]
    if kind == "custom_tool_call":
        text = text_at(item, "input")
        call = Call(text_at(item, "name"), call_id, None, text, path, kind="custom")
        return [call, *leftovers(item, {*ENVELOPE, "input", "name"}, path)]
    if kind == "image_generation_call":
        return _picture(item, call_id, path)
    asked, key = _asked(item)
    text = asked if isinstance(asked, str) else "" if asked is None else json_text(asked)
    call = Call(short, call_id, None if isinstance(asked, str) else asked, text, path, kind=short)
    return [call, *leftovers(item, {*ENVELOPE, key}, path)]


def _asked(item: Any) -> tuple[Any, str]:
    """What a tool of the provider was asked: a search, queries, code, a click."""
    for key in ("action", "queries", "code", "actions", "operation"):
        if (found := at(item, key)) is not None:
            return found, key
    return None, ""


def _outcome(item: Any, call_id: str, path: Path) -> list[Part]:
    found: list[Part] = []
    for key in ("output", "error"):
        if (value := at(item, key)) is not None:
            parts = tuple(parts_of(value, (*path, key)))
            found.append(Result(call_id, parts, (*path, key), text_at(item, "name"), is_error=key == "error"))
    return found


def _picture(item: Any, call_id: str, path: Path) -> list[Part]:
    """A picture that the provider drew; `result` is its base64."""
    prompt = text_at(item, "revised_prompt")
    parts: list[Part] = [Call("image_generation", call_id, None, prompt, path, kind="image_generation")]
    if data := text_at(item, "result"):
        form = text_at(item, "output_format")
        kind = f"image/{form}" if form else ""
        parts.append(media.inline("image", data, (*path, "result"), type=kind))
    return [*parts, *leftovers(item, {*ENVELOPE, "result", "revised_prompt", "output_format"}, path)]


def _part(value: Any, path: Path) -> list[Part]:
    kind = text_at(value, "type")
    if isinstance(value, str):
        return [Text(value, path)] if value else []
    if kind in _TEXTS and isinstance(at(value, "text"), str):
        kept: list[Part] = [Text(text_at(value, "text"), (*path, "text"))] if value["text"] else []
        return [*kept, *leftovers(value, ("type", "text"), path)]
    if kind == "refusal" and text_at(value, "refusal"):
        return [Text(text_at(value, "refusal"), (*path, "refusal"), "refusal")]
    if kind in _MEDIA:
        return _media(value, kind, path)
    if kind == "input_audio" and map_at(value, "input_audio"):
        form = text_at(value, kind, "format")
        data = text_at(value, kind, "data")
        return [media.inline("audio", data, (*path, kind, "data"), type=f"audio/{form}" if form else "")]
    return [Json(value, path, label=kind)]


def _media(value: Any, kind: str, path: Path) -> list[Part]:
    """Inline, behind an address, or by the id of a file that the provider has."""
    what, keys = _MEDIA[kind]
    name, known = text_at(value, "filename"), {"type", "filename", *keys}
    rest = leftovers(value, known, path)
    for key in keys:
        if link := text_at(value, key):
            bare = key == "file_data" and not link.startswith("data:")
            place = (*path, key)
            found = media.inline(what, link, place, name=name) if bare else media.linked(what, link, place, name=name)
            return [found, *rest]
    if found_id := text_at(value, "file_id"):
        return [Media(what, path, name=name or found_id), *(each for each in rest if each.label != "file_id")]
    return [Json(value, path, label=kind)]
