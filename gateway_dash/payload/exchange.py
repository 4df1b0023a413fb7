"""A body read by the shape it is in; a request and its response read together."""

from __future__ import annotations

from dataclasses import dataclass, replace

from . import doctor
from .conversation import Assembled, Finding, Said, Side
from .document import Document
from .edge import cut_through, mark_cut
from .shapes import (
    Hints,
    Shape,
    anthropic,
    gateway,
    openai_chat,
    openai_completions,
    openai_moderations,
    openai_responses,
    others,
    provider_error,
)

PROVIDERS: tuple[Shape, ...] = (
    *others.BEFORE,
    anthropic.SHAPE,
    openai_responses.SHAPE,
    openai_chat.SHAPE,
    openai_completions.SHAPE,
    openai_moderations.SHAPE,
    provider_error.SHAPE,
    *others.AFTER,
)
SHAPES: tuple[Shape, ...] = (gateway.over(PROVIDERS), *PROVIDERS)


@dataclass(frozen=True, slots=True)
class Reading:
    """One body: what it is, and what it says if a shape knows it. `assembled`: it was a stream.

    Of a stream that no shape knows, `assembled` holds findings and no value.
    """

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
            edge = cut_through(document)
            return Reading(document, mark_cut(said, edge) if edge else said)
    return Reading(document)


def _stream(document: Document, hints: Hints) -> Reading:
    for shape in SHAPES:
        assembled = shape.assemble(document.events, hints) if shape.assemble else None
        said = shape.response(assembled.value, hints) if assembled else None
        if assembled and said:
            found = _held(document, assembled.findings)
            return Reading(document, _without_twins(said, found), replace(assembled, findings=found))
    unread = tuple(doctor.of_events(document.events))
    return Reading(document, None, Assembled(None, _held(document, unread)))


def _without_twins(said: Said, found: tuple[Finding, ...]) -> Said:
    """An error in the stream stands in its value too; it is told once, with the event that brought it."""
    if not any(each.code == "stream-error" for each in found):
        return said
    return replace(said, findings=tuple(each for each in said.findings if each.code != "provider-error"))


def _held(document: Document, found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The findings that hold where the end of the stream was not read, and a word that it was not."""
    if document.rest_at is None and document.is_whole:
        return found
    many = len(document.events)
    text = f"The first {many:,} events were read. Nothing is said about how the stream ended."
    rest = Finding("stream-not-whole", "info", "Only the beginning of the stream was read", text, "response")
    return (*doctor.as_far_as_read(found), rest)


def _other(document: Document, side: Side, hints: Hints) -> Said | None:
    """What a body says that is no JSON."""
    readers = (shape.document for shape in SHAPES if shape.document)
    return next((said for read in readers if (said := read(document, side, hints)) is not None), None)
