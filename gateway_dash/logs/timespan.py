"""The range of a list: in words, as it is typed into the form, and frozen for a link. Told in the visitor's zone."""

from __future__ import annotations

from datetime import UTC, datetime

from gateway_dash.gateway import period
from gateway_dash.gateway.errors import QueryError
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.zones import in_utc, read_zone, says_its_zone
from gateway_dash.logs.screen import Screen
from gateway_dash.web import formats, zone

BOUNDS = ("start", "end")


def range_words(query: LogQuery) -> str:
    """ "Last 24 hours", "23 Nov 2026, 10:58:04 → 24 Nov 2026, 10:58:04 UTC"; both say the zone where it differs."""
    if query.since:
        return period.since_words(query.since).capitalize()
    if not query.start and not query.end:
        return "All time"
    start, end = (period.moment_words(each, zone.current()) if each else "" for each in (query.start, query.end))
    if start and end and formats.zone(query.start) == formats.zone(query.end):
        start = start.rpartition(" ")[0]
    return f"{start or 'the beginning'} → {end or 'now'}"


def typed_bounds(given: dict[str, str]) -> dict[str, str]:
    """`start` and `end` in UTC, as the form means them; nothing where it has none. Raises QueryError.

    The form says the zone that it was shown in, since the preference may have changed meanwhile.
    """
    shown_in = read_zone(given["set_zone"]) if "set_zone" in given else UTC
    bounds = {name: given[f"set_{name}"] for name in BOUNDS if given.get(f"set_{name}")}
    return {name: _unchanged(name, given) or in_utc(name, text, shown_in) for name, text in bounds.items()}


def _unchanged(name: str, given: dict[str, str]) -> str:
    """The moment that the form showed, if nobody touched the field: it may have milliseconds, or be one of two."""
    was = given.get(f"set_{name}_was", "")
    if not was or says_its_zone(given[f"set_{name}"]):
        return ""
    try:
        shown = period.told(period.read_moment(was), read_zone(given.get("set_zone", "UTC")))
    except ValueError as error:
        raise QueryError(f"“set_{name}_was” {error}.") from None
    try:
        typed = period.read_moment(given[f"set_{name}"])
    except ValueError:
        return ""
    return was if typed.replace(tzinfo=None) == shown.replace(microsecond=0, tzinfo=None) else ""


def copy_links(query: LogQuery, pin: datetime | None, screen: Screen) -> dict[str, str]:
    """The address with times that stand, what is said when it is copied, and the relative one where that is another."""
    # The upstream's clock may be ahead: the newest row that is shown is in.
    frozen = query.frozen(max(query.read_at, pin or query.read_at))
    is_fixed = frozen == query
    return {
        "url_frozen": screen.shared.url(frozen),
        "frozen_words": "" if is_fixed else f"Copied; times are fixed: {_fixed_words(frozen)}",
        "url_relative": "" if is_fixed else screen.shared.url(query.change(page=query.page)),
    }


def _fixed_words(frozen: LogQuery) -> str:
    """ "24 Nov 10:58 to 25 Nov 10:58 UTC"; the address itself is exact to the millisecond."""
    begins, ends = frozen.begins, frozen.ends
    if ends is None:
        raise ValueError("A query that is not frozen.")
    told = f"{_minute(ends)} {formats.zone(ends)}"
    if begins is None:
        return f"up to {told}"
    same_zone = formats.zone(begins) == formats.zone(ends)
    return f"{_minute(begins)}{'' if same_zone else f' {formats.zone(begins)}'} to {told}"


def _minute(moment: datetime) -> str:
    there = formats.local(moment)
    year = "" if there.year == formats.local(datetime.now(UTC)).year else f" {there.year}"
    return f"{formats.day(moment)}{year} {there:%H:%M}"
