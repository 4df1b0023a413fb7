"""Long rows of numbers told in brief: nobody reads 1,536 of them, but all want to know that there are so many."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .conversation import Json, Part
from .paths import Path

SHOWN = 3
MOST_PARTS = 100  # vectors that are told one by one


def numbers(value: Any, path: Path, what: str = "numbers") -> Json:
    """A vector: how long it is, and how it begins. Base64 is four bytes for each number."""
    if isinstance(value, str):
        return Json(value[:16] + "…", path, label=f"{len(value) * 3 // 16:,} {what}, as base64")
    if isinstance(value, list) and len(value) > SHOWN:
        return Json(value[:SHOWN], path, label=f"{len(value):,} {what}, the first {SHOWN}")
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
