"""The bar above the table: how many logs have arrived that the table does not show. The rows never move by themselves.

It is asked for by a script every 15 seconds while somebody looks. Everybody who looks at the same list shares the
answer: what is kept are the times of the newest logs, and each page counts those that came after its own newest row.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from gateway_dash import upstream
from gateway_dash.gateway import calls, period
from gateway_dash.gateway.errors import FilterNotApplied, GatewayError, QueryError
from gateway_dash.gateway.filters import Fit
from gateway_dash.gateway.log_page import LogPage
from gateway_dash.gateway.query import NEWEST_FIRST, LogQuery
from gateway_dash.gateway.reading import PAGE_SIZES
from gateway_dash.gateway.service import Account
from gateway_dash.logs.counting import ask_now, cache_key
from gateway_dash.logs.screen import Screen
from gateway_dash.web import changes, kept

EVERY_S = 15  # between two looks of one page
SHARED_S = 14  # for so long an answer serves everybody: one second less, or a page alone would hear of it late
KEPT_S = 120
CLAIM_S = 10  # for so long one worker asks and the others wait
MOST = 50  # counted one by one; more than that is "50 or more"
TICK = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class NewerBar:
    """The bar; as it comes with a list, nobody has asked yet."""

    url: str  # the list's first page, read afresh
    part_url: str
    every_s: int = EVERY_S
    number: int = 0
    is_more: bool = False  # than `number`
    problem: GatewayError | None = None


@dataclass(frozen=True, slots=True)
class _Newest:
    begins: datetime  # logs before were not asked for
    moments: tuple[datetime, ...]  # newest first
    is_all: bool  # since `begins`
    at: datetime

    def after(self, moment: datetime) -> tuple[int, bool]:
        """How many logs came after the moment, and whether there are more."""
        number = sum(each > moment for each in self.moments)
        return number, number == len(self.moments) and not self.is_all


def can_grow(query: LogQuery) -> bool:
    """Whether new logs would come on top of this page."""
    return (query.page, query.sort, query.end, query.as_of) == (1, NEWEST_FIRST, None, None)


def waiting(page: LogPage, screen: Screen) -> NewerBar | None:
    """The bar of a page that was just read; None where new logs would not come on top."""
    query = page.query
    if not can_grow(query) or page.misfits:
        return None
    after = page.logs[0].created_at if page.logs else query.read_at
    return _bar(query, screen, period.milliseconds(after))


def asked(gateway: str, query: LogQuery, screen: Screen, after: datetime) -> NewerBar:
    """The bar with its number: at most one call, and none while somebody else's answer is young."""
    if not can_grow(query):
        raise QueryError("Newer logs come on top of a first page only: newest first, without an end, not pinned.")
    bar = _bar(query, screen, after)
    found = _newest(gateway, query, max(after, query.start - TICK) if query.start else after)
    if found is None:
        return bar
    if isinstance(found, GatewayError):
        return replace(bar, problem=found)
    number, is_more = found.after(after)
    return replace(bar, number=number, is_more=is_more)


def read_after(text: str | None) -> datetime:
    """The moment in an address; raises QueryError."""
    try:
        return period.read_moment(text or "")
    except ValueError as error:
        raise QueryError(f"“after” {error}: it is that of the newest log shown.") from None


def _bar(query: LogQuery, screen: Screen, after: datetime) -> NewerBar:
    part_url = f"{screen.path}counts/newer/{screen.suffix(query, ('after', period.spell_moment(after)))}"
    return NewerBar(screen.list_url(query), part_url, every_s=EVERY_S)


def _newest(gateway: str, query: LogQuery, after: datetime) -> _Newest | GatewayError | None:
    """What is kept, if it is young and reaches back far enough, else asked; None: another worker is asking."""
    view = query.change(since="", start=None, per_page=PAGE_SIZES[-1])
    key = cache_key("newest", gateway, view.url())
    known: _Newest | None = kept.get(key)
    if known and known.begins <= after and datetime.now(UTC) - known.at < timedelta(seconds=SHARED_S):
        calls.current().note_kept("newer logs", known.at)
        return known
    claim = cache_key("newest-asked", gateway, view.url())
    if not kept.claim(claim, CLAIM_S):
        return known if known and known.begins <= after else None
    try:
        begins = min(after, known.begins) if known else after
        found = ask_now(lambda account: _ask(account, gateway, view, begins))
        if isinstance(found, _Newest):
            kept.put(key, found, KEPT_S)
            if found.after(after)[0]:
                changes.note_newer(upstream.account_key(), gateway)  # before anybody follows the bar to them
        return found
    finally:
        kept.drop(claim)


def _ask(account: Account, gateway: str, view: LogQuery, begins: datetime) -> _Newest:
    """One call: the API compares whole seconds, so the rows say which came later within the first one."""
    query = view.change(start=begins)
    rows, total = account.logs(gateway).first(query, "desc", MOST)
    fits = [query.fit(log) for log in rows]
    if Fit.NO in fits:
        raise FilterNotApplied("A row came back that the filter excludes. Newer logs cannot be counted.")
    moments = tuple(log.created_at for log, fit in zip(rows, fits, strict=True) if fit is Fit.YES)
    return _Newest(begins, moments, total <= len(rows), datetime.now(UTC))
