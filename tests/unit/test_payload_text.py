"""A body as text: any bytes at all, cut anywhere."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway_dash.payload.text import FORMAT_LIMIT, INDENT_LIMIT, show, whole_characters

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffd"), max_size=60)


@given(st.binary(max_size=400), st.booleans(), st.booleans())
@example(b"", True, False)
@example(b"[" * 60_000, True, False)
@example(b'"\\ud800"', True, False)
@example(b'"' + b"\\" * 1001, True, False)
@example(b'{"a":' * 9000, True, False)
@example(b"\xff" * 10, False, True)
def test_any_bytes_can_be_shown(data, whole, as_stored):
    shown = show(data, whole=whole, as_stored=as_stored)
    shown.text.encode()
    assert shown.kind in ("JSON, laid out", "text", "event stream", "bytes")
    assert shown.replaced >= 0
    assert len(shown.text) <= 2 * len(data) + INDENT_LIMIT + 4096 * 5


@given(ANY_TEXT)
def test_text_is_shown_as_it_is(text):
    assert show(text.encode(), whole=True, as_stored=True).text == text


# --- windows ----------------------------------------------------------------------------------------------------------


@given(ANY_TEXT, st.data())
def test_a_window_loses_no_more_than_the_characters_that_it_cuts(text, data):
    encoded = text.encode()
    start = data.draw(st.integers(0, len(encoded)))
    end = data.draw(st.integers(start, len(encoded)))
    shown = show(encoded[start:end], whole=False)
    assert "\ufffd" not in shown.text
    assert shown.text in text
    assert end - start - len(shown.text.encode()) <= 6
    assert shown.replaced == 0


@pytest.mark.parametrize("text", ["漢字とかな", "😀😀😀", "éééé", "שלום", "a漢😀é"])
def test_windows_laid_side_by_side_hold_every_whole_character(text):
    encoded = (text * 50).encode()
    for size in (5, 7, 64):
        shown = [show(encoded[at : at + size], whole=False).text for at in range(0, len(encoded), size)]
        assert all("\ufffd" not in each for each in shown)
        assert len("".join(shown)) >= len(text * 50) - len(shown)


def test_bytes_that_are_no_utf8_are_marked_and_counted():
    shown = show(b"caf\xe9 \xff\xfe end", whole=True)
    assert (shown.text, shown.replaced) == ("caf\ufffd \ufffd\ufffd end", 3)


def test_in_a_whole_body_nothing_is_left_out_at_its_ends():
    shown = show(b"\x80\x81 text \xe6\xbc", whole=True)
    assert (shown.text, shown.replaced) == ("\ufffd\ufffd text \ufffd", 3)


def test_a_mark_that_was_stored_is_not_counted_as_replaced():
    assert show("a\ufffdb".encode(), whole=True).replaced == 0


# --- JSON -------------------------------------------------------------------------------------------------------------


def test_whole_json_is_laid_out():
    shown = show(b'{"a":[1,{"b":null}],"c":"x"}', whole=True)
    assert shown.kind == "JSON, laid out"
    assert shown.text == '{\n  "a": [\n    1,\n    {\n      "b": null\n    }\n  ],\n  "c": "x"\n}'


def test_keys_that_stand_twice_and_huge_numbers_stay_as_they_are():
    huge = "9" * 5000
    shown = show(f'{{"a":1,"a":2,"n":{huge},"f":1.10,"e":1E5}}'.encode(), whole=True)
    assert shown.kind == "JSON, laid out"
    assert shown.text.count('"a"') == 2
    for part in (huge, "1.10", "1E5"):
        assert part in shown.text


def test_a_part_of_json_is_left_as_it_is():
    assert show(b'{"a": [1, 2', whole=False).text == '{"a": [1, 2'
    assert show(b'{"a":1}', whole=False).text == '{"a":1}'


def test_as_stored_leaves_json_alone():
    assert show(b'{"a":1}', whole=True, as_stored=True).text == '{"a":1}'
    assert show(b'"a"', whole=True, as_stored=True).text == '"a"'


@pytest.mark.parametrize("data", [b"{", b"{]", b"[1,]", b"{'a': 1}", b"[NaN]", b'{"a": "\xff"}'])
def test_what_only_looks_like_json_is_text(data):
    assert show(data, whole=True).kind == "text"


def test_a_body_over_the_limit_is_not_laid_out():
    data = b"[" + b" " * FORMAT_LIMIT + b"]"
    assert show(data, whole=True).kind == "text"


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 900 + b",".join([b"1"] * 30_000) + b"]" * 900,
        b'{"a":' * 400 + b"[" + b"1," * 20_000 + b"1]" + b"}" * 400,
        b"[" * 30_000 + b"]" * 30_000,
    ],
)
def test_nesting_does_not_make_60_kb_into_60_mb(data):
    assert len(data) <= FORMAT_LIMIT
    assert len(show(data, whole=True).text) <= len(data) + 2 * INDENT_LIMIT


def test_brackets_inside_strings_are_not_nesting():
    data = json.dumps({"prompt": "[" * 5000 + ", " * 5000, "b": [1]}).encode()
    assert show(data, whole=True).kind == "JSON, laid out"


# --- quoted, streams, binary ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inside", "kind"),
    [
        ('data: {"choices": []}\n\ndata: [DONE]\n', "event stream"),
        ("event: message_start\ndata: {}\n", "event stream"),
        ("plain text", "text"),
        ("漢字 😀", "text"),
    ],
)
def test_a_body_that_was_stored_as_one_json_string_is_unwrapped(inside, kind):
    shown = show(json.dumps(inside).encode(), whole=True)
    assert (shown.text, shown.kind, shown.was_quoted) == (inside, kind, True)


@pytest.mark.parametrize("data", [b'""', b'"a" "b"', b'"a', b'"\\ud800"', b'"\xff"'])
def test_what_is_no_string_of_text_stays_in_its_quotes(data):
    shown = show(data, whole=True)
    assert not shown.was_quoted
    assert shown.text.startswith('"')


@pytest.mark.parametrize("data", [b'data: {"a": 1}\n\n', b"event: x\n", b"\n\ndata:{}"])
def test_a_stream_is_called_one(data):
    assert show(data, whole=True).kind == "event stream"
    assert show(data, whole=False).kind == "event stream"


def test_what_is_no_text_is_shown_as_hex():
    shown = show(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR<b>", whole=True)
    assert shown.kind == "bytes"
    first, second = shown.text.split("\n")
    assert first == "00000000  89 50 4e 47 0d 0a 1a 0a 00 00 00 0d 49 48 44 52  .PNG........IHDR"
    assert second == "00000010  3c 62 3e                                         <b>"


def test_the_hex_of_a_large_file_ends():
    assert len(show(bytes(10_000_000), whole=True).text.split("\n")) == 256


def test_text_with_colours_is_text():
    assert show(b"\x1b[31mred\x1b[0m", whole=True).kind == "text"


def test_text_with_many_controls_is_bytes():
    assert show(b"\x01\x02\x03abc", whole=True).kind == "bytes"


@pytest.mark.parametrize("text", ["ascii", "é", "日本", "𐍈x", "x𐍈"])
def test_a_window_ends_at_a_whole_character_and_none_is_lost(text):
    data = text.encode()
    for end in range(len(data) + 1):
        first = whole_characters(data[:end])
        assert (first + data[len(first) :]).decode() == text
        assert first.decode() == text[: len(first.decode())]


@given(st.binary(max_size=8))
def test_of_bytes_that_are_no_text_at_most_three_go_to_the_next_window(data):
    kept = whole_characters(data)
    assert data.startswith(kept)
    assert len(data) - len(kept) <= 3
