"""A list as it is kept: the spelling of its address, without what is only of the moment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

from django.http import QueryDict

from gateway_dash.gateway.errors import QueryError
from gateway_dash.gateway.query import NEWEST_FIRST, LogQuery, query_string
from gateway_dash.gateway.reading import PAGE_SIZES

OWN = ("columns", "off")  # how the list looks: kept with a view, no part of what is searched
PASSING = ("peek", "open", "count", "picked")  # open beside the list: what costs calls is never opened unasked
QUERY_LIMIT = 8000  # characters; servers and proxies cut addresses not far above


@dataclass(frozen=True, slots=True)
class Kept:
    """Which logs, and how the list shows them; not which page of it, as of when, or what is open."""

    query: LogQuery
    own: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, query: LogQuery, parameters: QueryDict) -> Self:
        """What is kept of a list that was read from these parameters."""
        own = [(name, value) for name in OWN for value in parameters.getlist(name)]
        return cls(query.change(), tuple(own))

    @classmethod
    def read(cls, text: str) -> Self:
        """From a query string; raises QueryError."""
        if len(text) > QUERY_LIMIT:
            raise QueryError(f"The search is longer than {QUERY_LIMIT:,} characters, which no address can be.")
        parameters = QueryDict(text.removeprefix("?"), mutable=True)
        kept = cls.of(LogQuery(), parameters)
        for name in (*OWN, *PASSING):
            parameters.pop(name, None)
        return replace(kept, query=LogQuery.read(parameters).change())

    @property
    def text(self) -> str:
        """The one spelling, without a question mark."""
        return query_string([*self.query.spelled(), *self.own])

    @property
    def search(self) -> str:
        """What is searched for alone: without order, page size and look. Nothing for all logs."""
        return query_string(replace(self.query, sort=NEWEST_FIRST, per_page=PAGE_SIZES[-1]).spelled())
