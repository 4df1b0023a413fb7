"""Who may do what. Each question has one function that decides, and every view and tag asks it."""

from __future__ import annotations

from typing import Any

REVEAL_SECRETS = "team.reveal_secrets"


def may_reveal(user: Any, gateway: str) -> bool:
    """Whether this person may see a masked secret of this gateway. Today a right covers all gateways."""
    return bool(gateway) and user is not None and user.is_active and user.has_perm(REVEAL_SECRETS)


def may_delete(user: Any, gateway: str) -> bool:
    """Whether this person may delete logs of this gateway. Today everybody may who can sign in."""
    return bool(gateway) and user is not None and user.is_active


def may_annotate(user: Any, gateway: str) -> bool:
    """Whether this person may annotate logs of this gateway. Today everybody may who can sign in."""
    return bool(gateway) and user is not None and user.is_active
