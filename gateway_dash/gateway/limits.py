"""What keeps us within the upstream's limits: the call budget it reports, our own places, and a cap on retries."""

from __future__ import annotations

import math
import re
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from gateway_dash.gateway.errors import Busy, RateLimited
from gateway_dash.gateway.ledger import Ledger

BLOCK_WITHOUT_WORD_S = 300  # the documented penalty, for a 429 that carries no Retry-After
LONGEST_BLOCK_S = 3600
OUT_OF_ORDER_S = 1.0
LAST_CALLS = 50  # of the upstream's count: they stay, since the one too many blinds everybody for five minutes
LARGE_QUOTA = 500  # of a smaller one 50 is much
SLOT_WAIT_S = 0.05
# Bulkheads: a slow upstream must not take every thread we have, and counts must not take the places of pages.
SLOTS = {"list": 8, "detail": 6, "write": 2, "count": 2}

_ITEM = re.compile(r'"(?P<name>[^"]*)"\s*(?P<pairs>(?:;\s*[a-z]+=\d+\s*)+)')
_PAIR = re.compile(r"([a-z]+)=(\d+)")


def _policies(header: str) -> dict[str, dict[str, int]]:
    """Read `"default";r=50;t=30, "burst";r=9;t=1` as {"default": {"r": 50, "t": 30}, …}."""
    return {
        item["name"]: {key: int(number) for key, number in _PAIR.findall(item["pairs"])}
        for item in _ITEM.finditer(header)
    }


@dataclass(slots=True)
class CallBudget:
    """The upstream's own account of our calls, and ours. Shared by all threads; the ledger by all processes."""

    left: int | None = None
    quota: int | None = None
    ledger: Ledger = field(default_factory=Ledger)
    behind_s: float | None = None  # our clock behind the upstream's, as far as its last answer said
    _low_until: float = -math.inf  # time.monotonic(): until then there are no more than the last calls
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _read_at: float = -math.inf  # time.monotonic()

    def read(self, headers: Mapping[str, str]) -> None:
        """Take over what an answer's headers say. Several policies may come: the tightest counts."""
        with suppress(ValueError):
            date = parsedate_to_datetime(headers.get("date", ""))
            self.behind_s = date.timestamp() - time.time()
        quotas = {name: pairs.get("q") for name, pairs in _policies(headers.get("ratelimit-policy", "")).items()}
        told = {name: pairs for name, pairs in _policies(headers.get("ratelimit", "")).items() if "r" in pairs}
        if not told:
            return
        name = min(told, key=lambda each: told[each]["r"])
        left, resets_s, now = told[name]["r"], min(told[name].get("t", 0), BLOCK_WITHOUT_WORD_S), time.monotonic()
        with self._lock:
            if self.left is not None and now - self._read_at < OUT_OF_ORDER_S:
                left = min(left, self.left)  # answers overtake each other: the lowest is the newest
            self.left, self.quota, self._read_at = left, quotas.get(name), now
            is_low = left < LAST_CALLS and (self.quota or 0) >= LARGE_QUOTA
            self._low_until = now + resets_s if is_low else -math.inf

    def block(self, retry_after: str) -> int:
        """Note a 429; returns for how many seconds nothing is sent."""
        seconds = int(retry_after) if retry_after.isdecimal() else BLOCK_WITHOUT_WORD_S
        seconds = min(max(seconds, 1), LONGEST_BLOCK_S)
        self.ledger.block(seconds)
        return seconds

    def take(self, who: str = "") -> None:
        """Spend a call. Raises RateLimited while the upstream blocks us or is about to, or our own share is spent."""
        if (low_s := self._low_until - time.monotonic()) > 0:
            seconds = math.ceil(low_s)
            ends = datetime.now(UTC) + timedelta(seconds=seconds)
            raise RateLimited(
                f"Fewer than {LAST_CALLS} calls are left until {ends:%H:%M:%S} UTC. One too many would stop everybody "
                "for five minutes, so nothing was sent.",
                retry_after_s=seconds,
            )
        wait = self.ledger.take(who)
        if wait is None:
            return
        seconds = math.ceil(wait.seconds)
        if wait.is_block:
            raise spent(seconds)
        ends = datetime.now(UTC) + timedelta(seconds=seconds)
        whose = ("You", "one person") if wait.is_ones_own else ("The people here", "this dashboard")
        words = f"{whose[0]} sent as many calls in the last five minutes as there are for {whose[1]}."
        raise RateLimited(f"{words} Nothing was sent. Try again after {ends:%H:%M:%S} UTC.", retry_after_s=seconds)


def spent(seconds: int, hint: str = "") -> RateLimited:
    """The error for a spent budget, naming the second when it ends."""
    ends = datetime.now(UTC) + timedelta(seconds=seconds)
    return RateLimited(
        f"The upstream takes no calls from this token until {ends:%H:%M:%S} UTC. Nothing was changed.",
        retry_after_s=seconds,
        hint=hint,
    )


class Slots:
    """Places for upstream calls, by kind. Refuses after a twentieth of a second instead of queueing.

    As many may wait for so long as there are places; who comes then has no chance, and is refused at once.
    """

    def __init__(self, sizes: Mapping[str, int] = SLOTS) -> None:
        self._places = {kind: threading.BoundedSemaphore(size) for kind, size in sizes.items()}
        self._next = {kind: threading.BoundedSemaphore(size) for kind, size in sizes.items()}

    @contextmanager
    def hold(self, kind: str) -> Iterator[None]:
        """One place for the time of one call."""
        place = self._places[kind]
        if not (place.acquire(blocking=False) or self._is_next(kind)):
            raise Busy("Every place for upstream calls is taken at this moment. Nothing was sent. Try again in 2 s.")
        try:
            yield
        finally:
            place.release()

    def _is_next(self, kind: str) -> bool:
        """Whether a place became free while this thread waited."""
        if not self._next[kind].acquire(blocking=False):
            return False
        try:
            return self._places[kind].acquire(timeout=SLOT_WAIT_S)
        finally:
            self._next[kind].release()


class RetryBudget:
    """Retries may be a tenth of the last minute's calls, or three, so that an outage is never made worse by us."""

    def __init__(self) -> None:
        self._calls: deque[float] = deque()
        self._retries: deque[float] = deque()
        self._lock = threading.Lock()

    def note_call(self) -> None:
        """Count a call that was wanted; its retries are none."""
        with self._lock:
            self._calls.append(time.monotonic())

    def allows(self) -> bool:
        """Take one retry from the budget, if there is one."""
        minute_ago = time.monotonic() - 60
        with self._lock:
            for times in (self._calls, self._retries):
                while times and times[0] < minute_ago:
                    times.popleft()
            if len(self._retries) >= max(3, len(self._calls) // 10):
                return False
            self._retries.append(time.monotonic())
            return True
