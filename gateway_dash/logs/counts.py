"""Histogram and facets on the list page: what they add to its context, and the regions by requests of their own."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from gateway_dash.gateway.errors import QueryError
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.service import LogPage
from gateway_dash.logs import facets, histogram
from gateway_dash.logs.opened import Opened, keeping_facets
from gateway_dash.web.render import push_url, render_part, wants_fragment


def with_counts(context: dict[str, Any], gateway: str, page: LogPage, opened: Opened) -> dict[str, Any]:
    """The list's context with its two regions. Only what the address opens is asked for, and after the list."""
    base = reverse("log-list", args=[gateway])
    show = histogram.counted if opened.histogram else histogram.closed
    if opened.facets:
        context = keeping_facets(context, base)
    return context | {
        "histogram": show(gateway, page.query, opened),
        "facets": facets.facets(gateway, page.query, page.logs, opened),
        "facets_open": opened.facets,
        "url_facets": Opened(opened.histogram, facets=True).on(base + page.query.url()) + "#facets",
    }


@require_safe
def count_histogram(request: HttpRequest, gateway: str) -> HttpResponse:
    """The histogram alone; without htmx, the list with it."""
    opened, rest = Opened.read(request.GET)
    query = LogQuery.read(rest)
    strip = histogram.closed(gateway, query, opened)
    if not wants_fragment(request):
        return HttpResponseRedirect(strip.url)
    strip = histogram.counted(gateway, query, opened)
    return push_url(render_part(request, "logs/histogram.html", {"histogram": strip, "is_part": True}), strip.url)


@require_safe
def count_facet(request: HttpRequest, gateway: str) -> HttpResponse:
    """One facet with exact counts of the values in the address; without htmx, the list with it."""
    opened, rest = Opened.read(request.GET)
    texts = [str(each) for each in rest.pop("value", [])]
    query = LogQuery.read(rest)
    if not opened.count:
        raise QueryError("“count” is missing: it names the facet.")
    values = facets.read_values(opened.count, texts)
    if not wants_fragment(request):
        return HttpResponseRedirect(opened.on(reverse("log-list", args=[gateway]) + query.url()))
    facet = facets.counted(gateway, query, opened, values)
    response = render_part(request, "logs/facet.html", {"facet": facet, "is_part": True})
    return push_url(response, facet.url.removesuffix("#facets"))
