"""JSON as attackers write it, read without falling over; and what is found in it, reached for without trust."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jiter

from .closing import close

MOST_VALUES = 400_000  # in one document: each costs memory, and a body of 10 MB can hold five million
_DIGITS = 400  # longer integers stay text: Python refuses to print those of 4,300 digits
_DEPTH = 200


class Unreadable(ValueError):
    """No JSON, or none that is read; its text says why."""


def read_json(data: bytes) -> tuple[Any, bool]:
    """The value, and whether the text ended before it did; raises Unreadable.

    Of a text that is cut, everything up to the cut is there. Lone surrogates are kept: whoever shows them marks them.
    """
    if data.count(b",") + data.count(b"[") + data.count(b"{") > MOST_VALUES:
        raise Unreadable(f"it holds more than {MOST_VALUES:,} values")
    try:
        return jiter.from_json(data, cache_mode="keys"), False
    except ValueError as error:
        problem = str(error)
    try:
        return _thorough(data.decode("utf-8", "replace")), False
    except (ValueError, RecursionError):
        pass
    if "EOF" in problem or "end of" in problem:
        try:
            return jiter.from_json(data, cache_mode="keys", partial_mode="trailing-strings"), True
        except ValueError as error:
            problem = str(error)
    if "recursion" in problem:
        raise Unreadable("it is nested too deeply")
    return _closed(data, problem, keep_open_text=True), True


def read_closed(data: bytes) -> Any:
    """What of a JSON text that is cut was closed before the cut; raises Unreadable."""
    try:
        return jiter.from_json(data, cache_mode="keys", partial_mode="on")
    except ValueError as error:
        return _closed(data, str(error), keep_open_text=False)


def _closed(data: bytes, problem: str, *, keep_open_text: bool) -> Any:
    """A text that is cut and odd as well."""
    text = close(data.decode("utf-8", "replace"), keep_open_text=keep_open_text)
    try:
        return _thorough(text or "")
    except (ValueError, RecursionError):
        raise Unreadable(problem) from None


def _thorough(text: str) -> Any:
    """What the quick reader refuses: bytes that are no UTF-8, half surrogates, endless integers, raw line ends."""
    value = json.loads(text, parse_int=_bounded, strict=False)
    if _is_deep(value):
        raise RecursionError
    return value


def _bounded(digits: str) -> int | str:
    return int(digits) if len(digits) <= _DIGITS else digits


def _is_deep(value: Any) -> bool:
    """Whether something in it lies deeper than is read; level by level, so that looking is no recursion."""
    level = [value]
    for _ in range(_DEPTH):
        level = [item for each in level for item in inside(each)]
        if not level:
            return False
    return True


def inside(value: Any) -> list[Any]:
    """The values directly inside an object or a list that may hold others."""
    held = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [each for each in held if isinstance(each, dict | list)]


def text_at(value: Any, *path: str | int) -> str:
    """The text at a path, or nothing where something else or nothing is."""
    found = at(value, *path)
    return found if isinstance(found, str) else ""


def map_at(value: Any, *path: str | int) -> dict[str, Any]:
    """The object at a path, or an empty one."""
    found = at(value, *path)
    return found if isinstance(found, dict) else {}


def list_at(value: Any, *path: str | int) -> list[Any]:
    """The list at a path, or an empty one."""
    found = at(value, *path)
    return found if isinstance(found, list) else []


def number_at(value: Any, *path: str | int) -> int | float | None:
    """The number at a path; None where there is none. A truth value is none, nor is what is not finite."""
    found = at(value, *path)
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    return found if abs(found) < 2**63 else None  # also false for NaN


def at(value: Any, *path: str | int) -> Any:
    """What stands at a path, or None."""
    for step in path:
        if isinstance(step, str) and isinstance(value, dict):
            value = value.get(step)
        elif isinstance(step, int) and isinstance(value, list) and -len(value) <= step < len(value):
            value = value[step]
        else:
            return None
    return value


def json_text(value: Any, *, indent: int | None = 2) -> str:
    """A value that was read, as JSON again; what cannot be written says so."""
    try:
        return json.dumps(value, ensure_ascii=False, indent=indent)
    except (ValueError, RecursionError, TypeError):
        return "(a value that cannot be written as JSON)"


def texts_in(value: Any) -> Iterator[tuple[str, str]]:
    """Every text in a value with the name that it stands under; in a list, with the list's own."""
    level = [("", value)]
    while level:
        below: list[tuple[str, Any]] = []
        for name, each in level:
            if isinstance(each, str):
                yield name, each
            elif isinstance(each, dict):
                below += each.items()
            elif isinstance(each, list):
                below += ((name, item) for item in each)
        level = below
