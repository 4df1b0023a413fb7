"""Where a log stands in the list that it was opened from, and which logs are before and after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from gateway_dash.gateway import period
from gateway_dash.gateway.filters import Filter
from gateway_dash.gateway.log_page import LogPage
from gateway_dash.gateway.models import Log
from gateway_dash.gateway.query import NEWEST_FIRST, LogQuery
from gateway_dash.gateway.service import LogService
from gateway_dash.gateway.vocabulary import EQ
from gateway_dash.logs.ids import log_id_is_plain
from gateway_dash.logs.screen import Screen

GONE = "No longer in this list: it was deleted, or it has changed and the filter leaves it out."
MOVED = "Newer logs have come in between: it is further down, if it is still in this list."
ELSEWHERE = "Not on the page of the list that it was opened from."


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The log before or after, and the page of the list that it is on."""

    log_id: str
    query: LogQuery


@dataclass(frozen=True, slots=True)
class Place:
    """Where the log stands; `note` says what there is to say when it was not found."""

    query: LogQuery  # the list with the log on its page
    words: str = ""  # "5 of 4,830"
    previous: Neighbour | None = None
    following: Neighbour | None = None
    note: str = ""
    label: str = "Show beside the list"  # of the link to `query`


@dataclass(frozen=True, slots=True)
class PlaceBar:
    """The place as the page of a log shows it; without `place` it waits to be asked for."""

    url: str
    url_in_list: str
    place: Place | None = None
    url_previous: str = ""
    url_next: str = ""
    problem: str = ""


def place_bar(screen: Screen, log: Log, query: LogQuery) -> PlaceBar:
    """The bar as long as nobody has asked. The log's time goes along: it tells a log that moved from one that left."""
    at = period.spell_moment(period.milliseconds(log.created_at))
    url = f"{screen.path}{log.id}/place/{screen.arranged.suffix(query, ('at', at))}"
    return PlaceBar(url, screen.peek_url(query, log.id))


def placed(screen: Screen, log_id: str, bar: PlaceBar, place: Place) -> PlaceBar:
    """The bar with what was found."""
    return replace(
        bar,
        place=place,
        url_in_list=screen.peek_url(place.query, log_id),
        url_previous=_page_url(screen, place.previous),
        url_next=_page_url(screen, place.following),
    )


def _page_url(screen: Screen, found: Neighbour | None) -> str:
    return screen.log_url(found.query, found.log_id) if found else ""


def position_words(page: LogPage, index: int) -> str:
    """ "5 of 4,830"; nothing where rows are left out or the count is not to be trusted."""
    if page.misfits or page.left_out or not page.is_exact:
        return ""
    return f"{page.first + index:,} of {page.total:,}"


def on_page(page: LogPage, log_id: str) -> Place | None:
    """The place as far as this page knows it; None: the log is not on it."""
    ids = [log.id for log in page.logs]
    if log_id not in ids:
        return None
    index = ids.index(log_id)
    return Place(
        page.query,
        position_words(page, index),
        _nearest(page.logs[:index][::-1], page.query),
        _nearest(page.logs[index + 1 :], page.query),
    )


def find_place(logs: LogService, log_id: str, at: datetime | None, query: LogQuery) -> Place:
    """Reads the page that the log was opened from; and one thing more at the edge of it, or where it is missing."""
    page = logs.page(query)
    place = on_page(page, log_id)
    if place:
        return _over_the_edge(logs, page, place)
    if not page.total:
        return Place(query, note=GONE)
    if query.sort != NEWEST_FIRST or at is None or not page.logs:
        return Place(query, note=_asked(logs, log_id, query))
    return _further_down(logs, log_id, at, page)


def _further_down(logs: LogService, log_id: str, at: datetime, page: LogPage) -> Place:
    """On the next page, as logs only move down while others arrive; else its time says what is known."""
    query, newer = page.query, at >= page.logs[0].created_at
    if _goes_on_after(page, at):
        second = logs.page(replace(query, page=query.page + 1), same_range=page)
        place = on_page(second, log_id)
        if place:
            last = _nearest(page.logs[::-1], query)
            return replace(place, query=page.at(second.query.page), previous=place.previous or last)
        page = second
    if _goes_on_after(page, at) or (newer and query.page > 1):
        return Place(query.pinned(at + timedelta(milliseconds=1)), note=MOVED, label="The list from its time on")
    return Place(query, note=GONE)


def _goes_on_after(page: LogPage, at: datetime) -> bool:
    """Whether a log of that time can stand on a later page."""
    return page.query.page < page.pages and (not page.logs or period.milliseconds(page.logs[-1].created_at) >= at)


def _over_the_edge(logs: LogService, page: LogPage, place: Place) -> Place:
    """The neighbour on the next page or the one before, read only if the log stands at the edge."""
    number, seen = page.query.page, {log.id for log in page.logs}
    if not place.following and number < page.pages:
        rows = _others(logs, page, number + 1, seen)
        return replace(place, following=_nearest(rows, page.at(number + 1)))
    if not place.previous and number > 1:
        rows = _others(logs, page, number - 1, seen)
        return replace(place, previous=_nearest(rows[::-1], page.at(number - 1)))
    return place


def _others(logs: LogService, page: LogPage, number: int, seen: set[str]) -> list[Log]:
    """The rows of another page; without those that arriving logs have moved there in between."""
    other = logs.page(replace(page.query, page=number), same_range=page)
    return [log for log in other.logs if log.id not in seen]


def _nearest(logs: Sequence[Log], query: LogQuery) -> Neighbour | None:
    """The first log that an address can name."""
    return next((Neighbour(log.id, query) for log in logs if log_id_is_plain(log.id)), None)


def _asked(logs: LogService, log_id: str, query: LogQuery) -> str:
    """Whether the log is in the set at all, where its time does not tell."""
    if any(each.name == "id" for each in query.filters):
        return ELSEWHERE
    one = replace(query, filters=(*query.filters, Filter("id", EQ, (log_id,))), page=1)
    return ELSEWHERE if logs.count(one) else GONE
