"""A body, or a part of it, as text: decoded, and laid out if it is whole JSON."""

from __future__ import annotations

import re
from dataclasses import dataclass

import msgspec

from .document import is_binary

FORMAT_LIMIT = 64 * 1024  # bytes that are laid out as JSON
HEX_BYTES = 4096  # of something that is no text, so many are shown
INDENT = 2
INDENT_LIMIT = 256 * 1024  # blanks that laying out may add: 60 KB of nested brackets would become 90 MB
_STRUCTURE = re.compile(rb'"(?:[^"\\]|\\.)*"?|[\[{,\]}]', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Shown:
    """Text to show, and how it came to be."""

    text: str
    kind: str  # "JSON, laid out", "text", "event stream", "bytes"
    was_quoted: bool = False  # the upstream had wrapped the text into a JSON string
    replaced: int = 0  # how many bytes were no UTF-8 and are shown as a mark


def show(data: bytes, *, whole: bool, as_stored: bool = False) -> Shown:
    """The text of a body. `as_stored` leaves its layout as it is."""
    if is_binary(data):
        return Shown(_hex(data), "bytes")
    if whole and not as_stored and len(data) <= FORMAT_LIMIT:
        if quoted := _unquoted(data):
            return Shown(quoted, _kind(quoted), was_quoted=True)
        if laid_out := _laid_out(data):
            return Shown(laid_out, "JSON, laid out")
    text = data.decode("utf-8", "replace") if whole else _decoded(data)
    return Shown(text, _kind(text), replaced=text.count("\ufffd") - data.count(b"\xef\xbf\xbd"))


def whole_characters(data: bytes) -> bytes:
    """The bytes without a UTF-8 character that is cut through at their end: it belongs to the next window."""
    for back in range(1, min(4, len(data) + 1)):
        lead = data[-back]
        if lead >= 0xC0:
            needed = 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4
            return data[:-back] if needed > back else data
        if lead < 0x80:
            break
    return data


def _decoded(data: bytes) -> str:
    """UTF-8; a character that the window cuts through at either end is left out rather than marked."""
    start = 0
    while start < min(3, len(data)) and 0x80 <= data[start] < 0xC0:
        start += 1
    text = data[start:].decode("utf-8", "replace")
    tail = data[-3:]
    for back in range(1, min(3, len(tail)) + 1):
        lead = tail[-back]
        if lead >= 0xC0:
            needed = 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4
            return text[:-1] if needed > back and text.endswith("\ufffd") else text
        if lead < 0x80:
            break
    return text


def _laid_out(data: bytes) -> str:
    """JSON with line breaks; made on the bytes, so that keys that stand twice and huge numbers stay as they are."""
    if data.lstrip()[:1] not in (b"{", b"[") or _blanks(data) > INDENT_LIMIT:
        return ""
    try:
        return msgspec.json.format(data, indent=INDENT).decode("utf-8")
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return ""


def _blanks(data: bytes) -> int:
    """About how many blanks laying out would put in front of the lines."""
    depth = blanks = 0
    for sign in _STRUCTURE.finditer(data):
        depth += {b"[": 1, b"{": 1, b"]": -1, b"}": -1}.get(sign[0], 0)
        blanks += 0 if sign[0].startswith(b'"') else INDENT * depth
    return blanks


def _unquoted(data: bytes) -> str:
    """The text inside, when the whole body is one JSON string; events and JSON have been seen stored like that."""
    if data.lstrip()[:1] != b'"':
        return ""
    try:
        return msgspec.json.decode(data, type=str)
    except (msgspec.MsgspecError, ValueError):
        return ""


def _kind(text: str) -> str:
    return "event stream" if text.lstrip()[:6] in ("data: ", "event:", "data:{") else "text"


def _hex(data: bytes) -> str:
    """The first bytes of something that is no text."""
    lines = []
    for at in range(0, min(len(data), HEX_BYTES), 16):
        row = data[at : at + 16]
        letters = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
        lines.append(f"{at:08x}  {row.hex(' '):<47}  {letters}")
    return "\n".join(lines)
