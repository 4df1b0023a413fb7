"""Comments on the pages of logs, which know nothing of this room: their templates ask.

{% log_talk as talk %}            the comments of the log of the address, for talk/comments.html
{% gone_talk as talk %}           the same where the log is not there any more; nothing where there are none
{% comment_marks rows as marks %} how many each row of a table has: marks.of(row)
{% comments_of log_id as said %}  how many one log has
{% comments_at id as said %}      how many a place of a tree has, by its element's id
{% unseen_mentions as unseen %}   how many mentions the person has not seen; no query for nobody
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template

from gateway_dash.logs.rows import Row
from gateway_dash.talk import counting, mentions
from gateway_dash.talk.form import CommentForm, read_place
from gateway_dash.talk.here import Here
from gateway_dash.talk.models import Comment
from gateway_dash.talk.thread import Thread, thread_of
from gateway_dash.team.actions import Action
from gateway_dash.team.rights import may

register = template.Library()


@register.simple_tag(takes_context=True)
def log_talk(context: Any) -> Thread:
    """`comment_place` of the context is the place that a new comment is about, for who may read bodies."""
    request, gateway, log_id = _address(context)
    place = context.get("comment_place", "") if may(request.user, Action.READ, gateway) else ""
    here = Here(gateway, log_id, context.get("suffix", ""))
    return thread_of(request, here, CommentForm(place=read_place(place)))


@register.simple_tag(takes_context=True)
def gone_talk(context: Any) -> Thread | None:
    """Only on the page of the log itself, and only for who may see its gateway."""
    request = context.get("request")
    match = getattr(request, "resolver_match", None)
    if match is None or match.url_name != "log-detail" or not may(request.user, Action.SEE, match.kwargs["gateway"]):
        return None
    here = Here(match.kwargs["gateway"], match.kwargs["log_id"])
    return thread_of(request, here) if Comment.objects.filter(**here.row, removed_at=None).exists() else None


@register.simple_tag(takes_context=True)
def comment_marks(context: Any, rows: Sequence[Row]) -> counting.Marks:
    """One query for the table."""
    return counting.marks_of(rows, context.get("gateway", ""))


@register.simple_tag(takes_context=True)
def comments_of(context: Any, log_id: str) -> int:
    """Nothing in a list of several gateways, which does not say whose log it is."""
    gateway = context.get("gateway", "")
    return counting.count_of(gateway, log_id) if gateway else 0


@register.simple_tag(takes_context=True)
def comments_at(context: Any, place_id: str) -> int:
    """One query for all nodes of a page."""
    request, gateway, log_id = _address(context)
    if not hasattr(request, "comments_at_places"):
        request.comments_at_places = counting.places_of(gateway, log_id)
    number: int = request.comments_at_places.get(place_id, 0)
    return number


@register.simple_tag(takes_context=True)
def unseen_mentions(context: Any) -> int:
    """Asks the database only for somebody who is signed in."""
    person = getattr(context.get("request"), "user", None)
    return mentions.unseen(person) if person is not None and person.is_authenticated else 0


def _address(context: Any) -> tuple[Any, str, str]:
    kwargs = context["request"].resolver_match.kwargs
    return context["request"], kwargs["gateway"], kwargs["log_id"]
