"""A deletion under every fault of the upstream: nothing is lost, and nothing is said that is not so."""

from __future__ import annotations

import httpx
import pytest
from django.utils import timezone

from gateway_dash.bulk import jobs, runner
from gateway_dash.bulk.deletion.shown import sentence
from gateway_dash.bulk.models import Job
from tests import faults
from tests.faults import Fault, Faults
from tests.jobs.driving import archived, check, confirmed, drive, person, states, step, words_of

LOGS = 70

# What happens, at which DELETE (1 is the probe), and for how many of them. All of these end well by themselves.
PASSING: dict[str, tuple[Fault, int, int]] = {
    "the answer is lost": (faults.ack_lost, 2, 1),
    "answers are lost, from the probe on": (faults.ack_lost, 1, 5),
    "an error, and it was done": (faults.e500_done, 2, 1),
    "an error at the probe": (faults.e500, 1, 1),
    "an error, and it was not done": (faults.e500, 2, 1),
    "half of it goes": (faults.partial, 2, 3),
    "it is done later": (faults.late(3), 2, 1),
    "it is done much later": (faults.late(40), 2, 1),
    "all of it is done later": (faults.late(30), 2, 99),
    "the lists lag": (faults.stale(6), 2, 99),
    "the lists lag for longer than anybody looks": (faults.stale(30), 2, 1),
    "an edge server answers": (faults.html_502, 2, 1),
    "an edge server answers the probe": (faults.html_502, 1, 2),
    "a page comes instead of an answer": (faults.html_200, 1, 3),
    "the answer is cut": (faults.cut, 2, 2),
    "nothing comes": (faults.hang, 2, 1),
    "nothing comes, and it was done": (faults.hang_done, 2, 1),
    "there is no connection": (faults.refused, 1, 3),
    "the budget is spent": (faults.too_many, 2, 1),
    "the budget is spent at the probe": (faults.too_many, 1, 1),
}


def phase() -> str:
    """Where the one job of a test stands."""
    return Job.objects.get().phase


@pytest.mark.parametrize("place", ["newest", "oldest"])
@pytest.mark.parametrize("name", PASSING)
def test_a_deletion_ends_with_every_log_gone_and_archived(name: str, place: str, wire: Faults, request):
    fault, first, times = PASSING[name]
    wire.on_delete(first, fault, times=times)
    job = confirmed(request.getfixturevalue(place))
    while job.state == Job.State.ACTIVE:
        step(job)
        check(wire, job)
    wire.settle(all_of_it=True)
    check(wire, job)
    assert (job.state, states(job)) == (Job.State.DONE, {"gone": LOGS})
    assert job.found["receipt"]["gone"] == LOGS


def test_a_log_that_goes_after_it_was_given_up_is_not_called_there(wire: Faults, newest):
    wire.from_delete(2, faults.late(10**6))
    job = drive(confirmed(newest[:5]), lambda: phase() == "finish")
    wire.settle(all_of_it=True)
    drive(job)
    check(wire, job)
    assert states(job) == {"gone": 5}
    assert job.found["receipt"]["left"] == 0


def test_logs_that_never_go_are_sent_five_times_and_called_there(wire: Faults, newest):
    wire.from_delete(2, faults.e500)
    job = drive(confirmed(newest[:5]))
    check(wire, job)
    assert states(job) == {"left": 5}
    assert [len(named) for named in wire.named] == [1, 5, 5, 5, 5, 5]
    assert "0 logs verified gone, 5 not" in sentence(job)


def test_a_token_that_may_not_delete_any_more_halts_the_job_at_once(wire: Faults, newest):
    wire.from_delete(2, faults.forbidden)
    job = drive(confirmed(newest))
    check(wire, job)
    assert job.state == Job.State.HALTED
    assert "right" in job.problem
    assert wire.deletes == 2
    wire.calm()
    assert jobs.go_on(job, person())
    assert states(drive(job)) == {"gone": LOGS}


def test_nothing_is_sent_while_the_upstream_takes_no_calls(wire: Faults, newest):
    job = drive(confirmed(newest), lambda: phase() == "delete")
    wire.next(faults.too_many)
    step(job)
    sent = len(wire.sent)
    for _ in range(3):
        Job.objects.update(due_at=timezone.now())
        runner.advance(job.pk)
    assert len(wire.sent) == sent
    job.refresh_from_db()
    assert job.pause == "The upstream call budget is spent."
    assert states(drive(job)) == {"gone": LOGS}


def test_a_probe_that_nobody_said_yes_to_proves_nothing(wire: Faults, newest):
    wire.from_delete(1, faults.refused)
    job = confirmed(newest)
    for _ in range(40):
        step(job)
    assert job.phase == "probe"
    assert "not accepted" in words_of(job)
    assert "deleted nothing, as it should" not in words_of(job)
    wire.calm()
    assert states(drive(job)) == {"gone": LOGS}


def test_bodies_are_copied_byte_for_byte(wire_with_bodies: Faults):
    wire = wire_with_bodies
    wire.on_call(9, faults.cut, times=2)
    job = drive(confirmed(wire.store.ids(), level="bodies"))
    check(wire, job)
    assert states(job) == {"gone": 30}
    assert all(record["request"].get("whole", True) for record in archived(job).values())


def cut_bodies(wire: Faults, asked: httpx.Request) -> httpx.Response:
    return faults.cut(wire, asked) if asked.url.path.endswith("/request") else wire.pass_on(asked)


def test_a_body_that_never_comes_whole_is_copied_as_far_as_it_came_and_says_so(wire_with_bodies: Faults):
    wire = wire_with_bodies
    first = wire.store.ids()[0]
    wire.on_call(
        1, lambda box, asked: (faults.cut if first in asked.url.path else Faults.pass_on)(box, asked), times=999
    )
    job = drive(confirmed([first], level="bodies"))
    assert states(job) == {"gone": 1}
    assert archived(job)[first]["request"] == {"whole": False, "text": '{"messag'}
