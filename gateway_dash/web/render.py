"""A page or its fragment, and the way on after a form: the one place that asks whether htmx is asking."""

from __future__ import annotations

import threading
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils.html import escape

# Python makes one step at a time whatever we do. With one large page at once, a small one waits for its steps and not
# for those of all that a slow upstream let go of in the same moment.
LARGE_PAGE = threading.Lock()


class SeeOther(HttpResponseRedirect):
    """To the address that a form was sent for."""

    status_code = 303


def wants_fragment(request: HttpRequest) -> bool:
    """Whether only the fragment is wanted; going back in history wants the whole page."""
    htmx = getattr(request, "htmx", None)
    return htmx is not None and bool(htmx) and not htmx.history_restore_request


def render_part(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """The page `logs/list.html` of `logs/list.html#results`, or for htmx only the fragment behind the `#`.

    A fragment carries the page's `title` along: htmx takes the element out and sets it.
    """
    page, _, _name = template.partition("#")
    if not wants_fragment(request):
        return HttpResponse(render_to_string(page, context, request), status=status)
    text: str = render_to_string(template, context, request)
    if title := context.get("title"):
        text = f"<title>{escape(title)} · Gateway Dash</title>{text}"
    return HttpResponse(text, status=status)


def render_large(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The same for a page of thousands of elements: one at a time. Never ask the upstream while one is laid out."""
    with LARGE_PAGE:
        return render_part(request, template, context)


def push_url(response: HttpResponse, url: str | None) -> HttpResponse:
    """Say the address that the browser should show; None: leave it as it is. The server spells URLs, not the form."""
    response["HX-Push-Url"] = url or "false"
    return response
