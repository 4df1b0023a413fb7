"""What one request may spend on counting, and the address of the next one: a view is counted a few calls at a time."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from gateway_dash.gateway import calls, period
from gateway_dash.gateway.errors import GatewayError, QueryError, said

STEP_CALLS = 6  # of a request that counts for a region
VIEW_CALLS = 35  # of a whole view beside its list: 24 for the histogram, 10 for one facet, 1 for the ranges
VIEW_S = 3.0  # a page that comes whole, without htmx, counts for so long before it is shown
PARAMETERS = ("at", "done")
OLDEST = timedelta(hours=1)
AHEAD = timedelta(minutes=1)  # workers' clocks differ


class Waiting:
    """A number that was not asked for yet."""


WAITING = Waiting()


@dataclass(slots=True)
class Step:
    """One request's part of the counting."""

    calls: int  # that may still be sent
    ends_at: float  # time.monotonic()
    at: datetime | None = None  # the moment that is counted as of; None: that of the first look within the minute
    done: int = -1  # numbers that the step before knew
    is_shared: bool = False  # the time is the list's too: what is late is left to the next step, and is no failure

    @classmethod
    def read(cls, given: dict[str, str]) -> Self:
        """The step that an address asks for; raises QueryError."""
        return cls(STEP_CALLS, _page_ends_at(), _moment(given.get("at")), _number(given.get("done")))

    @classmethod
    def with_the_list(cls) -> Self:
        """All regions of a page that comes whole: they work without JavaScript."""
        return cls(VIEW_CALLS, min(time.monotonic() + VIEW_S, _page_ends_at()), is_shared=True)

    @classmethod
    def none(cls) -> Self:
        """Only what is known already: the region comes with the list and then loads itself."""
        return cls(0, time.monotonic(), is_shared=True)

    @property
    def has_calls(self) -> bool:
        """Whether one more may be sent."""
        return self.calls > 0 and time.monotonic() < self.ends_at

    def take(self) -> None:
        """One call is being sent."""
        self.calls -= 1

    def left_s(self) -> float:
        """How long to wait for an answer."""
        return max(0.0, self.ends_at - time.monotonic())

    def rest_url(self, part_url: str, at: datetime) -> str:
        """The address that counts what is missing, as of the same moment."""
        return f"{part_url}{'&' if '?' in part_url else '?'}at={period.spell_moment(at)}"

    def next_url(self, part_url: str, at: datetime, found: Sequence[object]) -> str:
        """What the region loads by itself; nothing when all is known, something failed, or nothing came of this step.

        Each step has to know more than the one before, so the steps come to an end whatever happens.
        """
        known = sum(not isinstance(each, GatewayError | Waiting) for each in found)
        if WAITING not in found or any(isinstance(each, GatewayError) for each in found) or known <= self.done:
            return ""
        done = "" if self.is_shared else f"&done={known}"
        return self.rest_url(part_url, at) + done


def _page_ends_at() -> float:
    return calls.current().ends_at


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        at = period.read_moment(text)
    except ValueError as error:
        raise QueryError(f"“at” {error}; “{said(text)[:60]}” is not one.") from None
    now = datetime.now(UTC)
    if not now - OLDEST < at < now + AHEAD:
        raise QueryError(
            "“at” is the moment that is counted as of, within the last hour. Reload the list to count anew."
        )
    return at


def _number(text: str | None) -> int:
    if text is None:
        return -1
    if not (text.isascii() and text.isdecimal()) or len(text) > 3:
        raise QueryError("“done” takes how many numbers were known before.")
    return int(text)
