"""A person's second factor: setting it up, its recovery codes, taking it away."""

from __future__ import annotations

from io import BytesIO
from typing import Any, cast

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.internal.flows import delete_and_cleanup
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.recovery_codes.internal.flows import generate_recovery_codes
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY, get_totp_secret
from allauth.mfa.totp.internal.flows import activate_totp
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gateway_dash import upstream
from gateway_dash.signin import codes, refusals, throttle
from gateway_dash.signin.adapters import UnreadableSecretError
from gateway_dash.signin.confirming import owner_only
from gateway_dash.team import audit
from gateway_dash.team.events import Event


@require_http_methods(["GET", "HEAD", "POST"])
@owner_only
def second_factor(request: HttpRequest) -> HttpResponse:
    """Set an app up: its secret as a picture and as text, and a first code that shows that both agree."""
    user = cast("User", request.user)
    if codes.has_second_factor(user):
        return HttpResponseRedirect(reverse("account"))
    is_wrong = False
    if request.method == "POST":
        tried = throttle.of_code(request, user.pk)
        if tried.wait_s:
            return refusals.too_many(request, tried.wait_s)
        form = ActivateTOTPForm(user=user, data={"code": request.POST.get("code", "")[: codes.CODE_LENGTH]})
        if SECRET_SESSION_KEY in request.session and form.is_valid():
            tried.take_back()
            throttle.spend(user.pk, "".join(filter(str.isalnum, form.cleaned_data["code"])))
            audit.note(request, Event.FACTOR_CHANGED, done="set up")
            activate_totp(request, form)
            return HttpResponseRedirect(reverse("second-factor-codes"))
        is_wrong = True
    secret = get_totp_secret()
    context = {"title": "Second factor", "secret": _in_fours(secret), "is_wrong": is_wrong}
    context["is_required"] = upstream.second_factor_is_required()
    return render(request, "signin/second_factor.html", context)


@require_safe
@owner_only
def second_factor_qr(request: HttpRequest) -> HttpResponse:
    """The picture: an address of ours, since the policy allows none inside of the page. Only while it is set up."""
    secret = request.session.get(SECRET_SESSION_KEY)
    if not secret:
        return HttpResponseRedirect(reverse("second-factor"))
    return HttpResponse(_qr(get_adapter().build_totp_url(request.user, secret)), content_type="image/svg+xml")


def _qr(text: str) -> bytes:
    import qrcode  # only who sets one up needs it
    from qrcode.image.svg import SvgPathFillImage

    picture = BytesIO()
    qrcode.make(text, image_factory=SvgPathFillImage, border=3).save(picture)
    return picture.getvalue()


@require_http_methods(["GET", "HEAD", "POST"])
@owner_only
def second_factor_codes(request: HttpRequest) -> HttpResponse:
    """The recovery codes that were not used yet; POST: ten new ones in their place."""
    user = cast("User", request.user)
    if not codes.has_second_factor(user):
        return HttpResponseRedirect(reverse("second-factor"))
    if request.method == "POST":
        audit.note(request, Event.FACTOR_CHANGED, done="new recovery codes")
        generate_recovery_codes(request)
        return HttpResponseRedirect(reverse("second-factor-codes"))
    context = {"title": "Recovery codes", "codes": [_in_fours(each) for each in unused(user) or ()]}
    return render(request, "signin/codes.html", context)


def unused(user: User) -> list[str] | None:
    """The codes that are left; None where they cannot be read any more."""
    found: Any = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    try:
        return RecoveryCodes(found).get_unused_codes() if found else []
    except UnreadableSecretError:
        return None


@require_POST
@owner_only
def second_factor_remove(request: HttpRequest) -> HttpResponse:
    """Take it away, with its recovery codes."""
    for each in Authenticator.objects.filter(user=cast("User", request.user), type=Authenticator.Type.TOTP):
        audit.note(request, Event.FACTOR_CHANGED, done="removed")
        delete_and_cleanup(request, each)
    return HttpResponseRedirect(reverse("account"))


def _in_fours(text: str) -> str:
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))
