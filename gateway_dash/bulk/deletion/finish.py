"""Step 5: read every id again, count, and write the receipt. Only what is not found counts as gone."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import Count
from django.utils import timezone

from gateway_dash.bulk import files, gates
from gateway_dash.bulk.deletion.spec import Spec
from gateway_dash.bulk.models import Item, Job, Part
from gateway_dash.bulk.tombstones import seen_gone
from gateway_dash.bulk.work import Run, end
from gateway_dash.gateway.client import DELETE_AT_ONCE

STILL_THERE = "was gone, and is there again"


def step(run: Run) -> None:
    """Some ids more, and after the last the receipt."""
    while not run.is_spent():
        at = int(run.job.cursor.get("at", -1))
        items = list(Item.objects.filter(job=run.job, position__gt=at).order_by("position")[:DELETE_AT_ONCE])
        if not items:
            _receipt(run)
            break
        _look(run, items)


def _look(run: Run, items: list[Item]) -> None:
    there = {log.id for log in run.logs.find([item.log_id for item in items])}
    gone = (Item.State.GONE, Item.State.GONE_BEFORE)
    back = [item.pk for item in items if item.state in gone and item.log_id in there]
    held_gone = sum(item.state == Item.State.HELD and item.log_id not in there for item in items)
    lost = int(run.job.cursor.get("held_gone", 0)) + held_gone
    with run.write(cursor={"at": items[-1].position, "held_gone": lost}):
        Item.objects.filter(pk__in=back).update(state=Item.State.LEFT, note=STILL_THERE)
        _settle(run, [item for item in items if item.state == Item.State.SENDING], there)
        untried = [item.pk for item in items if item.state in (Item.State.PENDING, Item.State.ARCHIVED)]
        vanished = [item.pk for item in items if item.pk in untried and item.log_id not in there]
        Item.objects.filter(pk__in=vanished).update(state=Item.State.GONE_BEFORE)


def _settle(run: Run, sent: list[Item], there: set[str]) -> None:
    """Logs of a batch after which the job halted: sent, and not looked after until now."""
    gone = [item.log_id for item in sent if item.log_id not in there]
    Item.objects.filter(job=run.job, log_id__in=gone).update(state=Item.State.GONE)
    seen_gone(run.job, gone)
    left = [item.pk for item in sent if item.log_id in there]
    Item.objects.filter(pk__in=left).update(state=Item.State.LEFT, note="sent, and still there")


def _receipt(run: Run) -> None:
    job, spec = run.job, Spec.of(run.job)
    counts = counted(job)
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
    end(run, state, words, level, found=job.found | {"receipt": receipt}, spec=spec.scrubbed(), cursor={},
        phase="ended", facts={"gone": receipt["gone"], "left": receipt["left"]})  # fmt: skip
    gates.leave(job)
    files.forget_work(job.key)


def counted(job: Job) -> Counter[str]:
    """How many items are in which state."""
    rows = Item.objects.filter(job=job).order_by().values_list("state").annotate(Count("pk"))
    return Counter(dict(rows))


def _newer(run: Run, spec: Spec) -> int | None:
    """How many logs match that came after the plan's moment, and were not touched; one call."""
    if not spec.open_ended:
        return None
    query = spec.log_query()
    return run.logs.count(query.change(start=query.end, end=None))
