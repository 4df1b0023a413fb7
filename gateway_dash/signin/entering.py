"""From a right password into a session, by way of the second factor where there is one."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.account.stages import LoginStage, LoginStageController
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from gateway_dash.signin import codes, refusals, throttle


class SecondStep(LoginStage):  # type: ignore[misc] # allauth has no types
    """Between the password and the session: nothing is signed in before it is over."""

    key = "second-factor"
    urlname = "login-code"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """To the page that asks for the code, or on."""
        if codes.has_second_factor(self.login.user):
            return HttpResponseRedirect(reverse(self.urlname)), True
        return None, True


def enter(request: HttpRequest, user: User, to: str) -> HttpResponse:
    """Go on with somebody whose password was right."""
    credentials = {"username": user.get_username()}
    answer: HttpResponse = perform_password_login(request, credentials, Login(user=user, redirect_url=to))
    return answer


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def login_code(request: HttpRequest) -> HttpResponse:
    """The second step. Whoever did not take the first is led there."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(reverse("home"))
    stage: Any = LoginStageController.enter(request, SecondStep.key)
    if stage is None or stage.login.user is None:
        return HttpResponseRedirect(reverse("login"))
    if request.method != "POST":
        return render(request, "signin/code.html", {})
    user = stage.login.user
    tried = throttle.of_code(request, user.pk)
    if tried.wait_s:
        return refusals.too_many(request, tried.wait_s)
    if not codes.check(request, user, request.POST.get("code", "")):
        return render(request, "signin/code.html", {"is_wrong": True})
    tried.take_back()
    answer: HttpResponse = stage.exit()
    return answer
