"""What holds on every page for whoever is signed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from gateway_dash import upstream
from gateway_dash.signin import codes, sessions
from gateway_dash.signin.confirming import uses_password

# What is open to a person who has to set a second factor up first.
BEFORE = {"second-factor", "second-factor-qr", "account-confirm", "logout", "preferences"}


class SignedIn:
    """The session is noted; and where a second factor is required, nothing else is opened without one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer."""
        return self._get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """After Django's own, which has led strangers to the sign-in."""
        if not getattr(view, "login_required", True):
            return None  # /healthz reads no session; a sign-in is not over
        if upstream.second_factor_is_required() and self._has_to_set_up(request):
            return HttpResponseRedirect(reverse("second-factor"))
        if request.user.is_authenticated:
            sessions.see(request)
        return None

    def _has_to_set_up(self, request: HttpRequest) -> bool:
        match = request.resolver_match
        if match is not None and match.url_name in BEFORE:
            return False
        user: Any = request.user
        return uses_password(user) and not codes.has_second_factor(user)
