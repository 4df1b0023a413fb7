"""What came into a saved view since a person last looked at it: one call, asked for after the list is there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from gateway_dash import upstream
from gateway_dash.gateway.errors import GatewayError
from gateway_dash.gateway.query import LogQuery
from gateway_dash.sharing.looks import last_look
from gateway_dash.sharing.menu import ViewsMenu, list_url
from gateway_dash.sharing.models import SavedView
from gateway_dash.sharing.spelling import Kept
from gateway_dash.web.render import SeeOther, push_url, render_part, wants_fragment


@dataclass(frozen=True, slots=True)
class Since:
    """The line above a view's list."""

    at: datetime  # of the last look
    url_count: str  # asks, and is the way there without htmx
    url_new: str = ""
    number: int | None = None
    problem: str = ""


def waiting(request: HttpRequest, gateway: str, views: ViewsMenu) -> Since | None:
    """The line before anybody counted; nothing where the list is no view, or was never looked at before."""
    at = last_look(request.user, views.view.id) if views.view and not views.view.problem else None
    if at is None or views.view is None:
        return None
    return Since(at, reverse("view-since", args=[gateway, views.view.id]))


@require_safe
def view_since(request: HttpRequest, gateway: str, view_id: int) -> HttpResponse:
    """The count, for the line; without htmx the list of what is new."""
    mine = SavedView.objects.there_for(request.user).filter(gateway=gateway)
    view = get_object_or_404(mine, pk=view_id)
    at = last_look(request.user, view.pk)
    query = Kept.read(view.query).query
    url = reverse("view-since", args=[gateway, view.pk])
    if at is None:
        return SeeOther(list_url(gateway, view.query))
    fresh = _since(query, at)
    url_new = list_url(gateway) + fresh.url()
    if not wants_fragment(request):
        return SeeOther(url_new)
    try:
        found = Since(at, url, url_new, upstream.logs(gateway).count(fresh))
    except GatewayError as error:
        found = Since(at, url, url_new, problem=error.title)
    return push_url(render_part(request, "logs/since.html#since", {"since": found}), None)


def _since(query: LogQuery, at: datetime) -> LogQuery:
    """Those of the view that came after a moment, within its own range."""
    begins = query.begins
    start = max(at, begins) if begins else at
    return query.change(since="", start=start.replace(microsecond=start.microsecond // 1000 * 1000))
