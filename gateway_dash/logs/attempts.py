"""The attempts of one call as a ladder: which targets were tried, what each came to, and which of them this log is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from gateway_dash import upstream
from gateway_dash.gateway.attempts import MOST, Attempts, Sum, attempts, event_query, is_check, may_have_others
from gateway_dash.gateway.errors import GatewayError
from gateway_dash.gateway.models import Log
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.sentence import words
from gateway_dash.gateway.service import LogService
from gateway_dash.logs import fresh
from gateway_dash.logs.cells import Status, cell, status_of
from gateway_dash.logs.ids import log_id_is_plain
from gateway_dash.logs.screen import Screen
from gateway_dash.logs.several import read_origin
from gateway_dash.web import formats, zone
from gateway_dash.web.render import push_url, render_part
from gateway_dash.web.text import marked

ORDINALS = ("First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth", "Tenth")
NO_EVENT = "This log says no event id that can be asked for, so its other attempts cannot be found."


@dataclass(frozen=True, slots=True)
class Rung:
    """One log of the ladder. Its texts are marked."""

    who: str  # provider and model
    status: Status
    facts: str  # "step 0, 1,204 ms, $0"
    url: str  # of its page; empty for this log, and for an id that no address can name
    is_this: bool
    is_check: bool
    moment: Any  # at which the call ended


@dataclass(frozen=True, slots=True)
class Ladder:
    """The card of attempts. Without `rungs`, `problem` and `reason` it waits to be asked for."""

    url: str  # this card by its own request
    rungs: tuple[Rung, ...] = ()
    words: str = ""  # "Second attempt: step 0 failed with 529 at anthropic"
    totals: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    how: str = ""
    url_list: str = ""
    reason: str = ""  # why there is nothing to ask
    problem: GatewayError | None = None

    @property
    def waits(self) -> bool:
        """Whether nobody has asked yet."""
        return not (self.rungs or self.reason or self.problem)


@require_safe
def log_attempts(request: HttpRequest, gateway: str, log_id: str) -> HttpResponse:
    """All logs of the call that this log belongs to: two calls, one for the log and one for those of its event."""
    screen, query = read_origin(request, gateway)
    logs = upstream.logs(gateway)
    log = fresh.log_of(logs, log_id)
    ladder = ladder_of(logs, log, screen, query)
    context = {
        "title": ladder.words or f"Attempts of the call of {cell(log.model) or 'an unknown model'}",
        "section": "logs",
        "log": log,
        "ladder": ladder,
        "url_log": screen.log_url(query, log.id),
        "back": screen.list_url(query),
        "back_words": marked(words(query, zone=zone.current())),
    }
    return push_url(render_part(request, "logs/attempts.html#attempts", context), None)


def ladder_waiting(screen: Screen, log: Log, query: LogQuery) -> Ladder | None:
    """The card as the page of the log has it before anything was asked; None where there can be no other attempt."""
    if not may_have_others(log):
        return None
    ladder = Ladder(screen.log_url(query, log.id, "attempts/"))
    return ladder if event_query(log) else _without_event(ladder, log)


def ladder_of(logs: LogService, log: Log, screen: Screen, query: LogQuery) -> Ladder:
    """The card with what was found: one call. A list that cannot be read is a word on it, never an error."""
    ladder = Ladder(screen.log_url(query, log.id, "attempts/"))
    asked = event_query(log)
    if asked is None:
        return _without_event(ladder, log)
    try:
        found = attempts(logs, log, asked)
    except GatewayError as error:
        return Ladder(ladder.url, problem=error)
    return Ladder(
        ladder.url,
        rungs=tuple(_rung(each, found.log, screen, query) for each in found.logs),
        words=attempt_words(found),
        totals=_totals(found),
        notes=tuple(_notes(found)),
        how="" if found.is_cut or found.is_missing else "exact, same event id",
        url_list=screen.alone.list_url(asked.change(sort="-created_at")),
    )


def attempt_words(found: Attempts) -> str:
    """What there is to know of this log among the others, in one sentence; nothing when it stands alone."""
    log = found.log
    others = [each for each in found.logs if each.id != log.id]
    if not others:
        return ""
    if is_check(log):
        return f"A guardrail’s check, one of {len(found.logs)} logs of one call"
    failed = [each for each in found.tries if (each.step or 0) < (log.step or 0)]
    if failed:
        which = f"{ORDINALS[len(failed)]} attempt" if len(failed) < len(ORDINALS) else f"Attempt {len(failed) + 1}"
        return f"{which}: {_outcome(failed[-1])}"
    later = [each for each in found.tries if (each.step or 0) > (log.step or 0)]
    return f"First attempt of {len(later) + 1}: {_outcome(later[-1])}" if later else _checked(found)


def _outcome(log: Log) -> str:
    status = status_of(log)
    verb = {"2": "answered", "": "ended with"}.get(status.level, "failed with")
    step = "an unknown step" if log.step is None else f"step {log.step}"
    return f"{step} {verb} {status.label} at {cell(log.provider) or 'an unknown provider'}"


def _checked(found: Attempts) -> str:
    """What the guardrails and other logs of the same step say, where there was one attempt."""
    if found.checks:
        count = len(found.checks)
        return f"Checked by {count} guardrail call{'' if count == 1 else 's'}"
    return f"One of {len(found.logs)} logs with this event id"


def _without_event(ladder: Ladder, log: Log) -> Ladder:
    step = f" It was attempt {log.step + 1} of its call." if log.step else ""
    return Ladder(ladder.url, reason=NO_EVENT + step)


def _rung(log: Log, this: Log, screen: Screen, query: LogQuery) -> Rung:
    is_this = log.id == this.id
    names = [cell(log.provider) or "unknown", cell(log.model) or "unknown"]
    step = "step unknown" if log.step is None else f"step {log.step}"
    facts = [step, "this log"] if is_this else [step]
    facts += ["guardrail check"] if is_check(log) else []
    facts += [formats.duration(log.duration_ms) if log.duration_ms is not None else "duration unknown"]
    facts += [formats.money(log.cost) if log.cost is not None else "cost unknown"]
    url = "" if is_this or not log_id_is_plain(log.id) else screen.log_url(query, log.id)
    return Rung(" ".join(names), status_of(log), ", ".join(facts), url, is_this, is_check(log), log.created_at)


def _totals(found: Attempts) -> tuple[tuple[str, str], ...]:
    checks = f", {len(found.checks)} check{'' if len(found.checks) == 1 else 's'}" if found.checks else ""
    time = _sum_words(found.time_ms, formats.duration(found.time_ms.known))
    cost = _sum_words(found.cost, formats.money(found.cost.known))
    return ("Attempts", f"{len(found.tries)}{checks}"), ("Time, added up", time), ("Cost", cost)


def _sum_words(total: Sum, known: str) -> str:
    """The sum, or that it is not known and how much of it is."""
    if not total.unknown:
        return known
    return f"unknown; {known} without the {total.unknown} unknown" if total.known else "unknown"


def _notes(found: Attempts) -> list[str]:
    notes = []
    if found.is_cut:
        notes.append(f"{found.total:,} logs have this event id; the oldest {MOST} were read.")
    if found.is_missing and not found.is_cut:
        notes.append("This log did not come back under its own event id, so others may be missing too.")
    return notes
