"""Before something that only the owner may do: the password again, or a code."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode

from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from gateway_dash import upstream
from gateway_dash.signin import codes, refusals, throttle
from gateway_dash.web.views import own_url

View = Callable[..., HttpResponse]


def uses_password(user: Any) -> bool:
    """Whether this person can sign in with a password here: second factors are for them."""
    return bool(user.is_authenticated and user.has_usable_password() and upstream.password_sign_in())


def may_confirm(user: Any) -> bool:
    """Whether there is something to ask this person for: who comes from a provider alone has neither."""
    return uses_password(user) or codes.has_second_factor(user)


def owner_only(view: View) -> View:
    """The view, for somebody who gave a password or a code within the last ten minutes."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_confirm(request.user):
            return HttpResponseRedirect(reverse("account"))
        if is_reauthentication_required(request, app="allauth.mfa"):
            # A form that was sent too late is not sent again by itself: back to a page that shows what it does.
            back = request.path if request.method in ("GET", "HEAD") else reverse("account")
            return HttpResponseRedirect(f"{reverse('account-confirm')}?{urlencode({'next': back})}")
        return view(request, *args, **kwargs)

    return asked


@require_http_methods(["GET", "HEAD", "POST"])
def account_confirm(request: HttpRequest) -> HttpResponse:
    """Ask for the password, or for a code where no password is used, and go on."""
    user = cast("User", request.user)
    to = own_url(request, request.POST.get("next") or request.GET.get("next", "")) or reverse("account")
    if not may_confirm(user):
        return HttpResponseRedirect(reverse("account"))
    context = {"title": "Is it you?", "next": to, "by_password": uses_password(user)}
    if request.method != "POST":
        return render(request, "signin/confirm.html", context)
    if uses_password(user):
        tried = throttle.of_password(request, user.get_username())
    else:
        tried = throttle.of_code(request, user.pk)
    if tried.wait_s:
        return refusals.too_many(request, tried.wait_s)
    if not _is_owner(request, user):
        return render(request, "signin/confirm.html", context | {"is_wrong": True})
    tried.take_back()
    return HttpResponseRedirect(to)


def _is_owner(request: HttpRequest, user: User) -> bool:
    if not uses_password(user):
        return codes.check(request, user, request.POST.get("code", ""), again=True)
    found = authenticate(request, username=user.get_username(), password=request.POST.get("password", ""))
    if found is None or found.pk != user.pk:
        return False
    record_authentication(request, user, method="password", reauthenticated=True)
    return True
