"""The histogram over the list: exact totals of up to twelve parts of the range, each a link to its logs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from gateway_dash.gateway.counting import ALL_TIME, Window, buckets, outcomes, wider, window
from gateway_dash.gateway.errors import GatewayError
from gateway_dash.gateway.filters import Filter
from gateway_dash.gateway.narrowing import narrowed
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.vocabulary import EQ
from gateway_dash.logs.counting import Counted, count_all, steady
from gateway_dash.logs.screen import Screen
from gateway_dash.logs.steps import Step, Waiting
from gateway_dash.web import formats

WIDTH, AXIS, DEPTH = 1200, 44, 18  # of the drawing: the axis stands at 44, and 18 are left below
GAP = 12  # between two bars
LABELS = 8  # as many columns as the sheet has

Outcome = Counted | GatewayError | Waiting | None  # None: the query leaves this outcome out


@dataclass(frozen=True, slots=True)
class Bar:
    """One part of the range: succeeded above the axis, failed below."""

    url: str
    start: datetime | None
    end: datetime | None  # None: up to now
    words: str
    x: float
    width: float
    inner_x: float  # of the drawn part: neighbours do not touch
    inner_width: float
    top: float
    ok_height: float
    err_height: float
    is_missing: bool


@dataclass(frozen=True, slots=True)
class Histogram:
    """The strip; without bars it is the offer to count."""

    price: int
    url: str  # the list with it open
    part_url: str
    url_closed: str
    action: str  # of the form that a brush fills
    range: str
    note: str = ""
    bars: tuple[Bar, ...] = ()
    labels: tuple[str, ...] = ()
    ok: int | None = None
    failed: int | None = None
    each: str = ""
    counted: int = 0
    bounds: int = 0  # how many of the counts are upper bounds
    oldest: datetime | None = None
    problem: GatewayError | None = None
    worst: str = ""
    url_wider: str = ""
    url_next: str = ""  # what it loads by itself
    url_rest: str = ""  # the same, when it is asked by hand
    hidden: tuple[tuple[str, str], ...] = ()  # the list's other parameters, for the form that a brush fills

    @property
    def is_partial(self) -> bool:
        """Whether some of the counts are not there."""
        return self.counted < self.price


def closed(query: LogQuery, screen: Screen) -> Histogram:
    """The offer, with its price; nothing is asked."""
    return _frame(query, query.change(), screen)


def counted(gateway: str, query: LogQuery, screen: Screen, step: Step) -> Histogram:
    """The strip with its numbers as far as the step brings them; none is asked twice within a minute."""
    listed, query = query, steady(gateway, query, step.at)
    parts, asked = buckets(query), outcomes(query)
    wanted = [narrowed(part, Filter("success", EQ, (each,))) for part in reversed(parts) for each in asked]
    found = count_all(gateway, wanted, step)  # the newest first: they are asked for most
    by_part = [found[at : at + len(asked)] for at in range(0, len(found), len(asked))][::-1] if asked else []
    pairs: list[tuple[Outcome, Outcome]] = [
        (dict(zip(asked, each, strict=True)).get(True), dict(zip(asked, each, strict=True)).get(False))
        for each in by_part
    ]
    done = [each for each in found if isinstance(each, Counted)]
    failures = [each for each in found if isinstance(each, GatewayError)]
    span = window(query)
    frame = _frame(listed, query, screen)
    return replace(
        frame,
        bars=tuple(_bars(parts, pairs, span, screen)),
        labels=_labels(span),
        ok=_sum(ok for ok, _ in pairs) if True in asked else None,
        failed=_sum(failed for _, failed in pairs) if False in asked else None,
        each=_length((span.ends - span.begins) / len(parts)),
        counted=len(done),
        bounds=sum(not each.is_exact for each in done),
        oldest=min((each.at for each in done), default=None),
        problem=failures[0] if failures else None,
        worst=_worst(parts, pairs, span),
        url_next=step.next_url(frame.part_url, query.read_at, found),
        url_rest=step.rest_url(frame.part_url, query.read_at),
    )


def _frame(listed: LogQuery, query: LogQuery, screen: Screen) -> Histogram:
    span, opened, more = window(query), screen.showing("histogram", count=screen.count), wider(query)
    times = ("since", "start", "end")
    return Histogram(
        price=len(buckets(query)) * len(outcomes(query)),
        url=opened.url(listed),
        part_url=f"{screen.path}counts/histogram/{opened.suffix(listed)}",
        url_closed=screen.hiding("histogram").url(listed),
        action=screen.path,
        range=_words(span.begins, None if not query.end else span.ends),
        note=f"of all time, the last {ALL_TIME.days} days" if span.is_assumed and not query.end else "",
        url_wider=screen.list_url(more) if more else "",
        hidden=tuple(each for each in (*listed.change().spelled(), *screen.arranged.spelled()) if each[0] not in times),
    )


def _sum(found: Iterable[Outcome]) -> int:
    return sum(_number(each) for each in found)


def _bars(
    parts: Sequence[LogQuery], pairs: Sequence[tuple[Outcome, Outcome]], span: Window, screen: Screen
) -> list[Bar]:
    """Both sides have the same scale, so that heights can be compared across the axis."""
    most_ok = max((_number(ok) for ok, _ in pairs), default=0)
    most_failed = max((_number(failed) for _, failed in pairs), default=0)
    scale = min((AXIS - 2) / max(most_ok, 1), DEPTH / max(most_failed, 1))
    width = WIDTH / len(parts)
    bars = []
    for place, (part, (ok, failed)) in enumerate(zip(parts, pairs, strict=True)):
        ok_height = round(max(1.5, _number(ok) * scale), 1) if _number(ok) else 0
        bars.append(
            Bar(
                url=screen.list_url(part),
                start=part.start,
                end=part.end,
                words=f"{_words(part.begins, part.ends, span.ends)}: {_told(ok, 'ok')}{_told(failed, 'failed', ok)}",
                x=round(place * width, 1),
                width=round(width, 1),
                inner_x=round(place * width + GAP / 2, 1),
                inner_width=round(width - GAP, 1),
                top=round(AXIS - 1 - ok_height, 1),
                ok_height=ok_height,
                err_height=round(max(1.5, _number(failed) * scale), 1) if _number(failed) else 0,
                is_missing=any(isinstance(each, GatewayError | Waiting) for each in (ok, failed)),
            )
        )
    return bars


def _number(outcome: Outcome) -> int:
    return outcome.number if isinstance(outcome, Counted) else 0


def _told(outcome: Outcome, word: str, before: Outcome = None) -> str:
    if outcome is None:
        return ""
    comma = ", " if before is not None else ""
    if isinstance(outcome, GatewayError):
        return f"{comma}{word} not counted"
    if isinstance(outcome, Waiting):
        return f"{comma}{word} not counted yet"
    return f"{comma}{'' if outcome.is_exact else 'up to '}{outcome.number:,} {word}"


def _worst(parts: Sequence[LogQuery], pairs: Sequence[tuple[Outcome, Outcome]], span: Window) -> str:
    """The part with the most failures, in words."""
    known = [(part, ok, failed) for part, (ok, failed) in zip(parts, pairs, strict=True) if isinstance(failed, Counted)]
    if not known:
        return ""
    part, ok, failed = max(known, key=lambda each: _number(each[2]))
    if not _number(failed):
        return "no failures"
    share = formats.percent(_number(failed), _number(failed) + _number(ok)) if isinstance(ok, Counted) else ""
    told = f"{_words(part.begins, part.ends, span.ends)}, {_number(failed):,} failed"
    return f"{told}, {share} of its calls" if share else told


# --- times in words ---------------------------------------------------------------------------------------------------


def _words(begins: datetime | None, ends: datetime | None, now: datetime | None = None) -> str:
    """`Mon 23 Nov, 06:40 to 08:40 UTC`; an end that has not come is "now". Where the clocks change, both say theirs."""
    first = _moment(begins)
    if ends is None or (now and ends > now):
        return f"{first} to now, {formats.zone(begins or datetime.now(UTC))}"
    same_day = begins is not None and formats.local(begins).date() == formats.local(ends).date()
    if begins and formats.zone(begins) != formats.zone(ends):
        first = f"{first} {formats.zone(begins)}"
    return f"{first} to {_clock(ends) if same_day else _moment(ends)} {formats.zone(ends)}"


def _moment(moment: datetime | None) -> str:
    if moment is None:
        return "the beginning"
    there = formats.local(moment)
    year = f" {there.year}" if there.year != formats.local(datetime.now(UTC)).year else ""
    return f"{formats.DAYS[there.weekday()]} {formats.day(moment)}{year}, {_clock(moment)}"


def _clock(moment: datetime) -> str:
    there = formats.local(moment)
    return f"{there:%H:%M:%S}" if there.second else f"{there:%H:%M}"


def _labels(span: Window) -> tuple[str, ...]:
    step = (span.ends - span.begins) / LABELS
    moments = [span.begins + step * place for place in range(LABELS)]
    if step >= timedelta(hours=20):
        return tuple(formats.day(moment) for moment in moments)
    is_short = step < timedelta(minutes=5)
    clocks = [_clock(moment.replace(second=moment.second if is_short else 0, microsecond=0)) for moment in moments]
    there = [formats.local(moment) for moment in moments]
    days = [True, *(before.date() != after.date() for before, after in pairwise(there))]
    zones = [formats.zone(moment) for moment in moments]
    # The last one says the zone for all; where the clocks change in between, so does the last one before that.
    says_zone = [*(before != after for before, after in pairwise(zones)), True]
    return tuple(
        f"{f'{formats.DAYS[each.weekday()]} ' if new else ''}{clock}{f' {zone}' if says else ''}"
        for each, clock, new, zone, says in zip(there, clocks, days, zones, says_zone, strict=True)
    )


def _length(length: timedelta) -> str:
    """`2 h`, `1 d 4 h`, `75 s`; "about" where the parts differ by a second."""
    seconds = length.total_seconds()
    about = "" if seconds == int(seconds) else "about "
    rest, parts = round(seconds), []
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        number, rest = divmod(rest, size)
        parts += [f"{number:,} {unit}"] if number else []
    return about + " ".join(parts[:2] or ["1 s"])
