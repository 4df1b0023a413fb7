"""What may stand in a log line, a span or an error that goes elsewhere: words of ours, and of others only what is safe.

The words of an exception may quote whatever was worked on: `KeyError: 'the prompt'`. So of an exception its type is
told, where it was raised, and words only where they come from the system or the interpreter.
"""

from __future__ import annotations

import re
import traceback
from typing import Any

from gateway_dash.gateway.errors import GatewayError
from gateway_dash.payload.masking import masked_credentials
from gateway_dash.web.text import shorten, terminal_safe

LONGEST = 2000  # characters of a message
LONGEST_PATH = 300
CHAIN, FRAMES = 8, 40  # exceptions that led to each other, and the innermost calls of each
_KEYS = re.compile(r"(/(?:share|password)/)[^\s\"'<>?]+")  # addresses that are keys themselves
_QUERY = re.compile(r"(?<=[^\s?])\?[^\s\"'<>()]+")
_INTERPRETERS = (AttributeError, ImportError, NameError)  # their `name` is one of the code


def message(text: str) -> str:
    """One line that nobody can forge: no query strings, no keys, no sign that a terminal obeys."""
    cut = _QUERY.sub("?…", _KEYS.sub(r"\1…", text[: 2 * LONGEST]))
    return terminal_safe(shorten(masked_credentials(cut), LONGEST))


def path(text: str) -> str:
    """The path of an address of ours, as somebody asked for it: it may be anything."""
    return terminal_safe(shorten(masked_credentials(_KEYS.sub(r"\1…", text[: 2 * LONGEST])), LONGEST_PATH))


def value(told: Any) -> Any:
    """A fact beside a message, as JSON can say it."""
    if isinstance(told, str):
        return terminal_safe(shorten(_KEYS.sub(r"\1…", told), LONGEST))
    return told if isinstance(told, bool | int | float) or told is None else terminal_safe(type(told).__name__)


def words_of(error: BaseException) -> str:
    """What an exception says, as far as that cannot quote a log, a filter or a person; maybe nothing."""
    code = getattr(error, "sqlstate", None) or getattr(error, "sqlite_errorname", None)
    if isinstance(code, str):
        return message(code)
    if isinstance(error, GatewayError):
        return message(type(error).title)
    if isinstance(error, OSError) and error.strerror:
        return message(f"[Errno {error.errno}] {error.strerror}")
    if isinstance(error, _INTERPRETERS) and isinstance(error.name, str):
        return message(error.name)
    return ""


def exceptions(error: BaseException | None) -> list[dict[str, Any]]:
    """The exception, and before whom it was raised: type, words, and the frames without their variables."""
    found: list[dict[str, Any]] = []
    while error is not None and len(found) < CHAIN:
        kind = type(error)
        name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
        found.append({"type": name, "message": words_of(error), "frames": _frames(error)})
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return found


def _frames(error: BaseException) -> list[dict[str, Any]]:
    """Outermost first, as Python prints them."""
    every = [
        {"file": _short(frame.f_code.co_filename), "line": line, "function": frame.f_code.co_name}
        for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    return every[-FRAMES:]


def _short(file: str) -> str:
    """A file by its package: where things lie on a machine tells nobody anything."""
    for start in ("/site-packages/", "/gateway_dash/"):
        _, there, rest = file.rpartition(start)
        if there:
            return rest if start == "/site-packages/" else f"gateway_dash/{rest}"
    return file.rpartition("/")[2]
