"""Counts for one view: two at a time in this process, the same one asked once, and kept for a minute.

People's own pages come first: counts have two places for calls of their own, and stop while the budget is low.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TimeIsOver
from contextvars import copy_context
from dataclasses import dataclass
from datetime import UTC, datetime

from gateway_dash import upstream
from gateway_dash.gateway import calls
from gateway_dash.gateway.counting import tally
from gateway_dash.gateway.errors import BudgetLow, GatewayError, Slow
from gateway_dash.gateway.limits import SLOTS
from gateway_dash.gateway.query import LogQuery, json_text
from gateway_dash.gateway.service import Account
from gateway_dash.web import kept

KEPT_S = 60
RESERVE = 300  # calls that are left to people's own pages


@dataclass(frozen=True, slots=True)
class Counted:
    """A count and when it was made."""

    number: int
    is_exact: bool  # False: an upper bound
    at: datetime


_pool = ThreadPoolExecutor(SLOTS["count"], thread_name_prefix="count")
_flying: dict[str, Future[Counted]] = {}
_lock = threading.Lock()


def steady(gateway: str, query: LogQuery) -> LogQuery:
    """The query's first page as of the minute's first look: else "the last 24 hours" would be new every second."""
    query = query.change()
    moment = kept.agreed(_key("moment", gateway, query.url()), query.read_at, KEPT_S)
    return query.change(read_at=moment)


def count_all(gateway: str, queries: Sequence[LogQuery]) -> list[Counted | GatewayError]:
    """A count for each query, or why there is none. One that fails leaves the others."""
    account = upstream.account()
    jobs = [_job(account, gateway, query) for query in queries]
    return [_result(job) for job in jobs]


def _job(account: Account, gateway: str, query: LogQuery) -> Counted | Future[Counted]:
    key = _key("count", gateway, json_text(query.for_api()), query.search)
    with _lock:
        known: Counted | None = kept.get(key)
        if known:
            return known
        job = _flying.get(key)
        if job is None:
            job = _flying[key] = _pool.submit(copy_context().run, _count, account, gateway, query, key)
            # Without the lock, which this thread may hold: one operation on a dict needs none.
            job.add_done_callback(lambda _done: _flying.pop(key, None))
        return job


def _count(account: Account, gateway: str, query: LogQuery, key: str) -> Counted:
    left = account.client.budget.left
    if left is not None and left < RESERVE:
        raise BudgetLow(f"{left:,} calls are left, and the last {RESERVE} are kept for people's own pages.")
    found = tally(account, gateway, query)
    counted = Counted(found.number, found.is_exact, datetime.now(UTC))
    if not found.may_improve:
        kept.put(key, counted, KEPT_S)
    return counted


def _result(job: Counted | Future[Counted]) -> Counted | GatewayError:
    if isinstance(job, Counted):
        return job
    try:
        return job.result(timeout=max(0.0, calls.current().left_s()))
    except GatewayError as error:
        return error
    except TimeIsOver:  # what still waits in the pool sees the same deadline, and is not sent
        return Slow("The time for this page was over before everything was counted.")


def _key(kind: str, *parts: str) -> str:
    told = "\0".join((upstream.account_name(), *parts))
    return f"{kind}-{hashlib.sha256(told.encode()).hexdigest()}"
