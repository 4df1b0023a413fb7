"""Time zones: names, distances from UTC, and local times that mean one moment."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_dash.gateway import period, zones
from gateway_dash.gateway.errors import QueryError, UnclearTime, ZoneError
from gateway_dash.web import zone

BERLIN, KOLKATA, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kolkata"), ZoneInfo("America/New_York")
SOME = [BERLIN, KOLKATA, NEW_YORK, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Asia/Kathmandu")]
MOMENTS = st.integers(0, 4_000_000_000_000).map(
    lambda ms: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
)

CHANGES = [
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 11, 1, 6, tzinfo=UTC),
]
AROUND_CHANGES = st.builds(
    lambda change, s: change + timedelta(seconds=s), st.sampled_from(CHANGES), st.integers(-9000, 9000)
)


def at(text: str) -> datetime:
    return period.read_moment(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        *(("UTC", "UTC"), ("utc", "UTC"), ("Europe/Berlin", "Europe/Berlin"), ("europe/berlin", "Europe/Berlin")),
        *((" America/New York ", "America/New_York"), ("Asia/Calcutta", "Asia/Calcutta"), ("CET", "CET")),
    ],
)
def test_a_zone_is_known_by_its_name_however_it_is_typed(text, name):
    assert zones.name_of(zones.read_zone(text)) == name


@pytest.mark.parametrize(
    ("text", "nearest"),
    [("Europe/Berlinn", "Europe/Berlin"), ("Berlin", "Europe/Berlin"), ("new york", "America/New_York")],
)
def test_a_name_that_is_not_known_is_an_error_with_the_nearest_one(text, nearest):
    with pytest.raises(ZoneError, match=rf"“{text}” is not a time zone that is known here. Did you mean “{nearest}”"):
        zones.read_zone(text)


@pytest.mark.parametrize(
    "text", ["", " ", "localtime", "Factory", "/etc/passwd", "../UTC", "Europe/../UTC", "UTC+1", "\0", "x" * 10_000]
)
def test_what_names_no_zone_or_the_machines_own_is_an_error(text):
    with pytest.raises(ZoneError):
        zones.read_zone(text)


def test_the_list_offers_utc_first_and_then_places():
    assert zones.offered()[0] == "UTC"
    assert {"Europe/Berlin", "Asia/Kolkata"} <= set(zones.offered())
    assert not {"CET", "Etc/GMT+5", "localtime"} & set(zones.offered())
    assert all(zones.read_zone(name) for name in zones.offered())


@pytest.mark.parametrize(
    ("where", "when", "words"),
    [
        (UTC, "2026-11-23", "UTC"),
        (BERLIN, "2026-11-23", "UTC+1"),
        (BERLIN, "2026-07-01", "UTC+2"),
        (KOLKATA, "2026-11-23", "UTC+5:30"),
        (NEW_YORK, "2026-11-23", "UTC−5"),
        (ZoneInfo("America/St_Johns"), "2026-11-23", "UTC−3:30"),
        (ZoneInfo("Asia/Kathmandu"), "2026-11-23", "UTC+5:45"),
        (ZoneInfo("Europe/London"), "2026-11-23", "UTC+0"),
        (ZoneInfo("Etc/UTC"), "2026-11-23", "UTC"),
        (BERLIN, "1890-01-01", "UTC+0:53:28"),
    ],
)
def test_a_zone_is_said_as_its_distance_from_utc_at_that_moment(where, when, words):
    assert period.offset_words(period.told(at(when), where)) == words


def test_a_moment_is_said_in_a_zone_and_stays_in_utc_by_itself():
    moment = at("2026-11-23T23:58:04.250Z")
    assert period.moment_words(moment, BERLIN) == "24 Nov 2026, 00:58:04.250 UTC+1"
    assert period.moment_words(moment) == "23 Nov 2026, 23:58:04.250 UTC"
    assert period.spell_moment(period.told(moment, BERLIN)) == "2026-11-23T23:58:04.250Z"


@pytest.mark.parametrize("moment", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
@pytest.mark.parametrize("where", [KOLKATA, NEW_YORK])
def test_at_the_ends_of_the_calendar_a_moment_is_told_somehow_and_breaks_nothing(moment, where):
    told = period.told(moment, where)
    assert told == moment
    assert period.moment_words(moment, where).endswith(period.offset_words(told))


# --- typed in a zone --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "where", "spelled"),
    [
        ("2026-11-23T11:58", BERLIN, "2026-11-23T10:58:00Z"),
        ("2026-07-01T11:58:04", BERLIN, "2026-07-01T09:58:04Z"),
        ("2026-11-23", KOLKATA, "2026-11-22T18:30:00Z"),
        ("2026-11-23T00:00:00.250", NEW_YORK, "2026-11-23T05:00:00.250Z"),
        ("2026-11-23T11:58", UTC, "2026-11-23T11:58"),
        ("2026-11-23T11:58Z", BERLIN, "2026-11-23T11:58Z"),
        ("2026-11-23T11:58+02:00", BERLIN, "2026-11-23T11:58+02:00"),
        ("yesterday", BERLIN, "yesterday"),  # for the address to refuse
        # just before and just after the clocks change
        ("2026-10-25T01:59:59.999", BERLIN, "2026-10-24T23:59:59.999Z"),
        ("2026-10-25T03:00", BERLIN, "2026-10-25T02:00:00Z"),
        ("2026-03-29T01:59:59.999", BERLIN, "2026-03-29T00:59:59.999Z"),
        ("2026-03-29T03:00", BERLIN, "2026-03-29T01:00:00Z"),
    ],
)
def test_a_typed_time_means_the_clock_of_its_zone(text, where, spelled):
    assert zones.in_utc("start", text, where) == spelled


@given(MOMENTS | AROUND_CHANGES, st.sampled_from(SOME))
def test_what_a_clock_showed_means_that_moment_or_is_unclear(moment, where):
    there = period.told(moment, where).replace(tzinfo=None)
    try:
        said = zones.in_utc("start", there.isoformat(timespec="milliseconds"), where)
    except UnclearTime as error:
        said = error.message
    assert period.spell_moment(moment) in said


def test_a_time_that_was_there_twice_is_an_error_with_both_in_utc():
    with pytest.raises(UnclearTime) as raised:
        zones.in_utc("end", "2026-10-25T02:30", BERLIN)
    assert raised.value.message == (
        "25 Oct 2026, 02:30:00 was there twice in Europe/Berlin: clocks were put back that night. Say it in UTC, in "
        "the box of filters: end:2026-10-25T00:30:00Z for the clock before the change (UTC+2), or "
        "end:2026-10-25T01:30:00Z for the clock after the change (UTC+1)."
    )


def test_a_time_that_never_was_is_an_error_with_both_readings_in_utc():
    with pytest.raises(UnclearTime, match="29 Mar 2026, 02:30:00 never was in Europe/Berlin") as raised:
        zones.in_utc("start", "2026-03-29T02:30", BERLIN)
    assert "start:2026-03-29T01:30:00Z for the clock before the change (UTC+1)" in raised.value.message
    assert "start:2026-03-29T00:30:00Z for the clock after the change (UTC+2)" in raised.value.message
    assert isinstance(raised.value, QueryError)


@pytest.mark.parametrize(
    ("where", "text"),
    [
        (ZoneInfo("Australia/Lord_Howe"), "2026-10-04T02:15"),  # half an hour forward
        (ZoneInfo("Australia/Lord_Howe"), "2026-04-05T01:45"),  # and back
        (ZoneInfo("Pacific/Apia"), "2011-12-30T12:00"),  # a day that was left out
        (ZoneInfo("America/Santiago"), "2026-09-06"),  # a midnight that was left out
    ],
)
def test_other_changes_of_clocks_are_seen_too(where, text):
    with pytest.raises(UnclearTime):
        zones.in_utc("start", text, where)


# --- the zone of a request --------------------------------------------------------------------------------------------


def test_the_zone_is_utc_until_one_is_chosen_and_again_afterwards():
    assert zone.current() is UTC
    with zone.told_in(UTC):
        zone.choose("Europe/Berlin")
        assert zone.current() == BERLIN
    assert zone.current() is UTC


def test_a_zone_that_is_not_known_any_more_leaves_utc():
    with zone.told_in(BERLIN):
        zone.choose("Europe/Nowhere")
        assert zone.current() is UTC


def test_the_zone_is_taken_back_after_an_error():
    with pytest.raises(ZeroDivisionError), zone.told_in(BERLIN):
        raise ZeroDivisionError
    assert zone.current() is UTC
