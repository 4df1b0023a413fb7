"""The real least and greatest numbers of a list, and the form that sets bounds to them: one call, when it is opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from gateway_dash.gateway.errors import GatewayError
from gateway_dash.gateway.models import SPANS, Log, Number, Span
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.vocabulary import GT, LT, VOCABULARY, Operator
from gateway_dash.logs.composing import COMPOSE
from gateway_dash.logs.counting import Ranged, ranges_of, steady
from gateway_dash.logs.screen import Screen
from gateway_dash.logs.steps import Step

LABELS = {
    "cost": ("Cost", "US dollars"),
    "duration": ("Duration", "ms"),
    "tokens": ("Tokens", "in and out"),
    "tokens_in": ("Tokens in", ""),
    "tokens_out": ("Tokens out", ""),
}


@dataclass(frozen=True, slots=True)
class Bounds:
    """One number: its real ends, and the bounds that the filter has."""

    name: str
    label: str
    unit: str
    words: str  # of the real ends; empty: unknown
    above: Bound
    below: Bound


@dataclass(frozen=True, slots=True)
class Bound:
    """One field of the form."""

    field: str
    value: str
    hint: str


@dataclass(frozen=True, slots=True)
class RangesPanel:
    """The section; without `at` it is the offer to ask, or what comes instead."""

    url: str  # the list with it open
    part_url: str
    url_closed: str
    action: str
    hidden: tuple[tuple[str, str], ...]
    is_open: bool = False
    numbers: tuple[Bounds, ...] = ()
    at: datetime | None = None
    follow: bool = True
    problem: GatewayError | None = None
    url_next: str = ""


def closed(query: LogQuery, screen: Screen) -> RangesPanel:
    """The offer, with its price; nothing is asked."""
    opened = screen.showing("ranges", count=screen.count)
    return RangesPanel(
        url=opened.url(query) + "#ranges",
        part_url=f"{screen.path}counts/ranges/{opened.suffix(query)}",
        url_closed=screen.hiding("ranges").url(query) + "#facets",
        action=screen.path,
        hidden=(*query.change().spelled(), *opened.arranged.spelled()),
    )


def measured(gateway: str, query: LogQuery, screen: Screen, step: Step, rows: Sequence[Log] = ()) -> RangesPanel:
    """The section with its numbers. Where the rows of the page are at hand they have to lie within."""
    as_of_now = steady(gateway, query, step.at)
    found = ranges_of(gateway, as_of_now, step)
    panel = closed(query, screen)
    spans = found.spans if isinstance(found, Ranged) else {}
    return replace(
        panel,
        is_open=True,
        numbers=tuple(_bounds(name, spans.get(name), query) for name in SPANS),
        at=found.at if isinstance(found, Ranged) else None,
        follow=isinstance(found, Ranged) and found.follow and _hold(spans, rows),
        problem=found if isinstance(found, GatewayError) else None,
        url_next=step.next_url(panel.part_url, as_of_now.read_at, [found]),
    )


def _hold(spans: dict[str, Span], rows: Sequence[Log]) -> bool:
    found = [(VOCABULARY[name].value_in(log), span) for name, span in spans.items() for log in rows]
    return all(span.least <= each <= span.most for each, span in found if isinstance(each, int | float))


def _bounds(name: str, span: Span | None, query: LogQuery) -> Bounds:
    label, unit = LABELS[name]
    least, most = (_shown(name, span.least), _shown(name, span.most)) if span else ("", "")
    return Bounds(
        name=name,
        label=label,
        unit=unit,
        words=f"{_grouped(least)} to {_grouped(most)}" if span else "",
        above=Bound(f"{COMPOSE}{name}{GT.suffix}", _value(name, GT, query), least),
        below=Bound(f"{COMPOSE}{name}{LT.suffix}", _value(name, LT, query), most),
    )


def _value(name: str, operator: Operator, query: LogQuery) -> str:
    values = [each.values[0] for each in query.filters if (each.name, each.operator) == (name, operator)]
    return VOCABULARY[name].kind.spell(values[0]) if values else ""


def _shown(name: str, number: Number) -> str:
    """As the form takes it: "0.000027" and not "2.7e-05"."""
    if name == "cost" and isinstance(number, float):
        return f"{number:.12f}".rstrip("0").rstrip(".") or "0"
    return f"{number:.15g}" if isinstance(number, float) else str(number)


def _grouped(text: str) -> str:
    """As a person reads it: "14,840"."""
    whole, point, rest = text.partition(".")
    return (f"{int(whole):,}" if whole.isdecimal() else whole) + point + rest
