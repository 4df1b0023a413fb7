"""Several gateways as one list: the order is total, no row is shown twice or never, and the calls are bounded."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any

import httpx
import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway_dash.gateway.client import GatewayClient, Token
from gateway_dash.gateway.errors import GatewayError, NotFound, QueryError, RateLimited
from gateway_dash.gateway.merged import ROWS_LIMIT, MergedPage, Position, merged_page
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.service import Account
from gateway_dash.sandbox import ACCOUNT_ID

BEGIN = datetime(2026, 11, 20, 10, 0, 0, tzinfo=UTC)
NAMES = ("alpha", "beta", "gamma")

Row = dict[str, Any]
Instead = Callable[[str, int], httpx.Response | None]


class Upstream:
    """An account in memory that compares whole seconds, as the API does, and notes what it is asked."""

    def __init__(self, rows: dict[str, list[Row]]) -> None:
        self.rows = rows
        self.asked: list[tuple[str, int, str]] = []  # gateway, page, filters
        self.instead: Instead = lambda _name, _call: None
        self.list: Callable[[str, httpx.QueryParams], Row] = self._list
        transport = httpx.MockTransport(self._answer)
        self.account = Account(
            GatewayClient("https://api.example/v4", Token("canary"), transport=transport, sleep=lambda _s: None),
            ACCOUNT_ID,
        )

    def page(self, gateways: Sequence[str], query: LogQuery, position: Position | None) -> MergedPage:
        """A page of these gateways, asked for by somebody who may see all that there are."""
        return merged_page(
            self.account, gateways, query, position, names=lambda: [each.id for each in self.account.gateways()]
        )

    def calls(self, name: str) -> int:
        return sum(each[0] == name for each in self.asked)

    def lists(self, name: str) -> int:
        """Calls for pages, without those for the second that a range cuts."""
        return sum(each[0] == name and each[1] > 0 for each in self.asked)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        path, params = request.url.path.partition("/gateways")[2], request.url.params
        if path in ("", *(f"/{name}" for name in self.rows)):
            found: Any = {"id": path[1:]} if path else [{"id": name} for name in self.rows]
            return httpx.Response(200, json={"success": True, "result": found})
        if not path.endswith("/logs"):
            return httpx.Response(404, json={"success": False, "errors": [{"code": 7002, "message": "Not Found"}]})
        name = path.split("/")[1]
        is_edge = int(params["per_page"]) == 50 and params["order_by_direction"] == "asc" and _is_edge(params)
        self.asked.append((name, 0 if is_edge else int(params["page"]), params.get("filters", "")))
        if answer := self.instead(name, self.calls(name)):
            return answer
        return httpx.Response(200, json=self.list(name, params))

    def _list(self, name: str, params: httpx.QueryParams) -> Row:
        conditions = json.loads(params.get("filters", "[]"))
        found = [row for row in self.rows.get(name, []) if all(_passes(row, each) for each in conditions)]
        # Equal times stay in an order that is the upstream's own, and not that of the ids.
        found.sort(key=itemgetter("created_at"), reverse=params["order_by_direction"] == "desc")
        start = (int(params["page"]) - 1) * int(params["per_page"])
        shown = found[start : start + int(params["per_page"])]
        return {"success": True, "result": shown, "result_info": {"total_count": len(found)}}


def _is_edge(params: httpx.QueryParams) -> bool:
    bounds = {each["operator"]: each["value"][0] for each in json.loads(params.get("filters", "[]"))
              if each["key"] == "created_at"}  # fmt: skip
    return len(bounds) == 2 and abs(_time(bounds["lt"]) - _time(bounds["gt"])) <= timedelta(seconds=1)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _passes(row: Row, condition: Row) -> bool:
    key, operator, values = condition["key"], condition["operator"], condition["value"]
    if key == "created_at":
        second, bound = _time(row["created_at"]).replace(microsecond=0), _time(values[0])
        return second >= bound if operator == "gt" else second <= bound  # `lt` takes in the second that it names
    found = {"metadata.key": row["metadata"].keys(), "metadata.value": row["metadata"].values()}.get(
        key, [row.get(key)]
    )
    return any(value in found for value in values) is (operator == "eq")


def log(name: str, number: int, ms: int, **more: Any) -> Row:
    moment = (BEGIN + timedelta(milliseconds=ms)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    # Ids that run against the time: an order by id would show.
    return {"id": f"{name}-{9999 - number}", "created_at": moment, "provider": "openai", "model": "m",
            "metadata": {"user": "42"}} | more  # fmt: skip


def history(times: dict[str, list[int]], **more: Any) -> dict[str, list[Row]]:
    return {name: [log(name, number, ms, **more) for number, ms in enumerate(found)] for name, found in times.items()}


def read(text: str) -> LogQuery:
    return LogQuery.read(QueryDict(text), now=BEGIN + timedelta(days=1))


def ids(page: MergedPage) -> list[str]:
    return [f"{name}/{each.id}" for name, each in page.entries]


def walk(upstream: Upstream, query: LogQuery, names: tuple[str, ...] = NAMES) -> list[MergedPage]:
    """The pages from the first to the last, as the links of each lead to the next."""
    pages = [upstream.page(names, query, None)]
    while pages[-1].following:
        assert len(pages) < 100, "The walk does not end."
        last = pages[-1]
        pages.append(upstream.page(names, query.pinned(last.pin), last.following))
    return pages


def wanted(upstream: Upstream, *, is_newest_first: bool = True, shown: Callable[[Row], bool] = lambda _row: True):
    """The merged list, said in the plainest way: all rows by time, then gateway, then as the upstream has them."""
    rows = [(name, row) for name in sorted(upstream.rows) for row in upstream.rows[name] if shown(row)]
    rows.sort(key=lambda entry: entry[1]["created_at"], reverse=is_newest_first)
    return [f"{name}/{row['id']}" for name, row in rows]


def times_of(count: int, spread: int, seed: int) -> list[int]:
    dice = random.Random(seed)
    return [dice.randrange(spread) * 250 for _ in range(count)]


# Few different times: many are equal, within a gateway and between gateways. Long lists, so that there are pages; and
# never over 100 in a second, which would be more than is read of one that is cut.
TIMES = st.builds(times_of, st.integers(0, 140), st.sampled_from([20, 40]), st.integers(0, 10_000))
HISTORIES = st.fixed_dictionaries(dict.fromkeys(NAMES, TIMES))
SIZES = st.sampled_from([20, 50])
walks = settings(max_examples=25)  # each is some dozens of calls


# --- the order, and the walk ------------------------------------------------------------------------------------------


@walks
@given(HISTORIES, SIZES, st.booleans())
def test_the_pages_together_are_the_whole_list_in_its_order(times, size, is_newest_first):
    upstream = Upstream(history(times))
    query = read(f"per_page={size}&sort={'-' if is_newest_first else ''}created_at")
    pages = walk(upstream, query)
    assert [each for page in pages for each in ids(page)] == wanted(upstream, is_newest_first=is_newest_first)
    assert all(len(page.entries) == size for page in pages[:-1])
    assert {(page.total, page.is_exact) for page in pages} == {(len(wanted(upstream)), True)}


@walks
@given(HISTORIES, SIZES, st.booleans())
def test_going_back_shows_the_same_pages(times, size, is_newest_first):
    upstream = Upstream(history(times))
    query = read(f"per_page={size}&sort={'-' if is_newest_first else ''}created_at")
    forth = walk(upstream, query)
    back = [forth[-1]]
    while back[-1].preceding:
        back.append(upstream.page(NAMES, query.pinned(forth[0].pin), back[-1].preceding))
    assert [ids(page) for page in back[::-1]] == [ids(page) for page in forth]
    assert [page.start for page in back[::-1]] == [page.start for page in forth]
    assert [page.following for page in back[::-1]] == [page.following for page in forth]
    assert [page.first for page in forth if page.entries] == [size * at + 1 for at, p in enumerate(forth) if p.entries]


@walks
@given(HISTORIES, SIZES, st.integers(0, 10_000), st.integers(1, 10_000))
def test_a_range_that_cuts_a_second_and_equal_times_lose_nothing(times, size, start_ms, length_ms):
    upstream = Upstream(history(times))
    start, end = (BEGIN + timedelta(milliseconds=ms) for ms in (start_ms, start_ms + length_ms))
    query = LogQuery(start=start, end=end, per_page=size, read_at=BEGIN + timedelta(days=1))
    pages = walk(upstream, query)
    inside = wanted(upstream, shown=lambda row: start <= _time(row["created_at"]) < end)
    assert [each for page in pages for each in ids(page)] == inside
    assert pages[0].pin == end


@walks
@given(HISTORIES, SIZES, st.integers(2, 5))
def test_rows_that_are_left_out_count_in_places_and_cost_no_other_row(times, size, every):
    upstream = Upstream(history(times))
    for rows in upstream.rows.values():
        for row in rows[::every]:  # both words of the pair, and not as a pair: the API cannot tell
            row["metadata"] = {"user": "7", "age": "42"}
    query = read(f"metadata.user=42&per_page={size}")
    pages = walk(upstream, query)
    assert [each for page in pages for each in ids(page)] == wanted(
        upstream, shown=lambda row: row["metadata"]["user"] == "42"
    )
    assert sum(page.left_out for page in pages) == sum(len(rows[::every]) for rows in upstream.rows.values())
    back = [pages[-1]]
    while back[-1].preceding:
        back.append(upstream.page(NAMES, query.pinned(pages[0].pin), back[-1].preceding))
    assert [ids(page) for page in back[::-1]] == [ids(page) for page in pages]


@walks
@given(HISTORIES, SIZES)
def test_logs_that_arrive_meanwhile_move_nothing(times, size):
    upstream = Upstream(history(times))
    before = wanted(upstream)
    query = read(f"per_page={size}")
    first = upstream.page(NAMES, query, None)
    newest = max((ms for found in times.values() for ms in found), default=None)
    if newest is None:
        return
    for name in NAMES:
        upstream.rows[name] += [log(name, 5000 + at, newest + 1 + at) for at in range(30)]
    pages = [first]
    while pages[-1].following:
        pages.append(upstream.page(NAMES, query.pinned(first.pin), pages[-1].following))
    assert [each for page in pages for each in ids(page)] == before


@walks
@given(HISTORIES, SIZES, st.data())
def test_deletions_between_pages_may_shift_rows_and_never_stop_the_walk(times, size, data):
    """Places are counted: what is deleted before a place shifts what follows. It is said so, and it ends well."""
    upstream = Upstream(history(times))
    query = read(f"per_page={size}")
    pages = walk(upstream, query)
    for rows in upstream.rows.values():
        del rows[data.draw(st.integers(0, len(rows))) :]
    left = set(wanted(upstream))
    page, seen, steps = pages[-1], set(), 0
    while page.preceding and steps < 60:
        page = upstream.page(NAMES, query.pinned(pages[0].pin), page.preceding)
        seen |= set(ids(page))
        steps += 1
    assert steps < 60
    assert seen <= left


def test_the_list_of_a_gateway_that_shrank_is_met_from_behind():
    """Going back from beyond the end of a list: its rows are not passed over."""
    upstream = Upstream(history({"alpha": [ms * 1000 for ms in range(30)], "beta": []}))
    query = read("per_page=20").pinned(BEGIN + timedelta(hours=1))
    place = Position((("alpha", 170), ("beta", 0)), is_end=True)
    page = upstream.page(("alpha", "beta"), query, place)
    assert ids(page) == wanted(upstream)[10:]
    assert page.start == Position((("alpha", 10), ("beta", 0)))
    assert upstream.lists("alpha") == 2


def test_a_time_that_cannot_be_read_is_taken_to_be_its_neighbours():
    times = {"alpha": [ms * 1000 for ms in range(60)], "beta": [ms * 1000 + 500 for ms in range(60)]}
    upstream = Upstream(history(times))
    upstream.rows["alpha"][30]["created_at"] = "2026-11-20T10:00:30Z"
    broken = upstream.rows["alpha"][30]["id"]
    listed = upstream.list

    def odd(name, params):
        answer = listed(name, params)
        return answer | {"result": [row | ({"created_at": "soon"} if row["id"] == broken else {})
                                    for row in answer["result"]]}  # fmt: skip

    upstream.list = odd
    found = [each for page in walk(upstream, read("per_page=20"), ("alpha", "beta")) for each in ids(page)]
    assert len(found) == len(set(found)) == 120
    assert abs(found.index(f"alpha/{broken}") - wanted(upstream).index(f"alpha/{broken}")) <= 1


# --- what it costs ----------------------------------------------------------------------------------------------------


def test_the_first_page_is_one_call_for_each_gateway():
    upstream = Upstream(history({name: list(range(0, 200_000, 1000)) for name in NAMES}))
    page = upstream.page(NAMES, read(""), None)
    assert len(page.entries) == 50
    assert [upstream.calls(name) for name in NAMES] == [1, 1, 1]


@walks
@given(HISTORIES, SIZES, st.booleans())
def test_no_page_costs_more_than_two_lists_of_a_gateway_and_the_seconds_that_are_cut(times, size, is_end):
    upstream = Upstream(history(times))
    query = read(f"per_page={size}")
    for page in walk(upstream, query):
        place = page.preceding if is_end else page.following
        if place is None:
            continue
        upstream.asked.clear()
        upstream.page(NAMES, query.pinned(page.pin), place)
        assert max(upstream.lists(name) for name in NAMES) <= 2
        assert max(upstream.calls(name) for name in NAMES) <= 3


def test_a_deep_page_reads_two_pages_and_none_before_them():
    upstream = Upstream(history({name: list(range(0, 4_000_000, 1000)) for name in ("alpha", "beta")}))
    place = Position((("alpha", 2999), ("beta", 2999)))
    query = read("per_page=50").pinned(BEGIN + timedelta(hours=2))
    page = upstream.page(("alpha", "beta"), query, place)
    assert len(page.entries) == 50
    assert {number for _name, number, _filters in upstream.asked} == {0, 60, 61}


# --- one gateway fails ------------------------------------------------------------------------------------------------


def failing(status: int, name: str = "beta", *, from_call: int = 1) -> Instead:
    said = {"success": False, "errors": [{"code": 10000, "message": "no"}]}
    return lambda asked, call: httpx.Response(status, json=said) if asked == name and call >= from_call else None


@pytest.mark.parametrize("status", [403, 429, 500])
def test_one_gateway_that_fails_leaves_the_others_and_no_way_past_its_rows(status):
    upstream = Upstream(history({name: list(range(0, 100_000, 1000)) for name in ("alpha", "beta")}))
    upstream.instead = failing(status)
    # One after the other: a 429 stops whatever comes after it.
    page = upstream.page(("alpha", "beta"), read("per_page=20"), None)
    assert {name for name, _log in page.entries} == {"alpha"}
    assert [share.gateway for share in page.missing] == ["beta"]
    assert page.total == 100
    assert page.following is None
    assert page.preceding is None
    assert page.first == 0  # "1 to 20 of 100" would be a guess


def test_where_the_rest_of_a_gateway_fails_the_page_ends_before_its_next_row():
    times = {"alpha": list(range(0, 200_000, 1000)), "beta": list(range(0, 200_000, 1000))}
    upstream = Upstream(history(times))
    place = Position((("alpha", 40), ("beta", 45)))
    query = read("per_page=50").pinned(BEGIN + timedelta(hours=1))
    upstream.instead = failing(500, from_call=3)  # the cut second, its first page, and no more
    page = upstream.page(("alpha", "beta"), query, place)
    assert page.missing == ()
    assert page.shares[1].error is not None
    assert sum(name == "beta" for name, _log in page.entries) == 5
    assert len(page.entries) < 50
    upstream.instead = lambda _name, _call: None
    following = upstream.page(("alpha", "beta"), query, page.following)
    whole = upstream.page(("alpha", "beta"), query, place)
    assert (ids(page) + ids(following))[:50] == ids(whole)


def test_going_back_without_a_gateway_has_no_beginning_and_its_end_stays():
    upstream = Upstream(history({name: list(range(0, 100_000, 1000)) for name in ("alpha", "beta")}))
    upstream.instead = failing(403)
    place = Position((("alpha", 40), ("beta", 40)), is_end=True)
    query = read("per_page=20").pinned(BEGIN + timedelta(hours=1))
    page = upstream.page(("alpha", "beta"), query, place)
    assert page.start is None
    assert page.preceding is None
    assert page.following == Position(place.counts)


def test_trouble_with_all_of_them_is_the_trouble_of_the_page():
    upstream = Upstream(history({"alpha": [1], "beta": [2]}))
    upstream.instead = lambda _name, _call: httpx.Response(429, headers={"Retry-After": "9"})
    with pytest.raises(RateLimited):
        upstream.page(("alpha", "beta"), read(""), None)


def test_a_gateway_that_does_not_exist_is_named_with_those_that_do():
    upstream = Upstream(history({"alpha": [1], "beta": [2]}))
    with pytest.raises(NotFound, match=r"no gateway “gamma”. The account has: alpha, beta\."):
        upstream.page(("alpha", "gamma"), read(""), None)


def test_a_gateway_that_goes_while_somebody_reads_is_missing():
    upstream = Upstream(history({"alpha": [1], "beta": [2]}))
    place = Position((("alpha", 0), ("gamma", 20)))
    page = upstream.page(("alpha", "gamma"), read("").pinned(BEGIN + timedelta(hours=1)), place)
    assert [share.gateway for share in page.missing] == ["gamma"]


def test_a_total_is_exact_only_if_each_is():
    upstream = Upstream(history({"alpha": [ms * 100 for ms in range(130)], "beta": [1, 2]}))
    page = upstream.page(("alpha", "beta"), read("metadata.user=42"), None)
    assert [share.is_exact for share in page.shares] == [False, True]
    assert (page.total, page.is_exact) == (132, False)


def test_rows_that_the_filter_excludes_are_counted_and_not_shown():
    upstream = Upstream(history({"alpha": [1, 2], "beta": [3]}))
    listed = upstream.list
    upstream.list = lambda name, _params: listed(
        name, httpx.QueryParams(page=1, per_page=50, order_by_direction="desc")
    )
    page = upstream.page(("alpha", "beta"), read("provider=groq"), None)
    assert (page.entries, page.misfits) == ((), 3)


# --- what cannot be read ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["", "alpha", "alpha:", "alpha:x,beta:1", "alpha:-1,beta:1", "alpha:1.5,beta:1", "alpha:1,beta:1,",
     "alpha:1 ,beta:1", "alpha:٣,beta:1", "alpha:1,beta:99999999", f"alpha:{ROWS_LIMIT + 1},beta:0", "alpha:1,gamma:1",
     "alpha:1,beta:1,alpha:2", "alpha:1", "alpha:1\n,beta:2", "a/b:1,beta:1"],
)  # fmt: skip
@pytest.mark.parametrize("is_end", [True, False])
def test_a_place_that_cannot_be_read_is_an_error_that_names_it(text, is_end):
    with pytest.raises(QueryError, match="“before”" if is_end else "“after”"):
        Position.read(text, ("alpha", "beta"), is_end=is_end)


@given(st.integers(0, ROWS_LIMIT), st.integers(0, ROWS_LIMIT), st.booleans())
def test_a_place_that_is_spelled_is_read_again(one, other, is_end):
    place = Position((("alpha", one), ("be-ta_2", other)), is_end)
    name, text = place.spelled()
    assert name == ("before" if is_end else "after")
    assert Position.read(text, ("alpha", "be-ta_2"), is_end=is_end) == place


@pytest.mark.parametrize(
    ("text", "place", "why"),
    [
        ("sort=model", None, "by time only"),
        ("page=2", None, "“page”"),
        ("", Position((("alpha", 1), ("beta", 1))), "“as_of”"),
    ],
)
def test_what_a_merged_list_cannot_be_asked_is_said_before_any_call(text, place, why):
    upstream = Upstream(history({"alpha": [1], "beta": [2]}))
    with pytest.raises(GatewayError, match=why):
        upstream.page(("alpha", "beta"), read(text), place)
    assert upstream.asked == []
