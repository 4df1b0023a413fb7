"""A body read by the shape it is in; a request and its response read together."""

from __future__ import annotations

from dataclasses import dataclass

from .conversation import Assembled, Said, Side
from .document import Document
from .shapes import Hints, Shape, gateway, openai_chat, others

PROVIDERS: tuple[Shape, ...] = (*others.BEFORE, openai_chat.SHAPE, *others.AFTER)
SHAPES: tuple[Shape, ...] = (gateway.over(PROVIDERS), *PROVIDERS)


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
    if document.kind in ("form", "text", "bytes"):
        return Reading(document, _other(document, side, hints))
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


def _other(document: Document, side: Side, hints: Hints) -> Said | None:
    """What a body says that is no JSON."""
    readers = (shape.document for shape in SHAPES if shape.document)
    return next((said for read in readers if (said := read(document, side, hints)) is not None), None)
