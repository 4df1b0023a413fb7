"""Step 1: read the logs that are meant, and write down what each says and is to say. Nothing changes."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from gateway_dash.bulk import which
from gateway_dash.bulk.annotating.spec import Spec, kept
from gateway_dash.bulk.models import Item, Job
from gateway_dash.bulk.work import Run, end, hand_over
from gateway_dash.gateway.annotation import ENTRIES_LIMIT, Annotation, Merge, merge
from gateway_dash.gateway.models import Log
from gateway_dash.logs.detail import is_editable

PLAN_AGE = timedelta(minutes=60)  # a change compares each log with what the plan showed, so it need not be short
NOT_EDITABLE = "Its metadata holds values that the API cannot take back (nested, null or no pairs at all)."
UNREADABLE = "Its verdict or score cannot be read, so it could not be set back."
NOT_KEPT = "Its metadata holds a value that could not be set back exactly."
FULL = f"It carries {ENTRIES_LIMIT} metadata entries already; there is no room for one more."


def step(run: Run) -> None:
    """Some pages more, or the end of the plan."""
    spec = Spec.of(run.job)
    query = spec.log_query()
    while True:
        logs, is_last = which.next_logs(run, query, spec.ids, verb="annotated")
        which.write_down(run, [_item(spec, log) for log in logs], run.job.found)
        if is_last:
            return _planned(run, spec)
        if run.is_spent():
            return None


def obstacle(log: Log, merged: Merge) -> str:
    """Why this change cannot be made to the log, in words; nothing where it can."""
    if any(f"$.{name}" in log.problem for name in ("feedback", "score")):
        return UNREADABLE
    if "metadata" not in merged.change:
        return ""
    if not is_editable(log):
        return NOT_EDITABLE
    now = Annotation.of(log).metadata
    if len(merged.expected.metadata) > max(ENTRIES_LIMIT, len(now)):
        return FULL
    return ""


def _item(spec: Spec, log: Log) -> Item:
    now = Annotation.of(log)
    wanted = spec.wanted(now)
    merged = merge(now, wanted, now)
    item = Item(log_id=log.id)
    try:
        item.before, item.after = kept(now), kept(wanted)
    except ValueError:
        item.state, item.note = Item.State.FAILED, NOT_KEPT
        return item
    if why := obstacle(log, merged):
        item.state, item.note = Item.State.FAILED, why
    elif not merged.change:
        item.state = Item.State.SAME
    return item


def _planned(run: Run, spec: Spec) -> None:
    """The plan is whole: leave it to a person."""
    job = run.job
    items = Item.objects.filter(job=job)
    count = items.filter(state=Item.State.PENDING).count()
    if not count:
        why = "None of the logs can or has to be changed." if items.exists() else "None of the logs is there any more."
        return end(run, Job.State.EXPIRED, f"{why} Nothing was changed.", "warn", problem=why)
    gone = len(spec.ids) - job.done if spec.ids else 0
    found = {"matched": job.done, **job.found, "count": count, "gone_already": gone}
    words = f"Planned: {count:,} logs to annotate, {job.done - count:,} left as they are."
    facts = {"will_change": count, "left": job.done - count}
    return hand_over(run, words, found=found, total=count, expires_at=timezone.now() + PLAN_AGE, facts=facts)
