"""What of a body can be shown as a tree: its JSON, or what its stream comes to, and the events of the stream."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from .arrays import CHUNK_KEYS
from .conversation import Side
from .document import Document, Kind, read_document
from .events import Event, are_events
from .exchange import read_side
from .raw import unquoted
from .shapes import Hints
from .spans import after_blank, value_end
from .values import json_text

# A stream of Google's, stored as one list: its first key is looked at, and the reader of documents decides.
_CHUNKS = re.compile(rb'\s*\[\s*\{\s*"(?:%s)"' % b"|".join(each.encode() for each in sorted(CHUNK_KEYS)))


@dataclass(frozen=True, slots=True)
class Trunk:
    """`data` is the JSON that the tree walks through; empty where the body holds none."""

    kind: Kind
    data: bytes = b""
    is_assembled: bool = False  # `data` is what the events come to, written as JSON
    events: tuple[Event, ...] = ()
    rest_at: int | None = None  # events from this byte on were not read
    times: dict[int, float] = field(default_factory=dict)  # number of the event, seconds
    was_quoted: bool = False
    is_cut: bool = False
    rest: int = 0  # bytes that follow the JSON and are none of it


def read_trunk(data: bytes, side: Side, hints: Callable[[], Hints], *, whole: bool = True) -> Trunk:
    """A body as a tree has it. JSON is not read for that, only gone through. `whole=False`: more follows."""
    was_quoted = data.lstrip()[:1] == b'"'
    if was_quoted:
        inner = unquoted(data)
        if inner.lstrip()[:1] in (b"{", b"[") or are_events(inner):
            data = inner
    start = after_blank(data, 0)
    if _CHUNKS.match(data):
        document = read_document(data, whole=whole)
        if document.kind == "events":
            return _other(document, side, hints, was_quoted)
    if data[start : start + 1] in (b"{", b"["):
        end, is_cut = value_end(data, start, len(data))
        rest = len(data) - after_blank(data, end)
        if not rest or data[after_blank(data, end) : after_blank(data, end) + 1] != b"{":
            return Trunk("json", data[:end], was_quoted=was_quoted, is_cut=is_cut or not whole, rest=rest)
    return _other(read_document(data, whole=whole), side, hints, was_quoted)


def _other(document: Document, side: Side, hints: Callable[[], Hints], was_quoted: bool) -> Trunk:
    was_quoted = was_quoted or document.was_quoted
    if document.kind == "json":
        return Trunk("json", document.data, was_quoted=was_quoted, is_cut=document.is_cut)
    if document.kind != "events":
        return Trunk(document.kind, was_quoted=was_quoted, is_cut=document.is_cut)
    assembled = read_side(document, side, hints()).assembled
    if assembled and assembled.value is None:  # a stream that no shape knows
        assembled = None
    return Trunk(
        "events",
        json_text(assembled.value, indent=None).encode("utf-8", "surrogatepass") if assembled else b"",
        is_assembled=assembled is not None,
        events=document.events,
        rest_at=document.rest_at,
        times=dict(assembled.times) if assembled else {},
        was_quoted=was_quoted,
        is_cut=document.is_cut,
    )
