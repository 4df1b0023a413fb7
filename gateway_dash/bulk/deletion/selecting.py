"""Step 1 of a deletion: read which logs are meant, each checked. The ids are the plan; nothing changes."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from gateway_dash.bulk import holds, which
from gateway_dash.bulk.deletion import swift
from gateway_dash.bulk.deletion.spec import Spec
from gateway_dash.bulk.models import Item, Job
from gateway_dash.bulk.retention import deciding
from gateway_dash.bulk.work import Run, end, hand_over
from gateway_dash.gateway.models import Log
from gateway_dash.gateway.query import LogQuery
from gateway_dash.payload.masking import masked_text

PLAN_AGE = timedelta(minutes=15)
SPLIT_KINDS = 40  # models that are counted apart; the rest together
NAME_SHOWN = 80
OTHERS = "others"


def step(run: Run) -> float | None:
    """Some pages more, or the end of the plan."""
    spec = Spec.of(run.job)
    query = spec.log_query()
    while True:
        logs, is_last = which.next_logs(run, query, spec.ids, verb="deleted")
        _take(run, logs, query if spec.query else None)
        if is_last:
            return _planned(run)
        if run.is_spent():
            return None


def _take(run: Run, logs: Sequence[Log], query: LogQuery | None) -> None:
    """Write the logs down as items, those that are held apart."""
    held = holds.held(run.job.account, run.job.gateway, [log.id for log in logs])
    items = [
        Item(
            log_id=log.id,
            state=Item.State.HELD if log.id in held else Item.State.PENDING,
            note=held.get(log.id, ""),
            is_edge=query is not None and not swift.is_within(query, log.created_at),
        )
        for log in logs
    ]
    which.write_down(run, items, _counted(run.job.found, logs, held))


def _counted(found: dict[str, Any], logs: Sequence[Log], held: holds.Reasons) -> dict[str, Any]:
    """What the plan tells of the logs that will go, a page richer."""
    going = [log for log in logs if log.id not in held]
    split = {name: Counter(found.get("split", {}).get(name, {})) for name in ("provider", "model", "outcome")}
    for log in going:
        split["provider"][_name(log.provider)] += 1
        split["model"][f"{_name(log.provider)} / {_name(log.model)}"] += 1
        split["outcome"]["unknown" if log.success is None else "succeeded" if log.success else "failed"] += 1
    moments = [log.created_at for log in going]
    moments += [datetime.fromisoformat(found[name]) for name in ("oldest", "newest") if name in found]
    reasons = Counter(found.get("held", {})) + Counter(held.values())
    costs = [log.cost for log in going]
    return found | {
        "split": {name: _fewer(counter) for name, counter in split.items()},
        "held": dict(reasons),
        "cost": found.get("cost", 0.0) + sum(cost for cost in costs if cost is not None),
        "cost_unknown": found.get("cost_unknown", 0) + sum(cost is None for cost in costs),
        **({"oldest": min(moments).isoformat(), "newest": max(moments).isoformat()} if moments else {}),
    }


def _name(text: str) -> str:
    """A provider's or model's name, which strangers may have written, made fit to be kept."""
    return masked_text(text)[:NAME_SHOWN] or "unknown"


def _fewer(counter: Counter[str]) -> dict[str, int]:
    kept = dict(counter.most_common(SPLIT_KINDS))
    rest = counter.total() - sum(kept.values())
    return kept | ({OTHERS: kept.get(OTHERS, 0) + rest} if rest else {})


def _planned(run: Run) -> float | None:
    """The plan is whole: freeze it, and leave it to a person; a retention rule's goes on by the rule's own terms."""
    job = run.job
    count = Item.objects.filter(job=job, state=Item.State.PENDING).count()
    spec = Spec.of(job)
    if not count and spec.rule:
        deciding.nothing(run)
        return None
    if not count:
        held = Item.objects.filter(job=job, state=Item.State.HELD).count()
        why = f"All {held:,} logs that it selects are held." if held else "None of the logs is there any more."
        end(run, Job.State.EXPIRED, f"{why} Nothing was changed.", "warn", problem=why)
        return None
    gone = len(spec.ids) - job.done if spec.ids else 0
    found = job.found | {"count": count, "manifest": manifest(job), "gone_already": gone}
    found.setdefault("matched", job.done)
    if spec.rule:
        return deciding.planned(run, spec, found)
    if spec.query and not spec.log_query().is_bare:
        found["leaves_nothing"] = run.logs.count(LogQuery()) <= found["matched"]
    words = f"Planned: {count:,} logs to go, {job.done - count:,} held."
    facts = {"asked": count, "held": job.done - count}
    hand_over(run, words, found=found, total=count, expires_at=timezone.now() + PLAN_AGE, facts=facts)
    return None


def manifest(job: Job) -> str:
    """The SHA-256 of the ids that will go, in their order, a line each."""
    digest = hashlib.sha256()
    ids = Item.objects.filter(job=job).exclude(state=Item.State.HELD).order_by("position")
    for log_id in ids.values_list("log_id", flat=True).iterator():
        digest.update(f"{log_id}\n".encode())
    return digest.hexdigest()
