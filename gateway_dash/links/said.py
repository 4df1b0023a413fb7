"""What was said, for a page without actions: bounded, masked as far as the link wants, ready to be placed as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from gateway_dash.gateway.models import Log
from gateway_dash.gateway.stored import Side
from gateway_dash.logs.bodies import SIDES
from gateway_dash.logs.evidence import Evidence
from gateway_dash.logs.turns import look_of
from gateway_dash.payload.conversation_plain import PlainPart, PlainSide, PlainTurn, plain_side
from gateway_dash.payload.exchange import read_side
from gateway_dash.payload.outgoing import AsItIs, Masking
from gateway_dash.payload.shapes import Hints
from gateway_dash.web.text import marked

TEXT_LIMIT = 200_000  # characters of what was said: the page is for reading, and the log itself has all
UNKNOWN_LIMIT = 20_000  # of a body that no reader knows


@dataclass(frozen=True, slots=True)
class SaidTurn:
    """One turn. `look` is one of the page's own words; all else may be a stranger's."""

    role: str
    look: str
    about: str
    finish: str
    parts: tuple[PlainPart, ...]


def said_in(
    log: Log, evidences: Mapping[Side, Evidence], *, is_masked: bool
) -> tuple[tuple[SaidTurn, ...], tuple[str, ...]]:
    """The turns of both bodies, and what of them is not here."""
    masking = Masking() if is_masked else AsItIs()
    hints = Hints(log.provider, log.model, log.path)
    problems = [_why(evidences[side]) for side in SIDES if not evidences[side].is_whole]
    turns: list[PlainTurn] = []
    for side in SIDES:
        document = evidences[side].document
        said = read_side(document, side, hints).said
        turns += (plain_side(said, masking) if said else _unknown(side, evidences[side], masking)).turns
    shown, is_cut = _bounded(turns)
    if is_cut:
        problems.append(f"Only the first {TEXT_LIMIT:,} characters are shown.")
    if masking.count:
        problems.append(f"{masking.count:,} secret{'' if masking.count == 1 else 's'} masked.")
    return tuple(_said(turn) for turn in shown), tuple(problems)


def _unknown(side: Side, evidence: Evidence, masking: Masking) -> PlainSide:
    """The beginning of a body that no reader knows."""
    if not evidence.got:
        return PlainSide("", ())
    text = bytes(evidence.document.data).decode("utf-8", "replace")
    begin = masking.begin(text, UNKNOWN_LIMIT)
    part = PlainPart("text", begin, is_json=True, is_cut=len(text) > UNKNOWN_LIMIT)
    return PlainSide("", (PlainTurn(side, "", "no reader knows its form", "", (part,)),))


def _bounded(turns: Iterable[PlainTurn]) -> tuple[list[PlainTurn], bool]:
    """As many as fit, the last one cut; and whether any was."""
    room, shown = _Room(TEXT_LIMIT), []
    for turn in turns:
        if room.left <= 0:
            break
        shown.append(replace(turn, parts=tuple(room.take(part) for part in turn.parts)))
    return shown, room.is_cut or room.left <= 0


class _Room:
    """How much text still fits."""

    def __init__(self, left: int) -> None:
        self.left, self.is_cut = left, False

    def take(self, part: PlainPart) -> PlainPart:
        """The part, cut where the room ends."""
        if len(part.text) > self.left:
            part, self.is_cut = replace(part, text=part.text[: max(0, self.left)], is_cut=True), True
        self.left -= len(part.text)
        return replace(part, parts=tuple(self.take(each) for each in part.parts)) if part.parts else part


def _said(turn: PlainTurn) -> SaidTurn:
    about = ", ".join(each for each in (turn.name, turn.label) if each)
    return SaidTurn(
        marked(turn.role), look_of(turn.role), marked(about), marked(turn.finish), tuple(map(_marked, turn.parts))
    )


def _marked(part: PlainPart) -> PlainPart:
    """With a mark for each sign that cannot be seen."""
    texts: dict[str, Any] = {name: marked(getattr(part, name)) for name in ("name", "id", "problem")}
    return replace(part, text=marked(part.text, lines=True), parts=tuple(map(_marked, part.parts)), **texts)


def _why(evidence: Evidence) -> str:
    return f"{evidence.side.capitalize()}: {evidence.problem.title if evidence.problem else evidence.words}"
