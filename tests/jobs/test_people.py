"""What people do while a deletion is at work: they stop it, keep logs, leave the team, turn deletion off."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from gateway_dash.bulk import files, gates, jobs
from gateway_dash.bulk.deletion.spec import Spec
from gateway_dash.bulk.models import Item, Job, KeepMark, Tombstone
from gateway_dash.gateway.errors import Refusal
from tests import faults
from tests.faults import GATEWAY, Faults
from tests.jobs.driving import check, confirmed, drive, in_state, person, planned, states, step, words_of


def keep(*ids: str) -> None:
    KeepMark.objects.bulk_create(
        KeepMark(account="sandbox", gateway=GATEWAY, log_id=each, by=person(), by_name="kim") for each in ids
    )


def in_phase(name: str) -> Callable[[], bool]:
    return lambda: Job.objects.get().phase == name


def test_a_double_click_confirms_once(wire: Faults, newest):
    job = planned(newest)
    twin = Job.objects.get(pk=job.pk)
    assert [jobs.confirm(each, person(), job.spec, needs_second=False) for each in (job, twin)] == [True, False]
    drive(job)
    check(wire, job)
    assert words_of(job).count("Confirmed by") == 1


def test_a_plan_that_a_second_person_has_to_approve_is_theirs_alone(wire: Faults, newest):
    job = planned(newest)
    jobs.confirm(job, person(), job.spec, needs_second=True)
    with pytest.raises(Refusal, match="second person"):
        jobs.approve(job, person())
    assert not step(job)
    assert jobs.approve(job, person("sam"))
    assert not jobs.approve(job, person("sam"))
    assert drive(job).state == Job.State.DONE
    check(wire, job)


@pytest.mark.parametrize("number", range(26))
def test_stopped_after_any_step_it_ends_soon_and_says_what_went(number: int, wire: Faults, newest):
    wire.on_delete(3, faults.partial)
    job = jobs.start("delete", GATEWAY, person(), "70 logs", Spec(ids=tuple(newest), wait_s=0).kept(), phase="plan")
    for _ in range(number):
        step(job)
        if job.state == Job.State.PLANNED:
            jobs.confirm(job, person(), job.spec, needs_second=False)
    if jobs.stop(job, person("sam")):
        drive(job, steps=25)
        assert job.state == Job.State.CANCELLED
        assert "sam" in words_of(job)
    else:
        assert job.state == Job.State.DONE
    check(wire, job)
    assert not files.growing(job.key, "").exists() or not list(files.growing(job.key, "").iterdir())


def test_stopped_between_the_intent_and_the_call_nothing_is_sent_and_nothing_is_remembered(wire: Faults, newest):
    job = drive(confirmed(newest), in_phase("delete"))
    before = wire.deletes

    def stop_at_the_last_moment(box: Faults, asked: httpx.Request) -> httpx.Response:
        answer = box.pass_on(asked)  # the look at the oldest logs, after which only the intent is written
        jobs.stop(Job.objects.get(), person())
        return answer

    wire.on_call(len(wire.sent) + 2, stop_at_the_last_moment)
    drive(job)
    check(wire, job)
    assert (job.state, wire.deletes) == (Job.State.CANCELLED, before)
    assert "Not sent" in words_of(job)
    assert not Tombstone.objects.exists()


def test_logs_that_are_kept_after_the_plan_stay(wire: Faults, newest):
    job = confirmed(newest)
    keep(*newest[:3])
    drive(job)
    check(wire, job)
    assert states(job) == {"gone": 67, "held": 3}
    assert in_state(job, Item.State.HELD) == set(newest[:3])


def test_a_log_that_is_kept_while_the_zone_is_copied_stays(wire: Faults, newest):
    job = drive(confirmed(newest), in_phase("delete"))

    def keep_one(box: Faults, asked: httpx.Request) -> httpx.Response:
        keep(newest[0])
        return box.pass_on(asked)

    wire.on_call(len(wire.sent) + 2, keep_one)
    drive(job)
    check(wire, job)
    assert in_state(job, Item.State.HELD) == {newest[0]}


@pytest.mark.parametrize("phase", ["wait", "archive", "probe", "delete"])
def test_somebody_who_left_deletes_nothing_more(phase: str, wire: Faults, newest):
    kim = person()
    job = drive(confirmed(newest), in_phase(phase))
    kim.is_active = False
    kim.save()
    before = wire.deletes
    drive(job)
    check(wire, job)
    assert (job.state, wire.deletes) == (Job.State.HALTED, before)
    assert "may not delete" in job.problem


@pytest.mark.parametrize("gateway", [GATEWAY, gates.ACCOUNT])
@pytest.mark.parametrize("batches", [0, 1])
def test_a_lock_in_the_middle_lets_what_was_sent_be_looked_after_and_no_more(batches: int, gateway: str, wire, newest):
    job = drive(confirmed(newest), lambda: wire.deletes == 1 + batches)
    gates.close(gateway, "sam", "stop it all")
    drive(job)
    check(wire, job)
    assert job.state == Job.State.HALTED
    assert "stop it all" in job.problem
    assert wire.deletes == 1 + batches
    assert len(in_state(job, Item.State.GONE)) == 50 * batches
    gates.open_again(gateway)
    jobs.go_on(job, person())
    assert states(drive(job)) == {"gone": 70}
    check(wire, job)


def test_two_deletions_of_a_gateway_come_one_after_the_other(wire: Faults, newest):
    first, second = confirmed(newest[:40]), confirmed(newest[30:])
    while Job.objects.filter(state=Job.State.ACTIVE).exists():
        for job in (first, second):
            step(job)
            check(wire, first, second)
    assert (states(first), states(second)) == ({"gone": 40}, {"gone": 30, "before": 10})
    assert "Another deletion is at work" not in second.pause


def test_a_job_of_another_account_is_left_alone(wire: Faults, newest):
    job = confirmed(newest)
    Job.objects.update(account="0123456789abcdef")
    assert not step(job)
    assert wire.deletes == 0


def test_a_plan_whose_ids_were_changed_is_not_worked_off(wire: Faults, newest):
    job = confirmed(newest)
    Item.objects.filter(job=job, log_id=newest[5]).update(log_id=wire.store.ids(GATEWAY)[0])
    drive(job)
    assert job.state == Job.State.HALTED
    assert "not those that were confirmed" in job.problem
    assert wire.deletes == 0


def test_a_log_without_a_copy_is_never_sent(wire: Faults, newest):
    """Whatever brought it to wait still, when the others are deleted."""
    job = drive(confirmed(newest), in_phase("delete"))
    Item.objects.filter(job=job, log_id=newest[5]).update(state=Item.State.PENDING)
    drive(job)
    assert newest[5] in wire.store.ids()
    assert states(job) == {"gone": 69, "pending": 1}


def test_a_log_that_was_called_gone_and_is_there_again_is_called_there(wire: Faults, newest):
    job = drive(confirmed(newest[:3]), in_phase("finish"))
    wire.store.add({**wire.truth[newest[0]]["log"], "gateway_id": GATEWAY})
    drive(job)
    check(wire, job)
    assert states(job) == {"gone": 2, "left": 1}
