"""The text of a JSON string, read from its bytes a window at a time: one string can be ten megabytes long."""

from __future__ import annotations

import re
from collections.abc import Iterator

_ESCAPE = re.compile(
    r"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))", re.DOTALL
)
_PLAIN = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\", "/": "/"}
_UNIT = re.compile(rb"\\(?:u[0-9a-fA-F]{4}|.)", re.DOTALL)
_HALF = re.compile(rb"\\u[0-9a-fA-F]{0,3}\Z")  # of an escape that is cut
_SECOND_HALF = re.compile(rb"\\u[dD][c-fC-F][0-9a-fA-F]{2}")
_FIRST_HALF = re.compile(rb"\\u[dD][89abAB][0-9a-fA-F]{2}\Z")
LONGEST_UNIT = 12  # bytes of one character, as two escaped halves


def decoded(raw: bytes) -> str:
    """What the bytes between two quotes say. An escape that is none stays as it stands."""
    text = characters(raw)
    return _ESCAPE.sub(_unescaped, text) if "\\" in text else text


def characters(raw: bytes) -> str:
    """The bytes as text. Lone surrogates are kept, what is no UTF-8 becomes a question mark."""
    try:
        return raw.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return raw.decode("utf-8", "replace")


def _unescaped(found: re.Match[str]) -> str:
    if found[1]:
        return chr(0x10000 + (int(found[1], 16) - 0xD800) * 0x400 + int(found[2], 16) - 0xDC00)
    return chr(int(found[3], 16)) if found[3] else _PLAIN.get(found[4], found[0])


def aligned(data: bytes, start: int, cut: int, end: int) -> int:
    """The nearest place at or before `cut` that stands between two characters of the string in `start:end`."""
    if cut >= end:
        return end
    cut = max(cut, start)
    for _ in range(3):  # the bytes of one character
        if cut > start and data[cut] & 0xC0 == 0x80:
            cut -= 1
    for at in range(cut - 1, max(start, cut - 6) - 1, -1):
        if data[at] == 92 and _is_first(data, start, at):
            unit = _UNIT.match(data, at, end)
            cut = at if unit is None or unit.end() > cut else cut
            break
    first = max(start, cut - 6)
    if _SECOND_HALF.match(data, cut, end) and _FIRST_HALF.match(data, first, cut) and _is_first(data, start, first):
        return first
    return cut


def without_half(data: bytes, start: int, end: int) -> int:
    """The end of a string that is cut, without the half of an escape, whose letters nobody wrote: `\\u03a`."""
    half = _HALF.search(data, max(start, end - 5), end)
    return half.start() if half and _is_first(data, start, half.start()) else end


def _is_first(data: bytes, start: int, at: int) -> bool:
    """Whether the backslash at `at` begins an escape: an even number of them stands before it."""
    run, step = 0, 4096
    while True:
        before = data[max(start, at - run - step) : at - run]
        length = len(before) - len(before.rstrip(b"\\"))
        run += length
        if length < step:
            return run % 2 == 0


def windows(data: bytes, start: int, end: int, size: int, overlap: int) -> Iterator[tuple[int, int, str]]:
    """The string in windows that overlap: where each begins and ends, and its text."""
    at = start
    while True:
        cut = aligned(data, start, at + size, end)
        yield at, cut, decoded(data[at:cut])
        if cut >= end:
            return
        back = aligned(data, start, cut - overlap, end)
        at = back if back > at else cut


def unquoted(data: bytes) -> bytes:
    """The bytes that a text says which is one JSON string as a whole, a window at a time."""
    first = data.find(b'"') + 1
    last = len(data.rstrip()) - 1
    is_closed = last >= first and data[last] == 34 and _is_first(data, first, last)
    end = last if is_closed else len(data)
    found = bytearray()
    for _, _, text in windows(data, first, end, 65536, 0):
        found += text.encode("utf-8", "surrogatepass")
    return bytes(found)


def fold(text: str) -> str:
    """The text without the difference of capitals, each character still one: so that places stay what they are."""
    if not text.isascii():
        text = text.replace("\u0130", "i").replace("\u03a3", "\u03c3").replace("\u03c2", "\u03c3")
    return text.lower()
