"""What every answer needs: headers, the record of upstream calls, and errors in words for people."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_vary_headers

from gateway_dash.gateway import calls
from gateway_dash.gateway.errors import GatewayError, Gone, Locked, NoGateway, NotFound, NotLetIn, QueryError
from gateway_dash.web import zone
from gateway_dash.web.render import push_url, render_part

logger = logging.getLogger("gateway_dash.web")

Answer = Callable[[HttpRequest], HttpResponse]


def headers(get_response: Answer) -> Answer:
    """Nothing is kept in a cache, nothing is embedded elsewhere, and a fragment is never taken for its page."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        # Django's own middleware for this stands inside of the one that redirects to the address with a slash.
        response.headers.setdefault("X-Frame-Options", "DENY")
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        )
        patch_vary_headers(response, ["HX-Request", "Cookie"])
        return response

    return answer


class TimeZone:
    """Times are told in the zone that the person chose, and in UTC again afterwards: threads are shared."""

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer; what is chosen meanwhile ends with it."""
        with zone.told_in(UTC):
            return self._get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Choose for a page that needs a person: /healthz reads no session, and no database."""
        if getattr(view, "login_required", True):
            zone.choose(request.session.get("zone", zone.DEFAULT))


class UpstreamPage:
    """One deadline and one record for all upstream calls of a request; shows a GatewayError as page or fragment."""

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer, made within the page's deadline."""
        with calls.page(who=lambda: _who(request)) as page:
            request.upstream_page = page  # type: ignore[attr-defined]
            return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Words instead of a traceback; None leaves an error that is not ours to Django."""
        return show_error(request, error) if isinstance(error, GatewayError) else None


def _who(request: HttpRequest) -> str:
    """Whose calls they are, for a share of them that is fair: strangers are one."""
    return str(getattr(getattr(request, "user", None), "pk", None) or "stranger")


@dataclass(frozen=True, slots=True)
class Action:
    """What a person can do next."""

    label: str
    url: str
    primary: bool = False


def show_error(request: HttpRequest, error: GatewayError) -> HttpResponse:
    """The error as a page, or as the `#notice` fragment with the address left as it is."""
    logger.info("%s: %s", type(error).__name__, error.title)  # no message: it may quote a filter
    context = {"error": error, "actions": _actions(request, error), "title": error.title}
    if isinstance(error, QueryError) and "set_box" in request.GET:
        context["box"] = request.GET["set_box"]  # what was typed is not lost
        context["box_gateways"] = request.GET.getlist("gateway")  # nor in which gateways
    response = render_part(request, "error.html#notice", context, status=error.status)
    if error.retry_after_s:
        response["Retry-After"] = str(error.retry_after_s)
    return push_url(response, None)


def _actions(request: HttpRequest, error: GatewayError) -> list[Action]:
    actions = []
    if request.method == "GET" and not isinstance(error, NotFound | QueryError):
        actions.append(Action("Try again", request.get_full_path(), primary=True))
    if isinstance(error, NotLetIn):  # every page of ours would say the same
        return [*actions, *([Action("Sign in as somebody else", error.elsewhere)] if error.elsewhere else [])]
    if isinstance(error, Gone) and error.receipt:
        actions.append(Action("What was deleted, and the proof", error.receipt, primary=True))
    if isinstance(error, Locked):
        actions.append(Action("Deletion locks", reverse("deletion-gates"), primary=True))
    match = request.resolver_match
    gateway = match.kwargs.get("gateway") if match else None
    is_list = match is not None and match.url_name == "log-list"
    if gateway and not isinstance(error, NoGateway) and not (is_list and isinstance(error, NotFound)):
        actions.append(Action("All logs of this gateway", reverse("log-list", args=[gateway]), primary=not actions))
    return [*actions, Action("All gateways", reverse("gateway-list"))]
