"""Columns in memory: one byte or one number per log, so that a whole gateway is filtered at the speed of bytes.

A mask is an integer with one byte per row, 1 where the row is chosen. Masks combine with `&`, `|` and `^`, and
`bit_count` counts the chosen rows: about a millisecond per million rows for each step.
"""

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import compress
from math import isnan, nan

type Mask = int

ABSENT = 0  # the code of "no value" in every label column, and the bucket of "no number" in every number column
NEGATIVE, ZERO, POSITIVE = 1, 2, 3  # buckets; positive numbers have 253 of them, by order of magnitude
UNDECIDED = 2  # a mark in a half-made mask: this row's number has to be looked at
FEW = 4  # up to so many codes are found faster one by one than with a look at every row


def all_of(length: int) -> Mask:
    """The mask that chooses each of `length` rows."""
    return int.from_bytes(b"\x01" * length, "little")


def mask_of_ranges(length: int, ranges: Iterable[tuple[int, int]]) -> Mask:
    """The mask that chooses the rows of some ranges."""
    marks = bytearray(length)
    for start, end in ranges:
        low, high = max(start, 0), min(end, length)
        if low < high:
            marks[low:high] = b"\x01" * (high - low)
    return int.from_bytes(marks, "little")


class Labels:
    """A column of texts that repeat. Rows hold a small code; the text of each code is kept once."""

    def __init__(self, length: int = 0) -> None:
        self.texts: list[str | None] = [None]
        self._codes: dict[str | None, int] = {None: ABSENT}
        self.rows: array[int] = array("B", bytes(length))

    def code(self, text: str | None) -> int:
        """The code of a text, new if need be."""
        found = self._codes.get(text)
        if found is None:
            found = self._codes[text] = len(self.texts)
            self.texts.append(text)
            if found == 256:
                self.rows = array("I", self.rows)
        return found

    def known(self, text: str | None) -> int | None:
        """The code of a text, or None if no row ever had it."""
        return self._codes.get(text)

    def codes_where(self, test: Callable[[str], bool]) -> set[int]:
        """The codes of the texts that pass a test. The absent text never does."""
        return {code for code, text in enumerate(self.texts) if text is not None and test(text)}

    def mask(self, chosen: set[int], low: int, high: int) -> Mask:
        """The rows from low to high that have one of the chosen codes."""
        if not chosen:
            return 0
        rows = self.rows[low:high]
        if rows.typecode == "B":
            table = bytes(code in chosen for code in range(256))
            return int.from_bytes(rows.tobytes().translate(table), "little")
        if len(chosen) <= FEW and ABSENT not in chosen:
            return self._mask_of_few(rows, chosen)
        flags = [code in chosen for code in range(len(self.texts))]
        return int.from_bytes(bytes(map(flags.__getitem__, rows)), "little")

    @staticmethod
    def _mask_of_few(rows: "array[int]", chosen: set[int]) -> Mask:
        marks = bytearray(len(rows))
        width, content = rows.itemsize, rows.tobytes()
        for code in chosen:
            needle = array(rows.typecode, [code]).tobytes()
            at = content.find(needle)
            while at >= 0:
                if at % width == 0:
                    marks[at // width] = 1
                at = content.find(needle, at + 1)
        return int.from_bytes(marks, "little")

    def extend(self, texts: Iterable[str | None]) -> None:
        codes = [self.code(text) for text in texts]  # first, because it may widen the rows
        self.rows.extend(codes)

    def insert(self, position: int, text: str | None) -> None:
        code = self.code(text)  # first, because it may widen the rows
        self.rows.insert(position, code)

    def remove(self, positions: Sequence[int], keep: bytes | bytearray) -> None:
        self.rows = without(self.rows, positions, keep)


class Numbers:
    """A column of numbers, each with a bucket of its size, so that only the numbers of one bucket need comparing."""

    def __init__(self, lowest: float, highest: float) -> None:
        step = (highest / lowest) ** (1 / 252)
        self._edges = [lowest * step**i for i in range(1, 253)]
        self.values: array[float] = array("d")
        self.buckets: array[int] = array("B")

    def bucket(self, number: float) -> int:
        if isnan(number):
            return ABSENT
        if number <= 0:
            return ZERO if number == 0 else NEGATIVE
        return POSITIVE + bisect_right(self._edges, number)

    def extend(self, numbers: Iterable[float | None]) -> None:
        values = array("d", [nan if number is None else number for number in numbers])
        self.values.extend(values)
        self.buckets.extend(map(self.bucket, values))

    def insert(self, position: int, number: float | None) -> None:
        value = nan if number is None else number
        self.values.insert(position, value)
        self.buckets.insert(position, self.bucket(value))

    def remove(self, positions: Sequence[int], keep: bytes | bytearray) -> None:
        self.values = without(self.values, positions, keep)
        self.buckets = without(self.buckets, positions, keep)

    def mask(self, operator: str, number: float | None, low: int, high: int) -> Mask:
        """The rows from low to high whose number is equal to (`eq`), below (`lt`) or above (`gt`) the given one."""
        marks = bytearray(self.buckets[low:high].tobytes().translate(self._table(operator, number)))
        if number is not None:
            test = {"eq": number.__eq__, "lt": number.__gt__, "gt": number.__lt__}[operator]
            at = marks.find(UNDECIDED)
            while at >= 0:
                marks[at] = test(self.values[low + at])
                at = marks.find(UNDECIDED, at + 1)
        return int.from_bytes(marks, "little")

    def _table(self, operator: str, number: float | None) -> bytes:
        if number is None:  # only `eq null` chooses anything: the rows without a number
            return bytes(operator == "eq" and bucket == ABSENT for bucket in range(256))
        edge = self.bucket(number)
        table = bytearray(256)
        if operator == "gt":
            table[edge + 1 :] = b"\x01" * (255 - edge)
        if operator == "lt":
            table[NEGATIVE:edge] = b"\x01" * (edge - NEGATIVE)
        table[edge] = UNDECIDED if edge != ZERO else operator == "eq"  # all zeros are alike, no need to look
        return bytes(table)

    def range(self, mask: Mask | None, low: int, high: int) -> tuple[float, float] | None:
        """The smallest and the greatest number of the chosen rows from low to high; None when they have none."""
        buckets = self.buckets[low:high].tobytes()
        if mask is not None:
            buckets = (int.from_bytes(buckets, "little") & mask * 255).to_bytes(high - low, "little")
        smallest = next((bucket for bucket in range(NEGATIVE, 256) if bucket in buckets), ABSENT)
        if smallest == ABSENT:
            return None
        greatest = next(bucket for bucket in range(255, ABSENT, -1) if bucket in buckets)
        return min(self._in_bucket(buckets, smallest, low)), max(self._in_bucket(buckets, greatest, low))

    def _in_bucket(self, buckets: bytes, bucket: int, low: int) -> Iterator[float]:
        """The numbers of the rows that are in a bucket."""
        if bucket == ZERO:
            yield 0.0
            return
        at = buckets.find(bucket)
        while at >= 0:
            yield self.values[low + at]
            at = buckets.find(bucket, at + 1)

    def mask_where(self, test: Callable[[float], bool], low: int, high: int) -> Mask:
        """The rows from low to high whose number passes a test; slow, for what no operator above can say."""
        marks = bytes(not isnan(value) and test(value) for value in self.values[low:high])
        return int.from_bytes(marks, "little")


def without[Number: (int, float)](
    rows: "array[Number]", positions: Sequence[int], keep: bytes | bytearray
) -> "array[Number]":
    """A column less some rows: one by one when they are few, in one pass when they are many."""
    if len(positions) > 20:
        return array(rows.typecode, compress(rows, keep))
    for position in reversed(positions):
        del rows[position]
    return rows
