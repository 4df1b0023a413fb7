"""How far a review is: counts, the list of reviews, and the verdicts as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse

from gateway_dash.bulk.review.models import Review, ReviewLog
from gateway_dash.logs.detail import score_text
from gateway_dash.payload.masking import masked_text
from gateway_dash.web.text import clean, formula_safe

COLUMNS = ("id", "verdict", "score", "note", "reviewer")


@dataclass(slots=True)
class Progress:
    """How many logs of a review have come how far."""

    done: int = 0
    mine: int = 0  # of those that are done
    gone: int = 0
    left: int = 0
    good: int = 0
    bad: int = 0
    unsure: int = 0

    @property
    def total(self) -> int:
        """All logs of the review."""
        return self.done + self.gone + self.left

    @property
    def looked(self) -> int:
        """How many need nobody any more: for the bar."""
        return self.done + self.gone

    @property
    def is_finished(self) -> bool:
        """Whether no log is left."""
        return not self.left


@dataclass(frozen=True, slots=True)
class ShownReview:
    """What the templates place."""

    review: Review
    progress: Progress

    @property
    def url(self) -> str:
        """It leads each person to their own next log."""
        return self._url("review")

    @property
    def url_summary(self) -> str:
        """How far it is; this claims no log."""
        return self._url("review-summary")

    @property
    def url_csv(self) -> str:
        """The verdicts as a file."""
        return self._url("review-csv")

    def url_of(self, log_id: str) -> str:
        """The page of one of its logs; nothing for no log."""
        return reverse("review-log", args=[self.review.gateway, self.review.key, log_id]) if log_id else ""

    def _url(self, name: str) -> str:
        return reverse(name, args=[self.review.gateway, self.review.key])


def shown(reviews: Iterable[Review], person: Any) -> list[ShownReview]:
    """The reviews with how far they are: one query for all of them."""
    found = {review.pk: ShownReview(review, Progress()) for review in reviews}
    counts = ReviewLog.objects.filter(review__in=found).order_by().values("review_id", "state", "verdict")
    for each in counts.annotate(number=Count("pk"), mine=Count("pk", filter=Q(reviewer=person))):
        _add(found[each["review_id"]].progress, each)
    return list(found.values())


def _add(progress: Progress, count: Mapping[str, Any]) -> None:
    number: int = count["number"]
    if count["state"] == ReviewLog.State.OPEN:
        progress.left += number
    elif count["state"] == ReviewLog.State.GONE:
        progress.gone += number
    else:
        progress.done += number
        progress.mine += count["mine"]
        verdict = count["verdict"]
        setattr(progress, verdict, getattr(progress, verdict) + number)


def verdicts_csv(review: Review) -> str:
    """A row for each log, in the order of the review. Text cells are made safe for spreadsheets."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for log in review.logs.order_by("position").iterator():
        verdict = log.verdict if log.state != ReviewLog.State.GONE else "gone"
        text = (formula_safe(masked_text(each)) for each in (log.note, log.reviewer_name))
        writer.writerow([formula_safe(log.log_id), verdict, score_text(log.score), *text])
    return clean(file.getvalue())
