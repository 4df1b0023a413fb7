"""The rows of a table of logs."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context, engines

register = template.Library()


@register.simple_tag(takes_context=True)
def rows_of_logs(context: Context, marks: Any, opened: str | None = None) -> Any:
    """`rows` of the context, with the number of comments of each in `marks` (talk/counting.py), and the one opened."""
    page, selection = context.get("page"), context.get("selection")
    given = {
        "rows": context["rows"],
        "marks": marks,
        "opened": opened or None,
        "centre": context.get("centre"),
        "picks": bool(selection),
        "here": selection.here if selection else (),
        "off": bool(page and page.misfits),
    }
    # A module of Jinja says itself that its text is markup, in which each part was escaped.
    return engines["compiled"].env.get_template("logs/rows.jinja").make_module(given)  # type: ignore[attr-defined]
