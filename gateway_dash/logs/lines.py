"""What the lines of one table share, and the lists that their cells lead to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from gateway_dash.gateway.box import spell_filter
from gateway_dash.gateway.filters import Filter
from gateway_dash.gateway.models import Log
from gateway_dash.gateway.narrowing import is_askable, without
from gateway_dash.gateway.query import LogQuery, quoted
from gateway_dash.gateway.vocabulary import EQ, GT, LT, NEQ, PAIR_PREFIX, Operator, Value
from gateway_dash.logs.ids import log_id_is_plain
from gateway_dash.logs.screen import Screen
from gateway_dash.web import formats

_ID = "\0"  # in the place of one


@dataclass(frozen=True, slots=True)
class Act:
    """What can be done from a cell: a list with only its value, without it, above it, below it."""

    url: str
    kind: str  # the sheet draws its sign: so the words alone are its name
    words: str


@dataclass(slots=True)
class Lines:
    """What the cells of one page share, and the addresses that several of them lead to.

    A cell's link is the list's own address and one `set_…` field more, as a form would send it: logs/composing.py
    answers with the one spelling. There are hundreds of them on a page, and this is short and quickly made.
    """

    screen: Screen
    query: LogQuery
    today: date  # in the visitor's zone
    slowest_ms: float
    is_one_offset: bool = True  # False in a night in which the clocks change
    _acts: dict[tuple[Any, ...], tuple[Act, ...]] = field(default_factory=dict)
    _start: str = ""
    _logs: dict[str, tuple[str, str]] = field(default_factory=dict)  # what stands before and behind an id, by page

    def offset(self, log: Log) -> str:
        """ "UTC+1", only where the clocks change between the rows of the page."""
        return "" if self.is_one_offset else formats.zone(log.created_at)

    def log_url(self, log_id: str, page: str = "") -> str:
        """The page of a log, or of those `around/` it; nothing for an id that cannot stand in an address."""
        if not log_id_is_plain(log_id):
            return ""
        if page not in self._logs:
            screen = self.screen.alone if page else self.screen
            before, _, behind = screen.log_url(self.query, _ID, page).partition(_ID)
            self._logs[page] = (before, behind)
        before, behind = self._logs[page]
        return f"{before}{log_id}{behind}"

    def either(self, name: str, value: Value, words: str) -> tuple[Act, ...]:
        """Only this value, and without it; what no filter can say is left out."""
        key = (name, type(value), value)
        if key not in self._acts:
            self._acts[key] = tuple(self._either(name, value, words))
        return self._acts[key]

    def _either(self, name: str, value: Value, words: str) -> list[Act]:
        if not is_askable(name, value):
            return []
        only = Filter(name, EQ, (value,))
        acts = [Act(self._set("only", only), "only", f"Only {words}")]
        if is_askable(name, value, NEQ) and (name not in self._named or without(self.query, name, value)):
            acts.append(Act(self._set("without", only), "without", f"Without {words}"))
        return acts

    def beyond(self, name: str, value: float | None, words: str) -> tuple[Act, ...]:
        """Above this number, and below it. The words name no number: it stands beside them, and on every row."""
        number = int(value) if isinstance(value, float) and value.is_integer() else value
        key = (name, number)
        if key not in self._acts:
            bounds: tuple[tuple[Operator, str, str], ...] = (
                (GT, "above", "More than"),
                (LT, "below", "Less than"),
            )
            self._acts[key] = tuple(
                Act(self._set("also", Filter(name, operator, (number,))), kind, f"{told} this {words}")
                for operator, kind, told in bounds
                if is_askable(name, number, operator)
            )
        return self._acts[key]

    def pair_url(self, key: str, value: str) -> str:
        """The list with only this metadata pair; nothing where no filter can say it."""
        found = self.either(PAIR_PREFIX + key, value, "")
        return found[0].url if found else ""

    @property
    def _named(self) -> set[str]:
        return {each.name for each in self.query.filters}

    def _set(self, what: str, filter_: Filter) -> str:
        if not self._start:
            start = self.screen.list_url(self.query.change())
            self._start = f"{start}{'&' if '?' in start else '?'}set_"
        return f"{self._start}{what}={quoted(spell_filter(filter_))}"
