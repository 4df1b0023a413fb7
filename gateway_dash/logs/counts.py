"""What counts beside the list: what it adds to the list's context, and each region by requests of its own."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from gateway_dash.gateway.errors import QueryError
from gateway_dash.gateway.log_page import LogPage
from gateway_dash.logs import facets, histogram, newer, ranges
from gateway_dash.logs.screen import Screen, read_screen, take
from gateway_dash.logs.steps import PARAMETERS, Step
from gateway_dash.web.render import push_url, render_part, wants_fragment


def with_counts(
    request: HttpRequest, context: dict[str, Any], gateway: str, page: LogPage, screen: Screen
) -> dict[str, Any]:
    """The list's context with what is open beside it, asked for after the list.

    For htmx nothing is asked: the regions come with what is known, and load themselves as long as they are there.
    """
    query = page.query
    step = Step.none() if wants_fragment(request) else Step.with_the_list()
    is_open = dict.fromkeys(screen.open, True)
    return context | {
        "ranges": ranges.measured(gateway, query, screen, step, page.logs)
        if "ranges" in is_open
        else ranges.closed(query, screen),
        "histogram": histogram.counted(gateway, query, screen, step)
        if "histogram" in is_open
        else histogram.closed(query, screen),
        "facets": facets.facets(gateway, query, page.logs, screen, step),
        "facets_open": "facets" in is_open or "ranges" in is_open,
        "url_facets": screen.showing("facets").url(query) + "#facets",
        "newer": newer.waiting(page, screen),
    }


@require_safe
def count_histogram(request: HttpRequest, gateway: str) -> HttpResponse:
    """The next step of the histogram; without htmx, the list with it."""
    given, rest = take(request.GET, *PARAMETERS)
    step = Step.read(given)
    screen, query = read_screen(request, gateway, rest)
    strip = histogram.closed(query, screen)
    if not wants_fragment(request):
        return HttpResponseRedirect(strip.url)
    strip = histogram.counted(gateway, query, screen, step)
    return _region(request, "logs/histogram.html", {"histogram": strip}, step, strip.url)


@require_safe
def count_facet(request: HttpRequest, gateway: str) -> HttpResponse:
    """One facet with exact counts of the values in the address, a step further; without htmx, the list with it."""
    given, rest = take(request.GET, *PARAMETERS)
    texts = [str(each) for each in rest.pop("value", [])]
    step = Step.read(given)
    screen, query = read_screen(request, gateway, rest)
    if not screen.count:
        raise QueryError("“count” is missing: it names the facet.")
    values = facets.read_values(screen.count, texts)
    if not wants_fragment(request):
        return HttpResponseRedirect(screen.url(query))
    facet = facets.counted(gateway, query, screen, values, step)
    return _region(request, "logs/facet.html", {"facet": facet}, step, facet.url.removesuffix("#facets"))


@require_safe
def count_ranges(request: HttpRequest, gateway: str) -> HttpResponse:
    """The least and greatest numbers of the list, with the form for bounds; without htmx, the list with it."""
    given, rest = take(request.GET, *PARAMETERS)
    step = Step.read(given)
    screen, query = read_screen(request, gateway, rest)
    panel = ranges.closed(query, screen)
    if not wants_fragment(request):
        return HttpResponseRedirect(panel.url)
    panel = ranges.measured(gateway, query, screen, step)
    return _region(request, "logs/ranges.html", {"ranges": panel}, step, panel.url.removesuffix("#ranges"))


@require_safe
def count_newer(request: HttpRequest, gateway: str) -> HttpResponse:
    """How many logs are newer than the newest one shown; without htmx, the list read afresh."""
    given, rest = take(request.GET, "after")
    after = newer.read_after(given.get("after"))
    screen, query = read_screen(request, gateway, rest)
    if not wants_fragment(request):
        return HttpResponseRedirect(screen.list_url(query))
    bar = newer.asked(gateway, query, screen, after)
    return push_url(render_part(request, "logs/newer.html", {"newer": bar}), None)


def _region(request: HttpRequest, template: str, context: dict[str, Any], step: Step, url: str) -> HttpResponse:
    """A region by itself. What was opened by hand goes into the address; what loads itself changes nothing there."""
    by_hand = step.at is None
    response = render_part(request, template, context | {"is_part": True, "by_hand": by_hand})
    return push_url(response, url if by_hand else None)
