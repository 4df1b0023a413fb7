"""The swift way of a deletion: by filter and limit, counted before and after, and by ids where anything is odd."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from django.http import QueryDict
from django.utils import timezone

from gateway_dash import upstream
from gateway_dash.bulk import gates, jobs, runner
from gateway_dash.bulk.deletion import archive, batch, probe, swift
from gateway_dash.bulk.deletion.spec import Spec
from gateway_dash.bulk.models import Item, Job, KeepMark, Tombstone
from gateway_dash.bulk.views import settled
from gateway_dash.gateway.client import GatewayClient, Token
from gateway_dash.gateway.ledger import Ledger
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.service import Account
from gateway_dash.sandbox import ACCOUNT_ID, Options, Sandbox, Store
from tests.annotating.test_killed import Reaper
from tests.conftest import GATEWAY
from tests.jobs.driving import person
from tests.views.conftest import WRITE, Wire
from tests.views.deleting import work_off

pytestmark = pytest.mark.django_db

START = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=5)
PLANNED, OTHERS = 65, 30


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same calls with fewer logs, and no pauses."""
    monkeypatch.setattr(swift, "SIZES", (10, 20, 25))
    monkeypatch.setattr(swift, "LEAST", 20)
    monkeypatch.setattr(batch, "LOOKS_S", (0.0, 0.0))
    monkeypatch.setattr(probe, "LOOKS_S", (0.0,))
    monkeypatch.setattr(upstream, "job_calls", lambda: 10**6)


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    """Logs of two providers that take turns, the others among the oldest, and what the upstream is asked."""
    store = Store()
    for number in range(PLANNED + OTHERS):
        mine = number % 3 or number >= 3 * OTHERS
        row = {"id": f"{'m' if mine else 'g'}-{number:03}", "provider": "mistral" if mine else "groq"}
        store.add(row | {"created_at": (START + timedelta(seconds=2 * number)).isoformat()})
    sandbox = Sandbox(store, Options(budget=None))
    found = Wire(sandbox)
    found.store = store  # type: ignore[attr-defined]
    endless = Ledger(share=10**9)
    client = GatewayClient(upstream.SANDBOX_URL, Token(WRITE), transport=found, ledger=endless, sleep=lambda _s: None)
    account = Account(client, ACCOUNT_ID)
    monkeypatch.setattr(upstream, "account", lambda: account)
    yield found
    store.close()


def plan(query: str = "provider=mistral") -> Job:
    fixed = settled(LogQuery.read(QueryDict(query)))
    spec = Spec(query=fixed.url(), open_ended=True, wait_s=0, path="swift")
    job = jobs.start("delete", GATEWAY, person(), "mistral", spec.kept(), phase="plan")
    return jobs.begin_here(job)


def go(job: Job) -> Job:
    assert jobs.confirm(job, job.actor, job.spec, needs_second=False)
    work_off()
    job.refresh_from_db()
    return job


def ids(wire: Wire) -> list[str]:
    return list(wire.store.ids(GATEWAY))  # type: ignore[attr-defined]


def by_filter(wire: Wire) -> list[int]:
    """The limits of the deletions that named a filter and no ids, each in the one form that the API reads."""
    limits = []
    for sent in wire.deletes:
        filters = json.loads(sent["filters"])
        if filters[0]["key"] != "id":
            assert any(each["key"] == "created_at" and each["operator"] == "lt" for each in filters)
            assert set(sent) == {"filters", "limit", "order_by", "order_by_direction"}
            limits.append(int(sent["limit"]))
    return limits


def deletes(number: int, answer: Callable[[httpx.Request], httpx.Response | None]) -> Callable[..., Any]:
    """Answers the n-th DELETE, the probe being the first, in the place of the upstream."""
    seen = 0

    def instead(request: httpx.Request) -> httpx.Response | None:
        nonlocal seen
        seen += request.method == "DELETE"
        return answer(request) if request.method == "DELETE" and seen >= number else None

    return instead


def done_by(wire: Wire, request: httpx.Request) -> httpx.Response:
    return wire._inner.handle_request(request)


def archived(job: Job) -> set[str]:
    return {record["log"]["id"] for part in job.parts.all() for record in archive.records_of(part)}


def test_the_planned_logs_go_and_no_others_a_small_call_first(wire: Wire):
    before = ids(wire)
    job = go(plan())
    assert job.state == Job.State.DONE
    assert ids(wire) == [each for each in before if each.startswith("g")]
    assert by_filter(wire) == [10, 20, 25, 10]
    assert job.found["receipt"]["gone"] == PLANNED
    assert job.found["receipt"]["left"] == 0
    assert Tombstone.objects.exclude(deleted_at=None).count() == PLANNED
    assert archived(job) >= {each for each in before if each.startswith("m")}


def test_logs_that_arrive_meanwhile_stay_and_stop_nothing(wire: Wire):
    job = plan()
    late = [wire.store.add({"provider": "mistral"}) for _ in range(30)]  # type: ignore[attr-defined]
    go(job)
    assert set(late) <= set(ids(wire))
    assert by_filter(wire) == [10, 20, 25, 10]
    assert job.found["receipt"]["newer"] == 30


def test_held_logs_are_named_as_not_meant(wire: Wire):
    KeepMark.objects.create(account="sandbox", gateway=GATEWAY, log_id="m-001", by_name="kim")
    job = go(plan())
    assert "m-001" in ids(wire)
    assert job.found["receipt"]["gone"] == PLANNED - 1
    named = [json.loads(sent["filters"])[-1] for sent in wire.deletes if "created_at" in sent["filters"]]
    assert named == [{"key": "id", "operator": "neq", "value": ["m-001"]}] * len(by_filter(wire))
    assert by_filter(wire)


def test_a_log_that_is_kept_after_the_plan_ends_the_swift_way_and_stays(wire: Wire):
    job = plan()
    KeepMark.objects.create(account="sandbox", gateway=GATEWAY, log_id="m-050", by_name="kim")
    go(job)
    assert "m-050" in ids(wire)
    assert by_filter(wire) == []
    assert job.found["receipt"]["gone"] == PLANNED - 1


def test_a_log_that_came_late_with_an_old_time_is_not_in_the_plan_and_stays(wire: Wire):
    job = plan()
    moment = START + timedelta(seconds=1)
    wire.store.add({"id": "old", "provider": "mistral", "created_at": moment.isoformat()})  # type: ignore[attr-defined]
    go(job)
    assert "old" in ids(wire)
    assert by_filter(wire) == []
    assert "The upstream counts 66 logs where 65 of the plan are left." in job.found["by_ids"]
    assert job.found["receipt"]["gone"] == PLANNED


def test_logs_that_a_teammate_deleted_are_counted_apart(wire: Wire):
    job = plan()
    wire.store.delete(["m-001", "m-002"])  # type: ignore[attr-defined]
    go(job)
    assert (job.found["receipt"]["gone"], job.found["receipt"]["gone_before"]) == (PLANNED - 2, 2)
    assert len([each for each in ids(wire) if each.startswith("g")]) == OTHERS


def test_near_an_end_of_the_range_logs_go_by_their_ids(wire: Wire):
    end = START + timedelta(seconds=100, milliseconds=500)
    job = plan(f"provider=mistral&end={end.isoformat(timespec='milliseconds').replace('+00:00', 'Z')}")
    edges = set(job.items.filter(is_edge=True).values_list("log_id", flat=True))
    assert edges
    go(job)
    assert job.state == Job.State.DONE
    assert job.found["receipt"]["left"] == 0
    assert sum(by_filter(wire)) == job.found["count"] - len(edges)
    assert any(set(json.loads(sent["filters"])[0]["value"]) == edges for sent in wire.deletes)


@pytest.mark.parametrize("number", [2, 3, 4])
def test_an_answer_that_was_lost_is_not_sent_again(wire: Wire, number: int):
    def lost(request: httpx.Request) -> httpx.Response:
        done_by(wire, request)
        wire.instead = lambda _request: None
        raise httpx.ReadError("the connection ended")

    job = plan()
    wire.instead = deletes(number, lost)
    go(job)
    assert by_filter(wire) == [10, 20, 25, 10]
    assert job.found["receipt"]["gone"] == PLANNED
    assert len(ids(wire)) == OTHERS


def test_a_call_that_did_nothing_is_not_sent_again_and_its_logs_go_by_ids(wire: Wire):
    def refused(_request: httpx.Request) -> httpx.Response:
        wire.instead = lambda _request: None
        return httpx.Response(500, json={"success": False, "errors": []})

    job = plan()
    wire.instead = deletes(3, refused)
    go(job)
    assert by_filter(wire) == [10, 20]
    assert job.found["receipt"]["gone"] == PLANNED
    assert len(ids(wire)) == OTHERS


def test_a_call_that_did_half_goes_on_by_ids(wire: Wire):
    def half(request: httpx.Request) -> httpx.Response:
        wire.instead = lambda _request: None
        wire.store.delete([each for each in ids(wire) if each.startswith("m")][:5])  # type: ignore[attr-defined]
        return httpx.Response(200, json={"success": True})

    job = plan()
    wire.instead = deletes(3, half)
    go(job)
    assert by_filter(wire) == [10, 20]
    assert (job.found["receipt"]["gone"], job.found["receipt"]["left"]) == (PLANNED, 0)
    assert len(ids(wire)) == OTHERS


@pytest.mark.parametrize(("number", "most"), [(1, 2), (2, 10), (3, 20)])
def test_an_upstream_that_ignores_filters_is_stopped_and_what_it_took_is_archived(wire: Wire, number: int, most: int):
    def ignoring(request: httpx.Request) -> httpx.Response:
        wire.store.delete(ids(wire)[: int(request.url.params["limit"])])  # type: ignore[attr-defined]
        return httpx.Response(200, json={"success": True})

    before = set(ids(wire))
    job = plan()
    wire.instead = deletes(number, ignoring)
    go(job)
    assert job.state == Job.State.HALTED
    assert gates.gate_of(GATEWAY).why
    strangers = {each for each in before - set(ids(wire)) if each.startswith("g")}
    assert 0 < len(strangers) <= most
    assert before - set(ids(wire)) <= archived(job)


def test_a_filter_that_a_deletion_cannot_say_has_no_swift_way(wire: Wire):
    assert swift.why_not(plan()) == ""
    for query in ("search=x", "metadata.user=u", "start=2100-01-01T23:59:59Z"):
        spec = Spec(query="?" + query + "&end=2100-01-02T00:00:00Z")
        assert swift.why_not(Job(spec=spec.kept(), found={"count": 100})), query
    assert "one by one" in swift.why_not(Job(spec=Spec(ids=("x",)).kept(), found={"count": 100}))
    assert "below 20 logs" in swift.why_not(Job(spec=plan().spec, found={"count": 3}))


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_at_every_write_and_call_takes_nothing_else_and_tells_nothing_false(wire: Wire, when: str):
    first = Reaper(wire)
    _whole_life(first, wire, lambda _number: "")
    assert first.moments > 60
    for moment in range(1, first.moments + 1, 4):  # before one, after the next: each thing is met in some run
        _refill(wire)
        _whole_life(Reaper(wire), wire, lambda number, at=moment: when if number == at else "")  # type: ignore[misc]


def _refill(wire: Wire) -> None:
    Job.objects.all().delete()
    Tombstone.objects.all().delete()
    there = set(ids(wire))
    for number in range(PLANNED + OTHERS):
        mine = number % 3 or number >= 3 * OTHERS
        row = {"id": f"{'m' if mine else 'g'}-{number:03}", "provider": "mistral" if mine else "groq"}
        if row["id"] not in there:
            wire.store.add(row | {"created_at": (START + timedelta(seconds=2 * number)).isoformat()})  # type: ignore[attr-defined]


def _whole_life(reaper: Reaper, wire: Wire, kill: Callable[[int], str]) -> None:
    wire.sent.clear()
    job = plan()
    assert jobs.confirm(job, job.actor, job.spec, needs_second=False)
    reaper.moments, reaper.kill = 0, kill
    for _ in range(200):
        Job.objects.filter(pk=job.pk, state=Job.State.ACTIVE).update(due_at=timezone.now())
        if not reaper.survive(lambda: runner.advance(job.pk)):
            break
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.problem
    assert len(ids(wire)) == OTHERS
    receipt = job.found["receipt"]
    assert (receipt["gone"], receipt["gone_before"], receipt["left"], receipt["untried"]) == (PLANNED, 0, 0, 0)
    assert set(job.items.values_list("state", flat=True)) == {Item.State.GONE}
    assert Tombstone.objects.exclude(deleted_at=None).count() == PLANNED
