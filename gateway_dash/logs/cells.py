"""One cell of the table: its text, formatted and marked, and the lists that it leads to."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from gateway_dash.gateway.models import Log
from gateway_dash.gateway.narrowing import word_of
from gateway_dash.gateway.vocabulary import PAIR_PREFIX
from gateway_dash.logs.lines import Act, Lines
from gateway_dash.payload.masking import masked_credentials
from gateway_dash.web import formats
from gateway_dash.web.text import marked, shorten

CELL_LIMIT = 80
PAIR_LIMIT = 40
SHORTEST = 12  # characters in which there is room for a credential and its name
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
class Cell:
    """What the template places. `kind` is the branch of templates/logs/rows.jinja that shows it."""

    kind: str
    css: str
    text: str = ""
    more: str = ""
    tone: str = ""  # a class
    bar: int = 0  # percent of the slowest row
    label: str = ""  # of its column, where the value alone says nothing: on a phone there are no heads
    acts: tuple[Act, ...] = ()


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


def without_credentials(name: str, text: str) -> str:
    """A field of the row with keys, tokens and passwords masked. Metadata is the team's own labels, and stays."""
    return text if name == "metadata" or len(text) < SHORTEST else masked_credentials(text)


def pairs_of(log: Log, lines: Lines) -> tuple[Pair, ...]:
    """The metadata entries, each a link to the logs that share it."""
    return tuple(
        Pair(cell(key, PAIR_LIMIT), cell(value_text(value), PAIR_LIMIT), lines.pair_url(key, value_text(value)))
        for key, value in (log.metadata_map() or {}).items()
    )


# --- a cell for each column; gateway_dash/logs/columns.py names them -----------------------------------------------


def time_cell(log: Log, lines: Lines) -> Cell:
    """The day only where it is not today's."""
    day = formats.day(log.created_at) if lines.today != formats.local(log.created_at).date() else ""
    around = lines.log_url(log.id, "around/")
    acts = (Act(around, "around", "What came just before and after"),) if around else ()
    return Cell("time", "c-time", day, acts=acts)


def gateway_cell(log: Log, lines: Lines) -> Cell:
    """Which gateway, where several are listed together: a list of its own, and the others without it."""
    screen, name = lines.screen, lines.screen.gateway
    others = tuple(each for each in screen.gateways if each != name)
    rest = screen.change(gateways=others) if len(others) > 1 else screen.change(gateway=others[0]).alone
    acts = (
        Act(screen.alone.list_url(lines.query.change()), "only", "Only this gateway"),
        Act(rest.list_url(lines.query.change()), "without", f"Without {name}"),
    )
    return Cell("text", "c-gw", name, acts=acts)


def status_cell(log: Log, lines: Lines) -> Cell:
    """The number where there is one; its filter is the outcome, since the API has none for the number."""
    words = {True: "calls that succeeded", False: "calls that failed"}.get(log.success, "")  # type: ignore[arg-type]
    acts = lines.either("success", log.success, words) if log.success is not None else ()
    return Cell("status", "c-st", acts=acts)


def model_cell(log: Log, lines: Lines) -> Cell:
    """Provider and model; a row that could not be read whole says so here."""
    model = cell(log.model) or "unknown"
    acts = lines.either("model", log.model, model) if log.model else ()
    provider = cell(log.provider, PAIR_LIMIT) or "unknown"
    return Cell("model", "c-model", model, provider, tone=cell(log.problem, 300), acts=acts)


def tokens_cell(log: Log, lines: Lines) -> Cell:
    """In and out; zero is dim, unknown is a word."""
    if log.tokens_in is None and log.tokens_out is None:
        return Cell("number", "c-tok num", "unknown", tone="unknown")
    known = log.tokens_in is not None and log.tokens_out is not None
    total = (log.tokens_in or 0) + (log.tokens_out or 0) if known else None
    acts = lines.beyond("tokens", total, "number of tokens") if total is not None else ()
    tone = "tok" if log.tokens_in or log.tokens_out else "tok zero"
    return Cell("tokens", "c-tok num", _number(log.tokens_in), _number(log.tokens_out), tone, acts=acts)


def cost_cell(log: Log, lines: Lines) -> Cell:
    """In US dollars; unknown is not nothing."""
    tone = "unknown" if log.cost is None else "zero" if log.cost == 0 else ""
    text = formats.money(log.cost)
    acts = lines.beyond("cost", log.cost, "cost") if log.cost is not None else ()
    return Cell("number", "c-cost num", text, tone=tone, acts=acts)


def duration_cell(log: Log, lines: Lines) -> Cell:
    """In milliseconds, with a bar beside the slowest of the page."""
    slowest_ms = lines.slowest_ms
    bar = round(100 * (max(log.duration_ms or 0, 0) / slowest_ms)) if slowest_ms > 0 else 0
    tone = "bar is-slow" if bar > SLOW_SHARE and slowest_ms > 10_000 else "bar"
    text = formats.duration(log.duration_ms)
    acts = lines.beyond("duration", log.duration_ms, "duration") if log.duration_ms is not None else ()
    return Cell("duration", "c-dur num", text, tone=tone, bar=bar, acts=acts)


def cached_cell(log: Log, lines: Lines) -> Cell:
    """Only a hit is worth ink."""
    acts = lines.either("cached", True, "answers from cache") if log.cached else ()
    return Cell("hit", "c-hit", "hit" if log.cached else "", acts=acts)


def verdict_cell(log: Log, lines: Lines) -> Cell:
    """Thumb and score."""
    verdict = verdict_of(log)
    score = "" if log.score is None else f"{log.score:g}"
    value = None if log.feedback is None else int(log.feedback) if log.feedback == int(log.feedback) else log.feedback
    acts = lines.either("feedback", value, f"thumbs {verdict}") if verdict else ()
    return Cell("verdict", "c-fb", score, tone=verdict, acts=acts)


def pairs_cell(log: Log, lines: Lines) -> Cell:
    """All metadata pairs; the row holds them."""
    return Cell("pairs", "c-meta")


def text_cell(log: Log, lines: Lines, *, name: str, label: str) -> Cell:
    """A text field of the row, with its filter where there is one."""
    value = log.row_as_sent.get(name) if name not in log.__struct_fields__ else getattr(log, name)
    if value in (None, ""):
        return Cell("text", "c-text", label=label)
    words = value_text(value)
    masked = without_credentials(name, words)
    if masked != words:  # a link to the logs with this value would spell it
        return Cell("text", "c-text", cell(masked), label=label)
    words = cell(words)
    asked = value if isinstance(value, str | bool) else value_text(value)
    acts = lines.either(name, asked, words) if word_of(name) else ()
    return Cell("text", "c-text", words, label=label, acts=acts)


def number_cell(log: Log, lines: Lines, *, name: str, label: str, unit: str = "") -> Cell:
    """A number of the row; unknown is a word."""
    value = getattr(log, name) if name in log.__struct_fields__ else _timing(log, name)
    if value is None:
        none = "" if name == "score" else "unknown"  # nobody has scored it: that is known
        return Cell("number", "c-number num", none, tone=none, label=label)
    text = f"{value:,.10g}{unit}"
    acts = lines.beyond(name, value, label) if word_of(name) else ()
    return Cell("number", "c-number num", text, tone="zero" if value == 0 else "", label=label, acts=acts)


def metadata_cell(log: Log, lines: Lines, *, key: str, label: str) -> Cell:
    """One metadata value as a column of its own."""
    pairs = log.metadata_map() or {}
    if key not in pairs:
        return Cell("text", "c-text", label=label)
    text = value_text(pairs[key])
    return Cell("text", "c-text", cell(text), label=label, acts=lines.either(PAIR_PREFIX + key, text, cell(text)))


def _timing(log: Log, name: str) -> float | None:
    timings = log.row_as_sent.get("timings")
    value = timings.get(name) if isinstance(timings, dict) else None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _number(number: float | None) -> str:
    return "?" if number is None else f"{number:,.0f}"
