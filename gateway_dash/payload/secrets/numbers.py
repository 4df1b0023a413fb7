"""Numbers of cards and bank accounts: only those whose check digits are right."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .found import Secret

_CARD = re.compile(
    r"(?<![\w.,+-])(?:\d{15,16}|\d{4}([ -])\d{4}\1\d{4}\1\d{4}(?:\1\d{3})?|3\d{3}([ -])\d{6}\2\d{4,5})(?![\w-]|[.,]\d)"
)
_BRANDS = re.compile(
    r"4\d{15}(?:\d{3})?|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}"
    r"|6(?:011\d\d|4[4-9]\d{3}|5\d{4})\d{10}|35(?:2[89]|[3-8]\d)\d{12}|3(?:0[0-5]|[68]\d)\d{11}|62\d{14}(?:\d{3})?"
)
_IBAN = re.compile(r"(?<![\w-])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![\w-])")
_LENGTHS = {
    length: frozenset(countries.split())
    for length, countries in {
        15: "NO", 16: "BE", 18: "DK FI NL FO GL", 19: "MK SI", 20: "AT BA EE KZ LT LU XK",
        21: "CH HR LI LV", 22: "BG BH CR DE GB GE IE ME RS", 23: "AE GI IL IQ TL",
        24: "AD CZ ES MD PK RO SA SE SK TN VG", 25: "PT ST", 26: "IS TR", 27: "FR GR IT MC SM MR",
        28: "AL AZ BY CY DO GT HU LB PL SV", 29: "BR EG PS QA UA", 30: "JO KW MU", 31: "MT SC",
    }.items()
}  # fmt: skip


_DIGITS = re.compile(r"\d[\d ()./-]{6,}\d")
_BEFORE, _AFTER = 12, 30  # how far an account's number may reach to both sides of its digits


def runs_of_digits(text: str) -> Iterator[tuple[int, int]]:
    """Where eight digits or more stand near each other, but no decimal number: vectors hold tens of thousands."""
    for match in _DIGITS.finditer(text):
        if not match[0].replace(".", "", 1).isdecimal() or "." not in match[0]:
            yield match.span()


def find_numbers(text: str) -> Iterator[Secret]:
    """Cards and bank accounts."""
    done = 0
    for start, end in runs_of_digits(text):
        for match in _CARD.finditer(text, start, end + 2):
            digits = re.sub(r"[ -]", "", match[0])
            if _BRANDS.fullmatch(digits) and len(set(digits)) > 1 and _luhn(digits):
                yield Secret(match.start(), match.end(), "card", "card")
        for match in _IBAN.finditer(text, max(done, start - _BEFORE), end + _AFTER):
            if length := _iban(match[0]):
                yield Secret(match.start(), match.start() + length, "iban", "bank account")
            done = match.end()


def _luhn(digits: str) -> bool:
    doubled = (sum(divmod(2 * int(each), 10)) for each in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0


def _iban(text: str) -> int:
    """How much of the text is an account's number; 0 where it is none."""
    plain = text.replace(" ", "")
    for length, countries in _LENGTHS.items():
        number = plain[:length]
        if text[:2] in countries and len(number) == length:
            turned = number[4:] + number[:4]
            if int("".join(str(int(each, 36)) for each in turned)) % 97 == 1 and len(plain) == length:
                return len(text)
    return 0
