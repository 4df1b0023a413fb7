"""Views that a person saves or gives to the team, and the way into a gateway. Of others, ids are not there."""

from __future__ import annotations

from typing import cast

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST, require_safe

from gateway_dash.gateway.errors import QueryError, StaleView, ViewError
from gateway_dash.gateway.sentence import words
from gateway_dash.sharing.menu import default_of, list_url, recent_searches, saved_views
from gateway_dash.sharing.models import DESCRIPTION_LENGTH, NAME_LENGTH, VIEWS_LIMIT, RecentSearch, SavedView
from gateway_dash.sharing.spelling import Kept
from gateway_dash.team import audit
from gateway_dash.team.actions import Action
from gateway_dash.team.events import Event
from gateway_dash.team.rights import check, may
from gateway_dash.web.render import render_part
from gateway_dash.web.text import marked
from gateway_dash.web.views import own_url


@require_safe
def gateway_open(request: HttpRequest, gateway: str) -> HttpResponse:
    """The way into a gateway: the person's default view, else the team's, else all logs."""
    default = default_of(request, gateway)
    if not default:
        return HttpResponseRedirect(list_url(gateway))
    try:
        kept = Kept.read(default.query)
    except QueryError as error:
        raise StaleView(
            f"“{marked(default.name)}” cannot be read any more: {error.message}",
            hint="Open all logs of this gateway, and choose another default under “Views”.",
        ) from None
    return HttpResponseRedirect(list_url(gateway, kept.text))


@require_safe
def view_list(request: HttpRequest, gateway: str) -> HttpResponse:
    """A person's views of one gateway and the team's, to rename, to delete, to make the default."""
    saved, recent = saved_views(request, gateway), recent_searches(request, gateway)
    own = sum(each.is_own for each in saved)
    number = f"{own or 'no'} saved view{'' if own == 1 else 's'}"
    title = f"You have {number} of {gateway}"
    context = {"title": title, "saved": saved, "recent": recent, "limit": VIEWS_LIMIT, "name_length": NAME_LENGTH,
               "description_length": DESCRIPTION_LENGTH}  # fmt: skip
    return render_part(request, "sharing/list.html", context)


@require_POST
def view_save(request: HttpRequest, gateway: str) -> HttpResponse:
    """Keep a list under a name. A name that is taken is asked about before it is replaced."""
    name, kept = _name(request), Kept.read(request.POST.get("query", ""))
    with transaction.atomic():
        mine = SavedView.objects.filter(user=request.user.pk, gateway=gateway)
        view = mine.filter(name=name).first()
        if view and view.query != kept.text and request.POST.get("replace") != "1":
            return _ask_to_replace(request, gateway, view, kept)
        if not view and mine.count() >= VIEWS_LIMIT:
            raise ViewError(
                f"You have {VIEWS_LIMIT} saved views of this gateway, and more cannot be kept. Delete one under "
                "“Views”, “Rename or delete”."
            )
        view = view or SavedView(user_id=_person(request), gateway=gateway, name=name)
        view.query = kept.text
        if "description" in request.POST:
            view.description = _description(request)
        view.save()
        if request.POST.get("default") == "1":
            _make_default(request, gateway, view)
    return _back(request, gateway, kept.text)


@require_POST
def view_rename(request: HttpRequest, gateway: str, view_id: int) -> HttpResponse:
    """Give a view another name, and another description."""
    view = _changeable(request, gateway, view_id)
    name = _name(request)
    if SavedView.objects.filter(user=view.user_id, gateway=gateway, name=name).exclude(pk=view.pk).exists():
        whose = "You have" if view.user_id == request.user.pk else "Its owner has"
        raise ViewError(f"{whose} a view “{marked(name)}” already. Choose another name, or delete that one first.")
    view.name = name
    if "description" in request.POST:
        view.description = _description(request)
    view.save()
    return _back(request, gateway)


@require_POST
def view_team(request: HttpRequest, gateway: str, view_id: int) -> HttpResponse:
    """Give a view to everybody who may see the gateway (`team=1`), or take it back."""
    view = _changeable(request, gateway, view_id)
    wanted = request.POST.get("team") == "1"
    if wanted:
        check(request.user, Action.SHARE, gateway)
    audit.note(request, Event.VIEW_CHANGED, gateway, view=view.name, for_the_team=wanted)
    view.is_team, view.is_team_default = wanted, view.is_team_default and wanted
    view.save()
    return _back(request, gateway)


@require_POST
def view_team_default(request: HttpRequest, gateway: str) -> HttpResponse:
    """With which of the team's views the gateway opens for who has no default; `view` empty: all logs."""
    chosen = request.POST.get("view", "")
    view = get_object_or_404(_visible(request, gateway), pk=_number(chosen), is_team=True) if chosen else None
    audit.note(request, Event.VIEW_CHANGED, gateway, view=view.name if view else "all logs", team_default=True)
    with transaction.atomic():
        SavedView.objects.filter(gateway=gateway, is_team_default=True).update(is_team_default=False)
        if view:
            SavedView.objects.filter(pk=view.pk).update(is_team_default=True)
    return _back(request, gateway)


@require_POST
def view_delete(request: HttpRequest, gateway: str, view_id: int) -> HttpResponse:
    """Forget a view. No log is touched."""
    view = _changeable(request, gateway, view_id)
    if view.is_team:
        audit.note(request, Event.VIEW_CHANGED, gateway, view=view.name, removed=True)
    view.delete()
    return _back(request, gateway)


@require_POST
def view_default(request: HttpRequest, gateway: str) -> HttpResponse:
    """Choose the view that the gateway opens with; `view` empty: all logs."""
    chosen = request.POST.get("view", "")
    view = _own(request, gateway, _number(chosen)) if chosen else None
    with transaction.atomic():
        _make_default(request, gateway, view)
    return _back(request, gateway)


@require_POST
def search_forget(request: HttpRequest, gateway: str) -> HttpResponse:
    """Forget a person's recent searches of one gateway."""
    RecentSearch.objects.filter(user=request.user.pk, gateway=gateway).delete()
    return _back(request, gateway)


def _person(request: HttpRequest) -> int:
    return cast("int", request.user.pk)  # nobody comes here without signing in


def _number(chosen: str) -> int:
    if not (chosen.isascii() and chosen.isdecimal() and len(chosen) < 19):
        raise ViewError("“view” takes the number of one of your views, or nothing for all logs.")
    return int(chosen)


def _visible(request: HttpRequest, gateway: str) -> QuerySet[SavedView]:
    """One's own views, and the team's."""
    return SavedView.objects.there_for(request.user).filter(gateway=gateway)


def _changeable(request: HttpRequest, gateway: str, view_id: int) -> SavedView:
    """A view of one's own; for an administrator of the gateway the team's too. Others are not there."""
    mine = Q(user=request.user.pk)
    if may(request.user, Action.ADMINISTER, gateway):
        mine |= Q(is_team=True)
    return get_object_or_404(SavedView, mine, gateway=gateway, pk=view_id)


def _description(request: HttpRequest) -> str:
    text = " ".join(request.POST.get("description", "").split())
    if len(text) > DESCRIPTION_LENGTH or not text.isprintable():
        raise ViewError(f"A description has up to {DESCRIPTION_LENGTH} characters, all of which can be seen.")
    return text


def _own(request: HttpRequest, gateway: str, view_id: int) -> SavedView:
    return get_object_or_404(SavedView, user=request.user.pk, gateway=gateway, pk=view_id)


def _make_default(request: HttpRequest, gateway: str, view: SavedView | None) -> None:
    """First nobody, then the one: the database refuses two at any moment."""
    SavedView.objects.filter(user=request.user.pk, gateway=gateway, is_default=True).update(is_default=False)
    if view:
        SavedView.objects.filter(pk=view.pk).update(is_default=True)


def _name(request: HttpRequest) -> str:
    name = request.POST.get("name", "").strip()
    if not name:
        raise ViewError("“name” is empty. Give the view a name, such as “Failed today”.")
    if len(name) > NAME_LENGTH:
        raise ViewError(f"“name” takes at most {NAME_LENGTH} characters, and this one has {len(name):,}.")
    if not name.isprintable():
        raise ViewError("“name” holds characters that cannot be seen. Type it anew, without them.")
    return name


def _ask_to_replace(request: HttpRequest, gateway: str, view: SavedView, kept: Kept) -> HttpResponse:
    context = {
        "title": f"Replace the view “{marked(view.name)}”?",
        "view": next(each for each in saved_views(request, gateway) if each.id == view.pk),
        "name": view.name,
        "kept": kept.text,
        "sentence": marked(words(kept.query)),
        "default": request.POST.get("default", ""),
        "next": own_url(request, request.POST.get("next", "")) or list_url(gateway, kept.text),
    }
    return render_part(request, "sharing/replace.html", context, status=409)


def _back(request: HttpRequest, gateway: str, text: str = "") -> HttpResponse:
    url = own_url(request, request.POST.get("next", "")) or list_url(gateway, text)
    return HttpResponseRedirect(url)
