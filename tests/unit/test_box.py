"""The box that filters are typed into: text and query mean each other."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_dash.gateway.box import read_box, spell_box
from gateway_dash.gateway.errors import QueryError
from gateway_dash.gateway.filters import Filter
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.vocabulary import GT, LT, PAIR_PREFIX, VOCABULARY, pair_word

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffd"), min_size=1, max_size=20)
VALUES = {
    "text": TEXT,
    "flag": st.booleans(),
    "number": st.integers(0, 10**9),
    "feedback": st.sampled_from([1, -1, 0, None]),
}
SUFFIXES = ("__not", "__contains", "__lt", "__gt")


@st.composite
def filters(draw):
    pair = pair_word(PAIR_PREFIX + draw(TEXT.filter(lambda key: not key.endswith(SUFFIXES))))
    word = draw(st.sampled_from([*VOCABULARY.values(), pair]))
    operator = draw(st.sampled_from(word.kind.operators))
    several = 1 if operator in (LT, GT) else draw(st.integers(1, 3))
    drawn = [draw(VALUES[word.kind.name]) for _ in range(several)]
    values = dict.fromkeys(word.kind.read(word.kind.spell(value)) for value in drawn)
    return Filter(word.name, operator, tuple(values))


QUERIES = st.builds(
    LogQuery,
    filters=st.lists(filters(), max_size=4, unique_by=lambda each: each.parameter).map(tuple),
    search=st.just("") | TEXT,
    since=st.sampled_from(["", "24h"]),
)


@given(QUERIES)
def test_what_the_box_shows_of_a_query_means_that_query(query):
    assert read_box(spell_box(query)) == query


@given(st.text(max_size=80))
def test_any_text_is_a_query_or_an_error_with_words(text):
    query = None
    with contextlib.suppress(QueryError):
        query = read_box(text)
    assert query is None or read_box(spell_box(query)) == query


@pytest.mark.parametrize(
    ("text", "url"),
    [
        (
            'model:gpt-4o -cached:true cost:>0.01 metadata.user:42 "refund"',
            "?model=gpt-4o&cached__not=true&cost__gt=0.01&metadata.user=42&search=refund",
        ),
        ("provider:openai,groq since:24h", "?provider=openai&provider=groq&since=24h"),
        ("provider:openai provider:groq", "?provider=openai&provider=groq"),
        ('user_agent:~"python 3,5"', "?user_agent__contains=python%203,5"),
        ("duration:<500 feedback:-1", "?duration__lt=500&feedback=-1"),
        ("hello world", "?search=hello%20world"),
        ("start:2026-11-20T00:00:00Z", "?start=2026-11-20T00:00:00Z"),
        ("", ""),
    ],
)
def test_examples_of_the_box(text, url):
    assert read_box(text).url() == url


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("cost:>=1", "not “or equal”"),
        ("a OR b", "cannot say “or” between fields"),
        ("modle:x", "Did you mean “model:”"),
        ("status_code:500", "success:false finds the failed calls"),
        ("path:x", "no filter for the path"),
        ("(a", "no brackets"),
        ('"x', "not closed"),
        ("-cost:>1", "cannot turn “>” round"),
        ("provider:", "needs a value"),
        ("-word", "a minus stands before a field"),
        ("NOT cached:true", "a minus before the field"),
        ("-metadata.user:1", "cannot be asked"),
        ("since:24h start:2026-11-20T00:00:00Z", "cannot stand beside"),
        ("x" * 5000, "at most 4,000 characters"),
    ],
)
def test_what_the_api_cannot_say_is_refused_with_the_way_that_it_can(text, words):
    with pytest.raises(QueryError, match=words.replace("(", r"\(")):
        read_box(text)


def test_the_box_keeps_order_and_page_size_and_begins_at_the_first_page():
    before = LogQuery(sort="model", per_page=20, page=3)
    after = read_box("cached:true", before)
    assert (after.sort, after.per_page, after.page) == ("model", 20, 1)
