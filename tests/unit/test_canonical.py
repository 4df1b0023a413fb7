"""gateway_dash/payload/canonical.py: which requests ask for the same."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_dash.payload.canonical import LEFT_OUT, apart, canonical

CHAT = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Hi"}], "temperature": 1}

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def body(value, **options):
    return json.dumps(value, **options).encode("utf-8", "surrogatepass")


def same(one, other):
    return canonical(one).digest == canonical(other).digest


def test_layout_order_of_keys_and_spelling_of_text_make_no_difference():
    turned = dict(reversed(CHAT.items()))
    assert same(body(CHAT), body(turned, indent=4))
    assert same(b'{"a":"\\u00e9"}', '{"a" : "é"}'.encode())


@pytest.mark.parametrize(
    ("one", "other"),
    [("1", "1.0"), ("100", "1e2"), ("0.10", "1E-1"), ("-0.0", "0"), ("1200", "12.00e2"), ("0", "0e999999999")],
)
def test_a_number_is_the_same_however_it_is_written(one, other):
    assert same(f'{{"n":{one}}}'.encode(), f'{{"n":{other}}}'.encode())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1", "2"),
        ("1", '"1"'),
        ("1", "true"),
        ("0", "false"),
        ("0", "null"),
        ("-1", "1"),
        ("10", "1"),
        ("0.1", "0.01"),
        ("12345678901234567890123456789012345678", "12345678901234567890123456789012345679"),
        ("0.12345678901234567890123456789012345678", "0.12345678901234567890123456789012345679"),
        ("1e400", "1e401"),
        ("[1,2]", "[12]"),
        ("[[1],2]", "[[1,2]]"),
        ('["a","b"]', '["a,b"]'),
        ('{"a":1}', '["a",1]'),
        ("[1,2]", "[2,1]"),
    ],
)
def test_other_values_are_others(one, other):
    assert not same(f'{{"n":{one}}}'.encode(), f'{{"n":{other}}}'.encode())


@pytest.mark.parametrize("name", sorted(LEFT_OUT))
def test_how_the_answer_is_delivered_or_filed_makes_no_difference_and_is_named(name):
    more = canonical(body(CHAT | {name: True}))
    assert more.digest == canonical(body(CHAT)).digest
    assert more.left_out == (name,)
    assert apart(more, canonical(body(CHAT))) == f"the same but for layout, {name}"


@pytest.mark.parametrize("name", ["seed", "temperature", "model", "n", "tools", "max_tokens"])
def test_what_asks_for_another_answer_makes_a_difference(name):
    assert not same(body(CHAT | {name: 7}), body(CHAT | {name: 8}))


def test_only_at_the_top_is_anything_left_out():
    assert not same(body({"input": {"user": "a"}}), body({"input": {"user": "b"}}))
    assert not same(body([{"stream": True}]), body([{"stream": False}]))


def test_a_key_that_stands_twice_can_be_read_in_two_ways_and_is_compared_as_it_is():
    assert not same(b'{"a":1,"a":2}', b'{"a":2}')
    assert canonical(b'{"a":1,"a":2}').kind == "bytes"
    assert same(b'{"a":1,"a":2}', b'{"a":1,"a":2}')


def test_text_that_is_no_json_is_compared_byte_for_byte():
    assert same(b"plain text", b"plain text")
    assert not same(b"plain text", b"plain  text")
    assert not same(b'{"a":', b'{"a": ')
    assert not same(b"", b"null")


def test_a_body_that_is_stored_as_a_json_string_is_what_it_says():
    assert same(body(json.dumps(CHAT)), body(CHAT))
    assert canonical(body(json.dumps(CHAT))).stored != canonical(body(CHAT)).stored


def test_two_that_are_equal_to_the_byte_are_called_so():
    assert apart(canonical(body(CHAT)), canonical(body(CHAT))) == "the same, byte for byte"
    assert apart(canonical(body(CHAT)), canonical(body(CHAT, indent=1))) == "the same but for layout"


def test_bytes_never_meet_json():
    assert canonical(b"[]").digest != canonical(b"bytes").digest
    assert not same(b'"{}"', b'"\\"{}\\""')


@pytest.mark.parametrize(
    "hostile",
    [
        b"[" * 100_000,
        b"[" * 150 + b"]" * 150,
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
        b'{"n":' + b"9" * 6000 + b"}",
        b'{"n":1e99999999999999999999}',
        b'{"a":"\\ud800"}',
        b"[" + b"1," * 500_000 + b"1]",
        b"\xff\xfe{}",
        b'{"a": NaN}',
    ],
)
def test_hostile_bodies_have_a_form_and_are_themselves(hostile):
    assert same(hostile, hostile)
    assert not same(hostile, hostile + b"x")


@given(values)
def test_what_is_written_in_another_way_is_the_same(value):
    assert same(body({"v": value}), body({"v": value}, indent=2, sort_keys=True))
    assert same(body({"v": value}), body({"v": value}, ensure_ascii=False))


@given(values, values)
def test_values_that_differ_have_other_forms(one, other):
    if json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True):
        assert same(body([one]), body([other]))
    elif one != other:
        assert not same(body([one]), body([other]))
