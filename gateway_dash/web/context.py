"""What every template can use: the site's state and the line about upstream calls."""

from __future__ import annotations

import shlex
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest

from gateway_dash import upstream
from gateway_dash.gateway.calls import Call, Kept, Page
from gateway_dash.gateway.zones import name_of
from gateway_dash.web import formats, zone
from gateway_dash.web.storage import sheets

THEMES = ("auto", "light", "dark")
DENSITIES = ("compact", "normal", "roomy")


@dataclass(frozen=True, slots=True)
class Site:
    """The dashboard as this visitor has it."""

    sandbox: bool
    account: str
    deletion: bool  # whether the operator allows it
    theme: str
    density: str
    sheets: tuple[str, ...]
    zone: str  # what times are told in: "UTC", "Europe/Berlin"
    zone_now: str  # how far that is from UTC: "UTC+1"
    local_zone: str  # the last zone that was chosen and is not UTC; empty before the first
    here: str  # where to come back to; empty on a page that answers a form, which no address shows again


@dataclass(frozen=True, slots=True)
class ShownCall:
    """One upstream call as a person can repeat it."""

    name: str  # "GET …/logs"
    status: str
    duration_ms: float
    curl: str  # empty for what changes something: that is not to be repeated


@dataclass(frozen=True, slots=True)
class ShownKept:
    """Answers of one kind that were used again."""

    what: str
    number: int
    age_s: int  # of the oldest


def shown_call(call: Call) -> ShownCall:
    """The call with a placeholder where the token stood."""
    path = urlsplit(call.url).path.rpartition("/gateways")[2] or "/"
    header = '-H "Authorization: Bearer $CLOUDFLARE_API_TOKEN"'
    return ShownCall(
        name=f"{call.method} …/gateways{path}" if path != "/" else f"{call.method} {urlsplit(call.url).path}",
        status=str(call.status or "no answer"),
        duration_ms=call.duration_ms,
        curl=f"curl -sS {header} {shlex.quote(call.url)}" if call.method == "GET" else "",
    )


class CallLine:
    """The upstream calls of this page so far; read when the template gets there."""

    def __init__(self, page: Page) -> None:
        self._page = page

    @property
    def count(self) -> int:
        """How many calls were sent."""
        return len(self._page.calls)

    @property
    def each(self) -> list[ShownCall]:
        """The calls one by one."""
        return [shown_call(call) for call in self._page.calls]

    @property
    def refused_s(self) -> int:
        """In how many seconds the upstream, which is failing, is asked again; 0 where it was not left alone."""
        return self._page.refused_s

    @property
    def duration_ms(self) -> int:
        """How long they took together."""
        return round(sum(call.duration_ms for call in self._page.calls))

    @property
    def kept_count(self) -> int:
        """How many answers came from the cache."""
        return len(self._page.kept)

    @property
    def kept_age_s(self) -> int:
        """How old the oldest of them is."""
        return _oldest_s(self._page.kept)

    @property
    def kept_each(self) -> list[ShownKept]:
        """The answers from the cache, kind by kind."""
        kinds = Counter(each.what for each in self._page.kept)
        return [ShownKept(what, number, _oldest_s([each for each in self._page.kept if each.what == what]))
                for what, number in kinds.items()]  # fmt: skip

    @property
    def budget_left(self) -> int | None:
        """How many calls the upstream says are left; None before it said so."""
        return upstream.account().client.budget.left

    @property
    def budget_quota(self) -> int | None:
        """Of how many."""
        return upstream.account().client.budget.quota

    @property
    def spent(self) -> int:
        """How many calls everybody here sent in the last five minutes."""
        return upstream.account().client.budget.ledger.spent()

    @property
    def share(self) -> int:
        """Of how many."""
        return upstream.account().client.budget.ledger.share

    @property
    def read_at(self) -> datetime:
        """Now: the page is being written."""
        return datetime.now(UTC)


def _oldest_s(kept: list[Kept]) -> int:
    return round(max((each.age_s for each in kept), default=0))


def site(request: HttpRequest) -> dict[str, Any]:
    """`site` on every page; `calls` where a page has asked the upstream."""
    session = getattr(request, "session", {})
    page = getattr(request, "upstream_page", None)
    match = request.resolver_match
    if match is None:  # there is no such page, so no view for which a zone was chosen
        zone.choose(session.get("zone", zone.DEFAULT))
    return {
        "site": Site(
            sandbox=upstream.is_sandbox(),
            account=upstream.account_name(),
            deletion=upstream.deletion_is_on(),
            theme=session.get("theme", THEMES[0]),
            density=session.get("density", DENSITIES[1]),
            sheets=sheets(),
            zone=name_of(zone.current()),
            zone_now=formats.zone(datetime.now(UTC)),
            local_zone=session.get("local_zone", ""),
            here=request.get_full_path() if request.method in ("GET", "HEAD") else "",
        ),
        "calls": CallLine(page) if page and (page.calls or page.kept or page.refused_s) else None,
        "gateway": match.kwargs.get("gateway", "") if match else "",
    }
