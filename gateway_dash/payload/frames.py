"""Amazon's binary stream (`application/vnd.amazon.eventstream`), read into the same events as any other stream."""

from __future__ import annotations

import base64
import binascii
import struct
import zlib
from dataclasses import replace

from .events import MOST_EVENTS, Event, Events, read_event
from .values import text_at

PRELUDE = 12  # bytes: length of the frame, length of its headers, checksum of these two
SHORTEST, LONGEST = 16, 24 * 1024 * 1024
MOST_HEADERS = 50
WRONG_SUM = "its checksum is wrong"
_FIXED = {0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16}  # bytes of a header's value, by its type
_SIZED = (6, 7)  # types whose value begins with its length: bytes, text


def are_frames(data: bytes) -> bool:
    """Whether a body begins with a frame: lengths that fit each other, and the right checksum over them."""
    if len(data) < PRELUDE:
        return False
    length, headers, checksum = struct.unpack_from(">III", data)
    return bool(SHORTEST + headers <= length <= LONGEST and zlib.crc32(data[:8]) == checksum)


def read_frames(data: bytes) -> Events:
    """The events of a stream of frames. Where lengths make no sense, the rest is one event that says so."""
    found: list[Event] = []
    at = 0
    while at < len(data):
        if len(found) == MOST_EVENTS:
            return Events(tuple(found), at)
        event = _event(data, at, len(found))
        found.append(event)
        at = event.end
    return Events(tuple(found))


def _event(data: bytes, at: int, number: int) -> Event:
    rest = len(data) - at
    if rest < PRELUDE:
        return Event(number, "", "", at, len(data), problem="the data ends in the middle", is_cut=True)
    length, headers_length, checksum = struct.unpack_from(">III", data, at)
    if not SHORTEST + headers_length <= length <= LONGEST:
        return Event(number, "", "", at, len(data), problem="its lengths make no sense, so the rest is not read")
    is_cut = length > rest
    end = len(data) if is_cut else at + length
    start = at + PRELUDE + headers_length
    headers = _headers(data[at + PRELUDE : min(start, end)])
    payload = data[start : end if is_cut else end - 4]
    event = _told(number, headers, payload, (at, end), is_cut)
    wrong = zlib.crc32(data[at : at + 8]) != checksum
    if not is_cut:
        (whole,) = struct.unpack_from(">I", data, end - 4)
        wrong = wrong or zlib.crc32(memoryview(data)[at : end - 4]) != whole
    return replace(event, problem=WRONG_SUM) if wrong else event


def _told(number: int, headers: dict[str, str], payload: bytes, place: tuple[int, int], is_cut: bool) -> Event:
    """The event of a frame. A body that was invoked lies in it as base64; then that is the event."""
    name = headers.get(":exception-type") or headers.get(":event-type") or headers.get(":error-code", "")
    found = read_event(number, name, payload, place, is_cut)
    wrapped = text_at(found.value, "bytes")
    if not wrapped:
        return found
    try:
        inner = base64.b64decode(wrapped, validate=True)
    except (binascii.Error, ValueError):
        return found
    event = read_event(number, name, inner, place, is_cut)
    return replace(event, name=text_at(event.value, "type") or name)


def _headers(data: bytes) -> dict[str, str]:
    """The headers that are texts, as far as they can be read."""
    found: dict[str, str] = {}
    at = 0
    while at < len(data) and len(found) < MOST_HEADERS:
        name_end = at + 1 + data[at]
        if name_end >= len(data):
            break
        name, kind = data[at + 1 : name_end].decode("utf-8", "replace"), data[name_end]
        at = name_end + 1
        if kind in _FIXED:
            at += _FIXED[kind]
        elif kind in _SIZED and at + 2 <= len(data):
            size = int.from_bytes(data[at : at + 2])
            if kind == 7:
                found[name] = data[at + 2 : at + 2 + size].decode("utf-8", "replace")
            at += 2 + size
        else:
            break
    return found
