"""Ids of logs in addresses: opaque, of signs that can never become another address."""

from __future__ import annotations

# What an id looks like wherever one is found in a text: nothing else is read from it.
ID_SHAPE = (
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"  # UUID
    r"|[0-9A-HJKMNP-TV-Z]{26}"  # ULID
    r"|[0-9a-f]{64}"
)


def log_id_is_plain(log_id: str) -> bool:
    """Whether the id can stand in a path; one that cannot is shown without a link."""
    return (
        bool(log_id)
        and len(log_id) <= 128
        and all(each.isascii() and (each.isalnum() or each in "-_") for each in log_id)
    )
