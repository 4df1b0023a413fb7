"""The query with one value of one field more, or without it: what a click on a cell or on a facet means."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from gateway_dash.gateway.filters import Filter
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.vocabulary import (
    EQ,
    NEQ,
    PAIR_KEY,
    PAIR_PREFIX,
    VOCABULARY,
    Operator,
    Value,
    Word,
    pair_word,
)

_SUFFIXES = tuple(each.suffix for each in Operator if each.suffix)


@lru_cache(maxsize=1024)
def word_of(name: str) -> Word | None:
    """The word of a field or of a metadata pair; None where no filter can name it."""
    if not name.startswith(PAIR_PREFIX):
        return VOCABULARY.get(name)
    key = name.removeprefix(PAIR_PREFIX)
    return pair_word(name) if PAIR_KEY.match(key) and not key.endswith(_SUFFIXES) else None


def is_askable(name: str, value: Value, operator: Operator = EQ) -> bool:
    """Whether a filter can say this: the value may be empty, too long, or of signs that cannot be sent."""
    word = word_of(name)
    if word is None or operator not in word.kind.operators or (value is None and name != "feedback"):
        return False
    try:
        return word.kind.read(word.kind.spell(value)) == value
    except (ValueError, KeyError):
        return False


def narrowed(query: LogQuery, filter_: Filter) -> LogQuery:
    """The query with this filter alone on its field: for a value that was seen in it, the others say nothing more."""
    return replace(query, filters=(*(each for each in query.filters if each.name != filter_.name), filter_))


def without(query: LogQuery, name: str, value: Value) -> LogQuery | None:
    """The query without this value; None where that cannot be asked, or would leave nothing."""
    only = next((each for each in query.filters if each.name == name and each.operator is EQ), None)
    if not is_askable(name, value, NEQ) or (only and set(only.values) <= {value}):
        return None
    if only and value in only.values:
        kept = Filter(name, EQ, tuple(each for each in only.values if each != value))
        return query.change(filters=tuple(kept if each == only else each for each in query.filters))
    return query.adding(Filter(name, NEQ, (value,)))
