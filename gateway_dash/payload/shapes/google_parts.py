"""The parts of Google's contents, in the two spellings of their keys: `inlineData` and `inline_data`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from gateway_dash.payload import media
from gateway_dash.payload.conversation import Call, Json, Media, Part, Result, Text
from gateway_dash.payload.paths import Path
from gateway_dash.payload.values import at, json_text, list_at, map_at, number_at, text_at

COUNTS = (
    "promptTokenCount", "candidatesTokenCount", "thoughtsTokenCount", "totalTokenCount", "cachedContentTokenCount",
)  # fmt: skip
DETAILS = (("promptTokensDetails", "in"), ("candidatesTokensDetails", "out"), ("cacheTokensDetails", "cached"))
SCHEMA_DEPTH = 60
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


def key_of(value: Any, name: str) -> str:
    """The key under which something stands: the name, or its spelling with underscores if that is there instead."""
    if isinstance(value, dict) and name not in value:
        spelled = _HUMP.sub("_", name).lower()
        return spelled if spelled in value else name
    return name


def part(value: Any, path: Path, text_key: Path = ("text",)) -> list[Part]:
    """One part of a content; an empty text is none."""
    text = at(value, "text")
    if isinstance(text, str):
        return [Text(text, (*path, *text_key), "reasoning" if at(value, "thought") is True else "text")] if text else []
    for name, reader in _READERS.items():
        key = key_of(value, name)
        if map_at(value, key):
            return [reader(map_at(value, key), (*path, key))]
    return [Json(value, path)]


def _inline(value: Any, path: Path) -> Part:
    type_ = text_at(value, key_of(value, "mimeType"))
    return media.inline(what_is(type_), text_at(value, "data"), (*path, "data"), type=type_)


def _linked(value: Any, path: Path) -> Part:
    type_, key = text_at(value, key_of(value, "mimeType")), key_of(value, "fileUri")
    return Media(what_is(type_), (*path, key), type_, url=text_at(value, key))


def _call(value: Any, path: Path) -> Part:
    arguments = at(value, "args")
    text = "" if arguments is None else json_text(arguments, indent=None)
    return Call(text_at(value, "name"), text_at(value, "id"), {} if arguments is None else arguments, text, path)


def _result(value: Any, path: Path) -> Part:
    answer = at(value, "response")
    inner: list[Part] = []
    for key in ("result", "output", "content", "error"):
        if isinstance(answer, dict) and len(answer) == 1 and (text := text_at(answer, key)):
            inner.append(Text(text, (*path, "response", key)))
    if not inner and answer is not None:
        inner.append(Json(answer, (*path, "response")))
    return Result(
        text_at(value, "id"), tuple(inner), path, name=text_at(value, "name"), is_error="error" in map_at(answer)
    )


def _code(value: Any, path: Path) -> Part:
    return Call("code_execution", text_at(value, "id"), value, text_at(value, "code"), path, kind="code_execution")


def _code_result(value: Any, path: Path) -> Part:
    output = text_at(value, "output")
    outcome = text_at(value, "outcome")
    inner: tuple[Part, ...] = (Text(output, (*path, "output")),) if output else (Json(value, path),)
    return Result(text_at(value, "id"), inner, path, "code_execution", is_error=outcome not in ("", "OUTCOME_OK"))


_READERS = {
    "functionCall": _call,
    "functionResponse": _result,
    "inlineData": _inline,
    "fileData": _linked,
    "executableCode": _code,
    "codeExecutionResult": _code_result,
}


def details(usage: Any) -> Iterator[tuple[str, str]]:
    """The counts of a usage block by what was counted: ("image in", "258")."""
    for name, side in DETAILS:
        for each in list_at(usage, key_of(usage, name)):
            number = number_at(each, key_of(each, "tokenCount"))
            if number is not None and (modality := text_at(each, "modality")):
                yield f"{modality} {side}", str(number)
    number = number_at(usage, key_of(usage, "toolUsePromptTokenCount"))
    if number is not None:
        yield "tool use in", str(number)


def what_is(type_: str) -> media.What:
    """Whether a type is that of a picture, a sound, a film, or of something else."""
    for what in ("image", "audio", "video"):
        if type_.lower().startswith(f"{what}/"):
            return what
    return "file"


def plain_schema(value: Any, depth: int = 0) -> Any:
    """A schema in Google's words as JSON Schema: types in small letters, `nullable` as one more type."""
    if depth > SCHEMA_DEPTH:
        return True  # anything: deeper than anybody checks
    if isinstance(value, list):
        return [plain_schema(each, depth + 1) for each in value]
    if not isinstance(value, dict):
        return value
    found = {key: plain_schema(each, depth + 1) for key, each in value.items()}
    kind = found.get("type")
    if isinstance(kind, str):
        found["type"] = [kind.lower(), "null"] if value.get("nullable") is True else kind.lower()
    return found
