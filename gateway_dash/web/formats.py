"""Numbers and times as people read them. Pure: no Django.

"Unknown" is a value, not 0: each function answers it for None. Times are told in the zone of `web/zone.py`, which is
UTC until a person chooses another; one that says no zone is taken as UTC. What machines read stays UTC.
"""

import math
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from gateway_dash.gateway import period
from gateway_dash.gateway.zones import name_of
from gateway_dash.web import zone as zones

UNKNOWN = "unknown"
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# --- numbers --------------------------------------------------------------------------------------------------------


def count(number: int | None) -> str:
    """4,812"""
    return UNKNOWN if number is None else f"{number:,}"


def logs(number: int) -> str:
    """1 log, 4,812 logs"""
    return f"{number:,} log{'' if number == 1 else 's'}"


def money(cost: float | Decimal | None) -> str:
    """$61.40, $0.002422, $0.00000022, $0"""
    if cost is None or not math.isfinite(cost):
        return UNKNOWN
    if cost == 0:
        return "$0"
    if abs(float(cost)) >= 1e15:
        return f"${cost:.3g}"  # no cost, but a row may say it
    sign, dollars = ("-" if cost < 0 else ""), abs(Decimal(str(cost)))
    if round(dollars, 6) >= 1:
        return f"{sign}${dollars:,.2f}"
    if dollars < Decimal("1e-12"):
        return f"{sign}less than $0.000000000001"
    places = max(6, 1 - dollars.adjusted())  # two digits that say something, however small the cost
    text = f"{dollars:.{places}f}"
    return f"{sign}${text[:8]}{text[8:].rstrip('0')}"


def percent(part: float | None, whole: float | None) -> str:
    """34 %, and never 0 % or 100 % when it is not quite that."""
    if part is None or not whole:
        return UNKNOWN
    share = 100 * part / whole
    if 0 < share < 1:
        return "under 1 %"
    if 99 < share < 100:
        return "over 99 %"
    return f"{share:,.0f} %"


def size(byte_count: float | None) -> str:
    """312 B, 2.1 KB, 31 KB, 2.1 MB"""
    if byte_count is None or not math.isfinite(byte_count):
        return UNKNOWN
    number, unit = float(byte_count), "B"
    for larger in ("KB", "MB", "GB", "TB"):
        if round(number) < 1000:
            break
        number, unit = number / 1000, larger
    return f"{number:.1f} {unit}" if unit != "B" and round(number, 1) < 10 else f"{number:,.0f} {unit}"


def duration(ms: float | None) -> str:
    """9,871 ms"""
    return UNKNOWN if ms is None or not math.isfinite(ms) else f"{ms:,.0f} ms"


def duration_words(ms: float | None) -> str:
    """54 ms, 9.87 s, 12.8 s, 2 min 14 s, 1 h 5 min"""
    if ms is None or not math.isfinite(ms):
        return UNKNOWN
    if round(ms) < 1000:
        return f"{ms:.0f} ms"
    if round(ms / 1000, 2) < 10:
        return f"{ms / 1000:.2f} s"
    if round(ms / 1000, 1) < 60:
        return f"{ms / 1000:.1f} s"
    minutes, seconds = divmod(round(ms / 1000), 60)
    if minutes < 60:
        return f"{minutes} min {seconds} s" if seconds else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{count(hours)} h {minutes} min" if minutes else f"{count(hours)} h"


# --- times ----------------------------------------------------------------------------------------------------------


def utc(moment: datetime) -> datetime:
    """The same moment, told in UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def local(moment: datetime) -> datetime:
    """The same moment, told in the zone of this request."""
    return period.told(utc(moment), zones.current())


def zone(moment: datetime | None) -> str:
    """UTC, UTC+1: what the clock at that moment is ahead of UTC. Stands after each time."""
    return "" if moment is None else period.offset_words(local(moment))


def zone_of_all(moments: Iterable[datetime]) -> str:
    """UTC+1 for times that have it in common; else the zone's name, and each time has to say its own."""
    offsets = {zone(moment) for moment in moments}
    return offsets.pop() if len(offsets) == 1 else name_of(zones.current())


def clock(moment: datetime | None) -> str:
    """10:57:41"""
    return UNKNOWN if moment is None else f"{local(moment):%H:%M:%S}"


def milliseconds(moment: datetime | None) -> str:
    """.204, which stands after the clock."""
    return "" if moment is None else f".{moment.microsecond // 1000:03}"


def day(moment: datetime | None) -> str:
    """23 Nov"""
    if moment is None:
        return UNKNOWN
    moment = local(moment)
    return f"{moment.day} {MONTHS[moment.month - 1]}"


def full(moment: datetime | None) -> str:
    """Mon 23 Nov 2026, 10:54:31.118 UTC"""
    if moment is None:
        return UNKNOWN
    there = local(moment)
    time = f"{clock(moment)}{milliseconds(moment)} {zone(moment)}"
    return f"{DAYS[there.weekday()]} {day(moment)} {there.year}, {time}"


def field_time(moment: datetime | None) -> str:
    """2026-11-23T11:54:31, as a field for a local time has it; nothing for None."""
    return "" if moment is None else local(moment).replace(tzinfo=None).isoformat(timespec="seconds")


def iso(moment: datetime | None) -> str:
    """2026-11-23T10:54:31.118Z, for datetime attributes and links: always UTC; nothing for None."""
    if moment is None:
        return ""
    moment = utc(moment)
    day_, time = f"{moment.year:04}-{moment.month:02}-{moment.day:02}", f"{moment:%H:%M:%S}"
    return f"{day_}T{time}{milliseconds(moment)}Z"


def ago(then: datetime | None, now: datetime) -> str:
    """just now, 40 s ago, 3 min ago, 5 h ago, 12 days ago, in 2 min"""
    if then is None:
        return UNKNOWN
    passed = utc(now) - utc(then)
    seconds = int(abs(passed) / timedelta(seconds=1))
    if seconds < 2:
        return "just now"
    if seconds < 60:
        words = f"{seconds} s"
    elif seconds < 3600:
        words = f"{seconds // 60} min"
    elif seconds < 2 * 86400:
        words = f"{seconds // 3600} h"
    else:
        words = f"{count(seconds // 86400)} days"
    return f"{words} ago" if passed > timedelta(0) else f"in {words}"
