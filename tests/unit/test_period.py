"""Times of a query: read, spelled, said."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_dash.gateway import period

MILLISECONDS = st.integers(-60_000_000_000_000, 200_000_000_000_000).map(
    lambda ms: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
)


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("2026-11-23", "2026-11-23T00:00:00Z"),
        ("2026-11-23T10:58", "2026-11-23T10:58:00Z"),
        ("2026-11-23 10:58:04", "2026-11-23T10:58:04Z"),
        ("2026-11-23T10:58:04Z", "2026-11-23T10:58:04Z"),
        ("2026-11-23T10:58:04.5Z", "2026-11-23T10:58:04.500Z"),
        ("2026-11-23T10:58:04.007000Z", "2026-11-23T10:58:04.007Z"),
        ("2026-11-23T00:58:04+02:00", "2026-11-22T22:58:04Z"),
        ("2026-12-31T23:59:59.999-01:00", "2027-01-01T00:59:59.999Z"),
        ("  2026-11-23  ", "2026-11-23T00:00:00Z"),
    ],
)
def test_a_time_is_utc_to_the_millisecond(text, spelled):
    assert period.spell_moment(period.read_moment(text)) == spelled


@given(MILLISECONDS)
def test_a_spelled_time_reads_the_same(moment):
    assert period.read_moment(period.spell_moment(moment)) == moment


@given(st.text(max_size=40))
def test_any_text_is_a_time_or_a_value_error(text):
    try:
        moment = period.read_moment(text)
    except ValueError:  # any other error fails
        return
    assert moment.utcoffset() == timedelta(0)


@pytest.mark.parametrize("text", ["9999-12-31", "0001-01-01", "0001-12-31T23:59:59.999-00:00", "9999-01-01T00:00Z"])
def test_a_time_without_a_second_before_and_after_it_is_refused(text):
    with pytest.raises(ValueError, match="takes a UTC time"):
        period.read_moment(text)


@pytest.mark.parametrize(
    ("text", "length", "words"),
    [
        ("15m", timedelta(minutes=15), "last 15 minutes"),
        ("1h", timedelta(hours=1), "last hour"),
        ("24h", timedelta(hours=24), "last 24 hours"),
        ("7d", timedelta(days=7), "last 7 days"),
        ("1w", timedelta(weeks=1), "last week"),
    ],
)
def test_a_length_of_time_is_read_and_said(text, length, words):
    assert period.read_since(text) == length
    assert period.since_words(text) == words


@pytest.mark.parametrize("text", ["", "0h", "h", "24", "24x", "024h", "24 h", "-1h", "3661d", "99999w", "1٣h", "24h\n"])
def test_another_length_is_refused(text):
    with pytest.raises(ValueError, match="takes a length such as"):
        period.read_since(text)


@given(MILLISECONDS)
def test_whole_seconds_are_around_their_moment(moment):
    before, after = period.whole(moment), period.next_whole(moment)
    assert before <= moment <= after
    assert before.microsecond == after.microsecond == 0
    assert after - before == (timedelta(0) if moment.microsecond == 0 else period.SECOND)


def test_a_moment_is_said_in_utc():
    assert period.moment_words(period.read_moment("2026-11-03T09:08:07Z")) == "3 Nov 2026, 09:08:07 UTC"
    assert period.moment_words(period.read_moment("2026-11-03T09:08:07.042Z")) == "3 Nov 2026, 09:08:07.042 UTC"


def test_milliseconds_are_cut_and_never_rounded_up():
    moment = datetime(2026, 11, 23, 10, 0, 0, 999_999, tzinfo=UTC)
    assert period.milliseconds(moment).microsecond == 999_000
