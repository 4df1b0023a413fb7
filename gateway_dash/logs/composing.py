"""The small forms of a list page: one filter more, another range, another search, the box, a column.

Their fields are called `set_…`. An empty one means "leave it", since forms send all their fields; the server adds what
was said to the list and answers with the one spelling of its address.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from django.http import QueryDict

from gateway_dash.gateway.box import edited, read_box, read_one_filter
from gateway_dash.gateway.errors import QueryError, said
from gateway_dash.gateway.narrowing import narrowed, without
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.reading import read_filter
from gateway_dash.gateway.vocabulary import GT, LT, Operator
from gateway_dash.logs.columns import is_column
from gateway_dash.logs.screen import Screen
from gateway_dash.logs.timespan import typed_bounds

COMPOSE = "set_"
RANGED = ("cost", "duration", "tokens", "tokens_in", "tokens_out")


def split(parameters: QueryDict) -> tuple[dict[str, str], QueryDict]:
    """The `set_…` fields, and the other parameters."""
    rest = parameters.copy()
    given = {name: str(rest.pop(name)[-1]) for name in list(rest) if name.startswith(COMPOSE)}
    return given, rest


def compose(screen: Screen, query: LogQuery, given: dict[str, str]) -> tuple[Screen, LogQuery]:
    """The list as the fields change it; raises QueryError."""
    if "set_box" in given:
        query = read_box(given["set_box"], query)
    if given.get("set_edit"):
        query = _edit(query, given)
    elif given.get("set_value"):
        parameter = given.get("set_key", "") + given.get("set_op", "")
        query = query.adding(read_filter(parameter, [given["set_value"]]))
    query = _clicked(query, given)
    if bounds := typed_bounds(given):
        ranged = LogQuery.read(_Lists(bounds))
        query = query.change(start=ranged.start, end=ranged.end, since="")
    if "set_search" in given:
        text = given["set_search"].strip()
        query = query.change(search=LogQuery.read(_Lists({"search": text})).search if text else "")
    query = _bounds(query, given)
    if column := given.get("set_column", "").strip():
        screen = _column(screen, column)
    return screen, query


def _clicked(query: LogQuery, given: dict[str, str]) -> LogQuery:
    """What a cell of the table leads to: only its value, without it, or a bound more."""
    if given.get("set_only"):
        query = narrowed(query.change(), read_one_filter(given["set_only"]))
    if given.get("set_also"):
        query = query.adding(read_one_filter(given["set_also"]))
    if given.get("set_without"):
        seen = read_one_filter(given["set_without"])
        for value in seen.values:
            rest = without(query, seen.name, value)
            if rest is None:
                raise QueryError(f"“{seen.parameter}” cannot be without this value: that cannot be asked, or is empty.")
            query = rest
    return query


def _edit(query: LogQuery, given: dict[str, str]) -> LogQuery:
    """Another comparison or other values in the place of a filter."""
    before = read_one_filter(given["set_edit"])
    operator = next((each for each in Operator if each.suffix == given.get("set_op", "")), None)
    if operator is None:
        raise QueryError(f"“set_op” takes a comparison such as __not; “{said(given['set_op'])[:60]}” is not one.")
    if not given.get("set_value", "").strip():
        raise QueryError(f"“{before.parameter}” needs a value. To take the filter away, use its ✕.")
    after = edited(before, operator, given["set_value"])
    if before not in query.filters:  # somebody went back to an older page, and sent its form
        return query.adding(after)
    kept = [each for each in query.filters if each == before or each.parameter != after.parameter]
    return query.change(filters=tuple(after if each == before else each for each in kept))


def _bounds(query: LogQuery, given: dict[str, str]) -> LogQuery:
    """The fields of the ranges: `set_cost__gt`. An emptied one takes its bound away."""
    for name in RANGED:
        for operator in (GT, LT):
            parameter = name + operator.suffix
            if COMPOSE + parameter not in given:
                continue
            text = given[COMPOSE + parameter].strip()
            kept = tuple(each for each in query.filters if each.parameter != parameter)
            added = (read_filter(parameter, [text]),) if text else ()
            query = query.change(filters=(*kept, *added))
    return query


def _column(screen: Screen, name: str) -> Screen:
    if not is_column(name, screen.usual):
        raise QueryError(f"“{said(name)[:60]}” is not a column. A metadata key is named as metadata.user.")
    return replace(screen, columns=screen.shown if name in screen.shown else (*screen.shown, name))


class _Lists:
    """Single values in the shape of a QueryDict."""

    def __init__(self, values: dict[str, str]) -> None:
        self._values = values

    def lists(self) -> Iterator[tuple[str, list[str]]]:
        """Each name with its values."""
        return ((name, [value]) for name, value in self._values.items())
