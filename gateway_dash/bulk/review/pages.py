"""The reviews of a gateway: the list, the way to one's next log, how far one is, and the verdicts as a file."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from gateway_dash import upstream
from gateway_dash.bulk.review import claims
from gateway_dash.bulk.review.models import Review, ReviewLog
from gateway_dash.bulk.review.progress import shown, verdicts_csv
from gateway_dash.logs.screen import take, whole_number
from gateway_dash.web.render import render_part
from gateway_dash.web.text import marked

LISTED = 50


@require_safe
def review_list(request: HttpRequest, gateway: str) -> HttpResponse:
    """The reviews of a gateway, the newest first. Asks the upstream nothing."""
    found = Review.objects.filter(account=upstream.account_key(), gateway=gateway).order_by("-created_at", "-pk")
    if before := request.GET.get("before", ""):
        found = found.filter(created_at__lt=claims.review_of(gateway, before).created_at)
    page = list(found[: LISTED + 1])
    context = {
        "title": f"Reviews of {gateway}",
        "section": "reviews",
        "reviews": shown(page[:LISTED], request.user),
        "older": page[LISTED - 1].key if len(page) > LISTED else "",
    }
    return render_part(request, "bulk/review/list.html", context)


@require_safe
def review(request: HttpRequest, gateway: str, key: str) -> HttpResponse:
    """To the person's next log: the one that they have, else the first that is neither done nor with somebody else."""
    found = claims.review_of(gateway, key)
    given, _rest = take(request.GET, "after", "said")
    after = whole_number(given, "after", "the place of a log in this review")
    log = claims.hand_out(found, request.user, after=after)
    if log is None:
        return _summary(request, found)
    said = f"?said={given['said']}" if given.get("said") in ("saved", "gone") else ""
    return HttpResponseRedirect(shown([found], request.user)[0].url_of(log.log_id) + said)


@require_safe
def review_summary(request: HttpRequest, gateway: str, key: str) -> HttpResponse:
    """How far the review is, and what was said. Claims nothing, and asks the upstream nothing."""
    return _summary(request, claims.review_of(gateway, key))


def _summary(request: HttpRequest, found: Review) -> HttpResponse:
    here = shown([found], request.user)[0]
    held = found.logs.filter(state=ReviewLog.State.OPEN).exclude(claims.free_for(request.user))
    notes = found.logs.exclude(note="").order_by("position")
    progress = here.progress
    state = "is finished" if progress.is_finished else f"has {progress.left:,} of {progress.total:,} logs left"
    context = {
        "title": marked(f"The review {state}"),
        "section": "reviews",
        "shown": here,
        "held": list(held.values("log_id", "claimed_by_name", "claimed_until")[:LISTED]),
        "free": progress.left - held.count(),
        "notes": [(each, here.url_of(each.log_id)) for each in notes[:LISTED]],
        "notes_left_out": max(0, notes.count() - LISTED),
    }
    return render_part(request, "bulk/review/summary.html", context)


@require_safe
def review_csv(request: HttpRequest, gateway: str, key: str) -> HttpResponse:
    """Id, verdict, score, note and reviewer of each log."""
    found = claims.review_of(gateway, key)
    response = HttpResponse(verdicts_csv(found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{gateway}-review-{key}.csv"'
    return response
