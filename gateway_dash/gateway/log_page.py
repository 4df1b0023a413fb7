"""A page of a list as it was read: its rows, how many there are, and where the other pages are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway_dash.gateway import period
from gateway_dash.gateway.models import Gateway, Log
from gateway_dash.gateway.query import NEWEST_FIRST, LogQuery


@dataclass(frozen=True, slots=True)
class LogPage:
    """One page of the logs that a query means, checked row by row."""

    query: LogQuery
    logs: tuple[Log, ...]
    total: int
    is_exact: bool  # False: the total is an upper bound, since the API cannot say the query exactly
    left_out: int = 0  # rows that only the API's coarser terms brought in
    misfits: int = 0  # rows that the filter excludes: the upstream did not apply it
    gateway: Gateway | None = None  # asked for only when the list is empty
    outside: tuple[tuple[str, ...], bool] = ((), True)  # what the edges of the range gave: the ids, and whether all
    rows: tuple[Log, ...] = ()  # as they came, with those that are left out: what a place in the list counts

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.total // self.query.per_page))

    @property
    def first(self) -> int:
        """The position of the first row, from 1; 0 when there is none."""
        return (self.query.page - 1) * self.query.per_page + 1 if self.logs else 0

    @property
    def last(self) -> int:
        """The position of the last row."""
        return self.first + len(self.logs) - 1 if self.logs else 0

    @property
    def pin(self) -> datetime | None:
        """The moment to which later pages are pinned, so that arriving logs move nothing; None if the range ended."""
        query = self.query
        if query.as_of or (query.ends and query.ends <= query.read_at):
            return query.as_of
        if self.rows and query.page == 1 and query.sort == NEWEST_FIRST:
            return max(row.created_at for row in self.rows) + timedelta(milliseconds=1)
        return period.milliseconds(query.read_at)

    def at(self, page: int) -> LogQuery:
        """The query of another page of the same logs. The first page is read afresh."""
        return self.query.pinned(self.pin, page) if page > 1 else self.query.change()
