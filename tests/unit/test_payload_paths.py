"""Paths as text: what is spelled is read again, and what cannot be read says where."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_dash.payload.paths import LONGEST, read_path, spell

KEYS = st.text(st.characters(), max_size=12) | st.sampled_from(["a.b", '"', "\\", "[0]", "", "é", "\ud800", "a-b", "-"])
PATHS = st.lists(KEYS | st.integers(0, 10**9 - 1), max_size=8).map(tuple)


@given(PATHS)
def test_what_is_spelled_is_read_again(path):
    assert read_path(spell(path)) == path


@given(PATHS, PATHS)
def test_two_paths_are_never_spelled_alike(left, right):
    assert (spell(left) == spell(right)) == (left == right)


@given(st.text(st.sampled_from('.[]"\\a0 -\n') | st.characters(), max_size=40))
def test_any_text_is_a_path_or_an_error(text):
    try:
        path = read_path(text)
    except ValueError:
        return
    assert read_path(spell(path)) == path


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (("messages", 4, "tool_calls", 0), "messages[4].tool_calls[0]"),
        ((0, "a b"), '[0]["a b"]'),
        (("a", ""), 'a[""]'),
        ((), ""),
    ],
)
def test_a_path_is_spelled_as_a_person_writes_it(path, text):
    assert spell(path) == text


@pytest.mark.parametrize("text", [".a", "a..b", "a[", "a[-1]", 'a["x]', "a b", "a.[0]", '["\\x"]', "a[0]b"])
def test_what_cannot_be_read_says_so(text):
    with pytest.raises(ValueError, match=r"cannot be read from|no JSON text"):
        read_path(text)


def test_a_path_that_is_too_long_is_not_read():
    assert read_path("a" * LONGEST) == ("a" * LONGEST,)
    with pytest.raises(ValueError, match="longer than"):
        read_path("a" * (LONGEST + 1))
