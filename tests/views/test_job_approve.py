"""/gateways/<gateway>/jobs/<job>/approve/"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings

from gateway_dash.bulk.models import Job
from gateway_dash.team.roles import LEAD
from tests.people import only, somebody
from tests.views.deleting import confirmed, page_of, planned, url_of, work_off

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_pauses")]


@pytest.fixture
def job(person, bare_store, monkeypatch):
    monkeypatch.setattr(settings, "ENVIRONMENT", replace(settings.ENVIRONMENT, approval=True))
    bare_store.add({"id": "one", "created_at": (datetime.now(UTC) - timedelta(hours=1)).isoformat()})
    return planned(person, {"id": ["one"]})


@pytest.fixture
def second(client, django_user_model):
    client = type(client)()
    client.force_login(somebody("robin", LEAD))
    return client


def test_a_deletion_without_bodies_in_the_copy_waits_for_a_second_person(person, job, second, wire):
    confirmed(person, job, level="rows")
    work_off()
    job.refresh_from_db()
    assert job.state == Job.State.APPROVAL
    assert wire.deletes == []
    assert "A second person has to approve" in page_of(person, job).text
    assert second.post(url_of(job) + "approve/").status_code == 303
    work_off()
    job.refresh_from_db()
    assert (job.state, job.approver_name) == (Job.State.DONE, "robin")
    assert "robin" in page_of(person, job).text


def test_a_small_one_with_bodies_needs_nobody_else(person, job):
    confirmed(person, job, level="bodies")
    work_off()
    job.refresh_from_db()
    assert job.state == Job.State.DONE


def test_nobody_approves_their_own(person, job, wire):
    only(LEAD)  # who may approve, and may not this one
    confirmed(person, job, level="rows")
    assert not page_of(person, job).all("form", action=url_of(job) + "approve/")
    answer = person.post(url_of(job) + "approve/")
    assert answer.status_code == 422
    assert "A second person has to approve" in answer.text
    work_off()
    assert wire.deletes == []


def test_what_was_not_confirmed_cannot_be_approved(second, job, wire):
    assert second.post(url_of(job) + "approve/").status_code == 303
    work_off()
    job.refresh_from_db()
    assert job.state == Job.State.PLANNED
    assert wire.deletes == []


def test_the_second_person_can_put_it_aside(person, job, second, wire):
    confirmed(person, job, level="rows")
    second.post(url_of(job) + "stop/")
    answer = second.post(url_of(job) + "approve/")
    assert answer.status_code == 422
    assert "This plan is over" in answer.text
    work_off()
    assert wire.deletes == []
