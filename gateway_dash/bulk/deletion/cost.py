"""What a deletion costs in upstream calls, and how long that takes at the pace of jobs."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gateway_dash.bulk import pace
from gateway_dash.bulk.deletion import swift
from gateway_dash.bulk.deletion.archive import PAGE
from gateway_dash.bulk.deletion.spec import LEVELS
from gateway_dash.gateway.client import DELETE_AT_ONCE

PER_BATCH = 4  # look, delete, look, and the oldest logs once more
PROBE = 7
ZONE = DELETE_AT_ONCE  # logs that an ignored filter would hit first
PER_SWIFT = 6  # two counts, the call, two counts, and a look at the neighbours; and their pages before


@dataclass(frozen=True, slots=True)
class Cost:
    """One way to do it."""

    level: str
    copy_calls: int
    delete_calls: int
    swift_calls: int  # by filter, without the copy

    @property
    def calls(self) -> int:
        """All of them."""
        return self.copy_calls + self.delete_calls

    @property
    def swift(self) -> int:
        """All of them, the swift way."""
        return self.copy_calls + self.swift_calls

    @property
    def swift_minutes(self) -> int:
        """The swift way, at least."""
        return pace.minutes_for(self.swift)

    @property
    def minutes(self) -> int:
        """At least; people's calls come first."""
        return pace.minutes_for(self.calls)


def costs(count: int, held: int) -> dict[str, Cost]:
    """By the level of the copy."""
    pages = math.ceil(count / PAGE)
    batches = math.ceil(count / DELETE_AT_ONCE)
    last_look = math.ceil((count + held) / DELETE_AT_ONCE) + 1
    exact = PROBE + PER_BATCH * batches + last_look
    by_filter = PROBE + sum(PER_SWIFT + math.ceil(size / PAGE) for size in swift_sizes(count)) + last_look
    copies = {"none": 0, "rows": pages, "bodies": pages + 2 * (count + ZONE)}
    return {level: Cost(level, copies[level], exact, by_filter) for level in LEVELS}


def swift_sizes(count: int) -> list[int]:
    """The calls of the swift way: a small one first."""
    sizes: list[int] = []
    left = count
    while left > 0:
        sizes.append(min(left, swift.SIZES[min(len(sizes), len(swift.SIZES) - 1)]))
        left -= sizes[-1]
    return sizes
