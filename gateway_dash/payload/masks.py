"""Text and JSON with the secrets in them masked: what every page shows of a body."""

from __future__ import annotations

import json

from . import secrets
from .raw import characters, decoded, fold
from .spans import STRING

AROUND = 2000  # characters on each side that are looked at, so that a cut hides no secret from being found


def _label(secret: secrets.Secret) -> str:
    return f"[{secret.label}, masked]"


def assigned(key: str) -> str:
    """What stands before a value where its key may say that it is a secret: a text that is masked with it."""
    return f'{json.dumps(key, ensure_ascii=False)}: "' if 0 < len(key) <= 100 else ""


def masked(text: str) -> str:
    """The text with a label in the place of each secret."""
    pieces: list[str] = []
    at = 0
    for each in secrets.find(text):
        pieces += [text[at : each.start], _label(each)]
        at = each.end
    return "".join([*pieces, text[at:]]) if pieces else text


def masked_value(text: str, key: str, start: int = 0, end: int | None = None) -> str:
    """A part of a text that stands under a key, masked as both together say."""
    before = assigned(key)
    end = len(text) if end is None else min(end, len(text))
    return masked_part(f'{before}{text}"' if before else text, len(before) + start, len(before) + end)


def masked_part(text: str, start: int, end: int) -> str:
    """That part of the text, masked as the whole text is: a secret that reaches over its edge is masked too."""
    pieces: list[str] = []
    at = start
    for each in secrets.find(text):
        if each.end <= start or each.start >= end:
            continue
        pieces += [text[at : max(each.start, at)], _label(each)]
        at = each.end
    return "".join([*pieces, text[at:end]])


def masked_json(raw: bytes) -> str:
    """JSON text as it is written; a string that holds a secret is written anew, without it."""
    pieces: list[str] = []
    at = 0
    for found in STRING.finditer(raw):
        inside = decoded(raw[found.start() + 1 : found.end() - len(found[1])])
        if (shown := masked(inside)) != inside:
            pieces += [characters(raw[at : found.start()]), json.dumps(shown, ensure_ascii=False)]
            at = found.end()
    return masked("".join([*pieces, characters(raw[at:])]))


def place_of(needle: str, text: str, first: int, last: int) -> int:
    """Where the text says `needle`, which is folded, whatever the capitals, in that part; −1 where it does not.

    A place within a secret counts only if all of the secret was asked for: else a search would spell it out, one
    character after the other.
    """
    folded = fold(text)
    at = folded.find(needle, first, last)
    hidden = secrets.find(text) if at >= 0 else ()
    while at >= 0:
        end = at + len(needle)
        touched = [each for each in hidden if each.start < end and at < each.end]
        if all(at <= each.start and each.end <= end for each in touched):
            return at
        at = folded.find(needle, at + 1, last)
    return -1
