"""Logs as the table shows them: every cell formatted before the template, which then only places text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from gateway_dash.gateway.merged import Entry
from gateway_dash.gateway.models import Log
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.vocabulary import PAIR_PREFIX
from gateway_dash.logs import cells
from gateway_dash.logs.cells import Cell, Pair, Status, cell, pairs_of, status_of
from gateway_dash.logs.columns import COLUMNS, column_of
from gateway_dash.logs.lines import Lines
from gateway_dash.logs.screen import Screen
from gateway_dash.web import formats
from gateway_dash.web.text import marked

MakeCell = Callable[[Log, Lines], Cell]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    id: str
    url: str
    at: datetime
    clock: str
    clock_ms: str
    offset: str  # "UTC+1", only where the clocks change between the rows of the page
    status: Status
    pairs: tuple[Pair, ...]
    cells: tuple[Cell, ...]
    gateway: str = ""  # where several are listed together


@dataclass(frozen=True, slots=True)
class Line:
    """One log in a short table without choices: what a deletion shows."""

    id: str
    at: datetime
    clock: str
    offset: str
    status: Status
    provider: str
    model: str
    tokens: Cell
    cost: str


def rows(logs: Sequence[Log], screen: Screen, query: LogQuery, now: datetime | None = None) -> list[Row]:
    """The lines of the table, with the columns of the screen."""
    lines = lines_of(logs, screen.arranged, query, now)
    makers = [_maker(name) for name in screen.shown]
    return [_row(log, lines, makers) for log in logs]


def merged_rows(entries: Sequence[Entry], screen: Screen, query: LogQuery, now: datetime | None = None) -> list[Row]:
    """The lines of a table of several gateways: each leads to its log in its own gateway."""
    logs = [log for _gateway, log in entries]
    lines = {name: lines_of(logs, screen.arranged.change(gateway=name), query, now) for name in screen.gateways}
    makers = [_maker(name) for name in screen.shown]
    return [_row(log, lines[name], makers) for name, log in entries]


def lines_of(logs: Sequence[Log], screen: Screen, query: LogQuery, now: datetime | None = None) -> Lines:
    """What the cells of these logs share."""
    slowest_ms = max((log.duration_ms or 0 for log in logs), default=0)
    is_one_offset = len({formats.zone(log.created_at) for log in logs}) < 2
    return Lines(screen, query, formats.local(now or datetime.now(UTC)).date(), slowest_ms, is_one_offset)


def short_lines(logs: Sequence[Log], screen: Screen) -> list[Line]:
    """The logs for a table without choices."""
    lines = lines_of(logs, screen, LogQuery())
    return [
        Line(
            id=marked(log.id),
            at=log.created_at,
            clock=formats.clock(log.created_at),
            offset=lines.offset(log),
            status=status_of(log),
            provider=cell(log.provider, cells.PAIR_LIMIT) or "unknown",
            model=cell(log.model) or "unknown",
            tokens=cells.tokens_cell(log, lines),
            cost=formats.money(log.cost),
        )
        for log in logs
    ]


def _row(log: Log, lines: Lines, makers: Sequence[MakeCell]) -> Row:
    made = tuple(make(log, lines) for make in makers)
    return Row(
        id=marked(log.id),
        url=lines.log_url(log.id),
        at=log.created_at,
        clock=formats.clock(log.created_at),
        clock_ms=formats.milliseconds(log.created_at),
        offset=lines.offset(log),
        status=status_of(log),
        pairs=pairs_of(log, lines) if any(each.kind == "pairs" for each in made) else (),
        cells=made,
        gateway=lines.screen.gateway,
    )


_MAKERS: dict[str, MakeCell] = {
    "time": cells.time_cell,
    "gateway": cells.gateway_cell,
    "status": cells.status_cell,
    "model": cells.model_cell,
    "tokens": cells.tokens_cell,
    "cost": cells.cost_cell,
    "duration": cells.duration_cell,
    "cached": cells.cached_cell,
    "verdict": cells.verdict_cell,
    "metadata": cells.pairs_cell,
    "latency": partial(cells.number_cell, name="latency", label="Latency", unit=" ms"),
}


def _maker(name: str) -> MakeCell:
    if name in _MAKERS:
        return _MAKERS[name]
    label = cell(column_of(name).label, cells.PAIR_LIMIT)
    if name.startswith(PAIR_PREFIX):
        return partial(cells.metadata_cell, key=name.removeprefix(PAIR_PREFIX), label=label)
    make = cells.number_cell if COLUMNS[name].css.endswith("num") else cells.text_cell
    return partial(make, name=name, label=label)
