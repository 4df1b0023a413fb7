"""The part of the call budget that jobs may take, counted for all workers together: the rest is for people."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone

from gateway_dash import upstream
from gateway_dash.bulk.models import Spent

WINDOW = timedelta(minutes=5)
LEFT_FOR_PEOPLE = 300  # of what the upstream says is left
WAIT_S = 30.0


def minutes_for(number: int) -> int:
    """How long so many calls take at the pace of jobs."""
    return math.ceil(number * (WINDOW / timedelta(minutes=1)) / upstream.job_calls())


def spend(account: str, number: int) -> None:
    """Note calls that were sent."""
    if not number:
        return
    minute = timezone.now().replace(second=0, microsecond=0)
    with transaction.atomic():
        here = Spent.objects.filter(account=account, minute=minute)
        if not here.update(calls=F("calls") + number):
            Spent.objects.get_or_create(account=account, minute=minute)
            here.update(calls=F("calls") + number)
    Spent.objects.filter(minute__lt=minute - 12 * WINDOW).delete()


def people_first_s() -> float:
    """For how long what nobody waits for has to stand back: few calls are left, and those are for people."""
    left = upstream.account().client.budget.left
    if left is not None and left < LEFT_FOR_PEOPLE:
        upstream.account().client.budget.left = None  # unknown again, once the wait is over
        return WAIT_S
    return 0.0


def wait_s(account: str) -> float:
    """For how long jobs have to leave the budget alone; 0 where they may go on."""
    if stands_back_s := people_first_s():
        return stands_back_s
    now = timezone.now()
    recent = Spent.objects.filter(account=account, minute__gt=now - WINDOW)
    if (recent.aggregate(sum=Sum("calls"))["sum"] or 0) < upstream.job_calls():
        return 0.0
    oldest: datetime = recent.order_by("minute").values_list("minute", flat=True)[0]
    return max(1.0, (oldest + WINDOW - now).total_seconds())
