"""Which logs a job means, as its column keeps it while it is needed: what every kind's own `Spec` begins with."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self

from django.http import QueryDict

from gateway_dash.bulk.models import Job
from gateway_dash.gateway.errors import Refusal
from gateway_dash.gateway.query import LogQuery

_TYPED: dict[str, Any] = {"query": "", "ids": [], "back": ""}  # what somebody filtered by, ticked, and came from


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The logs of a filter, or those that were ticked one by one."""

    query: str = ""  # as an address spells it, with fixed times; empty once the job is over
    ids: tuple[str, ...] = ()  # instead of a query

    @classmethod
    def of(cls, job: Job) -> Self:
        """As the job has it."""
        found: dict[str, Any] = dict(job.spec)
        return cls(**(found | {"ids": tuple(found.get("ids", ()))}))

    def kept(self) -> dict[str, Any]:
        """For the job's column."""
        return asdict(self) | {"ids": list(self.ids)}

    def log_query(self) -> LogQuery:
        """The filter, with fixed times."""
        return LogQuery.read(QueryDict(self.query.removeprefix("?")))


def scrubbed(spec: dict[str, Any]) -> dict[str, Any]:
    """For a job that is over: what somebody filtered by is not kept longer than it is needed."""
    return spec | {name: empty for name, empty in _TYPED.items() if name in spec}


def up_to(query: LogQuery, end: datetime, otherwise: str) -> LogQuery:
    """The query up to a moment: what arrives later moves nothing. Raises Refusal, with these words, where it is empty.

    Its first page of 50, which is as much as is read at once.
    """
    begins = query.begins
    if begins and begins >= end:
        raise Refusal(otherwise)
    return query.change(since="", start=begins, end=end, per_page=50)
