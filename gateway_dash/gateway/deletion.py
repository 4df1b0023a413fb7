"""Deleting what was shown: a frozen selection of ids, small checked batches, and belief in nothing but re-reads."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import batched

from gateway_dash.gateway import period
from gateway_dash.gateway.client import DELETE_AT_ONCE
from gateway_dash.gateway.errors import FilterNotApplied, GatewayError, Refusal
from gateway_dash.gateway.models import Log
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.service import LogService

MOST_AT_ONCE = 500
TYPED_ABOVE = 20
SAMPLE = 5
BLAST_ZONE = 2  # the oldest logs: what an ignored filter would hit first
PAUSES_S = (0.5, 1.0, 2.0, 4.0)


@dataclass(frozen=True, slots=True)
class Selection:
    """The logs that a deletion is about: ids that were shown, never a query, never none."""

    ids: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.ids:
            raise ValueError("A selection needs at least one log.")
        if len(set(self.ids)) != len(self.ids):
            raise ValueError("A selection names each log once.")


@dataclass(frozen=True, slots=True)
class Preview:
    """What a deletion would take, read from the upstream just now."""

    selection: Selection
    oldest: tuple[Log, ...]  # up to five, the oldest first
    newest: tuple[Log, ...]  # up to five of the others, the newest first
    gone_already: int = 0  # ticked, and no longer there
    leaves_nothing: bool = False  # the filter matches as many logs as the gateway has

    @property
    def count(self) -> int:
        """How many logs will go."""
        return len(self.selection.ids)

    @property
    def phrase(self) -> str:
        """What has to be typed to confirm; empty when a click is enough."""
        return f"delete {self.count}" if self.count > TYPED_ABOVE or self.leaves_nothing else ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of each log of a selection. Only "gone on re-read" counts as gone."""

    asked: tuple[str, ...]
    gone: tuple[str, ...] = ()
    gone_before: tuple[str, ...] = ()
    still_there: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()  # not tried, or not readable since
    sent: tuple[str, ...] = field(default=(), compare=False)  # those that a deletion which was sent names
    problem: GatewayError | None = field(default=None, compare=False)

    @property
    def is_clean(self) -> bool:
        """Whether every log is known to be gone."""
        return not (self.still_there or self.unknown or self.problem)


def preview_ids(logs: LogService, ids: Sequence[str]) -> Preview:
    """The ticked logs as they are now; raises Refusal when none is left or when they are too many."""
    wanted = list(dict.fromkeys(ids))
    _refuse_too_many(len(wanted), exact=True, verb="are selected")
    found = [log for batch in batched(wanted, DELETE_AT_ONCE) for log in logs.find(batch)]
    if not found:
        raise Refusal("None of the chosen logs is there any more. Nothing was changed.")
    return _preview(found, gone_already=len(wanted) - len(found))


def preview_all(logs: LogService, query: LogQuery) -> Preview:
    """Every log that matched when the list was shown, read page by page and checked row by row; newer ones stay."""
    moment = min(query.as_of or query.ends or query.read_at, query.read_at)
    pinned = replace(query.pinned(period.milliseconds(moment)), per_page=50, sort="created_at")
    found: dict[str, Log] = {}
    page = logs.page(pinned)
    _refuse_too_many(page.total, exact=page.is_exact)
    total = page.total
    while True:
        if page.misfits:
            raise FilterNotApplied(
                f"{page.misfits} of the logs that came back do not fit the filter. Nothing can be deleted with it."
            )
        found |= {log.id: log for log in page.logs}
        if page.query.page >= page.pages:
            break
        page = logs.page(pinned.pinned(pinned.as_of, page.query.page + 1))
    _refuse_too_many(len(found), exact=True)
    if not found:
        raise Refusal("No log matches any more. Nothing was changed.")
    preview = _preview(list(found.values()))
    return replace(preview, leaves_nothing=not query.is_bare and logs.count(LogQuery()) <= total)


def _preview(found: Iterable[Log], gone_already: int = 0) -> Preview:
    ordered = sorted(found, key=lambda log: (log.created_at, log.id))
    if any(not log.id for log in ordered):
        raise Refusal("One of the logs came without an id. Nothing can be deleted.")
    oldest = ordered[:SAMPLE]
    newest = ordered[SAMPLE:][-SAMPLE:][::-1]
    return Preview(Selection(tuple(log.id for log in ordered)), tuple(oldest), tuple(newest), gone_already)


def _refuse_too_many(count: int, *, exact: bool, verb: str = "match") -> None:
    if count > MOST_AT_ONCE:
        raise Refusal(
            f"{'' if exact else 'Up to '}{count:,} logs {verb}, and at most {MOST_AT_ONCE} can be deleted at once: "
            "each batch is checked before and after, while you wait. Narrow the filter or the range. Nothing was "
            "deleted."
        )


def delete(logs: LogService, selection: Selection, *, sleep: Callable[[float], None] = time.sleep) -> Outcome:
    """Delete what was shown, 50 at a time. The API reports no count, so believe only what is read again."""
    _probe(logs)
    outcome = Outcome(asked=selection.ids)
    for batch in batched(selection.ids, DELETE_AT_ONCE):
        outcome = _delete_batch(logs, batch, outcome)
        for pause_s in PAUSES_S:
            if not outcome.still_there:
                break
            sleep(pause_s)
            outcome = check(logs, outcome)
        if outcome.problem or outcome.still_there:
            break  # a batch that nobody saw go may have taken other logs: it stays the only one
    known = {*outcome.gone, *outcome.gone_before, *outcome.still_there}
    return replace(outcome, unknown=tuple(each for each in selection.ids if each not in known))


def check(logs: LogService, outcome: Outcome) -> Outcome:
    """Read again what was still there, or unknown. Sends no deletion."""
    try:
        waiting = (*outcome.still_there, *outcome.unknown)
        there = {log.id for batch in batched(waiting, DELETE_AT_ONCE) for log in logs.find(batch)}
    except GatewayError as error:
        return replace(outcome, problem=error)
    gone = tuple(each for each in waiting if each not in there)
    left = tuple(each for each in waiting if each in there)
    # A failure on the way is no problem any more once a re-read finds every log gone.
    problem = outcome.problem if left else None
    return replace(outcome, gone=(*outcome.gone, *gone), still_there=left, unknown=(), problem=problem)


def _delete_batch(logs: LogService, batch: tuple[str, ...], outcome: Outcome) -> Outcome:
    """Reconcile, delete once, read again. Whatever the answer to the deletion was, the re-read decides."""
    problem: GatewayError | None = None
    try:
        present = logs.find(batch)
        ids = {log.id for log in present}
        outcome = replace(outcome, gone_before=(*outcome.gone_before, *(each for each in batch if each not in ids)))
        if not present:
            return outcome
    except GatewayError as error:
        return replace(outcome, problem=error)
    outcome = replace(outcome, sent=(*outcome.sent, *(log.id for log in present)))
    try:
        logs.delete_found(present)
    except GatewayError as error:
        problem = error  # it may have happened all the same
    try:
        left = {log.id for log in logs.find([log.id for log in present])}
    except GatewayError as error:
        return replace(outcome, problem=problem or error)
    return replace(
        outcome,
        gone=(*outcome.gone, *(log.id for log in present if log.id not in left)),
        still_there=(*outcome.still_there, *(log.id for log in present if log.id in left)),
        problem=problem if left else None,
    )


def _probe(logs: LogService) -> None:
    """Delete an id that no log has, and see that nothing went. Costs four calls, saves 10,000 logs."""
    oldest = logs.page(LogQuery(sort="created_at", per_page=20)).logs[:BLAST_ZONE]
    if not oldest:
        return
    no_log_id = str(uuid.uuid4())
    logs.find([no_log_id])  # where already reading ignores filters, not even the probe may be sent
    try:
        logs.delete_nothing(no_log_id)
    except GatewayError as error:
        error.hint = f"This was the probe before the deletion: no log was asked to be deleted yet. {error.hint}".strip()
        raise
    zone = [log.id for log in oldest]
    if len(logs.find(zone)) != len(zone):
        raise FilterNotApplied(
            "Before a deletion, one of an id that no log has is sent. After it the oldest log of this gateway was "
            "gone, so the upstream may ignore filters. Nothing more was sent. Look at the list before you try again."
        )
