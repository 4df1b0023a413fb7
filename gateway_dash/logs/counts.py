"""Histogram and facets on the list page: what they add to its context, and the regions by requests of their own."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from gateway_dash.gateway.errors import QueryError
from gateway_dash.gateway.service import LogPage
from gateway_dash.logs import facets, histogram
from gateway_dash.logs.screen import Screen, read_screen
from gateway_dash.web.render import push_url, render_part, wants_fragment


def with_counts(context: dict[str, Any], gateway: str, page: LogPage, screen: Screen) -> dict[str, Any]:
    """The list's context with its two regions. Only what the address opens is asked for, and after the list."""
    is_open = "histogram" in screen.open
    strip = histogram.counted(gateway, page.query, screen) if is_open else histogram.closed(page.query, screen)
    return context | {
        "histogram": strip,
        "facets": facets.facets(gateway, page.query, page.logs, screen),
        "facets_open": "facets" in screen.open,
        "url_facets": screen.showing("facets").url(page.query) + "#facets",
    }


@require_safe
def count_histogram(request: HttpRequest, gateway: str) -> HttpResponse:
    """The histogram alone; without htmx, the list with it."""
    screen, query = read_screen(request, gateway)
    strip = histogram.closed(query, screen)
    if not wants_fragment(request):
        return HttpResponseRedirect(strip.url)
    strip = histogram.counted(gateway, query, screen)
    return push_url(render_part(request, "logs/histogram.html", {"histogram": strip, "is_part": True}), strip.url)


@require_safe
def count_facet(request: HttpRequest, gateway: str) -> HttpResponse:
    """One facet with exact counts of the values in the address; without htmx, the list with it."""
    rest = request.GET.copy()
    texts = [str(each) for each in rest.pop("value", [])]
    screen, query = read_screen(request, gateway, rest)
    if not screen.count:
        raise QueryError("“count” is missing: it names the facet.")
    values = facets.read_values(screen.count, texts)
    if not wants_fragment(request):
        return HttpResponseRedirect(screen.url(query))
    facet = facets.counted(gateway, query, screen, values)
    response = render_part(request, "logs/facet.html", {"facet": facet, "is_part": True})
    return push_url(response, facet.url.removesuffix("#facets"))
