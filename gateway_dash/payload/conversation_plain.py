"""A conversation as plain texts with secrets masked: what leaves with a copy, and what a page without actions shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .conversation import Call, Json, Media, Part, Result, Said, Text, Turn
from .outgoing import Masking
from .values import json_text

type Kind = Literal["text", "reasoning", "refusal", "call", "result", "media", "json"]


@dataclass(frozen=True, slots=True)
class PlainPart:
    """One part. All its texts are masked already, and may hold anything else that a stranger wrote."""

    kind: Kind
    text: str = ""
    name: str = ""  # of a tool, of what a picture is, of a value
    id: str = ""  # of a call
    problem: str = ""  # why the arguments of a call are no JSON
    is_json: bool = False
    is_error: bool = False
    is_cut: bool = False
    parts: tuple[PlainPart, ...] = ()  # of a result


@dataclass(frozen=True, slots=True)
class PlainTurn:
    """What one side said at one time."""

    role: str
    name: str
    label: str
    finish: str
    parts: tuple[PlainPart, ...]


@dataclass(frozen=True, slots=True)
class PlainSide:
    """One body."""

    model: str
    turns: tuple[PlainTurn, ...]


def plain_side(said: Said, masking: Masking) -> PlainSide:
    """All that a body says, in its order."""
    called = {part.id: part.name for turn in said.turns for part in turn.parts if isinstance(part, Call)}
    return PlainSide(masking.text(said.model), tuple(_turn(turn, called, masking) for turn in said.turns))


def _turn(turn: Turn, called: dict[str, str], masking: Masking) -> PlainTurn:
    role, name, label, finish = (masking.text(text) for text in (turn.role, turn.name, turn.label, turn.finish))
    return PlainTurn(role, name, label, finish, tuple(_part(part, called, masking) for part in turn.parts))


def _part(part: Part, called: dict[str, str], masking: Masking) -> PlainPart:
    """`called` has the names of the calls, by their ids: a result may say the id alone."""
    if isinstance(part, Text):
        return PlainPart(part.kind, masking.text(part.text), is_cut=part.is_cut)
    if isinstance(part, Call):
        text = masking.text(part.text if part.problem else json_text(part.arguments))
        name, call_id = masking.text(part.name), masking.text(part.id)
        return PlainPart("call", text, name, call_id, part.problem, is_json=not part.problem)
    if isinstance(part, Result):
        within = tuple(_within(each, masking) for each in part.parts)
        return PlainPart(
            "result",
            name=masking.text(part.name or called.get(part.call_id) or part.call_id),
            is_error=part.is_error,
            parts=within,
        )
    if isinstance(part, Media):
        return PlainPart("media", _facts(part, masking), part.what)
    return _json(part, masking)


def _within(part: Part, masking: Masking) -> PlainPart:
    """What a tool gave back. A result inside a result is shown as it is."""
    if isinstance(part, Text):
        return PlainPart("text", masking.text(part.text), is_json=part.text.lstrip()[:1] in ("{", "["))
    if isinstance(part, Media | Json):
        return _part(part, {}, masking)
    return PlainPart("text", masking.text(repr(part)[:2000]))


def _json(part: Json, masking: Masking) -> PlainPart:
    text = masking.text(masking.without_base64(json_text(part.value)))
    return PlainPart("json", text, masking.text(part.label), is_json=True)


def _facts(part: Media, masking: Masking) -> str:
    """ "image/png, 640 × 480, 12,345 bytes", with its address as text."""
    facts = [part.type] if part.type else []
    facts += [f"{part.width} × {part.height}"] if part.width and part.height else []
    facts += [f"{part.size:,} bytes"] if part.size is not None else []
    facts += [masking.text(part.name)] if part.name else []
    facts += [masking.text(part.url)] if part.url else []
    return ", ".join(facts)
