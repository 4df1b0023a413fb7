"""An export under each fault of the upstream: it waits or halts with words, and in the end has each log once."""

import httpx
import pytest

from gateway_dash import upstream
from gateway_dash.bulk import jobs, pace
from gateway_dash.bulk.models import Job, Part
from gateway_dash.gateway.breaker import State
from tests.conftest import TOKEN
from tests.views.exports import begin, fill, finish, ids_in
from tests.views.test_faults_pages import FAULTS

pytestmark = pytest.mark.django_db
HALT = {"redirect", "401", "6003", "403", "404", "400", "success false", "gzip bomb"}
WAIT = sorted(set(FAULTS) - HALT)


@pytest.fixture
def logs(bare_store):
    return fill(bare_store, [60, 60, 60])


@pytest.fixture(autouse=True)
def no_budget(monkeypatch):
    monkeypatch.setattr(pace, "wait_s", lambda _account: 0.0)


def at_once(job):
    """What it waits for is over."""
    client = upstream.account().client
    client.budget.ledger.unblock()
    client.breaker._again_at = 0.0
    Job.objects.update(due_at=job.created_at)
    return finish(job)


@pytest.mark.parametrize("form", ["csv", "bodies"])
@pytest.mark.parametrize("name", WAIT)
def test_an_outage_is_a_pause_that_is_seen_and_ends_by_itself(wire, logs, name, form):
    job = begin(form)
    wire.instead = lambda request: FAULTS[name](request) if len(wire.sent) > 1 and is_of_logs(request) else None
    for _ in range(12):
        assert at_once(job).state == Job.State.ACTIVE
    assert job.pause
    assert TOKEN not in job.pause
    wire.instead = lambda _request: None
    assert at_once(job).state == Job.State.DONE, job.problem
    assert ids_in(job) == logs


@pytest.mark.parametrize("name", sorted(HALT))
def test_what_somebody_has_to_mend_halts_it_with_words_and_it_goes_on_afterwards(wire, logs, name, django_user_model):
    job = begin("csv")
    wire.instead = lambda request: FAULTS[name](request) if len(wire.sent) > 1 else None
    assert finish(job).state == Job.State.HALTED
    assert job.problem
    assert Part.objects.count() == 0
    wire.instead = lambda _request: None
    assert jobs.go_on(job, django_user_model.objects.get())
    assert finish(job).state == Job.State.DONE
    assert ids_in(job) == logs


def test_while_the_breaker_is_open_nothing_is_sent_and_the_page_of_the_job_says_why(wire, logs):
    job = begin("csv")
    wire.instead = FAULTS["500"]
    breaker = upstream.account().client.breaker
    for _ in range(30):
        at_once(job)
    while breaker.state is not State.OPEN:
        at_once(job)
    sent = len(wire.sent)
    Job.objects.update(due_at=job.created_at)
    assert finish(job).pause == "The upstream is failing."
    assert len(wire.sent) == sent


def is_of_logs(request: httpx.Request) -> bool:
    return "/logs" in request.url.path
