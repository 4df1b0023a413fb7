"""What tests of long work share: a plan made from the list, confirmed, and worked off without waiting."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.utils import timezone

from gateway_dash.bulk import runner
from gateway_dash.bulk.models import Job
from tests.conftest import LOGS
from tests.views.reading import Element, fields, parse

PREVIEW = LOGS + "delete/preview/"
JOBS = "/gateways/prod-edge/jobs/"


def planned(person: Client, data: dict[str, Any], query: str = "") -> Job:
    """A plan, as the list's form makes it."""
    answer = person.post(PREVIEW + query, data)
    assert answer.status_code == 303, answer.text
    return Job.objects.get(key=answer["Location"].split("/")[-2])


def page_of(person: Client, job: Job) -> Element:
    """The page of the job."""
    answer = person.get(url_of(job))
    assert answer.status_code == 200
    return parse(answer)


def url_of(job: Job) -> str:
    return f"/gateways/{job.gateway}/jobs/{job.key}/"


def confirmed(person: Client, job: Job, **changes: Any) -> Any:
    """The answer to the confirmation, typed as the page asks for it."""
    url = url_of(job) + "confirm/"
    form = fields(page_of(person, job).one("form", action=url))
    typed = {"phrase": f"delete {job.found['count']}"}
    return person.post(url, form | typed | changes)


def work_off(*, steps: int = 1000) -> None:
    """Every job that is due or waits, step by step, until nothing moves any more."""
    for _ in range(steps):
        Job.objects.filter(state=Job.State.ACTIVE).update(due_at=timezone.now())
        due = runner.due_jobs()
        if not due:
            return
        for job_id in due:
            runner.advance(job_id)
    raise AssertionError(f"still going on after {steps} steps")


def deleted(person: Client, data: dict[str, Any], query: str = "", **changes: Any) -> Job:
    """From the form to the receipt."""
    job = planned(person, data, query)
    assert confirmed(person, job, **changes).status_code == 303
    work_off()
    job.refresh_from_db()
    return job
