"""Where secrets stand in a text as it is shown, however it is written there: escaped, or cut into pieces by a stream.

A body is searched in layers: as it stands, with its JSON escapes undone, and with those undone once more, for JSON lies
in JSON. Each finding is carried back to where it stands in the text. Outside of its strings JSON has no backslash, so
undoing needs no parser, and works in a window that begins in the middle of a string.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from . import secrets
from .escapes import undone
from .gathering import Gathered, gathered, is_stream

MOST_CHARACTERS = 1024 * 1024  # of one view: what lies beyond is not shown, and that is said
MARGIN = 96 * 1024  # to both sides of a window, so that no secret is cut by its edge: the longest key, escaped
STREAM_MARGIN = 448 * 1024  # the same in a stream, where a key of 100 characters can take 100 events
LAYERS = 3
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Masked:
    """A stretch of a text that is not shown. A secret that a stream cut into pieces has one for each of them."""

    start: int
    end: int
    kind: str
    label: str
    secret: str  # the whole secret, without escapes; nothing where it is not known to be one
    goes_on: bool = False  # an earlier stretch of the same secret stands before it


def spans(text: str, *, key: str = "") -> tuple[Masked, ...]:
    """What to mask in a text, in order and without overlap. `key`: what the text is the value of, as in `"api_key"`.

    At most `MOST_CHARACTERS` are looked at; the caller shows no more than that.
    """
    before = f'"{key[-60:]}": "' if key else ""
    found = _all(before + text[:MOST_CHARACTERS] + ('"' if key else ""))
    ahead, most = len(before), len(before) + len(text)
    inside = [each for each in found if each.end > ahead and each.start < most]
    return tuple(replace(each, start=max(0, each.start - ahead), end=min(each.end, most) - ahead) for each in inside)


def spans_of_window(before: str, text: str, after: str, *, is_cut: bool = False) -> tuple[Masked, ...]:
    """The same for a part of a longer text, with what stands around it.

    `is_cut`: the text goes on, but not here. Then an end that may be the beginning of a secret is masked too.
    """
    start, end = len(before), len(before) + len(text)
    ends = _cut_end(before + text) if is_cut and not after else ()
    every = _apart((*_in_layers(before + text + after), *ends))
    inside = [each for each in every if each.end > start and each.start < end]
    return tuple(replace(each, start=max(each.start, start) - start, end=min(each.end, end) - start) for each in inside)


def margin_of(text: str) -> int:
    """How much has to be looked at on both sides of a window with this text, in bytes."""
    return STREAM_MARGIN if is_stream(text) else MARGIN


def blotted(data: bytes) -> bytes:
    """Bytes that are no text with asterisks in the place of secrets, as many as there were bytes."""
    text = data.decode("latin-1")
    without, places = _without_nuls(text) if "\0" in text else ("", [])
    found = [(each.start, each.end) for each in _all(text)]
    found += [(places[each.start], places[each.end - 1] + 1) for each in _all(without)]
    blots = bytearray(data)
    for start, end in found:
        blots[start:end] = b"*" * (end - start)
    return bytes(blots)


def _without_nuls(text: str) -> tuple[str, list[int]]:
    """Text of two bytes a character, as one would read it."""
    places = [place for place, sign in enumerate(text) if sign != "\0"]
    return "".join(text[place] for place in places), places


def masked_file(data: bytes) -> bytes:
    """A body with placeholders. What is masked aside, it is what it was, byte for byte."""
    if b"\0" in data:
        return blotted(data)
    text = data.decode("utf-8", "surrogateescape")
    masks = _all(text)
    return with_placeholders(text, masks).encode("utf-8", "surrogateescape") if masks else data


def masked_text(text: str, *, key: str = "") -> str:
    """The text with `[masked: openai key]` in the place of each secret, for whatever leaves the page."""
    return with_placeholders(text[:MOST_CHARACTERS], spans(text, key=key)) + unseen(text)


def masked_credentials(text: str) -> str:
    """The same for keys, tokens and passwords alone: for fields of a row, where a mail address is no accident."""
    found = secrets.find_credentials(text[:MOST_CHARACTERS])
    masks = [Masked(each.start, each.end, each.kind, each.label, "") for each in found]
    return with_placeholders(text[:MOST_CHARACTERS], masks) + unseen(text)


def with_placeholders(text: str, masks: Iterable[Masked], tag: Callable[[str], str] | None = None) -> str:
    """The text with words in the place of what is masked; a stretch that goes on adds none.

    `tag` makes of a secret what tells it from others: `[masked: openai key 3f9a01]`.
    """
    pieces, at = [], 0
    for mask in masks:
        words = f"{mask.label} {tag(mask.secret)}" if tag else mask.label
        pieces += [text[at : mask.start], "" if mask.goes_on else f"[masked: {words}]"]
        at = mask.end
    return "".join([*pieces, text[at:]])


def unseen(text: str) -> str:
    """What to say in the place of the part that is not looked at."""
    beyond = len(text) - MOST_CHARACTERS
    return f"\n[{beyond:,} more characters, not looked at for secrets and left out]" if beyond > 0 else ""


def every_secret(text: str) -> Iterator[Masked]:
    """All that any layer holds, also what another finding covers: whoever has seen one of them can ask for it."""
    yield from _in_layers(text)


# --- layers ---------------------------------------------------------------------------------------------------------


def _all(text: str) -> tuple[Masked, ...]:
    return _apart(_in_layers(text))


def _apart(found: Iterable[Masked]) -> tuple[Masked, ...]:
    """What to mask: where findings overlap, all that they cover, named for the longest secret."""
    apart: list[Masked] = []
    for mask in sorted(found, key=lambda each: each.start):
        if apart and mask.start < apart[-1].end:
            last = apart[-1]
            is_longer = len(plain_secret(mask.secret)) >= len(plain_secret(last.secret))
            winner = mask if is_longer else last  # of equal ones the one with fewer escapes, which comes later
            apart[-1] = replace(winner, start=last.start, end=max(last.end, mask.end))
        else:
            apart.append(mask)
    return tuple(apart)


_LAST = re.compile(r"[\d(+][\d ()./-]{3,40}\Z|[^\s\"'<>{}\[\],;]{1,400}\Z")
_TOLD = re.compile(
    r"(?:passw|passphrase|pwd|secret|token|key|bearer|basic|authorization|://)[^\n]{0,40}\Z", re.IGNORECASE
)
_PEM_BEGUN = re.compile(r"-----BEGIN [A-Z0-9 ]{0,30}(?:PRIVATE KEY[^\"]*)?\Z")


def _cut_end(text: str) -> tuple[Masked, ...]:
    """The last word of a text that is cut, where it may be the beginning of a secret."""
    tail = text[-12_000:]
    ahead = len(text) - len(tail)
    last = _PEM_BEGUN.search(tail) or _LAST.search(tail)
    if last is None:
        return ()
    word = last[0]
    is_told = _TOLD.search(tail[max(0, last.start() - 60) : last.start()] or "")
    if not (is_told or len(word) >= 12 or any(map(str.isdigit, word)) or "-" in word or "_" in word or "@" in word):
        return ()
    return (Masked(ahead + last.start(), len(text), "cut", "end of a cut text", ""),)


def _in_layers(text: str) -> Iterator[Masked]:
    has_stream = False
    for layer, origin in _layers(text, LAYERS):
        for secret in secrets.find(layer):
            whole = layer[secret.start : secret.end]
            yield Masked(origin(secret.start), origin(secret.end), secret.kind, secret.label, whole)
        streams = gathered(layer) if not has_stream else []
        has_stream = bool(streams)
        for stream in streams:
            for mask in _of_stream(stream):
                yield replace(mask, start=origin(mask.start), end=origin(mask.end))


def _layers(text: str, most: int) -> Iterator[tuple[str, Callable[[int], int]]]:
    """The text, and the text with its escapes undone once and twice, each with the way back to the text's places."""
    origin: Callable[[int], int] = int
    for _ in range(most):
        yield text, origin
        if "\\" not in text:
            return
        layer = undone(text)
        text, origin = layer.text, _chained(layer.origin, origin)


def _chained(inner: Callable[[int], int], outer: Callable[[int], int]) -> Callable[[int], int]:
    return lambda place: outer(inner(place))


def _of_stream(stream: Gathered) -> Iterator[Masked]:
    """The secrets that lie in several events; one that is whole in one event is found there."""
    for layer, origin in _layers(stream.text, LAYERS - 1):
        for secret in secrets.find(layer):
            places = stream.places(origin(secret.start), origin(secret.end))
            whole = layer[secret.start : secret.end]
            for number, (start, end) in enumerate(places if len(places) > 1 else ()):
                yield Masked(start, end, secret.kind, secret.label, whole, goes_on=number > 0)


def plain_secret(text: str) -> str:
    """A secret as it is meant, however often it was escaped where it stood: the same in every view of a body."""
    for _ in range(LAYERS):
        text = undone(text).text
    return _SPACE.sub(" ", text).strip()
