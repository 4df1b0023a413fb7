"""A body on its way out: the same bytes if nothing in them has to stay here, else as near as can be, and said so."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import Any

from gateway_dash.payload.conversation import Assembled
from gateway_dash.payload.document import Document
from gateway_dash.payload.outgoing import Masking

INLINE_BYTES = 256 * 1024  # of a body that stands in the command itself
_NOT_PLAIN = re.compile(r"[^\n\t\x20-\x7e]")
_BOUNDARY = re.compile(rb"--([\w'()+,./:=?-]{1,70})\r?\n")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A body as it leaves: its bytes, whether they are those of the log, and what was changed in them."""

    data: bytes = b""
    is_exact: bool = True
    is_missing: bool = False
    notes: tuple[str, ...] = ()
    file_name: str = "request.json"
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
        return self.is_missing or len(self.data) > (INLINE_BYTES if self.is_plain else INLINE_BYTES // 16)


def missing(what: str, reason: str) -> Outgoing:
    """No body: whoever makes the call again has to bring one."""
    return Outgoing(is_exact=False, is_missing=True, notes=(reason,), file_name=f"{what}.json")


def outgoing(what: str, document: Document, masking: Masking, assembled: Assembled | None = None) -> Outgoing:
    """The body of that name, "request" or "response", with secrets masked and long base64 left out."""
    before = masking.count
    left = masking.base64_count
    if document.kind == "events":
        found = _events(document, masking, assembled)
    elif document.value is not None:
        found = _json(document, masking)
    else:
        found = _text(document, masking)
    notes = list(found.notes)
    if document.is_cut:
        notes.append(f"The {what} is cut: only its first {len(document.data):,} bytes are here.")
    if document.was_quoted:
        notes.append(f"The {what} was stored as a JSON string; what is in the string is shown.")
    if (count := masking.count - before) > 0:
        notes.append(f"Masked in the {what}: {count} secret{'' if count == 1 else 's'}.")
    if (count := masking.base64_count - left) > 0:
        of = f"{count} piece{'' if count == 1 else 's'}"
        notes.append(f"Base64 left out of the {what}: {of}, each replaced by a note of its length.")
    is_json = document.kind in ("json", "empty") or (found.value is not None)
    ending = "json" if is_json else "txt" if document.kind in ("events", "text") else "bin"
    is_exact = found.is_exact and not document.is_cut
    return replace(found, notes=tuple(notes), is_exact=is_exact, file_name=f"{what}.{ending}")


def multipart_type(document: Document) -> str:
    """The content type of a form, whose boundary is its first line."""
    found = _BOUNDARY.match(document.data)
    return f"multipart/form-data; boundary={found[1].decode()}" if found else "multipart/form-data"


def _json(document: Document, masking: Masking) -> Outgoing:
    before = masking.count, masking.base64_count
    value = masking.value(document.value)
    if before != (masking.count, masking.base64_count) or document.is_cut:
        return Outgoing(json.dumps(value, indent=2).encode(), False, value=value)
    try:
        text = document.data.decode("utf-8")
    except UnicodeDecodeError:
        return Outgoing(json.dumps(value, indent=2).encode(), False, value=value)
    escaped = _NOT_PLAIN.sub(_escaped, text.replace("\r\n", "\n"))
    if masking.text(text) != text or not _is_strict(escaped):  # a key that stands twice hides a secret from the value
        return Outgoing(json.dumps(value, indent=2).encode(), False, value=value)
    notes = ("Signs other than those of ASCII are written as \\u…, which is the same JSON.",) if escaped != text else ()
    return Outgoing(escaped.encode("ascii"), escaped == text, notes=notes, value=value)


def _is_strict(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _escaped(sign: re.Match[str]) -> str:
    """Inside the strings of JSON, where alone it can stand."""
    return json.dumps(sign[0])[1:-1] if sign[0] != "\x7f" else "\\u007f"


def _text(document: Document, masking: Masking) -> Outgoing:
    text = document.data.decode("utf-8", "surrogateescape")
    masked = masking.text(text)
    return Outgoing(masked.encode("utf-8", "surrogateescape"), masked == text)


def _events(document: Document, masking: Masking, assembled: Assembled | None) -> Outgoing:
    """A stream. A secret that came in pieces cannot be masked in them: then the answer leaves put together."""
    if assembled is not None:
        trial = Masking()
        whole = trial.value(assembled.value)
        alone = Masking()
        for event in document.events:
            _event(event.value, event.data, alone)
        if trial.count > alone.count:
            masking.count += trial.count
            note = "A secret came in pieces over several events: the answer is put together, and no stream any more."
            return Outgoing(json.dumps(whole, indent=2).encode(), False, notes=(note,), value=whole)
    pieces, at = [], 0
    for event in document.events:
        masked = _event(event.value, event.data, masking)
        if masked is not None:
            pieces += [document.data[at : event.start], _lines(event.name, masked)]
            at = event.end
    data = b"".join([*pieces, document.data[at:]])
    text = data.decode("utf-8", "surrogateescape")
    masked_text = masking.text(text)
    return Outgoing(masked_text.encode("utf-8", "surrogateescape"), not pieces and masked_text == text)


def _event(value: Any, data: str, masking: Masking) -> str | None:
    """An event's data without what must stay here, or None if nothing must."""
    before = masking.count, masking.base64_count
    masked = json.dumps(masking.value(value)) if value is not None else masking.text(data)
    return masked if before != (masking.count, masking.base64_count) else None


def _lines(name: str, data: str) -> bytes:
    named = f"event: {name}\n" if name and "\n" not in name else ""
    return (named + "".join(f"data: {line}\n" for line in data.split("\n")) + "\n").encode("utf-8", "replace")
