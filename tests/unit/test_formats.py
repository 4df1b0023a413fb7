"""Numbers and times as people read them."""

import math
import re
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_dash.gateway.zones import read_zone
from gateway_dash.web import formats, zone

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MOMENT = datetime(2026, 11, 23, 10, 54, 31, 118_999, tzinfo=UTC)


@pytest.mark.parametrize("number", [formats.count, formats.money, formats.size, formats.duration])
def test_unknown_is_not_zero(number):
    assert number(None) == "unknown"
    assert number(0) != "unknown"


def test_what_was_never_read_is_unknown_as_a_time_too():
    assert formats.clock(None) == formats.day(None) == formats.full(None) == formats.ago(None, NOON) == "unknown"
    assert formats.duration_words(None) == formats.percent(None, 5) == formats.percent(0, None) == "unknown"
    assert formats.iso(None) == formats.milliseconds(None) == formats.zone(None) == formats.field_time(None) == ""


def test_a_count_has_separators():
    assert formats.count(4812) == "4,812"


@pytest.mark.parametrize(
    ("cost", "text"),
    [
        (0, "$0"),
        (0.0, "$0"),
        (61.4, "$61.40"),
        (1234567.891, "$1,234,567.89"),
        (0.002422, "$0.002422"),
        (0.00203, "$0.002030"),
        (0.25, "$0.250000"),
        (2.2e-7, "$0.00000022"),
        (2e-7, "$0.0000002"),
        (1.234e-6, "$0.0000012"),
        (0.9999999, "$1.00"),
        (1e-15, "less than $0.000000000001"),
        (Decimal("0.000914"), "$0.000914"),
        (-0.5, "-$0.500000"),
        (math.nan, "unknown"),
        (math.inf, "unknown"),
    ],
)
def test_a_cost_is_readable_however_small(cost, text):
    assert formats.money(cost) == text


@given(st.floats(min_value=1e-300, max_value=1e12))
def test_a_cost_that_is_not_zero_never_looks_like_zero(cost):
    text = formats.money(cost)
    assert re.search(r"[1-9]", text)
    assert len(text) < 30


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        *((34, 100, "34 %"), (0, 9, "0 %"), (9, 9, "100 %"), (1, 1000, "under 1 %"), (999, 1000, "over 99 %")),
        *((5, 0, "unknown"), (3, 2, "150 %")),
    ],
)
def test_a_share_is_never_rounded_to_all_or_nothing(part, whole, text):
    assert formats.percent(part, whole) == text


@pytest.mark.parametrize(
    ("byte_count", "text"),
    [
        *((0, "0 B"), (312, "312 B"), (999, "999 B"), (1000, "1.0 KB"), (2100, "2.1 KB"), (31_000, "31 KB")),
        *((999_999, "1.0 MB"), (2_100_000, "2.1 MB"), (9_960_000, "10 MB"), (3 * 10**15, "3,000 TB")),
    ],
)
def test_a_size_has_two_digits_that_count(byte_count, text):
    assert formats.size(byte_count) == text


def test_a_duration_is_in_milliseconds():
    assert formats.duration(9871) == "9,871 ms"
    assert formats.duration(53.6) == "54 ms"


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        *((54, "54 ms"), (999.6, "1.00 s"), (9871, "9.87 s"), (9999, "10.0 s"), (12_809, "12.8 s"), (59_999, "1 min")),
        *((134_000, "2 min 14 s"), (3_600_000, "1 h"), (3_900_000, "1 h 5 min")),
    ],
)
def test_a_duration_in_words_fits_its_length(ms, text):
    assert formats.duration_words(ms) == text


def test_a_moment_is_told_in_utc_and_its_milliseconds_are_cut_not_rounded():
    assert formats.clock(MOMENT) + formats.milliseconds(MOMENT) == "10:54:31.118"
    assert formats.day(MOMENT) == "23 Nov"
    assert formats.full(MOMENT) == "Mon 23 Nov 2026, 10:54:31.118 UTC"
    assert formats.iso(MOMENT) == "2026-11-23T10:54:31.118Z"


def test_a_moment_of_another_zone_is_the_same_moment():
    elsewhere = MOMENT.astimezone(timezone(timedelta(hours=-5)))
    assert formats.full(elsewhere) == formats.full(MOMENT)
    assert formats.clock(MOMENT.replace(tzinfo=None)) == "10:54:31"


@pytest.mark.parametrize(
    ("where", "clock", "day", "full"),
    [
        ("UTC", "23:54:31", "23 Nov", "Mon 23 Nov 2026, 23:54:31.118 UTC"),
        ("Europe/Berlin", "00:54:31", "24 Nov", "Tue 24 Nov 2026, 00:54:31.118 UTC+1"),
        ("Asia/Kolkata", "05:24:31", "24 Nov", "Tue 24 Nov 2026, 05:24:31.118 UTC+5:30"),
        ("America/New_York", "18:54:31", "23 Nov", "Mon 23 Nov 2026, 18:54:31.118 UTC−5"),
    ],
)
def test_a_moment_is_told_in_the_chosen_zone_and_stays_utc_for_machines(where, clock, day, full):
    moment = MOMENT.replace(hour=23)
    with zone.told_in(read_zone(where)):
        assert (formats.clock(moment), formats.day(moment), formats.full(moment)) == (clock, day, full)
        assert full.endswith(" " + formats.zone(moment))
        assert formats.field_time(moment) == f"2026-11-{day[:2]}T{clock}"
        assert formats.iso(moment) == "2026-11-23T23:54:31.118Z"
        assert formats.ago(moment, moment + timedelta(hours=5)) == "5 h ago"


def test_a_moment_in_the_night_of_a_change_says_which_of_the_two_it_is():
    with zone.told_in(read_zone("Europe/Berlin")):
        first, second = (datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1))
        assert formats.full(first) == "Sun 25 Oct 2026, 02:30:00.000 UTC+2"
        assert formats.full(second) == "Sun 25 Oct 2026, 02:30:00.000 UTC+1"
        assert formats.zone_of_all([first, first]) == "UTC+2"
        assert formats.zone_of_all([first, second]) == "Europe/Berlin"


@given(st.datetimes(), st.sampled_from(["Asia/Kolkata", "America/New_York", "Pacific/Apia", "Europe/Berlin"]))
def test_any_moment_can_be_told_anywhere(moment, where):
    with zone.told_in(read_zone(where)):
        assert formats.zone(moment).startswith("UTC")
        assert formats.full(moment).endswith(formats.zone(moment))
        assert formats.local(moment) == moment.replace(tzinfo=UTC)


@given(st.datetimes(timezones=st.just(UTC)))
def test_the_machine_form_can_be_read_back(moment):
    read = datetime.fromisoformat(formats.iso(moment))
    assert timedelta(0) <= moment - read < timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        *((0, "just now"), (40, "40 s ago"), (200, "3 min ago"), (5 * 3600, "5 h ago"), (47 * 3600, "47 h ago")),
        *((12 * 86400, "12 days ago"), (-120, "in 2 min"), (-30, "in 30 s")),
    ],
)
def test_how_long_ago(seconds, text):
    assert formats.ago(NOON - timedelta(seconds=seconds), NOON) == text


@pytest.mark.parametrize("number", [float("inf"), float("-inf"), float("nan")])
def test_what_is_no_number_is_unknown(number):
    assert {formats.money(number), formats.size(number), formats.duration(number), formats.duration_words(number)} == {
        formats.UNKNOWN
    }


@pytest.mark.parametrize("cost", [1e15, 10**30, -(10**20), 1e300])
def test_an_absurd_cost_is_shown_and_breaks_nothing(cost):
    assert "e+" in formats.money(cost)
