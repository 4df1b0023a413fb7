"""Two texts side by side: which lines are equal, which were changed, and in which words.

Pure, and bounded, for the texts are hostile. Two caps say how much of a text is compared at all; a third says how many
words are. Whatever a cap leaves out is said in the result: nothing is cut in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import Literal

from gateway_dash.payload.alignment import Run, aligned, changed_words, tokens, whole

MOST_CHARACTERS = 256 * 1024  # of each text: 64 KB of JSON, laid out
MOST_LINES = 4000  # of each text, parts of long lines counted as lines: each of them costs the browser elements
MOST_WORDS = 60_000  # of both texts together; from there on a changed line is marked as a whole
LONG_LINE = 400  # characters; a longer line is compared in parts, or one changed word in it would be all of it
LONGEST_PART = 1000
CONTEXT_LINES = 3  # equal lines that are shown around a change
FOLD_FROM = 2  # a fold takes a line itself, so one line is not folded

Kind = Literal["same", "changed", "left", "right"]

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
# Where a long line may be parted: after line ends as JSON writes them, between members, after sentences. These places
# are in the text itself, so that what was put in before them moves none of them. Else behind the last blank that fits.
_PART = re.compile(
    rf'.{{1,{LONGEST_PART - 32}}}?(?:(?:\\n){{1,16}}|[}}\]"],|[.!?;]\s)'
    rf"|.{{1,{LONGEST_PART - 1}}}\s|.{{1,{LONGEST_PART}}}",
    re.DOTALL,
)
_OPENING = re.compile(r"\s*[^\s:]{0,80}:?")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a text, or a part of a long one."""

    number: int  # from 1
    text: str  # without its end
    end: str  # "\n", "\r\n", or "" at the end of the text and inside of a long line
    goes_on: bool  # what comes before it on the same line stands in the row above


@dataclass(frozen=True, slots=True)
class Side:
    """A line as one side of a row."""

    line: Line
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the comparison. What stands on one side alone has None on the other."""

    kind: Kind
    left: Side | None
    right: Side | None
    only_ends: bool = False  # the lines differ in how they end, and in nothing that is seen


@dataclass(frozen=True, slots=True)
class Block:
    """Rows that are shown together; equal ones far from any change are folded."""

    rows: tuple[Row, ...]
    is_folded: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """The comparison, and how much of the two texts it is about."""

    blocks: tuple[Block, ...]
    compared: tuple[int, int]  # characters of each text, from its beginning
    lengths: tuple[int, int]
    has_all_words: bool  # False: some changed lines are marked as a whole, for there were too many words

    @property
    def rows(self) -> Iterator[Row]:
        """All rows in their order."""
        return (row for block in self.blocks for row in block.rows)

    @property
    def is_whole(self) -> bool:
        """Whether nothing of the texts was left out."""
        return self.compared == self.lengths

    @property
    def places(self) -> int:
        """How many times the texts go apart; 0 when what was compared is equal."""
        kinds = ["same", *(row.kind for row in self.rows)]
        return sum(before == "same" != kind for before, kind in pairwise(kinds))

    @property
    def changed(self) -> int:
        """How many lines of the left stand opposite to others on the right."""
        return self._count("changed")

    @property
    def only_left(self) -> int:
        """How many lines only the left has."""
        return self._count("left")

    @property
    def only_right(self) -> int:
        """How many lines only the right has."""
        return self._count("right")

    def _count(self, kind: Kind) -> int:
        return sum(row.kind == kind for row in self.rows)


@dataclass(slots=True)
class _Budget:
    """The words that may still be compared."""

    left: int
    spent: bool = field(default=False, init=False)

    def allows(self, words: int) -> bool:
        """Take so many, if there are as many; once there were not, no more are taken."""
        self.spent = self.spent or words > self.left
        if not self.spent:
            self.left -= words
        return not self.spent


def compare(left: str, right: str) -> Difference:
    """The rows in which two texts stand side by side."""
    lefts, rights = _lines(left), _lines(right)
    budget = _Budget(MOST_WORDS)
    rows: list[Row] = []
    for change in aligned([line.text + line.end for line in lefts], [line.text + line.end for line in rights]):
        ours, theirs = lefts[change.left], rights[change.right]
        if change.is_equal:
            rows += [Row("same", _plain(one), _plain(other)) for one, other in zip(ours, theirs, strict=True)]
        else:
            rows += _changed(ours, theirs, budget)
    return Difference(
        blocks=tuple(_folded(rows)),
        compared=(_length(lefts), _length(rights)),
        lengths=(len(left), len(right)),
        has_all_words=not budget.spent,
    )


# --- lines ----------------------------------------------------------------------------------------------------------


def _lines(text: str) -> list[Line]:
    """The lines within the caps, long ones in parts. Joined, with their ends, they are the text's beginning."""
    return list(islice(_parts(text[:MOST_CHARACTERS]), MOST_LINES))


def _parts(text: str) -> Iterator[Line]:
    for number, found in enumerate(_LINE.finditer(text), 1):
        line = found[0]
        end = "\r\n" if line.endswith("\r\n") else "\n" if line.endswith("\n") else ""
        body = line.removesuffix(end)
        if len(body) <= LONG_LINE:
            yield Line(number, body, end, goes_on=False)
            continue
        parts = [part[0] for part in _PART.finditer(body)]
        for place, part in enumerate(parts, 1):
            yield Line(number, part, end if place == len(parts) else "", goes_on=place > 1)


def _length(lines: Sequence[Line]) -> int:
    return sum(len(line.text) + len(line.end) for line in lines)


# --- rows -----------------------------------------------------------------------------------------------------------


def _changed(lefts: Sequence[Line], rights: Sequence[Line], budget: _Budget) -> Iterator[Row]:
    """The rows of one change: lines that begin alike are paired, such as the same member of two objects."""
    for change in aligned([_opening(line) for line in lefts], [_opening(line) for line in rights]):
        ours, theirs = lefts[change.left], rights[change.right]
        both = min(len(ours), len(theirs))
        yield from (_pair(one, other, budget) for one, other in zip(ours, theirs, strict=False))
        yield from (Row("left", Side(line, whole(line.text)), None) for line in ours[both:])
        yield from (Row("right", None, Side(line, whole(line.text))) for line in theirs[both:])


def _opening(line: Line) -> str:
    """What tells lines apart that say different things: of JSON the member's name, else the first word."""
    found = _OPENING.match(line.text)
    return found[0] if found else ""


def _pair(left: Line, right: Line, budget: _Budget) -> Row:
    """Two lines that differ, with the words that do."""
    if left.text == right.text:
        return Row("changed", _plain(left), _plain(right), only_ends=True)
    ours, theirs = tokens(left.text), tokens(right.text)
    if budget.allows(len(ours) + len(theirs)):
        before, after = changed_words(ours, theirs)
    else:
        before, after = whole(left.text), whole(right.text)
    return Row("changed", Side(left, before), Side(right, after))


def _plain(line: Line) -> Side:
    return Side(line, (Run(line.text, False),))


# --- folds ----------------------------------------------------------------------------------------------------------


def _folded(rows: Sequence[Row]) -> Iterator[Block]:
    """The rows in blocks: equal ones that are further than the context from any change are folded."""
    bounds = [0, *(at for at in range(1, len(rows)) if _is_same(rows[at]) != _is_same(rows[at - 1])), len(rows)]
    shown: list[Row] = []
    for start, end in pairwise(bounds):
        head = start + (CONTEXT_LINES if start else 0)
        tail = end - (CONTEXT_LINES if end < len(rows) else 0)
        if start == end or not _is_same(rows[start]) or tail - head < FOLD_FROM:
            shown += rows[start:end]
            continue
        shown += rows[start:head]
        yield from [Block(tuple(shown))] if shown else []
        yield Block(tuple(rows[head:tail]), is_folded=True)
        shown = [*rows[tail:end]]
    yield from [Block(tuple(shown))] if shown else []


def _is_same(row: Row) -> bool:
    return row.kind == "same"
