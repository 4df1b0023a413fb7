"""Logs as the table shows them: every cell formatted before the template, which then only places text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.urls import reverse

from gateway_dash.gateway.filters import Filter
from gateway_dash.gateway.models import Log
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.vocabulary import EQ, NEQ, PAIR_KEY, PAIR_PREFIX, TEXT_LIMIT
from gateway_dash.web import formats
from gateway_dash.web.text import marked, shorten

CELL_LIMIT = 80
PAIR_LIMIT = 40
SLOW_SHARE = 60  # of the slowest row on the page, in percent: the bar turns amber


@dataclass(frozen=True, slots=True)
class Status:
    """How a call ended: a shape, a number and a colour."""

    label: str
    level: str  # "2", "4" or "5"; "" when unknown
    icon: str


@dataclass(frozen=True, slots=True)
class Pair:
    """One metadata entry and the list that it leads to."""

    key: str
    value: str
    url: str  # empty where no filter can say it


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    id: str
    url: str
    at: datetime
    day: str  # only where it is not today's
    clock: str
    clock_ms: str
    offset: str  # "UTC+1", only where the clocks change between the rows of the page
    status: Status
    provider: str
    model: str
    only_model: str  # URLs: the same list with only this model, or without it
    except_model: str
    tokens_in: str
    tokens_out: str
    tokens_class: str
    cost: str
    cost_class: str
    duration: str
    bar: int  # percent of the slowest row
    bar_class: str
    cached: bool
    verdict: str  # "up", "down" or ""
    score: str
    pairs: tuple[Pair, ...]
    problem: str


def status_of(log: Log) -> Status:
    """The status of a log; a failed one without a code is still a failure."""
    code = log.status_code
    if code is None:
        if log.success is None:
            return Status("unknown", "", "circle-slash")
        return Status("ok", "2", "check") if log.success else Status("failed", "5", "octagon-x")
    if code >= 500 or (code < 400 and log.success is False):
        return Status(str(code), "5", "octagon-x")
    return Status(str(code), "4", "triangle-alert") if code >= 400 else Status(str(code), "2", "check")


def verdict_of(log: Log) -> str:
    """`up`, `down` or nothing."""
    return "" if not log.feedback else "up" if log.feedback > 0 else "down"


def cell(text: str | None, limit: int = CELL_LIMIT) -> str:
    """Hostile text for one cell: marks for what cannot be seen, and not too long."""
    return marked(shorten(text or "", limit))


def value_text(value: Any) -> str:
    """A metadata value as text: words as they are, the rest as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def rows(logs: Sequence[Log], gateway: str, query: LogQuery, now: datetime | None = None) -> list[Row]:
    """The lines of the table."""
    today = formats.local(now or datetime.now(UTC)).date()
    is_one_offset = len({formats.zone(log.created_at) for log in logs}) < 2
    slowest_ms = max((log.duration_ms or 0 for log in logs), default=0)
    suffix = query.url()
    base = reverse("log-list", args=[gateway])
    return [
        _row(
            log,
            base,
            query,
            suffix,
            slowest_ms=slowest_ms,
            day="" if formats.local(log.created_at).date() == today else formats.day(log.created_at),
            offset="" if is_one_offset else formats.zone(log.created_at),
        )
        for log in logs
    ]


def _row(log: Log, base: str, query: LogQuery, suffix: str, *, slowest_ms: float, day: str, offset: str) -> Row:
    bar = round(100 * (max(log.duration_ms or 0, 0) / slowest_ms)) if slowest_ms > 0 else 0
    unknown_tokens = log.tokens_in is None and log.tokens_out is None
    return Row(
        id=marked(log.id),
        url=f"{base}{log.id}/{suffix}" if log_id_is_plain(log.id) else "",
        at=log.created_at,
        day=day,
        clock=formats.clock(log.created_at),
        clock_ms=formats.milliseconds(log.created_at),
        offset=offset,
        status=status_of(log),
        provider=cell(log.provider, PAIR_LIMIT) or "unknown",
        model=cell(log.model) or "unknown",
        only_model=_with(base, query, Filter("model", EQ, (log.model,))),
        except_model=_with(base, query, Filter("model", NEQ, (log.model,))),
        tokens_in="unknown" if unknown_tokens else _number(log.tokens_in),
        tokens_out="" if unknown_tokens else _number(log.tokens_out),
        tokens_class="unknown" if unknown_tokens else "tok" if log.tokens_in or log.tokens_out else "tok zero",
        cost=formats.money(log.cost),
        cost_class="unknown" if log.cost is None else "zero" if log.cost == 0 else "",
        duration=formats.duration(log.duration_ms),
        bar=bar,
        bar_class="bar is-slow" if bar > SLOW_SHARE and slowest_ms > 10_000 else "bar",
        cached=bool(log.cached),
        verdict=verdict_of(log),
        score="" if log.score is None else f"{log.score:g}",
        pairs=pairs_of(log, base, query),
        problem=cell(log.problem, 300),
    )


def log_id_is_plain(log_id: str) -> bool:
    """Whether the id can stand in a path; one that cannot is shown without a link."""
    return (
        bool(log_id)
        and len(log_id) <= 128
        and all(each.isascii() and (each.isalnum() or each in "-_") for each in log_id)
    )


def pairs_of(log: Log, base: str, query: LogQuery) -> tuple[Pair, ...]:
    """The metadata entries, each a link to the logs that share it."""
    return tuple(
        Pair(cell(key, PAIR_LIMIT), cell(value_text(value), PAIR_LIMIT), _pair_url(base, query, key, value_text(value)))
        for key, value in (log.metadata_map() or {}).items()
    )


def _pair_url(base: str, query: LogQuery, key: str, value: str) -> str:
    if not PAIR_KEY.match(key) or key.endswith(("__contains", "__not", "__lt", "__gt")):
        return ""
    return _with(base, query, Filter(PAIR_PREFIX + key, EQ, (value,)))


def _with(base: str, query: LogQuery, filter_: Filter) -> str:
    """The list with one more filter, where the filter's value can be asked for at all."""
    try:
        for value in filter_.values:
            filter_.word.kind.read(str(value)[: TEXT_LIMIT + 1])
    except ValueError:
        return ""
    kept = tuple(each for each in query.filters if each.name != filter_.name)
    return base + query.change(filters=(*kept, filter_)).url()


def _number(number: float | None) -> str:
    return "?" if number is None else f"{number:,.0f}"
