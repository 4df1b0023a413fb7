"""A log beside the list, and its place in the list: what a page about one log and a page about many share."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from gateway_dash import upstream
from gateway_dash.gateway import period
from gateway_dash.gateway.errors import GatewayError, QueryError
from gateway_dash.gateway.log_page import LogPage
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.service import LogService
from gateway_dash.logs import fresh
from gateway_dash.logs.cells import pairs_of, verdict_of
from gateway_dash.logs.detail import detail_context
from gateway_dash.logs.place import PlaceBar, find_place, on_page, place_bar, placed
from gateway_dash.logs.rows import lines_of
from gateway_dash.logs.screen import Screen, read_screen, take
from gateway_dash.logs.several import read_origin
from gateway_dash.team.actions import Action
from gateway_dash.team.rights import may
from gateway_dash.web.render import push_url, render_part, wants_fragment

AT = "at"


@require_safe
def log_peek(request: HttpRequest, gateway: str, log_id: str) -> HttpResponse:
    """The drawer alone, one call, for a list that is on the screen already; without htmx the list with the drawer."""
    screen, query = read_origin(request, gateway)
    url = screen.peek_url(query, log_id)
    if not wants_fragment(request):
        return HttpResponseRedirect(url)
    reads = may(request.user, Action.READ, gateway)
    drawer = drawer_of(upstream.logs(gateway), log_id, screen, query, reads=reads)
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
    given, rest = take(request.GET, AT)
    screen, query = read_screen(request, gateway, rest)
    try:
        at = period.read_moment(given[AT]) if given.get(AT) else None
    except ValueError as error:
        raise QueryError(f"“{AT}” {error}.") from None
    logs = upstream.logs(gateway)
    if wants_fragment(request):
        url = request.get_full_path()
        bar = _bar(logs, log_id, screen, query, bar=PlaceBar(url, screen.peek_url(query, log_id)), at=at)
        return push_url(render_part(request, "logs/place.html#place", {"place": bar}), None)
    found = fresh.opened(logs, log_id)
    log = found.value
    at = period.milliseconds(log.created_at)
    bar = _bar(logs, log_id, screen, query, bar=place_bar(screen, log, query), at=at)
    reads = may(request.user, Action.READ, gateway)
    context = detail_context(screen, log, query, reads=reads, place=bar)
    context |= fresh.told(found, screen.log_url(query, log_id))
    return render_part(request, "logs/detail.html", context)


def _bar(logs: LogService, log_id: str, screen: Screen, query: LogQuery, *, bar: PlaceBar, at: Any) -> PlaceBar:
    """A list that cannot be read is a word beside the log, never an error in its place."""
    try:
        return placed(screen, log_id, bar, find_place(logs, log_id, at, query))
    except GatewayError as error:
        return PlaceBar(bar.url, bar.url_in_list, problem=error.title)


def drawer_of(
    logs: LogService,
    log_id: str,
    screen: Screen,
    query: LogQuery,
    *,
    reads: bool,
    page: LogPage | None = None,
    again: bool = False,
) -> dict[str, Any]:
    """What `logs/drawer.html` needs. A log that cannot be read is words in the drawer, and the list stays.

    `page` is the list beside it where it was just read: it knows what stands before and after. `reads`: whether the
    person may read bodies.
    """
    place = on_page(page, log_id) if page else None
    found: dict[str, Any] = {
        "id": log_id,
        "problem": None,
        "is_listed": place is not None,
        "list_is_known": page is not None,
        "words": place.words if place else "",
        "url_previous": screen.peek_url(query, place.previous.log_id) if place and place.previous else "",
        "url_next": screen.peek_url(query, place.following.log_id) if place and place.following else "",
        "url_self": screen.peek_url(query, log_id),
        "url_page": screen.log_url(query, log_id),
        "url_close": screen.change(peek="").url(query),
        "permalink": reverse("log-detail", args=[logs.gateway_id, log_id]),
    }
    try:
        read = fresh.opened(logs, log_id, again=again)
    except GatewayError as error:
        return found | {"problem": error, "title": error.title}
    log = read.value
    pairs = pairs_of(log, lines_of([log], screen, query))
    own = {"verdict": verdict_of(log), "pairs": pairs} | fresh.told(read, found["url_self"])
    return detail_context(screen, log, query, reads=reads) | found | own
