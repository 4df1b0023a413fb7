"""Undo: a job that sets back the logs that another one changed, where they still say what it wrote."""

from __future__ import annotations

from gateway_dash.bulk.annotating.spec import Spec
from gateway_dash.bulk.models import Item, Job
from gateway_dash.bulk.work import Run

AT_ONCE = 1000


def undo_of(job: Job) -> Job | None:
    """The newest job that undoes this one."""
    found = Job.objects.filter(account=job.account, gateway=job.gateway, kind=job.kind, spec__undoes=job.key)
    return found.order_by("-created_at", "-pk").first()


def step(run: Run) -> bool:
    """Take over some of its logs, before and after turned round; True when these were all."""
    at = int(run.job.cursor.get("at", -1))
    changed = Item.objects.filter(job__key=Spec.of(run.job).undoes, job__account=run.job.account,
                                  state=Item.State.CHANGED, position__gt=at)  # fmt: skip
    some = list(changed.order_by("position")[:AT_ONCE])
    if not some:
        return True
    items = [
        Item(job=run.job, position=each.position, log_id=each.log_id, before=each.after, after=each.before)
        for each in some
    ]
    with run.write(cursor={"at": some[-1].position}, done=run.job.done + len(items)):
        Item.objects.bulk_create(items)
    return False
