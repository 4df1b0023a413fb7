"""The next logs of an export, each checked as the list checks it: one that the filter excludes stops everything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gateway_dash.bulk.exporting.place import Way
from gateway_dash.bulk.exporting.spec import PAGE, Spec
from gateway_dash.bulk.work import Run
from gateway_dash.gateway import period
from gateway_dash.gateway.errors import FilterNotApplied
from gateway_dash.gateway.filters import Fit
from gateway_dash.gateway.models import Log
from gateway_dash.gateway.query import LogQuery

GONE = "not there any more"
NEAR = "the API cannot say this filter exactly, and the log does not fit it"
UNREADABLE = "the row has no id or no time that can be read"


@dataclass(frozen=True, slots=True)
class Step:
    """One log that was looked at, and the way behind it. `reason`: why it is not to be written."""

    log: Log | None
    behind: Way
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """What one call gave."""

    steps: tuple[Step, ...]
    after: Way  # once all of them are taken
    is_last: bool


def look(run: Run, spec: Spec, way: Way) -> Look:
    """One call; raises FilterNotApplied, and whatever the upstream does."""
    return _ticked(run, spec, way) if spec.ids else _matching(run, spec.log_query(), way)


def _ticked(run: Run, spec: Spec, way: Way) -> Look:
    ids = spec.ids[way.at : way.at + PAGE]
    found = {log.id: log for log in run.logs.find(ids)} if ids else {}
    steps = []
    for each in ids:
        way = way.past_id()
        steps.append(Step(found[each], way) if each in found else Step(None, way, GONE))
    return Look(tuple(steps), way, way.at >= len(spec.ids))


def _matching(run: Run, whole: LogQuery, begun: Way) -> Look:
    query = begun.query(whole)
    rows, total = run.logs.unchecked(query)
    if begun.page > 1 and total < begun.total:  # some of this second went: what followed them moved to a page before
        return Look((), replace(begun, page=1, total=0), is_last=False)
    _check(query, rows)
    steps, way = [], begun
    for log in rows:
        if step := _step(query, way, log):
            steps.append(step)
            way = step.behind
    if way.second == begun.second:  # a second of more than a page
        way = replace(way, page=begun.page + 1, total=total)
    return Look(tuple(steps), way, not rows or begun.page * PAGE >= total)


def _step(query: LogQuery, way: Way, log: Log) -> Step | None:
    """What becomes of a row; None where it was seen before."""
    if not _is_readable(log):
        return None if log.id in way.odd else Step(None, way.past_odd(log.id), UNREADABLE)
    if way.has(log):
        return None
    return Step(log, way.past(log)) if query.fit(log) is Fit.YES else Step(None, way.past(log), NEAR)


def _check(query: LogQuery, rows: Sequence[Log]) -> None:
    """The upstream did what it was asked: these filters, this order."""
    readable = [log for log in rows if _is_readable(log)]
    misfits = sum(query.fit(log) is Fit.NO for log in readable)
    if misfits:
        raise FilterNotApplied(
            f"{misfits} of the logs that came back do not fit the filter. What was exported so far cannot be trusted."
        )
    seconds = [period.whole(log.created_at) for log in readable]
    if seconds != sorted(seconds):
        raise FilterNotApplied("The logs did not come in the order of time, so some could be missed.")


def _is_readable(log: Log) -> bool:
    return bool(log.id) and not (log.problem and log.created_at.year == 1970)
