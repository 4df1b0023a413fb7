"""Signing in with OpenID Connect: there, and back again."""

from __future__ import annotations

import logging

from allauth.socialaccount import app_settings
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from gateway_dash.signin import refusals, throttle
from gateway_dash.signin.provider import Adapter, Provider
from gateway_dash.web.views import own_url

# What a provider can do to us: not answer, answer what is no JSON, or JSON of another shape.
FAILURES = (OAuth2Error, OSError, ValueError, LookupError, TypeError, AttributeError)
logger = logging.getLogger("gateway_dash.signin")


def label() -> str:
    """What the button says; empty where there is no provider."""
    apps = app_settings.PROVIDERS.get(Provider.id, {}).get("APPS", [])
    return str(apps[0]["name"]) if apps else ""


@login_not_required
@require_safe
def oidc_login(request: HttpRequest) -> HttpResponse:
    """To the provider. A link, since the policy lets no form lead to another site; what it begins is safe to begin.

    Nothing that the address says goes along but where to come back to, and that only if it is here.
    """
    if not label():
        return HttpResponseRedirect(reverse("login"))
    to = own_url(request, request.GET.get("next", "")) or reverse("home")
    if request.user.is_authenticated:
        return HttpResponseRedirect(to)
    if wait_s := throttle.of_provider(request).wait_s:
        return refusals.too_many(request, wait_s)
    try:
        answer: HttpResponse = get_adapter().get_provider(request).redirect(request, AuthProcess.LOGIN, next_url=to)
    except FAILURES as error:
        return refusals.of_provider(request, None, error)
    return answer


@login_not_required
@require_safe
def oidc_callback(request: HttpRequest) -> HttpResponse:
    """Back from the provider, with a code that is good once and for the session that asked for it."""
    if not label():
        return HttpResponseRedirect(reverse("login"))
    try:
        answer: HttpResponse = OAuth2CallbackView.adapter_view(Adapter(request, Provider.id))(request)
    except FAILURES as error:
        return refusals.of_provider(request, None, error)
    return answer
