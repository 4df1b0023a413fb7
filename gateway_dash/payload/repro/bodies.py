"""A body on its way out: the same bytes if nothing in them has to stay here, else as near as can be, and said so."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import Any

from gateway_dash.payload.document import Document
from gateway_dash.payload.masking import MOST_CHARACTERS
from gateway_dash.payload.outgoing import Masking
from gateway_dash.payload.values import Unreadable, read_json

INLINE_BYTES = 256 * 1024  # of a body that stands in the command itself
_NOT_PLAIN = re.compile(r"[^\n\t\x20-\x7e]")
_BOUNDARY = re.compile(rb"--([\w'()+,./:=?-]{1,70})\r?\n")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A body as it leaves: its bytes, whether they are those of the log, and what was changed in them."""

    data: bytes = b""
    is_exact: bool = True
    is_missing: bool = False
    is_waiting: bool = False  # so long that it is masked only when somebody asks for it: see `finished`
    notes: tuple[str, ...] = ()
    what: str = "request"  # or "response"
    file_name: str = "request.json"
    is_json: bool = False
    value: Any = None  # of JSON, as it leaves

    @property
    def is_plain(self) -> bool:
        """Whether it is text that can stand in a command."""
        return not _NOT_PLAIN.search(self.data.decode("latin-1"))

    @property
    def is_file(self) -> bool:
        """Whether a command has to read it from a file."""
        return self.is_beside or not self.is_plain

    @property
    def is_beside(self) -> bool:
        """The same for Python, which can spell any byte, though nobody reads many of them."""
        if self.is_missing or self.is_waiting or len(self.data) > INLINE_BYTES:
            return True
        return len(self.data) > INLINE_BYTES // 16 and not self.is_plain


def missing(what: str, reason: str) -> Outgoing:
    """No body: whoever makes the call again has to bring one."""
    notes = (reason,) if reason else ()
    return Outgoing(is_exact=False, is_missing=True, notes=notes, what=what, file_name=f"{what}.json")


def outgoing(what: str, document: Document, masking: Masking) -> Outgoing:
    """The body of that name, "request" or "response", with secrets masked and long base64 left out."""
    is_json = document.value is not None
    stored = document.data.decode("utf-8", "replace" if is_json else "surrogateescape")
    text = stored
    if is_json and (document.is_cut or not _is_strict(text)):
        text = json.dumps(document.value, indent=2)
    left, before = masking.base64_count, masking.count
    text = masking.without_base64(text)
    is_waiting = len(text) > MOST_CHARACTERS
    if not is_waiting:
        text = masking.text(text)
    data = _bytes(text, is_json)
    ending = "json" if is_json or document.kind in ("json", "empty") else "bin" if document.kind == "bytes" else "txt"
    told = _of_masking(what, masking.count - before, masking.base64_count - left, is_waiting)
    return Outgoing(
        data,
        is_exact=data == document.data and not document.is_cut and not is_waiting,
        is_waiting=is_waiting,
        notes=(*_of_document(what, document), *told, *_of_escapes(what, is_json and not text.isascii())),
        what=what,
        file_name=f"{what}.{ending}",
        is_json=is_json,
        value=_value(data) if is_json and not is_waiting else None,
    )


def finished(body: Outgoing) -> Outgoing:
    """A long body that was waiting, masked: this takes seconds."""
    if not body.is_waiting:
        return body
    text = Masking().text(body.data.decode("utf-8", "surrogateescape"))
    return replace(body, data=_bytes(text, body.is_json), is_waiting=False)


def multipart_type(document: Document) -> str:
    """The content type of a form, whose boundary is its first line."""
    found = _BOUNDARY.match(document.data)
    return f"multipart/form-data; boundary={found[1].decode()}" if found else "multipart/form-data"


def _of_document(what: str, document: Document) -> list[str]:
    notes = []
    if document.is_cut:
        notes.append(f"The {what} is cut: only its first {len(document.data):,} bytes are here.")
    if document.was_quoted:
        notes.append(f"The {what} was stored as a JSON string; what is in the string is shown.")
    return notes


def _of_masking(what: str, secrets: int, base64: int, is_waiting: bool) -> list[str]:
    notes = []
    if secrets:
        notes.append(f"Masked in the {what}: {secrets} secret{'' if secrets == 1 else 's'}.")
    if is_waiting:
        notes.append(f"The {what} is long: its secrets are masked when it is downloaded.")
    if base64:
        of = f"{base64} piece{'' if base64 == 1 else 's'}"
        notes.append(f"Base64 left out of the {what}: {of}, each replaced by a note of its length.")
    return notes


def _of_escapes(what: str, is_escaped: bool) -> list[str]:
    words = f"Signs of the {what} other than those of ASCII are written as \\u…, which is the same JSON."
    return [words] if is_escaped else []


def _bytes(text: str, is_json: bool) -> bytes:
    """JSON in ASCII: whatever a terminal or an editor would hide is escaped."""
    if is_json:
        return _NOT_PLAIN.sub(_escaped, text.replace("\r\n", "\n")).encode("ascii")
    return text.encode("utf-8", "surrogateescape")


def _escaped(sign: re.Match[str]) -> str:
    """Inside the strings of JSON, where alone it can stand; a line end between them is white space."""
    if sign[0] == "\r":
        return "\n"
    return json.dumps(sign[0])[1:-1] if sign[0] != "\x7f" else "\\u007f"


def _is_strict(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _value(data: bytes) -> Any:
    """The value as it leaves; None if a mask took a part of the JSON with it."""
    try:
        value, is_cut = read_json(data)
    except Unreadable:
        return None
    return None if is_cut else value
