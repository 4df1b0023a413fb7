"""What an annotation of many logs is to change, as its job keeps it, and how its items keep what a log said."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from django.db.models import Count
from django.http import QueryDict

from gateway_dash.bulk.models import Item, Job
from gateway_dash.gateway.annotation import PAIR, Annotation
from gateway_dash.gateway.query import LogQuery
from gateway_dash.logs.cells import value_text
from gateway_dash.payload.masking import masked_credentials

SHOWN = 80  # characters of a metadata key or value in a sentence
LEAVE = "leave"  # what a field of the form says of a part that stays as it is


@dataclass(frozen=True, slots=True)
class Spec:
    """Which logs, and what each is to say then; or which job is to be undone."""

    query: str = ""  # as an address spells it, pinned to a moment; empty once the job is over
    ids: tuple[str, ...] = ()  # instead of a query: ticked one by one
    parts: dict[str, Any] = field(default_factory=dict)  # as Annotation.fields names them; None takes a part away
    undoes: str = ""  # the key of a job: its changed logs go back to what they said before

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
        return self.kept() | {"query": "", "ids": []}

    def log_query(self) -> LogQuery:
        """The filter, with fixed times."""
        return LogQuery.read(QueryDict(self.query.removeprefix("?")))

    def wanted(self, now: Annotation) -> Annotation:
        """What a log that says this is to say."""
        return Annotation.of_fields(now.fields() | self.parts)

    def words(self) -> str:
        """What changes: "verdict good, score none"."""
        return ", ".join(f"{name_words(name)} {value_words(name, value)}" for name, value in self.parts.items())


def name_words(name: str) -> str:
    """The part as a person calls it; metadata keys are strangers' text."""
    return masked_credentials(name)[: len(PAIR) + SHOWN]


def value_words(name: str, value: Any) -> str:
    """The value as a person reads it, keys and passwords masked."""
    if value is None:
        return "none"
    if name == "verdict" and value in (1, -1):
        return "good" if value > 0 else "bad"
    return masked_credentials(value_text(value))[:SHOWN]


def kept(annotation: Annotation) -> str:
    """For the column of an item, as JSON text in ASCII: every database keeps that as it is.

    Raises ValueError where it would not come back the same.
    """
    text = json.dumps(json.loads(annotation.json()))
    if Annotation.from_json(text) != annotation:
        raise ValueError("a value of the metadata cannot be kept")
    return text


def both(item: Item) -> tuple[Annotation, Annotation]:
    """What the log said before, and what it is to say or says now; raises ValueError where that was never kept."""
    return Annotation.from_json(item.before or ""), Annotation.from_json(item.after or "")


def counted(job: Job) -> dict[str, int]:
    """The numbers of a receipt, by the items' states."""
    rows = Item.objects.filter(job=job).order_by().values_list("state").annotate(Count("pk"))
    counts: dict[str, int] = dict(rows)
    return {
        "changed": counts.get(Item.State.CHANGED, 0),
        "same": counts.get(Item.State.SAME, 0),
        "failed": counts.get(Item.State.FAILED, 0),
        "untried": counts.get(Item.State.PENDING, 0),
    }
