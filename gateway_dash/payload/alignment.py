"""Which items of two sequences stand opposite to each other, and which words of two lines changed. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from rapidfuzz.distance import Indel

ALIKE_FROM = 0.3  # the share of two lines that is equal; below it, words that happen to be the same say nothing
SHORT_GLUE = 3  # characters without a letter between two changes that do not make two changes of one

_IDEOGRAPHS = r"\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"  # written without blanks: each is a word
_SIGNS = r"!-/:-@\[-^`{-~"  # of ASCII, but not the underscore
_TOKEN = re.compile(rf"[{_IDEOGRAPHS}]|\s+|[{_SIGNS}]|[^\s{_SIGNS}{_IDEOGRAPHS}]+")


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of both sequences: equal item by item, or different."""

    is_equal: bool
    left: slice
    right: slice


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a line that was changed, or was not."""

    text: str
    is_changed: bool


def aligned(left: Sequence[str], right: Sequence[str]) -> Iterator[Change]:
    """Both sequences from beginning to end, in stretches that are equal and different in turn."""
    # Numbers in the place of the texts: the library compares hashes, and these are exact.
    numbers: dict[str, int] = {}
    ours = [numbers.setdefault(item, len(numbers)) for item in left]
    theirs = [numbers.setdefault(item, len(numbers)) for item in right]
    for is_equal, group in groupby(Indel.opcodes(ours, theirs), key=lambda step: step.tag == "equal"):
        steps = list(group)
        first, last = steps[0], steps[-1]
        yield Change(is_equal, slice(first.src_start, last.src_end), slice(first.dest_start, last.dest_end))


def tokens(text: str) -> list[str]:
    """Words, blanks and signs; joined they are the text."""
    return _TOKEN.findall(text)


def whole(text: str) -> tuple[Run, ...]:
    """A line that was changed as a whole. Its indentation says nothing, so it is left out if anything follows."""
    rest = text.lstrip() or text
    indent = text[: len(text) - len(rest)]
    return tuple(run for run in (Run(indent, False), Run(rest, True)) if run.text)


def changed_words(left: Sequence[str], right: Sequence[str]) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    """Two lines that differ, given as tokens, in runs; as a whole where hardly anything is equal."""
    stretches = [
        (change.is_equal, "".join(left[change.left]), "".join(right[change.right])) for change in aligned(left, right)
    ]
    equal = sum(_ink(ours) for is_equal, ours, _ in stretches if is_equal)
    if equal < ALIKE_FROM * max(_ink("".join(left)), _ink("".join(right))):
        return whole("".join(left)), whole("".join(right))
    last = len(stretches) - 1
    told = [
        (not is_equal or (0 < at < last and _is_glue(ours)), ours, theirs)
        for at, (is_equal, ours, theirs) in enumerate(stretches)
    ]
    return _runs([(changed, ours) for changed, ours, _ in told]), _runs([(changed, own) for changed, _, own in told])


def _ink(text: str) -> int:
    """How many characters can be seen."""
    return len("".join(text.split()))


def _is_glue(text: str) -> bool:
    return len(text) <= SHORT_GLUE and not any(character.isalnum() for character in text)


def _runs(stretches: Sequence[tuple[bool, str]]) -> tuple[Run, ...]:
    """The stretches of one side, neighbours of a kind made one."""
    joined = (
        Run("".join(text for _, text in group), changed)
        for changed, group in groupby(stretches, key=lambda each: each[0])
    )
    return tuple(run for run in joined if run.text)
