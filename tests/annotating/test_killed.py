"""A worker may die at any write and any call: nothing is lost, doubled or falsely told, and an undo restores all."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from django.db import connection, transaction
from django.utils import timezone

from gateway_dash.bulk import jobs
from gateway_dash.bulk.annotating.spec import Spec
from gateway_dash.bulk.annotating.starting import start_undo
from gateway_dash.bulk.models import Job, Spent
from gateway_dash.bulk.runner import advance
from gateway_dash.team.models import AuditHead
from tests.annotating.conftest import journal, planned, put, said, states, work_off
from tests.conftest import GATEWAY

pytestmark = pytest.mark.django_db

WRITES = ("INSERT", "UPDATE", "DELETE")
BEFORE = {
    "a": (None, None, None),
    "b": (-1, 12.5, {"team": "AI", "test": True}),
    "same": (1, None, {"label": "new"}),
    "full": (None, None, {str(number): number for number in range(5)}),
}
AFTER = BEFORE | {"a": (1, None, {"label": "new"}), "b": (1, 12.5, {"team": "AI", "test": True, "label": "new"})}
ENDS = {"a": "changed", "b": "changed", "same": "same", "full": "failed"}


class Killed(BaseException):
    """The process is gone: nothing of ours catches this."""


class Reaper:
    """Counts writes and calls, and kills where it is told to: before the thing is done, or after."""

    def __init__(self, wire: Any) -> None:
        self._wire = wire
        self.moments = 0
        self.kills = 0
        self.kill: Callable[[int], str] = lambda _moment: ""
        wire.instead = self._call

    def _write(self, execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        if not sql.startswith(WRITES):
            return execute(sql, params, many, context)
        return self._at(lambda: execute(sql, params, many, context))

    def _call(self, request: httpx.Request) -> httpx.Response | None:
        found: httpx.Response = self._at(lambda: self._wire._inner.handle_request(request))
        return found

    def _at(self, do: Callable[[], Any]) -> Any:
        self.moments += 1
        when = self.kill(self.moments)
        if when == "before":
            self._die()
        found = do()
        if when == "after":
            self._die()
        return found

    def _die(self) -> None:
        self.kills += 1
        raise Killed

    @contextmanager
    def watching(self) -> Iterator[None]:
        with connection.execute_wrapper(self._write):
            yield

    def survive(self, do: Callable[[], Any]) -> Any:
        """Do it, and where it is killed, do it again: a worker that is restarted, a person who clicks again."""
        while True:
            try:
                with self.watching():
                    return do()
            except Killed:
                transaction.set_rollback(False)  # the test itself is a transaction; only parts of it were rolled back
                Job.objects.update(lease_until=None)

    def work_off(self, job: Job) -> Job:
        for _ in range(100):
            Job.objects.filter(pk=job.pk, state=Job.State.ACTIVE).update(due_at=timezone.now())
            if not self.survive(lambda: advance(job.pk)):
                break
        job.refresh_from_db()
        return job


def live(reaper: Reaper, kim: Any) -> tuple[Job, Job]:
    """Everything, from the plan to the undo, as it stands after whatever happens on the way."""
    spec = Spec(ids=tuple(BEFORE), parts={"verdict": 1, "metadata label": "new"})
    job = jobs.start("annotate", GATEWAY, kim, "some logs", spec.kept(), phase="plan")
    reaper.work_off(job)
    assert job.state == Job.State.PLANNED
    reaper.survive(lambda: jobs.begin(job, kim, "run"))
    reaper.work_off(job)
    undo = reaper.survive(lambda: start_undo(job, kim, ""))
    middle = {name: said(reaper._wire.store, name) for name in BEFORE}
    assert middle == AFTER
    return job, reaper.work_off(undo)


def check(store: Any, wire: Any, job: Job, undo: Job) -> None:
    assert (job.state, undo.state) == (Job.State.DONE, Job.State.DONE)
    assert states(job) == ENDS
    assert job.found["receipt"] == {"changed": 2, "same": 1, "failed": 1, "untried": 0}
    assert undo.found["receipt"] == {"changed": 2, "same": 0, "failed": 0, "untried": 0}
    assert (job.done, undo.done) == (2, 2)
    for name in ("a", "b"):
        for of, was, became in ((job, BEFORE, AFTER), (undo, AFTER, BEFORE)):
            told = [(each["feedback"], each["score"], each["metadata"] or None) for each in journal(of, name)]
            assert told == [was[name], became[name]]
    assert {name: said(store, name) for name in BEFORE} == BEFORE


def arrived(wire: Any) -> Counter[str]:
    """How many changes reached the upstream, by log."""
    return Counter(each.url.path.rpartition("/")[2] for each in wire.sent if each.method == "PATCH")


@pytest.fixture
def reaper(wire, bare_store):
    wire.store = bare_store
    return Reaper(wire)


def lay_out(store: Any) -> None:
    put(store, *({"id": name, "feedback": f, "score": s, "metadata": m} for name, (f, s, m) in BEFORE.items()))


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_at_every_write_and_every_call(reaper, wire, bare_store, kim, when):
    AuditHead.objects.create(pk=1)  # which the first entry of a trail makes, and no later one
    lay_out(bare_store)
    check(bare_store, wire, *live(reaper, kim))
    moments, killed = reaper.moments, 0
    assert moments > 40
    for fatal in range(1, moments + 1):
        bare_store.delete(list(BEFORE))
        lay_out(bare_store)
        Job.objects.all().delete()
        Spent.objects.all().delete()
        wire.forget()
        reaper.moments = reaper.kills = 0
        reaper.kill = lambda moment, fatal=fatal: when if moment == fatal else ""
        job, undo = live(reaper, kim)
        check(bare_store, wire, job, undo)
        # A call that was killed before it left is not one that arrived, and is the only one that is sent again.
        assert set(arrived(wire)) == {"a", "b"}
        assert sum(arrived(wire).values()) - 4 in ((0, 1) if when == "before" else (0,)), fatal
        killed += reaper.kills
    assert killed == moments


@pytest.mark.parametrize("seed", range(25))
def test_many_kills_in_one_life(reaper, wire, bare_store, kim, seed):
    lay_out(bare_store)
    dice = random.Random(seed)  # a schedule that can be repeated
    reaper.kill = lambda moment: dice.choice(("before", "after")) if moment % 9 and dice.random() < 0.08 else ""
    check(bare_store, wire, *live(reaper, kim))
    assert reaper.kills


def test_a_worker_that_only_seemed_dead_writes_nothing(wire, bare_store, kim):
    put(bare_store, {"id": "one"})
    job = planned(kim, ["one"], verdict=1)
    jobs.begin(job, kim, "run")
    taken: list[int] = []

    def is_taken_over(request):
        if request.method == "PATCH" and not taken:
            taken.append(1)
            Job.objects.filter(pk=job.pk).update(lease_until=None)
            work_off(job)  # another worker reads the log as it was, sends the change and finishes

    wire.instead = is_taken_over
    assert advance(job.pk)  # its own change goes out late, and says the same
    job.refresh_from_db()
    assert (job.state, job.done) == (Job.State.DONE, 1)
    assert states(job) == {"one": "changed"}
    assert said(bare_store, "one")[0] == 1
