"""Pages that belong to no room: health, preferences, and the refusal of a forged form."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from gateway_dash.web.context import DENSITIES, THEMES
from gateway_dash.web.render import push_url, render_part, wants_fragment


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. No database, no upstream: an outage of those must not take replicas out."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Keep theme and density in the session, then back to where the visitor was."""
    for name, choices in (("theme", THEMES), ("density", DENSITIES)):
        if request.POST.get(name) in choices:
            request.session[name] = request.POST[name]
    if request.headers.get("HX-Request") or request.headers.get("X-Requested-With"):
        return HttpResponse(status=204)
    return HttpResponseRedirect(own_url(request, request.POST.get("next", "")) or reverse("home"))


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
