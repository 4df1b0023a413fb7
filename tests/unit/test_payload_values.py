"""JSON as attackers write it: read as far as it goes, and never an exception but the one that says why not."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_dash.payload.closing import close
from gateway_dash.payload.values import (
    MOST_VALUES,
    Unreadable,
    at,
    json_text,
    list_at,
    map_at,
    number_at,
    read_closed,
    read_json,
    text_at,
)

SCALARS = (
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text(max_size=8) | st.sampled_from([0.5, -1e9])
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4)
)
ROOTS = st.dictionaries(st.text(max_size=4), VALUES, min_size=1, max_size=5) | st.lists(VALUES, min_size=1, max_size=5)


def is_beginning(part: Any, whole: Any) -> bool:
    """Whether a value is another one as far as it was read."""
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(key in whole and is_beginning(part[key], whole[key]) for key in part)
    if isinstance(part, list) and isinstance(whole, list):
        return len(part) <= len(whole) and all(is_beginning(*pair) for pair in zip(part, whole, strict=False))
    if isinstance(part, str) and isinstance(whole, str):
        return whole.startswith(part)
    if isinstance(part, int | float) and isinstance(whole, int | float):
        return repr(whole).startswith(repr(part).removesuffix(".0")) or part == whole
    return part is None or part == whole


@given(st.binary(max_size=200) | st.text(st.sampled_from('{}[]",:\\u0d8tfn1 \n'), max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused(data):
    for read in (read_json, read_closed):
        with contextlib.suppress(Unreadable):
            read(data)


@given(ROOTS)
def test_what_is_whole_is_read_as_it_is(value):
    assert read_json(json.dumps(value).encode()) == (value, False)
    assert read_json(json.dumps(value, ensure_ascii=False).encode()) == (value, False)


@given(ROOTS, st.data(), st.booleans(), st.booleans())
def test_a_text_that_is_cut_gives_its_beginning(value, data, as_ascii, is_odd):
    text = json.dumps(value, ensure_ascii=as_ascii)
    text = (
        ('{"odd": "\n", "value": ' if is_odd else '{"value": ') + text + "}"
    )  # a raw line end: not for the quick reader
    encoded = text.encode()
    cut = encoded[: data.draw(st.integers(1, len(encoded) - 1))]
    read, is_cut = read_json(cut)
    assert is_cut
    assert is_beginning({key: each for key, each in read.items() if key == "value"}, {"value": value}) or (
        "\ufffd" in repr(read)  # the cut went through a character
    )


@given(ROOTS, st.data())
def test_what_was_closed_before_the_cut_has_no_text_that_the_cut_goes_through(value, data):
    text = json.dumps(value)
    cut = text[: data.draw(st.integers(1, len(text) - 1))]
    for closed in (read_closed(cut.encode()), json.loads(close(cut, keep_open_text=False) or "null")):
        assert is_beginning(closed, value)
        assert all(text in json.dumps(value) for text in texts(closed))


def texts(value: Any) -> list[str]:
    held = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [json.dumps(value)] if isinstance(value, str) else [text for each in held for text in texts(each)]


@pytest.mark.parametrize(
    ("cut", "read"),
    [
        (b'{"a":"\xff","b":"hel', {"a": "\ufffd", "b": "hel"}),
        (b'{"a":"\xff","b', {"a": "\ufffd"}),
        (b'{"a":"\xff","b"', {"a": "\ufffd"}),
        (b'{"a":"\xff","b":', {"a": "\ufffd", "b": None}),
        (b'{"a":"\xff","b":tru', {"a": "\ufffd", "b": None}),
        (b'{"a":"\xff","b":true', {"a": "\ufffd", "b": True}),
        (b'{"a":"\xff","b":["x","y', {"a": "\ufffd", "b": ["x", "y"]}),
        (b'{"a":"\xff","b":["x\\u12', {"a": "\ufffd", "b": ["x"]}),
        (b'{"a":"\xff","b":["x\\', {"a": "\ufffd", "b": ["x"]}),
        (b'{"a":"\xff","b":[1,', {"a": "\ufffd", "b": [1]}),
        (b'{"a":"\xff","b":["x\\ud83d', {"a": "\ufffd", "b": ["x"]}),
        (b'{"a":"\xff","b":["x\\ud83d\\ude', {"a": "\ufffd", "b": ["x"]}),
        (b'{"a":"\xff","b":["x\\ud83d\\ude00', {"a": "\ufffd", "b": ["x\U0001f600"]}),
        (b'{"a":"\xff","b":["x\\ud83d y', {"a": "\ufffd", "b": ["x\ud83d y"]}),
        (b'{"a":"\xff","b":["x\\\\ud83d', {"a": "\ufffd", "b": ["x\\ud83d"]}),
        (b'{"a":"\\ud800 x","b":"hel', {"a": "\ud800 x", "b": "hel"}),
    ],
)
def test_a_text_that_is_cut_and_odd_is_read_up_to_the_cut(cut, read):
    assert read_json(cut) == (read, True)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b'["\xff"]', ["\ufffd"]),
        (b'["a\nb"]', ["a\nb"]),
        (b'["\\ud800"]', ["\ud800"]),
        (b"[" + b"1" * 5000 + b"]", ["1" * 5000]),
        (b'{"a":1,"a":2}', {"a": 2}),
    ],
)
def test_what_is_odd_but_whole_is_read(text, value):
    assert read_json(text) == (value, False)


@pytest.mark.parametrize(
    "text", [b"", b"nonsense", b"{bad}", b"[1] [2]", b'["x"]]', b"[" * 300, b"[" * 300 + b"]" * 300]
)
def test_what_is_no_json_says_why(text):
    with pytest.raises(Unreadable, match=r"\w"):
        read_json(text)


def test_a_document_of_too_many_values_is_not_read():
    assert read_json(b"[" + b"0," * (MOST_VALUES - 2) + b"0]")[1] is False
    with pytest.raises(Unreadable, match="more than"):
        read_json(b"[" + b"0," * MOST_VALUES + b"0]")


@given(VALUES, st.lists(st.text(max_size=3) | st.integers(-3, 9), max_size=4))
def test_reaching_for_something_never_fails(value, path):
    found = at(value, *path)
    assert text_at(value, *path) == (found if isinstance(found, str) else "")
    assert map_at(value, *path) == (found if isinstance(found, dict) else {})
    assert list_at(value, *path) == (found if isinstance(found, list) else [])


@pytest.mark.parametrize(
    ("value", "number"), [(1, 1), (0.5, 0.5), (0, 0), (True, None), ("1", None), (float("nan"), None), (10**40, None)]
)
def test_a_number_is_one_that_can_be_shown(value, number):
    assert number_at([value], 0) == number


def test_what_cannot_be_written_says_so():
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    assert "cannot be written" in json_text(deep)
    assert json_text({"a": "\ud800é"}, indent=None) == '{"a": "\ud800é"}'
