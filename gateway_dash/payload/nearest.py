"""The known name that a misspelt one was probably meant to be."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz, process

_LIKE = 75  # of 100; lower ones are names of other things
_LONGEST = 100  # characters of a name that is compared
_MOST = 500


def nearest(name: str, known: Sequence[str]) -> str:
    """One of the known names, or nothing if none is like it."""
    names = [each[:_LONGEST] for each in known[:_MOST]]
    found = process.extractOne(name[:_LONGEST], names, scorer=fuzz.ratio, score_cutoff=_LIKE)
    return known[found[2]] if found else ""
