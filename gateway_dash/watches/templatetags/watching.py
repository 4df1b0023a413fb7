"""Watches on pages that know nothing of this room: their templates ask.

{% open_alerts as alerts %}     how many watches of the gateway of the address found something that goes on
{% watches_of view_id as n %}   how many watches count a saved view
"""

from __future__ import annotations

from typing import Any

from django import template

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
def watches_of(view_id: int) -> int:
    """Of everybody, for they all go with the view."""
    return Watch.objects.filter(view=view_id).count()
