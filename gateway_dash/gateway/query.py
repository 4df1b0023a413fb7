"""LogQuery: which logs, and which page of them. List, count, export and delete send the same value.

`LogQuery.read` is the only parser. A parameter that it cannot read is an error that names it, never a wider search.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Self
from urllib.parse import quote

from gateway_dash.gateway import period
from gateway_dash.gateway.filters import Filter, Fit
from gateway_dash.gateway.models import Log
from gateway_dash.gateway.reading import PAGE_SIZES, read_fields
from gateway_dash.gateway.vocabulary import Operator

NEWEST_FIRST = "-created_at"


@dataclass(frozen=True, slots=True)
class LogQuery:
    """Which logs, and which page of them."""

    filters: tuple[Filter, ...] = ()
    since: str = ""  # "24h": relative, so that a saved link stays of use
    start: datetime | None = None  # inclusive; beside `since` it is where that began, on pinned pages
    end: datetime | None = None  # exclusive
    search: str = ""
    sort: str = NEWEST_FIRST
    page: int = 1
    per_page: int = 50
    as_of: datetime | None = None  # the moment that later pages are pinned to; exclusive
    read_at: datetime = field(default_factory=lambda: datetime.now(UTC), compare=False)

    @classmethod
    def read(cls, parameters: Any, *, now: datetime | None = None) -> Self:
        """From the URL's parameters (a QueryDict, or anything with `.lists()`); raises QueryError."""
        return cls(**read_fields(parameters.lists()), read_at=now or datetime.now(UTC))

    @property
    def begins(self) -> datetime | None:
        """The first moment that is in, if there is one."""
        if self.since and not self.start:
            return period.whole(self.read_at) - period.read_since(self.since)
        return self.start

    @property
    def ends(self) -> datetime | None:
        """The first moment that is out, if there is one."""
        return min((moment for moment in (self.end, self.as_of) if moment), default=None)

    @property
    def is_bare(self) -> bool:
        """Whether this is every log of the gateway."""
        return not (self.filters or self.search or self.since or self.start or self.end)

    @property
    def order(self) -> tuple[str, str]:
        """The API's sort key and direction."""
        return (self.sort[1:], "desc") if self.sort.startswith("-") else (self.sort, "asc")

    def change(self, **changes: Any) -> Self:
        """A copy with other fields: its first page, read afresh."""
        start = None if self.since else self.start
        return replace(self, **{"page": 1, "as_of": None, "start": start} | changes)

    def pinned(self, moment: datetime | None, page: int = 1) -> Self:
        """A page of the same logs as of a moment: what arrives later is not part of it, and "last 24 hours" stands."""
        return replace(self, page=page, as_of=moment, start=self.begins)

    def frozen(self, at: datetime | None = None) -> Self:
        """The same page of the same logs with times that stand: what it means now it will mean to whoever opens it.

        `at` is the moment up to which logs were seen; an end that the range has already is kept.
        """
        seen = period.milliseconds(at or self.read_at) + timedelta(milliseconds=1)  # the end is not included
        begins, ends = self.begins, self.ends or seen
        if begins and begins >= ends:  # empty, and no range can say so: a page as of a moment before it can
            return replace(self, since="", start=begins, end=None, as_of=ends)
        return replace(self, since="", start=begins, end=ends, as_of=None)

    def without(self, filter_: Filter) -> Self:
        """The query without one of its filters."""
        return self.change(filters=tuple(each for each in self.filters if each != filter_))

    def adding(self, filter_: Filter) -> Self:
        """The query with one more filter; the values of one that is there already are joined."""
        same = [each for each in self.filters if (each.name, each.operator) == (filter_.name, filter_.operator)]
        if not same or filter_.operator in (Operator.LT, Operator.GT):
            kept = tuple(each for each in self.filters if each not in same)
            return self.change(filters=(*kept, filter_))
        joined = replace(filter_, values=tuple(dict.fromkeys((*same[0].values, *filter_.values))))
        return self.change(filters=tuple(joined if each == same[0] else each for each in self.filters))

    # --- spelled for the API -------------------------------------------------------------------------------------

    def for_api(self, *, without_ids: tuple[str, ...] = ()) -> list[dict[str, Any]]:
        """The `filters` value. Times go in whole seconds, as the API compares them: see `edges`."""
        conditions = [condition for filter_ in self.filters for condition in filter_.for_api()]
        conditions += _between(self.begins, self.ends)
        if without_ids:
            conditions.append({"key": "id", "operator": "neq", "value": list(without_ids)})
        return conditions

    def edges(self) -> list[list[dict[str, Any]]]:
        """The filters of the seconds in which the API may return rows that lie outside of the range.

        Whether `lt` takes in the second that it names is not published; so it is asked.
        """
        conditions = [condition for filter_ in self.filters for condition in filter_.for_api()]
        edges = []
        begins, ends = self.begins, self.ends
        if begins and begins != period.whole(begins):
            edges.append(conditions + _between(begins, period.next_whole(begins)))
        if ends and ends <= self.read_at:
            edges.append(conditions + _between(ends, ends))
        return edges

    def fit(self, log: Log) -> Fit:
        """The check that the upstream really applied what it was asked for."""
        worst = self._fit_time(log.created_at)
        for filter_ in self.filters:
            fit = filter_.fit(log)
            if fit is Fit.NO:
                return Fit.NO
            worst = worst if fit is Fit.YES else fit
        return worst

    def _fit_time(self, moment: datetime) -> Fit:
        begins, ends = self.begins, self.ends
        if begins and moment < begins:
            return Fit.NEAR if moment >= period.whole(begins) else Fit.NO
        if ends and moment >= ends:
            return Fit.NEAR if moment < period.next_whole(ends) + period.SECOND else Fit.NO
        return Fit.YES

    # --- spelled for the URL -------------------------------------------------------------------------------------

    def spelled(self) -> list[tuple[str, str]]:
        """The URL's parameters in their one order; what is the default is left out."""
        pairs = [pair for filter_ in self.filters for pair in filter_.spelled()]
        pairs += [
            (name, period.spell_moment(moment)) for name, moment in (("start", self.start), ("end", self.end)) if moment
        ]
        pairs += [("since", self.since)] if self.since else []
        pairs += [("search", self.search)] if self.search else []
        pairs += [("sort", self.sort)] if self.sort != NEWEST_FIRST else []
        pairs += [("per_page", str(self.per_page))] if self.per_page != PAGE_SIZES[-1] else []
        pairs += [("page", str(self.page))] if self.page != 1 else []
        pairs += [("as_of", period.spell_moment(self.as_of))] if self.as_of else []
        return pairs

    def url(self) -> str:
        """The query string with its question mark, or nothing. Values are spelled so that links read well."""
        pairs = self.spelled()
        return "?" + query_string(pairs) if pairs else ""


def query_string(pairs: Iterable[tuple[str, str]]) -> str:
    """The parameters of an address, without a question mark."""
    return "&".join(f"{quoted(name)}={quoted(value)}" for name, value in pairs)


@lru_cache(maxsize=4096)
def quoted(text: str) -> str:
    """Text in an address that reads well. The same few names and values stand in the hundreds of links of a page."""
    return quote(text, safe=":/@,")


def _between(begins: datetime | None, ends: datetime | None) -> list[dict[str, Any]]:
    conditions = []
    if begins:
        moment = period.spell_moment(period.whole(begins))
        conditions.append({"key": "created_at", "operator": "gt", "value": [moment]})
    if ends:
        moment = period.spell_moment(period.next_whole(ends))
        conditions.append({"key": "created_at", "operator": "lt", "value": [moment]})
    return conditions


def json_text(conditions: list[dict[str, Any]]) -> str:
    """The only form of filters that the live API understands: one parameter, the JSON text of an array."""
    return json.dumps(conditions, separators=(",", ":"), ensure_ascii=False)
