"""The tasks of procrastinate, which finds this module by its name. Imported only where that engine is chosen."""

from __future__ import annotations

import contextlib
from datetime import datetime

from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from gateway_dash.bulk import runner
from gateway_dash.bulk.models import Job

QUEUE = "jobs"


@app.task(queue=QUEUE, name="gateway_dash.step")
def step(job_id: int) -> None:
    """One step of a job; the step itself has the next one delivered."""
    runner.advance(job_id)


@app.periodic(cron="* * * * * */10")
@app.task(queue=QUEUE, name="gateway_dash.sweep", queueing_lock="sweep")
def sweep(timestamp: int) -> None:
    """What is due and was delivered to nobody: the worker that had it died."""
    for job_id, due_at in Job.objects.filter(pk__in=runner.due_jobs()).values_list("pk", "due_at"):
        defer(job_id, due_at)
    runner.tidy()


def defer(job_id: int, due_at: datetime) -> None:
    """At most one task for a job waits at any time."""
    with contextlib.suppress(AlreadyEnqueued):  # for a later time, maybe: the sweep sees what is due
        step.configure(queueing_lock=f"job-{job_id}", schedule_at=due_at).defer(job_id=job_id)
