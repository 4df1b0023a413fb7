"""Signing in."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse

from gateway_dash import upstream
from gateway_dash.signin import entering, oidc, refusals, throttle


class SignIn(LoginView):
    """Django's form, with a limit before it and the second factor behind it."""

    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Without the names of Django's sites framework: its `site`, the host, would stand in the place of ours."""
        context = super().get_context_data(**kwargs)
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
