"""Browse and open logs. Each view reads, asks one thing, renders."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from gateway_dash import upstream
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.stored import Side
from gateway_dash.logs import fresh, seen, since
from gateway_dash.logs.bodies import Panel, panel_of_body
from gateway_dash.logs.composing import compose, split
from gateway_dash.logs.counts import with_counts
from gateway_dash.logs.detail import raw_context
from gateway_dash.logs.exports import export
from gateway_dash.logs.listing import list_context
from gateway_dash.logs.peek import drawer_of
from gateway_dash.logs.screen import read_screen, take, whole_number
from gateway_dash.logs.selection import picked, selection_of
from gateway_dash.logs.several import read_origin
from gateway_dash.sharing.looks import look
from gateway_dash.sharing.menu import views_menu
from gateway_dash.sharing.recent import note
from gateway_dash.sharing.spelling import Kept
from gateway_dash.team.actions import Action
from gateway_dash.team.rights import may
from gateway_dash.web.render import LARGE_PAGE, push_url, render_large, render_part, wants_fragment

PANEL_PARAMETERS = ("at", "as", "of")


@require_safe
def log_list(request: HttpRequest, gateway: str) -> HttpResponse:
    """The table. A parameter that cannot be read is a 400, shown by the middleware."""
    given, rest = split(request.GET)
    screen, query = read_screen(request, gateway, rest)
    if given:
        screen, query = compose(screen, query, given)
        if not wants_fragment(request):
            return HttpResponseRedirect(screen.url(query))
    screen, ids = picked(request.session, gateway, screen, query)
    again = fresh.asked_again(request)
    found = fresh.listed(gateway, query, again=again)
    page, query = found.value, found.value.query
    seen.learn(gateway, page.logs)
    note(request, gateway, query)
    with LARGE_PAGE:
        context = list_context(gateway, screen, page)
    context = with_counts(request, context, gateway, page, screen)
    context |= fresh.told(found, screen.url(query))
    context["selection"] = selection_of(gateway, screen, page, ids)
    views = views_menu(request, gateway, Kept(query.change(), tuple(screen.shared.spelled())))
    context |= {"views": views, "since": since.waiting(request, gateway, views) if query.page == 1 else None}
    if views.view and not (query.as_of or found.is_stale):
        look(request.user, views.view.id)
    if screen.peek:
        reads = may(request.user, Action.READ, gateway)
        logs = upstream.logs(gateway)
        context["drawer"] = drawer_of(logs, screen.peek, screen, query, reads=reads, page=page, again=again)
    response = render_large(request, "logs/list.html#results", context)
    return push_url(response, screen.url(query))


@require_safe
def log_export(request: HttpRequest, gateway: str, kind: str) -> HttpResponse:
    """The same page of the same list as a file."""
    page = upstream.logs(gateway).page(LogQuery.read(request.GET))
    following = page.query.page + 1
    has_next = following <= page.pages
    next_url = request.build_absolute_uri(request.path + page.at(following).url()) if has_next else ""
    return export(page, gateway, kind, next_url, reads=may(request.user, Action.READ, gateway))


@require_safe
def log_body(request: HttpRequest, gateway: str, log_id: str, side: Side) -> HttpResponse:
    """One body by its own request, so that one that fails never hides the log; without htmx, the raw page with it."""
    given, rest = take(request.GET, *PANEL_PARAMETERS)
    screen, query = read_origin(request, gateway, rest)
    logs = upstream.logs(gateway)
    panel = panel_of_body(
        logs,
        log_id,
        side,
        screen,
        query,
        start=whole_number(given, "at", "a number of bytes") or 0,
        size=whole_number(given, "of", "a number of bytes"),
        as_stored=given.get("as") == "stored",
    )
    if wants_fragment(request):
        return _panel_answer(request, panel)
    found = fresh.opened(logs, log_id)
    context = raw_context(screen, found.value, query, {side: panel})
    return render_part(request, "logs/raw.html", context | fresh.told(found, request.get_full_path()))


def _panel_answer(request: HttpRequest, panel: Panel) -> HttpResponse:
    """The panel in place of the one that waited; a problem only takes its note's place, and the head stays."""
    if panel.problem is None:
        return push_url(render_part(request, "logs/body.html#panel", {"panel": panel}), None)
    response = render_part(request, "logs/body.html#problem", {"panel": panel}, status=panel.problem.status)
    response["HX-Retarget"] = response["HX-Reselect"] = f"#{panel.side}-note"
    response["HX-Reswap"] = "outerHTML"
    if panel.problem.retry_after_s:
        response["Retry-After"] = str(panel.problem.retry_after_s)
    return push_url(response, None)
