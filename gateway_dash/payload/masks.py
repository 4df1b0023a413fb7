"""Parts of a body's texts with their secrets masked, as pages show them; and a search that spells no secret out."""

from __future__ import annotations

from .masking import Masked, spans, spans_of_window
from .raw import fold

AROUND = 600  # characters beyond a short part that are looked at, so that its edge hides no secret from being found


def masked_part(text: str, start: int = 0, end: int | None = None, *, key: str = "", is_cut: bool = False) -> str:
    """A part of a text, masked as the whole text is: a secret that reaches over its edge is masked too.

    `key` is what the text is the value of; `is_cut`: the text goes on, but not here.
    """
    end = len(text) if end is None else min(end, len(text))
    pieces: list[str] = []
    at = start
    for each in _found(text, key, is_cut):
        if each.end > start and each.start < end:
            pieces += [text[at : max(each.start, at)], "" if each.goes_on else f"[masked: {each.label}]"]
            at = each.end
    return "".join([*pieces, text[at:end]])


def place_of(needle: str, text: str, first: int, last: int, key: str = "") -> int:
    """Where the text says `needle`, which is folded, whatever the capitals, in that part; −1 where it does not.

    A place within a secret counts only if all of the secret was asked for: else a search would spell it out, one
    character after the other.
    """
    folded = fold(text)
    at = folded.find(needle, first, last)
    hidden = _found(text, key, False) if at >= 0 else ()
    while at >= 0:
        end = at + len(needle)
        touched = [each for each in hidden if each.start < end and at < each.end]
        if all(at <= each.start and each.end <= end for each in touched):
            return at
        at = folded.find(needle, max(at + 1, touched[-1].end - len(needle)), last)
    return -1


def _found(text: str, key: str, is_cut: bool) -> tuple[Masked, ...]:
    if is_cut:
        return spans_of_window(f'"{key[-60:]}": "' if key else "", text, "", is_cut=True)
    return spans(text, key=key)
