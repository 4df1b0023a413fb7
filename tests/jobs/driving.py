"""Deletions driven by hand, without a pause, and what must hold of them at every moment."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from functools import cache
from typing import Any
from unittest.mock import patch

from django.utils import timezone

from gateway_dash import upstream
from gateway_dash.bulk import jobs, runner, which
from gateway_dash.bulk.deletion import archive, batch, probe
from gateway_dash.bulk.deletion.spec import Spec
from gateway_dash.bulk.models import Item, Job, Part, Tombstone
from gateway_dash.gateway.client import GatewayClient, Token
from gateway_dash.gateway.ledger import Ledger
from gateway_dash.gateway.service import Account
from gateway_dash.sandbox import ACCOUNT_ID, TOKENS
from tests.faults import GATEWAY, SIDES, Faults
from tests.people import somebody

WRITE = next(text for text, right in TOKENS.items() if right == "write")
STEPS = 600  # more than any job here needs
GONE = (Item.State.GONE, Item.State.GONE_BEFORE)
OVER = (Job.State.DONE, Job.State.CANCELLED, Job.State.EXPIRED)


def account_over(wire: Faults) -> Account:
    """The account behind the wire. A retry waits for nothing, and there is no end of calls."""
    endless = Ledger(share=10**9)
    client = GatewayClient(upstream.SANDBOX_URL, Token(WRITE), transport=wire, ledger=endless, sleep=lambda _s: None)
    return Account(client, ACCOUNT_ID)


def no_pauses() -> list[AbstractContextManager[Any]]:
    """Looks come at once. There are as many of them as ever."""
    zeros = [(batch, "LOOKS_S"), (probe, "LOOKS_S")]
    return [patch.object(place, name, (0.0,) * len(getattr(place, name))) for place, name in zeros]


def person(name: str = "kim") -> Any:
    """Somebody who may delete."""
    return somebody(name)


def planned(
    ids: Sequence[str] = (), *, query: str = "", level: str = "rows", actor: Any = None, gateway: str = GATEWAY
) -> Job:
    """A plan, read and waiting for its confirmation."""
    spec = Spec(ids=tuple(ids), query=query, level=level, wait_s=0)
    job = jobs.start("delete", gateway, actor or person(), f"{len(ids)} logs", spec.kept(), phase="plan")
    drive(job, lambda: job.state != Job.State.ACTIVE)
    return job


def confirmed(*given: Any, **more: Any) -> Job:
    """A plan that somebody confirmed: from here on it is up to a worker."""
    job = planned(*given, **more)
    assert jobs.confirm(job, job.actor, job.spec, needs_second=False)
    return job


def step(job: Job, owner: str = "one") -> bool:
    """One step now, whatever is waited for."""
    Job.objects.filter(pk=job.pk).update(due_at=timezone.now() - timedelta(seconds=1))
    upstream.account().client.budget.ledger.unblock()
    upstream.account().client.breaker._again_at = 0.0  # ten seconds later
    done = runner.advance(job.pk, owner)
    job.refresh_from_db()
    return done


def drive(job: Job, until: Callable[[], bool] = lambda: False, *, steps: int = STEPS) -> Job:
    """Step by step until it is so, or the job wants a person, or is over."""
    job.refresh_from_db()
    for _ in range(steps):
        if job.state != Job.State.ACTIVE or until():
            return job
        assert step(job)
    raise AssertionError(f"{job.phase} does not end: {list(job.entries.values_list('words', flat=True))[-5:]}")


def lease_runs_out(job: Job) -> None:
    """What happens to a worker that was killed."""
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def words_of(job: Job) -> str:
    """The journal."""
    return "\n".join(job.entries.values_list("words", flat=True))


def states(job: Job) -> dict[str, int]:
    """How many logs are in which state, without the states that none is in."""
    return {name: count for name, count in which.by_state(job).items() if count}


def in_state(job: Job, *wanted: Item.State) -> set[str]:
    """The logs of a job in these states."""
    return set(job.items.filter(state__in=wanted).values_list("log_id", flat=True))


def archived(job: Job) -> dict[str, dict[str, Any]]:
    """What the archive says of each log."""
    parts = Part.objects.filter(job=job).values_list("name", "sha256")
    return {log_id: record for part in parts for log_id, record in _part(*part).items()}


@cache
def _part(name: str, _sha256: str) -> dict[str, dict[str, Any]]:
    return {record["log"]["id"]: record for record in archive.records_of(Part(name=name))}


def as_stored(body: dict[str, Any]) -> bytes | None:
    """A body as the archive keeps it, in bytes again."""
    if "missing" in body:
        return None
    return base64.b64decode(body["base64"]) if "base64" in body else str(body["text"]).encode()


# --- what must hold ---------------------------------------------------------------------------------------------------


def check(wire: Faults, *all_jobs: Job, ignoring: bool = False) -> None:
    """All of it. `ignoring`: the upstream took logs that no DELETE named, which it may do only with a copy."""
    there = set(wire.store.ids())
    gone = set(wire.truth) - there
    selected = {each for job in all_jobs for each in in_state(job, *(set(Item.State) - {Item.State.HELD}))}
    ours = gone - wire.others
    assert not wire.offences
    for named in wire.named:
        assert set(named) <= selected or (len(named) == 1 and named[0] not in wire.truth), "named, and not planned"
    assert ours <= selected | wire.unnamed, "lost"
    assert ignoring or wire.unnamed <= selected, "lost: the DELETE took what it did not name"
    copies = {each: record for job in all_jobs for each, record in archived(job).items()}
    needs_no_copy = {each for job in all_jobs if Spec.of(job).level == "none" for each in in_state(job, *Item.State)}
    check_copies(wire, ours - needs_no_copy, copies, {Spec.of(job).level for job in all_jobs})
    for job in all_jobs:
        _check_words(wire, job, there)


def check_copies(
    wire: Faults, ids: Iterable[str], copies: dict[str, dict[str, Any]], levels: Collection[str] = ()
) -> None:
    """Each of these logs is in the archive as it was, row and (where they were asked for) bodies."""
    for each in ids:
        assert each in copies, "gone, and not archived"
        assert copies[each]["log"] == wire.truth[each]["log"], "archived otherwise than it was"
        if set(levels) == {"bodies"}:
            for side in SIDES:
                assert as_stored(copies[each][side]) == wire.truth[each][side]


def _check_words(wire: Faults, job: Job, there: set[str]) -> None:
    """Nothing that is written down is false."""
    job.refresh_from_db()
    assert not in_state(job, *GONE) & there, "called gone, and there"
    stones = Tombstone.objects.filter(plan=job.key)
    assert not set(stones.exclude(deleted_at=None).values_list("log_id", flat=True)) & there, "a stone without a death"
    by_us = in_state(job, Item.State.GONE)
    assert by_us <= set(stones.exclude(deleted_at=None).values_list("log_id", flat=True)), "gone, and nothing said so"
    under_way = in_state(job, Item.State.SENDING)
    if job.state == Job.State.ACTIVE and job.phase == "delete":
        assert set(job.cursor.get("ids", ())) == under_way, "sent, and nobody looks after it"
    if receipt := job.found.get("receipt"):
        _check_receipt(job, receipt, there | wire.others | wire.took_late | wire.listed_on)


def _check_receipt(job: Job, receipt: dict[str, Any], there: set[str]) -> None:
    """`there`: for whoever read the lists then. What went by others or late may have gone since, or be listed on."""
    counts = states(job)
    assert job.state in OVER
    assert "sending" not in counts, "over, and not looked after"
    parts = ("gone", "gone_before", "left", "untried")
    assert receipt["asked"] == sum(receipt[name] for name in parts) == sum(counts.values()) - counts.get("held", 0)
    assert in_state(job, Item.State.LEFT, Item.State.PENDING, Item.State.ARCHIVED) <= there, "called there, and gone"
    told = re.findall(r"([\d,]+) gone by this deletion, ([\d,]+) still there", words_of(job))
    assert told == [(f"{receipt['gone']:,}", f"{receipt['left']:,}")]
