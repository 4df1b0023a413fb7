"""The page behind a share link: minimal, without anything to press, and the same "nothing here" for every dead link."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from gateway_dash.gateway.errors import GatewayError
from gateway_dash.links.content import content_of
from gateway_dash.links.models import ShareLink
from gateway_dash.links.shared import count_opened, find, retry_after_s
from gateway_dash.team import audit
from gateway_dash.team.events import Event


@login_not_required
@require_safe
def share_link(request: HttpRequest, token: str) -> HttpResponse:
    """What was shared. Unknown, ended, revoked and withdrawn look alike, and ask the upstream nothing."""
    link = find(token)
    if link is None:
        return _guarded(render(request, "links/dead.html", status=404))
    if not link.for_guests and not request.user.is_authenticated:
        next_url = reverse("share-link", args=[token])
        return _guarded(render(request, "links/sign_in.html", {"link": link, "next": next_url}))
    if not count_opened(link):
        answer = _guarded(render(request, "links/busy.html", status=429))
        answer["Retry-After"] = str(retry_after_s())
        return answer
    audit.note(request, Event.LINK_OPENED, link.gateway, link=link.pk)
    return render_shared(request, link)


def render_shared(request: HttpRequest, link: ShareLink, *, is_preview: bool = False) -> HttpResponse:
    """The page, read in the name of whoever shared it."""
    context: dict[str, object] = {"link": link, "is_preview": is_preview}
    try:
        context["content"] = content_of(link)
    except GatewayError as error:  # this page has no place for the buttons of the usual error page
        status = 502 if error.status in (401, 403) else error.status
        return _guarded(render(request, "links/problem.html", context | {"problem": error}, status=status))
    return _guarded(render(request, "links/shared.html", context))


def _guarded(answer: HttpResponse) -> HttpResponse:
    """The address is the key: it goes to no other site, into no index and no cache."""
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    answer["Cache-Control"] = "no-store"
    return answer
