"""A stream of events, cut into its events: server-sent ones, or one JSON value a line.

The rules are those of the HTML standard for `text/event-stream`. The places of the bytes are kept, so that a finding
can lead to its event and a mask can cover one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from .values import Unreadable, read_json

MOST_EVENTS = 50_000
HELD_VALUES = 2_000  # of a long stream the others are read when they are looked at: they take ten times its bytes
MOST_LINES = 1_000_000  # each takes time, and a body can be nothing but line ends
_BOM = b"\xef\xbb\xbf"
_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:(?:data|event|id|retry):|:\s)")
_WHITE = re.compile(rb"\s*")
_BLANK = re.compile(rb"[\r\n]+")
_LINE = re.compile(rb"([^\r\n]*)(\r\n|\r|\n|\Z)")


@dataclass(frozen=True, slots=True)
class Event:
    """One event: its name if it has one, its data, and where its lines stand in the bytes."""

    number: int  # from 0
    name: str
    data: str
    start: int
    end: int
    held: Any = None  # its value, if that was kept
    is_json: bool = False
    problem: str = ""  # why data that looks like JSON could not be read
    is_cut: bool = False  # nothing ends its last line: the stream may have stopped in it, and has if it has a problem

    @property
    def value(self) -> Any:
        """The data as JSON, if it is some; read again where it was not kept."""
        return self.held if self.held is not None or not self.is_json else _value(self.data)


@dataclass(frozen=True, slots=True)
class Events:
    """The events of a body, and whether all of them were read."""

    all: tuple[Event, ...] = ()
    rest_at: int | None = None  # where reading stopped because there are too many


def are_events(data: bytes) -> bool:
    """Whether a body looks like server-sent events."""
    return _START.match(data, 0, 200) is not None


def read_events(data: bytes) -> Events:
    """The events of a stream; the last one may be cut. Comments (`: ping`) are no events."""
    found: list[Event] = []
    name, lines, start, at = "", list[bytes](), None, len(_BOM) if data.startswith(_BOM) else 0
    for _ in range(MOST_LINES):
        if start is None and (blank := _BLANK.match(data, at)):
            at = blank.end()
        if at >= len(data):
            return Events(tuple(found))
        line = _LINE.match(data, at)
        assert line is not None  # noqa: S101 - an empty line matches too
        if text := line[1]:
            start = at if start is None else start
            field, _, rest = text.partition(b":")
            rest = rest.removeprefix(b" ")
            if field == b"data":
                lines.append(rest)
            elif field == b"event":
                name = rest.decode("utf-8", "replace")
        at = line.end()
        if not text or at == len(data):
            if lines:
                is_cut = bool(text) and not line[2]
                found.append(read_event(len(found), name, b"\n".join(lines), (start or 0, at), is_cut))
            name, lines, start = "", [], None
            if len(found) == MOST_EVENTS and at < len(data):
                break
    return Events(tuple(found), at if start is None else start)


def read_lines(data: bytes) -> Events | None:
    """One JSON object a line, as some providers stream; None if the first two lines are not."""
    found: list[Event] = []
    at = 0
    while len(found) < MOST_EVENTS:
        at = _WHITE.match(data, at).end()  # type: ignore[union-attr] # it matches nothing too
        if at == len(data):
            break
        end = data.find(b"\n", at)
        end = len(data) if end < 0 else end + 1
        is_cut = end == len(data) and not data.endswith(b"\n")
        event = read_event(len(found), "", data[at:end].rstrip(), (at, end), is_cut)
        if len(found) < 2 and not isinstance(event.value, dict):
            return None
        found.append(event)
        at = end
    return Events(tuple(found), at if at < len(data) else None) if len(found) > 1 else None


def read_event(number: int, name: str, data: bytes, place: tuple[int, int], is_cut: bool) -> Event:
    """The event whose data these bytes are; JSON in it is read."""
    text = data.decode("utf-8", "replace")
    value, problem = None, ""
    if data.lstrip()[:1] in (b"{", b"[") and data.strip() != b"[DONE]":
        try:
            value, ended_early = read_json(data)
            problem = "the data ends in the middle" if ended_early else ""
        except Unreadable as error:
            problem = str(error)
    elif is_cut and data.strip() != b"[DONE]":
        problem = "the data ends in the middle"
    held = value if number < HELD_VALUES else None
    is_json = value is not None
    return Event(number, name, text, *place, held=held, is_json=is_json, problem=problem, is_cut=is_cut)


@lru_cache(maxsize=16)
def _value(data: str) -> Any:
    """The value of an event; whoever looks at one looks at it several times in a row."""
    return read_json(data.encode("utf-8", "surrogatepass"))[0]
