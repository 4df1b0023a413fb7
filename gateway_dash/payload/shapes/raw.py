"""Bodies that are no JSON: forms with their fields and files, bytes of a known kind, and short texts."""

from __future__ import annotations

from typing import Any

from gateway_dash.payload import media
from gateway_dash.payload.conversation import Finding, Media, Part, Said, Side, Text, Turn
from gateway_dash.payload.document import Document
from gateway_dash.payload.forms import MOST_FIELDS, Field, read_form

from . import Hints, Shape
from .google_parts import what_is

FORM, BYTES, TEXT = "Form", "Bytes", "Text"
LONGEST_FIELD = 100_000  # bytes of a field that is told as text or as a setting
LONGEST_TEXT = 4000  # characters of a text without any form that is taken for an answer
WORDS = ("prompt", "text", "input")
_MORE_FIELDS = Finding(
    "form-not-whole", "info", "Only the first fields were read", f"No more than {MOST_FIELDS} are.", "request"
)


def nothing(value: Any, hints: Hints) -> Said | None:
    """None of these is read from JSON."""
    return None


def form(document: Document, side: Side, hints: Hints) -> Said | None:
    """A turn with the words and the files of a form; its other fields are settings."""
    found = read_form(document.data) if document.kind == "form" else None
    if found is None or not found.fields:
        return None
    parts: list[Part] = []
    settings = []
    for field in found.fields:
        content = document.data[field.start : field.end]
        if field.file_name or field.type or len(content) > LONGEST_FIELD:
            parts.append(_file(field, content))
        elif field.name in WORDS:
            parts.append(Text(content.decode("utf-8", "replace"), (field.name,), is_cut=field.is_cut))
        else:
            settings.append((field.name, content.decode("utf-8", "replace")))
    model = next((value for name, value in settings if name == "model"), "")
    rest = tuple(each for each in settings if each[0] != "model")
    findings = () if found.is_whole else (_MORE_FIELDS,)
    return Said(FORM, (Turn("user", tuple(parts), ()),), parameters=rest, model=model, findings=findings)


def _file(field: Field, content: bytes) -> Media:
    type_ = media.type_of(content[:64]) or field.type
    width, height = media.dimensions(content[: media.HEAD_CHARACTERS])
    name = field.file_name or field.name
    return Media(what_is(type_), (field.name,), type_, len(content), width, height, name=name, is_cut=field.is_cut)


def sound_or_picture(document: Document, side: Side, hints: Hints) -> Said | None:
    """Bytes whose beginning tells what they are."""
    type_ = media.type_of(document.data[:64]) if document.kind == "bytes" else ""
    if not type_:
        return None
    width, height = media.dimensions(document.data[: media.HEAD_CHARACTERS])
    part = Media(what_is(type_), (), type_, len(document.data), width, height, is_cut=document.is_cut)
    return Said(BYTES, (Turn("user" if side == "request" else "assistant", (part,), ()),))


def text(document: Document, side: Side, hints: Hints) -> Said | None:
    """A short answer that is nothing but text; a long one is better read as it is."""
    if document.kind != "text" or side != "response":
        return None
    found = document.data.decode("utf-8", "replace")
    if len(found) > LONGEST_TEXT:
        return None
    return Said(TEXT, (Turn("assistant", (Text(found, (), is_cut=document.is_cut),), ()),))


SHAPES = (
    Shape(FORM, nothing, nothing, document=form),
    Shape(BYTES, nothing, nothing, document=sound_or_picture),
    Shape(TEXT, nothing, nothing, document=text),
)
