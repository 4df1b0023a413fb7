"""Who has which log of a review: each change is one guarded UPDATE, so that two people never get the same one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.http import Http404
from django.utils import timezone

from gateway_dash import upstream
from gateway_dash.bulk.models import NAME_LENGTH
from gateway_dash.bulk.review.models import Review, ReviewLog

CLAIM = timedelta(minutes=10)
NOBODY = {"claimed_by": None, "claimed_by_name": "", "claimed_until": None}


def now() -> datetime:
    """The clock that all claims go by."""
    return timezone.now()


def review_of(gateway: str, key: str) -> Review:
    """The review of this gateway; "no" and "not there" look alike."""
    found = Review.objects.filter(account=upstream.account_key(), gateway=gateway, key=key).first()
    if found is None:
        raise Http404
    return found


def log_of(gateway: str, key: str, log_id: str) -> ReviewLog:
    """One log of a review."""
    found = ReviewLog.objects.select_related("review").filter(review=review_of(gateway, key), log_id=log_id).first()
    if found is None:
        raise Http404
    return found


def free_for(person: Any) -> Q:
    """Claimed by nobody else at this moment."""
    return Q(claimed_until=None) | Q(claimed_until__lte=now()) | Q(claimed_by=person)


def holder(log: ReviewLog, person: Any) -> str:
    """The name of somebody else who has the log now; empty for none."""
    is_held = log.claimed_until is not None and log.claimed_until > now() and log.claimed_by_id != person.pk
    return (log.claimed_by_name or "Somebody") if is_held else ""


def claim(log: ReviewLog, person: Any, *, only_open: bool = False) -> bool:
    """Take the log for ten minutes, or ten minutes more; False where somebody else has it, or it is done."""
    wanted = ReviewLog.objects.filter(free_for(person), pk=log.pk)
    if only_open:
        wanted = wanted.filter(state=ReviewLog.State.OPEN)
    name = person.get_username()[:NAME_LENGTH]
    is_mine = wanted.update(claimed_by=person, claimed_by_name=name, claimed_until=now() + CLAIM) == 1
    log.refresh_from_db(fields=["state", "claimed_by", "claimed_by_name", "claimed_until"])
    return is_mine


def let_others_go(log: ReviewLog, person: Any) -> None:
    """A person who moves on to this log leaves the ones before to the others."""
    before = ReviewLog.objects.filter(review_id=log.review_id, claimed_by=person).exclude(pk=log.pk)
    before.update(**NOBODY)


def hand_out(review: Review, person: Any, *, after: int | None = None) -> ReviewLog | None:
    """The person's next log, claimed; None where all are done or with others.

    Who comes back goes on with the log that they have; who has saved one goes on behind it, and round to the first.
    """
    while log := _next(review, person, after):
        if claim(log, person, only_open=True):
            let_others_go(log, person)
            return log
    return None  # each turn somebody else took one, so this ends


def _next(review: Review, person: Any, after: int | None) -> ReviewLog | None:
    left = ReviewLog.objects.filter(free_for(person), review=review, state=ReviewLog.State.OPEN).order_by("position")
    if after is None:
        first = left.filter(claimed_by=person, claimed_until__gt=now()).first()
    else:
        first = left.filter(position__gt=after).first()
    return first or left.first()


def neighbours(log: ReviewLog, person: Any) -> tuple[str, str]:
    """The ids of the logs before and behind that can be looked at now, done or not; empty at the ends."""
    others = ReviewLog.objects.filter(free_for(person), review_id=log.review_id).exclude(state=ReviewLog.State.GONE)
    before = others.filter(position__lt=log.position).order_by("-position").values_list("log_id", flat=True).first()
    behind = others.filter(position__gt=log.position).order_by("position").values_list("log_id", flat=True).first()
    return before or "", behind or ""


def mark_gone(log: ReviewLog, *, note: str = "", person: Any = None) -> None:
    """The log was asked for and is not there. What somebody wrote about it is kept."""
    found = ReviewLog.objects.filter(pk=log.pk)
    found.filter(state=ReviewLog.State.OPEN).update(state=ReviewLog.State.GONE, **NOBODY)
    if note:
        found.update(note=note, reviewer=person, reviewer_name=person.get_username()[:NAME_LENGTH])
