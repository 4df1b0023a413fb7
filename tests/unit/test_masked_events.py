"""The events of a stream with their secrets masked: what lies in several of them is in none."""

import json

from hypothesis import given
from hypothesis import strategies as st

from gateway_dash.payload.events import read_events
from gateway_dash.payload.masked_events import MARGIN_EVENTS, masked_events

KEY = "sk-" + "proj-" + "Zq8vT2mW9xK4cR7n" * 4


def events(pieces):
    chunks = [json.dumps({"choices": [{"index": 0, "delta": {"content": piece}}]}) for piece in pieces]
    return read_events("".join(f"data: {chunk}\n\n" for chunk in chunks).encode()).all


def cut(text, places):
    return [text[start:end] for start, end in zip([0, *places], [*places, len(text)], strict=True)]


@given(st.sets(st.integers(1, len(KEY) - 1), max_size=30), st.integers(0, 40), st.integers(0, 40))
def test_however_a_key_is_cut_no_event_shows_a_part_of_it(places, before, after):
    found = events(["word "] * before + cut(KEY, sorted(places)) + [" word"] * after)
    for first in range(0, len(found), 7):
        shown = masked_events(found, first, min(first + 7, len(found)))
        assert all(KEY[at : at + 6] not in text for text in shown for at in range(8, len(KEY) - 6))
    whole = masked_events(found, 0, len(found))
    assert sum("[masked: openai key]" in text for text in whole) == 1
    assert [json.loads(text) for text in whole[:before]] == [each.value for each in found[:before]]
    assert all(isinstance(json.loads(text), dict) for text in whole)  # what is masked is still JSON


def test_a_page_of_events_in_the_middle_of_a_key_looks_at_those_around_it():
    found = events(["word "] * 1000 + list(KEY) + [" word"] * 1000)
    middle = 1000 + len(KEY) // 2
    assert len(KEY) < MARGIN_EVENTS
    shown = masked_events(found, middle - 3, middle + 3)
    assert [json.loads(text)["choices"][0]["delta"]["content"] for text in shown] == [""] * 6


def test_events_that_are_too_long_to_be_looked_at_together_are_masked_one_by_one():
    found = events(["x" * 900_000 + f" {KEY} ", "y" * 900_000])
    shown = masked_events(found, 0, 2)
    assert KEY[:20] not in "".join(shown)
    assert "[masked: openai key]" in shown[0]
