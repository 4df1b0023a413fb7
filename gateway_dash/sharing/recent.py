"""The searches that a person opened lately. Noting one must neither break nor slow down the list."""

from __future__ import annotations

import logging
from typing import cast
from urllib.parse import urlsplit

from django.db import DatabaseError, transaction
from django.http import HttpRequest
from django.utils import timezone

from gateway_dash.gateway.errors import QueryError
from gateway_dash.gateway.query import LogQuery
from gateway_dash.sharing.models import RECENT_LENGTH, RECENT_LIMIT, RecentSearch
from gateway_dash.sharing.spelling import Kept
from gateway_dash.web.render import wants_fragment
from gateway_dash.web.waiting import waiting_little

logger = logging.getLogger("gateway_dash.sharing")


def note(request: HttpRequest, gateway: str, query: LogQuery) -> None:
    """Remember the search of a list that a person has opened."""
    search = Kept(query.change()).search
    if not search or len(search) > RECENT_LENGTH or not _is_opened(request, query, search):
        return
    try:
        with waiting_little(), transaction.atomic():
            _keep(cast("int", request.user.pk), gateway, search)
    except DatabaseError as error:
        logger.warning("A recent search could not be noted (%s).", type(error).__name__)


def _is_opened(request: HttpRequest, query: LogQuery, search: str) -> bool:
    """Its first page, and not only another order or part of the search that is on the screen already."""
    if request.method != "GET" or query.page != 1 or query.as_of:
        return False
    return not (wants_fragment(request) and _search_on_screen(request) == search)


def _search_on_screen(request: HttpRequest) -> str | None:
    here = urlsplit(request.headers.get("HX-Current-URL", ""))
    try:
        return Kept.read(here.query).search if here.path == request.path else None
    except QueryError:
        return None


def _keep(user_id: int, gateway: str, search: str) -> None:
    RecentSearch.objects.bulk_create(
        [RecentSearch(user_id=user_id, gateway=gateway, query=search, at=timezone.now())],
        update_conflicts=True,
        unique_fields=["user", "gateway", "query"],
        update_fields=["at"],
    )
    mine = RecentSearch.objects.filter(user_id=user_id, gateway=gateway).order_by("-at", "-pk")
    if beyond := list(mine.values_list("pk", flat=True)[RECENT_LIMIT:]):
        RecentSearch.objects.filter(pk__in=beyond).delete()
