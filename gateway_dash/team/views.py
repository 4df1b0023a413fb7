"""Signing in, and the link by which somebody new chooses a password."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, PasswordResetConfirmView
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator

from gateway_dash import upstream
from gateway_dash.gateway.errors import NotLetIn
from gateway_dash.team import audit
from gateway_dash.team.demo import offered
from gateway_dash.team.events import Event
from gateway_dash.team.where import address_of


class SignIn(LoginView):
    """Django's form. Its own `site`, the name of the host, would stand in the place of ours."""

    redirect_authenticated_user = True

    @method_decorator(login_not_required)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Words instead of the form, where nobody signs in by password."""
        if not upstream.ways_in().password and not request.user.is_authenticated:
            raise NotLetIn(
                "People are signed in to this dashboard on the way here, through Cloudflare Access or a proxy, and "
                "this request did not come that way.",
                hint="Open the dashboard by the address that you were given. If that does not help, ask the person who "
                "runs it.",
            )
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Without the names that Django's sites framework brings."""
        context = super().get_context_data(**kwargs) | {"demo_people": offered()}
        return {name: value for name, value in context.items() if name not in ("site", "site_name")}


@method_decorator(login_not_required, name="dispatch")
class ChoosePassword(PasswordResetConfirmView):
    """Django's, for the link that an administrator made: worth something once, for three days."""

    template_name = "registration/choose_password.html"
    success_url = reverse_lazy("login")
    title = "Choose a password"

    def form_valid(self, form: Any) -> Any:
        """Write it down before it counts."""
        audit.record(self.user, Event.PASSWORD_CHANGED, address=address_of(self.request), by="link")
        return super().form_valid(form)
