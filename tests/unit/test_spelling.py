"""A list as it is kept: one spelling, which reads as the same list again."""

import pytest
from django.http import QueryDict

from gateway_dash.gateway.errors import QueryError
from gateway_dash.gateway.query import LogQuery
from gateway_dash.sharing.spelling import QUERY_LIMIT, Kept


@pytest.mark.parametrize(
    ("given", "kept", "searched"),
    [
        ("", "", ""),
        ("?sort=-model&per_page=20", "sort=-model&per_page=20", ""),
        ("page=4&as_of=2026-11-23T10:00:00Z&provider=openai", "provider=openai", "provider=openai"),
        (
            "search=a%20b&cost__gt=0.010&sort=model",
            "cost__gt=0.01&search=a%20b&sort=model",
            "cost__gt=0.01&search=a%20b",
        ),
        ("columns=time,cost&provider=a&peek=x&open=facets", "provider=a&columns=time,cost", "provider=a"),
        ("columns=a&columns=b", "columns=a&columns=b", ""),
        ("provider=%C3%A9%26&provider=b", "provider=%C3%A9%26&provider=b", "provider=%C3%A9%26&provider=b"),
    ],
)
def test_it_has_one_spelling(given, kept, searched):
    found = Kept.read(given)
    assert (found.text, found.search) == (kept, searched)
    assert Kept.read(found.text) == found


def test_a_list_that_was_read_is_kept_as_its_address_says_it():
    parameters = QueryDict("provider=openai&since=24h&columns=time")
    assert Kept.of(LogQuery.read(QueryDict("provider=openai&since=24h&page=2")), parameters).text == (
        "provider=openai&since=24h&columns=time"
    )


@pytest.mark.parametrize("text", ["providr=a", "provider=", "since=never", "a" * (QUERY_LIMIT + 1)])
def test_what_cannot_be_read_is_an_error(text):
    with pytest.raises(QueryError):
        Kept.read(text)
