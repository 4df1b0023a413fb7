"""How an undo is started: once at a time, whoever clicks how often."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from gateway_dash.bulk import jobs
from gateway_dash.bulk.annotating.spec import Spec
from gateway_dash.bulk.annotating.undoing import undo_of
from gateway_dash.bulk.models import PLAN_LENGTH, Item, Job
from gateway_dash.gateway.errors import Refusal


def start_undo(job: Job, person: Any, after: str) -> Job:
    """A job that undoes this one; `after` names the undo that the person's page knew, so a second click starts none."""
    if job.ended_at is None:
        raise Refusal("This job is not over yet. Stop it first; then what it changed can be undone. Nothing was done.")
    if not Item.objects.filter(job=job, state=Item.State.CHANGED).exists():
        raise Refusal("This job changed no log, so there is nothing to undo. Nothing was done.")
    latest = undo_of(job)
    if latest and (latest.ended_at is None or latest.key != after):
        return latest
    # The name comes from what is undone and after what: of two clicks in one moment the second finds the job there.
    key = sha256(f"undo {job.key} after {latest.key if latest else ''}".encode()).hexdigest()[:PLAN_LENGTH]
    spec = Spec(undoes=job.key).kept()
    return jobs.start(job.kind, job.gateway, person, f"Undo of job {job.key}", spec, phase="plan", key=key)
