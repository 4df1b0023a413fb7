"""Read which logs a job means: of a query or of ids, page by page, each checked, and written down as items."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import batched
from typing import Any

from django.db.models import Count

from gateway_dash import upstream
from gateway_dash.bulk.models import Item, Job
from gateway_dash.bulk.work import Run
from gateway_dash.gateway.errors import FilterNotApplied, Refusal
from gateway_dash.gateway.filters import Fit
from gateway_dash.gateway.models import Log
from gateway_dash.gateway.query import LogQuery
from gateway_dash.logs.ids import log_id_is_plain

PAGE = 50


def next_logs(run: Run, query: LogQuery, ids: Sequence[str], *, verb: str) -> tuple[list[Log], bool]:
    """The next logs of the ids, or else of the query, which are not items yet; and whether they are the last.

    `verb` is what does not happen to them where this raises FilterNotApplied or Refusal: "deleted".
    """
    at = int(run.job.cursor.get("page", 0))
    if ids:
        batches = list(batched(ids, PAGE))
        if at >= len(batches):  # a worker died between the last page and the end of the plan
            return [], True
        return _new(run.job, run.logs.find(batches[at]), verb), at + 1 >= len(batches)
    rows, total = run.logs.unchecked(query.change(page=at + 1))
    fitted = fitting(query, rows, f"Nothing can be {verb} with it.")
    if total > upstream.deletion_logs():
        raise Refusal(
            f"{total:,} logs match, and one plan holds at most {upstream.deletion_logs():,}. Narrow the filter or the "
            f"range, or have the operator raise GATEWAY_DASH_DELETION_LOGS. Nothing was {verb}."
        )
    run.job.found["matched"] = total
    return _new(run.job, fitted, verb), (at + 1) * PAGE >= total


def by_state(job: Job) -> Counter[str]:
    """How many of its items are in which state."""
    return Counter(dict(Item.objects.filter(job=job).order_by().values_list("state").annotate(Count("pk"))))


def fitting(query: LogQuery, rows: Sequence[Log], otherwise: str) -> list[Log]:
    """Those of the rows that surely fit. Raises FilterNotApplied for one that cannot, and says what is not done."""
    fits = [query.fit(log) for log in rows]
    if Fit.NO in fits:
        misfits = fits.count(Fit.NO)
        raise FilterNotApplied(f"{misfits} of the logs that came back do not fit the filter. {otherwise}")
    return [log for log, fit in zip(rows, fits, strict=True) if fit is Fit.YES]


def check_ids(logs: Sequence[Log], otherwise: str) -> None:
    """Raises Refusal for an id that could not stand in an address."""
    if any(not log_id_is_plain(log.id) for log in logs):
        raise Refusal(f"One of the logs came with an id that no log can have. {otherwise}")


def write_down(run: Run, items: Iterable[Item], found: dict[str, Any]) -> None:
    """The items of one page, in their order behind those of the pages before, and what the plan tells of them."""
    job, new = run.job, list(items)
    for number, item in enumerate(new):
        item.job, item.position = job, job.done + number
    page = int(job.cursor.get("page", 0)) + 1
    with run.write(found=found, cursor={"page": page}, done=job.done + len(new), total=found.get("matched")):
        Item.objects.bulk_create(new)


def _new(job: Job, logs: Sequence[Log], verb: str) -> list[Log]:
    """Each log once, and none that an earlier page brought."""
    check_ids(logs, f"Nothing can be {verb}.")
    here = set(Item.objects.filter(job=job, log_id__in=[log.id for log in logs]).values_list("log_id", flat=True))
    return [log for log in {log.id: log for log in logs}.values() if log.id not in here]
