"""{% keep_button log_id=log.id %}: the mark that keeps a log from bulk deletions, on the log's own pages."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse

from gateway_dash import upstream
from gateway_dash.bulk.models import KeepMark

register = template.Library()


@register.inclusion_tag("bulk/keep.html", takes_context=True)
def keep_button(context: dict[str, Any], log_id: str) -> dict[str, Any]:
    """Nothing for an id that no address can name."""
    gateway = context["gateway"]
    try:
        url = reverse("log-keep", args=[gateway, log_id])
    except NoReverseMatch:
        return {}
    mark = KeepMark.objects.filter(account=upstream.account_key(), gateway=gateway, log_id=log_id).first()
    return {"url": url, "mark": mark, "csrf_token": context.get("csrf_token"), "site": context.get("site")}
