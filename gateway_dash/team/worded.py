"""A fixed list of names that also knows how people say each of them."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Worded(StrEnum):
    """Each line is `NAME = value, words`; the value is the text, as in any StrEnum."""

    words: str

    def __new__(cls, value: str, words: str) -> Self:
        """A text that knows its words."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.words = words
        return member
