"""Where a body that is cut at its end was cut: the text that the cut goes through."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .conversation import Media, Part, Result, Said, Text
from .document import Document
from .paths import Path
from .values import Unreadable, at, read_closed


def cut_through(document: Document) -> Path | None:
    """Where the text stands that goes on behind the end of the body; None if the cut goes through no text."""
    if document.kind != "json" or not document.is_cut:
        return None
    path = right_edge(document.value)
    if not isinstance(at(document.value, *path), str):
        return None
    try:
        closed = read_closed(document.data)
    except Unreadable:
        return path
    return path if at(closed, *path) is None else None


def right_edge(value: Any) -> Path:
    """The way to the leaf that was written last."""
    steps: list[str | int] = []
    while value and isinstance(value, dict | list):
        step: str | int = next(reversed(value)) if isinstance(value, dict) else len(value) - 1
        steps.append(step)
        value = value[step]  # type: ignore[index] # the step was taken from the value itself
    return tuple(steps)


def mark_cut(said: Said, edge: Path) -> Said:
    """The same with the part marked that the cut goes through."""
    turns = []
    for turn in said.turns:
        parts = _all_marked(turn.parts, edge)
        turns.append(turn if parts is turn.parts else replace(turn, parts=parts))
    return replace(said, turns=tuple(turns))


def _all_marked(parts: tuple[Part, ...], edge: Path) -> tuple[Part, ...]:
    """The parts themselves where none of them stands at the edge."""
    marked = tuple(_marked(part, edge) for part in parts)
    return parts if all(new is old for new, old in zip(marked, parts, strict=True)) else marked


def _marked(part: Part, edge: Path) -> Part:
    if isinstance(part, Result):
        parts = _all_marked(part.parts, edge)
        return part if parts is part.parts else replace(part, parts=parts)
    if isinstance(part, Text) and part.path == edge:
        return replace(part, is_cut=True)
    if isinstance(part, Media) and (part.data_path or part.path) == edge:
        return replace(part, is_cut=True)
    return part
