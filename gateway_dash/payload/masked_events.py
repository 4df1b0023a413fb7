"""The data of a stream's events with their secrets masked: also those that lie in several events, a piece in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .events import Event
from .masking import MOST_CHARACTERS, Masked, spans, with_placeholders
from .masks import masked_part

MARGIN_EVENTS = 400  # to both sides: a key of 100 characters can take 100 events, and others come in between
_BEFORE, _AFTER = "data: ", "\n\n"


def masked_events(events: Sequence[Event], first: int, last: int) -> list[str]:
    """The data of the events from `first` to `last`, the latter not included, masked as one stream.

    Where the events are too long to be looked at together, each is masked by itself and nothing of them is shown that
    was not looked at.
    """
    start, stop = max(0, first - MARGIN_EVENTS), min(len(events), last + MARGIN_EVENTS)
    if sum(len(each.data) + len(_BEFORE + _AFTER) for each in events[start:stop]) > MOST_CHARACTERS:
        start, stop = first, last
    texts = [each.data.replace("\n", " ") for each in events[start:stop]]
    if sum(len(text) + len(_BEFORE + _AFTER) for text in texts) > MOST_CHARACTERS:
        return [masked_part(text[:MOST_CHARACTERS], is_cut=True) for text in texts]
    masks = spans("".join(f"{_BEFORE}{text}{_AFTER}" for text in texts))
    found, at = [], 0
    for number, text in enumerate(texts, start):
        begin, end = at + len(_BEFORE), at + len(_BEFORE) + len(text)
        at = end + len(_AFTER)
        if first <= number < last:
            found.append(with_placeholders(text, _inside(masks, begin, end)))
    return found


def _inside(masks: Sequence[Masked], begin: int, end: int) -> list[Masked]:
    """Those that reach into a part of the text, as they stand in that part."""
    inside = [each for each in masks if each.end > begin and each.start < end]
    return [replace(each, start=max(each.start, begin) - begin, end=min(each.end, end) - begin) for each in inside]
