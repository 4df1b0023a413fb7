"""Rows as they really come: other types, broken text, missing fields. One such row degrades; the page goes on."""

import json
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_dash.gateway import tolerant
from gateway_dash.gateway.models import Gateway, Log, read_log

ROW = {
    "id": "a1", "created_at": "2026-11-23T10:00:00.500Z", "provider": "openai", "model": "gpt-4o-mini",
    "path": "chat/completions", "duration": 800, "success": True, "cached": False, "tokens_in": 20, "tokens_out": 22,
    "cost": 0.00015, "metadata": {"user": "kim"}, "status_code": 200, "step": 0,
}  # fmt: skip
MOMENT = datetime(2026, 11, 23, 10, 0, 0, 500_000, tzinfo=UTC)


def log(**changes) -> Log:
    return read_log(msgspec.json.encode(ROW | changes))


def test_a_good_row_has_no_problem():
    row = log()
    assert (row.id, row.created_at, row.duration_ms, row.cost, row.problem) == ("a1", MOMENT, 800, 0.00015, "")
    assert row.row_as_sent == ROW


def test_unknown_fields_are_kept():
    row = log(timings={"total": 5}, something_new=[1, {"a": None}])
    assert row.row_as_sent["something_new"] == [1, {"a": None}]
    assert row.problem == ""


def test_missing_fields_are_unknown_and_never_zero():
    row = read_log(b'{"id": "a", "created_at": "2026-11-23T10:00:00Z"}')
    assert row.cost is row.tokens_in is row.duration_ms is row.success is row.cached is row.metadata is None
    assert row.problem == ""


@pytest.mark.parametrize("field", sorted(ROW.keys() - {"id", "created_at", "metadata"}))
@pytest.mark.parametrize("value", [[1], {"a": 1}, "§"], ids=["list", "object", "text"])
def test_one_field_of_a_wrong_type_leaves_the_others(field, value):
    if field in ("provider", "model", "path") and value == "§":
        value = 5
    row = log(**{field: value})
    assert (row.id, row.created_at) == ("a1", MOMENT)
    assert field in row.problem
    assert row.row_as_sent[field] == value
    others = {"provider", "model", "path", "success", "cached", "status_code"} - {field}
    assert {name: getattr(row, name) for name in others} == {name: ROW[name] for name in others}


@pytest.mark.parametrize("field", ["provider", "model", "path"])
def test_null_where_a_text_should_be_leaves_the_others(field):
    row = log(**{field: None})
    assert (row.id, row.created_at, row.duration_ms) == ("a1", MOMENT, 800)
    assert getattr(row, field) == ""
    assert field in row.problem


def test_every_wrong_field_is_named():
    row = log(duration="long", cost=[], success="maybe", status_code=2.5)
    for name in ("duration", "cost", "success", "status_code"):
        assert name in row.problem
    assert (row.provider, row.created_at) == ("openai", MOMENT)


@pytest.mark.parametrize("value", [None, 5, [], {"a": 1}])
def test_a_row_without_a_usable_id_has_none_and_keeps_the_rest(value):
    row = log(id=value)
    assert row.id == ""
    assert (row.provider, row.created_at) == ("openai", MOMENT)
    assert "id" in row.problem


@pytest.mark.parametrize("value", [None, "yesterday", [], "2026-13-01T00:00:00Z"])
def test_a_row_without_a_usable_time_keeps_the_rest(value):
    row = log(created_at=value)
    assert (row.id, row.provider, row.created_at.year) == ("a1", "openai", 1970)
    assert "created_at" in row.problem


def test_missing_id_and_time_are_named():
    row = read_log(b'{"provider": "openai"}')
    assert (row.id, row.created_at.year, row.provider) == ("", 1970, "openai")
    assert "`id`" in row.problem
    assert "`created_at`" in row.problem


@pytest.mark.parametrize("raw", [b"5", b'"text"', b"null", b"[]", b"[[1]]", b"true", b"{", b"", b"\xff"])
def test_a_row_that_is_no_object_is_a_row_with_a_problem(raw):
    row = read_log(raw)
    assert row.id == ""
    assert row.problem.startswith("this row is not")


def test_the_upstream_cannot_speak_in_our_name():
    row = log(problem="none", row_as_sent={"id": "evil"})
    assert row.problem == ""
    assert row.row_as_sent["id"] == "a1"


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1e999", b'"NaN"', b'"inf"'])
@pytest.mark.parametrize("field", ["cost", "duration", "tokens_in", "score"])
def test_what_is_no_number_is_unknown(field, number):
    raw = msgspec.json.encode({**ROW, field: "here"}).replace(b'"here"', number)
    row = read_log(raw)
    assert getattr(row, "duration_ms" if field == "duration" else field) is None
    assert (row.id, row.provider) == ("a1", "openai")
    assert row.problem


def test_numbers_as_text_are_read():
    row = log(cost="0.5", tokens_in="20", success="true")
    assert (row.cost, row.tokens_in, row.success) == (0.5, 20, True)


# --- broken text ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", [rb"\ud800", rb"\udc00\ud800", b"\xff\xfe", b"\xed\xa0\x80", b"\xc3("], ids=lambda text: repr(text)[2:-1]
)
def test_broken_text_becomes_marks_and_the_rest_of_the_row_stays(text):
    raw = msgspec.json.encode({**ROW, "model": "here", "metadata": {"here": "here"}}).replace(b"here", text)
    row = read_log(raw)
    assert (row.id, row.provider) == ("a1", "openai")
    for each in (row.model, *row.metadata_map(), *row.metadata_map().values()):  # type: ignore[misc,union-attr]
        each.encode()
        assert "\ufffd" in each


def test_a_pair_of_surrogates_is_the_character_that_it_means():
    assert (
        read_log(msgspec.json.encode(ROW | {"model": "x"}).replace(b'"x"', rb'"\ud83d\ude00 \ud800"')).model
        == "😀 \ufffd"
    )


def test_an_integer_of_5000_digits_is_kept_as_text():
    row = read_log(msgspec.json.encode({**ROW, "big": 1}).replace(b'"big":1', b'"big":' + b"9" * 5000))
    assert row.row_as_sent["big"] == "9" * 5000
    assert row.id == "a1"


def test_of_a_key_that_stands_twice_the_last_counts():
    assert read_log(b'{"id": "a", "id": "b", "created_at": "2026-11-23T10:00:00Z"}').id == "b"


@pytest.mark.parametrize("depth", [1000, 100_000])
def test_deep_nesting_takes_down_its_row_at_most(depth):
    raw = msgspec.json.encode({**ROW, "deep": 1}).replace(b'"deep":1', b'"deep":' + b"[" * depth + b"]" * depth)
    row = read_log(raw)
    assert row.id == "a1" or "not readable" in row.problem


@given(st.binary(max_size=200))
def test_any_bytes_are_a_row(raw):
    row = read_log(raw)
    row.problem.encode()
    assert isinstance(row.id, str)


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=3)),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*Log.__struct_encode_fields__]), JSON))
def test_any_values_in_any_fields_are_a_row(row):
    found = read_log(msgspec.json.encode(row))
    assert isinstance(found.id, str)
    assert found.created_at.tzinfo is not None
    assert isinstance(found.provider, str)
    found.metadata_map()


# --- metadata ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({"user": "kim", "n": 1}, {"user": "kim", "n": 1}),
        ('{"user": "kim", "vip": true}', {"user": "kim", "vip": True}),
        ('{"user": null}', {"user": None}),
        (None, None),
        ({}, None),
        ("", None),
        ("{}", None),
        ("kim", None),
        ("[1, 2]", None),
        ([1, 2], None),
        (5, None),
        ("[" * 100_000, None),
        ('{"n": ' + "9" * 5000 + "}", {"n": "9" * 5000}),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_metadata_is_a_map_in_whatever_form_it_came(metadata, expected):
    assert log(metadata=metadata).metadata_map() == expected


def test_broken_text_inside_metadata_that_came_as_text_is_cleaned_too():
    pairs = log(metadata=r'{"user\ud800": "\udfff"}').metadata_map()
    assert pairs == {"user\ufffd": "\ufffd"}


def test_missing_metadata_is_none():
    row = {name: value for name, value in ROW.items() if name != "metadata"}
    assert read_log(msgspec.json.encode(row)).metadata_map() is None


# --- tolerant JSON, gateways ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("raw", [b"", b"{", b"nul", b"{'a': 1}", b"[1,]", b"\x00", b"--1"])
def test_what_is_no_json_stays_an_error(raw):
    with pytest.raises((ValueError, RecursionError)):
        tolerant.loads(raw)


def test_settings_of_a_gateway_that_hold_secrets_are_not_kept():
    raw = (
        b'{"id": "prod", "stripe": {"authorization": "sk_live_1"}, "otel": [{"authorization": "x"}], "collect_logs": 1}'
    )
    gateway = msgspec.json.decode(raw, type=Gateway, strict=False)
    assert gateway.collect_logs is True
    assert "sk_live_1" not in repr(gateway)
    assert not hasattr(gateway, "stripe")


@pytest.mark.parametrize(
    "moment",
    ["0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00", "9999-12-31T23:59:59.999Z", "0001-01-01T00:00:00Z"],
)
def test_a_time_at_the_end_of_the_calendar_is_no_time(moment):
    log = read_log(json.dumps({"id": "a", "created_at": moment, "model": "kept"}).encode())
    assert (log.created_at.year, log.model) == (1970, "kept")
    assert "created_at" in log.problem


@pytest.mark.parametrize("number", [10**350, -(10**350), 2**63], ids=["huge", "huge below zero", "no long any more"])
def test_a_whole_number_that_no_float_holds_is_no_number(number):
    row = {"id": "a", "created_at": "2026-11-23T10:00:00Z", "duration": number, "tokens_in": number, "model": "kept"}
    log = read_log(json.dumps(row).encode())
    assert (log.duration_ms, log.tokens_in, log.model) == (None, None, "kept")
    assert "number" in log.problem
