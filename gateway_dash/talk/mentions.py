"""Where a person was called, and whom they can call. What is seen is said by a form: a link changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from gateway_dash import upstream
from gateway_dash.talk.calling import offered
from gateway_dash.talk.here import Here
from gateway_dash.talk.models import NAME_LENGTH, Mention
from gateway_dash.talk.writing import last_number
from gateway_dash.team.actions import Action
from gateway_dash.team.rights import EVERYWHERE, gateways_where, may
from gateway_dash.web.render import SeeOther, render_part
from gateway_dash.web.text import storable

LISTED = 100
EXCERPT = 240  # characters


@dataclass(frozen=True, slots=True)
class Called:
    """One mention as the page places it."""

    id: int
    gateway: str
    log_id: str
    author: str
    text: str
    at: datetime
    is_new: bool
    url: str


@require_safe
def mention_list(request: HttpRequest) -> HttpResponse:
    """Where one was called, the newest first."""
    found = _mine(request.user).select_related("comment").order_by("-at", "-pk")[:LISTED]
    called = [_called(each) for each in found]
    new = unseen(request.user)
    title = f"{new or 'No'} new mention{'' if new == 1 else 's'}"
    context = {"title": title, "called": called, "new": new, "limit": LISTED, "excerpt": EXCERPT}
    return render_part(request, "talk/mentions.html", context)


@require_POST
def mention_open(request: HttpRequest, mention_id: int) -> HttpResponse:
    """Mark one as seen, and on to its comment."""
    mention = get_object_or_404(_mine(request.user).select_related("comment"), pk=mention_id)
    _mine(request.user).filter(pk=mention.pk, seen_at=None).update(seen_at=timezone.now())
    here = _here(mention)
    return SeeOther(here.comment(mention.comment.number, last_number(here)))


@require_POST
def mention_seen(request: HttpRequest) -> HttpResponse:
    """Mark all as seen."""
    _mine(request.user).filter(seen_at=None).update(seen_at=timezone.now())
    return SeeOther(reverse("mention-list"))


@require_safe
def people_complete(request: HttpRequest, gateway: str) -> HttpResponse:
    """Who can be called here, by the beginning of a name, as JSON; the script places them as text."""
    names = offered(storable(request.GET.get("word", ""))[:NAME_LENGTH], gateway, request.user)
    return JsonResponse({"people": names})


def unseen(person: Any) -> int:
    """How many mentions a person has not seen: one query, of one index."""
    return _mine(person).filter(seen_at=None).count()


def _mine(person: Any) -> QuerySet[Mention]:
    """A person's mentions, in the gateways that there still are for them."""
    mine = Mention.objects.filter(person=person, account=upstream.account_key())
    if may(person, Action.SEE, EVERYWHERE):
        return mine
    return mine.filter(gateway__in=gateways_where(person, Action.SEE))


def _here(mention: Mention) -> Here:
    return Here(mention.gateway, mention.comment.log_id)


def _called(mention: Mention) -> Called:
    comment = mention.comment
    return Called(
        mention.pk,
        mention.gateway,
        comment.log_id,
        comment.author_name,
        " ".join(comment.text.split()),
        mention.at,
        mention.seen_at is None,
        _here(mention).page,
    )
