"""What pages show: a list of the last 5 s, a log of the last minute, and an old one where there is no other.

All who look at one view share its answer: what is kept are the rows as the upstream sent them, the same for everybody.
Who may see the gateway is asked before, by the table of addresses; who may read what, and what is masked, comes after.
Counts, files, plans, jobs, share links and the API ask for themselves: they have to see what is there now.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import fields
from functools import partial
from typing import Any

from django.http import HttpRequest, QueryDict

from gateway_dash import upstream
from gateway_dash.gateway.errors import Refusal
from gateway_dash.gateway.filters import Filter
from gateway_dash.gateway.log_page import LogPage
from gateway_dash.gateway.merged import MergedPage, Position, Share
from gateway_dash.gateway.models import Gateway, Log
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.service import LogService
from gateway_dash.web import changes, reads
from gateway_dash.web.reads import Read, Wish

LIST_S, LOG_S = 5.0, 60.0  # so long an answer serves everybody
STALE_S = 600  # and so long it stands in for one that cannot be had; 0: nothing is kept
OLD = "stale"  # the field by which a form of an old page says so


def listed(gateway: str, query: LogQuery, *, again: bool = False) -> Read[LogPage]:
    """A page of one gateway's list. Its own query says as of when "the last 24 hours" were asked for.

    `again`: somebody asked for it anew.
    """
    wish = Wish(
        "list",
        _name("list", gateway, query.url()),
        partial(upstream.logs(gateway).page, query),
        LIST_S,
        STALE_S,
        may_keep=lambda page: not page.misfits,
        since=reads.now() if again else None,
    )
    return reads.read(wish, partial(changes.of_lists, upstream.account_key(), [gateway]))


def listed_together(
    gateways: Sequence[str],
    query: LogQuery,
    position: Position | None,
    ask: Callable[[], MergedPage],
    *,
    again: bool = False,
) -> Read[MergedPage]:
    """A page of a list of several gateways. One that is read only in part is not kept."""
    place = "=".join(position.spelled()) if position else ""
    wish = Wish(
        "list",
        _name("lists", ",".join(gateways), query.url(), place),
        ask,
        LIST_S,
        STALE_S,
        may_keep=lambda page: not page.misfits and not any(share.error for share in page.shares),
        since=reads.now() if again else None,
    )
    return reads.read(wish, partial(changes.of_lists, upstream.account_key(), gateways))


def opened(logs: LogService, log_id: str, *, again: bool = False, or_old: bool = True) -> Read[Log]:
    """One log, for a page that says how old it is."""
    wish = Wish(
        "log",
        _name("log", logs.gateway_id, log_id),
        partial(logs.log, log_id),
        LOG_S,
        STALE_S,
        or_old=or_old,
        since=reads.now() if again else None,
    )
    return reads.read(wish, partial(changes.of_log, upstream.account_key(), logs.gateway_id, log_id))


def log_of(logs: LogService, log_id: str) -> Log:
    """One log for what is made of it: never an old one; raises what is in the way."""
    return opened(logs, log_id, or_old=False).value


def told(found: Read[Any], url: str) -> dict[str, Any]:
    """`stale` and `url_again` for a template: what was read, where it is old, and where to have it read again."""
    return {"stale": found if found.is_stale else None, "url_again": url}


def asked_again(request: HttpRequest) -> bool:
    """Whether the browser was told to load the page anew; to follow a link is not that."""
    wishes = {each.strip() for each in request.headers.get("Cache-Control", "").lower().split(",")}
    return not wishes.isdisjoint({"no-cache", "max-age=0"})


def refuse_if_old(data: QueryDict) -> None:
    """Nothing is deleted or annotated by what an old page showed; raises Refusal."""
    if OLD in data:
        raise Refusal(
            "The page that this was sent from shows logs as they were a while ago, because the upstream could not be "
            "read. Nothing was deleted, and nothing was changed. Load the page again once the upstream answers."
        )


def _name(kind: str, *parts: str) -> str:
    return "\0".join((kind, _SHAPE, upstream.account_key(), *parts))


def _shape() -> str:
    """Another one where a version of this program keeps other fields: it does not read what another one kept."""
    names = [[each.name for each in fields(kind)] for kind in (LogPage, MergedPage, Share, Position, LogQuery, Filter)]
    told = repr([*names, Log.__struct_fields__, Gateway.__struct_fields__])
    return hashlib.sha256(told.encode()).hexdigest()[:12]


_SHAPE = _shape()
