"""What a deletion is to do, as its job keeps it."""

from __future__ import annotations

from dataclasses import dataclass

from gateway_dash.bulk.spec import Chosen

LEVELS = ("bodies", "rows", "none")
PATHS = ("exact", "swift")
BODIES_UP_TO = 500  # logs: above that, a copy of the bodies is offered and not the default
SECOND_PERSON_ABOVE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec(Chosen):
    """Which logs, how they are copied first, and how long to wait."""

    open_ended: bool = False  # the filter as it was shown also takes logs that are still to come
    elsewhere: int = 0  # of the ticked logs on other pages of the list
    is_dropped: bool = False  # “all that match” was on, and then a row was unticked
    level: str = "rows"
    path: str = "exact"  # or "swift": see swift.py
    wait_s: int = 60
    back: str = ""  # the list that it was made from
    rule: int | None = None  # the retention rule that began it


def default_level(count: int) -> str:
    """How a deletion of so many logs is copied first, unless a person chooses otherwise."""
    return "bodies" if count <= BODIES_UP_TO else "rows"
