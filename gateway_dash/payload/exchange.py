"""A body read by the shape it is in; a request and its response read together."""

from __future__ import annotations

from dataclasses import dataclass

from .conversation import Assembled, Said, Side
from .document import Document
from .shapes import Hints, Shape, openai_chat

SHAPES: tuple[Shape, ...] = (openai_chat.SHAPE,)


@dataclass(frozen=True, slots=True)
class Reading:
    """One body: what it is, and what it says if a shape knows it. `assembled`: it was a stream."""

    document: Document
    said: Said | None = None
    assembled: Assembled | None = None


def read_side(document: Document, side: Side, hints: Hints) -> Reading:
    """What the body says. Without a shape that knows it, the document is still there to be shown."""
    if document.kind == "events" and side == "response":
        return _stream(document, hints)
    for shape in SHAPES:
        said = getattr(shape, side)(document.value, hints)
        if said is not None:
            return Reading(document, said)
    return Reading(document)


def _stream(document: Document, hints: Hints) -> Reading:
    for shape in SHAPES:
        assembled = shape.assemble(document.events, hints) if shape.assemble else None
        said = shape.response(assembled.value, hints) if assembled else None
        if assembled and said:
            return Reading(document, said, assembled)
    return Reading(document)
