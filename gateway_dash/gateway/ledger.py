"""What all who call with one token know together: the block after a 429, and how many calls are spent of our share.

The upstream counts every program that uses the token, and a call while it blocks only prolongs the blindness. So the
counts lie where all our processes see them (`Counters`), and each asks there before it calls. Where nothing is shared,
each process holds itself to its part.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

WINDOW_S = 300
SLOT_S = 30  # what the window is counted in: it slides by this much
SHARE = 1000  # calls of ours in a window; the upstream allows 1,200, and the rest is for its own dashboard
# While more than half is spent, one person may have a quarter: who scripts the pages does not blind the others.
CROWDED, ONE_PERSON = 0.5, 0.25
PROBE_S = 10  # after a block one call goes first, and has so long to come back
NEAR_S = 2  # seconds until it is worth asking again while that call is under way


class Counters(Protocol):
    """Numbers that several processes share. None may raise; None says that they cannot be had at the moment."""

    def add(self, key: str, seconds: int) -> int | None:
        """Count one more, and keep the count for so long; the new count."""

    def read(self, keys: Sequence[str]) -> dict[str, float] | None:
        """Those of the numbers that are kept."""

    def put(self, key: str, value: float, seconds: int) -> None:
        """Keep a number for so long."""

    def drop(self, key: str) -> None:
        """Forget a number."""

    def claim(self, key: str, seconds: int) -> bool:
        """Whether nobody has claimed this within so many seconds."""


class OwnCounters:
    """Numbers of this process alone."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[float, float]] = {}  # value, and when it is over
        self._lock = threading.Lock()

    def add(self, key: str, seconds: int) -> int:
        """See Counters."""
        with self._lock:
            self._forget()
            value = self._kept.get(key, (0.0, 0.0))[0] + 1
            self._kept[key] = value, time.time() + seconds
            return int(value)

    def read(self, keys: Sequence[str]) -> dict[str, float]:
        """See Counters."""
        now = time.time()
        with self._lock:
            return {key: self._kept[key][0] for key in keys if key in self._kept and self._kept[key][1] > now}

    def put(self, key: str, value: float, seconds: int) -> None:
        """See Counters."""
        with self._lock:
            self._kept[key] = value, time.time() + seconds

    def drop(self, key: str) -> None:
        """See Counters."""
        with self._lock, suppress(KeyError):
            del self._kept[key]

    def claim(self, key: str, seconds: int) -> bool:
        """See Counters."""
        now = time.time()
        with self._lock:
            if key in self._kept and self._kept[key][1] > now:
                return False
            self._kept[key] = 1.0, now + seconds
            return True

    def _forget(self) -> None:
        now = time.time()
        for key in [key for key, (_, ends_at) in self._kept.items() if ends_at <= now]:
            del self._kept[key]


@dataclass(frozen=True, slots=True)
class Wait:
    """Why nothing may be sent now, and for how many seconds."""

    seconds: float
    is_block: bool = False  # by the upstream; else our own share is spent
    is_ones_own: bool = False  # the share of this one person


@dataclass(slots=True)
class Ledger:
    """The calls of one token. `parts`: how many processes may be calling while nothing is shared between them."""

    name: str = ""  # of the account, in keys
    shared: Counters = field(default_factory=OwnCounters)
    parts: int = 1
    share: int = SHARE  # calls in a window
    _own: OwnCounters = field(default_factory=OwnCounters)
    _probes: bool = False  # this process sent the one call after a block

    def take(self, who: str = "") -> Wait | None:
        """Spend a call, or say why there is none. `who`: a person; empty for a job, whose pace is held elsewhere."""
        now = time.time()
        slots = self._slots(now)
        calls, mine = self._keys(slots), self._keys(slots, who) if who else []
        counters, found = self._read([self._key("blocked"), *calls, *mine])
        if wait := self._blocked(counters, found, now):
            return wait
        share = self.share if counters is self.shared else self.share // self.parts
        spent = sum(found.get(key, 0.0) for key in calls)
        if spent >= share:
            return Wait(SLOT_S - now % SLOT_S)
        if who and spent >= share * CROWDED and sum(found.get(key, 0.0) for key in mine) >= share * ONE_PERSON:
            return Wait(SLOT_S - now % SLOT_S, is_ones_own=True)
        for keys in (calls, mine):
            if keys:
                counters.add(keys[-1], WINDOW_S + SLOT_S)
        return None

    def block(self, seconds: int) -> None:
        """Nobody calls for so long; a shorter block never ends a longer one."""
        now = time.time()
        _counters, found = self._read([self._key("blocked")])
        until = max(now + seconds, found.get(self._key("blocked"), 0.0))
        for each in (self.shared, self._own):  # on our own too, should nothing be shared when it is looked at
            each.put(self._key("blocked"), until, int(until - now) + WINDOW_S)
        self._probes = False

    def passed(self) -> None:
        """A call was answered, and not by a 429. If it was the one after a block, the others may go on."""
        if self._probes:
            self.unblock()

    def unblock(self) -> None:
        """Whatever block there was is over."""
        self._probes = False
        for each in (self.shared, self._own):
            each.drop(self._key("blocked"))

    def block_s(self) -> float:
        """For how many seconds the upstream takes no calls, as far as is known; 0 where it does. Takes nothing."""
        _counters, found = self._read([self._key("blocked")])
        return max(0.0, found.get(self._key("blocked"), 0.0) - time.time())

    def spent(self) -> int:
        """How many calls went out in the last minutes, by all who share the counts."""
        _counters, found = self._read(self._keys(self._slots(time.time())))
        return int(sum(found.values()))

    def _blocked(self, counters: Counters, found: Mapping[str, float], now: float) -> Wait | None:
        until = found.get(self._key("blocked"), 0.0)
        if until > now:
            return Wait(until - now, is_block=True)
        if until and not counters.claim(self._key("probe", int(until * 1000)), PROBE_S):
            return Wait(NEAR_S, is_block=True)
        self._probes = self._probes or bool(until)
        return None

    def _read(self, keys: Sequence[str]) -> tuple[Counters, Mapping[str, float]]:
        """The numbers that all share, or our own while those cannot be had."""
        found = self.shared.read(keys)
        return (self._own, self._own.read(keys)) if found is None else (self.shared, found)

    def _keys(self, slots: Sequence[int], *tail: str) -> list[str]:
        return [self._key("calls", slot, *tail) for slot in slots]

    def _slots(self, now: float) -> range:
        """The stretches of the window, the current one last."""
        last = int(now) // SLOT_S
        return range(last - WINDOW_S // SLOT_S + 1, last + 1)

    def _key(self, *parts: object) -> str:
        return ":".join(("upstream", self.name, *map(str, parts)))
