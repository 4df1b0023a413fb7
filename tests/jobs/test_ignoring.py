"""An upstream that stops looking at filters: at most one batch and two probes go, all of it archived, and it halts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from gateway_dash.bulk import jobs
from gateway_dash.bulk.gates import gate_of
from gateway_dash.bulk.models import Job
from tests import faults
from tests.faults import AT_ONCE, GATEWAY, Fault, Faults
from tests.jobs.driving import (
    archived,
    check,
    check_copies,
    confirmed,
    drive,
    person,
    planned,
    states,
    step,
    words_of,
)

TWO_PROBES = 2
ANSWERS: dict[str, Fault] = {
    "and says yes": faults.ignoring,
    "and the answer is lost": faults.ignoring_and(faults.ack_lost),
    "and says that it failed": faults.ignoring_and(faults.e500_done),
    "and does not answer": faults.ignoring_and(faults.hang_done),
    "and a page comes": faults.ignoring_and(lambda wire, asked: (wire.pass_on(asked), faults.html_502(wire, asked))[1]),
}


def halted_and_locked(wire: Faults, job: Job, most: int) -> None:
    check(wire, job, ignoring=True)
    assert job.state == Job.State.HALTED
    assert "ignores filters" in job.problem
    assert "locked" in gate_of(GATEWAY).why
    assert 0 < len(wire.unnamed) <= most
    check_copies(wire, wire.unnamed, archived(job))


@pytest.mark.parametrize("place", ["newest", "oldest"])
@pytest.mark.parametrize("answer", ANSWERS)
def test_ignored_from_the_start_two_probes_go(answer: str, place: str, wire: Faults, request):
    wire.from_delete(1, ANSWERS[answer])
    job = drive(confirmed(request.getfixturevalue(place)))
    halted_and_locked(wire, job, TWO_PROBES)
    assert wire.deletes == 2
    assert "gone: 2 logs" in job.problem


@pytest.mark.parametrize("number", [2, 3])
@pytest.mark.parametrize("place", ["newest", "oldest", "mixed"])
@pytest.mark.parametrize("answer", ["and says yes", "and the answer is lost"])
def test_ignored_from_a_batch_on_one_batch_goes(answer: str, place: str, number: int, wire: Faults, request):
    wire.from_delete(number, ANSWERS[answer])
    job = drive(confirmed(request.getfixturevalue(place)))
    if job.state == Job.State.DONE:  # it took 50 of the oldest, and these were the ones that were meant
        assert place == "oldest"
        check(wire, job)
    else:
        halted_and_locked(wire, job, AT_ONCE + TWO_PROBES)


@pytest.fixture
def mixed(wire: Faults) -> list[str]:
    """Every second of the oldest logs, and some new ones."""
    ids = wire.store.ids(GATEWAY)
    return ids[0:80:2] + ids[-30:]


def test_logs_that_came_after_the_probe_and_are_the_oldest_now_are_archived_before_a_batch(wire: Faults, newest):
    job = drive(confirmed(newest), lambda: Job.objects.get().phase == "delete")
    late = wire.arrive(60, old=True)
    wire.from_delete(2, faults.ignoring)
    halted_and_locked(wire, drive(job), AT_ONCE + TWO_PROBES)
    assert wire.unnamed <= set(late)


@pytest.mark.parametrize("level", ["rows", "none"])
def test_logs_that_were_never_to_go_are_archived_even_without_a_copy_of_the_others(level: str, wire: Faults, newest):
    wire.from_delete(2, faults.ignoring)
    halted_and_locked(wire, drive(confirmed(newest, level=level)), AT_ONCE + TWO_PROBES)


def test_victims_are_archived_with_their_bodies(wire_with_bodies: Faults):
    wire = wire_with_bodies
    wire.from_delete(2, faults.ignoring)
    job = drive(confirmed(wire.store.ids()[-8:], level="bodies"))
    halted_and_locked(wire, job, 8)
    check_copies(wire, wire.unnamed, archived(job), {"bodies"})


def test_an_upstream_that_ignores_filters_everywhere_gets_not_even_a_probe(wire: Faults, newest):
    job = confirmed(newest)
    wire.sandbox.options = replace(wire.sandbox.options, ignore_filters=True)
    drive(job)
    check(wire, job)
    assert job.state == Job.State.HALTED
    assert wire.deletes == 0


def test_a_plan_made_over_an_upstream_that_ignores_filters_is_none(wire: Faults, newest):
    wire.sandbox.options = replace(wire.sandbox.options, ignore_filters=True)
    job = planned(newest)
    assert job.state == Job.State.EXPIRED
    assert wire.deletes == 0


def test_a_job_that_halted_so_can_be_read_again_and_ended(wire: Faults, newest):
    wire.from_delete(2, faults.ignoring)
    job = drive(confirmed(newest))
    wire.calm()
    assert jobs.go_on(job, person())
    assert drive(job).state == Job.State.HALTED  # what it saw has not changed
    assert jobs.go_on(job, person(), phase="finish")
    drive(job)
    check(wire, job, ignoring=True)
    assert job.state == Job.State.DONE
    assert "gone" not in states(job)


def test_the_lock_keeps_the_next_deletion_out(wire: Faults, newest):
    wire.from_delete(1, faults.ignoring)
    drive(confirmed(newest))
    wire.calm()
    second = drive(confirmed(newest))
    assert second.state == Job.State.HALTED
    assert "locked" in second.problem
    assert wire.deletes == 2


def test_nothing_is_sent_between_the_sight_of_lost_logs_and_the_next_probe(wire: Faults, mixed):
    """Even if the worker dies right after it wrote down what it saw."""
    wire.on_delete(2, faults.ignoring)
    job = drive(confirmed(mixed), lambda: "were not named" in words_of(Job.objects.get()))
    assert job.phase == "probe"


def test_somebody_who_stops_it_after_a_hit_probe_is_not_told_that_nothing_went(wire: Faults, newest):
    wire.from_delete(1, faults.ignoring)
    job = drive(confirmed(newest), lambda: wire.deletes == 1)
    jobs.stop(job, person())
    drive(job)
    check(wire, job, ignoring=True)
    assert job.state == Job.State.CANCELLED
    assert "Nothing was deleted" not in words_of(job)
    check_copies(wire, wire.unnamed, archived(job))


@pytest.mark.parametrize("answer", [faults.late(15), faults.ignoring_and(faults.late(2))])
def test_a_late_deletion_of_ids_locks_nothing_and_one_that_ignores_them_does(answer: Fault, wire: Faults, oldest):
    wire.from_delete(2, answer)
    job = drive(confirmed(oldest[10:20]))
    is_honest = job.state == Job.State.DONE
    assert is_honest == (not gate_of(GATEWAY).why)
    check(wire, job, ignoring=not is_honest)


def test_a_deletion_that_goes_on_after_another_took_its_oldest_logs_locks_nothing(wire: Faults, oldest):
    """The first halts with a batch under way; the second deletes what the first one watched."""
    wire.on_delete(2, faults.forbidden)
    first = drive(confirmed(oldest[30:40]))
    assert first.state == Job.State.HALTED
    second = drive(confirmed(oldest[:30]))
    assert states(second) == {"gone": 30}
    assert jobs.go_on(first, person())
    drive(first)
    check(wire, first, second)
    assert (states(first), gate_of(GATEWAY).why) == ({"gone": 10}, "")


EVENTS: dict[str, Callable[[list[str]], Fault]] = {
    "a teammate takes one of the oldest logs": lambda ids: faults.teammate(lambda _wire: ids[:1]),
    "a teammate takes logs of the plan": lambda ids: faults.teammate(lambda _wire: ids[-12:-4]),
    "a teammate takes all of it": lambda ids: faults.teammate(lambda _wire: ids[-70:]),
    "the gateway drops its oldest logs": lambda _ids: faults.drop_oldest(30),
    "new logs come in": lambda _ids: faults.flood(20),
    "logs come late, with an old moment": lambda _ids: faults.flood(60, old=True),
}


@pytest.mark.parametrize("number", [4, 7, 9, 11, 13, 14])  # the copy, the probe, before and after the batch, the end
@pytest.mark.parametrize("event", EVENTS)
def test_what_others_do_meanwhile_is_not_taken_for_ours(event: str, number: int, wire: Faults, newest):
    wire.on_call(number, EVENTS[event](wire.store.ids(GATEWAY)))
    job = confirmed(newest[-12:])
    while job.state == Job.State.ACTIVE:
        step(job)
        check(wire, job)
    assert len(wire.sent) >= number
    assert job.state == Job.State.DONE
    assert gate_of(GATEWAY).why == ""


def test_a_gateway_that_drops_its_oldest_logs_all_the_time_looks_like_one_that_ignores_filters(wire: Faults, newest):
    """The probe cannot tell them apart, so the job asks a person. Nothing is lost by us."""
    wire.on_call(1, faults.drop_oldest(1), times=999)
    job = drive(confirmed(newest[-12:]))
    check(wire, job)
    assert job.state == Job.State.HALTED
    assert not wire.unnamed
