"""A form as a browser would send it (`multipart/form-data`), cut into its fields. Linear, and bounded in its fields."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser

MOST_FIELDS = 100
LONGEST_HEAD = 1500  # bytes of the headers of one field; the standard library reads them in quadratic time
_FIRST = re.compile(rb"\s{0,100}(--[^\r\n]{1,200})\r?\n")


@dataclass(frozen=True, slots=True)
class Field:
    """One field: a text, or a file if it has a file name. `start` and `end` are the places of its content."""

    name: str
    start: int
    end: int
    file_name: str = ""
    type: str = ""
    is_cut: bool = False  # the form ends before the field does


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form, and whether these are all."""

    fields: tuple[Field, ...] = ()
    is_whole: bool = True


def read_form(data: bytes) -> Form:
    """The fields in their order; none if the bytes are no form. Only whole lines of dashes end a field."""
    first = _FIRST.match(data)
    if first is None:
        return Form()
    mark = b"\n" + first[1]
    found: list[Field] = []
    at = first.end()
    for _ in range(MOST_FIELDS):
        found_end = data.find(mark, at)
        end = len(data) if found_end < 0 else found_end
        if field := _field(data, at, end, is_cut=found_end < 0):
            found.append(field)
        after = end + len(mark)
        if found_end < 0 or after >= len(data) or data[after : after + 2] == b"--":
            return Form(tuple(found))
        line = data.find(b"\n", after, after + 100)
        at = line + 1 if line >= 0 else after
    return Form(tuple(found), is_whole=False)


def _field(data: bytes, start: int, end: int, *, is_cut: bool) -> Field | None:
    head_end, gap = -1, 0
    for blank in (b"\r\n\r\n", b"\n\n"):
        place = data.find(blank, start, min(end, start + LONGEST_HEAD))
        if place >= 0 and (head_end < 0 or place < head_end):
            head_end, gap = place, len(blank)
    if head_end < 0:
        return None
    if not is_cut and data[end - 1 : end] == b"\r":
        end -= 1
    head = _headers(data[start:head_end])
    name = _told(head, "name")
    file_name = _told(head, "filename")
    type_ = head.get_content_type() if head["content-type"] else ""
    begin = head_end + gap
    return Field(name, begin, max(begin, end), file_name, type_, is_cut)


def _headers(data: bytes) -> Message:
    """The headers of a field; the names of files are UTF-8 in practice, whatever the standard says."""
    return HeaderParser().parsestr(data.decode("utf-8", "replace"))


def _told(head: Message, key: str) -> str:
    found = head.get_param(key, header="content-disposition")
    return found if isinstance(found, str) else found[2] if isinstance(found, tuple) else ""
