"""Streams cut into events: any bytes, any line ends, and the places where each event stands."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_dash.payload import events as module
from gateway_dash.payload.events import are_events, read_events, read_lines

PIECES = st.sampled_from(
    [
        b"data:",
        b"data: ",
        b"event: x",
        b"id: 1",
        b": ping",
        b"\n",
        b"\r",
        b"\r\n",
        b"\n\n",
        b'{"a":1}',
        b"[DONE]",
        b"\xff",
    ]
)
STREAMS = st.lists(PIECES | st.binary(max_size=4), max_size=30).map(b"".join)


@given(STREAMS)
def test_any_bytes_are_cut_into_events_that_stand_in_order(data):
    found = read_events(data)
    at = 0
    for number, event in enumerate(found.all):
        assert event.number == number
        assert at <= event.start < event.end <= len(data)
        assert b"data" in data[event.start : event.end]
        at = event.end
    assert found.rest_at is None


@given(STREAMS)
def test_the_bytes_of_an_event_alone_are_that_event(data):
    for event in read_events(data).all:
        alone = read_events(b"\n" + data[event.start : event.end]).all
        assert [(each.name, each.data, each.value) for each in alone] == [(event.name, event.data, event.value)]


@given(st.lists(st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2), min_size=2, max_size=6))
def test_json_lines_are_events(values):
    data = b"\n\n".join(json.dumps(value).encode() for value in values) + b"\n"
    found = read_lines(data)
    assert found is not None
    assert [event.value for event in found.all] == values
    assert [json.loads(data[event.start : event.end]) for event in found.all] == values


@given(STREAMS)
def test_any_bytes_are_lines_or_are_not(data):
    found = read_lines(data)
    assert found is None or all(isinstance(event.value, dict) for event in found.all[:2])


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_an_event_is_what_the_standard_says(end):
    lines = [
        b": ping",
        b"",
        b"event: delta",
        b"data: one",
        b"data:two",
        b"data:  three",
        b"other: x",
        b"",
        b"id: 7",
        b"",
    ]
    (event,) = read_events(end.join(lines) + end).all
    assert (event.name, event.data, event.problem, event.is_cut) == ("delta", "one\ntwo\n three", "", False)


def test_a_name_is_for_its_own_event_alone():
    names = [event.name for event in read_events(b"event: a\ndata: 1\n\ndata: 2\n\nevent: b\n\ndata: 3\n\n").all]
    assert names == ["a", "", ""]


def test_a_mark_before_the_text_is_no_part_of_it():
    data = b"\xef\xbb\xbfdata: 1\n\n"
    assert are_events(data)
    assert [event.data for event in read_events(data).all] == ["1"]


@pytest.mark.parametrize(
    ("data", "value", "problem", "is_cut"),
    [
        (b'data: {"a":1}\n\n', {"a": 1}, "", False),
        (b'data: {"a":1}', {"a": 1}, "", True),
        (b'data:  {"a":1}\n\n', {"a": 1}, "", False),
        (b'data: {"a":"hel', {"a": "hel"}, "the data ends in the middle", True),
        (b"data: hel", None, "the data ends in the middle", True),
        (b"data: hello\n\n", None, "", False),
        (b"data: [DONE]\n\n", None, "", False),
        (b"data: [DONE]", None, "", True),
        (b"data: [DON", [], "the data ends in the middle", True),
    ],
)
def test_the_last_event_says_whether_it_is_whole(data, value, problem, is_cut):
    event = read_events(data).all[-1]
    assert (event.value, event.is_cut) == (value, is_cut)
    assert event.problem.startswith(problem)
    assert bool(event.problem) == bool(problem)


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        (b"data: x", True),
        (b"event: x", True),
        (b"\n\nid: 4", True),
        (b": ping\n", True),
        (b":-) hello", False),
        (b"database: x", False),
        (b'{"data": 1}', False),
        (b"", False),
    ],
)
def test_events_are_told_from_other_texts(data, answer):
    assert are_events(data) is answer


def test_more_events_than_are_read_are_said(monkeypatch):
    monkeypatch.setattr(module, "MOST_EVENTS", 3)
    data = b"data: 1\n\n" * 5
    found = read_events(data)
    assert len(found.all) == 3
    assert found.rest_at is not None
    assert read_events(data[found.rest_at :]).all[0].data == "1"
    assert read_events(b"data: 1\n\n" * 3).rest_at is None
    lines = read_lines(b'{"a":1}\n' * 5)
    assert lines is not None
    assert (len(lines.all), lines.rest_at) == (3, 24)


def test_more_lines_than_are_read_are_said(monkeypatch):
    monkeypatch.setattr(module, "MOST_LINES", 4)
    found = read_events(b"data: 1\n\n: x\n: y\n: z\n\ndata: 2\n\n")
    assert [event.data for event in found.all] == ["1"]
    assert found.rest_at is not None


def test_blank_lines_cost_nothing(monkeypatch):
    monkeypatch.setattr(module, "MOST_LINES", 6)
    found = read_events(b"data: 1\n\n" + b"\n" * 10_000 + b"data: 2\n\n")
    assert [event.data for event in found.all] == ["1", "2"]
