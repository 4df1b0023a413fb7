"""The breaker: an upstream that mostly fails is left alone for a while, and nobody waits for it meanwhile.

One for each upstream and process. A call that fails holds a place and a person for seconds; a call that is not sent
fails at once, and leaves the upstream room to come back. What failed is for the client to say: a refusal that is the
caller's fault is an answer, and a 429 is the ledger's.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from gateway_dash.gateway.errors import CircuitOpen

WINDOW_S = 30.0
LEAST_CALLS = 10  # in the window: of fewer, chance decides
FAILURE_SHARE = 0.5
OPEN_S = 10.0
# After this another call may try, so that one that hangs does not hold up the return: with OPEN_S under 15 s.
PROBE_S = 4.0
logger = logging.getLogger("gateway_dash.upstream")


class State(StrEnum):
    """What becomes of a call that wants to go out."""

    CLOSED = "closed"  # it is sent
    OPEN = "open"  # it is not
    HALF_OPEN = "half-open"  # one is under way, to see


@dataclass(slots=True)
class Attempt:
    """One call that may be sent. `failed` stays None where nothing was learnt of the upstream."""

    era: int
    probe: int = 0  # which one, from 1; 0: no probe
    failed: bool | None = None


class Breaker:
    """Shared by the threads of a process. `clock` tells seconds that never go back."""

    def __init__(
        self,
        name: str = "The upstream",
        *,
        clock: Callable[[], float] = time.monotonic,
        changed: Callable[[State], None] = lambda _state: None,
        least_calls: float = LEAST_CALLS,
    ) -> None:
        self._name = name
        self._clock = clock
        self._changed = changed
        self._least_calls = least_calls
        self._lock = threading.Lock()
        self._outcomes: deque[tuple[float, bool]] = deque()  # when a call ended, and whether it failed
        self._state = State.CLOSED
        self._era = 0  # a call that began before the last change says nothing of now
        self._probes = 0
        self._again_at = 0.0  # from this moment on the next probe may go

    @property
    def state(self) -> State:
        """As the last call left it; open until somebody asks again."""
        return self._state

    def wait_s(self) -> float:
        """Seconds until a call may be sent again; 0 where one may now."""
        with self._lock:
            return self._wait_s()

    @contextmanager
    def call(self, *, may_probe: bool = True) -> Iterator[Attempt]:
        """Around one call, which says in `failed` how it went. Raises CircuitOpen where it is not to be sent.

        `may_probe`: whether it may be the one that finds out. What changes something may not: where it fails, nobody
        would know whether it was done.
        """
        attempt = self._enter(may_probe)
        try:
            yield attempt
        finally:
            self._leave(attempt)

    def _enter(self, may_probe: bool) -> Attempt:
        with self._lock:
            if self._state is State.CLOSED:
                return Attempt(self._era)
            if (wait_s := self._wait_s()) > 0 or not may_probe:
                raise self._refusal(max(1, math.ceil(round(wait_s, 3))))
            self._probes += 1
            self._again_at = self._clock() + PROBE_S
            self._become(State.HALF_OPEN)
            return Attempt(self._era, self._probes)

    def _leave(self, attempt: Attempt) -> None:
        with self._lock:
            if attempt.probe:
                self._judge(attempt)
            elif attempt.era == self._era and attempt.failed is not None:
                self._count(attempt.failed)

    def _judge(self, probe: Attempt) -> None:
        """The end of a probe. One that succeeds closes, however late; one that fails counts for its own era."""
        if self._state is State.CLOSED:
            return
        if probe.failed is False:
            self._outcomes.clear()
            self._era += 1
            self._become(State.CLOSED)
        elif probe.era == self._era and probe.failed:
            self._open()
        elif probe.era == self._era and probe.probe == self._probes:
            self._again_at = self._clock()  # it was never sent: the next may be the one

    def _count(self, failed: bool) -> None:
        now = self._clock()
        self._outcomes.append((now, failed))
        while self._outcomes[0][0] <= now - WINDOW_S:
            self._outcomes.popleft()
        failures = sum(each for _, each in self._outcomes)
        if len(self._outcomes) >= self._least_calls and failures >= FAILURE_SHARE * len(self._outcomes):
            logger.warning("%d of %d calls failed; nothing is sent for a while.", failures, len(self._outcomes))
            self._open()

    def _open(self) -> None:
        self._outcomes.clear()
        self._era += 1
        self._again_at = self._clock() + OPEN_S
        self._become(State.OPEN)

    def _become(self, state: State) -> None:
        if state is not self._state:
            self._state = state
            self._changed(state)
            logger.warning("The breaker is %s.", state.value)

    def _wait_s(self) -> float:
        return 0.0 if self._state is State.CLOSED else max(0.0, self._again_at - self._clock())

    def _refusal(self, seconds: int) -> CircuitOpen:
        ends = datetime.now(UTC) + timedelta(seconds=seconds)
        return CircuitOpen(
            f"Most calls to {self._name} failed just now, so it is left alone until {ends:%H:%M:%S} UTC. "
            "Nothing was sent.",
            retry_after_s=seconds,
        )
