"""The logs of one call: its attempts at one target after the other, and the checks of its guardrails.

They share an event id. Since October 2026 a call with one attempt has the same id as its event, so most logs have no
others, and nothing is asked for them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gateway_dash.gateway.errors import FilterNotApplied
from gateway_dash.gateway.filters import Filter, Fit
from gateway_dash.gateway.models import Log, Number
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.service import LogService
from gateway_dash.gateway.vocabulary import EQ, VOCABULARY

MOST = 50  # the rows of one call


@dataclass(frozen=True, slots=True)
class Sum:
    """Numbers added up; None where one of them is unknown, for then the sum is too."""

    whole: Number
    known: Number  # the sum of those that are known
    unknown: int  # how many are not


@dataclass(frozen=True, slots=True)
class Attempts:
    """The logs of one call in the order in which they were made: by step, then by time."""

    log: Log  # the one that was asked about
    logs: tuple[Log, ...]  # it and the others
    total: int  # as the upstream counts them
    is_missing: bool  # the log itself did not come back among them

    @property
    def is_cut(self) -> bool:
        """Whether there are more than were read."""
        return self.total > MOST

    @property
    def tries(self) -> tuple[Log, ...]:
        """Those that are no checks."""
        return tuple(log for log in self.logs if not is_check(log))

    @property
    def checks(self) -> tuple[Log, ...]:
        """The checks of guardrails."""
        return tuple(log for log in self.logs if is_check(log))

    @property
    def time_ms(self) -> Sum:
        """How long all took, added up: what ran at the same time counts twice."""
        return _sum(self.logs, lambda log: log.duration_ms)

    @property
    def cost(self) -> Sum:
        """US dollars."""
        return _sum(self.logs, lambda log: log.cost)


def is_check(log: Log) -> bool:
    """Whether this is a guardrail's look at another call: by the model that guardrails use."""
    return "workers-ai" in log.provider.casefold() and "llama-guard" in log.model.casefold()


def may_have_others(log: Log) -> bool:
    """Whether other logs may belong to the same call. A call with one attempt has one id for all."""
    return log.event_id != log.id or log.step != 0


def event_query(log: Log) -> LogQuery | None:
    """The query that means all logs of the call; None where there is no event id that a filter can hold."""
    try:
        value = VOCABULARY["event_id"].kind.read(log.event_id or "")
    except ValueError:
        return None
    return LogQuery(filters=(Filter("event_id", EQ, (value,)),), sort="created_at", per_page=MOST)


def attempts(logs: LogService, log: Log, query: LogQuery) -> Attempts:
    """One call. Each row is checked here: the upstream may compare without case, or not at all."""
    rows, total = logs.unchecked(query)
    misfits = sum(query.fit(row) is Fit.NO for row in rows)
    if misfits:
        raise FilterNotApplied(
            f"{misfits} of the logs that came back have another event id than was asked for. Which attempts belong to "
            "this log is not known."
        )
    same = {row.id: row for row in rows if row.event_id == log.event_id}
    is_missing = log.id not in same
    return Attempts(log, tuple(sorted((same | {log.id: log}).values(), key=_order)), total, is_missing)


def _order(log: Log) -> tuple[bool, int, float, str]:
    """By step, then by time; a log that does not say its step comes last."""
    return log.step is None, log.step or 0, log.created_at.timestamp(), log.id


def _sum(logs: tuple[Log, ...], of: Callable[[Log], Number]) -> Sum:
    numbers = [of(log) for log in logs]
    known = [number for number in numbers if number is not None]
    unknown = len(numbers) - len(known)
    return Sum(None if unknown else sum(known), sum(known), unknown)
