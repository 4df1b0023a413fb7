"""One log of a review: look at it, say what it is, go on to the next that nobody else has."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from gateway_dash import upstream
from gateway_dash.bulk.models import NAME_LENGTH
from gateway_dash.bulk.review import claims
from gateway_dash.bulk.review.form import ReviewForm, chosen_of
from gateway_dash.bulk.review.models import NOTE_LENGTH, ReviewLog
from gateway_dash.bulk.review.progress import shown
from gateway_dash.gateway.errors import GatewayError, NotFound
from gateway_dash.gateway.models import Log
from gateway_dash.logs.annotate import note_annotation, save_annotation, typed_panel
from gateway_dash.logs.cells import value_text
from gateway_dash.logs.conversation import conversation_context
from gateway_dash.logs.detail import AnnotationPanel, annotation_panel
from gateway_dash.logs.evidence import of_bodies
from gateway_dash.logs.head import head_context
from gateway_dash.logs.screen import read_screen
from gateway_dash.web.render import SeeOther, render_part, wants_fragment

SWEPT_AT_ONCE, SWEEPS = 50, 5
RENEW_S = 60
TAKEN = "has this log now, so nothing was saved. What you typed stands below: save again when they have let go of it."
LOST = "took this log over meanwhile. Your verdict and score are saved upstream; the note is not kept here."


@require_safe
def review_log(request: HttpRequest, gateway: str, key: str, log_id: str) -> HttpResponse:
    """The log with its conversation and the form; read-only where somebody else has it."""
    entry = claims.log_of(gateway, key, log_id)
    logs = upstream.logs(gateway)
    if claims.claim(entry, request.user):
        claims.let_others_go(entry, request.user)
    try:
        log = logs.log(log_id)
    except NotFound as error:
        if entry.state == ReviewLog.State.OPEN:
            return _pass_over(entry)
        return _show(request, entry, None, None, unread=error, status=error.status)
    ReviewLog.objects.filter(pk=entry.pk, state=ReviewLog.State.GONE).update(state=ReviewLog.State.OPEN)
    return _show(request, entry, log, annotation_panel(log))


@require_POST
def review_save(request: HttpRequest, gateway: str, key: str, log_id: str) -> HttpResponse:
    """Save as the annotation form does, write down what was said, and go on; else the form as it was typed."""
    entry, form, logs = claims.log_of(gateway, key, log_id), ReviewForm.read(request.POST), upstream.logs(gateway)
    is_mine = claims.claim(entry, request.user)
    try:
        log = logs.log(log_id)
        if form.annotation.errors or not is_mine:
            panel = typed_panel(log, form.annotation)
            if is_mine:
                return _show(request, entry, log, panel, form=form, status=422)
            return _show(request, entry, log, panel, form=form, taken=TAKEN, status=409)
        log, panel = save_annotation(logs, log, form.annotation, partial(note_annotation, request, gateway))
    except NotFound:
        return _pass_over(entry, form.kept_note, request.user)
    except GatewayError as error:  # before anything was sent; the form is all that there is of the page
        return _show(request, entry, None, form.unread_panel(), form=form, unread=error, status=error.status)
    if not panel.saved:
        return _show(request, entry, log, panel, form=form, status=_status(panel))
    if not _write_down(entry, request.user, form, log):
        return _show(request, entry, log, panel, form=form, taken=LOST, status=409)
    return SeeOther(_url_next(entry, said="saved"))


@require_POST
def review_claim(request: HttpRequest, gateway: str, key: str, log_id: str) -> HttpResponse:
    """Ten minutes more, asked for by the open page; it says so when somebody else has the log."""
    entry = claims.log_of(gateway, key, log_id)
    claims.claim(entry, request.user)
    if not wants_fragment(request):
        return SeeOther(reverse("review-log", args=[gateway, key, log_id]))
    context = {"entry": entry, "renew_s": RENEW_S, "key": key, "holder": claims.holder(entry, request.user)}
    return render_part(request, "bulk/review/log.html#claim", context)


def _write_down(entry: ReviewLog, person: Any, form: ReviewForm, log: Log) -> bool:
    """What was said, by who still has the log; False where somebody took it over after the claim ran out."""
    mine = ReviewLog.objects.filter(pk=entry.pk, claimed_by=person)
    return bool(
        mine.update(
            state=ReviewLog.State.DONE,
            verdict=form.verdict,
            score=log.score,
            note=form.kept_note,
            reviewer=person,
            reviewer_name=person.get_username()[:NAME_LENGTH],
            done_at=claims.now(),
            **claims.NOBODY,
        )
    )


def _status(panel: AnnotationPanel) -> int:
    if panel.errors or panel.conflicts:
        return 409 if panel.conflicts else 422
    return panel.problem.status if panel.problem else 200


def _url_next(entry: ReviewLog, *, said: str) -> str:
    review = entry.review
    url = reverse("review", args=[review.gateway, review.key])
    return f"{url}?after={entry.position}&said={said}"


def _pass_over(entry: ReviewLog, note: str = "", person: Any = None) -> HttpResponse:
    """Mark the log as gone, and with it those behind it that are gone too: fifty for one call."""
    claims.mark_gone(entry, note=note, person=person)
    logs = upstream.logs(entry.review.gateway)
    for _ in range(SWEEPS):
        left = ReviewLog.objects.filter(review=entry.review, state=ReviewLog.State.OPEN, position__gt=entry.position)
        batch = list(left.order_by("position")[:SWEPT_AT_ONCE])
        here = {log.id for log in logs.find([each.log_id for each in batch])} if batch else set()
        for each in batch:
            if each.log_id not in here:
                claims.mark_gone(each)
        if here or not batch:
            break
    return SeeOther(_url_next(entry, said="gone"))


def _show(
    request: HttpRequest,
    entry: ReviewLog,
    log: Log | None,
    panel: AnnotationPanel | None,
    *,
    form: ReviewForm | None = None,
    taken: str = "",
    unread: GatewayError | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page. Without a log there is only what was typed; without a panel nothing can be said."""
    gateway, person = entry.review.gateway, request.user
    here = shown([entry.review], person)[0]
    before, behind = claims.neighbours(entry, person)
    said = request.GET.get("said", "")
    context = {
        "title": "A log that cannot be read now",
        **(_of_log(request, gateway, log) if log else {}),
        "section": "reviews",
        "entry": entry,
        "shown": here,
        "key": entry.review.key,
        "annotation": panel,
        "chosen": form.chosen if form else chosen_of(entry, panel) if panel else None,
        "note": form.note if form else entry.note,
        "note_length": NOTE_LENGTH,
        "holder": claims.holder(entry, person),
        "taken": taken,
        "unread": unread,
        "renew_s": RENEW_S,
        "said": said if said in ("saved", "gone") else "",
        "url_before": here.url_of(before),
        "url_behind": here.url_of(behind),
    }
    return render_part(request, "bulk/review/log.html", context, status=status)


def _of_log(request: HttpRequest, gateway: str, log: Log) -> dict[str, Any]:
    """The log as its own page has it, with both bodies whole: a reviewer judges what was said to its end."""
    screen, query = read_screen(request, gateway, QueryDict())
    conversation = conversation_context(screen, log, query, of_bodies(upstream.logs(gateway), log))
    conversation["is_asked"] = True
    pairs = [(key, value_text(value)) for key, value in (log.metadata_map() or {}).items()]
    return head_context(screen, log, query) | {"conversation": conversation, "pairs": pairs}
