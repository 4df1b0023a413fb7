"""The chosen rows of a shelf in an order, a page at a time, and the ranges of their numbers."""

import math
from itertools import compress

from .choosing import Choice
from .columns import Labels, Numbers
from .shelf import Shelf
from .texts import plain

BLOCK = 4096  # rows counted at once on the way to a deep page
RANGES = {
    "cost": "cost", "duration": "duration", "tokens_in": "tokens_in", "tokens_out": "tokens_out",
    "total_tokens": "tokens",
}  # fmt: skip


def page(shelf: Shelf, choice: Choice, *, order_by: str, descending: bool, offset: int, limit: int) -> list[int]:
    """The serials of one page. Rows that are equal in the ordered column go by creation, so the order is total."""
    if order_by != "created_at" and order_by in shelf.numbers:
        rows = by_number(choice, shelf.numbers[order_by], descending)[offset : offset + limit]
    elif order_by != "created_at":
        rows = by_label(choice, shelf.labels[order_by], descending, offset, limit)
    elif choice.mask is None:
        everything = range(choice.length)
        rows = list((everything[::-1] if descending else everything)[offset : offset + limit])
    else:
        rows = walk(choice.marks(), offset, limit, descending)
    return [shelf.serials[choice.low + row] for row in rows]


def walk(marks: bytes, offset: int, limit: int, descending: bool) -> list[int]:
    """The marked rows from the offset on, at most `limit` of them."""
    starts = range(0, len(marks), BLOCK)
    rows: list[int] = []
    for start in reversed(starts) if descending else starts:
        block = marks[start : start + BLOCK]
        count = block.count(1)
        if offset >= count:
            offset -= count
            continue
        marked = [start + row for row, mark in enumerate(block) if mark]
        if descending:
            marked.reverse()
        rows += marked[offset : offset + limit - len(rows)]
        offset = 0
        if len(rows) == limit:
            break
    return rows


def by_label(choice: Choice, column: Labels, descending: bool, offset: int, limit: int) -> list[int]:
    """A page in the order of a column of texts: group after group, and within a group by creation."""
    rows: list[int] = []
    for code in sorted(range(len(column.texts)), key=lambda code: column.texts[code] or "", reverse=descending):
        group = column.mask({code}, choice.low, choice.high)
        if choice.mask is not None:
            group &= choice.mask
        count = group.bit_count()
        if offset < count:
            rows += walk(group.to_bytes(choice.length, "little"), offset, limit - len(rows), descending)
        offset = max(0, offset - count)
        if len(rows) == limit:
            break
    return rows


def by_number(choice: Choice, column: Numbers, descending: bool) -> list[int]:
    """All chosen rows in the order of a column of numbers; rows without one come first when ascending."""
    numbers = column.values[choice.low : choice.high]
    values = [-math.inf if math.isnan(number) else number for number in numbers]
    rows = list(compress(range(len(values)), choice.marks()))
    if descending:
        rows.reverse()
    return sorted(rows, key=values.__getitem__, reverse=descending)


def ranges(shelf: Shelf, choice: Choice) -> dict[str, float]:
    """The smallest and greatest number of the chosen rows, for each ranged column that has any."""
    found: dict[str, float] = {}
    for name, key in RANGES.items():
        ends = shelf.numbers[key].range(choice.mask, choice.low, choice.high)
        if ends is not None:
            found |= {f"min_{name}": plain(ends[0]), f"max_{name}": plain(ends[1])}
    return found
