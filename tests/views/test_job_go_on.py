"""/gateways/<gateway>/jobs/<job>/go-on/"""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from django.utils import timezone

from gateway_dash.bulk import gates, runner
from gateway_dash.bulk.models import DeletionGate, Job
from tests.views.deleting import confirmed, page_of, planned, url_of, work_off

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_pauses")]


@pytest.fixture
def logs(bare_store):
    for number in range(3):
        at = (datetime.now(UTC) - timedelta(hours=5 - number)).isoformat()
        bare_store.add({"id": f"m-{number}", "created_at": at})
    return bare_store


@pytest.fixture
def halted(person, logs, wire):
    """The token lost its right just when the logs were to be deleted."""
    forbidden = {"success": False, "errors": [{"code": 10000, "message": "Authentication error"}]}
    wire.instead = lambda request: httpx.Response(403, json=forbidden) if request.method == "DELETE" else None
    job = planned(person, {"id": ["m-1"]})
    confirmed(person, job)
    work_off()
    job.refresh_from_db()
    assert job.state == Job.State.HALTED
    wire.instead = lambda request: None
    return job


def test_a_halted_deletion_says_which_right_is_missing_and_deletes_nothing(person, halted, logs):
    page = page_of(person, halted)
    assert "AI Gateway - Edit" in page.one(role="alert", class_="note").text
    assert logs.count() == 3
    assert DeletionGate.objects.get(gateway="prod-edge").job is None


def test_it_goes_on_where_it_halted(person, halted, logs):
    assert person.post(url_of(halted) + "go-on/").status_code == 303
    work_off()
    halted.refresh_from_db()
    assert halted.state == Job.State.DONE
    assert logs.ids() == ["m-0", "m-2"]


def test_or_it_is_ended_with_a_receipt_and_deletes_nothing(person, halted, logs, wire):
    wire.forget()
    person.post(url_of(halted) + "go-on/", {"end": "1"})
    work_off()
    halted.refresh_from_db()
    assert halted.found["receipt"]["untried"] == 1
    assert page_of(person, halted).one("h1").text == "0 logs verified gone, 1 not"
    assert wire.deletes == []
    assert logs.count() == 3


def test_it_does_not_go_on_behind_a_lock(person, halted, logs):
    gates.close("prod-edge", "kim", "an incident")
    answer = person.post(url_of(halted) + "go-on/")
    assert answer.status_code == 422
    assert "an incident" in answer.text
    work_off()
    assert logs.count() == 3


def test_what_has_not_halted_is_left_alone(person, logs):
    job = planned(person, {"id": ["m-1"]})
    person.post(url_of(job) + "go-on/", {"end": "1"})
    job.refresh_from_db()
    assert job.state == Job.State.PLANNED


def test_a_pause_ends_when_somebody_says_so_and_comes_again_if_it_has_to(person, logs, wire):
    job = planned(person, {"id": ["m-1"]})
    confirmed(person, job)
    wire.instead = lambda request: httpx.Response(503)
    Job.objects.update(due_at=timezone.now())
    runner.advance(job.pk)
    runner.advance(job.pk)
    job.refresh_from_db()
    assert job.pause
    page = page_of(person, job)
    assert [each["action"] for each in page.all("form") if "Try now" in each.text] == [url_of(job) + "go-on/"]
    person.post(url_of(job) + "go-on/")
    job.refresh_from_db()
    assert (job.pause, job.due_at <= timezone.now()) == ("", True)
    runner.advance(job.pk)
    job.refresh_from_db()
    assert job.pause
    assert logs.count() == 3


def test_the_wait_before_a_deletion_is_not_cut_short(person, logs):
    job = planned(person, {"id": ["m-1"]})
    confirmed(person, job)
    job.refresh_from_db()
    due_at = job.due_at
    assert "Try now" not in page_of(person, job).text
    person.post(url_of(job) + "go-on/")
    job.refresh_from_db()
    assert (job.phase, job.due_at) == ("wait", due_at)
