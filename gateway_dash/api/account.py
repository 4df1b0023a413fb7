"""A person's own tokens: to make, to see, to revoke. And all of somebody's, for an administrator to revoke."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from gateway_dash import upstream
from gateway_dash.api import tokens
from gateway_dash.api.forms import DAYS, TokenForm
from gateway_dash.api.models import NAME_LENGTH, ApiToken
from gateway_dash.gateway.errors import GatewayError, Refusal
from gateway_dash.team import audit, rights
from gateway_dash.team.events import Event
from gateway_dash.web.render import SeeOther, render_part

ENDED_SHOWN = 20


@require_safe
def token_list(request: HttpRequest) -> HttpResponse:
    """A person's tokens, and a form for another one."""
    return _page(request, TokenForm())


@require_POST
@sensitive_variables("text")
def token_make(request: HttpRequest) -> HttpResponse:
    """A new token, shown in this answer and never again."""
    asked = request.POST.getlist("gateway")
    form = TokenForm.read(request.POST, rights.visible(request.user, asked))
    if form.errors:
        return _page(request, form, status=422)
    if _mine(request).live().count() >= tokens.LIVE_LIMIT:
        raise Refusal(f"You have {tokens.LIVE_LIMIT} tokens, and more cannot be kept. Revoke one that is not used.")
    scopes = [each.value for each in form.scopes]
    audit.note(request, Event.TOKEN_MADE, name=form.name, scopes=scopes, gateways=list(form.gateways), days=form.days)
    token, text = tokens.make(request.user, form.name, form.scopes, form.gateways, form.days)
    return _page(request, TokenForm(), made=token, text=text)


@require_POST
def token_revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    """One's own token is worth nothing from now on."""
    token = get_object_or_404(_mine(request), pk=token_id)
    audit.note(request, Event.TOKEN_REVOKED, name=token.name, prefix=token.prefix)
    tokens.revoke(_mine(request).filter(pk=token.pk))
    return SeeOther(reverse("token-list"))


@require_POST
def person_tokens_revoke(request: HttpRequest, person_id: int) -> HttpResponse:
    """All tokens of a person are worth nothing from now on. It only takes, so it may be done to anybody."""
    person = get_object_or_404(get_user_model(), pk=person_id)
    theirs = ApiToken.objects.filter(person=person)
    audit.note(request, Event.TOKEN_REVOKED, person=person.get_username(), tokens=theirs.live().count())
    tokens.revoke(theirs)
    return SeeOther(reverse("person", args=[person.pk]))


def _mine(request: HttpRequest) -> Any:
    return ApiToken.objects.filter(person=request.user.pk)


def _gateways(request: HttpRequest) -> list[str]:
    """Those to choose from; where the upstream does not say them, the form works without."""
    try:
        return rights.visible(request.user, [each.id for each in upstream.account().gateways()])
    except GatewayError:
        return []


def _page(
    request: HttpRequest, form: TokenForm, *, made: ApiToken | None = None, text: str = "", status: int = 200
) -> HttpResponse:
    every = sorted(_mine(request), key=lambda each: each.created_at, reverse=True)
    live = [each for each in every if each.is_live]
    number = f"{len(live) or 'no'} API token{'' if len(live) == 1 else 's'}"
    context = {
        "title": f"You have {number}",
        "live": live,
        "ended": [each for each in every if not each.is_live][:ENDED_SHOWN],
        "form": form,
        "made": made,
        "text": text,
        "days": DAYS,
        "gateways": _gateways(request),
        "name_length": NAME_LENGTH,
        "requests_a_minute": tokens.REQUESTS_A_MINUTE,
        "origin": request.build_absolute_uri("/").rstrip("/"),
    }
    return render_part(request, "api/tokens.html", context, status=status)
