"""When a gateway will be full at the pace of the last 24 hours, and what happens then. Unknown stays unknown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway_dash.web import formats

STOPS, DELETES = "STOP_INSERTING", "DELETE_OLDEST"
NEAR_SHARE = 75  # percent: from here on it says what will happen, and not only how long there is room
NEAR_DAYS = 7
FAR_DAYS = 365


@dataclass(frozen=True, slots=True)
class Forecast:
    """One line on a gateway's card."""

    words: str
    icon: str
    tone: str = ""  # "", "warn" or "err"


def forecast(stored: int, cap: int | None, strategy: str, in_24_h: int | None, now: datetime) -> Forecast:
    """Of a gateway that stores so many logs; `in_24_h` is how many of them came in the last 24 hours, if known."""
    if cap is None:
        return Forecast("room is unknown: the upstream names no cap", "info")
    if stored >= cap:
        return _full(strategy)
    if in_24_h is None:
        return Forecast("when it is full is unknown: the last 24 h could not be counted", "info")
    if not in_24_h:
        return Forecast("no new logs in 24 h", "check")
    days = (cap - stored) / in_24_h
    is_near = 100 * stored >= NEAR_SHARE * cap or days <= NEAR_DAYS
    pace = f", at {in_24_h:,} a day, as in the last 24 h"
    if is_near and strategy == STOPS:
        return Forecast(f"stops saving {_when(days, now)}{pace}", "triangle-alert", "warn")
    if is_near and strategy == DELETES:
        from_when = "within a day" if days < 1 else f"from {_when(days, now)}"
        return Forecast(f"deletes the oldest {from_when}{pace}", "refresh-cw")
    room = "room for more than a year" if days > FAR_DAYS else f"room until {_when(days, now)}"
    return Forecast(f"{room}{pace}", "calendar", "warn" if is_near else "")


def _full(strategy: str) -> Forecast:
    if strategy == STOPS:
        return Forecast("is full, and saves no more", "octagon-x", "err")
    if strategy == DELETES:
        return Forecast("is full, and deletes the oldest", "refresh-cw")
    return Forecast("is full; what happens now is unknown", "octagon-x", "err")


def _when(days: float, now: datetime) -> str:
    """ "about 12 Dec", "within a day"; a year only where it might be taken for another."""
    if days < 1:
        return "within a day"
    if days > FAR_DAYS:
        return "in more than a year"
    return f"about {formats.day(now + timedelta(days=days))}"
