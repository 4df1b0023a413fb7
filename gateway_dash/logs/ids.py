"""Ids of logs in addresses: opaque, of signs that can never become another address."""

from __future__ import annotations

import re

# What an id looks like wherever one is found in a text: nothing else is read from it.
ID_SHAPE = (
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"  # UUID
    r"|[0-9A-HJKMNP-TV-Z]{26}"  # ULID
    r"|[0-9a-f]{64}"
)
_PLAIN = re.compile(r"[0-9A-Za-z_-]{1,128}")


def log_id_is_plain(log_id: str) -> bool:
    """Whether the id can stand in a path; one that cannot is shown without a link."""
    return _PLAIN.fullmatch(log_id) is not None
