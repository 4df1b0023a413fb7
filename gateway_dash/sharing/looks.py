"""When a person last looked at a view: so that the page can say what is new since then."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from gateway_dash.sharing.models import ViewLook

ONE_LOOK = timedelta(minutes=30)  # a page that is read again within this time is still the same look


def last_look(person: Any, view_id: int) -> datetime | None:
    """When this look began to be another than the one before: up to when the person knows the view. None: never."""
    found = ViewLook.objects.filter(user=person.pk, view=view_id).first()
    return found.before if found else None


def look(person: Any, view_id: int) -> None:
    """Note that the person looks now. What was the last look stays that while this one goes on."""
    now = timezone.now()
    mine = ViewLook.objects.filter(user=person.pk, view=view_id)
    found = mine.first()
    if found is None:
        try:
            with transaction.atomic():
                ViewLook.objects.create(user=person, view_id=view_id, at=now)
        except IntegrityError:
            pass  # two pages at once: the other one noted it
    elif now - found.at >= ONE_LOOK:
        mine.filter(at=found.at).update(at=now, before=found.at)
