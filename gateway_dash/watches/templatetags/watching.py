"""Watches on pages that know nothing of this room: their templates ask.

{% open_alerts as alerts %}     how many watches of the gateway of the address found something that goes on
{% watches_of views as found %} how many watches count each of these saved views: found|of_view:view
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template
from django.db.models import Count

from gateway_dash.sharing.menu import Shown
from gateway_dash.watches.models import Alert, Watch
from gateway_dash.watches.shown import visible

register = template.Library()


@register.simple_tag(takes_context=True)
def open_alerts(context: Any) -> int:
    """Asks the database only for somebody who is signed in, in a gateway."""
    person, gateway = getattr(context.get("request"), "user", None), context.get("gateway", "")
    if person is None or not person.is_authenticated or not gateway:
        return 0
    found = Alert.objects.filter(watch__in=visible(person, gateway), watch__is_on=True, ended_at=None)
    return found.values("watch").distinct().count()


@register.simple_tag
def watches_of(views: Sequence[Shown]) -> dict[int, int]:
    """Of everybody, for they all go with the view. One query for the page."""
    found = Watch.objects.filter(view__in=[view.id for view in views]).order_by()
    return dict(found.values_list("view").annotate(Count("pk")))


@register.filter
def of_view(found: dict[int, int], view: Shown) -> int:
    """How many count this view."""
    return found.get(view.id, 0)
