"""Signing in, and the link by which somebody new chooses a password."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator

from gateway_dash import upstream
from gateway_dash.gateway.errors import NotLetIn
from gateway_dash.signin import entering, oidc, refusals, throttle
from gateway_dash.team import audit
from gateway_dash.team.demo import offered
from gateway_dash.team.events import Event
from gateway_dash.team.where import address_of


class SignIn(LoginView):
    """Django's form, with a limit before it and the second factor behind it."""

    redirect_authenticated_user = True

    @method_decorator(login_not_required)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Words instead of the form, where nobody signs in by password."""
        ways = upstream.ways_in()
        if not (ways.password or ways.has_provider or request.user.is_authenticated):
            raise NotLetIn(
                "People are signed in to this dashboard on the way here, through Cloudflare Access or a proxy, and "
                "this request did not come that way.",
                hint="Open the dashboard by the address that you were given. If that does not help, ask the person who "
                "runs it.",
            )
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Without the names of Django's sites framework: its `site`, the host, would stand in the place of ours."""
        context = super().get_context_data(**kwargs) | {"demo_people": offered()}
        context |= {"password_sign_in": upstream.password_sign_in(), "provider": oidc.label()}
        return {name: value for name, value in context.items() if name not in ("site", "site_name")}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A try with a password, if one may be made now."""
        if not upstream.password_sign_in():
            return refusals.page(request, refusals.NO_PASSWORDS)
        self._try = throttle.of_password(request, request.POST.get("username", ""))
        if self._try.wait_s:
            return refusals.too_many(request, self._try.wait_s)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """It was right: on to the second factor, or in."""
        self._try.take_back()
        return entering.enter(self.request, form.get_user(), self.get_success_url())


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
