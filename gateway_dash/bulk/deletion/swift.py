"""The swift way: by filter and limit, up to a thousand at once. Only for logs that are planned, counted and copied.

The filter that is sent is the plan's own, cut to whole seconds so that it can never take in a log beside the plan, with
the held ones named as not meant. Before each call the upstream has to count exactly the planned logs that are left;
after it the count, and that of all older logs, must have fallen by what was sent, and the oldest other logs must be
there. Whatever does not fit ends the swift way, and what is left goes by ids. No call is sent twice.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import batched
from typing import Any

from django.db.models import F
from django.utils import timezone

from gateway_dash.bulk import gates, holds
from gateway_dash.bulk.deletion import archive, batch, zone
from gateway_dash.bulk.deletion.spec import Spec
from gateway_dash.bulk.models import Item, Job
from gateway_dash.bulk.tombstones import sent_for, unsent
from gateway_dash.bulk.work import Run
from gateway_dash.gateway import period
from gateway_dash.gateway.errors import FilterNotApplied, GatewayError
from gateway_dash.gateway.models import Log
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.service import FIND_AT_ONCE

SIZES = (50, 500, 1000)  # a small one first
LEAST = 500  # logs: below that it saves nothing
MOST_HELD = FIND_AT_ONCE  # that a filter can name as not meant
AT_ONCE = 500  # rows of one statement


def why_not(job: Job) -> str:
    """Why this plan cannot go the swift way; empty where it can."""
    spec, found = Spec.of(job), job.found
    if spec.ids:
        return "the logs were ticked one by one"
    query = spec.log_query()
    if query.search or any(each.is_pair for each in query.filters):
        return "a deletion of the API cannot say this filter"
    if int(found["count"]) < LEAST:
        return f"below {LEAST} logs it saves nothing"
    if sum(found.get("held", {}).values()) > MOST_HELD:
        return f"more than {MOST_HELD} logs are held"
    if swift_query(query) is None:
        return "the range is too short"
    return ""


def swift_query(query: LogQuery) -> LogQuery | None:
    """The filter with whole seconds that lie within the plan's own range, however the upstream reads a bound."""
    if query.end is None:
        return None
    end = period.whole(query.end) - period.SECOND
    begins = query.begins
    start = begins if begins is None or begins == period.whole(begins) else period.next_whole(begins)
    return None if start and start >= end else replace(query, start=start, end=end, since="", as_of=None, page=1)


def is_within(query: LogQuery, moment: datetime) -> bool:
    """Whether a log of this moment is surely one that the cut filter means."""
    cut = swift_query(query)
    if cut is None or cut.end is None:
        return False
    return (cut.start is None or moment >= cut.start) and moment < cut.end


def is_under_way(run: Run) -> bool:
    """Whether something was sent, or was about to be, that nobody has looked after yet."""
    return "sent" in run.job.cursor


def step(run: Run) -> float:
    """One call, or one look after it; returns for how many seconds to wait."""
    return _look(run) if is_under_way(run) else _send(run)


def _send(run: Run) -> float:
    query = swift_query(Spec.of(run.job).log_query())
    ready = Item.objects.filter(job=run.job, state=Item.State.ARCHIVED, rounds=0, is_edge=False)
    number = int(run.job.found.get("batches", 0))
    size = min(SIZES[min(number, len(SIZES) - 1)], ready.count())
    if query is None or not size:
        return by_ids(run, "")
    held = _held(run)
    if held is None:
        return by_ids(run, "Somebody holds one of the logs since the plan was made.")
    counted, older = _counts(run, query, held)
    if counted != ready.count():
        return by_ids(run, f"The upstream counts {counted:,} logs where {ready.count():,} of the plan are left.")
    others = _oldest_others(run, size)
    items = list(ready.order_by("position")[:size])
    cursor = {"sent": size, "counted": counted, "older": older, "zone": others[:FIND_AT_ONCE], "looks": 0}
    cursor |= {"sent_at": timezone.now().isoformat(), "held": list(held)}
    with run.write(cursor=cursor, found=run.job.found | {"batches": number + 1}):
        for some in batched(items, AT_ONCE):
            mine = Item.objects.filter(pk__in=[each.pk for each in some])
            mine.update(state=Item.State.SENDING, rounds=F("rounds") + 1)
            sent_for(run.job, [each.log_id for each in some])
        run.note(f"Call {number + 1}: {size:,} logs will be asked to be deleted by the filter.", asked=size)
    return _delete(run, query, held, size)


def _delete(run: Run, query: LogQuery, held: tuple[str, ...], size: int) -> float:
    """Sent once. The answer is noted, and not believed."""
    if run.wants_to_end():
        _back(run, "Not sent: it was asked to stop.", never_sent=True)
        return 0.0
    try:
        run.logs.delete_oldest(query, held, size)
    except GatewayError as error:
        run.save(f"{error.title}. Whether it was done, a look will tell.", "warn")
        if not error.passes:
            raise
        return 0.0
    accepted = int(run.job.found.get("accepted", 0)) + size
    run.save("Accepted.", found=run.job.found | {"accepted": accepted}, facts={"accepted": size})
    return 0.0


def _look(run: Run) -> float:
    """Count again. The totals, and not the answer, say what was done."""
    cursor: dict[str, Any] = run.job.cursor
    query, size = swift_query(Spec.of(run.job).log_query()), int(cursor["sent"])
    if query is None:
        return by_ids(run, "The filter is not known any more.")
    counted, older = _counts(run, query, tuple(cursor["held"]))
    fell, fell_in_all = int(cursor["counted"]) - counted, int(cursor["older"]) - older
    lost = _lost(run, cursor["zone"])
    if lost and fell < size and fell_in_all >= size:
        with run.write():
            gates.close(run.job.gateway, f"job {run.job.key}", batch.WHY)
        raise FilterNotApplied(batch.WHY, hint=f"{len(lost)} such logs; the archive has a copy. Deletion is locked.")
    if fell == size and not lost:
        run.save(f"{counted:,} are left: {size:,} fewer, and no other.", "ok", cursor={}, done=run.job.done + size,
                 facts={"gone": size, "left": counted})  # fmt: skip
        return 0.0
    looks, sent_at = int(cursor["looks"]), datetime.fromisoformat(cursor["sent_at"])
    waits = timezone.now() - sent_at < timedelta(seconds=2 * sum(batch.LOOKS_S) + 60)
    if not lost and looks < len(batch.LOOKS_S) and waits:
        run.save(cursor=cursor | {"looks": looks + 1})
        return batch.LOOKS_S[looks]
    _back(run, f"{fell:,} fewer where {size:,} were asked, and {len(lost)} others went meanwhile.")
    return by_ids(run, "The counts do not say what was done.", phase="probe" if lost else "delete")


def by_ids(run: Run, why: str, *, phase: str = "delete") -> float:
    """The end of the swift way: what is left goes by its ids, which are read first."""
    words = f"{why} The rest goes by ids.".strip() if why else "What is left goes by ids."
    run.save(words, "warn" if why else "info", phase=phase, cursor={}, found=run.job.found | {"by_ids": words})
    return 0.0


def _back(run: Run, words: str, *, never_sent: bool = False) -> None:
    """The logs of a call of which it is not known what it did wait, and are looked for one by one."""
    mine = Item.objects.filter(job=run.job, state=Item.State.SENDING)
    with run.write(cursor={}):
        if never_sent:
            for some in batched(mine.values_list("log_id", flat=True), AT_ONCE):
                unsent(run.job, some)
        mine.update(state=Item.State.ARCHIVED, rounds=F("rounds") - int(never_sent))
        run.note(words, "warn")


def _held(run: Run) -> tuple[str, ...] | None:
    """The ids that the filter names as not meant; None where one of the others is held by now."""
    job = run.job
    known = tuple(Item.objects.filter(job=job, state=Item.State.HELD).values_list("log_id", flat=True))
    ready = Item.objects.filter(job=job, state=Item.State.ARCHIVED).values_list("log_id", flat=True)
    if any(holds.held(job.account, job.gateway, some) for some in batched(ready, AT_ONCE)):
        return None
    return known if len(known) <= MOST_HELD else None


def _counts(run: Run, query: LogQuery, held: tuple[str, ...]) -> tuple[int, int]:
    """How many logs the filter means, and how many there are up to its end: two calls."""
    everything = LogQuery(end=query.end)
    return run.logs.count(query, without_ids=held), run.logs.count(everything)


def _oldest_others(run: Run, size: int) -> list[str]:
    """The logs beside the plan that an ignored filter would take: each row is copied, and must be there afterwards."""
    others: list[Log] = []
    for page in range(1, -(-size // FIND_AT_ONCE) + 1):
        rows, _total = run.logs.unchecked(LogQuery(sort="created_at", per_page=FIND_AT_ONCE, page=page))
        others += rows
        if len(rows) < FIND_AT_ONCE:
            break
    archive.copy_zone(run, others[:size], rows_only=True)
    return zone.strangers(run.job, _beside_the_plan(run.job, [log.id for log in others[:size]]))


def _beside_the_plan(job: Job, ids: list[str]) -> list[str]:
    planned: set[str] = set()
    for some in batched(ids, AT_ONCE):
        mine = Item.objects.filter(job=job, log_id__in=some).exclude(state=Item.State.HELD)
        planned |= set(mine.values_list("log_id", flat=True))
    return [each for each in ids if each not in planned]


def _lost(run: Run, before: list[str]) -> list[str]:
    """Those that are not there any more; one call."""
    there = {log.id for log in run.logs.find(before)} if before else set()
    return zone.strangers(run.job, [each for each in before if each not in there])
