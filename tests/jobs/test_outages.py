"""A deletion while the upstream is away, sends us elsewhere, or answers with far too much: a pause, or words."""

from __future__ import annotations

import httpx
import pytest
from django.utils import timezone

from gateway_dash import upstream
from gateway_dash.bulk import jobs, runner
from gateway_dash.bulk.models import Job
from gateway_dash.gateway.breaker import State
from gateway_dash.gateway.client import CAP_BYTES
from tests import faults
from tests.faults import Fault, Faults
from tests.jobs.driving import archived, check, confirmed, drive, person, states, step, words_of

PHASES = ("archive", "probe", "delete", "finish")


def redirected(_wire: Faults, _request: httpx.Request) -> httpx.Response:
    return httpx.Response(307, headers={"Location": "https://evil.example/"}, stream=httpx.ByteStream(b""))


def empty(_wire: Faults, _request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, stream=httpx.ByteStream(b""))


def corrupt(_wire: Faults, _request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(b"no gzip"))


def huge(_wire: Faults, _request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, stream=httpx.ByteStream(b" " * 17_000_000))


LONG: dict[str, Fault] = {
    "refused": faults.refused, "hang": faults.hang, "500": faults.e500, "502 as a page": faults.html_502,
    "a page": faults.html_200, "empty": empty, "cut": faults.cut, "corrupt gzip": corrupt, "429": faults.too_many,
}  # fmt: skip
HALTS: dict[str, Fault] = {"redirect": redirected, "403": faults.forbidden, "too large": huge}


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("name", LONG)
def test_an_outage_in_any_phase_is_a_pause_that_is_seen_and_ends_by_itself(name, phase, wire: Faults, newest):
    job = drive(confirmed(newest), lambda: Job.objects.get().phase == phase)
    wire.next(LONG[name], times=10**6)
    for _ in range(25):
        step(job)
        check(wire, job)
        assert job.state == Job.State.ACTIVE
    assert job.pause or "look" in words_of(job)
    wire.calm()
    drive(job)
    check(wire, job)
    assert (job.state, states(job)) == (Job.State.DONE, {"gone": 70})


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("name", HALTS)
def test_what_somebody_has_to_mend_halts_it_with_words_and_goes_on_afterwards(name, phase, wire: Faults, newest):
    job = drive(confirmed(newest), lambda: Job.objects.get().phase == phase)
    wire.next(HALTS[name], times=10**6)
    drive(job)
    check(wire, job)
    assert job.state == Job.State.HALTED
    assert job.problem
    assert {each.url.host for each in wire.sent} == {"sandbox.invalid"}
    wire.calm()
    assert jobs.go_on(job, person())
    assert states(drive(job)) == {"gone": 70}


def test_while_the_breaker_is_open_nothing_is_sent_and_the_job_says_so(wire: Faults, newest):
    job = drive(confirmed(newest), lambda: Job.objects.get().phase == "delete")
    wire.next(faults.e500, times=10**6)
    breaker = upstream.account().client.breaker
    while breaker.state is not State.OPEN:
        step(job)
    sent = len(wire.sent)
    for _ in range(3):
        Job.objects.update(due_at=timezone.now())
        runner.advance(job.pk)
    job.refresh_from_db()
    assert len(wire.sent) == sent
    assert (job.state, job.pause) == (Job.State.ACTIVE, "The upstream is failing.")
    assert job.due_at > timezone.now()
    wire.calm()
    assert states(drive(job)) == {"gone": 70}
    check(wire, job)


def test_a_deletion_that_the_breaker_holds_back_is_sent_later_and_counted_once(wire: Faults, newest):
    job = drive(confirmed(newest), lambda: Job.objects.get().phase == "delete")
    breaker, deletes = upstream.account().client.breaker, wire.deletes

    def opens(box: Faults, request: httpx.Request) -> httpx.Response:
        answer = box.pass_on(request)
        while breaker.state is State.CLOSED:
            with breaker.call() as attempt:
                attempt.failed = True
        return answer

    wire.next(opens, times=3)  # in one of the looks before it is sent
    for _ in range(4):
        step(job)
        check(wire, job)
    assert wire.deletes - deletes <= 2
    wire.calm()
    drive(job)
    check(wire, job)
    assert states(job) == {"gone": 70}
    assert job.found["receipt"]["gone"] == 70


def test_a_body_that_is_too_large_is_copied_as_far_as_it_is_read_and_says_so(wire_with_bodies: Faults):
    wire = wire_with_bodies
    first = wire.store.ids()[0]

    def one_is_huge(box: Faults, request: httpx.Request) -> httpx.Response:
        is_it = request.url.path.endswith(f"{first}/request")
        return huge(box, request) if is_it else box.pass_on(request)

    wire.next(one_is_huge, times=10**6)
    job = drive(confirmed([first], level="bodies"))
    assert states(job) == {"gone": 1}
    copy = archived(job)[first]["request"]
    assert copy["whole"] is False
    assert len(copy["text"]) == CAP_BYTES
