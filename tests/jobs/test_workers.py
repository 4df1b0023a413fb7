"""Two workers at one job: only the one that holds it writes. And a flood of new logs while it works."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
from django.utils import timezone

from gateway_dash.bulk import files, gates, work
from gateway_dash.bulk.deletion import archive, steps
from gateway_dash.bulk.models import DeletionGate, Entry, Item, Job, Part, Tombstone
from gateway_dash.bulk.runner import halt
from gateway_dash.bulk.work import LeaseLost, Run, claim, end, release
from gateway_dash.gateway.query import LogQuery
from tests import faults
from tests.faults import GATEWAY, Faults
from tests.jobs.driving import check, confirmed, drive, lease_runs_out, states, step

EVERY_STEP = 10

REAL_BEAT_S = work.BEAT_S  # before a test changes it


def written() -> list[object]:
    """All that the database says of jobs, but for the lease."""
    models = (Job, Item, Part, Tombstone, Entry, DeletionGate)
    hidden = {"lease_until", "lease_owner", "fence", "due_at"}
    return [
        {name: value for name, value in row.items() if name not in hidden} for each in models for row in
        each.objects.order_by("pk").values()
    ]  # fmt: skip


@pytest.mark.parametrize("number", range(EVERY_STEP))
def test_a_worker_that_lost_the_job_writes_nothing(number: int, wire: Faults, newest):
    """It was claimed, its lease ran out, and another one claimed it: the first wakes up and takes its step."""
    job = confirmed(newest)
    for _ in range(number):
        step(job)
    stale = claim(job.pk, "the one that seemed dead")
    assert stale
    lease_runs_out(job)
    fresh = claim(job.pk, "the new one")
    assert fresh
    before, deletes = written(), wire.deletes
    writes: list[Callable[[], object]] = [lambda: steps.step(stale), lambda: release(stale), stale.wants_to_end]
    writes += [lambda: end(stale, Job.State.DONE), lambda: halt(stale, "no"), stale.save]
    for write in writes:
        with pytest.raises(LeaseLost):
            write()
    assert written() == before
    assert wire.deletes == deletes
    lease_runs_out(job)
    drive(job)
    check(wire, job)
    assert states(job) == {"gone": 70}


@pytest.mark.parametrize("number", range(1, 30))
def test_a_worker_that_is_overtaken_in_a_call_harms_nothing(number: int, wire: Faults, newest):
    """At the n-th call the lease is gone, another worker takes two steps, and only then comes the answer."""

    def overtaken(box: Faults, asked: httpx.Request) -> httpx.Response:
        box.calm()
        job = Job.objects.get()
        if job.state == Job.State.ACTIVE:
            lease_runs_out(job)
            step(job, "two")
            step(job, "two")
        return box.pass_on(asked)

    job = confirmed(newest)
    wire.on_call(len(wire.sent) + number, overtaken)
    while job.state == Job.State.ACTIVE:
        step(job)
        check(wire, job)
    assert states(job) == {"gone": 70}


def test_a_lease_that_is_held_is_not_given_twice(wire: Faults, newest):
    job = confirmed(newest)
    assert claim(job.pk, "one")
    assert claim(job.pk, "two") is None
    lease_runs_out(job)
    assert claim(job.pk, "two")


def test_only_one_of_two_jobs_has_the_gateway(wire: Faults, newest):
    first, second = confirmed(newest[:5]), confirmed(newest[5:9])
    assert [gates.enter(first), gates.enter(second), gates.enter(first)] == [True, False, True]
    gates.leave(second)
    assert not gates.enter(second)
    gates.leave(first)
    assert gates.enter(second)


def test_a_worker_that_lost_the_job_does_not_put_its_copy_over_the_finished_one(wire: Faults, newest, monkeypatch):
    monkeypatch.setattr(work, "STEP_S", 0.0001)
    job = drive(confirmed(newest), lambda: Job.objects.get().phase == "archive")
    step(job)
    step(job)
    stale = claim(job.pk, "one")
    assert isinstance(stale, Run)
    lease_runs_out(job)
    drive(job, Part.objects.exists)
    put_away: list[object] = []
    monkeypatch.setattr(files, "put_away", lambda *given: put_away.append(given))
    with pytest.raises(LeaseLost):
        archive.step(stale)
    assert put_away == []


def test_a_worker_that_lost_the_job_locks_nothing(wire: Faults, newest):
    """What it sees would mean an ignored filter, if the job were still its own."""
    wire.on_delete(2, faults.e500)
    job = drive(confirmed(newest), lambda: wire.deletes == 2)
    stale = claim(job.pk, "one")
    assert stale
    lease_runs_out(job)
    assert claim(job.pk, "two")
    wire.take(wire.store.ids(GATEWAY)[:1])
    with pytest.raises(LeaseLost):
        steps.step(stale)
    assert gates.gate_of(GATEWAY).why == ""


def test_ten_thousand_new_logs_are_not_touched(wire: Faults, newest):
    now = timezone.now()
    query = LogQuery(start=now - timedelta(days=20), end=(now - timedelta(minutes=2)).replace(microsecond=0),
                     sort="created_at", per_page=50)  # fmt: skip
    wire.on_call(2, faults.flood(1_000), times=10)
    job = confirmed(query=query.url())
    new = len(wire.store.ids(GATEWAY))
    assert job.found["count"] <= 170
    drive(job)
    check(wire, job)
    assert job.state == Job.State.DONE
    assert len(wire.sent) >= 11
    assert len(wire.store.ids(GATEWAY)) >= 10_000
    assert new > 1_000


def test_the_lease_outlives_a_step_that_takes_its_time(wire: Faults, newest, monkeypatch):
    assert REAL_BEAT_S * 3 < work.LEASE_S
