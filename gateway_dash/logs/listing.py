"""What stands around the table: chips, columns that sort, pages, presets of time, and what the forms carry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse

from gateway_dash.gateway.box import spell_box
from gateway_dash.gateway.log_page import LogPage
from gateway_dash.gateway.models import Log
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.reading import PAGE_SIZES
from gateway_dash.gateway.sentence import Part, sentence, words
from gateway_dash.gateway.vocabulary import VOCABULARY, Operator
from gateway_dash.logs.chips import chips
from gateway_dash.logs.chooser import chooser
from gateway_dash.logs.columns import column_of
from gateway_dash.logs.rows import rows
from gateway_dash.logs.screen import Screen
from gateway_dash.logs.timespan import copy_links, range_words
from gateway_dash.web import formats, zone
from gateway_dash.web.text import marked

PRESETS = (("15m", "15 min"), ("1h", "1 h"), ("24h", "24 h"), ("7d", "7 d"), ("14d", "14 d"))
NEAR_PAGES = 2  # page numbers shown on both sides of the current one
WHY_PAIRS = "the API compares metadata keys and values apart"
WHY_EDGE = "the range cuts through a second with more logs than are read one by one"


@dataclass(frozen=True, slots=True)
class Sort:
    """A key that a column's head sorts by."""

    label: str
    url: str
    direction: str  # "ascending", "descending" or ""


@dataclass(frozen=True, slots=True)
class Head:
    """A column's head."""

    css: str
    label: str
    sorts: tuple[Sort, ...] = ()

    @property
    def direction(self) -> str:
        """How the table is sorted by this column, if it is."""
        return next((each.direction for each in self.sorts if each.direction), "")


@dataclass(frozen=True, slots=True)
class PageLink:
    """A page number, or a gap."""

    number: int
    url: str
    is_current: bool = False
    is_gap: bool = False


def list_context(gateway: str, screen: Screen, page: LogPage) -> dict[str, Any]:
    """What `logs/list.html` needs."""
    query = page.query
    links = [*_page_links(page, screen)]
    return frame(screen, query, page.logs) | {
        "page": page,
        "rows": rows(page.logs, screen, query),
        "chooser": chooser(screen, query, page.logs),
        "links": links,
        "previous": next((link.url for link in links if link.number == query.page - 1 and not link.is_gap), ""),
        "next": next((link.url for link in links if link.number == query.page + 1 and not link.is_gap), ""),
        **copy_links(query, page.pin, screen),
        "url_compare": reverse("log-compare", args=[gateway]) + screen.arranged.suffix(query),
        "url_export": reverse("export-plan", args=[gateway]) + screen.arranged.change(picked="").suffix(query),
        "url_delete": reverse("delete-preview", args=[gateway])
        + screen.arranged.suffix(query.pinned(page.pin, query.page)),
        "url_annotate": reverse("annotate-many", args=[gateway])
        + screen.arranged.suffix(query.pinned(page.pin, query.page)),
        "url_bundle": reverse("log-bundle", args=[gateway]) + query.change().url(),
        "url_share": reverse("link-new", args=[gateway]) + query.pinned(page.pin, query.page).url(),
        "url_review": reverse("review-start", args=[gateway]) + query.pinned(page.pin, query.page).url(),
        "formats": [
            (kind, reverse(f"log-list-{kind}", args=[gateway]) + query.url()) for kind in ("csv", "jsonl", "json")
        ],
    }


def frame(screen: Screen, query: LogQuery, logs: Sequence[Log]) -> dict[str, Any]:
    """What stands around the rows, whichever they are: it asks nobody."""
    to = screen.list_url
    return {
        "title": marked(words(query, zone=zone.current())),
        "sentence": heading(query),
        "section": "logs",
        "screen": screen,
        "query": query,
        "heads": [_head(name, screen, query, logs) for name in screen.shown],
        "why_up_to": WHY_PAIRS if any(each.is_pair for each in query.filters) else WHY_EDGE,
        "chips": chips(screen, query),
        "sizes": [(size, to(query.change(per_page=size)), size == query.per_page) for size in PAGE_SIZES],
        "presets": [(label, to(_ranged(query, since)), since == query.since) for since, label in PRESETS],
        "range": range_words(query),
        "path": screen.path,
        "url_same": to(query),
        "url_all_time": to(_ranged(query, "")),
        "url_bare": screen.change(off=()).list_url(LogQuery()),
        "url_without_search": to(query.change(search="")),
        **_forms(screen, query),
    }


def _forms(screen: Screen, query: LogQuery) -> dict[str, Any]:
    """What the small forms carry along, and what they offer."""
    own = screen.arranged.spelled()
    return {
        "hidden": [*query.change().spelled(), *own],
        "box": spell_box(query),
        "kept": [*(pair for pair in query.change().spelled() if pair[0] in ("sort", "per_page")), *own],
        "words": VOCABULARY.values(),
        "operators": list(Operator),
    }


def heading(query: LogQuery) -> list[Part]:
    """The sentence for a page: its plain parts name metadata keys, which are strangers' text like the values."""
    return [
        replace(part, text=marked(part.text)) if part.style == "plain" else part
        for part in sentence(query, zone=zone.current())
    ]


def _ranged(query: LogQuery, since: str) -> LogQuery:
    return query.change(since=since, start=None, end=None)


def _head(name: str, screen: Screen, query: LogQuery, logs: Sequence[Log]) -> Head:
    column = column_of(name)
    zone_words = f", {formats.zone_of_all(log.created_at for log in logs)}" if name == "time" else ""
    label = marked(column.label) + zone_words
    if screen.gateways and name != "time":
        return Head(column.css, label)  # several gateways can be merged by time only
    if name == "model":
        return Head(column.css, label, (_sort("provider", "Provider", screen, query),
                                        _sort("model", "model", screen, query)))  # fmt: skip
    return Head(column.css, label, (_sort(column.sort, label, screen, query),) if column.sort else ())


def _sort(key: str, label: str, screen: Screen, query: LogQuery) -> Sort:
    direction = {key: "ascending", f"-{key}": "descending"}.get(query.sort, "")
    # A second click turns round; the first shows the newest, and else what comes first in the alphabet.
    first = "-created_at" if key == "created_at" else key
    wanted = {key: f"-{key}", f"-{key}": key}.get(query.sort, first)
    return Sort(label, screen.list_url(query.change(sort=wanted)), direction)


def _page_links(page: LogPage, screen: Screen) -> Iterator[PageLink]:
    """`1 … 4 5 6 … 97`, with pages beyond the first pinned to one moment."""
    current, last = page.query.page, page.pages
    wanted = {1, last, *range(current - NEAR_PAGES, current + NEAR_PAGES + 1)}
    before = 0
    for number in sorted(each for each in wanted if 1 <= each <= last):
        if number - before > 1:
            yield PageLink(0, "", is_gap=True)
        yield PageLink(number, screen.list_url(page.at(number)), is_current=number == current)
        before = number
