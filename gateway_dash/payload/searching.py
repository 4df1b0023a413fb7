"""A text looked for in a JSON body: in its keys and in its strings, as they read and not as they are written.

One request goes through so many strings and gives so many places, then says how far it came.
"""

from __future__ import annotations

from dataclasses import dataclass

from .masks import masked_part, place_of
from .paths import LONGEST, Path, spell
from .raw import LONGEST_UNIT, aligned, characters, decoded, fold, windows, without_half
from .spans import STRING, Walk, after_blank, ends_before, value_end
from .tree import shown_key, steps

MOST_HITS = 50
MOST_STRINGS = 300_000
LONGEST_NEEDLE = 200
_WINDOW = 65_536  # bytes of a string that are looked at in one go
_DEEPEST = LONGEST // 3  # levels that an address can name
_AROUND = 2000  # characters on each side of a place that are looked at for secrets
_BEFORE, _AFTER = 60, 140  # characters shown around a place


@dataclass(frozen=True, slots=True)
class Hit:
    """One place: where its string stands, and the words around it, masked. `path` None: no address leads there."""

    path: Path | None
    at: int  # byte of the string
    is_key: bool
    text: str
    place: int  # byte in the string from which on it says so


@dataclass(frozen=True, slots=True)
class Hits:
    """The places of one request; `next_at` is the byte from which the next one goes on, None at the end."""

    found: tuple[Hit, ...]
    next_at: int | None = None


def search(data: bytes, needle: str, *, start: int = 0, most: int = MOST_HITS, strings: int = MOST_STRINGS) -> Hits:
    """The strings from byte `start` on that hold the text, whatever its capitals."""
    wanted = fold(needle)
    way = _Way(data)
    way.to(start)
    hits: list[Hit] = []
    seen = 0
    for string in STRING.finditer(data, way.at):
        begin, end = string.start() + 1, string.end() - len(string[1])
        if not string[1]:
            end = without_half(data, begin, end)
        if begin <= start:
            continue
        if len(hits) == most or seen == strings:
            return Hits(tuple(hits), string.start())
        seen += 1
        if _place(data, begin, end, wanted) is None:
            continue
        path, is_key = way.to(begin - 1)
        key = "" if is_key else way.key
        found = _place(data, begin, end, wanted, key)  # again, now that its key is known
        if found is not None:
            text = _excerpt(data, (begin, end), found, len(needle), key)
            hits.append(Hit(path, begin - 1, is_key, text, found - begin))
    return Hits(tuple(hits))


def _place(data: bytes, start: int, end: int, needle: str, key: str = "") -> int | None:
    """The byte of a string at which it says the needle. `key`: what the string is the value of."""
    if end - start <= _WINDOW:
        raw = data[start:end]
        if raw.isascii() and b"\\" not in raw and needle not in characters(raw).lower():
            return None  # most strings
    overlap = LONGEST_UNIT * (len(needle) + 2 * _AROUND)
    for at, cut, text in windows(data, start, end, _WINDOW + overlap, overlap):
        first = 0 if at == start else _AROUND  # nearer to an edge it is seen better in the other window
        last = len(text) if cut == end else len(text) - _AROUND
        found = place_of(needle, text, first, last, key if at == start else "")
        if found >= 0:
            return aligned(data, at, _byte_of(data, at, end, found), end)
    return None


def _byte_of(data: bytes, start: int, end: int, characters_on: int) -> int:
    """The byte so many characters on: halved down to it, as each character has one to twelve bytes."""
    low, high = start + characters_on, min(end, start + characters_on * LONGEST_UNIT)
    while low < high:
        middle = (low + high) // 2
        cut = aligned(data, start, middle, end)
        if len(decoded(data[start:cut])) < characters_on:
            low = middle + 1
        else:
            high = middle
    return low


def _excerpt(data: bytes, span: tuple[int, int], place: int, length: int, key: str) -> str:
    start, end = span
    first = aligned(data, start, place - (_AROUND + _BEFORE), end)
    last = aligned(data, start, place + (_AROUND + _AFTER + length) * LONGEST_UNIT, end)
    before, after = decoded(data[first:place]), decoded(data[place:last])
    begin, stop = max(0, len(before) - _BEFORE), len(before) + length + _AFTER
    text = masked_part(before + after, begin, stop, key=key if first == start else "")
    is_start, is_end = first == start and begin == 0, last == end and stop >= len(before + after)
    return ("" if is_start else "…") + text + ("" if is_end else "…")


class _Way:
    """The objects and lists that are open at a byte. It goes forwards only: so all ways to all places are one pass."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        start = after_blank(data, 0)
        self._open = [Walk(data, start)] if data[start : start + 1] in (b"{", b"[") else []
        self.at = 0  # a byte before the one that was asked for and in no string

    @property
    def key(self) -> str:
        """The key of what is open, if it has one."""
        item = self._open[-1].opened() if self._open else None
        return shown_key(self._data, item) if item else ""

    def to(self, byte: int) -> tuple[Path | None, bool]:
        """The path of the string that begins at this byte, and whether it is a key."""
        while self._open:
            walk = self._open[-1]
            walk.pass_over(None, limit=byte)
            item = walk.opened()
            if item is None:
                self._leave(walk)
                continue
            self.at = item.key[0] if item.key else item.start
            if item.start >= byte or not walk.has_value(item.start):
                if item.start < byte and not (item.key and item.key[0] <= byte < item.key[1]):
                    walk.close(item.start)
                    if item.start < len(self._data):
                        continue
                return self._path(), bool(item.key and item.key[0] <= byte < item.key[1])
            if not self._passed(walk, item.start, byte):
                return (None if len(self._open) == _DEEPEST else self._path()), False
        return (), False

    def _leave(self, walk: Walk) -> None:
        self._open.pop()
        if self._open:
            self._open[-1].close(walk.end or len(self._data))

    def _passed(self, walk: Walk, start: int, byte: int) -> bool:
        """Go behind the value that is open, or into it; False: it holds the byte, and there is no way further in."""
        is_bracket = self._data[start] in b"{["
        end = ends_before(self._data, start, byte) if is_bracket else None
        if is_bracket and end is None:
            if len(self._open) < _DEEPEST:
                self._open.append(Walk(self._data, start))
                return True
            end, is_cut = value_end(self._data, start, byte)
            if is_cut:
                return False
        if end is None:
            end, _ = value_end(self._data, start, len(self._data))
            if end > byte:
                return False
        walk.close(end)
        return True

    def _path(self) -> Path | None:
        found: list[str | int] = []
        for walk in self._open:
            item = walk.opened()
            step = steps(self._data, walk, [item])[0] if item else None
            if step is None:
                return None
            found.append(step)
        return tuple(found) if len(spell(tuple(found))) <= LONGEST else None
