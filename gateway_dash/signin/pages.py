"""A person's own page, and a new password."""

from __future__ import annotations

from typing import Any, cast

from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from gateway_dash import upstream
from gateway_dash.signin import codes, confirming, oidc, refusals, second_factor, sessions, throttle
from gateway_dash.team import audit
from gateway_dash.team.events import Event


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Who one is here, how one signs in, and where one is signed in."""
    user = cast("User", request.user)
    has_code = codes.has_second_factor(user)
    left = second_factor.unused(user) if has_code else []
    context = {
        "title": "Your account",
        "uses_password": confirming.uses_password(user),
        "has_code": has_code,
        "codes_left": len(left or ()),
        "is_required": upstream.second_factor_is_required(),
        "provider": oidc.label(),
        "provider_accounts": list(SocialAccount.objects.filter(user=user).order_by("pk")),
        "sessions": sessions.shown(request),
    }
    return render(request, "signin/account.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def account_password(request: HttpRequest) -> HttpResponse:
    """A new password, for whoever knows the old one. It ends every other session."""
    user = cast("User", request.user)
    if not confirming.uses_password(user):
        return HttpResponseRedirect(reverse("account"))
    form: Any = PasswordChangeForm(user)
    if request.method == "POST":
        tried = throttle.of_password(request, user.get_username())
        if tried.wait_s:
            return refusals.too_many(request, tried.wait_s)
        form = PasswordChangeForm(user, request.POST)
        if "old_password" not in form.errors:
            tried.take_back()
        if form.is_valid():
            audit.note(request, Event.PASSWORD_CHANGED)
            form.save()
            old_key = request.session.session_key
            update_session_auth_hash(request, user)  # what the other sessions hold is worth nothing now
            sessions.carry_over(request, old_key)
            return HttpResponseRedirect(reverse("account"))
    return render(request, "signin/password.html", {"title": "Change your password", "form": form})
