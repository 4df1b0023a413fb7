"""Logs that no bulk deletion takes: somebody keeps them, shares them, or wrote about them.

Each room that has a reason says so at the start, with `holds_for`. This module knows those of its own room: keep marks
and the notes of reviews.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gateway_dash.bulk.models import KeepMark
from gateway_dash.bulk.review.models import ReviewLog

type Reasons = dict[str, str]  # log id -> why it is held, in words
KEPT, NOTED = "marked “keep”", "with a note from a review"
_sources: list[Callable[[str, str, Sequence[str]], Reasons]] = []


def holds_for(source: Callable[[str, str, Sequence[str]], Reasons]) -> None:
    """Who knows, by account, gateway and ids, which of these logs are held, and why."""
    _sources.append(source)


def held(account: str, gateway: str, ids: Sequence[str]) -> Reasons:
    """Those of the logs that are held, with the first reason for each."""
    found: Reasons = {}
    for source in _sources:
        found = source(account, gateway, ids) | found
    noted = ReviewLog.objects.filter(review__account=account, review__gateway=gateway, log_id__in=ids).exclude(note="")
    marks = KeepMark.objects.filter(account=account, gateway=gateway, log_id__in=ids)
    found |= dict.fromkeys(noted.values_list("log_id", flat=True), NOTED)
    return found | dict.fromkeys(marks.values_list("log_id", flat=True), KEPT)
