"""Saved views and recent searches as a page shows them. One that can no longer be read is shown, with what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from gateway_dash.gateway.box import spell_box
from gateway_dash.gateway.errors import QueryError
from gateway_dash.gateway.sentence import words
from gateway_dash.sharing.models import NAME_LENGTH, RECENT_LIMIT, VIEWS_LIMIT, RecentSearch, SavedView
from gateway_dash.sharing.spelling import Kept
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
    def is_full(self) -> bool:
        """Whether no more views can be saved."""
        return len(self.saved) >= VIEWS_LIMIT


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
    """A person's views by name: of one gateway, or of all."""
    mine = SavedView.objects.filter(user=request.user.pk)
    views = mine.filter(gateway=gateway) if gateway else mine
    return sorted((_view(each, current) for each in views), key=lambda each: (each.gateway, each.name.casefold()))


def recent_searches(request: HttpRequest, gateway: str = "") -> list[Shown]:
    """A person's searches, the newest first: of one gateway, or the newest of all."""
    mine = RecentSearch.objects.filter(user=request.user.pk).order_by("-at", "-pk")
    searches = mine.filter(gateway=gateway) if gateway else mine
    return [_search(each) for each in searches[:RECENT_LIMIT]]


def _view(view: SavedView, current: str | None) -> Shown:
    return Shown(
        **_told(view.query),
        id=view.pk,
        gateway=view.gateway,
        name=marked(view.name),
        url=list_url(view.gateway, view.query),
        at=view.created_at,
        is_default=view.is_default,
        is_current=view.query == current,
    )


def _search(search: RecentSearch) -> Shown:
    url = list_url(search.gateway, search.query)
    return Shown(**_told(search.query), id=search.pk, gateway=search.gateway, name="", url=url, at=search.at)


def _told(text: str) -> dict[str, Any]:
    try:
        query = Kept.read(text).query
    except QueryError as error:
        return {"sentence": _short(text), "problem": marked(error.message)}
    return {"sentence": _short(words(query, zone=zone.current())), "box": spell_box(query)}


def _short(text: str) -> str:
    return shorten(marked(text), SENTENCE_LENGTH)


def list_url(gateway: str, text: str = "") -> str:
    """The address of a list that is kept."""
    return reverse("log-list", args=[gateway]) + ("?" + text if text else "")
