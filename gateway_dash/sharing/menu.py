"""Saved views and recent searches as a page shows them. One that can no longer be read is shown, with what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from gateway_dash.gateway.box import spell_box
from gateway_dash.gateway.errors import QueryError
from gateway_dash.gateway.sentence import words
from gateway_dash.sharing.models import NAME_LENGTH, RECENT_LIMIT, VIEWS_LIMIT, RecentSearch, SavedView
from gateway_dash.sharing.spelling import Kept
from gateway_dash.team.actions import Action
from gateway_dash.team.rights import may
from gateway_dash.web import zone
from gateway_dash.web.text import marked, shorten

SENTENCE_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Shown:
    """A view or a search on a page. Its texts are marked already."""

    id: int
    gateway: str
    name: str  # empty for a search
    sentence: str
    url: str
    at: datetime
    problem: str = ""  # why it cannot be read any more; empty when all is well
    description: str = ""
    author: str = ""
    is_own: bool = True
    is_team: bool = False
    is_team_default: bool = False
    may_change: bool = True
    is_default: bool = False
    is_current: bool = False
    box: str = ""  # a search as the box takes it


@dataclass(frozen=True, slots=True)
class ViewsMenu:
    """What `sharing/views_menu.html` needs."""

    current: str  # the list on the screen, as it would be kept
    here: str  # its address, to come back to
    sentence: str
    saved: list[Shown]
    recent: list[Shown]
    view: Shown | None  # the saved view that this list is
    name_length: int = NAME_LENGTH

    @property
    def default(self) -> Shown | None:
        """The view that the gateway opens with."""
        return next((each for each in self.saved if each.is_default), None)

    @property
    def own(self) -> list[Shown]:
        """One's own views."""
        return [each for each in self.saved if each.is_own]

    @property
    def team(self) -> list[Shown]:
        """Views that others gave to the team."""
        return [each for each in self.saved if not each.is_own]

    @property
    def is_full(self) -> bool:
        """Whether no more views can be saved."""
        return len(self.own) >= VIEWS_LIMIT


def views_menu(request: HttpRequest, gateway: str, kept: Kept) -> ViewsMenu:
    """The menu beside a list: two reads of our own database, no upstream call."""
    saved = saved_views(request, gateway, kept.text)
    return ViewsMenu(
        current=kept.text,
        here=list_url(gateway, kept.text),
        sentence=_short(words(kept.query, zone=zone.current())),
        saved=saved,
        recent=[each for each in recent_searches(request, gateway) if each.url != list_url(gateway, kept.search)],
        view=next((each for each in saved if each.is_current), None),
    )


def saved_views(request: HttpRequest, gateway: str = "", current: str | None = None) -> list[Shown]:
    """A person's views by name and then the team's: of one gateway, or of all that there are for this person."""
    mine = SavedView.objects.there_for(request.user).select_related("user")
    views = mine.filter(gateway=gateway) if gateway else mine
    seen = [each for each in views if may(request.user, Action.SEE, each.gateway)]
    shown = [_view(request.user, each, current) for each in seen]
    return sorted(shown, key=lambda each: (not each.is_own, each.gateway, each.name.casefold()))


def default_of(request: HttpRequest, gateway: str) -> SavedView | None:
    """The view that the gateway opens with: one's own default, else the team's."""
    views = SavedView.objects.filter(gateway=gateway)
    own = views.filter(user=request.user.pk, is_default=True).first()
    return own or views.filter(is_team=True, is_team_default=True).first()


def recent_searches(request: HttpRequest, gateway: str = "") -> list[Shown]:
    """A person's searches, the newest first: of one gateway, or the newest of all."""
    mine = RecentSearch.objects.filter(user=request.user.pk).order_by("-at", "-pk")
    searches = mine.filter(gateway=gateway) if gateway else mine
    return [_search(each) for each in searches[:RECENT_LIMIT]]


def _view(person: Any, view: SavedView, current: str | None) -> Shown:
    is_own = view.user_id == person.pk
    return Shown(
        **_told(view.query),
        id=view.pk,
        gateway=view.gateway,
        name=marked(view.name),
        url=list_url(view.gateway, view.query),
        at=view.created_at,
        description=marked(view.description),
        author="" if is_own else marked(view.user.get_username()),
        is_own=is_own,
        is_team=view.is_team,
        is_team_default=view.is_team_default,
        may_change=is_own or may(person, Action.ADMINISTER, view.gateway),
        is_default=is_own and view.is_default,
        is_current=view.query == current,
    )


def _search(search: RecentSearch) -> Shown:
    url = list_url(search.gateway, search.query)
    return Shown(**_told(search.query), id=search.pk, gateway=search.gateway, name="", url=url, at=search.at)


def _told(text: str) -> dict[str, Any]:
    return dict(_told_in(zone.current(), text))


@lru_cache(maxsize=512)
def _told_in(place: tzinfo, text: str) -> tuple[tuple[str, str], ...]:
    """A page says the same twenty searches as the one before it."""
    try:
        query = Kept.read(text).query
    except QueryError as error:
        return ("sentence", _short(text)), ("problem", marked(error.message))
    return ("sentence", _short(words(query, zone=place))), ("box", spell_box(query))


def _short(text: str) -> str:
    return shorten(marked(text), SENTENCE_LENGTH)


def list_url(gateway: str, text: str = "") -> str:
    """The address of a list that is kept."""
    return reverse("log-list", args=[gateway]) + ("?" + text if text else "")
