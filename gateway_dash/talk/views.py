"""The comments of a log: read, made, changed, taken away; and who has it open. The upstream is asked nothing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST, require_safe

from gateway_dash.gateway.errors import NotAllowed
from gateway_dash.logs.screen import take, whole_number
from gateway_dash.talk import presence, writing
from gateway_dash.talk.form import CommentForm, check_place
from gateway_dash.talk.here import Here
from gateway_dash.talk.models import Comment
from gateway_dash.talk.thread import Thread, newer_than, thread_of
from gateway_dash.team.actions import Action
from gateway_dash.team.rights import check
from gateway_dash.web.render import SeeOther, push_url, render_part, wants_fragment

OTHERS_WERE_QUICKER = "Others wrote in the same moment. Send it once more."


@require_safe
def log_comments(request: HttpRequest, gateway: str, log_id: str) -> HttpResponse:
    """The comments by themselves; `before` a number, where there are more than one page. For htmx the list alone."""
    given, rest = take(request.GET, "before")
    here = Here.read(request, gateway, log_id, rest)
    before = whole_number(given, "before", "the number of a comment")
    context = {"talk": thread_of(request, here, before=before), "title": "Comments"}
    return push_url(render_part(request, "talk/page.html#thread", context), None)


@require_POST
def comment_add(request: HttpRequest, gateway: str, log_id: str) -> HttpResponse:
    """Say something about a log, or about a `place` in one of its bodies."""
    here = Here.read(request, gateway, log_id)
    form = CommentForm.read(request.POST, gateway)
    check_place(request, gateway, form)
    comment = None if form.error else writing.make(request, here, form)
    if comment is None:
        form.error = form.error or OTHERS_WERE_QUICKER
        return _card(request, here, form)
    return _done(request, here, comment, form)


@require_POST
def comment_change(request: HttpRequest, gateway: str, log_id: str, number: int) -> HttpResponse:
    """Another text for a comment of one's own."""
    here = Here.read(request, gateway, log_id)
    comment = _there(here, number)
    if comment.author_id != request.user.pk:
        raise NotAllowed("Only who wrote a comment may change it. Nothing was changed.")
    form = CommentForm.read(request.POST, gateway, number=number)
    if form.error:
        return _card(request, here, form)
    writing.change(request, here, comment, form)
    return _done(request, here, comment, form)


@require_POST
def comment_remove(request: HttpRequest, gateway: str, log_id: str, number: int) -> HttpResponse:
    """Take away a comment of one's own; who administers the gateway takes away any."""
    here = Here.read(request, gateway, log_id)
    comment = _there(here, number)
    if comment.author_id != request.user.pk:
        check(request.user, Action.ADMINISTER, gateway, nothing="Only who wrote it can take this comment away.")
    writing.remove(request, here, comment)
    return _done(request, here, comment, CommentForm())


@require_POST
def log_here(request: HttpRequest, gateway: str, log_id: str) -> HttpResponse:
    """An open page says that it is `seen` up to a comment, and learns who else is there and what came since."""
    here = Here.read(request, gateway, log_id)
    seen = whole_number({"seen": request.POST.get("seen", "")}, "seen", "the number of a comment") or 0
    presence.beat(request.user, here)
    if not wants_fragment(request):
        return SeeOther(here.page)
    others = tuple(presence.others(request.user, here))
    talk = Thread(here=here, last=seen, others=others, newer=newer_than(here, seen))
    return push_url(render_part(request, "talk/here.html", {"talk": talk}), None)


def _there(here: Here, number: int) -> Comment:
    return get_object_or_404(Comment, **here.row, number=number, removed_at=None)


def _done(request: HttpRequest, here: Here, comment: Comment, form: CommentForm) -> HttpResponse:
    """On to the log's page; for htmx the card as it is now, with what there is to say of this comment."""
    if not wants_fragment(request):
        return SeeOther(here.comment(comment.number, comment.number))
    return _card(request, here, CommentForm(), unheard=form.unheard)


def _card(request: HttpRequest, here: Here, form: CommentForm, unheard: tuple[str, ...] = ()) -> HttpResponse:
    """The card with what was typed; without htmx on a page of its own, since the log's page asks the upstream."""
    context = {"talk": thread_of(request, here, form), "unheard": unheard, "title": "Comments"}
    status = 422 if form.error else 200
    return push_url(render_part(request, "talk/page.html#comments", context, status=status), None)
