"""The fields of two logs beside each other: what each said, whether it differs, and by how much."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateway_dash.gateway.models import Log
from gateway_dash.logs.cells import value_text, without_credentials
from gateway_dash.logs.leaves import HEADS, VALUE_LIMIT
from gateway_dash.web import formats
from gateway_dash.web.text import shorten

ELSEWHERE = ("id", *HEADS)  # the ids stand in the head of the table, the bodies below it
CODES = ("status_code", "step")  # numbers that are names: 529 is not 329 more than 200
LARGEST = 2**53  # beyond it a float is no exact number
NOT_SENT = object()

Name = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """What one log says of a field."""

    text: str
    is_known: bool  # False: not sent, or null


@dataclass(frozen=True, slots=True)
class Field:
    """One row of the table."""

    name: str
    left: Cell
    right: Cell
    differs: bool
    delta: str  # "+1,204 ms, 3.1 x"; empty where there is nothing to say but that it differs


def compared_fields(left: Log, right: Log) -> list[Field]:
    """Every field that either log has, known to us or not, in the order in which they came."""
    ours, theirs = _values(left), _values(right)
    names = dict.fromkeys([*ours, *theirs])
    return [_field(name, ours.get(name, NOT_SENT), theirs.get(name, NOT_SENT), left, right) for name in names]


def _values(log: Log) -> dict[Name, Any]:
    """The fields by name; members of objects, such as metadata pairs and timings, one by one."""
    found: dict[Name, Any] = {}
    for name, value in log.row_as_sent.items():
        if name in ELSEWHERE:
            continue
        members = log.metadata_map() if name == "metadata" else value
        if isinstance(members, dict) and members:
            found |= {(name, key): member for key, member in members.items()}
        else:
            found[name,] = value
    return found


def _field(name: Name, left: Any, right: Any, ours: Log, theirs: Log) -> Field:
    differs = not _same(left, right)
    texts = [_text(name, value) for value in (left, right)]
    if differs and texts[0] == texts[1]:  # "1" and 1, or two numbers that are only the same when rounded
        texts = [_as_sent(value, name[0]) for value in (left, right)]
    hidden = differs and texts[0] == texts[1]
    return Field(
        name=shorten(".".join(name), 120),
        left=Cell(texts[0], left not in (None, NOT_SENT)),
        right=Cell(texts[1], right not in (None, NOT_SENT)),
        differs=differs,
        delta=_hidden(texts[0]) if hidden else _delta(name, left, right, ours, theirs),
    )


def _hidden(text: str) -> str:
    """Where two values differ that read the same."""
    return "in what is masked" if "[masked: " in text else f"after the first {VALUE_LIMIT:,} characters"


def _same(left: Any, right: Any) -> bool:
    if left is NOT_SENT or right is NOT_SENT:
        return left is right
    if _is_number(left) and _is_number(right):
        return bool(left == right) or _as_sent(left) == _as_sent(right)  # NaN is like no other, not even itself
    return _canonical(left) == _canonical(right)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


# --- as text --------------------------------------------------------------------------------------------------------


def _text(name: Name, value: Any) -> str:
    if value is NOT_SENT:
        return "not sent"
    quantity = _quantity(name)
    if quantity and _is_workable(value):
        return quantity(value)
    return shorten(without_credentials(name[0], value_text(value)), VALUE_LIMIT)


def _as_sent(value: Any, name: str = "") -> str:
    if value is NOT_SENT:
        return "not sent"
    return shorten(without_credentials(name, json.dumps(value, ensure_ascii=False)), VALUE_LIMIT)


def _quantity(name: Name) -> Callable[[Any], str] | None:
    """How a number of this field is written, where we know what it counts."""
    first = name[0]
    if first in ("duration", "timings"):
        return _milliseconds
    if first == "cost":
        return formats.money
    if first in ("request_size", "response_size"):
        return formats.size
    return _number if first in ("tokens_in", "tokens_out", "usage_metadata") else None


def _milliseconds(ms: float) -> str:
    return f"{_number(ms)} ms"


def _number(number: int | float) -> str:
    return f"{number:,.3f}".rstrip("0").rstrip(".") if isinstance(number, float) else f"{number:,}"


# --- by how much ----------------------------------------------------------------------------------------------------


def _delta(name: Name, left: Any, right: Any, ours: Log, theirs: Log) -> str:
    if _same(left, right):
        return ""
    if NOT_SENT in (left, right):
        return "only in B" if left is NOT_SENT else "only in A"
    if left is None or right is None:
        return "unknown in A" if left is None else "unknown in B"
    if name == ("created_at",):
        return _later(ours.created_at, theirs.created_at)
    if name[0] in CODES or not (_is_workable(left) and _is_workable(right)):
        return ""
    quantity = _quantity(name)
    change = right - left
    parts = [("+" if change > 0 else "−") + (quantity or _number)(abs(change))]
    if quantity and left > 0 and right > 0 and (times := _times(right / left)):
        parts.append(times)
    return ", ".join(parts)


def _later(left: datetime, right: datetime) -> str:
    """How far the two calls ended from each other; nothing where a time could not be read."""
    if 0 in (left.timestamp(), right.timestamp()):
        return ""
    ms = (right - left).total_seconds() * 1000
    return f"{formats.duration_words(abs(ms))} {'later' if ms > 0 else 'earlier'}" if ms else ""


def _is_workable(value: Any) -> bool:
    return _is_number(value) and math.isfinite(value) and abs(value) < LARGEST


def _times(ratio: float) -> str:
    """3.1 x, 12 x, 0.4 x; nothing where it would read as 1."""
    text = f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.1f}" if ratio >= 1 else f"{ratio:.2g}"
    return "" if float(text.replace(",", "")) == 1 else f"{text} x"
