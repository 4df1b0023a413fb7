"""Where the things of a JSON text stand in its bytes. No value is built, so ten megabytes cost no memory.

The patterns give nothing back (`*+`), so they are linear; what lies more than a few brackets deep is stepped over by
counting. Text that is cut, or no JSON at all, is gone through as far as it makes sense: nothing here raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

type Kind = Literal["object", "list", "text", "number", "flag", "null", "other", "nothing"]

BLOCK = 100  # items that are stepped over in one go
_LEVELS = 2  # of brackets that a pattern steps over at once

_STRING = rb'"(?:[^"\\]++|\\.)*+"'
_INSIDE = rb'(?:[^\[\]{}"]++|' + _STRING + rb")*+"
for _ in range(_LEVELS):
    _INSIDE = rb'(?:[^\[\]{}"]++|' + _STRING + rb"|[\[{]" + _INSIDE + rb"[\]}])*+"
_VALUE = rb"(?:" + _STRING + rb"|[-+.\w]++|[\[{]" + _INSIDE + rb"[\]}])"
_ITEMS = rb"[\s,]*+(?:" + _VALUE + rb"\s*+,\s*+){%d}+" % BLOCK
_MEMBERS = rb"[\s,]*+(?:" + _STRING + rb"\s*+:\s*+" + _VALUE + rb"\s*+,\s*+){%d}+" % BLOCK


def _compiled(pattern: bytes) -> re.Pattern[bytes]:
    return re.compile(pattern, re.DOTALL)


STRING = _compiled(rb'"(?:[^"\\]++|\\.)*+("?)')  # one that is cut has no second quote
_SWALLOWED, _LIST_BLOCK, _OBJECT_BLOCK = _compiled(_INSIDE), _compiled(_ITEMS), _compiled(_MEMBERS)
_SHALLOW = _compiled(rb"[\[{]" + _INSIDE + rb"[\]}]")
_BRACKETS = _compiled(rb"([\[{]++)|[\]}]++")
_ELEMENT = _compiled(rb"[\s,]*+()()(" + _VALUE + rb")(?=\s*+[,\]}])")
_MEMBER = _compiled(rb"[\s,]*+(" + _STRING + rb")(\s*+:\s*+)(" + _VALUE + rb")(?=\s*+[,\]}])")
_GAP = _compiled(rb"[\s,]*+")
_BLANK = _compiled(rb"\s*+")
_COLON = _compiled(rb"\s*+:?+\s*+")
_SCALAR = _compiled(rb'[^\s,\[\]{}"][^,\[\]{}"]*+')
_NUMBER = _compiled(rb"-?(?:0|[1-9]\d*+)(?:\.\d++)?+(?:[eE][-+]?\d++)?+")
_KINDS: dict[int, Kind] = {ord("{"): "object", ord("["): "list", ord('"'): "text"}
_WORDS: dict[bytes, Kind] = {b"true": "flag", b"false": "flag", b"null": "null"}


@dataclass(frozen=True, slots=True)
class Item:
    """One value in an object or a list. `start == end`: there is a key and no value."""

    index: int  # its place, from 0
    start: int
    end: int
    is_cut: bool = False  # the text ends in it
    key: tuple[int, int] | None = None  # where its key stands, quotes included, also a last one that is cut off


def after_blank(data: bytes, at: int) -> int:
    """Where the next byte stands that is no blank."""
    found = _BLANK.match(data, at)
    return found.end() if found else at


def kind_of(data: bytes, start: int, end: int) -> Kind:
    """What a value is, by its first byte; of a scalar all of it."""
    if start == end:
        return "nothing"
    by_bracket = _KINDS.get(data[start])
    if by_bracket:
        return by_bracket
    if word := _WORDS.get(data[start : min(end, start + 6)]):
        return word
    return "number" if _NUMBER.fullmatch(data, start, end) else "other"


def value_end(data: bytes, start: int, limit: int) -> tuple[int, bool]:
    """Where a value ends, and whether the text ends before it does."""
    first = data[start]
    if first == 34:  # "
        found = STRING.match(data, start, limit)
        return (found.end(), False) if found and found[1] else (limit, True)
    if first in b"[{":
        return _bracket_end(data, start, limit)
    scalar = _SCALAR.match(data, start, limit)
    end = scalar.end() if scalar else start + 1
    return end - len(data[start:end]) + len(data[start:end].rstrip()), end == limit


def _bracket_end(data: bytes, start: int, limit: int) -> tuple[int, bool]:
    depth, at = 1, start + 1
    while at < limit:
        if found := _SWALLOWED.match(data, at, limit):
            at = found.end()
        found = _BRACKETS.match(data, at, limit)
        if found is None:  # the end, or a string that is cut
            break
        count = found.end() - at
        if found[1]:
            depth += count
        elif count >= depth:
            return at + depth, False
        else:
            depth -= count
        at = found.end()
    return limit, True


class Walk:
    """Goes through the items of one object or list, forwards only. `end` is known when it came to the end."""

    def __init__(self, data: bytes, start: int, *, at: int | None = None, index: int = 0) -> None:
        self.data = data
        self.start = start
        self.is_object = data[start] == 123  # {
        self.at = start + 1 if at is None else at
        self.index = index
        self.end: int | None = None
        self.is_cut = False
        self._opened: Item | None = None

    def opened(self) -> Item | None:
        """The next item as far as its beginning: its end is not looked for, `end` is only its start."""
        if self._opened is None and self.end is None:
            self._opened = self._open()
        return self._opened

    def close(self, end: int) -> None:
        """Go on behind the opened item."""
        self._opened, self.at = None, end
        self.index += 1

    def next(self) -> Item | None:
        """The next item; None at the end."""
        if self._opened is None and self.end is None:
            found = (_MEMBER if self.is_object else _ELEMENT).match(self.data, self.at)
            if found:  # most items: whole, and not deep
                item = Item(self.index, *found.span(3), False, found.span(1) if self.is_object else None)
                self.close(item.end)
                return item
        opened = self.opened()
        return self._closed(opened) if opened else None

    def keys(self, last: int) -> Iterator[bytes]:
        """The keys up to the item `last` as they are written, quotes included; empty for a value without one."""
        while self.index < last:
            found = _MEMBER.match(self.data, self.at) if self._opened is None else None
            if found:
                self.at = found.end()
                self.index += 1
                yield found[1]
                continue
            item = self.next()
            if item is None:
                return
            yield self.data[item.key[0] : item.key[1]] if item.key else b""

    def _closed(self, item: Item) -> Item:
        end, is_cut = item.end, item.is_cut
        if not is_cut and self.has_value(item.start):
            end, is_cut = value_end(self.data, item.start, len(self.data))
        self.close(end)
        return Item(item.index, item.start, end, is_cut, item.key)

    def pass_over(self, count: int | None = None, limit: int | None = None) -> None:
        """Step over so many items, or all; only over such as end before `limit`."""
        last = None if count is None else self.index + count
        while (last is None or self.index + BLOCK <= last) and self._pass_block(limit):
            pass
        while limit is None and (last is None or self.index < last):
            if self.next() is None:
                return
            if last is None and self.index % BLOCK == 0:
                while self._pass_block(None):
                    pass

    def _pass_block(self, limit: int | None) -> bool:
        if self._opened is not None or self.end is not None:
            return False
        pattern = _OBJECT_BLOCK if self.is_object else _LIST_BLOCK
        found = pattern.match(self.data, self.at, len(self.data) if limit is None else limit)
        if found is None:
            return False
        self.at = found.end()
        self.index += BLOCK
        return True

    def _open(self) -> Item | None:
        data, size = self.data, len(self.data)
        gap = _GAP.match(data, self.at)
        at = gap.end() if gap else self.at
        if at == size:
            self.end, self.is_cut = at, True
            return None
        if data[at] in b"]}":
            self.end = at + 1
            return None
        key = None
        if self.is_object and data[at] == 34:
            end, is_cut = value_end(data, at, size)
            key = (at, end + is_cut)
            colon = _COLON.match(data, end)
            at = size if is_cut else colon.end() if colon else end
        return Item(self.index, at, at, at == size, key)

    def has_value(self, at: int) -> bool:
        """Whether a value stands there, and not what ends an item."""
        return at < len(self.data) and self.data[at] not in b",]}"


def ends_before(data: bytes, start: int, limit: int) -> int | None:
    """The end of an object or list that is not deep and ends before `limit`; None: it has to be looked into."""
    found = _SHALLOW.match(data, start, limit)
    return found.end() if found else None
