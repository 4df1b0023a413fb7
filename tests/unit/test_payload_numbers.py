"""The numbers of a row held against those of its body: both are shown, and nobody is taken to be right."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_dash.payload.conversation import Usage
from gateway_dash.payload.numbers import RowNumbers, check, findings, usage_metadata


def verdicts(row: RowNumbers, usage: Usage | None) -> dict[str, str]:
    return {each.name: each.verdict for each in check(row, usage)}


def test_equal_numbers_agree_and_others_differ_by_what_is_said():
    found = {each.name: each for each in check(RowNumbers(24, 9, cost=0.001), Usage(24, 7, cost=0.001))}
    assert {name: each.verdict for name, each in found.items()} == {
        "Tokens in": "agree",
        "Tokens out": "differ",
        "Cost": "agree",
    }
    assert found["Tokens out"].apart == 2


def test_unknown_stays_unknown_and_is_never_zero():
    assert verdicts(RowNumbers(), None) == {"Tokens in": "unknown", "Tokens out": "unknown", "Cost": "unknown"}
    assert verdicts(RowNumbers(tokens_in=0), Usage(tokens_out=0)) == {
        "Tokens in": "row",
        "Tokens out": "body",
        "Cost": "unknown",
    }
    assert verdicts(RowNumbers(tokens_in=0), Usage(tokens_in=3))["Tokens in"] == "differ"


def test_cached_and_reasoning_tokens_stand_apart_where_somebody_has_them():
    found = verdicts(RowNumbers(10, 5, cached_in=8), Usage(10, 5, reasoning_out=3, cache_written_in=1))
    assert found["of these cached"] == "row"
    assert found["of these reasoning"] == "body"
    assert found["of these written to a cache"] == "body"


@pytest.mark.parametrize(
    ("row", "usage", "note"),
    [
        (RowNumbers(14, 4), Usage(1014, 4, cached_in=1000), "the cached ones"),
        (RowNumbers(14, 4), Usage(1114, 4, cached_in=1000, cache_written_in=100), "read from and written to a cache"),
        (RowNumbers(0, 4, is_cached=True), Usage(1014, 4), "the gateway's cache answered"),
    ],
)
def test_tokens_that_are_counted_another_way_agree_and_the_way_is_said(row, usage, note):
    tokens_in = check(row, usage)[0]
    assert tokens_in.verdict == "agree"
    assert note in tokens_in.note


def test_a_cost_of_nothing_from_the_cache_is_no_disagreement():
    cost = check(RowNumbers(cost=0, is_cached=True), Usage(cost=0.5))[-1]
    assert (cost.verdict, cost.note) == ("agree", "the gateway's cache answered, and its rows say $0")
    assert check(RowNumbers(cost=0), Usage(cost=0.5))[-1].verdict == "differ"


def test_only_what_differs_is_a_finding_and_its_title_stands_alone():
    checks = check(RowNumbers(24, 9, cached_in=5), Usage(24, 9, cached_in=0))
    (finding,) = findings(checks)
    assert (finding.code, finding.title) == ("numbers-cached-tokens-in", "Cached tokens in: row and body disagree")


@given(st.floats(min_value=1e-9, max_value=1e3))
def test_sums_of_floats_are_not_held_to_the_last_digit(cost):
    assert check(RowNumbers(cost=cost), Usage(cost=math.nextafter(cost, 2 * cost)))[-1].verdict == "agree"
    assert check(RowNumbers(cost=cost), Usage(cost=cost * 1.0001))[-1].verdict == "differ"


@pytest.mark.parametrize("odd", [None, [], "x", {"input_cached_tokens": "7"}, {"input_cached_tokens": True}])
def test_an_odd_row_says_nothing(odd):
    assert usage_metadata(odd) == {"cached_in": None, "reasoning_out": None}
