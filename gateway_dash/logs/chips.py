"""The filters of a list as chips: each can be edited, turned round, switched off and on, and removed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gateway_dash.gateway.box import spell_filter, spell_values
from gateway_dash.gateway.filters import Filter
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.vocabulary import EQ, NEQ, Operator
from gateway_dash.logs.cells import cell
from gateway_dash.logs.screen import Screen

VALUE_LIMIT = 60


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter as it can be seen and changed."""

    label: str
    verb: str
    value: str
    negated: bool
    is_off: bool
    url_switch: str  # off, or on again
    url_without: str
    url_negated: str  # empty where the API cannot say the opposite
    term: str  # the filter as the form that edits it sends it back
    values: str
    operator: Operator
    operators: tuple[Operator, ...]


def chips(screen: Screen, query: LogQuery) -> list[Chip]:
    """Those that are asked, then those that are switched off."""
    asked = [_asked(each, screen, query) for each in query.filters]
    return [*asked, *(_off(each, screen, query) for each in screen.off)]


def _asked(filter_: Filter, screen: Screen, query: LogQuery) -> Chip:
    rest = query.without(filter_)
    off = screen.change(off=tuple(dict.fromkeys((*screen.off, filter_))))
    return replace(
        _chip(filter_),
        url_switch=off.list_url(rest),
        url_without=screen.list_url(rest),
        url_negated=screen.list_url(_negated(filter_, query)) if _can_negate(filter_) else "",
    )


def _off(filter_: Filter, screen: Screen, query: LogQuery) -> Chip:
    rest = screen.change(off=tuple(each for each in screen.off if each != filter_))
    return replace(
        _chip(filter_),
        is_off=True,
        url_switch=rest.list_url(query.adding(filter_)),
        url_without=rest.list_url(query),
    )


def _chip(filter_: Filter) -> Chip:
    word = filter_.word
    return Chip(
        label=cell(word.label, VALUE_LIMIT),
        verb=filter_.operator.label,
        value=" or ".join(cell(word.kind.show(value), VALUE_LIMIT) for value in filter_.values),
        negated=filter_.operator is NEQ,
        is_off=False,
        url_switch="",
        url_without="",
        url_negated="",
        term=spell_filter(filter_),
        values=spell_values(filter_),
        operator=filter_.operator,
        operators=word.kind.operators,
    )


def _can_negate(filter_: Filter) -> bool:
    opposite = {EQ: NEQ, NEQ: EQ}.get(filter_.operator)
    return opposite in filter_.word.kind.operators if opposite else False


def _negated(filter_: Filter, query: LogQuery) -> LogQuery:
    opposite = replace(filter_, operator=NEQ if filter_.operator is EQ else EQ)
    kept = [each for each in query.filters if each == filter_ or each.parameter != opposite.parameter]
    return query.change(filters=tuple(opposite if each == filter_ else each for each in kept))
