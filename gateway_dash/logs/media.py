"""A picture of a body, shown because somebody asked for it: a raster, from the body itself, never fetched."""

from __future__ import annotations

import base64
import binascii
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.utils.csp import CSP
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from gateway_dash import upstream
from gateway_dash.gateway.errors import NotFound, QueryError, Refusal
from gateway_dash.gateway.stored import Side
from gateway_dash.logs.screen import take
from gateway_dash.logs.several import read_origin
from gateway_dash.logs.turns import may_be_shown
from gateway_dash.payload import media
from gateway_dash.payload.conversation import Media
from gateway_dash.payload.document import Document, read_document
from gateway_dash.payload.exchange import read_side
from gateway_dash.payload.paths import read_path
from gateway_dash.payload.shapes import Hints
from gateway_dash.payload.values import text_at
from gateway_dash.web.render import render_part

# The policy of every page, and one thing more: a test holds the two against each other.
POLICY: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "connect-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "object-src": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}


@require_safe
@csp_override(POLICY)
def log_media(request: HttpRequest, gateway: str, log_id: str, side: Side) -> HttpResponse:
    """The picture at `at` on a page of its own: the only one whose policy lets a `data:` address be shown."""
    given, rest = take(request.GET, "at")
    screen, query = read_origin(request, gateway, rest)
    try:
        path = read_path(given.get("at", ""))
    except ValueError as error:
        raise QueryError(f"“at” {error}.") from None
    body = upstream.logs(gateway).bodies.kept(log_id, side)
    data = media.data_of(_text(read_document(body.data, whole=body.whole), side, path))
    if not data:
        raise NotFound(f"The {side} has no picture at that place.")
    found = media.inline("image", data, path)
    if not may_be_shown(found):
        raise Refusal(
            "Only PNG, JPEG, GIF and WebP pictures of up to 40 megapixels are shown. Download the body instead."
        )
    context = {
        "media": replace(found, name=given["at"]),
        "source": _data_url(found, data),
        "side": side,
        "log_id": log_id,
        "query": query,
        "back": screen.log_url(query, log_id),
        "title": f"Picture of the {side}",
        "section": "logs",
    }
    return render_part(request, "logs/media.html", context)


def _text(document: Document, side: Side, path: tuple[str | int, ...]) -> str:
    if document.kind == "events":
        assembled = read_side(document, side, Hints()).assembled
        return text_at(assembled.value, *path) if assembled else ""
    return text_at(document.value, *path)


def _data_url(found: Media, data: str) -> str:
    """Encoded anew, so that nothing but base64 gets into the address."""
    try:
        plain = base64.b64decode(data.replace("-", "+").replace("_", "/") + "==")
    except (binascii.Error, ValueError) as error:
        raise Refusal("The picture's base64 cannot be read to its end.") from error
    return f"data:{found.type};base64,{base64.b64encode(plain).decode('ascii')}"
