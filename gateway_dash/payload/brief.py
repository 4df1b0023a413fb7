"""Long rows of numbers told in brief: nobody reads 1,536 of them, but all want to know that there are so many."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .conversation import Json, Media, Part
from .paths import Path

MOST_PARTS = 100  # vectors that are told one by one


def numbers(value: Any, path: Path, what: str = "numbers") -> Json | Media:
    """A vector: how long it is, and its first number. Base64 holds four bytes for each number."""
    if isinstance(value, str):
        size = len(value) * 3 // 4 - value[-2:].count("=")
        return Media("file", path, "", size, data_path=path, name=f"{size // 4:,} {what}")
    if isinstance(value, list) and value and isinstance(value[0], int | float):
        return Json(value[0], (*path, 0), label=f"{len(value):,} {what}, the first is")
    return Json(value, path, label=what)


def capped(parts: Iterable[Part], count: int, path: Path) -> tuple[Part, ...]:
    """The first parts, and a word of how many more there are."""
    found: list[Part] = []
    for part in parts:
        if len(found) == MOST_PARTS:
            found.append(Json(None, path, label=f"{count - MOST_PARTS:,} more like these"))
            break
        found.append(part)
    return tuple(found)
