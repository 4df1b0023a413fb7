"""What stands around the table: chips, columns that sort, pages, presets of time, and the form that adds a filter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse

from gateway_dash.gateway.box import read_box, spell_box
from gateway_dash.gateway.filters import Filter
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.reading import PAGE_SIZES, read_filter
from gateway_dash.gateway.sentence import Part, sentence, words
from gateway_dash.gateway.service import LogPage
from gateway_dash.gateway.vocabulary import EQ, NEQ, VOCABULARY, Operator
from gateway_dash.logs.ranges import copy_links, range_words, typed_bounds
from gateway_dash.logs.rows import cell, rows
from gateway_dash.web import zone
from gateway_dash.web.text import marked

PRESETS = (("15m", "15 min"), ("1h", "1 h"), ("24h", "24 h"), ("7d", "7 d"), ("14d", "14 d"))
NEAR_PAGES = 2  # page numbers shown on both sides of the current one
COMPOSE = "set_"
WHY_PAIRS = "the API compares metadata keys and values apart"
WHY_EDGE = "the range cuts through a second with more logs than are read one by one"


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter as it can be seen and changed."""

    label: str
    verb: str
    value: str
    negated: bool
    url_without: str
    url_negated: str  # empty where the API cannot say the opposite


@dataclass(frozen=True, slots=True)
class Sort:
    """A column head that sorts."""

    url: str
    direction: str  # "ascending", "descending" or ""


@dataclass(frozen=True, slots=True)
class PageLink:
    """A page number, or a gap."""

    number: int
    url: str
    is_current: bool = False
    is_gap: bool = False


def compose(query: LogQuery, given: dict[str, str]) -> LogQuery:
    """The query as the page's small forms change it: one filter more, another range, another search.

    `given` holds the `set_…` parameters; an empty one means "leave it", since forms send all their fields.
    """
    if "set_box" in given:
        query = read_box(given["set_box"], query)
    if given.get("set_value"):
        parameter = given.get("set_key", "") + given.get("set_op", "")
        query = query.adding(read_filter(parameter, [given["set_value"]]))
    if bounds := typed_bounds(given):
        ranged = LogQuery.read(_Lists(bounds))
        query = query.change(start=ranged.start, end=ranged.end, since="")
    if "set_search" in given:
        text = given["set_search"].strip()
        query = query.change(search=LogQuery.read(_Lists({"search": text})).search if text else "")
    return query


class _Lists:
    """Single values in the shape of a QueryDict."""

    def __init__(self, values: dict[str, str]) -> None:
        self._values = values

    def lists(self) -> Iterator[tuple[str, list[str]]]:
        """Each name with its values."""
        return ((name, [value]) for name, value in self._values.items())


def list_context(gateway: str, page: LogPage) -> dict[str, Any]:
    """What `logs/list.html` needs."""
    query, base = page.query, reverse("log-list", args=[gateway])
    links = [*_page_links(page, base)]
    return {
        "title": marked(words(query, zone=zone.current())),
        "sentence": heading(query),
        "section": "logs",
        "query": query,
        "page": page,
        "rows": rows(page.logs, gateway, query),
        "why_up_to": WHY_PAIRS if any(each.is_pair for each in query.filters) else WHY_EDGE,
        "chips": [_chip(each, query, base) for each in query.filters],
        "sorts": {key: _sort(key, query, base) for key in ("created_at", "provider", "model", "success", "cached")},
        "links": links,
        "previous": next((link.url for link in links if link.number == query.page - 1 and not link.is_gap), ""),
        "next": next((link.url for link in links if link.number == query.page + 1 and not link.is_gap), ""),
        "sizes": [(size, base + query.change(per_page=size).url(), size == query.per_page) for size in PAGE_SIZES],
        "presets": [(label, base + _ranged(query, since), since == query.since) for since, label in PRESETS],
        "range": range_words(query),
        **copy_links(page, base),
        "url_all_time": base + _ranged(query, ""),
        "url_bare": base,
        "url_without_search": base + query.change(search="").url(),
        "suffix": query.url(),
        "hidden": query.change().spelled(),
        "box": spell_box(query),
        "kept": [pair for pair in query.change().spelled() if pair[0] in ("sort", "per_page")],
        "words": VOCABULARY.values(),
        "operators": list(Operator),
        "url_delete": reverse("delete-preview", args=[gateway]) + query.pinned(page.pin, query.page).url(),
        "formats": [
            (kind, reverse(f"log-list-{kind}", args=[gateway]) + query.url()) for kind in ("csv", "jsonl", "json")
        ],
    }


def heading(query: LogQuery) -> list[Part]:
    """The sentence for a page: its plain parts name metadata keys, which are strangers' text like the values."""
    return [
        replace(part, text=marked(part.text)) if part.style == "plain" else part
        for part in sentence(query, zone=zone.current())
    ]


def _ranged(query: LogQuery, since: str) -> str:
    return query.change(since=since, start=None, end=None).url()


def _chip(filter_: Filter, query: LogQuery, base: str) -> Chip:
    values = " or ".join(cell(filter_.word.kind.show(value), 60) for value in filter_.values)
    return Chip(
        label=cell(filter_.word.label, 60),
        verb=filter_.operator.label,
        value=values,
        negated=filter_.operator is NEQ,
        url_without=base + query.without(filter_).url(),
        url_negated=base + _negated(filter_, query) if _can_negate(filter_) else "",
    )


def _can_negate(filter_: Filter) -> bool:
    opposite = {EQ: NEQ, NEQ: EQ}.get(filter_.operator)
    return opposite in filter_.word.kind.operators if opposite else False


def _negated(filter_: Filter, query: LogQuery) -> str:
    opposite = replace(filter_, operator=NEQ if filter_.operator is EQ else EQ)
    kept = [each for each in query.filters if each == filter_ or each.parameter != opposite.parameter]
    return query.change(filters=tuple(opposite if each == filter_ else each for each in kept)).url()


def _sort(key: str, query: LogQuery, base: str) -> Sort:
    direction = {key: "ascending", f"-{key}": "descending"}.get(query.sort, "")
    # A second click turns round; the first shows the newest, and else what comes first in the alphabet.
    first = "-created_at" if key == "created_at" else key
    wanted = {key: f"-{key}", f"-{key}": key}.get(query.sort, first)
    return Sort(base + query.change(sort=wanted).url(), direction)


def _page_links(page: LogPage, base: str) -> Iterator[PageLink]:
    """`1 … 4 5 6 … 97`, with pages beyond the first pinned to one moment."""
    current, last = page.query.page, page.pages
    wanted = {1, last, *range(current - NEAR_PAGES, current + NEAR_PAGES + 1)}
    before = 0
    for number in sorted(each for each in wanted if 1 <= each <= last):
        if number - before > 1:
            yield PageLink(0, "", is_gap=True)
        yield PageLink(number, base + page.at(number).url(), is_current=number == current)
        before = number
