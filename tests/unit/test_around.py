"""Before and after a log, over an upstream that compares whole seconds and sorts equal times as it likes."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_dash.gateway.around import PAGES, Around, around, place
from gateway_dash.gateway.client import GatewayClient, Token
from gateway_dash.gateway.errors import Broken, FilterNotApplied
from gateway_dash.gateway.models import read_log
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.service import Account, LogService

BEGIN = datetime(2026, 11, 20, 10, 0, 0, tzinfo=UTC)


class Upstream:
    """Logs at these milliseconds; `lt` may or may not take in the second that it names."""

    def __init__(self, moments: list[int], *, lt_takes_in: bool = True, ignores: bool = False) -> None:
        self.rows = [_row(number, ms) for number, ms in enumerate(moments)]
        self.lt_takes_in, self.ignores = lt_takes_in, ignores
        self.asked: list[dict[str, str]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        asked = dict(request.url.params)
        self.asked.append(asked)
        rows = [row for row in self.rows if all(self._passes(row, each) for each in json.loads(asked["filters"]))]
        dice = random.Random(len(rows))
        dice.shuffle(rows)
        rows.sort(key=lambda row: str(row["created_at"]), reverse=asked["order_by_direction"] == "desc")
        page, per_page = int(asked["page"]), int(asked["per_page"])
        info = {"total_count": len(rows), "page": page, "per_page": per_page}
        shown = rows[(page - 1) * per_page : page * per_page]
        return httpx.Response(200, json={"success": True, "result": shown, "result_info": info})

    def _passes(self, row: dict[str, Any], condition: dict[str, Any]) -> bool:
        if self.ignores:
            return True
        value = condition["value"][0]
        if condition["key"] != "created_at":
            return bool(row[condition["key"]] == value)
        second, bound = str(row["created_at"])[:19], value[:19]
        if condition["operator"] == "gt":
            return second >= bound
        return second <= bound if self.lt_takes_in else second < bound

    @property
    def logs(self) -> LogService:
        transport = httpx.MockTransport(self)
        client = GatewayClient("https://api.example/client/v4", Token("canary"), transport=transport)
        return Account(client, "0" * 32).logs("prod-edge")

    def around(self, number: int, count: int, query: LogQuery | None = None) -> Around:
        log = read_log(json.dumps(self.rows[number]).encode())
        return around(self.logs, log, count, query or LogQuery())


def _row(number: int, ms: int) -> dict[str, Any]:
    # Ids that do not follow the times, of lengths that differ: "log-1" stands before "log-10".
    moment = (BEGIN + timedelta(milliseconds=ms)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"id": f"log-{number * 7 % 101}", "created_at": moment, "provider": "openai" if number % 3 else "groq"}


def expected(upstream: Upstream, number: int, count: int, provider: str = "") -> list[str]:
    """The neighbours as anybody would find them who had all rows before him."""
    own = upstream.rows[number]["id"]
    kept = [row for row in upstream.rows if provider in ("", row["provider"]) or row["id"] == own]
    in_order = sorted((read_log(json.dumps(row).encode()) for row in kept), key=place)
    ids = [log.id for log in in_order]
    at = ids.index(own)
    return ids[max(0, at - count) : at + count + 1]


moments = st.lists(st.sampled_from([0, 1, 2, 499, 998, 999, 1000, 1001, 1999, 2000, 3500]), min_size=1, max_size=100)


@given(moments, st.integers(0, 99), st.sampled_from([1, 3, 10, 25, 50]), st.booleans())
def test_the_rows_are_exactly_the_neighbours_in_time_and_by_id(times, at, count, lt_takes_in):
    upstream = Upstream(times, lt_takes_in=lt_takes_in)
    number = at % len(times)
    found = upstream.around(number, count)
    assert [log.id for log in found.logs] == expected(upstream, number, count)
    assert not found.before.is_cut
    assert not found.after.is_cut


@given(moments, st.integers(0, 99))
def test_within_a_filter_they_are_those_that_pass_it(times, at):
    upstream = Upstream(times)
    number = at % len(times)
    query = LogQuery.read(_Lists({"provider": "openai"}))
    found = upstream.around(number, 10, query)
    assert [log.id for log in found.logs] == expected(upstream, number, 10, "openai")


@given(moments, st.integers(0, 99), st.sampled_from([1, 10]))
def test_an_end_is_called_an_end_only_where_nothing_follows(times, at, count):
    upstream = Upstream(times)
    number = at % len(times)
    found, ids = upstream.around(number, count), expected(upstream, number, 1000)
    shown = [log.id for log in found.logs]
    assert found.after.is_end == (shown[0] == ids[0])
    assert found.before.is_end == (shown[-1] == ids[-1])


def test_two_calls_are_enough_and_name_whole_seconds():
    upstream = Upstream([ms * 400 for ms in range(60)])
    upstream.around(30, 10)
    assert [json.loads(each["filters"]) for each in upstream.asked] == [
        [{"key": "created_at", "operator": "lt", "value": ["2026-11-20T10:00:13Z"]}],
        [{"key": "created_at", "operator": "gt", "value": ["2026-11-20T10:00:12Z"]}],
    ]
    assert [each["order_by_direction"] for each in upstream.asked] == ["desc", "asc"]


def test_the_range_of_the_list_does_not_cut_the_neighbours_away():
    upstream = Upstream([0, 1000, 2000, 3000])
    query = LogQuery.read(_Lists({"start": "2026-11-20T10:00:01Z", "end": "2026-11-20T10:00:02Z"}))
    assert len(upstream.around(1, 10, query).logs) == 4


def test_a_moment_with_more_logs_than_are_read_says_that_some_may_be_missing():
    upstream = Upstream([*[500] * 201, 5000])
    found = upstream.around(100, 10)
    assert found.before.is_cut
    assert found.after.is_cut
    assert len(upstream.asked) == 2 * PAGES
    assert len({log.id for log in found.logs}) == len(found.logs)


def test_a_crowd_in_one_second_is_read_on_as_long_as_its_times_differ():
    upstream = Upstream([*range(0, 990, 10), 5000])  # 99 logs in one second
    found = upstream.around(2, 10)
    assert [log.id for log in found.logs] == expected(upstream, 2, 10)


def test_an_upstream_that_ignores_the_bounds_is_not_believed():
    with pytest.raises(FilterNotApplied):
        Upstream([ms * 5000 for ms in range(60)], ignores=True).around(5, 10)


def test_a_log_whose_time_cannot_be_read_has_no_neighbours():
    upstream = Upstream([0, 1000])
    log = read_log(b'{"id": "odd", "created_at": "yesterday"}')
    with pytest.raises(Broken):
        around(upstream.logs, log, 10, LogQuery())
    assert upstream.asked == []


def test_a_row_whose_time_cannot_be_read_is_no_neighbour():
    upstream = Upstream([0, 1000, 2000])
    upstream.rows.append({"id": "odd", "created_at": "yesterday", "provider": "openai"})
    assert "odd" not in [log.id for log in upstream.around(1, 10).logs]


class _Lists:
    """Single values in the shape of a QueryDict."""

    def __init__(self, values: dict[str, str]) -> None:
        self._values = values

    def lists(self) -> Iterator[tuple[str, list[str]]]:
        return ((name, [value]) for name, value in self._values.items())
