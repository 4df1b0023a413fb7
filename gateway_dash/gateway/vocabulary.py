"""The words of a filter: one line is one filter, spelled for the API, the URL, the form and in English.

To add a filter, add a line to `VOCABULARY` and an example to `tests/unit/test_query.py`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from gateway_dash.gateway.models import Log

Value = str | int | float | bool | None

TEXT_LIMIT = 500
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")  # a lone surrogate cannot be sent
_WHOLE = re.compile(r"-?\d{1,15}\Z", re.ASCII)
_DECIMAL = re.compile(r"-?(\d{1,16}(\.\d{0,30})?|\.\d{1,30})([eE][-+]?\d{1,3})?\Z", re.ASCII)  # each float's repr


class Operator(StrEnum):
    """What the API can compare with; it has no gte, lte or in."""

    EQ = "eq"
    NEQ = "neq"
    CONTAINS = "contains"
    LT = "lt"
    GT = "gt"

    @property
    def suffix(self) -> str:
        """How the URL says it: `cost__gt`."""
        return {"eq": "", "neq": "__not"}.get(self.value, f"__{self.value}")

    @property
    def label(self) -> str:
        """How the form says it."""
        return {"eq": "is", "neq": "is not", "contains": "contains", "lt": "is below", "gt": "is above"}[self.value]


EQ, NEQ, CONTAINS, LT, GT = Operator


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of value: how it is read from text, spelled as text, and shown."""

    name: str
    operators: tuple[Operator, ...]
    read: Callable[[str], Value]
    spell: Callable[[Value], str] = str
    show: Callable[[Value], str] = str


def _text(text: str) -> str:
    if not text:
        raise ValueError("needs a value")
    if len(text) > TEXT_LIMIT:
        raise ValueError(f"takes at most {TEXT_LIMIT} characters")
    if _CONTROL.search(text) or "\ufffd" in text:
        raise ValueError("has a character that no filter can hold")
    return text


def _flag(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError("takes true or false")
    return text == "true"


def _loose(text: str) -> str | bool:
    return text == "true" if text in ("true", "false") else _text(text)


def _whole(text: str) -> int:
    if not _WHOLE.match(text):
        raise ValueError("takes a whole number")
    return int(text)


def _decimal(text: str) -> float | int:
    if not _DECIMAL.match(text):
        raise ValueError("takes a number such as 0.01")
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("takes a number such as 0.01")
    return int(number) if number.is_integer() and abs(number) < 10**15 else number


def _feedback(text: str) -> int | None:
    try:
        return {"1": 1, "-1": -1, "0": 0, "none": None}[text]
    except KeyError:
        raise ValueError("takes 1 (up), -1 (down), 0 or none") from None


def _spell(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "none" if value is None else str(value)


_VERDICTS = {1: "thumbs up", -1: "thumbs down", 0: "feedback 0", None: "no feedback"}

Text = Kind("text", (EQ, NEQ, CONTAINS), _text)
Exact = Kind("text", (EQ, NEQ), _text)
Loose = Kind("text", (EQ, NEQ, CONTAINS), _loose, _spell, _spell)
Flag = Kind("flag", (EQ, NEQ), _flag, _spell, _spell)
Whole = Kind("number", (EQ, NEQ, LT, GT), _whole, str, lambda value: f"{value:,}")
Dollars = Kind("number", (EQ, NEQ, LT, GT), _decimal, _spell, lambda value: f"${value}")
Milliseconds = Kind("number", (EQ, NEQ, LT, GT), _whole, str, lambda value: f"{value:,} ms")
Feedback = Kind("feedback", (EQ, NEQ), _feedback, _spell, lambda value: _VERDICTS[value])  # type: ignore[index]

UNKNOWN = object()  # the row does not carry the field: nothing can be said


def _field(name: str) -> Callable[[Log], Any]:
    def read(log: Log) -> Any:
        if name == "id":
            return log.id
        if name not in log.row_as_sent:
            return UNKNOWN
        value = getattr(log, name)
        # Nothing in the place of something: the row says it in a way that could not be read.
        return UNKNOWN if value in ("", None) and log.row_as_sent[name] != value else value

    return read


def _sent(name: str) -> Callable[[Log], Any]:
    return lambda log: log.row_as_sent.get(name, UNKNOWN)


def _tokens(log: Log) -> Any:
    return UNKNOWN if log.tokens_in is None or log.tokens_out is None else log.tokens_in + log.tokens_out


def _duration(log: Log) -> Any:
    return UNKNOWN if log.duration_ms is None else log.duration_ms


def _metadata(part: Callable[[Mapping[str, Any]], list[Any]]) -> Callable[[Log], Any]:
    return lambda log: part(log.metadata_map() or {})


@dataclass(frozen=True, slots=True)
class Word:
    """One filter key. `phrases` say it in English by operator (or by value, for flags); `{}` is the value."""

    name: str  # in the URL and the form
    label: str
    kind: Kind
    phrases: Mapping[Operator | bool, str] = field(default_factory=dict)
    api: str = ""  # the API's key, where it differs from the name
    of: Callable[[Log], Any] | None = None  # the row's value, for the check that the upstream applied the filter

    @property
    def key(self) -> str:
        """The API's key."""
        return self.api or self.name

    def value_in(self, log: Log) -> Any:
        """What the row says; UNKNOWN when it does not carry the field."""
        return (self.of or _field(self.name))(log)


def _with(noun: str, unit: str = "") -> dict[Operator | bool, str]:
    return {
        EQ: f"with {{}} {noun}{unit}",
        NEQ: f"not with {{}} {noun}{unit}",
        LT: f"with fewer than {{}} {noun}{unit}",
        GT: f"with more than {{}} {noun}{unit}",
    }


VOCABULARY: dict[str, Word] = {
    word.name: word
    for word in (
        Word("provider", "Provider", Text, {EQ: "from {}", NEQ: "not from {}", CONTAINS: "from a provider like {}"}),
        Word("model", "Model", Text, {EQ: "to {}", NEQ: "not to {}", CONTAINS: "to a model like {}"}),
        Word("success", "Success", Flag, {True: "that succeeded", False: "that failed"}),
        Word("cached", "From cache", Flag, {True: "answered from cache", False: "not answered from cache"}),
        Word("cost", "Cost in US dollars", Dollars, {
            EQ: "that cost {}", NEQ: "not costing {}", LT: "that cost less than {}", GT: "that cost more than {}"}),
        Word("duration", "Duration in ms", Milliseconds, {
            EQ: "that took {}", NEQ: "not taking {}", LT: "that took less than {}", GT: "that took more than {}"},
            of=_duration),
        Word("tokens", "Tokens in and out", Whole, _with("tokens"), of=_tokens),
        Word("tokens_in", "Tokens in", Whole, _with("tokens in")),
        Word("tokens_out", "Tokens out", Whole, _with("tokens out")),
        Word("feedback", "Verdict", Feedback, {EQ: "with {}", NEQ: "not with {}"}),
        Word("metadata_key", "Metadata key", Text, api="metadata.key", of=_metadata(list)),
        Word("metadata_value", "Metadata value", Text, api="metadata.value",
             of=_metadata(lambda pairs: list(pairs.values()))),
        Word("id", "Log id", Exact, {EQ: "with the id {}", NEQ: "not with the id {}"}),
        Word("event_id", "Event id", Text),
        Word("user_agent", "User agent", Text),
        Word("model_type", "Model type", Text),
        Word("request_type", "Request type", Text),
        Word("request_content_type", "Request content type", Text),
        Word("response_content_type", "Response content type", Text),
        Word("dlp_action", "DLP action", Text, of=_sent("dlp_action")),
        Word("authentication", "Authentication", Loose, of=_sent("authentication")),
        Word("wholesale", "Wholesale", Flag, {True: "billed wholesale", False: "not billed wholesale"},
             of=_sent("wholesale")),
        Word("compatibilityMode", "Compatibility mode", Loose, of=_sent("compatibilityMode")),
    )
}  # fmt: skip

PAIR_PREFIX = "metadata."
PAIR_KEY = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff\ufffd]{1,100}\Z")
PAIR_OPERATORS = (EQ, CONTAINS)  # the API compares keys and values apart: the negation of a pair cannot be asked


def pair_word(name: str) -> Word:
    """The word of one metadata pair, `metadata.user`. It is asked as key and value, and paired here, row by row."""
    key = name.removeprefix(PAIR_PREFIX)
    phrases: dict[Operator | bool, str] = {EQ: f"with {key} = {{}}", CONTAINS: f"with {key} like {{}}"}
    kind = Kind("text", PAIR_OPERATORS, _text)
    return Word(name, f"Metadata {key}", kind, phrases, of=lambda log: (log.metadata_map() or {}).get(key))


def compare(operator: Operator, wanted: Value, found: Any) -> bool:
    """Whether one value of a row fits. Text is compared without case: how the upstream does it is not published."""
    if operator in (LT, GT):
        try:
            return float(found) < float(wanted) if operator is LT else float(found) > float(wanted)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            return True  # a number that the row does not have proves nothing
    if operator is CONTAINS:
        return _folded(wanted) in _folded(found)
    if isinstance(wanted, int | float) and isinstance(found, int | float):
        return math.isclose(wanted, found, rel_tol=1e-9, abs_tol=1e-12)
    return _folded(wanted) == _folded(found)


def _folded(value: Any) -> str:
    return _spell(value).casefold() if value is None or isinstance(value, bool) else str(value).casefold()
