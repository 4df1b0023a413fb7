"""Looking at candidates: whose request is the same, and what answer it got. At most a dozen calls at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gateway_dash.gateway import calls
from gateway_dash.gateway.errors import GatewayError, NotFound
from gateway_dash.gateway.models import Log
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.service import LogService
from gateway_dash.logs.around import apart as time_apart
from gateway_dash.logs.bodies import why_missing
from gateway_dash.logs.cells import Status, cell, status_of
from gateway_dash.logs.compare import compare_url
from gateway_dash.logs.compare_bodies import Half, half_of, needs_call
from gateway_dash.logs.ids import log_id_is_plain
from gateway_dash.logs.screen import Screen
from gateway_dash.logs.twin_answers import Answers, answers_of
from gateway_dash.payload.canonical import Canonical, apart, canonical
from gateway_dash.web import formats

MOST_CALLS = 12  # for candidates; the last one may need two more
LEAST_S = 2.0  # with less time left no further candidate is begun


@dataclass(frozen=True, slots=True)
class Twin:
    """A log with the same request."""

    log: Log
    who: str  # marked
    status: Status
    when: str  # "+1.20 s"
    same: str  # in which way the requests are the same
    facts: tuple[str, ...]  # what of the row differs, in words
    answers: Answers
    url: str
    url_compare: str


@dataclass(frozen=True, slots=True)
class Search:
    """What came of looking."""

    twins: tuple[Twin, ...] = ()
    looked: int = 0
    unread: int = 0  # of these, how many have no request that could be compared
    reason: str = ""  # why there was nothing to look with
    problem: GatewayError | None = None  # what ended it early


class _Unreadable(Exception):
    """A request that is not there as a whole; its text says why."""


def search(logs: LogService, log: Log, candidates: Sequence[Log], screen: Screen, query: LogQuery) -> Search:
    """The twins among the candidates, in their order; stops at the bound on calls, in time, or at a failure."""
    try:
        ours = _request_of(logs, log)
    except _Unreadable as error:
        return Search(reason=str(error))
    via_detail = not needs_call(log, "request")  # a request that fits into its head is most likely to do so again
    spent_before = len(calls.current().calls)
    half: Half | None = None
    twins: list[Twin] = []
    looked = unread = 0
    for candidate in candidates:
        if len(calls.current().calls) - spent_before >= MOST_CALLS or calls.current().left_s() < LEAST_S:
            break
        try:
            read = logs.log(candidate.id) if via_detail and log_id_is_plain(candidate.id) else candidate
            theirs = _request_of(logs, read)
            if theirs.digest == ours.digest:
                half = half or half_of(logs, log, "response", "A")
                answers = answers_of(log, half, read, half_of(logs, read, "response", "B"))
                twins.append(_twin(log, read, apart(ours, theirs), answers, screen=screen, query=query))
        except (_Unreadable, NotFound):
            unread += 1
        except GatewayError as error:
            return Search(tuple(twins), looked, unread, problem=error)
        looked += 1
    return Search(tuple(twins), looked, unread)


def _request_of(logs: LogService, log: Log) -> Canonical:
    """The form of the log's request: from the log itself if it is all there; raises _Unreadable."""
    head = log.request_head
    if head is not None and log.request_head_complete and "\ufffd" not in head:
        return canonical(head.encode("utf-8", "surrogatepass"))
    if not log_id_is_plain(log.id):
        raise _Unreadable("The id of this log is none that can be asked for.")
    try:
        body = logs.bodies.kept(log.id, "request")
    except NotFound:
        raise _Unreadable(why_missing(log, "request")[0]) from None
    if not body.whole:
        raise _Unreadable("The request is over 16 MB or was cut on its way, so it cannot be compared as a whole.")
    return canonical(body.data)


def _twin(log: Log, twin: Log, same: str, answers: Answers, *, screen: Screen, query: LogQuery) -> Twin:
    return Twin(
        log=twin,
        who=f"{cell(twin.provider) or 'unknown'} {cell(twin.model) or 'unknown'}",
        status=status_of(twin),
        when=time_apart(log, twin),
        same=same,
        facts=tuple(_facts(log, twin)),
        answers=answers,
        url=screen.log_url(query, twin.id),
        url_compare=compare_url(screen.alone, (log.id, twin.id), query),
    )


def _facts(log: Log, twin: Log) -> list[str]:
    """Status, time, cost and cache: "status 529, this log 200". What is equal is said as one word."""
    rows = [
        ("status", status_of(twin).label, status_of(log).label),
        ("duration", formats.duration(twin.duration_ms), formats.duration(log.duration_ms)),
        ("cost", formats.money(twin.cost), formats.money(log.cost)),
        ("cache", *({True: "hit", False: "miss", None: formats.UNKNOWN}[each.cached] for each in (twin, log))),
    ]
    return [f"{name} {theirs}" + (f" (this log {ours})" if theirs != ours else " too") for name, theirs, ours in rows]
