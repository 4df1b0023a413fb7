"""The audit: one line in the log for each thing that somebody was shown or did and has to answer for."""

from __future__ import annotations

import logging

from django.http import HttpRequest

logger = logging.getLogger("gateway_dash.audit")


def note(request: HttpRequest, what: str, **facts: str) -> None:
    """Write who does what, before it is done. Facts name and count; they never hold what is shown."""
    person = getattr(request, "user", None)
    who = person.get_username() if person is not None and person.is_authenticated else ""
    logger.info(what, extra={"audit": {"who": who, **facts}})
