"""Who has a log open now: its page says so every few seconds while it is seen, and seldom is a row written for that."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from gateway_dash.talk.here import Here
from gateway_dash.talk.models import NAME_LENGTH, Presence

EVERY_S = 16  # between two beats of a page: two of them make more than WRITE_S
WRITE_S = 30  # at most one write in so many seconds for a person and a log
HERE_S = 45  # so long after the last write somebody counts as here
NAMES_LIMIT = 12


def beat(person: Any, here: Here) -> None:
    """This person has the log open. What is older than anybody asks for goes with the write."""
    now = timezone.now()
    written_at = Presence.objects.filter(**here.row, person=person).values_list("at", flat=True).first()
    if written_at and now - timedelta(seconds=WRITE_S) < written_at <= now:
        return
    with transaction.atomic():
        Presence.objects.bulk_create(
            [Presence(**here.row, person=person, name=person.get_username()[:NAME_LENGTH], at=now)],
            update_conflicts=True,
            unique_fields=["account", "gateway", "log_id", "person"],
            update_fields=["name", "at"],
        )
        Presence.objects.filter(at__lt=now - timedelta(seconds=HERE_S)).delete()


def others(person: Any, here: Here) -> list[str]:
    """The names of the others who have it open."""
    since = timezone.now() - timedelta(seconds=HERE_S)
    found = Presence.objects.filter(**here.row, at__gte=since).exclude(person=person).order_by("name")
    return list(found.values_list("name", flat=True)[:NAMES_LIMIT])
