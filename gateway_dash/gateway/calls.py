"""The upstream calls of one page: how long they may take together, and what was asked."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime

PAGE_DEADLINE_S = 10.0
_OF_ONE = re.compile(r"(/(accounts?|log)s?/)[^/]+")


@dataclass(frozen=True, slots=True)
class Call:
    """One request that was really sent."""

    method: str
    url: str  # whole, with what was asked for: for the person who asked, never for a log file
    status: int | None  # None: no answer
    duration_ms: float


@dataclass(frozen=True, slots=True)
class Sent:
    """The same call for who runs the dashboard: nothing in it names a log, a filter or the account."""

    method: str
    kind: str  # which places it took: "list", "detail", "count", "write"
    template: str  # its path with `{account}` and `{log}`, and the gateway as it is
    status: int | None
    duration_ms: float
    attempt: int  # 1, or more of a GET that was sent again
    ray: str  # what the vendor's support asks for; empty without an answer


def template_of(path: str) -> str:
    """The path of a call without account and log: `/accounts/{account}/ai-gateway/gateways/prod/logs/{log}/request`."""
    return _OF_ONE.sub(lambda found: f"{found[1]}{{{found[2].rstrip('s')}}}", path)


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer of before that was used again: no request was sent."""

    what: str  # "count"
    age_s: float


def nobody() -> str:
    """Of a job: no person waits for it."""
    return ""


@dataclass(slots=True)
class Page:
    """What one page of ours may still spend, and what it has."""

    ends_at: float
    who: Callable[[], str] = nobody  # the person whose page it is, asked for when a call goes out; empty for a job
    calls: list[Call] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    refused_s: int = 0  # a call was not sent, since the upstream is failing; again in so many seconds

    def left_s(self) -> float:
        """Seconds until the page's deadline; may be negative."""
        return self.ends_at - time.monotonic()

    def note_kept(self, what: str, at: datetime) -> None:
        """An answer that was made at that moment was used instead of a call."""
        self.kept.append(Kept(what, max(0.0, (datetime.now(UTC) - at).total_seconds())))


_page: ContextVar[Page | None] = ContextVar("page", default=None)


def current() -> Page:
    """The page being made; outside of one, a fresh one with a whole deadline."""
    return _page.get() or Page(time.monotonic() + PAGE_DEADLINE_S)


@contextmanager
def page(deadline_s: float = PAGE_DEADLINE_S, *, who: Callable[[], str] = nobody) -> Iterator[Page]:
    """All upstream calls inside share one deadline and one record."""
    mine = Page(time.monotonic() + deadline_s, who)
    token = _page.set(mine)
    try:
        yield mine
    finally:
        _page.reset(token)


@contextmanager
def longer(deadline_s: float) -> Iterator[None]:
    """Work that is more than one look, such as a deletion, asks for its own deadline within the page."""
    mine = current()
    before, mine.ends_at = mine.ends_at, time.monotonic() + deadline_s
    try:
        yield
    finally:
        mine.ends_at = before
