"""When the invented logs happened: busy days, quiet nights and weekends, and one incident."""

from itertools import accumulate
from math import cos, pi
from random import Random

SLOT_MS = 600_000
DAY_MS = 86_400_000
SPAN_MS = 14 * DAY_MS
INCIDENT_BEFORE_NOW_MS = 9 * 3_600_000
INCIDENT_MS = 40 * 60_000
NEWEST_MS = (1_800, 6_200, 13_500)  # before now, so that a fresh start shows logs of seconds ago


def in_incident(created_ms: int, now_ms: int) -> bool:
    return 0 <= created_ms - (now_ms - INCIDENT_BEFORE_NOW_MS) < INCIDENT_MS


def busyness(moment_ms: int, now_ms: int) -> float:
    """How much traffic a moment has, compared with others."""
    hour = moment_ms % DAY_MS / 3_600_000
    weekday = (moment_ms // DAY_MS + 3) % 7  # 1970 began on a Thursday; Monday is 0
    daily = 1.15 - cos((hour - 3) / 12 * pi)  # the quietest hour is 3, the busiest 15 (UTC)
    return daily * (0.5 if weekday >= 5 else 1.0) * (1.7 if in_incident(moment_ms, now_ms) else 1.0)


def moments(chance: Random, count: int, now_ms: int) -> list[int]:
    """So many milliseconds since 1970, ascending, up to now. Some occur twice: created_at is not unique."""
    newest = [now_ms - before_ms for before_ms in NEWEST_MS][:count]
    starts = range(now_ms - SPAN_MS, now_ms, SLOT_MS)
    weights = list(accumulate(busyness(start, now_ms) for start in starts))
    found: list[int] = []
    rest = count - len(newest)
    for start, weight in zip(starts, weights, strict=True):
        wanted = round(rest * weight / weights[-1]) - len(found)
        found += [start + int(chance.random() * SLOT_MS) for _ in range(wanted)]
    found = [moment - moment % 1000 if chance.random() < 0.01 else moment for moment in found]
    latest = newest[-1] if newest else now_ms
    return sorted([min(moment, latest) for moment in found] + newest)
