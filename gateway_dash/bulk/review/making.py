"""Make a review: which logs are meant is read once, each checked, and their ids are written down."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from gateway_dash import upstream
from gateway_dash.bulk import which
from gateway_dash.bulk.models import NAME_LENGTH
from gateway_dash.bulk.review.models import Review, ReviewLog
from gateway_dash.bulk.spec import up_to
from gateway_dash.bulk.tombstones import selected_words
from gateway_dash.gateway import calls
from gateway_dash.gateway.errors import Refusal
from gateway_dash.gateway.query import LogQuery
from gateway_dash.logs.screen import read_screen
from gateway_dash.logs.selection import Ticks
from gateway_dash.web.render import SeeOther

MOST = 2000  # logs of one review
PAGE = 50
READING_S = 20.0
NOT_MADE = "No review was made."


@require_POST
def review_start(request: HttpRequest, gateway: str) -> HttpResponse:
    """A review of the ticked logs, or of all that matched when the list was shown; then to its first log."""
    _screen, query = read_screen(request, gateway)
    ticks = Ticks.read(request.POST)
    if ticks.everything:
        with calls.longer(READING_S):
            ids = matching(gateway, query)
        title = selected_words(len(ids), query)
    else:
        ids, title = list(ticks.ids), selected_words(len(ticks.ids), None)
    if not ids:
        raise Refusal("No log is selected. Tick the logs to review, or choose “Review…” above the list for all.")
    if len(ids) > MOST:
        raise _too_many(len(ids))
    review = make(gateway, request.user, title, ids)
    return SeeOther(reverse("review", args=[gateway, review.key]))


def make(gateway: str, author: Any, title: str, ids: list[str]) -> Review:
    """Write the review and its logs down, all or nothing."""
    with transaction.atomic():
        review = Review.objects.create(
            account=upstream.account_key(),
            gateway=gateway,
            title=title,
            author=author,
            author_name=author.get_username()[:NAME_LENGTH],
        )
        logs = (ReviewLog(review=review, position=at, log_id=log_id) for at, log_id in enumerate(ids))
        ReviewLog.objects.bulk_create(logs, batch_size=200)
    return review


def matching(gateway: str, query: LogQuery) -> list[str]:
    """The ids of all logs that match, in the order of the list, up to when it was shown."""
    logs = upstream.logs(gateway)
    query = _fixed(query)
    found: dict[str, None] = {}  # a log that moved to the next page meanwhile comes twice
    while True:
        rows, total = logs.unchecked(query)
        if total > MOST:
            raise _too_many(total)
        fitted = which.fitting(query, rows, NOT_MADE)
        which.check_ids(rows, NOT_MADE)
        found |= {log.id: None for log in fitted}
        if not rows or query.page * PAGE >= min(total, MOST):
            return list(found)
        query = query.change(page=query.page + 1)


def _fixed(query: LogQuery) -> LogQuery:
    """With fixed times, up to when the list was shown: logs that arrive meanwhile move nothing."""
    end = min(query.as_of or query.ends or query.read_at, query.read_at)
    return up_to(query, end, f"The range of this list holds no time yet. Choose another range. {NOT_MADE}")


def _too_many(count: int) -> Refusal:
    return Refusal(
        f"{count:,} logs match, and one review holds at most {MOST:,}. Narrow the filter or the range, or tick the "
        f"logs. {NOT_MADE}"
    )
