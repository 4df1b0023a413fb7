"""What a secret is, and how random a text looks."""

from __future__ import annotations

import re
from dataclasses import dataclass

CREDENTIALS = "credentials"
_COMMON_PAIRS = frozenset(
    [
        "th",
        "he",
        "in",
        "er",
        "an",
        "re",
        "nd",
        "at",
        "on",
        "nt",
        "ha",
        "es",
        "st",
        "en",
        "ed",
        "to",
        "it",
        "ou",
        "ea",
        "hi",
        "is",
        "or",
        "ti",
        "as",
        "te",
        "et",
        "ng",
        "of",
        "al",
        "de",
        "se",
        "le",
        "sa",
        "si",
        "ar",
        "ve",
        "ra",
        "ld",
        "ur",
        "ri",
        "io",
        "ic",
        "co",
        "me",
        "ne",
        "ta",
        "ec",
        "om",
        "el",
        "ma",
        "us",
        "li",
        "la",
        "ce",
        "ca",
        "ch",
        "ll",
        "be",
        "pr",
        "tr",
        "un",
        "ac",
        "ro",
        "di",
        "tu",
        "no",
        "ge",
        "so",
        "ut",
        "ss",
        "wa",
        "em",
        "ho",
        "lo",
        "ot",
        "ad",
        "pe",
        "ke",
        "ey",
        "ap",
        "cc",
        "pa",
        "sw",
        "wo",
        "rd",
        "ex",
        "am",
        "pl",
        "ul",
        "mo",
        "ui",
        "id",
        "ni",
        "nf",
        "fi",
        "po",
        "ol",
        "il",
        "ir",
        "ns",
        "ts",
        "rs",
        "ct",
        "ag",
        "rt",
        "vi",
        "da",
        "mi",
        "ry",
        "ly",
    ]
)
_PLACEHOLDER = re.compile(
    r"(?:your|my|the|some|an?|insert|replace|put|enter|example|sample|dummy|fake|test|placeholder|redacted|masked|hidden"
    r"|changeme|todo|none|null|true|false|undefined|string|optional|required|process\.env|os\.environ|env|secrets?)"
    r"(?:[^A-Za-z0-9]|$)",
    re.IGNORECASE,
)
_NO_KEY = re.compile(r"[A-Z_-]{0,8}(?:your|insert|replace|example|placeholder|redacted|changeme)", re.IGNORECASE)
_OPENED = re.compile(r"[$<{%\[(*]|\\u003c|x{4}|X{4}|\.{3}|…|•")
_UNLIKE = re.compile(r"x{6,}|\*{3,}|\.{3}|…|•|_here$|-here$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Secret:
    """Where a secret stands in a text, and what it is."""

    start: int
    end: int
    kind: str  # "openai-key", "jwt", "card", "mail"
    label: str  # what stands in its place: "openai key", "jwt", "card", "mail address"


def is_placeholder(value: str) -> bool:
    """Whether a value only stands for one: `YOUR_KEY`, `${TOKEN}`, `<token>`, `sk-xxxxxxxx`."""
    return bool(_OPENED.match(value) or _PLACEHOLDER.match(value) or _UNLIKE.search(value))


def is_no_key(rest: str) -> bool:
    """The same for what follows the beginning of a key, where a short word may be chance."""
    return bool(_NO_KEY.match(rest) or _UNLIKE.search(rest))


def looks_random(value: str) -> bool:
    """Whether nobody would have written this as a word or a name: letters in pairs that no language has, or digits."""
    letters, digits = sum(map(str.isalpha, value)), sum(map(str.isdigit, value))
    if not letters or len(set(value)) < min(8, len(value) // 2):
        return False
    if digits * 7 >= len(value):
        return True
    is_one_case = letters == len(value) and (value.islower() or value.isupper() or value.istitle())
    return _share_of_words(value) < (0.3 if is_one_case else 0.45)


def _share_of_words(value: str) -> float:
    """How many of the pairs of neighbouring letters are common in words; 0 where hardly any letters are neighbours."""
    lower = value.lower()
    pairs = [lower[at : at + 2] for at in range(len(lower) - 1) if lower[at : at + 2].isalpha()]
    if len(pairs) < 4:
        return 0.0
    return sum(pair in _COMMON_PAIRS for pair in pairs) / len(pairs)
