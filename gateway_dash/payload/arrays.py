"""A stream that is one JSON array, as Google sends it without `alt=sse`: each element is an event."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from .events import MOST_EVENTS, Event, Events

CHUNK_KEYS = {"candidates", "usageMetadata", "promptFeedback"}  # only arrays of such objects are streams
_SIGN = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)
_STEP = {b"[": 1, b"{": 1, b"]": -1, b"}": -1}


def is_streamed(value: Any) -> bool:
    """Whether a JSON value is a list of chunks of an answer."""
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict) and bool(CHUNK_KEYS & set(value[0]))


def read_array(data: bytes, values: list[Any]) -> Events:
    """The elements, each with the place where it stands in the bytes; `values` are the same, read."""
    found: list[Event] = []
    depth, start = 0, 0
    for sign in _SIGN.finditer(data):
        depth += _STEP.get(sign[0], 0)
        if depth == 2 and sign[0] in (b"{", b"["):
            start = sign.start()
        if depth == 1 and sign[0] in (b"}", b"]") and len(found) < len(values):
            if len(found) == MOST_EVENTS:
                return Events(tuple(found), start)
            found.append(_element(len(found), data[start : sign.end()], start, values))
    if depth > 1 and len(found) < min(len(values), MOST_EVENTS):
        last = _element(len(found), data[start:], start, values)
        found.append(replace(last, is_cut=True, problem="the data ends in the middle"))
    return Events(tuple(found))


def _element(number: int, data: bytes, start: int, values: list[Any]) -> Event:
    return Event(number, "", data.decode("utf-8", "replace"), start, start + len(data), held=values[number])
