"""Which request or job the lines of this moment belong to."""

from __future__ import annotations

import re
import secrets

from django.http import HttpRequest
from structlog.contextvars import get_contextvars

from gateway_dash import upstream

HEADER = "X-Request-ID"
_FIT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}\Z", re.ASCII)


def id_for(request: HttpRequest) -> str:
    """The one that a trusted proxy gave it, if it looks like one; else a new one. A visitor does not choose it."""
    given = request.headers.get(HEADER, "") if upstream.trusts_proxy() else ""
    return given if _FIT.match(given) else secrets.token_hex(8)


def request_id() -> str:
    """Of the request that is being answered; empty outside of one."""
    return str(get_contextvars().get("request_id", ""))
