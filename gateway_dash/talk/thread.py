"""The comments of a log as the pages show them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

from django.http import HttpRequest

from gateway_dash.talk import presence
from gateway_dash.talk.form import CommentForm
from gateway_dash.talk.here import SHOWN, Here
from gateway_dash.talk.models import TEXT_LENGTH, Comment
from gateway_dash.talk.spoken import Part, spoken
from gateway_dash.talk.writing import last_number
from gateway_dash.team.actions import Action
from gateway_dash.team.rights import may
from gateway_dash.web.views import own_url


@dataclass(frozen=True, slots=True)
class Shown:
    """One comment. Without parts it was taken away."""

    number: int
    author: str
    at: datetime
    edited_at: datetime | None
    removed_by: str
    parts: tuple[Part, ...] = ()
    unheard: tuple[str, ...] = ()  # names in it that nobody was told of: for its author alone
    place: str = ""  # for who may read bodies
    url_place: str = ""
    url_change: str = ""  # for its author
    url_remove: str = ""  # for its author, and for who administers the gateway
    text: str = ""  # to be changed


@dataclass(frozen=True, slots=True)
class Thread:
    """What `talk/comments.html` needs."""

    here: Here
    last: int  # the highest number there is
    comments: tuple[Shown, ...] = ()
    url_earlier: str = ""
    may_write: bool = False
    others: tuple[str, ...] = ()  # who have the log open too
    newer: int = 0  # comments since the page was made
    form: CommentForm = field(default_factory=CommentForm)
    limit: int = TEXT_LENGTH
    every_s: int = presence.EVERY_S

    @property
    def count(self) -> int:
        """How many are shown that say something."""
        return sum(1 for each in self.comments if each.parts)

    @property
    def url_place(self) -> str:
        """Where the place is that the form is about."""
        return self.here.tree(self.form.place) if self.form.place else ""


def thread_of(
    request: HttpRequest, here: Here, form: CommentForm | None = None, *, before: int | None = None
) -> Thread:
    """The newest comments, the oldest of them first; or those before a number. Asks the upstream nothing."""
    found = Comment.objects.filter(**here.row).prefetch_related("mentions")
    rows = list((found.filter(number__lt=before) if before else found).order_by("-number")[: SHOWN + 1])
    shown = rows[:SHOWN][::-1]
    return Thread(
        here=here,
        comments=tuple(_shown(request, here, each) for each in shown),
        last=last_number(here) if before else (rows[0].number if rows else 0),
        url_earlier=here.before(shown[0].number) if len(rows) > SHOWN else "",
        may_write=may(request.user, Action.ANNOTATE, here.gateway),
        others=tuple(presence.others(request.user, here)),
        form=form or CommentForm(),
    )


def newer_than(here: Here, number: int) -> int:
    """How many comments came after the one of this number."""
    return Comment.objects.filter(**here.row, number__gt=number, removed_at=None).count()


def _shown(request: HttpRequest, here: Here, comment: Comment) -> Shown:
    """The comment as far as this person may see it."""
    person: Any = request.user
    shown = Shown(comment.number, comment.author_name, comment.at, comment.edited_at, comment.removed_by)
    if comment.removed_at:
        return shown
    writes = may(person, Action.ANNOTATE, here.gateway)
    is_own = writes and comment.author_id == person.pk
    names = {each.name for each in comment.mentions.all()} | {comment.author_name}
    said = spoken(comment.text, names, here.gateway, partial(own_url, request))
    place = comment.place if may(person, Action.READ, here.gateway) else ""
    may_remove = is_own or (writes and may(person, Action.ADMINISTER, here.gateway))
    return replace(
        shown,
        parts=said.parts,
        unheard=said.unheard if is_own else (),
        place=place,
        url_place=here.tree(place) if place else "",
        url_change=here.change(comment.number) if is_own else "",
        url_remove=here.remove(comment.number) if may_remove else "",
        text=comment.text if is_own else "",
    )
