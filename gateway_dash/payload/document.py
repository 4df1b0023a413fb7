"""What the bytes of a body are: JSON, a stream of events, a form, text, or bytes of some other kind. Never nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, Literal

from .arrays import is_streamed, read_array
from .events import Event, Events, are_events, read_events, read_lines
from .frames import are_frames, read_frames
from .values import Unreadable, read_json

type Kind = Literal["json", "events", "form", "text", "bytes", "empty"]

_FORM = re.compile(rb"--[^\r\n]{1,200}\r?\ncontent-disposition:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Document:
    """A body as it was read. `data` is what `value` and `events` were read from: without the quoting, if any."""

    kind: Kind
    data: bytes = b""
    value: Any = None
    events: tuple[Event, ...] = ()
    rest_at: int | None = None  # events from this byte on were not read: there are too many
    was_quoted: bool = False  # the upstream had wrapped the whole text into a JSON string
    is_cut: bool = False  # what is here ends before what was said did
    is_whole: bool = True  # False: more follows that was not read
    problem: str = ""  # why something that looks like JSON was not read


def read_document(data: bytes, *, whole: bool = True) -> Document:
    """The body as far as it is here. `whole=False`: more follows that was not read, so its end is no evidence."""
    found = _read(data)
    return found if whole else replace(found, is_cut=True, is_whole=False)


def _read(data: bytes) -> Document:
    data = data.removeprefix(b"\xef\xbb\xbf")  # the mark that some put before UTF-8; JSON must not begin with it
    first = data.lstrip()[:1]
    if not first:
        return Document("empty", data)
    if are_frames(data):
        return _streamed(data, read_frames(data))
    if first == b'"':
        return _quoted(data)
    if first in (b"{", b"["):
        return _json(data)
    if are_events(data):
        events = read_events(data)
        if events.all or first == b":":  # else it is a text that happens to begin like a field
            return _streamed(data, events)
    if _FORM.match(data, 0, 400):
        return Document("form", data)
    return Document("bytes" if is_binary(data) else "text", data)


def _streamed(data: bytes, events: Events) -> Document:
    return Document("events", data, events=events.all, rest_at=events.rest_at, is_cut=_ends_early(events))


def _ends_early(events: Events) -> bool:
    """Whether the last event stops in its middle. One that is whole but for its line end says nothing."""
    return bool(events.all) and events.all[-1].is_cut and bool(events.all[-1].problem)


def _json(data: bytes) -> Document:
    try:
        value, is_cut = read_json(data)
    except Unreadable as error:
        lines = read_lines(data) if data.lstrip()[:1] == b"{" else None
        if lines:
            return _streamed(data, lines)
        return Document("bytes" if is_binary(data) else "json", data, problem=str(error))
    if is_streamed(value):
        return _streamed(data, read_array(data, value))
    return Document("json", data, value=value, is_cut=is_cut)


def _quoted(data: bytes) -> Document:
    """A JSON string: the text inside is the body. Events and JSON have been seen stored like that."""
    try:
        text, is_cut = read_json(data)
    except Unreadable as error:
        return Document("text", data, problem=str(error))
    inner = str(text).encode("utf-8", "surrogatepass")
    if inner.lstrip()[:1] == b'"':  # one layer is the upstream's; another one is what was said
        return Document("text", inner, was_quoted=True, is_cut=is_cut)
    found = _read(inner)
    return replace(found, was_quoted=True, is_cut=found.is_cut or is_cut)


def is_binary(data: bytes) -> bool:
    """Whether the bytes are no text: a NUL early on, or many control characters."""
    sample = data[:4096]
    if b"\0" in sample[:1024]:
        return True
    return sum(byte < 9 or (13 < byte < 32 and byte != 27) for byte in sample) * 20 > len(sample)
