"""The facets beside the list: the values on this page, free; and exact counts of them, at a price that is told."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self
from urllib.parse import quote

from gateway_dash.gateway.errors import GatewayError, QueryError
from gateway_dash.gateway.filters import Filter
from gateway_dash.gateway.models import Log
from gateway_dash.gateway.narrowing import is_askable, narrowed, without, word_of
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.reading import read_filter
from gateway_dash.gateway.vocabulary import EQ, PAIR_PREFIX, VOCABULARY, Value
from gateway_dash.logs.cells import cell, value_text
from gateway_dash.logs.counting import Counted, count_all, steady
from gateway_dash.logs.screen import FACETS, Screen, is_facet
from gateway_dash.logs.steps import Step, Waiting

VALUES = 10  # shown of a facet, and counted at the most: a call each
KEYS = 6  # metadata keys with a facet of their own
ADDRESS_ROOM = 1500  # bytes, for the values in the address that counts them; the query needs the rest
TEXT_LIMIT = 60
LABELS = {"provider": "Provider", "model": "Model", "success": "Outcome", "cached": "Cache", "feedback": "Verdict"}
WORDS: dict[tuple[str, Value], str] = {
    ("success", True): "ok",
    ("success", False): "failed",
    ("cached", True): "hit",
    ("cached", False): "miss",
}


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value with its number of logs."""

    text: str
    number: str
    bar: int  # percent of the largest
    url_only: str  # empty where no filter can say it
    url_except: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Facet:
    """One field with its values."""

    key: str  # for ids of elements
    label: str
    values: tuple[FacetValue, ...]
    more: int  # values that are not shown
    price: int
    url: str  # the list with this facet counted
    part_url: str
    url_page: str  # the list with the numbers of the page
    is_counted: bool = False
    counted: int = 0
    bounds: int = 0
    oldest: datetime | None = None
    problem: GatewayError | None = None
    url_next: str = ""  # what it loads by itself
    url_rest: str = ""  # the same, when it is asked by hand

    @property
    def is_partial(self) -> bool:
        """Whether some of the counts are not there."""
        return self.counted < self.price


@dataclass(frozen=True, slots=True)
class _Place:
    """What every link of a facet needs to know."""

    query: LogQuery
    screen: Screen
    name: str
    stays: Screen  # with the facets open, as the links of values have it

    @classmethod
    def of(cls, query: LogQuery, screen: Screen, name: str) -> Self:
        """That of one facet: its values share what is the same in their links."""
        return cls(query, screen, name, screen.showing("facets").arranged)


def facets(gateway: str, query: LogQuery, logs: Sequence[Log], screen: Screen, step: Step) -> list[Facet]:
    """All facets of a page; one of them counted, if the address says so."""
    keys = Counter(key for log in logs for key in log.metadata_map() or {})
    names = [*FACETS, *(PAIR_PREFIX + key for key, _ in keys.most_common(KEYS))]
    if screen.count and screen.count not in names:
        names.append(screen.count)
    found = []
    for name in names:
        seen = Counter(_values(name, logs))
        if name == screen.count:
            values = countable(name, [value for value, _ in seen.most_common()])
            found.append(counted(gateway, query, screen, values, step))
        elif seen:
            found.append(_on_page(_Place.of(query, screen, name), seen))
    return found


def countable(name: str, values: Iterable[Value]) -> list[Value]:
    """Those of the values that are counted: the first ten that a filter and an address can hold."""
    room = ADDRESS_ROOM
    kept: list[Value] = []
    for value in values:
        room -= len(_value_parameter(name, value)) if _askable(name, value) else 0
        if room >= 0 and len(kept) < VALUES and _askable(name, value):
            kept.append(value)
    return kept


def read_values(name: str, texts: Sequence[str]) -> list[Value]:
    """The values in an address; raises QueryError."""
    if not 0 < len(texts) <= VALUES:
        raise QueryError(f"“value” is given {len(texts)} times; 1 to {VALUES} values can be counted.")
    return list(read_filter(name, list(texts)).values)


def counted(gateway: str, query: LogQuery, screen: Screen, values: Sequence[Value], step: Step) -> Facet:
    """The facet with counts over all logs of the query: a call for each value, as far as the step goes."""
    name = screen.count
    place = _Place.of(query, screen, name)
    as_of_now = steady(gateway, query, step.at)
    found = count_all(gateway, [narrowed(as_of_now, Filter(name, EQ, (value,))) for value in values], step)
    pairs = sorted(zip(values, found, strict=True), key=lambda each: -getattr(each[1], "number", -1))
    largest = max((each.number for each in found if isinstance(each, Counted)), default=0)
    done = [each for each in found if isinstance(each, Counted)]
    failures = [each for each in found if isinstance(each, GatewayError)]
    facet = _facet(
        place, values,
        values=tuple(_counted(place, value, each, largest)
                     for value, each in pairs),
        more=0,
        is_counted=True,
        counted=len(done),
        bounds=sum(not each.is_exact for each in done),
        oldest=min((each.at for each in done), default=None),
        problem=failures[0] if failures else None,
    )  # fmt: skip
    at = as_of_now.read_at
    return replace(facet, url_next=step.next_url(facet.part_url, at, found), url_rest=step.rest_url(facet.part_url, at))


def _counted(place: _Place, value: Value, found: Counted | GatewayError | Waiting, largest: int) -> FacetValue:
    if isinstance(found, Waiting):
        return _value(place, value, "not yet", 0)
    if isinstance(found, GatewayError):
        return _value(place, value, "not counted", 0, found.title)
    number = f"{'' if found.is_exact else 'up to '}{found.number:,}"
    return _value(place, value, number, round(100 * found.number / max(largest, 1)))


def _on_page(place: _Place, seen: Counter[Value]) -> Facet:
    shown = seen.most_common(VALUES)
    values = tuple(_value(place, value, f"{number:,}", round(100 * number / shown[0][1])) for value, number in shown)
    askable = countable(place.name, [value for value, _ in seen.most_common()])
    return _facet(place, askable, values=values, more=len(seen) - len(shown))


def _facet(place: _Place, askable: Sequence[Value], **more: Any) -> Facet:
    query, screen, name = place.query, place.screen, place.name
    values = "".join(_value_parameter(name, value) for value in askable)
    label = LABELS.get(name) or cell(name.removeprefix(PAIR_PREFIX), TEXT_LIMIT)
    return Facet(
        key=hashlib.sha256(name.encode()).hexdigest()[:12],
        label=label,
        price=len(askable),
        url=screen.showing("facets", count=name).url(query) + "#facets",
        part_url=f"{screen.path}counts/facet/{screen.showing('facets', count=name).suffix(query)}{values}",
        url_page=screen.showing("facets").url(query) + "#facets",
        **more,
    )


def _value(place: _Place, value: Value, number: str, bar: int, problem: str = "") -> FacetValue:
    query, name = place.query, place.name
    text = WORDS.get((name, value)) or ("" if value is None and name != "feedback" else _shown(name, value))
    askable = _askable(name, value)
    rest = without(query, name, value) if askable else None
    return FacetValue(
        text=text or "unknown",
        number=number,
        bar=bar,
        url_only=place.stays.url(narrowed(query.change(), Filter(name, EQ, (value,)))) if askable else "",
        url_except=place.stays.url(rest) if rest else "",
        problem=problem,
    )


def _shown(name: str, value: Value) -> str:
    known = name in VOCABULARY and _askable(name, value)  # a row may hold what no filter can: feedback 0.5
    return cell(VOCABULARY[name].kind.show(value) if known else value_text(value), TEXT_LIMIT)


def _values(name: str, logs: Sequence[Log]) -> list[Value]:
    """What the rows say; None where one says nothing. Of a metadata key, only the rows that have it."""
    if name.startswith(PAIR_PREFIX):
        key = name.removeprefix(PAIR_PREFIX)
        maps = [log.metadata_map() or {} for log in logs]
        return [value_text(each[key]) for each in maps if key in each]
    found = [getattr(log, name) for log in logs]
    return [int(each) if isinstance(each, float) and each.is_integer() else each or None if each == "" else each
            for each in found]  # fmt: skip


def _askable(name: str, value: Value) -> bool:
    return is_facet(name) and is_askable(name, value)


def _value_parameter(name: str, value: Value) -> str:
    word = word_of(name)
    return f"&value={quote(word.kind.spell(value), safe='')}" if word else ""
