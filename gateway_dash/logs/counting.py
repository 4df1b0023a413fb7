"""Counts for one view: in steps, two at a time in this process, the same one asked once, and kept for a while.

People's own pages come first: counts have two places for calls of their own, and stop while the budget is low. A region
that is not all counted loads its next step by itself, so when somebody leaves, nothing more is asked.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TimeIsOver
from contextvars import copy_context
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Protocol

from gateway_dash import upstream
from gateway_dash.gateway import calls, period
from gateway_dash.gateway.counting import ranges, tally
from gateway_dash.gateway.errors import BudgetLow, GatewayError, Slow
from gateway_dash.gateway.limits import SLOTS
from gateway_dash.gateway.models import Span
from gateway_dash.gateway.query import NEWEST_FIRST, LogQuery, json_text
from gateway_dash.gateway.reading import PAGE_SIZES
from gateway_dash.gateway.service import Account
from gateway_dash.logs.steps import WAITING, Step, Waiting
from gateway_dash.web import kept

KEPT_S = 60  # for so long a list is counted as of the same moment
NUMBERS_KEPT_S = 300  # the numbers as of a moment: its steps may take longer than a minute
RESERVE = 300  # calls that are left to people's own pages


class _Dated(Protocol):
    @property
    def at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Counted:
    """A count and when it was made."""

    number: int
    is_exact: bool  # False: an upper bound
    at: datetime


@dataclass(frozen=True, slots=True)
class Ranged:
    """The least and greatest numbers, and when they were asked for."""

    spans: dict[str, Span]
    follow: bool  # the filter, as far as can be seen
    at: datetime


type Found[T] = T | GatewayError | Waiting
type Work[T] = Callable[[Account, str, LogQuery], T]

_pool = ThreadPoolExecutor(SLOTS["count"], thread_name_prefix="count")
_flying: dict[str, Future[Any]] = {}  # its key says of which kind
_lock = threading.Lock()


def steady(gateway: str, query: LogQuery, at: datetime | None = None) -> LogQuery:
    """The query's first page as of the minute's first look: else "the last 24 hours" would be new every second.

    How the list is sorted and cut into pages changes no count.
    """
    if at is None:
        plain = query.change(sort=NEWEST_FIRST, per_page=PAGE_SIZES[-1])
        now = period.milliseconds(query.read_at)
        at = kept.agreed(cache_key("moment", gateway, plain.url()), now, KEPT_S)
    return query.change(read_at=at)


def count_all(gateway: str, queries: Sequence[LogQuery], step: Step) -> list[Found[Counted]]:
    """A count for each query, or why there is none. One that fails leaves the others."""
    return _ask("count", _count, gateway, queries, step)


def ranges_of(gateway: str, query: LogQuery, step: Step) -> Found[Ranged]:
    """The ranges of the numbers in a list, for a call."""
    return _ask("ranges", _ranges, gateway, [query], step)[0]


def ask_now[T](work: Callable[[Account], T]) -> T | GatewayError:
    """One call in the places for counts, and not while the budget is low; its answer is for the caller to keep."""
    account = upstream.account()
    job = _pool.submit(copy_context().run, _guarded, account, lambda: work(account))
    try:
        return job.result(timeout=max(0.0, calls.current().left_s()))
    except GatewayError as error:
        return error
    except TimeIsOver:
        job.cancel()
        return Slow("The time for this page was over before the upstream answered.")


def refuse_if_low(account: Account) -> None:
    """Raises BudgetLow for work of many calls that nobody's page depends on, while few are left."""
    left = account.client.budget.left
    if left is not None and left < RESERVE:
        raise BudgetLow(f"{left:,} calls are left, and the last {RESERVE} are kept for people's own pages.")


def cache_key(kind: str, *parts: str) -> str:
    """A key of this account's, of signs that every cache takes."""
    told = "\0".join((upstream.account_name(), *parts))
    return f"{kind}-{hashlib.sha256(told.encode()).hexdigest()}"


def _count(account: Account, gateway: str, query: LogQuery) -> Counted:
    found = tally(account, gateway, query)
    return Counted(found.number, found.is_exact, datetime.now(UTC))


def _ranges(account: Account, gateway: str, query: LogQuery) -> Ranged:
    found = ranges(account, gateway, query)
    return Ranged(found.spans, found.follow, datetime.now(UTC))


def _ask[T: _Dated](kind: str, work: Work[T], gateway: str, queries: Sequence[LogQuery], step: Step) -> list[Found[T]]:
    account = upstream.account()
    keys = [_query_key(kind, gateway, query) for query in queries]
    known = kept.get_many(keys)
    jobs = [
        known.get(key) or _job(account, partial(work, account, gateway, query), key, step)
        for key, query in zip(keys, queries, strict=True)
    ]
    for each in jobs:
        if not isinstance(each, Future | Waiting):
            calls.current().note_kept(kind, each.at)
    return [_result(job, step) for job in jobs]


def _job[T](account: Account, work: Callable[[], T], key: str, step: Step) -> T | Future[T] | Waiting:
    def asked() -> T:
        found = _guarded(account, work)
        kept.put(key, found, NUMBERS_KEPT_S)
        return found

    if not step.has_calls:
        return WAITING
    with _lock:
        job = _flying.get(key)
        if job:
            return job
        landed: T | None = kept.get(key)  # it may just have
        if landed:
            return landed
        step.take()
        job = _flying[key] = _pool.submit(copy_context().run, asked)
        # Without the lock, which this thread may hold: one operation on a dict needs none.
        job.add_done_callback(lambda _done: _flying.pop(key, None))
        return job


def _guarded[T](account: Account, work: Callable[[], T]) -> T:
    refuse_if_low(account)
    return work()


def _result[T](job: T | Future[T] | Waiting, step: Step) -> Found[T]:
    if not isinstance(job, Future):
        return job
    try:
        return job.result(timeout=step.left_s())
    except GatewayError as error:
        return error
    except CancelledError:  # somebody else, who had asked for the same, went before it was sent
        return WAITING
    except TimeIsOver:
        job.cancel()  # as long as it was not sent
        if step.is_shared:
            return WAITING
        return Slow("The time for this page was over before everything was counted.")


def _query_key(kind: str, gateway: str, query: LogQuery) -> str:
    return cache_key(kind, gateway, json_text(query.for_api()), query.search, period.spell_moment(query.read_at))
