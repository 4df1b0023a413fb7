"""LogService over the sandbox, and over upstreams that read the API's unpublished corners in another way."""

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any

import httpx
import pytest
from django.http import QueryDict

from gateway_dash import upstream
from gateway_dash.gateway import calls
from gateway_dash.gateway.client import GatewayClient, Token
from gateway_dash.gateway.errors import (
    Broken,
    FilterNotApplied,
    GatewayError,
    Gone,
    NotFound,
    RateLimited,
    Unauthorized,
)
from gateway_dash.gateway.log_page import LogPage
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.reading import SORT_KEYS
from gateway_dash.gateway.service import Account, LogService
from gateway_dash.sandbox import ACCOUNT_ID, TOKENS, Options, Sandbox, Store

GATEWAY = "prod-edge"
BEGIN = datetime(2026, 11, 20, 10, 0, 0, tzinfo=UTC)
ORDERS = [direction + key for key in SORT_KEYS for direction in ("", "-")]


def account_on(handler: Callable[[httpx.Request], httpx.Response]) -> Account:
    transport = httpx.MockTransport(handler)
    client = GatewayClient("https://api.example/client/v4", Token("canary"), transport=transport, sleep=lambda _s: None)
    return Account(client, ACCOUNT_ID)


class Spy(httpx.BaseTransport):
    """The sandbox, with a record of what it was asked."""

    def __init__(self, box: Sandbox) -> None:
        self.requests: list[httpx.Request] = []
        self._inner = httpx.WSGITransport(app=box)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self._inner.handle_request(request)


def spied(box: Sandbox, permission: str = "write") -> tuple[Account, list[httpx.Request]]:
    spy = Spy(box)
    token = next(text for text, right in TOKENS.items() if right == permission)
    return Account(
        GatewayClient("http://sandbox.invalid/client/v4", Token(token), transport=spy), ACCOUNT_ID
    ), spy.requests


def read(url: str) -> LogQuery:
    return LogQuery.read(QueryDict(url))


# --- a few seconds full of logs ---------------------------------------------------------------------------------------


def crowd(count: int = 90, seconds: int = 6) -> list[dict[str, Any]]:
    """Logs that stand so close together that each range cuts through seconds with several of them."""
    dice = random.Random(7)
    moments = sorted(
        dice.choice([0, 1, 250, 499, 500, 998, 999]) + 1000 * dice.randrange(seconds) for _ in range(count)
    )
    return [
        {
            "id": f"log-{number:03}",
            "created_at": (BEGIN + timedelta(milliseconds=ms))
            .isoformat(timespec="milliseconds")
            .replace("+00:00", "Z"),
            "provider": dice.choice(["openai", "groq", "mistral"]),
            "model": dice.choice(["a", "b"]),
            "model_type": dice.choice(["chat", "embedding"]),
            "success": dice.random() < 0.8,
            "cached": dice.random() < 0.3,
        }
        for number, ms in enumerate(moments)
    ]


ROWS = crowd()


def time_of(row: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(row["created_at"])


LT_RULES: dict[str, Callable[[datetime, datetime], bool]] = {
    "exactly before": lambda created, bound: created < bound,
    "in an earlier second": lambda created, bound: created.replace(microsecond=0) < bound.replace(microsecond=0),
    "in the same second or an earlier one": lambda created, bound: (
        created.replace(microsecond=0) <= bound.replace(microsecond=0)
    ),
}


def other_upstream(rows: list[dict[str, Any]], is_before: Callable[[datetime, datetime], bool]) -> LogService:
    """A list of logs with a rule of its own for `created_at lt`, which is not published."""

    def passes(row: dict[str, Any], condition: dict[str, Any]) -> bool:
        key, operator, values = condition["key"], condition["operator"], condition["value"]
        if key == "created_at":
            bound = datetime.fromisoformat(values[0])
            after = time_of(row).replace(microsecond=0) >= bound.replace(microsecond=0)
            return after if operator == "gt" else is_before(time_of(row), bound)
        return (row[key] in values) is (operator == "eq")

    def answer(request: httpx.Request) -> httpx.Response:
        params = request.url.params
        conditions = json.loads(params.get("filters", "[]"))
        found = [row for row in rows if all(passes(row, each) for each in conditions)]
        found.sort(key=itemgetter("created_at", "id"))
        found.sort(key=itemgetter(params["order_by"]), reverse=params["order_by_direction"] == "desc")
        start = (int(params["page"]) - 1) * int(params["per_page"])
        shown = found[start : start + int(params["per_page"])]
        return httpx.Response(200, json={"success": True, "result": shown, "result_info": {"total_count": len(found)}})

    return account_on(answer).logs(GATEWAY)


def whole(service: LogService, query: LogQuery) -> tuple[list[LogPage], list[str]]:
    """Every page of a query, and the ids on them."""
    pages = [service.page(query)]
    while pages[-1].query.page < pages[-1].pages:
        pages.append(service.page(pages[0].at(pages[-1].query.page + 1)))
    return pages, [log.id for page in pages for log in page.logs]


def ranges(count: int) -> list[tuple[datetime | None, datetime | None]]:
    """Ranges that cut through the crowd at any millisecond."""
    dice = random.Random(11)
    found: list[tuple[datetime | None, datetime | None]] = []
    while len(found) < count:
        ends = sorted(dice.choice([0, 1, 250, 500, 501, 999]) + 1000 * dice.randrange(-1, 7) for _ in range(2))
        start, end = (BEGIN + timedelta(milliseconds=ms) for ms in ends)
        if start < end:
            found.append(dice.choice([(start, end), (start, end), (start, None), (None, end)]))
    return found


def inside(row: dict[str, Any], start: datetime | None, end: datetime | None) -> bool:
    return (start is None or time_of(row) >= start) and (end is None or time_of(row) < end)


def check_range(service: LogService, start: datetime | None, end: datetime | None, sort: str) -> None:
    query = LogQuery(start=start, end=end, sort=sort, per_page=7)
    expected = {row["id"]: row for row in ROWS if inside(row, start, end)}
    pages, ids = whole(service, query)
    assert sorted(ids) == sorted(expected)
    for page in pages:
        assert (page.total, page.is_exact, page.misfits) == (len(expected), True, 0)
        assert len(page.logs) == (7 if page.query.page < page.pages else len(expected) - 7 * (page.pages - 1))
    keys = [expected[log_id][query.order[0]] for log_id in ids]
    assert keys == sorted(keys, reverse=query.order[1] == "desc")


@pytest.fixture
def crowded():
    store = Store()
    store.add_gateway({"id": GATEWAY})
    for row in ROWS:
        store.add(row)
    yield store
    store.close()


@pytest.mark.parametrize("sort", ORDERS)
def test_pages_and_totals_of_a_range_are_exact_to_the_millisecond(crowded, sort):
    service = upstream.connect(Sandbox(crowded, Options(budget=None))).logs(GATEWAY)
    for start, end in ranges(12):
        check_range(service, start, end, sort)


@pytest.mark.parametrize("rule", LT_RULES)
@pytest.mark.parametrize("sort", ["-created_at", "created_at", "provider", "-success"])
def test_pages_and_totals_are_exact_however_the_upstream_reads_lt(rule, sort):
    service = other_upstream(ROWS, LT_RULES[rule])
    for start, end in ranges(40):
        check_range(service, start, end, sort)


@pytest.mark.parametrize("rule", LT_RULES)
def test_a_range_and_a_filter_together_are_exact_too(rule):
    service = other_upstream(ROWS, LT_RULES[rule])
    start, end = BEGIN + timedelta(milliseconds=1250), BEGIN + timedelta(milliseconds=4499)
    query = read("provider=openai&provider=groq&cached__not=true").change(start=start, end=end, per_page=7)
    expected = [
        row["id"] for row in ROWS if inside(row, start, end) and row["provider"] != "mistral" and not row["cached"]
    ]
    pages, ids = whole(service, query)
    assert sorted(ids) == sorted(expected)
    assert {(page.total, page.is_exact) for page in pages} == {(len(expected), True)}


@pytest.mark.parametrize("rule", LT_RULES)
def test_a_second_with_more_logs_than_are_looked_at_makes_the_total_an_upper_bound(rule):
    rows = [ROWS[0] | {"id": f"x{n}", "created_at": f"2026-11-20T10:00:00.{n:03}Z"} for n in range(300)]
    service = other_upstream(rows, LT_RULES[rule])
    page = service.page(LogQuery(start=BEGIN + timedelta(milliseconds=200), sort="-created_at"))
    assert not page.is_exact
    assert page.total >= 100
    assert all(log.created_at >= BEGIN + timedelta(milliseconds=200) for log in page.logs)


def test_a_range_without_a_cut_second_costs_one_call(crowded):
    account, requests = spied(Sandbox(crowded, Options(budget=None)))
    account.logs(GATEWAY).page(read("start=2026-11-20T10:00:00Z&end=2999-01-01"))
    assert len(requests) == 1


# --- pinned pages -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sort", ORDERS)
def test_no_log_is_lost_or_doubled_when_others_arrive_between_the_pages(store, sandbox, sort):
    service = upstream.logs(GATEWAY)
    before = store.ids(GATEWAY)
    first = service.page(LogQuery(sort=sort, per_page=7))
    seen = [log.id for log in first.logs]
    newest = datetime.fromisoformat(store.get(before[-1])["created_at"])
    for number in range(2, first.pages + 1):
        for ms in (1, 3, 400):  # the newest-first pin lies in this second, the others' at the moment of reading
            after = newest if sort == "-created_at" else first.query.read_at
            store.add({"id": f"new-{number}-{ms}", "created_at": after + timedelta(milliseconds=ms), "provider": "aaa"})
        page = service.page(first.at(number))
        assert (page.total, page.is_exact) == (len(before), True)
        seen += [log.id for log in page.logs]
    assert sorted(seen) == sorted(before)


def test_a_pinned_page_of_the_last_24_hours_keeps_its_logs(crowded):
    box = Sandbox(crowded, Options(budget=None))
    service = upstream.connect(box).logs(GATEWAY)
    first = service.page(
        LogQuery.read(QueryDict("since=1m&per_page=20"), now=BEGIN + timedelta(seconds=60, milliseconds=300))
    )
    later = LogQuery.read(QueryDict(first.at(2).url()[1:]), now=BEGIN + timedelta(days=9))
    second = service.page(later)
    assert first.total == second.total == 90
    assert {log.id for log in first.logs}.isdisjoint(log.id for log in second.logs)
    assert len(second.logs) == 20


def test_the_first_page_is_pinned_right_behind_its_newest_log(crowded):
    page = upstream.connect(Sandbox(crowded, Options(budget=None))).logs(GATEWAY).page(LogQuery(per_page=20))
    assert page.pin == page.logs[0].created_at + timedelta(milliseconds=1)
    assert page.at(3).as_of == page.pin
    assert page.at(1).as_of is None


def test_a_row_that_is_left_out_is_behind_the_pin_too(store):
    """It counts in the places of the upstream's list: a pin that lost it would pass over a log."""
    store.delete(store.ids())
    for number in range(45):
        pairs = {"user": "42"} if number else {"user": "7", "age": "42"}  # the newest has both words, but no such pair
        moment = (BEGIN - timedelta(minutes=number)).isoformat()
        store.add({"gateway_id": GATEWAY, "id": f"log-{number}", "created_at": moment, "metadata": pairs})
    service = upstream.connect(Sandbox(store, Options(budget=None))).logs(GATEWAY)
    first = service.page(read("metadata.user=42&per_page=20"))
    assert first.left_out == 1
    pages = [first, *(service.page(first.at(number)) for number in (2, 3))]
    assert [log.id for page in pages for log in page.logs] == [f"log-{number}" for number in range(1, 45)]


def test_a_range_that_has_ended_needs_no_pin():
    page = LogPage(query=read("end=2026-11-20"), logs=(), total=100, is_exact=True)
    assert page.pin is None
    assert page.at(2).url() == "?end=2026-11-20T00:00:00Z&page=2"


def test_positions_on_a_page_count_from_one(crowded):
    service = upstream.connect(Sandbox(crowded, Options(budget=None))).logs(GATEWAY)
    page = service.page(LogQuery(per_page=20, page=5))
    assert (page.first, page.last, page.pages, page.total) == (81, 90, 5, 90)
    beyond = service.page(LogQuery(per_page=20, page=6))
    assert (beyond.first, beyond.last, beyond.logs, beyond.total) == (0, 0, (), 90)


# --- what is sent -----------------------------------------------------------------------------------------------------

DEPRECATED = {
    "direction", "start_date", "end_date", "feedback", "success", "cached", "model", "model_type", "provider",
    "request_content_type", "response_content_type", *(f"{bound}_{name}" for bound in ("min", "max")
    for name in ("cost", "tokens_in", "tokens_out", "total_tokens", "duration")),
}  # fmt: skip


@pytest.mark.parametrize(
    "url",
    ["", "provider=openai&provider=groq", "cost__gt=0.01&cost__lt=1&success=true&feedback=none&search=x",
     "since=24h&metadata.user=u&sort=model", "start=2026-11-20T10:00:00.5Z&end=2026-11-21T10:00:00.5Z&page=2"],
)  # fmt: skip
def test_a_list_is_asked_by_one_json_parameter_with_both_orders(store, url):
    account, requests = spied(Sandbox(store, Options(budget=None, strict_filters=True)))
    account.logs(GATEWAY).page(read(url))
    lists = [request for request in requests if request.url.path.endswith("/logs")]
    for request in lists:
        names = [name for name, _value in request.url.params.multi_items()]
        assert len(names) == len(set(names))
        assert {"page", "per_page", "order_by", "order_by_direction"} <= set(names)
        assert set(names) <= {"page", "per_page", "order_by", "order_by_direction", "filters", "search"}
        assert not DEPRECATED & set(names)
        assert isinstance(json.loads(request.url.params.get("filters", "[]")), list)
    assert ("filters" in lists[-1].url.params) == bool(url)


def test_unicode_in_a_filter_arrives(store):
    store.add({"gateway_id": GATEWAY, "id": "umlaut", "metadata": {"wer": 'Jürgen 漢 &=#+%20\\"'}})
    account, _requests = spied(Sandbox(store, Options(budget=None)))
    query = LogQuery.read(_Lists({"metadata.wer": ['Jürgen 漢 &=#+%20\\"']}))
    assert [log.id for log in account.logs(GATEWAY).page(query).logs] == ["umlaut"]


class _Lists:
    def __init__(self, lists: dict[str, list[str]]) -> None:
        self._lists = lists

    def lists(self):
        return self._lists.items()


# --- the local check --------------------------------------------------------------------------------------------------


def test_rows_that_the_filter_excludes_are_counted_and_not_shown(store, sandbox):
    sandbox.options = Options(budget=None, ignore_filters=True)
    page = upstream.logs(GATEWAY).page(read("provider=openai"))
    assert page.misfits > 0
    assert page.logs
    assert {log.provider for log in page.logs} == {"openai"}
    assert page.misfits + len(page.logs) == min(50, len(store.ids(GATEWAY)))


def test_a_pair_is_checked_row_by_row(store, sandbox):
    store.add({"gateway_id": GATEWAY, "id": "right", "metadata": {"user": "bob-7", "agent": "x"}})
    store.add({"gateway_id": GATEWAY, "id": "swapped", "metadata": {"user": "x", "agent": "bob-7"}})
    page = upstream.logs(GATEWAY).page(read("metadata.user=bob-7"))
    assert [log.id for log in page.logs] == ["right"]
    assert (page.left_out, page.misfits, page.is_exact, page.total) == (1, 0, True, 1)


def test_a_total_with_left_out_rows_is_not_called_exact():
    row = {"created_at": "2026-11-20T10:00:00Z"}
    rows = [
        row | {"id": f"a{n}", "metadata": {"user": "x", "team": "y"} if n % 2 else {"team": "y"}} for n in range(50)
    ]

    def answer(_request: httpx.Request) -> httpx.Response:  # an upstream for which one other key is enough for `neq`
        return httpx.Response(200, json={"success": True, "result": rows, "result_info": {"total_count": 500}})

    page = account_on(answer).logs(GATEWAY).page(read("metadata_key__not=user"))
    assert (len(page.logs), page.left_out, page.is_exact) == (25, 25, False)


@pytest.mark.parametrize("info", [None, {}, {"total_count": None}, {"total_count": "many"}, []])
def test_without_a_total_what_was_seen_counts(info):
    rows = [{"id": f"a{n}", "created_at": "2026-11-20T10:00:00Z"} for n in range(50)]
    answer = {"success": True, "result": rows, "result_info": info}
    service = account_on(lambda _request: httpx.Response(200, json=answer)).logs(GATEWAY)
    assert service.page(LogQuery(page=3)).total == 150


def test_one_broken_row_does_not_take_down_its_page():
    good = b'{"id": "good", "created_at": "2026-11-20T10:00:00Z", "model": "m"}'
    for bad in (b"5", b"null", b'{"id": "bad", "created_at": "2026-11-20T10:00:00Z", "model": "\\ud800"}', b'{"id": 5}',
                b'{"id": "bad", "created_at": "never", "n": ' + b"9" * 5000 + b"}"):  # fmt: skip
        body = b'{"success": true, "result": [' + bad + b"," + good + b'], "result_info": {"total_count": 2}}'
        answer = httpx.Response(200, content=body)
        service = account_on(lambda _request, answer=answer: answer).logs(GATEWAY)  # type: ignore[misc]
        page = service.page(LogQuery())
        assert [log.model for log in page.logs if log.id == "good"] == ["m"]


@pytest.mark.parametrize("result", [None, {}, "text", 5])
def test_a_result_that_is_no_list_is_an_unexpected_answer(result):
    service = account_on(lambda _request: httpx.Response(200, json={"success": True, "result": result})).logs(GATEWAY)
    with pytest.raises(Broken):
        service.page(LogQuery())


# --- gateways ---------------------------------------------------------------------------------------------------------


def test_an_unknown_gateway_is_found_out_by_asking_for_it(sandbox):
    with calls.page() as page, pytest.raises(NotFound, match="no gateway “no-such-gateway”"):
        upstream.logs("no-such-gateway").page(LogQuery())
    assert [httpx.URL(call.url).path.split("/ai-gateway")[1] for call in page.calls] == [
        "/gateways/no-such-gateway/logs", "/gateways/no-such-gateway"
    ]  # fmt: skip


def test_an_empty_gateway_is_just_empty(sandbox, store):
    store.add_gateway({"id": "quiet", "collect_logs": False})
    page = upstream.logs("quiet").page(LogQuery())
    assert (page.logs, page.total, page.pages) == ((), 0, 1)
    assert page.gateway is not None
    assert page.gateway.collect_logs is False


def test_why_a_list_is_empty_is_not_asked_where_the_page_has_little_time_left(sandbox):
    with calls.page(calls.PAGE_DEADLINE_S / 2) as page:
        found = upstream.logs("no-such-gateway").page(LogQuery())
    assert (found.logs, found.gateway, len(page.calls)) == ((), None, 1)


@pytest.mark.parametrize("status", [500, 503])
def test_an_empty_list_is_shown_though_why_it_is_empty_cannot_be_asked(status):
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/logs"):
            return httpx.Response(200, json={"success": True, "result": [], "result_info": {"total_count": 0}})
        return httpx.Response(status, json={"success": False, "errors": []})

    found = account_on(answer).logs(GATEWAY).page(LogQuery())
    assert (found.logs, found.total, found.gateway) == ((), 0, None)


@pytest.mark.parametrize("gateway", ["..", "a/b", "a?x", "", "%2e%2e"])
def test_an_odd_gateway_name_is_not_asked_for(store, gateway):
    account, requests = spied(Sandbox(store, Options(budget=None)))
    with pytest.raises(NotFound):
        account.logs(gateway).page(LogQuery())
    with pytest.raises(NotFound):
        account.gateway(gateway)
    assert requests == []


def test_counts_of_gateways_are_right(sandbox, store):
    names = [gateway.id for gateway in upstream.account().gateways()]
    assert upstream.account().counts(names) == {name: len(store.ids(name)) for name in names}


def test_one_gateway_that_fails_leaves_the_counts_of_the_others(sandbox, store):
    sandbox.options = Options(budget=None, fault="500", fault_on="gateways/staging/logs")
    counts = upstream.account().counts(["prod-edge", "staging", "support-bot"])
    assert counts["prod-edge"] == len(store.ids("prod-edge"))
    assert counts["support-bot"] == len(store.ids("support-bot"))
    assert isinstance(counts["staging"], GatewayError)


def test_counts_share_the_deadline_and_the_record_of_their_page(sandbox):
    with calls.page() as page:
        upstream.account().counts(["prod-edge", "staging"])
    assert len(page.calls) == 2


def test_a_token_is_verified(sandbox):
    assert upstream.account().verify_token().status == "active"


def test_an_accounts_token_is_verified_at_its_account():
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        if "/user/" in request.url.path:
            return httpx.Response(
                401, json={"success": False, "errors": [{"code": 1000, "message": "Invalid API Token"}]}
            )
        return httpx.Response(200, json={"success": True, "result": {"id": "t", "status": "active"}})

    assert account_on(answer).verify_token().id == "t"
    assert asked == ["/client/v4/user/tokens/verify", f"/client/v4/accounts/{ACCOUNT_ID}/tokens/verify"]


def test_a_token_that_nobody_knows_is_not_active():
    refusal = httpx.Response(401, json={"success": False, "errors": [{"code": 1000, "message": "Invalid API Token"}]})
    with pytest.raises(Unauthorized):
        account_on(lambda _request: refusal).verify_token()


def test_a_429_at_the_check_of_a_token_sends_no_second_call():
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(429)

    with pytest.raises(RateLimited):
        account_on(answer).verify_token()
    assert len(asked) == 1


# --- one log and its bodies -------------------------------------------------------------------------------------------


def test_a_log_that_is_not_there_may_be_deleted_or_too_new(sandbox):
    with pytest.raises(NotFound, match="deleted, or it is so new"):
        upstream.account().logs(GATEWAY).log("no-such-log")


def test_a_log_that_is_not_there_is_gone_when_somebody_remembers_it_and_only_then_is_anybody_asked(sandbox, store):
    service = upstream.account().logs(GATEWAY)
    asked: list[str] = []

    def remembered(log_id: str) -> Gone:
        asked.append(log_id)
        return Gone("kim deleted it")

    service.remembered = remembered
    there = store.ids(GATEWAY)[0]
    assert service.log(there).id == there
    with pytest.raises(Gone, match="kim deleted it"):
        service.log("no-such-log")
    assert asked == ["no-such-log"]


def test_another_log_than_the_one_asked_for_is_refused():
    answer = {"success": True, "result": {"id": "other", "created_at": "2026-11-20T10:00:00Z"}}
    with pytest.raises(Broken, match="Another log"):
        account_on(lambda _request: httpx.Response(200, json=answer)).logs(GATEWAY).log("mine")


def test_logs_are_found_by_their_ids_and_only_those_that_are_there(sandbox, store):
    ids = store.ids(GATEWAY)[:3]
    assert sorted(log.id for log in upstream.logs(GATEWAY).find([*ids, "gone"])) == sorted(ids)
    with pytest.raises(ValueError, match="50"):
        upstream.logs(GATEWAY).find([])
    with pytest.raises(ValueError, match="50"):
        upstream.logs(GATEWAY).find([str(n) for n in range(51)])


def test_logs_that_were_not_asked_for_show_that_filters_are_ignored(sandbox, store):
    sandbox.options = Options(budget=None, ignore_filters=True)
    with pytest.raises(FilterNotApplied):
        upstream.logs(GATEWAY).find(store.ids(GATEWAY)[:1])


BODY = bytes(range(256)) * 16


@pytest.mark.parametrize(
    ("start", "length", "whole_"),
    [(0, 4096, True), (0, 5000, True), (0, 4095, False), (0, 64, False), (64, 64, False), (4032, 64, True),
     (4000, 1000, True), (4096, 64, True), (9999, 64, True)],
)  # fmt: skip
def test_a_window_of_a_body_is_exact_and_knows_whether_more_follows(sandbox, store, start, length, whole_):
    store.add({"gateway_id": GATEWAY, "id": "b1", "request_body": BODY, "response_body": None})
    body = upstream.logs(GATEWAY).bodies.part("b1", "request", start=start, length=length)
    assert body.data == BODY[start : start + length]
    assert (body.whole, body.cut) == (whole_, False)


def test_windows_side_by_side_are_the_body(sandbox, store):
    store.add({"gateway_id": GATEWAY, "id": "b1", "response_body": BODY})
    logs = upstream.logs(GATEWAY)
    windows = [logs.bodies.part("b1", "response", start=at, length=1000) for at in range(0, 5000, 1000)]
    assert b"".join(window.data for window in windows) == BODY
    assert [window.whole for window in windows] == [False] * 4 + [True]
    assert logs.bodies.whole("b1", "response") == BODY


def test_a_body_that_was_never_stored_is_not_found(sandbox, store):
    store.add({"gateway_id": GATEWAY, "id": "b1", "request_body": BODY, "response_body": None})
    with pytest.raises(NotFound):
        upstream.logs(GATEWAY).bodies.part("b1", "response")


@pytest.mark.parametrize("log_id", ["..", "a/b", "a?x=1", "a#b", "%2e%2e", ""])
def test_an_odd_id_is_not_asked_for(store, log_id):
    account, requests = spied(Sandbox(store, Options(budget=None)))
    logs = account.logs(GATEWAY)
    for ask in (logs.log, lambda each: logs.bodies.part(each, "request"), lambda each: logs.patch(each, {"score": 1})):
        with pytest.raises(NotFound):
            ask(log_id)
    assert requests == []
