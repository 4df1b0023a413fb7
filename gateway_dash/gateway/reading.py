"""Reading a query from the parameters of a URL. Each refusal names the parameter and the nearest one that is known."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from difflib import get_close_matches
from typing import Any

from gateway_dash.gateway import period
from gateway_dash.gateway.errors import QueryError, said
from gateway_dash.gateway.filters import Filter
from gateway_dash.gateway.vocabulary import (
    EQ,
    GT,
    LT,
    PAIR_KEY,
    PAIR_OPERATORS,
    PAIR_PREFIX,
    VOCABULARY,
    Operator,
    Value,
    Word,
    pair_word,
)

SORT_KEYS = ("created_at", "provider", "model", "model_type", "success", "cached")
PAGE_SIZES = (20, 50)
FILTERS_LIMIT = 20
VALUES_LIMIT = 50
PAGE_LIMIT = 1_000_000
_SUFFIXES = {operator.suffix: operator for operator in Operator if operator is not EQ}
_TIMES = ("created_at", "created_at__gt", "created_at__lt")


def read_fields(lists: Iterable[tuple[str, list[str]]]) -> dict[str, Any]:
    """The fields of a LogQuery; raises QueryError."""
    found: dict[str, Any] = {}
    filters: list[Filter] = []
    for name, texts in lists:
        if name in _SINGLES:
            _bound_once(name, name, found)
            found[name] = _single(name, texts, _SINGLES[name])
        elif name in _TIMES:
            _created_at(name, texts, found)
        else:
            filters.append(read_filter(name, texts))
    if len(filters) > FILTERS_LIMIT:
        raise QueryError(f"There are {len(filters)} filters; at most {FILTERS_LIMIT} can be used at once.")
    pinned = "as_of" in found and "end" not in found  # then `start` is where `since` began
    if "since" in found and ("start" in found or "end" in found) and not pinned:
        raise QueryError("“since” cannot stand beside “start” or “end”: use one or the other.")
    if "since" in found and "start" in found and found["start"] < found["as_of"] - _longest(found["since"]):
        raise QueryError("“start” lies before what “since” says, counted from “as_of”: more logs than are named.")
    if "start" in found and "end" in found and found["start"] >= found["end"]:
        raise QueryError("“start” is not before “end”: no log can be in this range.")
    return {**found, "filters": tuple(filters)}


def read_filter(parameter: str, texts: list[str]) -> Filter:
    """One parameter such as `cost__gt` with its values; raises QueryError."""
    name, operator = _split(parameter)
    word = _word(name, operator, parameter)
    values: list[Value] = []
    for text in texts:
        try:
            values.append(word.kind.read(text))
        except ValueError as error:
            raise QueryError(f"“{said(parameter)}” {error}; “{said(text)[:60]}” is not one.") from None
    values = list(dict.fromkeys(values))
    if operator in (LT, GT) and len(values) > 1:
        raise QueryError(f"“{said(parameter)}” is given twice, and only one bound can count. Remove one.")
    if len(values) > VALUES_LIMIT:
        raise QueryError(f"“{said(parameter)}” has {len(values)} values; at most {VALUES_LIMIT} can be used.")
    return Filter(name, operator, tuple(values))


def known_names() -> list[str]:
    """Every parameter that a query can have, metadata pairs aside."""
    words = [word.name + operator.suffix for word in VOCABULARY.values() for operator in word.kind.operators]
    return [*words, *_SINGLES, *_TIMES]


def _split(parameter: str) -> tuple[str, Operator]:
    for suffix, operator in _SUFFIXES.items():
        if parameter.endswith(suffix):
            return parameter.removesuffix(suffix), operator
    return parameter, EQ


def _word(name: str, operator: Operator, parameter: str) -> Word:
    if name.startswith(PAIR_PREFIX):
        if not PAIR_KEY.match(name.removeprefix(PAIR_PREFIX)):
            raise QueryError(f"“{said(parameter)}” does not name a metadata key, as metadata.user does.")
        if operator not in PAIR_OPERATORS:
            raise QueryError(
                f"“{said(parameter)}” cannot be asked: the API compares metadata keys and values apart, so a pair can "
                f"only be {_listed([name + each.suffix for each in PAIR_OPERATORS])}."
            )
        return pair_word(name)
    word = VOCABULARY.get(name)
    if word is None:
        raise QueryError(f"“{said(parameter)}” is not a filter.{_nearest(parameter)}")
    if operator not in word.kind.operators:
        offered = _listed([name + each.suffix for each in word.kind.operators])
        raise QueryError(f"“{said(parameter)}” is not a filter: {name} can be asked as {offered}.")
    return word


def _nearest(parameter: str) -> str:
    near = get_close_matches(parameter.lower(), known_names(), n=1, cutoff=0.5)
    return f" Did you mean “{near[0]}”?" if near else " The filters are listed under “Filter” on the page of logs."


def _listed(names: list[str]) -> str:
    return " or ".join(names)


def _created_at(name: str, texts: list[str], found: dict[str, Any]) -> None:
    """The API's own key for time, taken as the range that it means; milliseconds are the finest step."""
    moment = _single(name, texts, period.read_moment)
    step = timedelta(milliseconds=1)
    bounds = {
        "created_at": {"start": moment, "end": moment + step},
        "created_at__gt": {"start": moment + step},
        "created_at__lt": {"end": moment},
    }[name]
    for bound, value in bounds.items():
        _bound_once(name, bound, found)
        found[bound] = value


def _bound_once(name: str, bound: str, found: dict[str, Any]) -> None:
    """`created_at__gt` and `start` are the same bound: the later one must not widen the earlier."""
    if bound in found:
        raise QueryError(f"“{said(name)}” says “{bound}” a second time, and only one bound can count. Remove one.")


def _single(name: str, texts: list[str], read: Callable[[str], Any]) -> Any:
    if len(texts) != 1:
        raise QueryError(f"“{name}” is given {len(texts)} times, and only one can count. Remove the others.")
    try:
        return read(texts[0])
    except ValueError as error:
        raise QueryError(f"“{name}” {error}; “{said(texts[0])[:60]}” is not one.") from None


def _longest(since: str) -> timedelta:
    """How far `start` can lie before `as_of` on our own links: the upstream's clock may be ahead of ours."""
    return period.read_since(since) + timedelta(minutes=10)


def _since(text: str) -> str:
    period.read_since(text)
    return text


def _sort(text: str) -> str:
    if text.removeprefix("-") not in SORT_KEYS:
        keys = ", ".join(SORT_KEYS)
        raise ValueError(f"takes one of {keys}, with a minus for the largest first")
    return text


def _page(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text[:12]) <= PAGE_LIMIT or len(text) > 7:
        raise ValueError("takes a page number from 1 on")
    return int(text)


def _per_page(text: str) -> int:
    if text not in {str(size) for size in PAGE_SIZES}:
        raise ValueError(f"takes {_listed([str(size) for size in PAGE_SIZES])}")
    return int(text)


def _search(text: str) -> str:
    return str(VOCABULARY["model"].kind.read(text))


def _moment(text: str) -> datetime:
    return period.read_moment(text)


_SINGLES: dict[str, Callable[[str], Any]] = {
    "start": _moment,
    "end": _moment,
    "since": _since,
    "search": _search,
    "sort": _sort,
    "page": _page,
    "per_page": _per_page,
    "as_of": _moment,
}
