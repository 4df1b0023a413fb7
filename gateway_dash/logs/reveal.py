"""One secret of a body, shown to somebody who may see it, and noted before it is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_POST

from gateway_dash import upstream
from gateway_dash.gateway.errors import NotFound
from gateway_dash.gateway.service import LogService
from gateway_dash.gateway.stored import Side
from gateway_dash.logs.masks import Mask
from gateway_dash.payload.document import read_document
from gateway_dash.payload.masking import MOST_CHARACTERS, STREAM_MARGIN, Masked, every_secret, spans
from gateway_dash.payload.values import texts_in
from gateway_dash.team import audit
from gateway_dash.team.events import Event
from gateway_dash.web.render import push_url, render_part


@require_POST
def log_reveal(request: HttpRequest, gateway: str, log_id: str, side: Side) -> HttpResponse:
    """The secret that the pressed button names; for htmx only the span that takes the place of the mask."""
    body = _body(upstream.logs(gateway), log_id, side)
    found = secret_of(body, Mask(gateway, log_id, side), request.POST.get("secret", ""))
    if found is None:
        raise NotFound(f"The {side} of this log holds no such secret. Open the log again, and reveal it from there.")
    audit.note(request, Event.REVEALED, gateway, log=log_id, side=side, kind=found.kind)
    context = {
        "heading": f"A secret of the {side}",  # no title: a fragment would give it to the page that it comes into
        "secret": found,
        "side": side,
        "back": reverse("log-detail", args=[gateway, log_id]),
    }
    return push_url(render_part(request, "logs/reveal.html#secret", context), None)


def _body(logs: LogService, log_id: str, side: Side) -> str:
    """The body; where none is stored, its head in the log itself, which pages show too."""
    try:
        return logs.bodies.kept(log_id, side).data.decode("utf-8", "replace")
    except NotFound:
        head: str | None = getattr(logs.log(log_id), f"{side}_head")
        return head or ""


def secret_of(text: str, mask: Mask, digest: str) -> Masked | None:
    """The secret of a body with that digest, as it is meant: of several spellings the one without escapes."""
    for at in range(0, len(text) or 1, MOST_CHARACTERS - STREAM_MARGIN):
        found = [
            each
            for each in every_secret(text[at : at + MOST_CHARACTERS])
            if each.secret and constant_time_compare(mask.digest(each.secret), digest)
        ]
        if found:
            return found[-1]
    for name, value in texts_in(read_document(text.encode("utf-8", "replace")).value):
        for each in spans(value, key=name):
            if constant_time_compare(mask.digest(each.secret), digest):
                return each
    return None
