"""The texts that the events of a stream give piece by piece, put together, whatever the provider calls them.

A shape knows which field of an event is the next piece of a text. Here nothing is known of shapes: the values that
stand under the same names in one event after the other are taken for the pieces of one text. So a secret that a stream
cuts is found in streams of unknown shapes too, and in a window that begins in the middle of one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from .escapes import Undone, undone

_LINE = re.compile(r"^(?:data:[ ]?|(?=\{\"))([^\n]+)", re.MULTILINE)
_TOKEN = re.compile(r'"([^"\\]*+(?:\\.[^"\\]*+)*+)(?:"(\s*:)?|$)|[\[\]{}]', re.DOTALL)
_NUMBER = re.compile(r'"(?:index|output_index|content_index)"\s*:\s*(\d+)')
_DEEPEST = 32
# Never pieces of a text, and often the same in every event.
_NAMES = frozenset(
    [
        "id",
        "object",
        "type",
        "model",
        "role",
        "item_id",
        "event_id",
        "call_id",
        "tool_call_id",
        "system_fingerprint",
        "service_tier",
        "finish_reason",
        "stop_reason",
        "native_finish_reason",
        "obfuscation",
        "name",
        "status",
        "provider",
        "created_at",
        "responseId",
        "modelVersion",
    ]
)


@dataclass(frozen=True, slots=True)
class Gathered:
    """One text of a stream: where each of its pieces begins in it, and what and where the piece is in the stream."""

    text: str
    starts: list[int]
    pieces: list[tuple[int, Undone]]

    def places(self, start: int, end: int) -> list[tuple[int, int]]:
        """Where a part of the text stands in the stream, piece by piece."""
        found = []
        for number in range(bisect_right(self.starts, start) - 1, bisect_right(self.starts, end - 1)):
            at, piece = self.pieces[number]
            ours = max(0, start - self.starts[number])
            theirs = min(len(piece.text), end - self.starts[number])
            if ours < theirs:
                found.append((at + piece.origin(ours), at + piece.origin(theirs)))
        return found


def is_stream(text: str) -> bool:
    """Whether a part of a body is from a stream of events."""
    return "\\ndata:" in text[:20_000] or len(_LINE.findall(text[:20_000])) > 1


def gathered(text: str) -> list[Gathered]:
    """The texts of a stream, or of a part of one; none where the text is no stream."""
    events = list(_LINE.finditer(text))
    if len(events) < 2:
        return []
    groups: dict[tuple[object, ...], list[tuple[int, Undone]]] = defaultdict(list)
    for event in events:
        line = event[1]
        numbers = tuple(_NUMBER.findall(line))
        for path, start, end in _values(line):
            groups[numbers, path].append((event.start(1) + start, undone(line[start:end])))
    return [_joined(pieces) for pieces in groups.values() if len(pieces) > 1]


def _joined(pieces: list[tuple[int, Undone]]) -> Gathered:
    starts, length = [], 0
    for _, piece in pieces:
        starts.append(length)
        length += len(piece.text)
    return Gathered("".join(piece.text for _, piece in pieces), starts, pieces)


def _values(line: str) -> Iterator[tuple[tuple[str, ...], int, int]]:
    """The texts of an event's data by the names above them; data that is no JSON is one text."""
    if line[:1] not in ("{", "["):
        yield (), 0, len(line.rstrip("\r"))
        return
    path: list[str] = []
    name = ""
    for token in _TOKEN.finditer(line):
        sign = line[token.start()]
        if sign == '"':
            if token[2]:
                name = token[1]
            elif name not in _NAMES and token[1]:
                yield (*path, name), token.start(1), token.end(1)
        elif sign in "{[":
            path.append(name)
            if len(path) > _DEEPEST:
                return
        elif path:
            path.pop()
