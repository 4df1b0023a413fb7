"""The annotation form: parses what was typed into an Annotation, with the types of metadata values kept."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Self

from django.http import QueryDict

from gateway_dash.gateway.annotation import ENTRIES_LIMIT, Annotation
from gateway_dash.gateway.models import Scalar
from gateway_dash.logs.detail import Entry, entry_of, score_text

KEY_LIMIT, VALUE_LIMIT = 100, 2000
_FEEDBACK = {"": None, "1": 1, "-1": -1}


@dataclass(slots=True)
class AnnotationForm:
    """What a person typed; `wanted` is what it means, if `errors` is empty."""

    seen: Annotation
    seen_text: str
    feedback: str
    score: str
    entries: list[Entry]
    wanted: Annotation = field(default_factory=Annotation)
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, data: QueryDict) -> Self:
        """From the POST; nothing that was typed is lost, whatever is wrong with it."""
        errors = {}
        text = data.get("seen", "")
        try:
            seen = Annotation.from_json(text)
        except ValueError:
            seen = Annotation()
            errors["form"] = "The form does not say what it showed. Open the log again; what you typed stands below."
        columns = (data.getlist(name) for name in ("key", "value", "type", "was"))
        rows = [Entry(key, value, kind or "text", was) for key, value, kind, was in zip_longest(*columns, fillvalue="")]
        entries = [row for row in rows if row.key.strip() or row.value.strip() or row.was]
        if "drop" in data:
            entries = [row for row in entries if row.name != data["drop"]]
        form = cls(seen, text, data.get("feedback", ""), data.get("score", "").strip(), entries, errors=errors)
        # Metadata that cannot be edited has no fields in the form: it stays.
        metadata = form._metadata() if "key" in data else dict(seen.metadata)
        form.wanted = Annotation(form._feedback(), form._score(), metadata)
        return form

    def _feedback(self) -> int | None:
        if self.feedback not in _FEEDBACK:
            self.errors["feedback"] = "The verdict is good, bad or none."
            return None
        if self.feedback and self.seen.feedback and (self.seen.feedback > 0) == (self.feedback == "1"):
            return self.seen.feedback  # type: ignore[return-value] # 0.5 upstream is still "good": not a change
        return self.seen.feedback if not self.feedback and self.seen.feedback == 0 else _FEEDBACK[self.feedback]  # type: ignore[return-value]

    def _score(self) -> int | float | None:
        if self.score == score_text(self.seen.score):
            return self.seen.score
        if not self.score:
            return None
        try:
            return score_in(self.score)
        except ValueError as error:
            self.errors["score"] = str(error)
            return None

    def _metadata(self) -> dict[str, Scalar]:
        found: dict[str, Scalar] = {}
        for entry in self.entries:
            key = self._key(entry)
            if key in self.seen.metadata and entry == entry_of(key, self.seen.metadata[key]):
                value = self.seen.metadata[key]  # untouched, whatever it holds
            elif not (entry.key.strip() or entry.value.strip()):
                continue  # both fields were emptied: it goes
            elif not entry.key.strip():
                self.errors["metadata"] = f"The value “{entry.value[:40]}” has no key."
                continue
            else:
                value = self._value(entry, "" if key in self.seen.metadata else key)
            if key in found:
                self.errors["metadata"] = f"The key “{entry.key[:40]}” stands twice."
            found[key] = value
        if len(found) > max(ENTRIES_LIMIT, len(self.seen.metadata)):
            self.errors["metadata"] = f"A log carries at most {ENTRIES_LIMIT} entries; there are {len(found)}."
        return found

    def _key(self, entry: Entry) -> str:
        """The key that is meant: the log's own, which a field may be unable to hold, unless somebody changed it."""
        try:
            was = json.loads(entry.was)
        except (ValueError, RecursionError):
            was = None
        return was if isinstance(was, str) and entry_of(was, "").key == entry.key else entry.key.strip()

    def _value(self, entry: Entry, new_key: str) -> Scalar:
        try:
            return value_in(entry, new_key)
        except ValueError as error:
            self.errors["metadata"] = str(error)
            return entry.value


def score_in(text: str) -> int | float:
    """A score as it was typed; raises ValueError in words for the person."""
    try:
        score = float(text)
    except ValueError:
        score = math.nan
    if not (text.isascii() and 0 <= score <= 100):
        raise ValueError(f"The score is a number from 0 to 100; “{text[:20]}” is not.")
    return int(score) if score.is_integer() else score


def value_in(entry: Entry, new_key: str = "") -> Scalar:
    """A metadata value with the type that was chosen, for a key that may be new; raises ValueError in words."""
    text = entry.value.strip()
    if len(new_key) > KEY_LIMIT or len(entry.value) > VALUE_LIMIT:
        raise ValueError(f"Keys have at most {KEY_LIMIT} characters, values {VALUE_LIMIT:,}.")
    if entry.type == "flag":
        if text.lower() not in ("true", "false"):
            raise ValueError(f"“{entry.key[:40]}” is of the type yes/no: write true or false.")
        return text.lower() == "true"
    if entry.type == "number":
        return _number_in(entry, text)
    if not entry.value:
        raise ValueError(f"“{entry.key[:40]}” has no value. To take it away, use its ✕.")
    return entry.value


def _number_in(entry: Entry, text: str) -> int | float:
    try:
        number = int(text) if text.lstrip("-").isdecimal() and text.isascii() else float(text)
    except ValueError:
        number = math.nan
    if len(text) <= 30 and math.isfinite(number):
        return number
    raise ValueError(f"“{entry.key[:40]}” is of the type number; “{text[:20]}” is not one.")
