"""Secrets that are known by the words around them: `Authorization:`, `password=`, a user in an address, PEM marks."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator

from .found import Secret, is_placeholder, looks_random

LONGEST_PEM = 12_000
_BREAK = r"(?:\s|\\+[nrt])"  # also as JSON and code write it, once or several times
_PEM = re.compile(
    rf"-----BEGIN [A-Z0-9 ]{{0,30}}PRIVATE KEY(?: BLOCK)?-----(?:{_BREAK}*+[A-Za-z-]{{4,20}}: [^\n\\]{{0,80}}){{0,6}}"
    rf"((?:{_BREAK}*+[A-Za-z0-9+/=]{{16,}}+){{0,400}}(?:{_BREAK}*+=?[A-Za-z0-9+/=]{{1,15}}(?![A-Za-z0-9+/=]))?)"
    rf"(?:{_BREAK}*+-----END [A-Z0-9 ]{{0,30}}PRIVATE KEY(?: BLOCK)?-----)?"
)
_HEADER = re.compile(
    r"authorization(?:\\*[\"'])?\s{0,3}[:=,]\s{0,3}(?:\\*[\"'`]){0,2}(?:(?:bearer|basic|token|apikey|key|bot)\s{1,3})?"
    r"([A-Za-z0-9._~+/:-]{8,4096}+={0,3}+)",
    re.IGNORECASE,
)
_BEARER = re.compile(r"(?:bearer|basic)(?:\s{1,3}|%20)([A-Za-z0-9._~+/:-]{12,4096}+={0,3}+)", re.IGNORECASE)
_USER = re.compile(r"://([^\s:/@\"'<>\\`]{0,64}):([^\s/@\"'<>\\`]{3,256})@[A-Za-z0-9.\[_-]")
_USUAL = frozenset(
    [
        "password",
        "pass",
        "passwd",
        "pwd",
        "secret",
        "token",
        "user",
        "username",
        "login",
        "root",
        "guest",
        "x",
        "y",
        "pw",
        "p",
    ]
)
_OPEN = r"(?:\\*[\"'\])]){0,3}\s{0,8}(?::=|=>|[:=])\s{0,8}"
_PASSWORD = re.compile(
    rf"(?:pass(?:word|wd|phrase|wort)|passwd|pwd)(?:[_-]?(?:hash|value|\d))?(?:{_OPEN}|\s{{1,3}}is\s{{1,3}})"
    r"(?:(\\*[\"'`])((?:(?!\1)[^\s\n]){4,200})\1|([^\s\"'`,;<>(){}\[\]\\&]{6,200})(?![(\[]))",
    re.IGNORECASE,
)
_KEY = re.compile(
    rf"(?:secret|token|key|credentials?|signature|sig)(?:[_-]?(?:access[_-]?key|value|key|token|secret|id|b64|base64))?"
    rf"{_OPEN}(\\*[\"'`])?([A-Za-z0-9_+/.~%:-]{{14,512}}+={{0,3}}+)",
    re.IGNORECASE,
)
_BEFORE_KEY = re.compile(
    r"(?:api|access|private|account|auth|client|encrypt(?:ion)?|sign(?:ing)?|subscription|master|shared|service|secret|"
    r"admin|app|application|storage|license|x|deploy|webhook|rest|server|project|host|function|functions)[_. -]?$",
    re.IGNORECASE,
)
_NO_TOKEN = re.compile(
    r"(?:next|page|prev|previous|continuation|sync|bos|eos|pad|unk|sep|cls|mask|special|stop|start|end|first|last)[_-]?$",
    re.IGNORECASE,
)
_KINDS = {"secret": "secret", "token": "token", "key": "key", "cred": "credential", "sig": "signature"}


def find_private_keys(text: str) -> Iterator[Secret]:
    """Private keys in PEM, whole or cut off."""
    at = text.find("-----BEGIN ")
    while at >= 0:
        match = _PEM.match(text, at, at + LONGEST_PEM)
        if match and match[1]:
            yield Secret(match.start(), match.end(), "private-key", "private key")
            at = text.find("-----BEGIN ", match.end())
        else:
            at = text.find("-----BEGIN ", at + 11)


def find_authorizations(text: str) -> Iterator[Secret]:
    """What stands behind `Authorization:`, `Bearer` and `Basic`."""
    lower = lowered(text)
    for word, pattern in (("authorization", _HEADER), ("bearer", _BEARER), ("basic", _BEARER)):
        for match in matches(text, word, pattern, lower):
            if _is_basic(match[1]) or (word != "basic" and _is_secret(match[1])):
                yield Secret(match.start(1), match.end(1), "authorization", "authorization")


def find_passwords_of_urls(text: str) -> Iterator[Secret]:
    """The password in `postgres://user:password@host`."""
    for match in matches(text, "://", _USER, text):
        if match[2].lower() not in _USUAL and not is_placeholder(match[2]):
            yield Secret(match.start(2), match.end(2), "url-password", "password in an address")


def find_assigned(text: str) -> Iterator[Secret]:
    """What is given to something called a password, a key, a secret or a token."""
    lower = lowered(text)
    for word in ("passw", "passphrase", "pwd"):
        for match in matches(text, word, _PASSWORD, lower):
            if _is_password(value := match[2] or match[3], bool(match[2])):
                start = match.start(2) if match[2] else match.start(3)
                yield Secret(start, start + len(value), "password", "password")
    for word, kind in _KINDS.items():
        for match in matches(text, word, _KEY, lower):
            if _is_of_a_key(word, text[max(0, match.start() - 20) : match.start()], match):
                yield Secret(match.start(2), match.end(2), f"assigned-{kind}", kind)


def places(text: str, word: str) -> Iterator[int]:
    """Where a word stands."""
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + len(word))


def matches(text: str, word: str, pattern: re.Pattern[str], lower: str) -> Iterator[re.Match[str]]:
    """What matches from a word on. What one of them has taken is not looked at again: that bounds the time."""
    at = lower.find(word)
    while at >= 0:
        match = pattern.match(text, at)
        if match:
            yield match
        at = lower.find(word, match.end() if match else at + len(word))


_LOWER = {upper: upper + 32 for upper in range(65, 91)}


def lowered(text: str) -> str:
    """In lower case, each character in its place."""
    lower = text.lower()
    return lower if len(lower) == len(text) else text.translate(_LOWER)


def _is_of_a_key(word: str, before: str, match: re.Match[str]) -> bool:
    value = match[2].rstrip(".:")
    if word == "key" and not _BEFORE_KEY.search(before):
        return False
    if word == "token" and _NO_TOKEN.search(before):
        return False
    if word == "sig" and before[-1:] not in ("?", "&", ";"):  # of a signed address
        return False
    if match[1] is None and (value.count(".") > 2 or "::" in value or match.string[match.end() :][:1] in ("(", "[")):
        return False  # a name in code
    return _is_secret(value)


def _is_secret(value: str) -> bool:
    value = value.rstrip(".:,")
    return len(value) >= 12 and not is_placeholder(value) and not value.isdigit() and looks_random(value)


def _is_password(value: str, is_quoted: bool) -> bool:
    """Weaker than for a key: people choose them. A word alone is a description, such as `password: required`."""
    if is_placeholder(value) or value.lower() in _USUAL or (value.isdigit() and len(value) < 6):
        return False
    if value.isalpha():
        return len(value) >= 16 and is_quoted
    has_digit = any(map(str.isdigit, value))
    if not is_quoted and re.fullmatch(r"[A-Za-z_]+\d?(?:[._-][A-Za-z_]+\d?)*[.:]?", value):
        return False  # a name in code, or words with a hyphen
    return has_digit or (is_quoted and any(not each.isalnum() for each in value))


def _is_basic(value: str) -> bool:
    """Whether it is `user:password` in base64."""
    try:
        said = binascii.a2b_base64(value.rstrip(".") + "=" * (-len(value) % 4))
    except ValueError:
        return False
    return b":" in said and said.isascii() and said.decode("ascii").isprintable()
