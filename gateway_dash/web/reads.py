"""One answer of the upstream for everybody who asks for the same within seconds; an old one, called so, if it fails.

What is kept is what the upstream said, before anybody's masks and roles: who asks has to have been let in before. It
lies in the shared cache, closed with a key of ours. Of all who ask at once one does, over the threads of a process and
the processes of a machine or of a shared cache; the others wait for the answer.
"""

from __future__ import annotations

import pickle
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TimeIsOver
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import chain, repeat
from typing import Any

from gateway_dash import upstream
from gateway_dash.gateway import calls
from gateway_dash.gateway.errors import Busy, GatewayError, RateLimited
from gateway_dash.web import kept, metrics
from gateway_dash.web.changes import Marks

CLAIM_S = 12  # of one process for an answer: a page's whole time, and a little
OTHERS_S = 6.0  # so long the answer of another process is waited for; then this one asks too
LOOKS_S = (0.05, 0.05, 0.1, 0.1, 0.2)  # between looks for it, the last one from then on
WAITING = threading.BoundedSemaphore(12)  # threads that wait for another's answer; the others serve what needs none
CROWD_S = 0.05  # who finds no such place waits so long at the most
MANY = "Many people wait for this answer of the upstream already. Nothing more was sent."
MOST_BYTES = 512 * 1024  # of one answer, closed; a larger one is not kept


def now() -> datetime:
    """The moment by which answers are young or old."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Read[T]:
    """An answer, and when it was asked for."""

    value: T
    at: datetime
    is_kept: bool = False  # somebody else had asked
    problem: GatewayError | None = None  # why there is no fresh one

    @property
    def is_stale(self) -> bool:
        """Whether it is shown for want of a fresh one."""
        return self.problem is not None

    @property
    def age_s(self) -> int:
        """Seconds since it was asked for."""
        return max(0, round((now() - self.at).total_seconds()))


@dataclass(frozen=True, slots=True)
class Wish[T]:
    """What is to be read."""

    what: str  # "list" or "log", as the line of calls and the metrics name it
    name: str  # among all that is kept: with the account, the gateways and how the upstream is asked
    ask: Callable[[], T]
    fresh_s: float
    stale_s: int
    may_keep: Callable[[T], bool] = lambda _value: True
    or_old: bool = True  # whether an old one is better than none
    since: datetime | None = None  # older is not fresh for whoever asked to have it read again


_flights: dict[tuple[str, Marks | None], Future[Read[Any]]] = {}
_lock = threading.Lock()


def read[T](wish: Wish[T], marks_of: Callable[[], Marks | None]) -> Read[T]:
    """The answer: a fresh one that is kept, else the upstream's, else an old one; raises GatewayError.

    An old one stands in only for failures that may pass. A right that is missing, and a log that is gone, are told.
    `marks_of` gives those of what the answer is about; None where nothing can be kept.
    """
    if not wish.stale_s:
        return Read(wish.ask(), now())
    marks = marks_of()
    known = _known(wish, marks)
    if known and _is_fresh(wish, known[0], marks, known[1], now()):
        return _seen(wish, "hit", replace(known[0], is_kept=True))
    try:
        return _shared(wish, marks)
    except GatewayError as error:
        # With the marks of now: it may have taken ten seconds, in which logs were deleted.
        found = _old(wish, marks_of()) if error.passes and wish.or_old else None
        if found is None:
            raise
        return _seen(wish, "stale", replace(found, is_kept=True, problem=error))


def _shared[T](wish: Wish[T], marks: Marks | None) -> Read[T]:
    """Asked by one thread of this process; the others wait. Whose own share of calls is spent speaks for itself."""
    for is_last in (False, True):
        with _lock:
            job = _flights.get((wish.name, marks))
            if job is None:
                mine = _flights[wish.name, marks] = Future()
        if job is None:
            return _lead(wish, marks, mine)
        try:
            return _seen(wish, "hit", replace(_wait(job), is_kept=True))
        except RateLimited:
            if is_last:
                raise
    raise AssertionError("unreachable")


def _lead[T](wish: Wish[T], marks: Marks | None, mine: Future[Read[T]]) -> Read[T]:
    try:
        found = _asked(wish, marks)
    except BaseException as error:
        _land(wish, marks)
        mine.set_exception(error)
        raise
    _land(wish, marks)
    mine.set_result(found)
    return found


def _land(wish: Wish[Any], marks: Marks | None) -> None:
    with _lock:
        del _flights[wish.name, marks]


def _wait[T](job: Future[Read[T]]) -> Read[T]:
    """For another thread's answer, in one of the places for that, or only for a moment."""
    left_s = max(0.0, calls.current().left_s())
    with _waiting() as has_place:
        try:
            return job.result(timeout=left_s if has_place else min(left_s, CROWD_S))
        except TimeIsOver:
            raise Busy(MANY) from None


@contextmanager
def _waiting() -> Iterator[bool]:
    """Whether there was a place to wait in; it is taken until the end of the block."""
    has_place = WAITING.acquire(blocking=False)
    try:
        yield has_place
    finally:
        if has_place:
            WAITING.release()


def _asked[T](wish: Wish[T], marks: Marks | None) -> Read[T]:
    """Asked by one process; the others look for its answer, and ask too where it does not come."""
    if marks is None:
        return _ask(wish, marks)
    page, came = calls.current(), now()
    if found := _claimed(wish, marks, came):
        return found
    with _waiting() as has_place:
        if found := _look(wish, marks, came, min(page.left_s(), OTHERS_S if has_place else CROWD_S)):
            return found
        if not has_place:
            raise Busy(MANY)
        try:
            return _ask(wish, marks)
        except Busy:
            # No place for a call either: the other may only be slow, and this thread has a place to wait.
            if found := _look(wish, marks, came, page.left_s()):
                return found
            raise


def _look[T](wish: Wish[T], marks: Marks, came: datetime, longest_s: float) -> Read[T] | None:
    """What another process asks for, once it is there, or asked for here once that one gave up; None: neither."""
    ends, pauses_s = time.monotonic() + longest_s, chain(LOOKS_S, repeat(LOOKS_S[-1]))
    while (left_s := ends - time.monotonic()) > 0:
        time.sleep(min(left_s, next(pauses_s)))
        if found := _landed(wish, marks, came) or _claimed(wish, marks, came):
            return found
    return None


def _claimed[T](wish: Wish[T], marks: Marks, came: datetime) -> Read[T] | None:
    """Asked for by this process, if no other does; it may have landed between a look before and the claim."""
    claim = f"asking-{_place(wish)}"
    if not kept.claim(claim, CLAIM_S, kept.ANSWERS):
        return None
    try:
        return _landed(wish, marks, came) or _ask(wish, marks)
    finally:
        kept.drop(claim, kept.ANSWERS)


def _landed[T](wish: Wish[T], marks: Marks, came: datetime) -> Read[T] | None:
    """One that was fresh when this reader came: what took five seconds to come is as good as to ask for it then."""
    known = _known(wish, marks)
    if known and _is_fresh(wish, known[0], marks, known[1], came):
        return _seen(wish, "hit", replace(known[0], is_kept=True))
    return None


def _ask[T](wish: Wish[T], marks: Marks | None) -> Read[T]:
    at = now()
    value = wish.ask()
    metrics.kept_seen(wish.what, "miss")
    if marks and wish.may_keep(value):
        data = zlib.compress(pickle.dumps((marks, at, value)), 1)
        if len(data) <= MOST_BYTES:
            kept.put(_place(wish), upstream.seal("answers").close(data, wish.name), wish.stale_s, kept.ANSWERS)
    return Read(value, at)


def _known[T](wish: Wish[T], marks: Marks | None) -> tuple[Read[T], Marks] | None:
    """What is kept, and under which marks; nothing that may have been deleted since."""
    closed = kept.get(_place(wish), kept.ANSWERS) if marks else None
    data = upstream.seal("answers").open(closed, wish.name) if isinstance(closed, bytes) else None
    if data is None:
        return None
    # Closed with our own key, or it would not have opened: nobody else wrote this.
    under, at, value = pickle.loads(zlib.decompress(data))  # noqa: S301
    return (Read(value, at), under) if marks and under.gone == marks.gone else None


def _old[T](wish: Wish[T], marks: Marks | None) -> Read[T] | None:
    known = _known(wish, marks)
    return known[0] if known else None


def _is_fresh(wish: Wish[Any], known: Read[Any], marks: Marks | None, under: Marks, came: datetime) -> bool:
    """Young at that moment, and nothing of ours came in between. By the clock of now none is of the future."""
    is_young = known.at <= now() and came - known.at < timedelta(seconds=wish.fresh_s)
    return is_young and not _is_before(known, wish) and under == marks


def _is_before(known: Read[Any], wish: Wish[Any]) -> bool:
    return wish.since is not None and known.at < wish.since


def _seen[T](wish: Wish[T], outcome: str, found: Read[T]) -> Read[T]:
    metrics.kept_seen(wish.what, outcome)
    calls.current().note_kept(wish.what, found.at)
    return found


def _place(wish: Wish[Any]) -> str:
    return upstream.seal("answers").name(wish.name)
