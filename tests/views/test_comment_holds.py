"""A log with a comment is left out of bulk deletions, and listed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gateway_dash.bulk.models import Item, Job, Tombstone
from tests.conftest import LOGS
from tests.views.deleting import PREVIEW, confirmed, page_of, planned, work_off
from tests.views.reading import parse
from tests.views.talking import said, texts_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_pauses")]


@pytest.fixture(autouse=True)
def logs(bare_store):
    for number in range(3):
        at = (datetime.now(UTC) - timedelta(hours=5 - number)).isoformat()
        bare_store.add({"id": f"m-{number}", "created_at": at, "request_body": b"{}"})
    return bare_store


def test_a_plan_leaves_it_out_and_says_why(person, logs):
    said(person, "evidence", log=LOGS + "m-1/")
    job = planned(person, {"id": ["m-0", "m-1", "m-2"]})
    held = Item.objects.get(job=job, state=Item.State.HELD)
    assert (held.log_id, held.note) == ("m-1", "with a comment")
    assert job.found["held"] == {"with a comment": 1}
    assert "with a comment" in page_of(person, job).text
    confirmed(person, job)
    work_off()
    assert logs.ids("prod-edge") == ["m-1"]


def test_a_comment_that_is_written_during_the_wait_holds_too(person, logs):
    job = planned(person, {"id": ["m-0", "m-1"]})
    confirmed(person, job)
    said(person, "wait", log=LOGS + "m-0/")
    work_off()
    assert sorted(logs.ids("prod-edge")) == ["m-0", "m-2"]


def test_one_that_was_taken_away_holds_nothing(person, logs):
    said(person, "evidence", log=LOGS + "m-1/")
    person.post(LOGS + "m-1/comments/1/remove/")
    job = planned(person, {"id": ["m-1"]})
    assert job.found["count"] == 1


def test_where_all_are_held_nothing_is_planned(person):
    said(person, "evidence", log=LOGS + "m-1/")
    answer = person.post(PREVIEW, {"id": "m-1"}, follow=True)
    assert "All 1 logs that it selects are held" in answer.text
    assert Job.objects.get().state == Job.State.EXPIRED


def test_one_of_the_same_id_in_another_gateway_holds_nothing(person):
    said(person, "elsewhere", log="/gateways/staging/logs/m-0/")
    assert planned(person, {"id": ["m-0"]}).found["count"] == 1


def test_the_page_of_a_deleted_log_keeps_what_was_said(person, logs):
    job = planned(person, {"id": ["m-0"]})
    confirmed(person, job)
    work_off()
    assert Tombstone.objects.get().deleted_at
    said(person, "it was the broken one", log=LOGS + "m-0/")
    answer = person.get(LOGS + "m-0/")
    assert answer.status_code == 410
    assert texts_of(parse(answer).one(id="comments")) == ["it was the broken one"]
