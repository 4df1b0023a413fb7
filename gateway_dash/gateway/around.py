"""What came just before and after a log: its neighbours in time, newest first, and by id where the times are equal.

The API compares `created_at` in whole seconds, and the time of a log is not unique. So each side is asked from the
log's own second on, and cut here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from gateway_dash.gateway import period
from gateway_dash.gateway.errors import Broken, FilterNotApplied
from gateway_dash.gateway.filters import Fit
from gateway_dash.gateway.models import Log
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.service import LogService

PAGES = 3  # of 50 rows, each side: one is enough but for crowds, and for fifty neighbours
NO_TIME = datetime.fromtimestamp(0, UTC)  # of a row whose own could not be read


@dataclass(frozen=True, slots=True)
class Side:
    """The neighbours on one side, the nearest first."""

    logs: tuple[Log, ...]
    is_end: bool  # nothing follows
    is_cut: bool  # more rows share a second, or miss the filter, than are read: some may be missing


@dataclass(frozen=True, slots=True)
class Around:
    """A log between those before it and those after it."""

    log: Log
    before: Side
    after: Side

    @property
    def logs(self) -> tuple[Log, ...]:
        """All of them, newest first."""
        return (*self.after.logs[::-1], self.log, *self.before.logs)


def place(log: Log) -> tuple[float, str]:
    """Where a log stands: newest first, and by id where times are equal."""
    return -log.created_at.timestamp(), log.id


def around(logs: LogService, log: Log, count: int, query: LogQuery) -> Around:
    """The log with up to `count` others on each side, of those that pass the filters and the search of the query.

    Its range is left out: it would cut through the very neighbours that are asked for. Costs two calls.
    """
    if log.created_at == NO_TIME:
        raise Broken("The time of this log cannot be read, so nothing is before or after it.")
    second = period.whole(log.created_at)
    asked = LogQuery(filters=query.filters, search=query.search, per_page=50)
    older = replace(asked, end=second + period.SECOND, sort="-created_at")
    newer = replace(asked, start=second, sort="created_at")
    return Around(log, before=_side(logs, older, log, count), after=_side(logs, newer, log, count))


def _side(logs: LogService, query: LogQuery, log: Log, count: int) -> Side:
    """Reads on until the last one that is taken stands apart from what was not read: equal times come in any order."""
    is_newer, centre = query.end is None, place(log)
    nearest: list[Log] = []
    for page in range(1, PAGES + 1):
        rows, total = logs.unchecked(replace(query, page=page))
        timed = [row for row in rows if row.created_at != NO_TIME]
        _refuse_misfits(query, timed)
        fitting = {row.id: row for row in (*nearest, *timed) if query.fit(row) is Fit.YES}.values()
        belonging = [row for row in fitting if row.id != log.id and (place(row) < centre) is is_newer]
        nearest = sorted(belonging, key=place, reverse=is_newer)
        is_end = not rows or page * query.per_page >= total
        is_apart = len(nearest) >= count and bool(timed) and timed[-1].created_at != nearest[count - 1].created_at
        if is_end or is_apart:
            return Side(tuple(nearest[:count]), is_end=is_end and len(nearest) <= count, is_cut=False)
    return Side(tuple(nearest[:count]), is_end=False, is_cut=True)


def _refuse_misfits(query: LogQuery, rows: list[Log]) -> None:
    misfits = sum(query.fit(row) is Fit.NO for row in rows)
    if misfits:
        raise FilterNotApplied(
            f"{misfits} of the logs that came back do not fit what was asked. What stands around this log is not known."
        )
