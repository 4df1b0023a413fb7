"""One cell of the table: its text, formatted and marked, and the lists that it leads to."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from gateway_dash.gateway.filters import Filter
from gateway_dash.gateway.models import Log
from gateway_dash.gateway.narrowing import is_askable, narrowed, without, word_of
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.vocabulary import EQ, GT, LT, PAIR_PREFIX, Operator, Value
from gateway_dash.logs.ids import log_id_is_plain
from gateway_dash.logs.screen import Screen
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
class Act:
    """What can be done from a cell: a list with only its value, without it, above it, below it."""

    url: str
    icon: str
    words: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What the template places. `kind` is the branch of templates/logs/table.html that shows it."""

    kind: str
    css: str
    label: str  # of its column: on a phone there are no heads
    text: str = ""
    more: str = ""
    tone: str = ""  # a class
    bar: int = 0  # percent of the slowest row
    acts: tuple[Act, ...] = ()


@dataclass(slots=True)
class Lines:
    """What the cells of one page share, and the addresses that several of them lead to."""

    screen: Screen
    query: LogQuery
    today: date
    slowest_ms: float
    _acts: dict[tuple[Any, ...], tuple[Act, ...]] = field(default_factory=dict)

    def either(self, name: str, value: Value, words: str) -> tuple[Act, ...]:
        """Only this value, and without it; what no filter can say is left out."""
        key = (name, type(value), value)
        if key not in self._acts:
            self._acts[key] = tuple(self._either(name, value, words))
        return self._acts[key]

    def _either(self, name: str, value: Value, words: str) -> list[Act]:
        if not is_askable(name, value):
            return []
        only = self.screen.list_url(narrowed(self.query.change(), Filter(name, EQ, (value,))))
        acts = [Act(only, "plus", f"Only {words}")]
        if rest := without(self.query, name, value):
            acts.append(Act(self.screen.list_url(rest), "minus", f"Without {words}"))
        return acts

    def beyond(self, name: str, value: float | None, words: str) -> tuple[Act, ...]:
        """Above this number, and below it."""
        number = int(value) if isinstance(value, float) and value.is_integer() else value
        key = (name, number)
        if key not in self._acts:
            bounds: tuple[tuple[Operator, str, str], ...] = (
                (GT, "chevron-up", f"More than {words}"),
                (LT, "chevron-down", f"Less than {words}"),
            )
            self._acts[key] = tuple(
                Act(self.screen.list_url(self.query.adding(Filter(name, operator, (number,)))), icon, told)
                for operator, icon, told in bounds
                if is_askable(name, number, operator)
            )
        return self._acts[key]

    def pair_url(self, key: str, value: str) -> str:
        """The list with only this metadata pair; nothing where no filter can say it."""
        found = self.either(PAIR_PREFIX + key, value, "")
        return found[0].url if found else ""


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


def pairs_of(log: Log, lines: Lines) -> tuple[Pair, ...]:
    """The metadata entries, each a link to the logs that share it."""
    return tuple(
        Pair(cell(key, PAIR_LIMIT), cell(value_text(value), PAIR_LIMIT), lines.pair_url(key, value_text(value)))
        for key, value in (log.metadata_map() or {}).items()
    )


# --- a cell for each column; gateway_dash/logs/columns.py names them -----------------------------------------------


def time_cell(log: Log, lines: Lines) -> Cell:
    """The day only where it is not today's."""
    day = formats.day(log.created_at) if lines.today != log.created_at.date() else ""
    around = lines.screen.alone.log_url(lines.query, log.id, "around/") if log_id_is_plain(log.id) else ""
    acts = (Act(around, "clock", "What came just before and after"),) if around else ()
    return Cell("time", "c-time", "Time", day, acts=acts)


def gateway_cell(log: Log, lines: Lines) -> Cell:
    """Which gateway, where several are listed together: a list of its own, and the others without it."""
    screen, name = lines.screen, lines.screen.gateway
    others = tuple(each for each in screen.gateways if each != name)
    rest = screen.change(gateways=others) if len(others) > 1 else screen.change(gateway=others[0]).alone
    acts = (
        Act(screen.alone.list_url(lines.query.change()), "plus", "Only this gateway"),
        Act(rest.list_url(lines.query.change()), "minus", f"Without {name}"),
    )
    return Cell(kind="text", css="c-gw", label="Gateway", text=name, acts=acts)


def status_cell(log: Log, lines: Lines) -> Cell:
    """The number where there is one; its filter is the outcome, since the API has none for the number."""
    words = {True: "calls that succeeded", False: "calls that failed"}.get(log.success, "")  # type: ignore[arg-type]
    acts = lines.either("success", log.success, words) if log.success is not None else ()
    return Cell("status", "c-st", "Status", acts=acts)


def model_cell(log: Log, lines: Lines) -> Cell:
    """Provider and model; a row that could not be read whole says so here."""
    model = cell(log.model) or "unknown"
    acts = lines.either("model", log.model, model) if log.model else ()
    provider = cell(log.provider, PAIR_LIMIT) or "unknown"
    return Cell("model", "c-model", "Model", model, provider, tone=cell(log.problem, 300), acts=acts)


def tokens_cell(log: Log, lines: Lines) -> Cell:
    """In and out; zero is dim, unknown is a word."""
    if log.tokens_in is None and log.tokens_out is None:
        return Cell("number", "c-tok num", "Tokens", "unknown", tone="unknown")
    known = log.tokens_in is not None and log.tokens_out is not None
    total = (log.tokens_in or 0) + (log.tokens_out or 0) if known else None
    acts = lines.beyond("tokens", total, f"{total:,.0f} tokens") if total is not None else ()
    tone = "tok" if log.tokens_in or log.tokens_out else "tok zero"
    return Cell("tokens", "c-tok num", "Tokens", _number(log.tokens_in), _number(log.tokens_out), tone, acts=acts)


def cost_cell(log: Log, lines: Lines) -> Cell:
    """In US dollars; unknown is not nothing."""
    tone = "unknown" if log.cost is None else "zero" if log.cost == 0 else ""
    text = formats.money(log.cost)
    acts = lines.beyond("cost", log.cost, text) if log.cost is not None else ()
    return Cell("number", "c-cost num", "Cost", text, tone=tone, acts=acts)


def duration_cell(log: Log, lines: Lines) -> Cell:
    """In milliseconds, with a bar beside the slowest of the page."""
    slowest_ms = lines.slowest_ms
    bar = round(100 * (max(log.duration_ms or 0, 0) / slowest_ms)) if slowest_ms > 0 else 0
    tone = "bar is-slow" if bar > SLOW_SHARE and slowest_ms > 10_000 else "bar"
    text = formats.duration(log.duration_ms)
    acts = lines.beyond("duration", log.duration_ms, text) if log.duration_ms is not None else ()
    return Cell("duration", "c-dur num", "Duration", text, tone=tone, bar=bar, acts=acts)


def cached_cell(log: Log, lines: Lines) -> Cell:
    """Only a hit is worth ink."""
    words = {True: "answers from cache", False: "answers not from cache"}.get(log.cached, "")  # type: ignore[arg-type]
    acts = lines.either("cached", log.cached, words) if log.cached is not None else ()
    return Cell("hit", "c-hit", "Cache", "hit" if log.cached else "", acts=acts)


def verdict_cell(log: Log, lines: Lines) -> Cell:
    """Thumb and score."""
    verdict = verdict_of(log)
    score = "" if log.score is None else f"{log.score:g}"
    value = None if log.feedback is None else int(log.feedback) if log.feedback == int(log.feedback) else log.feedback
    acts = lines.either("feedback", value, f"thumbs {verdict}") if verdict else ()
    return Cell("verdict", "c-fb", "Verdict", score, tone=verdict, acts=acts)


def pairs_cell(log: Log, lines: Lines) -> Cell:
    """All metadata pairs; the row holds them."""
    return Cell("pairs", "c-meta", "Metadata")


def text_cell(log: Log, lines: Lines, *, name: str, label: str) -> Cell:
    """A text field of the row, with its filter where there is one."""
    value = log.row_as_sent.get(name) if name not in log.__struct_fields__ else getattr(log, name)
    if value in (None, ""):
        return Cell("text", "c-text", label)
    words = cell(value_text(value))
    asked = value if isinstance(value, str | bool) else value_text(value)
    acts = lines.either(name, asked, words) if word_of(name) else ()
    return Cell("text", "c-text", label, words, acts=acts)


def number_cell(log: Log, lines: Lines, *, name: str, label: str, unit: str = "") -> Cell:
    """A number of the row; unknown is a word."""
    value = getattr(log, name) if name in log.__struct_fields__ else _timing(log, name)
    if value is None:
        return Cell("number", "c-number num", label, "unknown", tone="unknown")
    text = f"{value:,.10g}{unit}"
    acts = lines.beyond(name, value, text) if word_of(name) else ()
    return Cell("number", "c-number num", label, text, tone="zero" if value == 0 else "", acts=acts)


def metadata_cell(log: Log, lines: Lines, *, key: str, label: str) -> Cell:
    """One metadata value as a column of its own."""
    pairs = log.metadata_map() or {}
    if key not in pairs:
        return Cell("text", "c-text", label)
    text = value_text(pairs[key])
    return Cell("text", "c-text", label, cell(text), acts=lines.either(PAIR_PREFIX + key, text, cell(text)))


def _timing(log: Log, name: str) -> float | None:
    timings = log.row_as_sent.get("timings")
    value = timings.get(name) if isinstance(timings, dict) else None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _number(number: float | None) -> str:
    return "?" if number is None else f"{number:,.0f}"
