"""Pages that belong to no room: health, preferences, and the refusal of a forged form."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from gateway_dash.gateway.errors import ZoneError
from gateway_dash.gateway.zones import name_of, offered, read_zone
from gateway_dash.web import zone
from gateway_dash.web.context import DENSITIES, THEMES
from gateway_dash.web.render import push_url, render_part, wants_fragment

TEXT = "text/plain; charset=utf-8"


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. No database, no upstream: an outage of those must not take replicas out."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Keep theme, density and time zone in the session, then back to where the visitor was."""
    is_script = bool(request.headers.get("HX-Request") or request.headers.get("X-Requested-With"))
    if "zone" in request.POST:
        try:
            _keep_zone(request, name_of(read_zone(request.POST["zone"])))
        except ZoneError as error:  # nothing is kept, and what was typed can be put right
            return HttpResponseBadRequest(error.message, content_type=TEXT) if is_script else _zone_page(request, error)
    for name, choices in (("theme", THEMES), ("density", DENSITIES)):
        if request.POST.get(name) in choices:
            request.session[name] = request.POST[name]
    if is_script:
        return HttpResponse(status=204)
    return HttpResponseRedirect(own_url(request, request.POST.get("next", "")) or reverse("home"))


def _keep_zone(request: HttpRequest, name: str) -> None:
    """The zone, and beside it the last one that was not UTC, to switch back to."""
    request.session["zone"] = name
    if name != zone.DEFAULT:
        request.session["local_zone"] = name


@require_safe
def zone_choice(request: HttpRequest) -> HttpResponse:
    """Every zone there is, to choose from; the menu on each page has only the nearest ones."""
    return _zone_page(request)


def _zone_page(request: HttpRequest, error: ZoneError | None = None) -> HttpResponse:
    given = request.POST or request.GET
    context = {
        "title": "Time zone",
        "error": error,
        "typed": given.get("zone", ""),
        "next": own_url(request, given.get("next", "")) or reverse("home"),
        "zones": offered(),
        "now": timezone.now(),
    }
    return push_url(render_part(request, "zone.html", context, status=error.status if error else 200), None)


def own_url(request: HttpRequest, url: str) -> str:
    """The URL if it leads to this site, else nothing."""
    allowed = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if allowed else ""


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without a valid token: opened long ago, or not ours."""
    if not wants_fragment(request):
        return render(request, "403.html", {"reason": reason}, status=403)
    error = {
        "title": "You may not do that",
        "message": "The form did not come from this page, or it was opened before you signed in. Reload, and send it "
        "again. Nothing was changed.",
        "status": 403,
        "tone": "warn",
        "icon": "lock",
    }
    return push_url(render_part(request, "error.html#notice", {"error": error}, status=403), None)
