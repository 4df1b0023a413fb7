"""What a deletion costs in upstream calls, and how long that takes at the pace of jobs."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gateway_dash.bulk import pace
from gateway_dash.bulk.deletion.archive import PAGE
from gateway_dash.bulk.deletion.spec import LEVELS
from gateway_dash.gateway.client import DELETE_AT_ONCE

PER_BATCH = 4  # look, delete, look, and the oldest logs once more
PROBE = 7
ZONE = DELETE_AT_ONCE  # logs that an ignored filter would hit first


@dataclass(frozen=True, slots=True)
class Cost:
    """One way to do it."""

    level: str
    copy_calls: int
    delete_calls: int

    @property
    def calls(self) -> int:
        """All of them."""
        return self.copy_calls + self.delete_calls

    @property
    def minutes(self) -> int:
        """At least; people's calls come first."""
        return pace.minutes_for(self.calls)


def costs(count: int, held: int) -> dict[str, Cost]:
    """By the level of the copy."""
    pages = math.ceil(count / PAGE)
    batches = math.ceil(count / DELETE_AT_ONCE)
    exact = PROBE + PER_BATCH * batches + math.ceil((count + held) / DELETE_AT_ONCE) + 1
    copies = {"none": 0, "rows": pages, "bodies": pages + 2 * (count + ZONE)}
    return {level: Cost(level, copies[level], exact) for level in LEVELS}
