"""Step 5: read every id again, count, and write the receipt. Only what is not found counts as gone."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from gateway_dash.bulk import files, gates, which
from gateway_dash.bulk.deletion.spec import Spec
from gateway_dash.bulk.models import Item, Job, Part
from gateway_dash.bulk.tombstones import seen_gone, there_again
from gateway_dash.bulk.work import Run, end
from gateway_dash.gateway.client import DELETE_AT_ONCE

GONE = (Item.State.GONE, Item.State.GONE_BEFORE)
STILL_THERE = "was gone, and is there again"


def step(run: Run) -> None:
    """Some ids more, and after the last the receipt."""
    while True:
        at = int(run.job.cursor.get("at", -1))
        items = list(Item.objects.filter(job=run.job, position__gt=at).order_by("position")[:DELETE_AT_ONCE])
        if not items:
            _receipt(run)
            break
        _look(run, items)
        if run.is_spent():
            break


def _look(run: Run, items: list[Item]) -> None:
    there = {log.id for log in run.logs.find([item.log_id for item in items])}
    held_gone = sum(item.state == Item.State.HELD and item.log_id not in there for item in items)
    lost = int(run.job.cursor.get("held_gone", 0)) + held_gone
    with run.write(cursor={"at": items[-1].position, "held_gone": lost}):
        _still_there(run, [item for item in items if item.log_id in there])
        _not_there(run, [item for item in items if item.log_id not in there])


def _still_there(run: Run, items: list[Item]) -> None:
    """Logs that were called gone, and logs of a batch after which the job halted, sent and not looked after."""
    back = [item.log_id for item in items if item.state in GONE]
    Item.objects.filter(job=run.job, log_id__in=back).update(state=Item.State.LEFT, note=STILL_THERE)
    there_again(run.job, back)
    sent = [item.pk for item in items if item.state == Item.State.SENDING]
    Item.objects.filter(pk__in=sent).update(state=Item.State.LEFT, note="sent, and still there")


def _not_there(run: Run, items: list[Item]) -> None:
    """Whatever stood as open: a log that was ever named went by us, even after we gave it up."""
    open_ = [item for item in items if item.state not in (*GONE, Item.State.HELD)]
    ours = [item.log_id for item in open_ if item.rounds]
    Item.objects.filter(job=run.job, log_id__in=ours).update(state=Item.State.GONE, note="")
    seen_gone(run.job, ours)
    others = [item.pk for item in open_ if not item.rounds]
    Item.objects.filter(pk__in=others).update(state=Item.State.GONE_BEFORE, note="")


def _receipt(run: Run) -> None:
    job, spec = run.job, Spec.of(run.job)
    counts = which.by_state(job)
    receipt: dict[str, Any] = {
        "asked": sum(counts.values()) - counts["held"],
        "gone": counts["gone"],
        "gone_before": counts["before"],
        "left": counts["left"],
        "untried": counts["pending"] + counts["archived"],
        "held": counts["held"],
        "held_gone": int(job.cursor.get("held_gone", 0)),
        "newer": _newer(run, spec),
        "accepted": job.found.get("accepted", 0),
        "verified_at": timezone.now().isoformat(),
        "manifest": job.found.get("manifest", ""),
        "archive": [part.sha256 for part in Part.objects.filter(job=job)],
    }
    state = Job.State.CANCELLED if job.cancel_asked else Job.State.DONE
    words = f"Read again, each id: {receipt['gone']:,} gone by this deletion, {receipt['left']:,} still there."
    level = "ok" if not (receipt["left"] or receipt["untried"]) else "warn"
    end(run, state, words, level, found=job.found | {"receipt": receipt}, cursor={},
        phase="ended", facts={"gone": receipt["gone"], "left": receipt["left"]})  # fmt: skip
    gates.leave(job)
    files.forget_work(job.key)


def _newer(run: Run, spec: Spec) -> int | None:
    """How many logs match that came after the plan's moment, and were not touched; one call."""
    if not spec.open_ended:
        return None
    query = spec.log_query()
    return run.logs.count(query.change(start=query.end, end=None))
