"""/gateways/<gateway>/jobs/<job>/stop/"""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from django.utils import timezone

from gateway_dash.bulk import runner
from gateway_dash.bulk.models import DeletionGate, Item, Job
from tests.people import somebody
from tests.views.deleting import confirmed, page_of, planned, url_of, work_off

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_pauses")]


@pytest.fixture
def logs(bare_store):
    start = datetime.now(UTC) - timedelta(hours=5)
    for number in range(120):
        at = (start + timedelta(seconds=number)).isoformat()
        bare_store.add({"id": f"m-{number:04}", "created_at": at})
    return bare_store


def test_during_the_wait_nothing_is_deleted(person, logs, wire):
    job = planned(person, {"id": ["m-0001"]})
    confirmed(person, job)
    answer = person.post(url_of(job) + "stop/")
    assert answer["Location"] == url_of(job)
    work_off()
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED
    assert wire.deletes == []
    assert "Stopped by kim. Nothing was deleted." in page_of(person, job).text


def test_a_colleague_can_stop_it(person, logs, wire, client, django_user_model):
    job = planned(person, {"id": ["m-0001"]})
    confirmed(person, job)
    client.force_login(somebody("robin"))
    client.post(url_of(job) + "stop/")
    work_off()
    job.refresh_from_db()
    assert (job.state, job.cancel_by) == (Job.State.CANCELLED, "robin")
    assert wire.deletes == []


def test_in_the_middle_what_went_is_read_again_and_the_rest_stays(person, logs):
    job = planned(person, {"everything": "1"})
    confirmed(person, job, level="rows")
    while not job.items.filter(state=Item.State.GONE).exists():
        Job.objects.update(due_at=timezone.now())
        runner.advance(job.pk)
    person.post(url_of(job) + "stop/")
    work_off()
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED
    receipt = job.found["receipt"]
    assert (receipt["gone"], receipt["untried"], receipt["left"]) == (50, 70, 0)
    assert logs.count() == 70
    assert page_of(person, job).one("h1").text == "50 logs verified gone, 70 not"
    assert DeletionGate.objects.get(gateway="prod-edge").job is None


def test_a_plan_is_put_aside(person, logs):
    job = planned(person, {"id": ["m-0001"]})
    person.post(url_of(job) + "stop/")
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED
    assert job.spec["ids"] == []


def test_what_a_plan_was_filtered_by_is_forgotten_with_the_plan(person, logs):
    aside, late, wanted = (planned(person, {"everything": "on"}, "?id=m-0001") for _ in range(3))
    assert "m-0001" in aside.spec["query"]
    person.post(url_of(aside) + "stop/")
    Job.objects.filter(pk=late.pk).update(expires_at=timezone.now())
    runner.expire()
    for job in (aside, late, wanted):
        job.refresh_from_db()
    assert (aside.state, late.state, wanted.state) == ("cancelled", "expired", "planned")
    assert ["m-0001" in str(job.spec) for job in (aside, late, wanted)] == [False, False, True]


def test_to_stop_what_is_over_changes_nothing(person, logs):
    job = planned(person, {"id": ["m-0001"]})
    confirmed(person, job)
    work_off()
    assert person.post(url_of(job) + "stop/").status_code == 303
    job.refresh_from_db()
    assert (job.state, job.cancel_asked) == (Job.State.DONE, False)


def test_only_post_is_answered(person, logs):
    assert person.get(url_of(planned(person, {"id": ["m-0001"]})) + "stop/").status_code == 405


def test_a_stop_does_not_wait_for_the_end_of_a_pause(person, logs, wire):
    job = planned(person, {"id": ["m-0001"]})
    confirmed(person, job)
    Job.objects.update(due_at=timezone.now())

    def spent(_request):
        person.post(url_of(job) + "stop/")  # while the step is on its way
        wire.instead = lambda _sent: None
        return httpx.Response(429, headers={"Retry-After": "300"})

    runner.advance(job.pk)
    wire.instead = spent
    runner.advance(job.pk)
    assert runner.due_jobs() == [job.pk]
    work_off()
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED
