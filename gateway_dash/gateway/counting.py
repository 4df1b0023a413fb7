"""Exact counts: the total of a page of one row. The row is the witness that the total means what was asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from weakref import WeakSet

from gateway_dash.gateway import period
from gateway_dash.gateway.client import GatewayClient
from gateway_dash.gateway.errors import FilterNotApplied
from gateway_dash.gateway.filters import Fit
from gateway_dash.gateway.models import Log, Span
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.service import Account
from gateway_dash.gateway.vocabulary import EQ, GT, LT, VOCABULARY, compare

BUCKETS = 12
WITNESSES = 20  # rows that come with ranges
ALL_TIME = timedelta(days=14)  # what "all time" is in a histogram: the oldest log would have to be asked for first

# Upstreams whose `lt` was seen to take in the second that it names.
_lt_takes_in: WeakSet[GatewayClient] = WeakSet()


@dataclass(frozen=True, slots=True)
class Tally:
    """How many logs a query means."""

    number: int
    is_exact: bool  # False: an upper bound


@dataclass(frozen=True, slots=True)
class Ranges:
    """The least and greatest numbers of a list, as the upstream says."""

    spans: dict[str, Span]  # by the name of the filter; what the upstream did not say is left out
    follow: bool  # False: the filter excludes some of this, or leaves in more than this


@dataclass(frozen=True, slots=True)
class Window:
    """The time that a histogram spans, in whole seconds."""

    begins: datetime
    ends: datetime
    is_assumed: bool  # the query has no beginning


def tally(account: Account, gateway_id: str, query: LogQuery, *, witnesses: int = 1) -> Tally:
    """One call. Sorted so that the first row returned is the one that the range would leave out, if any is.

    More rows, up to 50, are more witnesses that the filter was applied, and make the counts of short lists exact.

    Whether `lt` takes in the second that it names is not published. When the newest row lies in the second at the end,
    it does: this total is too large, and from now on the second before is named.
    """
    begins, ends = query.begins, query.ends
    cuts_start = begins is not None and begins != period.whole(begins)
    ends_whole = ends is not None and ends == period.whole(ends)
    asked = query
    if ends and ends_whole and account.client in _lt_takes_in:
        asked = query.change(end=ends - period.SECOND)
    rows, total = account.logs(gateway_id).first(asked, "asc" if cuts_start else "desc", witnesses)
    fits = [query.fit(log) for log in rows]
    if Fit.NO in fits:
        raise FilterNotApplied("A count came back with a row that the filter excludes. It cannot be trusted.")
    over = bool(rows and ends and ends_whole and rows[0].created_at >= ends)
    if over:
        _lt_takes_in.add(account.client)
    if total <= len(rows):
        return Tally(fits.count(Fit.YES), is_exact=True)  # everything was seen
    unpaired = any(filter_.is_pair for filter_ in query.filters)
    both_cut = cuts_start and ends is not None  # and only one end was seen
    return Tally(total, {*fits} == {Fit.YES} and not unpaired and not both_cut)


def ranges(account: Account, gateway_id: str, query: LogQuery) -> Ranges:
    """One call. Whether these follow the filters is not published: rows that match, and the filter, are witnesses."""
    rows, spans = account.logs(gateway_id).measured(query, WITNESSES)
    if any(query.fit(log) is Fit.NO for log in rows):
        raise FilterNotApplied("Ranges came back with a row that the filter excludes. They cannot be trusted.")
    return Ranges(spans, all(_follows(name, span, query, rows) for name, span in spans.items()))


def _follows(name: str, span: Span, query: LogQuery, rows: list[Log]) -> bool:
    numbers = [number for log in rows if isinstance(number := VOCABULARY[name].value_in(log), int | float)]
    if any(not span.least <= number <= span.most for number in numbers):
        return False
    bounds = [each for each in query.filters if each.name == name and each.operator in (LT, GT)]
    ends = (span.least, span.most)
    return all(compare(bound.operator, bound.values[0], end) for bound in bounds for end in ends)


def window(query: LogQuery) -> Window:
    """The span of the query, as far as it is past: up to now when it has no end, and 14 days when no beginning."""
    now = period.whole(query.read_at)
    upto = min(period.next_whole(query.end), now) if query.end else now
    begins = query.begins
    return Window(period.whole(begins) if begins else upto - ALL_TIME, upto, begins is None)


def buckets(query: LogQuery) -> list[LogQuery]:
    """The query in up to twelve parts that touch each other; the last one ends as the query does."""
    span = window(query)
    seconds = int((span.ends - span.begins).total_seconds())
    number = max(1, min(BUCKETS, seconds))
    starts = [span.begins + timedelta(seconds=seconds * each // number) for each in range(number)]
    ends = [*starts[1:], period.next_whole(query.end) if query.end else None]
    return [query.change(since="", start=start, end=end) for start, end in zip(starts, ends, strict=True)]


def wider(query: LogQuery) -> LogQuery | None:
    """The query over twice the time, as far as it is past; None where it has no beginning of its own."""
    if query.since or not query.start:
        return None
    span = window(query)
    try:
        more = max((span.ends - span.begins) / 2, period.SECOND)
        start = period.whole(span.begins - (more if query.end else 2 * more))
        end = period.next_whole(query.end + more) if query.end else None
    except OverflowError:
        return None
    return query.change(start=start, end=end if end and end < query.read_at else None) if start.year > 1 else None


def outcomes(query: LogQuery) -> list[bool]:
    """Those of "succeeded" and "failed" that the query leaves in: only these have to be counted."""
    asked = [filter_ for filter_ in query.filters if filter_.name == "success"]
    return [each for each in (True, False) if all((each in f.values) is (f.operator is EQ) for f in asked)]
