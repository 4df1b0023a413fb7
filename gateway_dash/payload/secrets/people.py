"""Mail addresses and phone numbers. A number that might as well be an id, a time or a count is left alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .found import Secret
from .numbers import runs_of_digits
from .spoken import lowered, matches, places

_BEFORE_AT = re.compile(r"[\w.+%'-]{1,64}\Z")
_AFTER_AT = re.compile(r"@(?:[\w-]{1,63}\.){1,5}[^\W\d_]{2,24}(?![\w-])")
_FILES = frozenset(
    [
        "png",
        "jpg",
        "jpeg",
        "gif",
        "svg",
        "webp",
        "js",
        "ts",
        "css",
        "py",
        "json",
        "html",
        "md",
        "txt",
        "yaml",
        "yml",
        "lock",
        "map",
    ]
)
_NATIONAL = re.compile(
    r"(?<![\w.,:/+@#%=-])(?:"
    r"(?:1[ .-])?(?:\([2-9]\d\d\) ?|[2-9]\d\d[-.])[2-9]\d\d[-.]\d{4}"  # North America
    r"|0[1-9](?:[ .]\d\d){4}"  # France
    r"|0[1-9]\d{1,4}(?: ?[/-] ?| )\d{3,5}(?:[ -]\d{2,6}){0,3}"  # Germany, Britain, Australia and others
    r"|\(0[1-9]\d{1,4}\) ?\d{3,5}(?:[ -]?\d{2,6}){0,2}"
    r")(?![\w-]|[.,:/]\d)"
)
_ABROAD = re.compile(r"(?:\+|00)[1-9]\d{0,3}(?:[ .\-/]{0,1}\(?\d{1,5}\)?){2,6}(?![\w]|[.,:]\d)")
_BESIDE = re.compile(r"[\w.,+/=-]\Z")
_DATE = re.compile(r"\d{1,2}[/. -]\d{1,2}[/. -](?:19|20)\d\d|20(?:19|2\d)(?:0\d|1[0-2])[0-3]\d")
_SPOKEN = re.compile(
    r"(?:phone|mobile|fax|whatsapp|handy|telefon|\btel\b|\bcell\b)[a-z_ -]{0,10}[\"']?\s{0,2}[:=.]?\s{0,2}[\"']?"
    r"(\(?\d[\d ()./-]{5,18}\d)(?![\w-]|[.,:]\d)",
    re.IGNORECASE,
)


def find_mails(text: str) -> Iterator[Secret]:
    """Mail addresses."""
    for at in places(text, "@"):
        after = _AFTER_AT.match(text, at)
        before = _BEFORE_AT.search(text[max(0, at - 64) : at]) if after else None
        if after and before and before[0] != "git" and after[0].rpartition(".")[2].lower() not in _FILES:
            start = at - len(before[0].lstrip(".'-"))
            if start < at:
                yield Secret(start, after.end(), "mail", "mail address")


def find_phones(text: str) -> Iterator[Secret]:
    """Phone numbers, as people write them."""
    for sign in ("+", "00"):
        for at in places(text, sign):
            match = None if _BESIDE.search(text[max(0, at - 1) : at]) else _ABROAD.match(text, at)
            if match and _is_abroad(match[0], sign):
                yield Secret(match.start(), match.end(), "phone", "phone number")
    for start, end in runs_of_digits(text):
        for match in _NATIONAL.finditer(text, max(0, start - 1), end + 2):
            if 9 <= _digits(match[0]) <= 13 and not _DATE.match(match[0]):
                yield Secret(match.start(), match.end(), "phone", "phone number")
    yield from _announced(text)


def _announced(text: str) -> Iterator[Secret]:
    """Numbers that are said to be one."""
    lower = lowered(text)
    for word in ("phone", "mobile", "tel", "fax", "cell", "whatsapp", "handy"):
        for match in matches(text, word, _SPOKEN, lower):
            if 7 <= _digits(match[1]) <= 15 and not _DATE.match(match[1]):
                yield Secret(match.start(1), match.end(1), "phone", "phone number")


def _is_abroad(number: str, sign: str) -> bool:
    """Eight to fifteen digits; those written in one are taken behind a + alone, and not if they are a time."""
    is_plain = number[1:].isdigit()
    if (sign == "00" and is_plain) or _DATE.match(number[len(sign) :]):
        return False
    return (9 if is_plain else 8) <= _digits(number) <= 15


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))
