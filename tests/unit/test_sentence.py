"""The sentence that names a query: in parts, so that a template can escape each."""

from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict

from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.sentence import Part, sentence, words


def read(url: str) -> LogQuery:
    return LogQuery.read(QueryDict(url))


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("", "All calls"),
        ("since=24h", "Calls in the last 24 hours"),
        ("since=1d", "Calls in the last day"),
        ("start=2026-11-01", "Calls since 1 Nov 2026, 00:00:00 UTC"),
        ("end=2026-11-01T10:00:00.5", "Calls before 1 Nov 2026, 10:00:00.500 UTC"),
        ("start=2026-11-01&end=2026-11-02", "Calls from 1 Nov 2026, 00:00:00 UTC to 2 Nov 2026, 00:00:00 UTC"),
        ("search=c-102", "Calls with “c-102” in their metadata"),
        ("provider=openai&cached__not=true&since=24h",
         "Calls from openai, not answered from cache, in the last 24 hours"),
        ("success=true&success=false", "Calls with success true or false"),
        ("success__not=true&success__not=false", "Calls not with success true or false"),
        ("sort=model&page=4&per_page=20", "All calls"),
        ("feedback=-1&feedback=none", "Calls with thumbs down or no feedback"),
        ("metadata.user=42&metadata.team__contains=a", "Calls with user = 42, with team like “a”"),
    ],
)  # fmt: skip
def test_a_query_is_one_english_sentence(url, text):
    assert words(read(url)) == text


def test_its_times_can_be_told_in_a_zone_and_each_says_which():
    query = read("start=2026-10-24T22:00Z&end=2026-10-25T23:00Z")
    assert words(query, zone=ZoneInfo("Europe/Berlin")) == (
        "Calls from 25 Oct 2026, 00:00:00 UTC+2 to 26 Oct 2026, 00:00:00 UTC+1"
    )
    assert words(query) == "Calls from 24 Oct 2026, 22:00:00 UTC to 25 Oct 2026, 23:00:00 UTC"


def test_the_subject_can_be_another():
    assert words(LogQuery(), "Logs") == "All logs"
    assert words(read("provider=openai"), "Logs") == "Logs from openai"


def test_values_stand_apart_from_the_words_around_them():
    hostile = "<b>, and all others"
    parts = sentence(LogQuery.read(QueryDict("provider__contains=%3Cb%3E, and all others&model__not=x")))
    assert Part("quote", hostile) in parts
    assert Part("not", "not") in parts
    assert not any(hostile in part.text for part in parts if part.style != "quote")


def test_braces_in_a_metadata_key_and_value_change_nothing_around_them():
    text = words(LogQuery.read(QueryDict("metadata.{}{0}{x!r}=a{}b&metadata.%25s=%25d")))
    assert "{}{0}{x!r} = a{}b" in text
    assert "%s = %d" in text
