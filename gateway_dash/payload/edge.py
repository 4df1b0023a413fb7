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
    """The same with the part marked that the cut goes through. It is in the last turn that stands at the edge."""
    turns = tuple(
        replace(turn, parts=tuple(_marked(part, edge) for part in turn.parts)) if _holds(turn.parts, edge) else turn
        for turn in said.turns
    )
    return replace(said, turns=turns)


def _holds(parts: tuple[Part, ...], edge: Path) -> bool:
    return any(_marked(part, edge) is not part for part in parts)


def _marked(part: Part, edge: Path) -> Part:
    if isinstance(part, Result):
        return (
            replace(part, parts=tuple(_marked(each, edge) for each in part.parts)) if _holds(part.parts, edge) else part
        )
    if isinstance(part, Text) and part.path == edge:
        return replace(part, is_cut=True)
    if isinstance(part, Media) and (part.data_path or part.path) == edge:
        return replace(part, is_cut=True)
    return part
