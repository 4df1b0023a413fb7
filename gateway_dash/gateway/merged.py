"""The logs of several gateways as one list, merged by time: one page of it costs at most two lists of each gateway.

A place in the merged list is how many rows of each gateway stand before it, all of them pinned to one moment. Rows
count as they come, those that are left out too, and equal times of one gateway stay in the upstream's order: only so
can its pages be cut anywhere without a row that is shown twice, or never.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from gateway_dash.gateway import period
from gateway_dash.gateway.errors import GatewayError, NoGateway, NotFound, QueryError, said
from gateway_dash.gateway.filters import Fit
from gateway_dash.gateway.models import Gateway, Log
from gateway_dash.gateway.query import NEWEST_FIRST, LogQuery
from gateway_dash.gateway.service import Account
from gateway_dash.gateway.stretch import READ_ROWS, Stretch

LEAST_GATEWAYS, MOST_GATEWAYS = 2, 6
AT_ONCE = 3  # of the places for lists: two such pages leave some to other people
ROWS_LIMIT = 10_000_000  # the largest cap of a gateway
_COUNT = re.compile(r"([a-z0-9_-]{1,64}):([0-9]{1,8})\Z", re.ASCII)

Entry = tuple[str, Log]  # the gateway's name, and a log of it


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the merged list: how many rows of each gateway stand before it."""

    counts: tuple[tuple[str, int], ...]  # in the order of the gateways' names in the address
    is_end: bool = False  # the page ends here; else it begins here

    @classmethod
    def read(cls, text: str, gateways: Sequence[str], *, is_end: bool) -> Self:
        """From the address: `prod-edge:30,staging:20`; raises QueryError."""
        name = _name(is_end)
        counts: dict[str, int] = {}
        for term in text.split(","):
            found = _COUNT.match(term)
            if not found or int(found[2]) > ROWS_LIMIT:
                example = ",".join(f"{each}:30" for each in gateways)
                raise QueryError(f"“{name}” takes a number of rows for each gateway, such as {example}; "
                                 f"“{said(term)[:80]}” is none.")  # fmt: skip
            if found[1] not in gateways or found[1] in counts:
                raise QueryError(f"“{name}” counts rows of “{found[1]}”, which is "
                                 f"{'counted twice' if found[1] in counts else 'not in this list'}.")  # fmt: skip
            counts[found[1]] = int(found[2])
        if missing := [each for each in gateways if each not in counts]:
            raise QueryError(f"“{name}” does not say how many rows of “{missing[0]}” stand before the page.")
        return cls(tuple((each, counts[each]) for each in gateways), is_end)

    def spelled(self) -> tuple[str, str]:
        """The parameter of the address."""
        return _name(self.is_end), ",".join(f"{name}:{count}" for name, count in self.counts)

    @property
    def rows(self) -> int:
        """How many rows of the merged list stand before it."""
        return sum(count for _name, count in self.counts)


@dataclass(frozen=True, slots=True)
class Share:
    """What one gateway has to do with the page."""

    gateway: str
    total: int = 0
    is_exact: bool = True
    settings: Gateway | None = None  # asked for only where the gateway's list is empty
    error: GatewayError | None = None
    is_missing: bool = False  # none of its rows could be read


@dataclass(frozen=True, slots=True)
class MergedPage:
    """One page of the logs of several gateways, checked row by row."""

    query: LogQuery
    entries: tuple[Entry, ...]
    shares: tuple[Share, ...]
    pin: datetime  # other pages are pinned to it
    start: Position | None  # None: not known, since a gateway is missing
    end: Position | None
    has_next: bool  # rows behind `end`
    left_out: int = 0  # rows that only the API's coarser terms brought in
    misfits: int = 0  # rows that the filter excludes: the upstream did not apply it

    @property
    def missing(self) -> tuple[Share, ...]:
        """The gateways whose rows are not in it."""
        return tuple(share for share in self.shares if share.is_missing)

    @property
    def total(self) -> int:
        """How many logs there are, without those of missing gateways."""
        return sum(share.total for share in self.shares)

    @property
    def is_exact(self) -> bool:
        """Whether the total is: only if each gateway's is."""
        return all(share.is_exact for share in self.shares)

    @property
    def first(self) -> int:
        """The position of the first row, from 1; 0 when there is none, or it is not known."""
        return self.start.rows + 1 if self.start and self.entries and not self.missing else 0

    @property
    def last(self) -> int:
        """The position of the last row."""
        return self.first + len(self.entries) - 1 if self.first else 0

    @property
    def following(self) -> Position | None:
        """Where the next page begins; None where there is none, or rows of a missing gateway would be passed over."""
        return self.end if self.has_next else None

    @property
    def preceding(self) -> Position | None:
        """Where the page before ends."""
        return replace(self.start, is_end=True) if self.start and self.start.rows else None


def merged_page(
    account: Account,
    gateways: Sequence[str],
    query: LogQuery,
    position: Position | None,
    *,
    names: Callable[[], Sequence[str]],
) -> MergedPage:
    """One page; a gateway that cannot be read leaves the others. Raises where none can, or one does not exist.

    `names` gives those that may be named to whoever asked, for the words about one that does not exist.
    """
    _check(query, position)
    is_end = position is not None and position.is_end
    counts = dict(position.counts) if position else {}
    asked = replace(query, per_page=READ_ROWS)
    stretches = [Stretch(account.logs(name), asked, counts.get(name, 0), backwards=is_end) for name in gateways]
    _read(stretches)
    _refuse(stretches, names, is_first=position is None)
    taken = _taken(stretches, query, backwards=is_end)
    places = tuple((each.gateway, each.place) for each in stretches)
    mine = tuple((name, sum(gateway == name for gateway, _log in taken)) for name in gateways)
    sign = -1 if is_end else 1  # `places` is where the page begins when it was read from its end
    others = tuple((name, place - sign * count) for (name, place), (_same, count) in zip(places, mine, strict=True))
    start, end = (places, others) if is_end else (others, places)
    is_whole = not any(each.is_missing for each in stretches)
    fits = [query.fit(log) for _gateway, log in taken]
    return MergedPage(
        query=query,
        entries=tuple(entry for entry, fit in zip(taken, fits, strict=True) if fit is Fit.YES),
        shares=tuple(_share(each) for each in stretches),
        pin=_pin(query, stretches),
        start=Position(start) if is_whole or not is_end else None,
        end=Position(end) if is_whole else _given_end(position),
        has_next=not is_whole
        or any(count < each.rows_known for (_name, count), each in zip(end, stretches, strict=True)),
        left_out=fits.count(Fit.NEAR),
        misfits=fits.count(Fit.NO),
    )


def names_of(names: Callable[[], Sequence[str]]) -> str:
    """The sentence that lists the account's gateways; nothing where they cannot be read."""
    try:
        return f" The account has: {', '.join(said(each) for each in names())}."
    except GatewayError:
        return ""


def no_gateway(name: str, names: Callable[[], Sequence[str]]) -> NoGateway:
    """The answer to who names a gateway that is not there."""
    return NoGateway(f"This account has no gateway “{name}”.{names_of(names)}")


def _name(is_end: bool) -> str:
    return "before" if is_end else "after"


def _given_end(position: Position | None) -> Position | None:
    """Where a page ends that lacks a gateway: known only if the address says it."""
    return replace(position, is_end=False) if position and position.is_end else None


def _check(query: LogQuery, position: Position | None) -> None:
    if query.sort.removeprefix("-") != "created_at":
        raise QueryError(
            f"Several gateways can be sorted by time only, and not by “{query.sort.removeprefix('-')}”: how the API "
            "orders equal values is not published, so a merged list would show some rows twice and others never."
        )
    if query.page != 1:
        raise QueryError("“page” does not count the pages of several gateways: “after” says where a page begins.")
    if position and not query.as_of:
        raise QueryError(f"“{_name(position.is_end)}” needs “as_of”: rows can only be counted up to a fixed moment.")


def _read(stretches: Sequence[Stretch]) -> None:
    """One call for each, a few at once."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        jobs = [pool.submit(copy_context().run, each.read) for each in stretches]
        for job in jobs:
            job.result()


def _refuse(stretches: Sequence[Stretch], names: Callable[[], Sequence[str]], *, is_first: bool) -> None:
    """What is not one gateway's trouble: a name that does not exist, and trouble with all of them."""
    errors = [each.error for each in stretches if each.error]
    unknown = [each.gateway for each in stretches if isinstance(each.error, NotFound)]
    if unknown and is_first:
        raise no_gateway(unknown[0], names) from errors[0]
    if len(errors) == len(stretches):
        raise errors[0]


def _taken(stretches: Sequence[Stretch], query: LogQuery, *, backwards: bool) -> list[Entry]:
    """The rows of the page in their order, as far as nobody's next row is unknown."""
    sign = 1 if query.sort == "created_at" else -1
    pick = max if backwards else min
    taken: list[Entry] = []
    while len(taken) < query.per_page:
        dry = [each for each in stretches if each.is_dry]
        if dry and not all(each.may_read for each in dry):
            break
        if dry:
            _read(dry)
            continue
        ready = [each for each in stretches if each.waiting]
        if not ready:
            break
        chosen = pick(ready, key=lambda each: (sign * each.moment.timestamp(), each.gateway))
        taken.append((chosen.gateway, chosen.take()))
    return taken[::-1] if backwards else taken


def _share(stretch: Stretch) -> Share:
    if stretch.is_missing:
        return Share(stretch.gateway, error=stretch.error, is_missing=True)
    return Share(
        stretch.gateway,
        total=stretch.pages[-1].total,
        is_exact=all(page.is_exact for page in stretch.pages),
        settings=stretch.pages[-1].gateway,
        error=stretch.error,
    )


def _pin(query: LogQuery, stretches: Sequence[Stretch]) -> datetime:
    """The moment that stands still: right behind the newest row that was read; where the range ended, its end."""
    ends = query.ends
    if ends and (query.as_of or ends <= query.read_at):
        return query.as_of or ends
    newest = [row.created_at for each in stretches for page in each.pages for row in page.rows]
    if query.sort == NEWEST_FIRST and newest:
        return max(newest) + timedelta(milliseconds=1)
    return period.milliseconds(query.read_at)
