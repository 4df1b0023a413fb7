"""The bodies of two logs beside each other: as much of each as is read, laid out alike, and what differs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from gateway_dash.gateway.errors import GatewayError, NotFound
from gateway_dash.gateway.models import Body, Log
from gateway_dash.gateway.service import LogService
from gateway_dash.gateway.stored import Side
from gateway_dash.logs.bodies import WINDOW_BYTES, why_missing, window_of
from gateway_dash.logs.masks import masked_window, tag_of
from gateway_dash.payload.difference import Difference, Row, compare
from gateway_dash.payload.difference import Side as RowSide
from gateway_dash.payload.masking import STREAM_MARGIN, Masked, with_placeholders
from gateway_dash.payload.text import HEX_BYTES, Shown, whole_characters
from gateway_dash.web import formats
from gateway_dash.web.text import marked

Letter = Literal["A", "B"]
LETTERS: tuple[Letter, Letter] = ("A", "B")


@dataclass(frozen=True, slots=True)
class Half:
    """One body as far as it was read: its bytes, or why there are none."""

    letter: Letter
    gateway: str = ""
    data: bytes = b""
    around: bytes = b""  # the data, and what follows it as far as it was read: a secret may lie across the end
    is_whole: bool = False
    is_exact: bool = True  # False: these may not be the stored bytes
    evidence: str = ""  # how much of the body this is
    reason: str = ""  # why there is no body
    problem: GatewayError | None = None
    alone: Shown | None = None  # the body by itself, where there is nothing to compare it with
    masks: tuple[Masked, ...] = ()  # of the body by itself

    @property
    def is_there(self) -> bool:
        """Whether there is something to compare. An empty body is."""
        return self.problem is None and not self.reason


@dataclass(frozen=True, slots=True)
class Cell:
    """One side of a row, ready to be placed."""

    is_there: bool = True
    number: int | str = ""  # of the line; nothing where a long line goes on
    sign: str = ""  # "−" for what A alone has, "+" for B
    said: str = ""  # the same for those who hear it
    runs: tuple[tuple[str, bool], ...] = ()  # marked text, and whether it was changed
    end: str = ""  # how the line ends, where the two differ in that alone
    is_echo: bool = False  # B's side of an equal row: to be seen, not to be heard twice


@dataclass(frozen=True, slots=True)
class Line:
    """A row, ready to be placed."""

    kind: str
    cells: tuple[Cell, Cell]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rows that are shown, or folded."""

    lines: tuple[Line, ...]
    is_folded: bool
    has_parts: bool  # some of them are parts of a long line


@dataclass(frozen=True, slots=True)
class BodyPair:
    """The requests or the responses of two logs."""

    side: Side
    left: Half
    right: Half
    kind: str = ""  # how the two are laid out
    verdict: str = ""  # what came of it, in one sentence; nothing where the two are not compared
    is_equal: bool = False
    notes: tuple[str, ...] = ()  # what limits the comparison
    stretches: tuple[Stretch, ...] = ()

    @property
    def halves(self) -> tuple[Half, Half]:
        """Both, in their order."""
        return self.left, self.right


def needs_call(log: Log, side: Side) -> bool:
    """Whether the log holds the body only in part, so that it has to be asked for."""
    return getattr(log, f"{side}_head") is None or not getattr(log, f"{side}_head_complete")


def half_of(logs: LogService, log: Log, side: Side, letter: Letter) -> Half:
    """The body from the log itself if its head is complete, else asked of the upstream. A failure is part of it."""
    is_exact = True
    if not needs_call(log, side):
        head = getattr(log, f"{side}_head")
        is_exact = "\ufffd" not in head  # as JSON, a log says that for any byte that is no text
        data = head.encode("utf-8", "replace")
        around = Body(data[: WINDOW_BYTES + STREAM_MARGIN], whole=len(data) <= WINDOW_BYTES, cut=False)
    else:
        try:
            around = logs.bodies.part(log.id, side, length=WINDOW_BYTES + STREAM_MARGIN)
        except NotFound:
            return Half(letter, reason=why_missing(log, side)[0])
        except GatewayError as error:
            return Half(letter, problem=error)
    body = window_of(around, 0)
    data = body.data if body.whole or body.cut else whole_characters(body.data)
    evidence = _evidence(body, len(data), getattr(log, f"{side}_size"))
    return Half(letter, logs.gateway_id, data, around.data, body.whole, is_exact, evidence)


def _evidence(body: Body, length: int, size: int | None) -> str:
    if body.whole:
        return f"complete, {formats.size(length)}" if length else "empty"
    # A character that is cut through at the end of the window is left out: 64 KB less 3 bytes are called 64 KB.
    read = f"{WINDOW_BYTES // 1024} KB" if length > WINDOW_BYTES - 4 else formats.size(length)
    known = f" of {formats.size(size)}" if size and size > length else ""
    return f"first {read}{known}" + (", where the connection was cut" if body.cut else "")


def pair_of(side: Side, left: Half, right: Half) -> BodyPair:
    """The two bodies compared; where one of them is not there, the other one alone."""
    if not (left.is_there and right.is_there):
        return BodyPair(side, _by_itself(left), _by_itself(right))
    ours, theirs, notes = _laid_out_alike(left, right)
    if (ours.kind == "bytes") != (theirs.kind == "bytes"):
        note = f"{'A' if ours.kind == 'bytes' else 'B'} is no text, so the two are not compared."
        return BodyPair(side, _by_itself(left), _by_itself(right), notes=(note,))
    difference = compare(ours.text, theirs.text)
    notes += _limits(difference)
    all_read = left.is_whole and right.is_whole
    all_seen = all_read and difference.is_whole and not any(map(_is_cut, (left, right), (ours, theirs)))
    return BodyPair(
        side,
        left,
        right,
        kind=ours.kind if ours.kind == theirs.kind else f"A: {ours.kind}, B: {theirs.kind}",
        verdict=_verdict(difference, left, right, all_seen),
        is_equal=all_read and (left.data == right.data or (all_seen and not difference.places)),
        notes=tuple(notes),
        stretches=stretches_of(difference),
    )


def _by_itself(half: Half) -> Half:
    if not half.data:
        return half
    shown, masks = _looked_at(half)
    return replace(half, alone=shown, masks=masks)


def _looked_at(half: Half, *, as_stored: bool = False) -> tuple[Shown, tuple[Masked, ...]]:
    goes_on = not half.is_whole
    return masked_window(half.around, 0, len(half.data), whole=half.is_whole, goes_on=goes_on, as_stored=as_stored)


def _covered(half: Half, *, as_stored: bool = False) -> Shown:
    """The text with secrets masked, each by words that tell it from others: two different ones still differ."""
    shown, masks = _looked_at(half, as_stored=as_stored)
    return replace(shown, text=with_placeholders(shown.text, masks, tag=partial(tag_of, half.gateway)))


def _laid_out_alike(left: Half, right: Half) -> tuple[Shown, Shown, list[str]]:
    """Both laid out, or both as stored: else every line would differ in its layout alone."""
    shown = [_covered(half) for half in (left, right)]
    notes: list[str] = []
    if [each.kind.endswith("laid out") for each in shown].count(True) == 1:
        shown = [_covered(half, as_stored=True) for half in (left, right)]
        notes.append("Only one of the two could be laid out as JSON, so both are compared as they are stored.")
    for half, each in zip((left, right), shown, strict=True):
        if _is_cut(half, each):
            notes.append(f"{half.letter} is no text: its first {HEX_BYTES:,} bytes are compared.")
        if each.was_quoted:
            notes.append(f"{half.letter} is stored as a JSON string; the text in it is compared.")
        if each.replaced:
            places = f"{each.replaced:,} place{'' if each.replaced == 1 else 's'}"
            notes.append(f"{half.letter} has {places} with bytes that are no text, compared as �.")
    return shown[0], shown[1], notes


def _limits(difference: Difference) -> list[str]:
    """What the caps left out, for each text that they cut."""
    notes = [
        f"Of {letter}, the first {compared:,} of {length:,} characters are compared: there are too many lines."
        for letter, compared, length in zip(LETTERS, difference.compared, difference.lengths, strict=True)
        if compared < length
    ]
    if not difference.has_all_words:
        notes.append("There are too many words to compare each: further down, changed lines are marked as a whole.")
    return notes


def _is_cut(half: Half, shown: Shown) -> bool:
    """Whether only the first of its bytes are shown, for they are no text."""
    return shown.kind == "bytes" and len(half.data) > HEX_BYTES


def _verdict(difference: Difference, left: Half, right: Half, all_seen: bool) -> str:
    if left.is_whole and right.is_whole and left.data == right.data:
        return "equal, byte for byte" if left.is_exact and right.is_exact else "equal as text"
    if not difference.places:
        return "equal as text; the stored bytes differ" if all_seen else "no difference in what was compared"
    told = (("changed", difference.changed), ("only in A", difference.only_left), ("only in B", difference.only_right))
    counts = [f"{count:,} {words}" for words, count in told if count]
    places = "1 place differs" if difference.places == 1 else f"{difference.places:,} places differ"
    return f"{places}; lines: {', '.join(counts)}"


# --- ready to be placed ---------------------------------------------------------------------------------------------


def stretches_of(difference: Difference) -> tuple[Stretch, ...]:
    """The rows with all hidden characters marked, so that the template only places text."""
    return tuple(
        Stretch(
            tuple(_line(row) for row in block.rows),
            block.is_folded,
            any(side.line.goes_on for row in block.rows for side in (row.left, row.right) if side),
        )
        for block in difference.blocks
    )


def _line(row: Row) -> Line:
    left, right = _cell(row, row.left, "−", "A: "), _cell(row, row.right, "+", "B: ")
    return Line(row.kind, (left, replace(right, is_echo=True) if row.kind == "same" else right))


def _cell(row: Row, side: RowSide | None, sign: str, said: str) -> Cell:
    if side is None:
        return Cell(is_there=False)
    line = side.line
    return Cell(
        number="" if line.goes_on else line.number,
        sign="" if row.kind == "same" else sign,
        said="" if row.kind == "same" else said,
        runs=tuple((marked(run.text, lines=True), run.is_changed) for run in side.runs),
        end=(marked(line.end) or "no line end") if row.only_ends else "",
    )
