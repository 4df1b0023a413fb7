"""Comments made, changed and taken away: each stands in the audit trail before it is done, without its text."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.http import HttpRequest
from django.utils import timezone

from gateway_dash.talk.form import CommentForm
from gateway_dash.talk.here import Here
from gateway_dash.talk.models import NAME_LENGTH, Comment, Mention
from gateway_dash.team import audit
from gateway_dash.team.events import Event

TRIES = 3  # for a number that nobody else takes in the same moment


def make(request: HttpRequest, here: Here, form: CommentForm) -> Comment | None:
    """A new comment; None where others were quicker each time."""
    for _try in range(TRIES):
        number = last_number(here) + 1
        _note(request, Event.COMMENT_MADE, here, number, form.kept)
        try:
            with transaction.atomic():
                comment = Comment.objects.create(
                    **here.row,
                    number=number,
                    author_id=request.user.pk,
                    author_name=_name(request),
                    text=form.kept,
                    place=form.place,
                )
                _call(comment, form)
        except IntegrityError:
            continue
        return comment
    return None


def change(request: HttpRequest, here: Here, comment: Comment, form: CommentForm) -> None:
    """Another text for a comment; the same text is no event."""
    if form.kept == comment.text:
        return
    _note(request, Event.COMMENT_CHANGED, here, comment.number, form.kept)
    with transaction.atomic():
        comment.text, comment.edited_at = form.kept, timezone.now()
        comment.save(update_fields=["text", "edited_at"])
        _call(comment, form)


def remove(request: HttpRequest, here: Here, comment: Comment) -> None:
    """Take a comment away: what it said is gone, that it was there stays, and nobody is called by it any more."""
    whose = comment.author_name if comment.author_id != request.user.pk else ""
    _note(request, Event.COMMENT_REMOVED, here, comment.number, comment.text, author=whose)
    with transaction.atomic():
        comment.mentions.all().delete()
        comment.text = comment.place = ""
        comment.removed_at, comment.removed_by = timezone.now(), _name(request)
        comment.save(update_fields=["text", "place", "removed_at", "removed_by"])


def last_number(here: Here) -> int:
    """The highest number among the comments of a log; 0: there was none."""
    found: int | None = Comment.objects.filter(**here.row).aggregate(last=Max("number"))["last"]
    return found or 0


def _note(request: HttpRequest, what: Event, here: Here, number: int, text: str, **more: Any) -> None:
    digest = hashlib.sha256(text.encode()).hexdigest()
    facts = {"log": here.log_id, "comment": number, "length": len(text), "sha256": digest}
    audit.note(request, what, here.gateway, **facts, **more)


def _call(comment: Comment, form: CommentForm) -> None:
    """Who is called from now on; who was called before and has seen it stays so. Nobody calls themselves."""
    called = {call.person.pk: call.name for call in form.called if call.person and call.person.pk != comment.author_id}
    comment.mentions.exclude(person__in=called).delete()
    before = set(comment.mentions.values_list("person_id", flat=True))
    Mention.objects.bulk_create(
        Mention(comment=comment, person_id=pk, name=name, account=comment.account, gateway=comment.gateway)
        for pk, name in called.items()
        if pk not in before
    )


def _name(request: HttpRequest) -> str:
    return request.user.get_username()[:NAME_LENGTH]
