"""The answers of two twins beside each other: whether they say the same, and where not, in a few lines."""

from __future__ import annotations

from dataclasses import dataclass

from gateway_dash.gateway.models import Log
from gateway_dash.logs.compare_bodies import Half, Stretch, stretches_of
from gateway_dash.payload.answer import answer_text
from gateway_dash.payload.difference import compare
from gateway_dash.payload.masking import masked_text
from gateway_dash.payload.shapes import Hints
from gateway_dash.payload.text import show

SHOWN = 6000  # characters of each answer that are compared here; the comparison has more
ROWS = 40


@dataclass(frozen=True, slots=True)
class Answers:
    """How two answers compare."""

    verdict: str  # in one sentence
    is_same: bool = False
    stretches: tuple[Stretch, ...] = ()
    notes: tuple[str, ...] = ()  # what limits this


def answers_of(log: Log, ours: Half, twin: Log, theirs: Half) -> Answers:
    """This log's answer and the twin's. What they say decides; where no reader knows them, the bodies as stored."""
    missing = _missing(ours, theirs)
    if missing:
        return Answers(missing)
    is_whole = ours.is_whole and theirs.is_whole
    if is_whole and ours.data == theirs.data:
        return Answers("Same answer, byte for byte.", is_same=True)
    left, right = _said(log, ours), _said(twin, theirs)
    if left is None or right is None:
        return _as_stored(ours, theirs)
    if left == right:
        if is_whole:
            return Answers("Same answer: what was said is equal, word for word.", is_same=True)
        return Answers("No difference in what was read of the two answers.", notes=_evidence(ours, theirs))
    return _different(left, right, "The answers differ", _evidence(ours, theirs))


def _said(log: Log, half: Half) -> str | None:
    return answer_text(half.data, Hints(log.provider, log.model, log.path), whole=half.is_whole)


def _as_stored(ours: Half, theirs: Half) -> Answers:
    left, right = (show(half.data, whole=half.is_whole) for half in (ours, theirs))
    if "bytes" in (left.kind, right.kind):
        return Answers("The answers differ. At least one of them is no text, so they are not shown here.")
    notes = ("No reader knows both bodies, so they are compared as they are, ids and times included.",)
    return _different(left.text, right.text, "The bodies differ", notes + _evidence(ours, theirs))


def _different(left: str, right: str, verdict: str, notes: tuple[str, ...]) -> Answers:
    """The first places at which they differ. Secrets are masked before anything is cut."""
    masked = masked_text(left)[:SHOWN], masked_text(right)[:SHOWN]
    found = compare(*masked)
    if max(len(left), len(right)) > SHOWN:
        notes += (f"The first {SHOWN:,} characters of each are compared here.",)
    stretches: list[Stretch] = []
    room = ROWS
    for stretch in stretches_of(found):
        if stretch.is_folded:
            stretches.append(stretch)
            continue
        if len(stretch.lines) > room:
            stretches += [Stretch(stretch.lines[:room], is_folded=False, has_parts=stretch.has_parts)] if room else []
            notes += (f"The first {ROWS} lines are shown; the comparison shows all.",)
            break
        room -= len(stretch.lines)
        stretches.append(stretch)
    if not found.places:
        where = (
            "only in what is masked here" if max(len(left), len(right)) <= SHOWN else "further on, or in masked text"
        )
        return Answers(f"{verdict} {where}.", notes=notes)
    places = "in 1 place" if found.places == 1 else f"in {found.places:,} places"
    return Answers(f"{verdict} {places}.", stretches=tuple(stretches), notes=notes)


def _evidence(ours: Half, theirs: Half) -> tuple[str, ...]:
    halves = (("this log", ours), ("the twin", theirs))
    return tuple(f"Of {whose}: {half.evidence}." for whose, half in halves if not half.is_whole)


def _missing(ours: Half, theirs: Half) -> str:
    """Why one of the two cannot be compared; nothing when both are there."""
    for whose, half in (("this log", ours), ("the twin", theirs)):
        if half.problem:
            return f"The answer of {whose} could not be read: {half.problem.title}."
        if half.reason:
            return f"The answers cannot be compared. Of {whose}: {half.reason}"
    return ""
