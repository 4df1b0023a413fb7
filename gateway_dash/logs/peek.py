"""A log beside the list, and its place in the list: what a page about one log and a page about many share."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_safe

from gateway_dash import upstream
from gateway_dash.gateway import period
from gateway_dash.gateway.errors import GatewayError, QueryError
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.service import LogPage, LogService
from gateway_dash.logs.detail import detail_context
from gateway_dash.logs.place import PlaceBar, find_place, on_page, peek_url, place_bar, placed
from gateway_dash.logs.rows import log_id_is_plain, pairs_of, verdict_of
from gateway_dash.web.render import push_url, render_part, wants_fragment

PEEK, AT = "peek", "at"


@require_safe
def log_peek(request: HttpRequest, gateway: str, log_id: str) -> HttpResponse:
    """The drawer alone, one call, for a list that is on the screen already; without htmx the list with the drawer."""
    query = LogQuery.read(request.GET)
    url = peek_url(gateway, query, log_id)
    if not wants_fragment(request):
        return HttpResponseRedirect(url)
    drawer = drawer_of(upstream.logs(gateway), log_id, query)
    problem = drawer["problem"]
    status = problem.status if problem else 200
    response = render_part(request, "logs/drawer.html#drawer", {"drawer": drawer, "query": query}, status=status)
    response["HX-Retarget"] = response["HX-Reselect"] = "#peek"  # also when the status is an error
    response["HX-Reswap"] = "outerHTML"
    if problem and problem.retry_after_s:
        response["Retry-After"] = str(problem.retry_after_s)
    return push_url(response, url)


@require_safe
def log_place(request: HttpRequest, gateway: str, log_id: str) -> HttpResponse:
    """Where in its list the log stands, by its own request; without htmx, the log with it."""
    text, rest = _taken(request.GET, AT)
    query = LogQuery.read(rest)
    try:
        at = period.read_moment(text) if text else None
    except ValueError as error:
        raise QueryError(f"“{AT}” {error}.") from None
    logs = upstream.logs(gateway)
    if wants_fragment(request):
        url = request.get_full_path()
        bar = _bar(logs, log_id, PlaceBar(url, peek_url(gateway, query, log_id)), query, at)
        return push_url(render_part(request, "logs/place.html#place", {"place": bar}), None)
    log = logs.log(log_id)
    at = period.milliseconds(log.created_at)
    bar = _bar(logs, log_id, place_bar(gateway, log, query), query, at)
    return render_part(request, "logs/detail.html", detail_context(gateway, log, query, place=bar))


def _bar(logs: LogService, log_id: str, bar: PlaceBar, query: LogQuery, at: Any) -> PlaceBar:
    """A list that cannot be read is a word beside the log, never an error in its place."""
    try:
        return placed(logs.gateway_id, log_id, bar, find_place(logs, log_id, at, query))
    except GatewayError as error:
        return PlaceBar(bar.url, bar.url_in_list, problem=error.title)


def read_peek(parameters: QueryDict) -> tuple[str, QueryDict]:
    """The id of the log to show beside the list, and the other parameters; one that no log can have is an error."""
    log_id, rest = _taken(parameters, PEEK)
    if log_id is not None and not log_id_is_plain(log_id):
        raise QueryError("“peek” takes the id of one log, such as 019a7b3e-5f2c-7c41-9d3e-2b8f6a1c4e07.")
    return log_id or "", rest


def _taken(parameters: QueryDict, name: str) -> tuple[str | None, QueryDict]:
    """One of the page's own parameters and those that are left."""
    rest = parameters.copy()
    values = rest.pop(name, [])
    if len(values) > 1:
        raise QueryError(f"“{name}” is given {len(values)} times, and only one can count. Remove the others.")
    return (str(values[0]) if values else None), rest


def drawer_of(logs: LogService, log_id: str, query: LogQuery, *, page: LogPage | None = None) -> dict[str, Any]:
    """What `logs/drawer.html` needs. A log that cannot be read is words in the drawer, and the list stays.

    `page` is the list beside it where it was just read: it knows what stands before and after.
    """
    gateway = logs.gateway_id
    base = reverse("log-list", args=[gateway])
    place = on_page(page, log_id) if page else None
    found: dict[str, Any] = {
        "id": log_id,
        "problem": None,
        "is_listed": place is not None,
        "list_is_known": page is not None,
        "words": place.words if place else "",
        "url_previous": peek_url(gateway, query, place.previous.log_id) if place and place.previous else "",
        "url_next": peek_url(gateway, query, place.following.log_id) if place and place.following else "",
        "url_self": peek_url(gateway, query, log_id),
        "url_page": reverse("log-detail", args=[gateway, log_id]) + query.url(),
        "url_close": base + query.url(),
        "permalink": reverse("log-detail", args=[gateway, log_id]),
    }
    try:
        log = logs.log(log_id)
    except GatewayError as error:
        return found | {"problem": error, "title": error.title}
    pairs = pairs_of(log, base, query)
    return detail_context(gateway, log, query) | found | {"verdict": verdict_of(log), "pairs": pairs}
