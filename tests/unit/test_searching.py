"""A search in a JSON body finds what a walk through it finds, in pages, and spells no secret out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_dash.payload import searching
from gateway_dash.payload.paths import Path, read_path, spell
from gateway_dash.payload.raw import fold
from gateway_dash.payload.searching import Hit, search
from gateway_dash.payload.tree import find_node, look
from tests.unit.known import the

KEY = "sk-" + "proj-" + "9382dffx1kVZQ2tqMnMcLRkBOzZU3G8xI7CGr5c3bxD7u6yB54HkJlpoblul"

words = st.text(alphabet='abAB\\"/ \n日é🧑', max_size=12) | st.sampled_from(["ab", "xab", "ΣΊΣ", "ς"])
values = st.recursive(
    words | st.integers() | st.none(),
    lambda inside: st.lists(inside, max_size=5) | st.dictionaries(words, inside, max_size=5),
    max_leaves=40,
)


def plainly(value: Any, path: Path = ()) -> list[tuple[Path, bool, str]]:
    """Every key and every string of a value, in their order."""
    found: list[tuple[Path, bool, str]] = [(path, False, value)] if isinstance(value, str) else []
    for step, each in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        found += [((*path, step), True, step)] if isinstance(step, str) else []
        found += plainly(each, (*path, step))
    return found


def every_page(data: bytes, needle: str, most: int, strings: int) -> list[Hit]:
    found: list[Hit] = []
    start: int | None = 0
    while start is not None:
        page = search(data, needle, start=start, most=most, strings=strings)
        assert len(page.found) <= most
        assert page.next_at is None or page.next_at > start
        found += page.found
        start = page.next_at
    return found


@given(values, words.filter(bool), st.booleans(), st.integers(1, 3), st.integers(1, 7))
def test_it_finds_exactly_what_a_walk_finds(value, needle, escaped, most, strings):
    data = json.dumps([value], ensure_ascii=escaped).encode()
    told = [(hit.path, hit.is_key) for hit in every_page(data, needle, most, strings)]
    assert told == [(path, is_key) for path, is_key, text in plainly([value]) if fold(needle) in fold(text)]


@given(values, words.filter(bool), st.data())
def test_any_cut_of_a_body_is_searched_up_to_the_cut(value, needle, draw):
    data = json.dumps([value]).encode()
    whole = every_page(data, needle, 50, 1000)
    cut = data[: draw.draw(st.integers(0, len(data)))]
    found = every_page(cut, needle, 50, 1000)
    assert [hit.path for hit in found[:-1]] == [hit.path for hit in whole[: max(0, len(found) - 1)]]
    assert [hit.at for hit in found] == [hit.at for hit in whole[: len(found)]]  # of the last one the key may be cut


def test_half_of_an_escape_at_a_cut_is_no_text():
    data = json.dumps(["ab", "\\Σ"]).encode()  # written "\\\\\\u03a3"
    for end in range(len(data) + 1):
        assert len(search(data[:end], "a").found) <= 1, data[:end]
    assert len(search(b'["\\\\u03a', "a").found) == 1  # that backslash is written out: these are letters


def test_a_place_in_a_key_that_comes_again_has_its_own_path():
    data = b'{"a": 1, "x": {"a": "a"}, "a": "Abc", "\\u0061": {"b": ["bca"]}}'
    told = [(spell(the(hit.path)), hit.is_key) for hit in search(data, "a").found]
    assert told == [
        *(("a", True), ("x.a", True), ("x.a", False), ("a{2}", True), ("a{2}", False), ("a{3}", True)),
        ("a{3}.b[0]", False),
    ]


def test_each_page_says_how_far_it_came():
    data = json.dumps(["no"] * 10 + ["yes"]).encode()
    first = search(data, "yes", strings=4)
    assert first.found == ()
    assert data[first.next_at :].startswith(b'"no"')
    assert first.next_at == len('["no", "no", "no", "no", ')


@pytest.mark.parametrize("padding", ["x", "\\n", "日", "\\ud83e\\uddd1"])
@pytest.mark.parametrize("before", [0, 1, 60_000, 65_530, 65_536, 70_000, 200_000])
def test_a_long_string_is_searched_through_its_whole_length(padding, before):
    data = f'["{padding * before}needle{padding * 70_000}"]'.encode()
    hit = search(data, "NEEDLE").found[0]
    assert hit.path == (0,)
    assert data[2 + hit.place :].startswith(b"needle")
    assert "needle" in hit.text
    assert len(hit.text) < 300


def test_the_same_text_without_end_takes_no_longer():
    data = b'["' + b"a" * 300_000 + b'"]'
    assert search(data, "a" * 199 + "b").found == ()


def test_places_deeper_than_an_address_are_found_without_a_way():
    data = b"[" * 5000 + b'"needle"' + b"]" * 5000
    assert [hit.path for hit in search(data, "needle").found] == [None]
    view = look(data, (0,) * 600)
    assert not view.missing


# --- secrets --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("escaped", [KEY, KEY.replace("sk-", "\\u0073k-")])
def test_a_part_of_a_secret_is_not_found(escaped):
    data = f'{{"note": "the key is {escaped} and more"}}'.encode()
    assert search(data, KEY[:20]).found == ()
    assert search(data, KEY[-6:]).found == ()
    assert search(data, "is " + KEY[:9]).found == ()


def test_a_secret_that_one_knows_is_found_and_shown_masked():
    data = f'{{"note": "the key is {KEY} and more"}}'.encode()
    for needle in (KEY, f"is {KEY} and"):
        hit = search(data, needle).found[0]
        assert hit.path == ("note",)
        assert KEY[8:] not in hit.text
        assert "[masked: " in hit.text


def test_what_stands_beside_a_secret_is_found_and_the_secret_is_masked():
    data = f'{{"note": "the key is {KEY} and more"}}'.encode()
    assert search(data, "more").found[0].text == "…[masked: openai key] and more"
    assert search(data, "the").found[0].text == "the key is [masked: openai key] and more"


def test_a_value_whose_key_calls_it_a_secret_is_not_spelled_out():
    data = b'{"password": "Hunt3r2!x", "other": "Hunt3r2!x"}'
    assert [hit.path for hit in search(data, "Hunt3").found] == [("other",)]
    assert "Hunt3r2" not in search(data, "password").found[0].text


@pytest.mark.parametrize("place", [65_000, 90_000, 110_000, 113_000, 114_000, 120_000])
def test_a_secret_across_the_windows_of_a_long_string_is_not_found(place):
    data = f'["{"word " * (place // 5)}{KEY}{" word" * 40_000}"]'.encode()
    assert search(data, KEY[20:30]).found == ()
    assert search(data, KEY).found[0].path == (0,)


def test_what_is_found_is_there():
    data = json.dumps({"a": ["x", {"hello": "world"}]}).encode()
    hit = search(data, "wor").found[0]
    assert the(find_node(data, read_path(spell(the(hit.path))))).item.start == hit.at
    assert searching.MOST_HITS == 50
