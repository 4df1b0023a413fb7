"""Deleting what was shown, and nothing else, whatever happens on the way."""

import json
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway_dash.gateway.client import GatewayClient, Token
from gateway_dash.gateway.deletion import Outcome, Preview, Selection, check, delete, preview_all, preview_ids
from gateway_dash.gateway.errors import Broken, FilterNotApplied, Forbidden, GatewayError, RateLimited, Refusal
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.service import Account, LogService
from gateway_dash.sandbox import ACCOUNT_ID, TOKENS, Options, Sandbox, Store

GATEWAY = "prod-edge"
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
Hook = Callable[[httpx.Request], httpx.Response | None]


@dataclass
class Stage:
    """A sandbox behind a wire that can break, with a clock that moves when somebody sleeps."""

    store: Store
    now: float = 0.0
    slept: list[float] = field(default_factory=list)
    sent: list[httpx.Request] = field(default_factory=list)
    before: Hook = lambda _request: None  # an answer in the place of the sandbox's, or an exception
    after: Callable[[httpx.Request], None] = lambda _request: None
    permission: str = "write"

    def __post_init__(self) -> None:
        self.box = Sandbox(self.store, Options(budget=None), clock=lambda: 2_000_000_000 + self.now)
        self._inner = httpx.WSGITransport(app=self.box)
        self.logs = self.connect()

    def connect(self) -> LogService:
        token = next(text for text, right in TOKENS.items() if right == self.permission)
        client = GatewayClient(
            "http://sandbox.invalid/client/v4",
            Token(token),
            transport=httpx.MockTransport(self._answer),
            sleep=self.sleep,
        )
        return Account(client, ACCOUNT_ID).logs(GATEWAY)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        if answer := self.before(request):
            return answer
        answer = self._inner.handle_request(request)
        self.after(request)
        return answer

    def switch(self, **options) -> None:
        self.box.options = replace(self.box.options, **options)

    @property
    def ids(self) -> list[str]:
        """The logs that are there, oldest first."""
        return self.store.ids(GATEWAY)

    @property
    def deletions(self) -> list[httpx.Request]:
        """What was sent as DELETE, but for the probe."""
        return [request for request in self.sent if request.method == "DELETE" and not is_probe(request)]

    def delete(self, ids) -> Outcome:
        return delete(self.logs, Selection(tuple(ids)), sleep=self.sleep)


def named(request: httpx.Request) -> list[str]:
    """The ids that a request names."""
    (condition,) = json.loads(request.url.params["filters"])
    assert (condition["key"], condition["operator"]) == ("id", "eq")
    return condition["value"]


def is_probe(request: httpx.Request) -> bool:
    return not any(each.startswith("log-") for each in named(request))


def is_deletion(request: httpx.Request) -> bool:
    return request.method == "DELETE" and not is_probe(request)


@pytest.fixture
def stage() -> Iterator[Stage]:
    """130 logs, one a minute, the last of them at NOW; every third from groq."""
    store = filled(130)
    yield Stage(store)
    store.close()


def filled(count: int) -> Store:
    store = Store()
    store.add_gateway({"id": GATEWAY})
    for number in range(count):
        add(store, f"log-{number:04}", minutes=number - count + 1, provider="groq" if number % 3 == 0 else "openai")
    return store


def add(store: Store, log_id: str, *, minutes: float = 0, provider: str = "openai", **more) -> str:
    moment = NOW + timedelta(minutes=minutes)
    return store.add({"gateway_id": GATEWAY, "id": log_id, "created_at": moment, "provider": provider, **more})


def read(url: str = "") -> LogQuery:
    return LogQuery.read(QueryDict(url))


# --- previews ---------------------------------------------------------------------------------------------------------


def test_a_preview_of_ticked_logs_is_those_logs_from_old_to_new(stage):
    ids = [stage.ids[number] for number in (100, 5, 70, 5)]
    preview = preview_ids(stage.logs, ids)
    assert preview.selection.ids == ("log-0005", "log-0070", "log-0100")
    assert (preview.count, preview.phrase, preview.gone_already) == (3, "", 0)


def test_a_preview_names_the_five_oldest_and_the_five_newest_of_the_others(stage):
    preview = preview_ids(stage.logs, stage.ids[:30])
    assert [log.id for log in preview.oldest] == [f"log-{number:04}" for number in range(5)]
    assert [log.id for log in preview.newest] == [f"log-{number:04}" for number in (29, 28, 27, 26, 25)]
    few = preview_ids(stage.logs, stage.ids[:6])
    assert len(few.oldest) == 5
    assert [log.id for log in few.newest] == ["log-0005"]


def test_ticked_logs_that_are_gone_are_counted(stage):
    ids = stage.ids[:4]
    stage.store.delete(ids[:3])
    preview = preview_ids(stage.logs, ids)
    assert (preview.count, preview.gone_already) == (1, 3)


def test_when_every_ticked_log_is_gone_there_is_no_preview(stage):
    with pytest.raises(Refusal, match="any more"):
        preview_ids(stage.logs, ["log-9999"])


@pytest.mark.parametrize("ids", [(), ("a", "a")])
def test_a_selection_names_some_logs_and_each_of_them_once(ids):
    with pytest.raises(ValueError, match="selection"):
        Selection(ids)


def test_above_twenty_the_number_has_to_be_typed(stage):
    assert preview_ids(stage.logs, stage.ids[:20]).phrase == ""
    assert preview_ids(stage.logs, stage.ids[:21]).phrase == "delete 21"


def test_more_than_500_ticked_logs_are_refused_before_anything_is_sent(stage):
    with pytest.raises(Refusal, match="501 logs are selected, and at most 500"):
        preview_ids(stage.logs, [f"log-{number:04}" for number in range(501)])
    assert stage.sent == []


def test_a_preview_of_all_that_match_is_every_page_of_them(stage):
    preview = preview_all(stage.logs, read("provider=openai"))
    assert preview.selection.ids == tuple(log_id for n, log_id in enumerate(stage.ids) if n % 3)
    assert (preview.count, preview.phrase, preview.leaves_nothing) == (86, "delete 86", False)


def test_a_preview_of_everything_is_everything(stage):
    assert preview_all(stage.logs, read()).selection.ids == tuple(stage.ids)


def test_the_page_of_the_list_does_not_matter_to_all_that_match(stage):
    assert preview_all(stage.logs, read("provider=groq&page=3&per_page=20&sort=-model")).count == 44


@pytest.mark.parametrize("url", ["start=2026-11-20T11:00:30.5Z&end=2026-11-20T11:10Z", "end=2026-11-20T11:10:00.001Z"])
def test_a_range_is_previewed_to_the_millisecond(stage, url):
    add(stage.store, "log-edge", minutes=-50 + 0.00001)  # 0.6 ms after 11:10, which is 1 ms
    preview = preview_all(stage.logs, read(url))
    begins, ends = read(url).begins or NOW - timedelta(days=9), read(url).ends
    times = {log_id: datetime.fromisoformat(stage.store.get(log_id)["created_at"]) for log_id in stage.ids}
    expected = [log_id for log_id, moment in times.items() if ends and begins <= moment < ends]
    assert sorted(preview.selection.ids) == sorted(expected)


def test_more_than_500_that_match_are_refused(stage):
    for number in range(500):
        add(stage.store, f"log-x{number}", provider="groq")
    with pytest.raises(Refusal, match="544 logs match"):
        preview_all(stage.logs, read("provider=groq"))
    assert len(stage.sent) <= 2  # by the first page's total, not by reading them all
    assert preview_all(stage.logs, read("provider=openai")).count == 86


def test_exactly_500_can_be_deleted(stage):
    for number in range(370):
        add(stage.store, f"log-x{number:03}", minutes=-200)
    assert preview_all(stage.logs, read()).count == 500


def test_pairs_are_previewed_row_by_row(stage):
    add(stage.store, "log-right", metadata={"user": "bob", "agent": "x"})
    add(stage.store, "log-swapped", metadata={"user": "x", "agent": "bob"})
    assert preview_all(stage.logs, read("metadata.user=bob")).selection.ids == ("log-right",)


def test_one_log_that_does_not_fit_the_filter_stops_the_preview(stage):
    stage.switch(ignore_filters=True)
    with pytest.raises(FilterNotApplied):
        preview_all(stage.logs, read("provider=groq"))
    with pytest.raises(FilterNotApplied):
        preview_ids(stage.logs, stage.ids[:2])


def test_a_log_that_does_not_fit_stops_the_preview_on_a_later_page_too(stage):
    def second_page_lies(request: httpx.Request) -> httpx.Response | None:
        if request.url.params.get("page") != "2":
            return None
        rows = [{"id": "log-x", "created_at": "2026-11-20T10:00:00Z", "provider": "groq"}]
        return httpx.Response(200, json={"success": True, "result": rows, "result_info": {"total_count": 86}})

    stage.before = second_page_lies
    with pytest.raises(FilterNotApplied):
        preview_all(stage.logs, read("provider=openai"))


def test_a_filter_that_takes_all_there_is_has_to_be_typed(stage):
    stage.store.delete(stage.ids[:115])
    preview = preview_all(stage.logs, read("success=true"))
    assert (preview.count, preview.leaves_nothing, preview.phrase) == (15, True, "delete 15")


def test_nothing_that_matches_is_no_preview(stage):
    with pytest.raises(Refusal, match="No log matches"):
        preview_all(stage.logs, read("provider=mistral"))


def test_logs_that_arrived_after_the_list_was_shown_are_not_previewed(stage):
    shown = read("provider=groq").pinned(NOW + timedelta(milliseconds=1))
    add(stage.store, "log-late", minutes=0.01, provider="groq")
    assert "log-late" not in preview_all(stage.logs, shown).selection.ids


def test_logs_of_the_future_are_not_previewed(stage):
    ahead = (datetime.now(UTC) - NOW).total_seconds() / 60 + 60
    add(stage.store, "log-future", minutes=ahead, provider="groq")
    assert "log-future" not in preview_all(stage.logs, read("provider=groq")).selection.ids
    assert "log-future" not in preview_all(stage.logs, read("provider=groq&as_of=2999-01-01")).selection.ids


def test_a_log_without_an_id_stops_the_preview(stage):
    rows = [{"id": "", "created_at": "2026-11-20T10:00:00Z"}]
    stage.before = lambda _request: httpx.Response(200, json={"success": True, "result": rows})
    with pytest.raises(Refusal, match="without an id"):
        preview_all(stage.logs, read())


def test_a_preview_sends_no_deletion(stage):
    preview_all(stage.logs, read())
    preview_ids(stage.logs, stage.ids[:60])
    assert {request.method for request in stage.sent} == {"GET"}


# --- a deletion in good weather ---------------------------------------------------------------------------------------


def test_exactly_these_logs_go_in_batches_of_fifty_with_a_limit(stage):
    chosen, others = stage.ids[3:123], {*stage.ids[:3], *stage.ids[123:]}
    outcome = stage.delete(chosen)
    assert set(stage.ids) == others
    assert outcome == Outcome(asked=tuple(chosen), gone=tuple(chosen))
    assert outcome.is_clean
    assert [len(named(request)) for request in stage.deletions] == [50, 50, 20]
    assert [request.url.params["limit"] for request in stage.deletions] == ["50", "50", "20"]
    assert [each for request in stage.deletions for each in named(request)] == chosen
    assert stage.slept == []


def test_before_it_deletes_an_id_that_no_log_has_is_tried(stage):
    stage.delete(stage.ids[:1])
    first = next(request for request in stage.sent if request.method == "DELETE")
    (no_log,) = named(first)
    assert no_log not in stage.ids
    assert first.url.params["limit"] == "1"


def test_logs_that_arrive_after_the_preview_are_kept(stage):
    preview = preview_all(stage.logs, read("provider=groq"))
    late = [add(stage.store, f"log-late{n}", minutes=n, provider="groq") for n in (-100, 0, 1)]
    outcome = stage.delete(preview.selection.ids)
    assert outcome.is_clean
    assert set(late) <= set(stage.ids)


def test_logs_that_arrive_while_it_runs_are_kept(stage):
    def flood(request: httpx.Request) -> None:
        if request.method == "DELETE":
            add(stage.store, f"log-flood{len(stage.sent)}", minutes=-1000)  # the new oldest

    stage.after = flood
    chosen = stage.ids[:100]
    assert stage.delete(chosen).is_clean
    assert len([log_id for log_id in stage.ids if "flood" in log_id]) == 3
    assert not set(chosen) & set(stage.ids)


def test_what_a_colleague_deleted_meanwhile_is_counted_apart(stage):
    chosen = stage.ids[:60]
    stage.store.delete(chosen[10:30])
    outcome = stage.delete(chosen)
    assert (len(outcome.gone), len(outcome.gone_before), outcome.is_clean) == (40, 20, True)
    assert [request.url.params["limit"] for request in stage.deletions] == ["30", "10"]


def test_a_batch_that_a_colleague_took_whole_sends_nothing(stage):
    chosen = stage.ids[:50]
    stage.store.delete(chosen)
    outcome = stage.delete(chosen)
    assert outcome.gone_before == tuple(chosen)
    assert stage.deletions == []


def test_everything_there_is_can_go(stage):
    assert stage.delete(stage.ids).is_clean
    assert stage.ids == []


# --- a deletion in bad weather ----------------------------------------------------------------------------------------


def test_a_deletion_that_happened_though_its_answer_was_lost_is_gone(stage):
    def lost(request: httpx.Request) -> None:
        if is_deletion(request):
            raise httpx.ReadError("reset")

    stage.after = lost
    chosen = stage.ids[:120]
    outcome = stage.delete(chosen)
    assert (outcome.gone, outcome.is_clean) == (tuple(chosen), True)
    assert len(stage.deletions) == 3  # each once
    assert len(stage.ids) == 10


def test_a_deletion_that_failed_is_not_sent_again_and_is_reported(stage):
    before = stage.ids
    stage.before = lambda request: httpx.Response(500) if is_deletion(request) else None
    outcome = stage.delete(before[:120])
    assert len(stage.deletions) == 1
    assert isinstance(outcome.problem, Broken)
    assert (outcome.still_there, outcome.unknown) == (tuple(before[:50]), tuple(before[50:120]))
    assert not outcome.is_clean
    assert stage.ids == before


@pytest.mark.parametrize("status", [301, 400, 403, 404, 409, 429, 500, 502, 503, 504])
def test_no_answer_to_a_deletion_makes_it_be_sent_again(stage, status):
    stage.before = lambda request: httpx.Response(status) if is_deletion(request) else None
    outcome = stage.delete(stage.ids[:10])
    assert len(stage.deletions) == 1
    assert outcome.problem is not None


def test_a_deletion_that_took_half_is_told_by_half(stage):
    def half(request: httpx.Request) -> httpx.Response | None:
        if not is_deletion(request):
            return None
        stage.store.delete(named(request)[::2])
        return httpx.Response(200, json={"success": True})

    stage.before = half
    outcome = stage.delete(stage.ids[:10])
    assert (len(outcome.gone), len(outcome.still_there), outcome.is_clean) == (5, 5, False)
    assert len(stage.deletions) == 1


def test_a_token_that_may_not_delete_deletes_nothing():
    store = filled(5)
    stage = Stage(store, permission="read")
    with pytest.raises(Forbidden) as refused:
        stage.delete(stage.ids[:2])
    assert refused.value.right == "AI Gateway - Edit"
    assert len(stage.ids) == 5
    store.close()


def test_a_429_in_the_middle_ends_it_without_another_call(stage):
    def spent(request: httpx.Request) -> httpx.Response | None:
        done = len(stage.deletions)
        return httpx.Response(429, headers={"retry-after": "300"}) if is_deletion(request) and done == 2 else None

    stage.before = spent
    outcome = stage.delete(stage.ids[:130])
    assert isinstance(outcome.problem, RateLimited)
    assert len(outcome.gone) == 50
    assert len(outcome.unknown) == 80
    assert is_deletion(stage.sent[-1])


def test_when_the_re_read_fails_nothing_is_called_gone(stage):
    def blind(request: httpx.Request) -> httpx.Response | None:
        return httpx.Response(500) if stage.deletions and request.method == "GET" else None

    stage.before = blind
    chosen = stage.ids[:60]
    outcome = stage.delete(chosen)
    assert (outcome.gone, outcome.still_there, outcome.unknown) == ((), (), tuple(chosen))
    assert outcome.problem is not None
    stage.before = lambda _request: None
    later = check(stage.logs, outcome)
    assert (len(later.gone), len(later.still_there), later.unknown) == (50, 10, ())
    assert len(stage.deletions) == 1


def test_a_list_that_lags_is_waited_for(stage):
    stage.switch(delete_lag_s=3)
    outcome = stage.delete(stage.ids[:60])
    assert outcome.is_clean
    assert stage.slept == [0.5, 1.0, 2.0] * 2
    assert len(stage.deletions) == 2
    assert len(stage.ids) == 70


def test_a_list_that_lags_for_long_is_told_as_still_there_and_no_other_batch_is_sent(stage):
    stage.switch(delete_lag_s=60)
    chosen = stage.ids[:60]
    outcome = stage.delete(chosen)
    assert (outcome.still_there, outcome.unknown) == (tuple(chosen[:50]), tuple(chosen[50:]))
    assert len(stage.deletions) == 1
    stage.now += 60
    later = check(stage.logs, outcome)
    assert (len(later.gone), len(later.still_there)) == (50, 10)


def test_one_failed_look_is_forgotten_when_the_next_sees_all_gone(stage):
    stage.switch(delete_lag_s=1)
    failed: list[httpx.Request] = []

    def once(request: httpx.Request) -> httpx.Response | None:
        if stage.slept and request.method == "GET" and not failed:
            failed.append(request)
            return httpx.Response(500)
        return None

    stage.before = once
    outcome = stage.delete(stage.ids[:10])
    assert failed
    assert (outcome.problem, outcome.is_clean) == (None, True)


def test_looking_again_deletes_nothing(stage):
    outcome = check(stage.logs, Outcome(asked=tuple(stage.ids[:60]), unknown=tuple(stage.ids[:60])))
    assert outcome.still_there == tuple(stage.ids[:60])
    assert {request.method for request in stage.sent} == {"GET"}


# --- an upstream that ignores filters ---------------------------------------------------------------------------------


def without_filters(stage: Stage) -> Hook:
    """An upstream that has stopped to understand `filters` on DELETE, and only there."""

    def answer(request: httpx.Request) -> httpx.Response | None:
        if request.method != "DELETE" or "filters" not in request.url.params:
            return None
        url = request.url.copy_remove_param("filters")
        return stage._inner.handle_request(httpx.Request("DELETE", url, headers=request.headers))

    return answer


def test_when_a_deletion_ignores_filters_the_probe_costs_one_log_and_nothing_more_is_sent(stage):
    before = stage.ids
    stage.before = without_filters(stage)
    with pytest.raises(FilterNotApplied, match="Nothing more was sent"):
        stage.delete(before[60:120])
    assert stage.ids == before[1:]
    assert stage.deletions == []


def test_when_reading_ignores_filters_too_not_even_the_probe_is_sent(stage):
    before = stage.ids
    stage.switch(ignore_filters=True)
    with pytest.raises(FilterNotApplied):
        stage.delete(before[60:120])
    assert stage.ids == before
    assert {request.method for request in stage.sent} == {"GET"}


def test_when_ignored_filters_and_a_late_list_come_together_one_batch_is_the_most_that_goes(stage):
    before = stage.ids
    stage.switch(delete_lag_s=3600)
    stage.before = without_filters(stage)
    stage.delete(before[70:130])
    stage.now += 3600
    stage.before = lambda _request: None
    stage.logs.count(LogQuery())  # the sandbox deletes now what was due
    assert len(before) - len(stage.ids) <= 1 + 50


def test_when_reading_ignores_filters_in_the_middle_it_halts(stage):
    def ignore_later(request: httpx.Request) -> None:
        if len(stage.deletions) == 1:
            stage.switch(ignore_filters=True)

    stage.after = ignore_later
    outcome = stage.delete(stage.ids[:100])
    assert isinstance(outcome.problem, FilterNotApplied)
    assert len(stage.deletions) == 1
    assert outcome.gone == ()


# --- whatever happens -------------------------------------------------------------------------------------------------

FAULTS = ["", "", "", "reset", "lost", "500", "502", "404", "429", "half", "lag", "timeout"]


class Weather:
    """What happens on the way, call by call: faults, colleagues who delete, logs that arrive."""

    def __init__(self, stage: Stage, faults: list[str], seed: int) -> None:
        self.stage, self.faults, self.dice = stage, iter(faults), random.Random(seed)
        self.taken_by_others: set[str] = set()
        self.arrived: set[str] = set()
        self.is_lost = False

    def before(self, request: httpx.Request) -> httpx.Response | None:
        self._people()
        fault = next(self.faults, "")
        self.is_lost = fault == "lost"
        self.stage.switch(delete_lag_s=2 if fault == "lag" else 0)
        if fault.isdecimal():
            return httpx.Response(int(fault))
        if fault == "reset":
            raise httpx.ConnectError("refused")
        if fault == "timeout":
            raise httpx.ReadTimeout("slow")
        if fault == "half" and request.method == "DELETE":
            self.stage.store.delete(named(request)[::2])
            return httpx.Response(500)
        return None

    def after(self, _request: httpx.Request) -> None:
        if self.is_lost:
            raise httpx.ReadError("reset")

    def _people(self) -> None:
        if self.dice.random() < 0.2:
            minutes = self.dice.choice([-9000, 0, 9000])
            self.arrived.add(add(self.stage.store, f"log-new{len(self.arrived)}", minutes=minutes))
        if self.dice.random() < 0.1 and self.stage.ids:
            victim = self.dice.choice(self.stage.ids)
            self.taken_by_others.add(victim)
            self.stage.store.delete([victim])


@pytest.fixture(scope="module")
def refilled() -> Iterator[Callable[[], Store]]:
    """The same store each time, with its 75 logs and no others."""
    store = filled(75)

    def refill() -> Store:
        store.delete([log_id for log_id in store.ids(GATEWAY) if "new" in log_id])
        for number in range(75):
            if store.get(f"log-{number:04}") is None:
                add(store, f"log-{number:04}", minutes=number)
        return store

    yield refill
    store.close()


@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.data())
def test_no_log_outside_of_the_selection_is_ever_deleted(refilled, data):
    """Any selection and any weather: while the upstream honours filters, no other log goes."""
    stage = Stage(refilled())
    started_with = stage.ids
    chosen = data.draw(st.lists(st.sampled_from(started_with), min_size=1, unique=True))
    chosen += [each for each in started_with if each not in chosen] if data.draw(st.booleans()) else []
    weather = Weather(stage, data.draw(st.lists(st.sampled_from(FAULTS), max_size=25)), data.draw(st.integers(0, 99)))
    stage.before, stage.after = weather.before, weather.after
    outcome = None
    with suppress(GatewayError):
        outcome = stage.delete(chosen)
    stage.before, stage.after = lambda _request: None, lambda _request: None
    stage.now += 10
    stage.connect().count(LogQuery())  # the sandbox deletes what is due by now
    missing = {*started_with, *weather.arrived} - {*stage.ids}
    assert missing <= {*chosen, *weather.taken_by_others}
    check_requests(stage, chosen)
    if outcome:
        parts = (*outcome.gone, *outcome.gone_before, *outcome.still_there, *outcome.unknown)
        assert sorted(parts) == sorted(chosen)  # each log is in exactly one part
        assert not {*outcome.gone, *outcome.gone_before} & {*stage.ids}
        assert outcome.is_clean == (not outcome.still_there and not outcome.unknown and outcome.problem is None)


def check_requests(stage: Stage, chosen: list[str]) -> None:
    """Every deletion named at most 50 chosen logs, and no log twice."""
    tried = [each for request in stage.deletions for each in named(request)]
    assert len(tried) == len(set(tried))
    assert set(tried) <= set(chosen)
    for request in stage.deletions:
        assert int(request.url.params["limit"]) == len(named(request)) <= 50


def test_the_phrase_is_plain_text():
    selection = Selection(tuple(f"log-{number}" for number in range(4812)))
    assert Preview(selection, (), ()).phrase == "delete 4812"
