"""Times in a query: `since=24h`, `start` (inclusive) and `end` (exclusive), to the millisecond, in UTC.

A zone is only how a moment is told to a person, never how it is spelled.
"""

from __future__ import annotations

import re
from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta, tzinfo

_SINCE = re.compile(r"([1-9]\d{0,4})([mhdw])\Z", re.ASCII)
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?(Z|[+-]\d\d:\d\d)?\Z", re.ASCII)
_UNITS = {"m": ("minute", timedelta(minutes=1)), "h": ("hour", timedelta(hours=1)), "d": ("day", timedelta(days=1)),
          "w": ("week", timedelta(weeks=1))}  # fmt: skip
SECOND = timedelta(seconds=1)
LONGEST = timedelta(days=3660)


def read_since(text: str) -> timedelta:
    """`24h` as a length of time; raises ValueError with what would be right."""
    found = _SINCE.match(text)
    if not found or int(found[1]) * _UNITS[found[2]][1] > LONGEST:
        raise ValueError("takes a length such as 15m, 24h, 7d or 4w, up to 10 years")
    return int(found[1]) * _UNITS[found[2]][1]


def since_words(text: str) -> str:
    """`24h` as "last 24 hours"."""
    found = _SINCE.match(text)
    if not found:
        raise ValueError(text)
    name = _UNITS[found[2]][0]
    return f"last {name}" if found[1] == "1" else f"last {found[1]} {name}s"


def read_moment(text: str) -> datetime:
    """An ISO 8601 time; without a zone it is UTC; raises ValueError with what would be right."""
    wrong = ValueError("takes a UTC time such as 2026-11-23T10:58:04Z, to the millisecond")
    found = _MOMENT.match(text.strip())
    if not found:
        raise wrong
    day, clock, seconds, fraction, zone = found.groups()
    if fraction and fraction[3:].strip("0"):
        raise wrong  # the API's times have milliseconds; finer ones would be cut silently
    if zone and not clock:
        raise wrong
    spelled = f"{day}T{clock or '00:00'}:{seconds or '00'}.{(fraction or '')[:3].ljust(3, '0')}{zone or 'Z'}"
    try:
        moment = datetime.fromisoformat(spelled).astimezone(UTC)
    except (ValueError, OverflowError):
        raise wrong from None
    if not MINYEAR < moment.year < MAXYEAR:
        raise wrong  # there has to be a second before and after it
    return moment


def spell_moment(moment: datetime) -> str:
    """`2026-11-23T10:58:04Z`, with milliseconds only where there are some."""
    precision = "milliseconds" if moment.microsecond else "seconds"
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec=precision) + "Z"


def moment_words(moment: datetime, zone: tzinfo = UTC) -> str:
    """`23 Nov 2026, 10:58:04 UTC`; in another zone the same moment, with its distance from UTC."""
    moment = told(moment, zone)
    fraction = f".{moment.microsecond // 1000:03}" if moment.microsecond else ""
    return f"{moment.day} {moment:%b %Y, %H:%M:%S}{fraction} {offset_words(moment)}"


def told(moment: datetime, zone: tzinfo) -> datetime:
    """The same moment as the zone's clocks have it; in UTC at the ends of the calendar, where there is no other."""
    try:
        return moment.astimezone(zone)
    except OverflowError:
        return moment.astimezone(UTC)


def offset_words(moment: datetime) -> str:
    """`UTC`, `UTC+1`, `UTC−3:30`: unlike CST or IST, which are three zones each, this is one."""
    if moment.tzname() == "UTC":
        return "UTC"
    minutes, seconds = divmod(round(abs(offset := moment.utcoffset() or timedelta(0)).total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    rest = f":{minutes:02}" if minutes or seconds else ""
    return f"UTC{'−' if offset < timedelta(0) else '+'}{hours}{rest}" + (f":{seconds:02}" if seconds else "")


def whole(moment: datetime) -> datetime:
    """The second that the moment lies in: the API compares whole seconds."""
    return moment.replace(microsecond=0)


def next_whole(moment: datetime) -> datetime:
    """The moment itself when it is a whole second, else the next one."""
    return moment if moment.microsecond == 0 else whole(moment) + SECOND


def milliseconds(moment: datetime) -> datetime:
    """Cut to the milliseconds that the API has."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
