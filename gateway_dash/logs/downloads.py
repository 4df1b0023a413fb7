"""A body as a file: with its secrets masked, or exactly as stored for somebody who may see them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_http_methods

from gateway_dash import upstream
from gateway_dash.gateway.errors import NotAllowed, Refusal
from gateway_dash.gateway.stored import Side
from gateway_dash.payload.masking import MOST_CHARACTERS, masked_file
from gateway_dash.team import audit
from gateway_dash.team.actions import Action
from gateway_dash.team.events import Event
from gateway_dash.team.rights import may

NO_RIGHT = (
    "Exactly as stored, the body may hold secrets, and your account has no right to see them. The other download has "
    "them masked."
)


@require_http_methods(["GET", "HEAD", "POST"])
@csp_override({"sandbox": [""], "default-src": ["'none'"]})  # an empty list would leave `sandbox` out
def log_download(request: HttpRequest, gateway: str, log_id: str, side: Side) -> HttpResponse:
    """Never shown by a browser: log text is hostile. GET masks secrets; POST is byte for byte, by right and noted."""
    is_exact = request.method == "POST"
    if is_exact and not may(request.user, Action.REVEAL, gateway):
        raise NotAllowed(NO_RIGHT)
    stored = upstream.logs(gateway).bodies.whole(log_id, side)
    data = stored if is_exact else _masked(stored, side)
    if is_exact:
        audit.note(request, Event.BODY_EXACT, gateway, log=log_id, side=side)
    name = f"{gateway}-{log_id}-{side}{'' if data == stored else '-masked'}.bin"
    response = HttpResponse(data, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _masked(stored: bytes, side: Side) -> bytes:
    if len(stored) > MOST_CHARACTERS:
        raise Refusal(
            f"The {side} is over 1 MB, and beyond that it is not looked at for secrets. So there is no masked file of "
            "it. “Download exactly as stored” gives all of it to those who may see secrets."
        )
    return masked_file(stored)
