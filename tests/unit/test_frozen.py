"""A query with times that stand: the same page of the same logs, whoever opens it when."""

from datetime import UTC, datetime, timedelta

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from gateway_dash.gateway.query import LogQuery

NOW = datetime(2026, 11, 25, 10, 58, 4, 250_700, tzinfo=UTC)
LATER = NOW + timedelta(days=3)
UPTO = datetime(2026, 11, 25, 10, 58, 4, 251_000, tzinfo=UTC)  # a log of this very millisecond is in
MS = timedelta(milliseconds=1)


def read(url: str, now: datetime = NOW) -> LogQuery:
    return LogQuery.read(QueryDict(url.removeprefix("?")), now=now)


@pytest.mark.parametrize(
    ("url", "frozen"),
    [
        ("", "?end=2026-11-25T10:58:04.251Z"),
        ("since=24h", "?start=2026-11-24T10:58:04Z&end=2026-11-25T10:58:04.251Z"),
        ("start=2026-11-24", "?start=2026-11-24T00:00:00Z&end=2026-11-25T10:58:04.251Z"),
        ("end=2026-11-24", "?end=2026-11-24T00:00:00Z"),
        ("start=2026-11-20&end=2026-11-24", "?start=2026-11-20T00:00:00Z&end=2026-11-24T00:00:00Z"),
        ("end=2027-01-01", "?end=2027-01-01T00:00:00Z"),
        ("page=3&as_of=2026-11-25T10:00:00.5Z", "?end=2026-11-25T10:00:00.500Z&page=3"),
        ("since=24h&start=2026-11-24T10:00:00Z&as_of=2026-11-25T10:00:00Z&page=2",
         "?start=2026-11-24T10:00:00Z&end=2026-11-25T10:00:00Z&page=2"),
        ("end=2026-11-25&as_of=2026-11-24&page=2", "?end=2026-11-24T00:00:00Z&page=2"),
        ("end=2026-11-23&as_of=2026-11-24&page=2", "?end=2026-11-23T00:00:00Z&page=2"),
        ("provider=openai&search=acme&sort=-model&per_page=20&since=1h&page=2",
         "?provider=openai&start=2026-11-25T09:58:04Z&end=2026-11-25T10:58:04.251Z&search=acme&sort=-model&per_page=20"
         "&page=2"),
        ("start=2027-01-01", "?start=2027-01-01T00:00:00Z&as_of=2026-11-25T10:58:04.251Z"),  # nothing, then as now
    ],
)  # fmt: skip
def test_a_frozen_query_has_fixed_times_and_all_the_rest(url, frozen):
    assert read(url).frozen().url() == frozen


MOMENTS = st.integers(-2_000_000, 2_000_000).map(lambda s: NOW.replace(microsecond=0) + timedelta(milliseconds=s * 997))


@st.composite
def queries(draw):
    """Every kind of range and page that an address can have."""
    start, end = draw(st.none() | MOMENTS), draw(st.none() | MOMENTS)
    if start and end and start >= end:
        start, end = end, start + MS
    since = "" if start or end else draw(st.sampled_from(["", "15m", "24h", "7d"]))
    query = LogQuery(since=since, start=start, end=end, page=draw(st.integers(1, 9)), read_at=NOW)
    return query.pinned(draw(MOMENTS), query.page) if draw(st.booleans()) else query


@given(queries())
def test_a_frozen_query_means_the_same_range_for_ever(query):
    frozen = query.frozen()
    assert frozen.since == ""
    assert frozen.begins == query.begins
    assert frozen.ends == (query.ends or UPTO)
    assert frozen.page == query.page
    opened = LogQuery.read(QueryDict(frozen.url().removeprefix("?")), now=LATER)
    assert opened == frozen
    assert (opened.begins, opened.ends) == (frozen.begins, frozen.ends)
    assert opened.frozen() == frozen


def test_logs_that_the_upstream_dates_after_our_clock_are_in_if_they_were_seen():
    seen = NOW + timedelta(seconds=5)
    assert read("since=24h").frozen(seen).ends == datetime(2026, 11, 25, 10, 58, 9, 251_000, tzinfo=UTC)


def test_the_query_itself_stays_as_it_is():
    query = read("since=24h")
    query.frozen()
    assert query.url() == "?since=24h"
