"""The answer in a response as plain text, to be compared with another: without ids, times and usage."""

from __future__ import annotations

from .conversation import Call, Json, Part, Result, Said, Text
from .document import read_document
from .exchange import read_side
from .shapes import Hints
from .values import json_text


def answer_text(data: bytes, hints: Hints, *, whole: bool = True) -> str | None:
    """What was said and which tools were called; None where no shape knows the body, or text is not all of it."""
    said = read_side(read_document(data, whole=whole), "response", hints).said
    return None if said is None or said.is_error else _text_of(said)


def _text_of(said: Said) -> str | None:
    pieces: list[str] = []
    for turn in said.turns:
        for part in turn.parts:
            text = _part(part)
            if text is None:
                return None
            pieces += [text] if text else []
    return "\n".join(pieces) or None


def _part(part: Part) -> str | None:
    """The part as text; nothing for what is thought, for it is no answer; None for what is no text."""
    if isinstance(part, Text):
        return "" if part.kind == "reasoning" else part.text
    if isinstance(part, Call):
        arguments = part.text if part.arguments is None else json_text(part.arguments)
        return f"{part.name}({arguments})"
    if isinstance(part, Json):
        return json_text(part.value)
    if isinstance(part, Result):
        inner = [_part(each) for each in part.parts if not isinstance(each, Result)]
        return None if None in inner else "\n".join(each for each in inner if each)
    return None
