"""What a deletion is to do, as its job keeps it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Self

from django.http import QueryDict

from gateway_dash.bulk.models import Job
from gateway_dash.gateway.query import LogQuery

LEVELS = ("bodies", "rows", "none")
PATHS = ("exact", "swift")
BODIES_UP_TO = 500  # logs: above that, a copy of the bodies is offered and not the default
SECOND_PERSON_ABOVE = 1000


@dataclass(frozen=True, slots=True)
class Spec:
    """Which logs, how they are copied first, and how long to wait."""

    query: str = ""  # as an address spells it, pinned to a moment; empty once the job is over
    open_ended: bool = False  # the filter as it was shown also takes logs that are still to come
    ids: tuple[str, ...] = ()  # instead of a query: ticked one by one
    elsewhere: int = 0  # of them on other pages of the list
    is_dropped: bool = False  # “all that match” was on, and then a row was unticked
    level: str = "rows"
    path: str = "exact"  # or "swift": see swift.py
    wait_s: int = 60
    back: str = ""  # the list that it was made from
    rule: int | None = None  # the retention rule that began it

    @classmethod
    def of(cls, job: Job) -> Self:
        """As the job has it."""
        found: dict[str, Any] = dict(job.spec)
        return cls(**(found | {"ids": tuple(found.get("ids", ()))}))

    def kept(self) -> dict[str, Any]:
        """For the job's column."""
        return asdict(self) | {"ids": list(self.ids)}

    def scrubbed(self) -> dict[str, Any]:
        """For the job that is over: what somebody filtered by is not kept longer than it is needed."""
        return self.kept() | {"query": "", "ids": [], "back": ""}

    @property
    def by_query(self) -> bool:
        """Whether a filter chose the logs."""
        return not self.ids

    def log_query(self) -> LogQuery:
        """The filter, with fixed times."""
        return LogQuery.read(QueryDict(self.query.removeprefix("?")))


def default_level(count: int) -> str:
    """How a deletion of so many logs is copied first, unless a person chooses otherwise."""
    return "bodies" if count <= BODIES_UP_TO else "rows"
