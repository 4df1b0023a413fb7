"""What an annotation of many logs is to change, as its job keeps it, and how its items keep what a log said."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from gateway_dash.bulk import which
from gateway_dash.bulk.models import Item, Job
from gateway_dash.bulk.spec import Chosen
from gateway_dash.gateway.annotation import PAIR, Annotation
from gateway_dash.logs.cells import value_text
from gateway_dash.payload.masking import masked_credentials

SHOWN = 80  # characters of a metadata key or value in a sentence
LEAVE = "leave"  # what a field of the form says of a part that stays as it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec(Chosen):
    """Which logs, and what each is to say then; or which job is to be undone."""

    parts: dict[str, Any] = field(default_factory=dict)  # as Annotation.fields names them; None takes a part away
    undoes: str = ""  # the key of a job: its changed logs go back to what they said before

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
    counts = which.by_state(job)
    return {
        "changed": counts[Item.State.CHANGED],
        "same": counts[Item.State.SAME],
        "failed": counts[Item.State.FAILED],
        "untried": counts[Item.State.PENDING],
    }
