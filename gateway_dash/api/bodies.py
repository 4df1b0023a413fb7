"""A stored body as the API gives it: text where it is text, and its secrets masked for everybody."""

from __future__ import annotations

from base64 import b64encode

from gateway_dash.api.shapes import Body
from gateway_dash.gateway.errors import Broken, NotFound, Refusal
from gateway_dash.gateway.models import Body as Stored
from gateway_dash.gateway.service import LogService
from gateway_dash.gateway.stored import Side
from gateway_dash.logs.bodies import why_missing
from gateway_dash.payload.masking import (
    MOST_CHARACTERS,
    STREAM_MARGIN,
    masked_file,
    spans_of_window,
    with_placeholders,
)
from gateway_dash.payload.text import whole_characters


def body_of(logs: LogService, log_id: str, side: Side) -> Body:
    """At most the first megabyte, with what stands behind it looked at for secrets that lie across the end."""
    try:
        stored = logs.bodies.part(log_id, side, length=MOST_CHARACTERS + STREAM_MARGIN)
    except NotFound as error:
        reason, _is_arriving = why_missing(logs.log(log_id), side)
        raise NotFound(reason, hint=error.hint) from error
    if stored.cut:  # no end that can be trusted, so no masks either
        raise Broken(f"The {side} was cut after {len(stored.data):,} bytes on its way here. Try again.")
    if not stored.whole or len(stored.data) > MOST_CHARACTERS:
        return Body(complete=False, text=_beginning(stored, side))
    return _whole(masked_file(stored.data))


def _whole(masked: bytes) -> Body:
    try:
        return Body(complete=True, text=masked.decode("utf-8"))
    except UnicodeDecodeError:
        return Body(complete=True, base64=b64encode(masked).decode("ascii"))


def _beginning(stored: Stored, side: Side) -> str:
    """The first megabyte of a text."""
    window = whole_characters(stored.data[:MOST_CHARACTERS])
    try:
        text = window.decode("utf-8")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise Refusal(
            f"The {side} is over 1 MB and is no text. Beyond that it is not looked at for secrets, so it is not given."
        )
    after = stored.data[len(window) :].decode("utf-8", "replace")
    return with_placeholders(text, spans_of_window("", text, after, is_cut=not stored.whole))
