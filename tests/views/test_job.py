"""/gateways/<gateway>/jobs/<job>/: one address for the plan, for how far it is, and for the receipt"""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from django.utils import timezone

from gateway_dash.bulk import runner
from gateway_dash.bulk.models import Entry, Job
from tests.views.deleting import JOBS, confirmed, page_of, planned, url_of, work_off
from tests.views.reading import HTMX, parse

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_pauses")]

HOSTILE = "<script>alert(1)</script>\u202e"


@pytest.fixture
def logs(bare_store):
    start = datetime.now(UTC) - timedelta(hours=5)
    for number in range(120):
        at = (start + timedelta(seconds=number)).isoformat()
        bare_store.add({"id": f"m-{number:04}", "created_at": at, "model": HOSTILE, "cost": 0.5 if number else None})
    return bare_store


def test_a_job_that_nobody_made_is_not_there(person):
    assert person.get(JOBS + "0123456789abcdef/").status_code == 404


@pytest.mark.parametrize("key", ["x", "0123456789ABCDEF", "0123456789abcde", "../x", "0123456789abcdef0"])
def test_what_cannot_be_the_name_of_a_job_is_not_there(person, key, wire):
    assert person.get(f"{JOBS}{key}/").status_code == 404
    assert wire.sent == []


def test_while_it_runs_it_asks_the_upstream_nothing_and_says_how_far_it_is(person, logs, wire):
    job = planned(person, {"everything": "1"})
    confirmed(person, job, level="rows")
    for _ in range(3):
        Job.objects.update(due_at=timezone.now())
        runner.advance(job.pk)
    wire.forget()
    page = page_of(person, job)
    assert wire.sent == []
    assert page.one(class_="is-now").text in ("Copy", "Probe", "Delete")
    bar = page.one("progress")
    assert int(bar["value"]) <= int(bar["max"]) == 100
    assert page.one("div", id="job")["hx-get"] == url_of(job)
    assert page.one("div", id="job")["data-poll-s"] == "2"
    assert "Look again" in page.links()


def test_when_it_is_over_it_asks_no_more(person, logs):
    job = planned(person, {"id": ["m-0001"]})
    confirmed(person, job)
    work_off()
    assert "hx-get" not in page_of(person, job).one("div", id="job")


def test_the_journal_says_what_was_about_to_be_done_and_what_came_of_it(person, logs):
    job = planned(person, {"id": ["m-0001"]})
    confirmed(person, job)
    work_off()
    told = [row.all("td")[2].text for row in page_of(person, job).all("table")[-1].one("tbody").all("tr")]
    assert told[0] == "Planned: 1 logs to go, 0 held."
    assert "Confirmed by kim; it begins in 60 s." in told
    assert told.index("Batch 1: 1 log will be asked to be deleted.") < told.index("Batch 1: accepted.")
    assert told[-1] == "Read again, each id: 1 gone by this deletion, 0 still there."


def test_a_long_journal_shows_its_end_and_says_how_much_is_left_out(person, logs):
    job = planned(person, {"id": ["m-0001"]})
    Entry.objects.bulk_create(Entry(job=job, phase="delete", words=f"line {number}") for number in range(300))
    page = page_of(person, job)
    assert "101 earlier lines are not shown here." in page.text
    assert "line 299" in page.text


def test_a_pause_says_why_and_until_when_and_goes_on_by_itself(person, logs, wire):
    job = planned(person, {"id": ["m-0001"]})
    confirmed(person, job)
    wire.instead = lambda request: httpx.Response(429, headers={"Retry-After": "120"})
    Job.objects.update(due_at=timezone.now())
    runner.advance(job.pk)
    runner.advance(job.pk)
    job.refresh_from_db()
    assert 110 < (job.due_at - timezone.now()).total_seconds() < 125
    page = page_of(person, job)
    assert "The upstream call budget is spent. It goes on by itself at" in page.text
    assert page.one("div", id="job")["data-poll-s"] == "10"


def test_the_words_of_strangers_are_only_text(person, logs):
    job = planned(person, {"everything": "1"})
    answer = person.get(url_of(job))
    assert "<script>alert" not in answer.text
    assert "\u202e" not in answer.text
    assert "⟦U+202E⟧" in answer.text


def test_recorded_cost_is_summed_and_unknown_is_not_zero(person, logs):
    page = page_of(person, planned(person, {"everything": "1"}))
    strip = {each.one("dt").text: each.one("dd").text for each in page.one("dl", class_="strip").all("div")}
    assert strip["Recorded cost"] == "$59.50 1 log: unknown"


def test_a_plan_whose_sample_cannot_be_read_is_still_a_plan(person, logs, wire):
    job = planned(person, {"id": ["m-0001"]})
    wire.instead = lambda request: httpx.Response(500)
    page = page_of(person, job)
    assert "The sample cannot be shown." in page.text
    assert page.all("input", name="phrase")


def test_htmx_gets_the_same_without_the_frame(person, logs):
    job = planned(person, {"id": ["m-0001"]})
    answer = parse(person.get(url_of(job), headers=HTMX))
    assert answer.one("h1").text == "Delete 1 log"
    assert not answer.all("main")
