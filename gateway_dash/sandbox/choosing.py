"""Which rows of a shelf pass the conditions of a request."""

import math
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from .columns import Mask, Numbers, all_of, mask_of_ranges
from .filters import Condition, Value
from .shelf import BETWEEN_KEYS, Shelf
from .texts import instant_text, text_of, text_test

type Found = Iterable[tuple[int, int]]  # (created_ms, serial) of logs that the database found
type Find = Callable[[Condition], Found]


@dataclass(frozen=True)
class Choice:
    """Rows from low to high, and among them those of the mask (None: all)."""

    low: int
    high: int
    mask: Mask | None

    @property
    def length(self) -> int:
        return self.high - self.low

    @property
    def count(self) -> int:
        return self.length if self.mask is None else self.mask.bit_count()

    def marks(self) -> bytes:
        return b"\x01" * self.length if self.mask is None else self.mask.to_bytes(self.length, "little")


def choose(shelf: Shelf, conditions: Sequence[Condition], search: str, find: Find) -> Choice:
    """The rows that pass all conditions and hold the searched text in their metadata."""
    return Chooser(shelf, conditions, find).choose(search)


class Chooser:
    """The conditions of one request at work on one shelf."""

    def __init__(self, shelf: Shelf, conditions: Sequence[Condition], find: Find) -> None:
        self.shelf, self.find = shelf, find
        self.windows = [c for c in conditions if c.key == "created_at" and c.operator in ("lt", "gt")]
        self.conditions = [c for c in conditions if c not in self.windows]
        self.low, self.high = self._window()

    def choose(self, search: str) -> Choice:
        mask: Mask | None = None
        for condition in self.conditions:
            found = self._mask(condition)
            mask = found if mask is None else mask & found
            if not mask:
                break
        if search and mask != 0:
            found = self._keys("contains", search) | self._metadata("contains", search)
            mask = found if mask is None else mask & found
        return Choice(self.low, self.high, mask)

    def _window(self) -> tuple[int, int]:
        """The rows that the created_at conditions leave. They compare whole seconds, as the live API does."""
        low, high = 0, len(self.shelf)
        for condition in self.windows:
            seconds = [math.floor(value) for value in condition.values if isinstance(value, float)]
            if not seconds:
                return 0, 0
            if condition.operator == "gt":
                low = max(low, bisect_left(self.shelf.created, min(seconds) * 1000))
            else:
                high = min(high, bisect_left(self.shelf.created, (max(seconds) + 1) * 1000))
        return low, max(low, high)

    def _mask(self, condition: Condition) -> Mask:
        """One condition. `neq` is the complement of `eq`: it also chooses the rows that have no value at all."""
        if condition.operator == "neq":
            return all_of(self.high - self.low) ^ self._mask(Condition(condition.key, "eq", condition.values))
        if condition.key in ("id", "event_id"):
            return self._found(self.find(condition))
        mask = 0
        for value in condition.values:
            mask |= self._value(condition.key, condition.operator, value)
        return mask

    def _value(self, key: str, operator: str, value: Value) -> Mask:
        if key == "created_at":
            return self._instant(operator, value)
        if key in self.shelf.numbers:
            return self._number(self.shelf.numbers[key], operator, value)
        if key == "metadata.key":
            return self._keys(operator, value)
        if key == "metadata.value":
            return self._metadata(operator, value)
        column = self.shelf.labels[key]
        if operator == "eq":
            code = column.known(None if value is None else text_of(value))
            return 0 if code is None else column.mask({code}, self.low, self.high)
        return column.mask(column.codes_where(text_test(operator, value)), self.low, self.high)

    def _number(self, column: Numbers, operator: str, value: Value) -> Mask:
        if operator == "contains":
            test = text_test(operator, value)
            return column.mask_where(lambda number: test(text_of(number)), self.low, self.high)
        number = None if value is None else float(value)
        if operator in ("ge", "le"):  # the deprecated min_... and max_... parameters include their bounds
            beyond = column.mask("gt" if operator == "ge" else "lt", number, self.low, self.high)
            return beyond | column.mask("eq", number, self.low, self.high)
        return column.mask(operator, number, self.low, self.high)

    def _instant(self, operator: str, value: Value) -> Mask:
        created = self.shelf.created
        if operator == "contains":
            test = text_test(operator, value)
            marks = bytes(test(instant_text(created_ms)) for created_ms in created[self.low : self.high])
            return int.from_bytes(marks, "little")
        if not isinstance(value, float):
            return 0
        second_ms = math.floor(value) * 1000
        start, end = bisect_left(created, second_ms), bisect_left(created, second_ms + 1000)
        return mask_of_ranges(self.high - self.low, [(start - self.low, end - self.low)])

    def _keys(self, operator: str, value: Value) -> Mask:
        test = text_test(operator, value)
        column = self.shelf.metadata_keys
        chosen = column.codes_where(lambda keys: any(map(test, keys.split(BETWEEN_KEYS))))
        return column.mask(chosen, self.low, self.high)

    def _metadata(self, operator: str, value: Value) -> Mask:
        """Any value under any key: key and value conditions are not a pair in the live API."""
        if value is None:
            return 0
        mask, test, wanted = 0, text_test(operator, value), text_of(value)
        for column in self.shelf.metadata.values():
            if operator == "eq":
                code = column.known(wanted)
                chosen = set() if code is None else {code}
            else:
                chosen = column.codes_where(test)
            mask |= column.mask(chosen, self.low, self.high)
        return mask

    def _found(self, found: Found) -> Mask:
        positions = (self.shelf.position(created_ms, serial) for created_ms, serial in found)
        rows = [position - self.low for position in positions if position is not None]
        return mask_of_ranges(self.high - self.low, ((row, row + 1) for row in rows if row >= 0))
