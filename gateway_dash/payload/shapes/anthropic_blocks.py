"""The blocks of Anthropic's messages: texts, thoughts, pictures, documents, calls of tools and their results."""

from __future__ import annotations

from typing import Any

from gateway_dash.payload import media
from gateway_dash.payload.conversation import Call, Json, Media, Part, Result, Text
from gateway_dash.payload.paths import Path
from gateway_dash.payload.values import at, list_at, map_at, text_at

from .pieces import called_with, leftovers

# Proofs for the provider that mean nothing to a reader; they stand in the tree.
_SEALS = ("signature", "encrypted_index")
_CALLS = {"tool_use": "function", "server_tool_use": "server", "mcp_tool_use": "mcp"}


def parts_of(content: Any, path: Path, *, is_inside: bool = False) -> list[Part]:
    """A text, or a list of blocks. Inside of a block, blocks that hold others are not followed further."""
    if isinstance(content, str):
        return [Text(content, path)] if content else []
    if isinstance(content, list):
        return [part for number, block in enumerate(content) for part in block_parts(block, (*path, number), is_inside)]
    return [] if content is None else [Json(content, path)]


def block_parts(block: Any, path: Path, is_inside: bool = False) -> list[Part]:
    """What one block holds."""
    kind = text_at(block, "type")
    if isinstance(block, str):
        return [Text(block, path)] if block else []
    if kind == "text" and isinstance(at(block, "text"), str):
        kept: list[Part] = [Text(block["text"], (*path, "text"))] if block["text"] else []
        return [*kept, *leftovers(block, ("type", "text", *_SEALS), path)]
    if kind == "thinking" and text_at(block, "thinking"):
        thought = Text(text_at(block, "thinking"), (*path, "thinking"), "reasoning")
        return [thought, *leftovers(block, ("type", "thinking", *_SEALS), path)]
    if kind in _CALLS:
        return [_call(block, _CALLS[kind], path), *leftovers(block, ("type", "id", "name", "input"), path)]
    if kind.endswith("tool_result") and not is_inside:
        return [_result(block, path)]
    if kind in ("image", "document") and map_at(block, "source") and not (is_inside and at(block, "source", "content")):
        return _sourced(block, kind, path)
    label = {"redacted_thinking": "redacted thinking", "thinking": "thinking that is not shown"}.get(kind, kind)
    return [Json(block, path, label=label)]


def _call(block: Any, kind: str, path: Path) -> Call:
    arguments, text, problem = called_with(at(block, "input"))
    return Call(text_at(block, "name"), text_at(block, "id"), arguments, text, path, problem, kind)


def _result(block: Any, path: Path) -> Result:
    """What a tool gave: a text, blocks, or one object that may be an error."""
    content, place = at(block, "content"), (*path, "content")
    is_one = isinstance(content, dict)
    parts = block_parts(content, place, True) if is_one else parts_of(content, place, is_inside=True)
    parts += leftovers(block, ("type", "tool_use_id", "content", "is_error"), path)
    failed = at(block, "is_error") is True or text_at(content, "type").endswith("_error")
    return Result(text_at(block, "tool_use_id"), tuple(parts), path, is_error=failed)


def _sourced(block: Any, kind: str, path: Path) -> list[Part]:
    """A picture or a document: inline, behind an address, a file of the provider's, a text, or blocks."""
    source, place = map_at(block, "source"), (*path, "source")
    what: media.What = "image" if kind == "image" else "file"
    name, form, by = text_at(block, "title"), text_at(source, "media_type"), text_at(source, "type")
    rest: list[Part] = list(leftovers(block, ("type", "source", "title"), path))
    if by == "base64" and isinstance(source.get("data"), str):
        return [media.inline(what, source["data"], (*place, "data"), type=form, name=name), *rest]
    if by == "url" and isinstance(source.get("url"), str):
        return [media.linked(what, source["url"], (*place, "url"), type=form, name=name), *rest]
    if by == "file" and text_at(source, "file_id"):
        return [Media(what, place, form, name=name or text_at(source, "file_id")), *rest]
    told = [Json(name, (*path, "title"), label="title")] if name else []
    if by == "text" and isinstance(source.get("data"), str):
        return [*told, Text(source["data"], (*place, "data")), *rest]
    if by == "content" and (isinstance(source.get("content"), str) or list_at(source, "content")):
        return [*told, *parts_of(source["content"], (*place, "content"), is_inside=True), *rest]
    return [Json(block, path, label=kind)]
