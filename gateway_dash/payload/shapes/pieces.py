"""What several shapes need: parameters, arguments of calls, errors, and what no reader knows."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from gateway_dash.payload.conversation import Finding, Json, Said, Text, Turn
from gateway_dash.payload.paths import Path
from gateway_dash.payload.values import Unreadable, at, json_text, map_at, number_at, read_json, text_at


def parameters(value: Any, but: Collection[str]) -> tuple[tuple[str, str], ...]:
    """What else a request asks for, in the order in which it stands there."""
    found = []
    for key, each in map_at(value).items():
        if key not in but:
            found.append((key, each if isinstance(each, str) else json_text(each, indent=None)))
    return tuple(found)


def leftovers(value: Any, known: Collection[str], path: Path) -> list[Json]:
    """What stands in an object under keys that its reader does not know. Nothing (null, an empty list) is left out."""
    return [
        Json(each, (*path, key), label=key)
        for key, each in map_at(value).items()
        if key not in known and each not in (None, "", [], {})
    ]


def arguments_of(text: str) -> tuple[Any, str]:
    """The value that a text of arguments holds, and why it could not be read."""
    if not text.strip():
        return None, "it is empty"
    try:
        value, is_cut = read_json(text.encode("utf-8", "surrogatepass"))
    except Unreadable as error:
        return None, str(error)
    return (None, "it ends in the middle") if is_cut else (value, "")


def called_with(value: Any) -> tuple[Any, str, str]:
    """Arguments, their text, and what is wrong with it: of a text that holds JSON, or of the value itself."""
    if isinstance(value, str):
        arguments, problem = arguments_of(value)
        return arguments, value, problem
    return (None, "", "it is missing") if value is None else (value, json_text(value), "")


def others_in(value: dict[str, Any], known: Collection[Path]) -> tuple[tuple[str, str], ...]:
    """What a usage block says beside what has a field, one level deep, without zeros: ("audio tokens", "12")."""
    found = []
    for key, each in value.items():
        inner = [((key, name), name) for name in each] if isinstance(each, dict) else [((key,), key)]
        for path, name in inner:
            said = number_at(value, *path) or text_at(value, *path)
            if said and path not in known:
                found.append((name.replace("_", " "), str(said)))
    return tuple(found)


def error_said(shape: str, value: Any, path: Path, *, model: str = "") -> Said:
    """A body that is an error of the provider: `path` leads to the object with its message."""
    error = at(value, *path)
    message = text_at(error, "message") or (error if isinstance(error, str) else "")
    parts = [Text(message, (*path, "message") if isinstance(error, dict) else path)] if message else []
    around = leftovers(value, ("error", "type", "request_id", "model"), ()) if path else []
    turn = Turn("error", (*parts, *leftovers(error, ("message",), path), *around), path)
    return Said(shape, (turn,), model=model, findings=(error_found(error, path),), is_error=True)


def error_found(error: Any, path: Path) -> Finding:
    """The finding for an error of the provider: its words, and its codes."""
    message = text_at(error, "message") or (error if isinstance(error, str) else "") or "It has no message."
    codes = [at(error, key) for key in ("type", "code", "param")]
    told = ", ".join(str(code) for code in codes if isinstance(code, str | int) and code != "")
    text = f"{message} ({told})" if told else message
    return Finding("provider-error", "err", "The provider answered with an error", text, "response", path)
