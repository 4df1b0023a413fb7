"""Time zones: their names, and local times that mean one moment.

Addresses, files and the API have UTC alone. A zone is only how a person is told a time, and how they type one.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from difflib import get_close_matches
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from gateway_dash.gateway import period
from gateway_dash.gateway.errors import UnclearTime, ZoneError, said

_OF_THE_MACHINE = {"localtime", "Factory"}  # what these mean is another thing on each server
_SAYS_ITS_ZONE = re.compile(r"(?:Z|\d[+-]\d\d:\d\d)\s*\Z", re.ASCII)


@cache
def names() -> tuple[str, ...]:
    """Every name that is known here, in the order of the alphabet."""
    return tuple(sorted(available_timezones() - _OF_THE_MACHINE))


@cache
def offered() -> tuple[str, ...]:
    """Those that a list offers: UTC and the places, without the shorthands that mean several."""
    return ("UTC", *(name for name in names() if "/" in name and not name.startswith("Etc/")))


@cache
def _by_small_letters() -> dict[str, str]:
    return {name.lower(): name for name in names()}


def read_zone(text: str) -> tzinfo:
    """The zone of a name such as `Europe/Berlin`; raises ZoneError, which names the nearest one."""
    wanted = text.strip().replace(" ", "_")
    name = _by_small_letters().get(wanted.lower())
    if name is None:
        raise ZoneError(
            f"“{said(text)[:60]}” is not a time zone that is known here.{_nearest(wanted.lower())} A zone is named by "
            "a place, as Europe/Berlin or Asia/Kolkata, or it is UTC."
        )
    return UTC if name == "UTC" else ZoneInfo(name)


def _nearest(wanted: str) -> str:
    known = _by_small_letters()
    places = {name.rpartition("/")[2]: name for name in known if not name.startswith("etc/")}
    near = get_close_matches(wanted, known, n=1, cutoff=0.7)
    near = near or [places[place] for place in get_close_matches(wanted, places, n=1, cutoff=0.7)]
    return f" Did you mean “{known[near[0]]}”?" if near else ""


def name_of(zone: tzinfo) -> str:
    """`Europe/Berlin`, `UTC`"""
    return zone.key if isinstance(zone, ZoneInfo) else "UTC"


def says_its_zone(text: str) -> bool:
    """Whether a time ends in `Z` or `+02:00`."""
    return _SAYS_ITS_ZONE.search(text) is not None


def in_utc(bound: str, text: str, zone: tzinfo) -> str:
    """A time that was typed in the zone, as the address has it; raises UnclearTime where it is no moment or two.

    A text that says its own zone means that one, and one that is no time at all is left for the address to refuse.
    """
    try:
        clock = period.read_moment(text).replace(tzinfo=None)
    except ValueError:
        return text
    if zone is UTC or says_its_zone(text):
        return text
    # Where the clocks change, `fold` tells what they showed before from what they showed after.
    before, after = (clock.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if before.utcoffset() != after.utcoffset():
        raise UnclearTime(_unclear(bound, clock, before, after))
    return period.spell_moment(before)


def _unclear(bound: str, clock: datetime, before: datetime, after: datetime) -> str:
    zone = name_of(before.tzinfo or UTC)
    is_twice = before.astimezone(UTC).astimezone(before.tzinfo).replace(tzinfo=None) == clock
    what = (
        f"was there twice in {zone}: clocks were put back that night"
        if is_twice
        else f"never was in {zone}: clocks were put forward over it"
    )
    first, second = (
        f"{bound}:{period.spell_moment(each)} for the clock {which} the change ({period.offset_words(each)})"
        for each, which in ((before, "before"), (after, "after"))
    )
    shown = period.moment_words(clock.replace(tzinfo=UTC)).removesuffix(" UTC")
    return f"{shown} {what}. Say it in UTC, in the box of filters: {first}, or {second}."
