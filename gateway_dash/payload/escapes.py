"""JSON's escapes undone anywhere in a text, each character still known by the place where it was written."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|([\"\\/bfnrt]))")
_SIGNS = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


@dataclass(frozen=True, slots=True)
class Undone:
    """A text without its escapes. `at` are places in it where one begins or ends, `was_at` the same in the original."""

    text: str
    at: list[int]
    was_at: list[int]

    def origin(self, place: int) -> int:
        """Where in the original the character stood; of the text's end, its end."""
        part = bisect_right(self.at, place) - 1
        return self.was_at[part] + place - self.at[part]


def undone(text: str) -> Undone:
    """The text with its escapes undone. What is no escape of JSON stays as it is."""
    if "\\" not in text:
        return Undone(text, [0], [0])
    pieces: list[str] = []
    at, was_at = [0], [0]
    length = end = 0
    for escape in _ESCAPE.finditer(text):
        before = text[end : escape.start()]
        end = escape.end()
        length += len(before) + 1
        pieces += (before, chr(int(escape[1], 16)) if escape[1] else _SIGNS[escape[2]])
        at += (length - 1, length)
        was_at += (escape.start(), end)
    return Undone("".join((*pieces, text[end:])), at, was_at)
