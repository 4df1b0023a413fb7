"""Whether two requests ask for the same: a body in one spelling, without what does not change the answer.

JSON is the same whatever its layout, the order of its keys, or how a number is written (1, 1.0, 10e-1). At its top some
fields only say how the answer is delivered or filed: they are left out, and named. `seed` stays, since it asks for
another sample, and so does everything further down. What no strict reader takes, such as keys that stand twice, is
compared as it is, byte for byte.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import jiter

from .document import read_document
from .values import MOST_VALUES

LEFT_OUT = frozenset((
    "stream", "stream_options",  # how the answer is delivered
    "user", "safety_identifier", "metadata", "store",  # how it is filed
    "service_tier", "prompt_cache_key", "prompt_cache_retention",  # what it costs and how soon it comes
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Canonical:
    """The SHA-256 of a request in its one spelling, and of its bytes as they are stored."""

    digest: str
    stored: str
    kind: str  # "json", "bytes"
    left_out: tuple[str, ...] = ()  # fields of LEFT_OUT that it had, by name


def canonical(data: bytes) -> Canonical:
    """The canonical form of a whole body. A body that is cut has none: do not ask for it."""
    stored = _sha256(data)
    document = read_document(data)
    value = _strict(document.data) if document.kind == "json" and not document.is_cut else None
    if not isinstance(value, dict | list):
        return Canonical(_sha256(b"bytes\0" + document.data), stored, "bytes")
    left_out: tuple[str, ...] = ()
    if isinstance(value, dict):
        left_out = tuple(sorted(LEFT_OUT & value.keys()))
        value = {name: each for name, each in value.items() if name not in LEFT_OUT}
    try:
        spelled = "".join(_spelled(value))
    except ValueError:  # a whole number of more digits than Python prints
        return Canonical(_sha256(b"bytes\0" + document.data), stored, "bytes")
    return Canonical(_sha256(b"json\0" + spelled.encode("ascii")), stored, "json", left_out)


def apart(one: Canonical, other: Canonical) -> str:
    """In which ways two requests with the same digest still differ: "byte for byte the same"."""
    if one.stored == other.stored:
        return "the same, byte for byte"
    names = sorted({*one.left_out, *other.left_out})
    return f"the same but for layout{', ' + ', '.join(names) if names else ''}"


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _strict(data: bytes) -> Any:
    """The value with exact numbers; None where something in it can be read in two ways, or not at all."""
    if data.count(b",") + data.count(b"[") + data.count(b"{") > MOST_VALUES:
        return None
    try:
        return jiter.from_json(
            data, cache_mode="none", float_mode="decimal", catch_duplicate_keys=True, allow_inf_nan=False
        )
    except ValueError:
        return None


def _spelled(value: Any) -> Iterator[str]:
    """The pieces of its one spelling, without recursion: what is still to come waits on a stack, the next one last."""
    waiting: list[tuple[bool, Any]] = [(True, value)]  # whether it is a value; else it is text, ready
    while waiting:
        is_value, item = waiting.pop()
        if not is_value:
            yield item
        elif isinstance(item, dict):
            yield "{"
            waiting.append((False, "}"))
            for name in sorted(item, reverse=True):
                waiting += [(False, ","), (True, item[name]), (False, json.dumps(name) + ":")]
        elif isinstance(item, list):
            yield "["
            waiting.append((False, "]"))
            for each in reversed(item):
                waiting += [(False, ","), (True, each)]
        else:
            yield _scalar(item)


def _scalar(item: Any) -> str:
    if isinstance(item, bool) or not isinstance(item, int | Decimal):
        return json.dumps(item)
    sign, digits, exponent = Decimal(item).as_tuple() if isinstance(item, Decimal) else _whole(item)
    text = "".join(map(str, digits)).lstrip("0")
    short = text.rstrip("0")
    return f"{'-' if sign and short else ''}{short or '0'}e{int(exponent) + len(text) - len(short) if short else 0}"


def _whole(number: int) -> tuple[int, tuple[int, ...], int]:
    return int(number < 0), tuple(map(int, str(abs(number)))), 0
