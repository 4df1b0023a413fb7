"""Why a bulk deletion leaves a log out: somebody wrote about it. Said to gateway_dash/bulk/holds.py at the start."""

from __future__ import annotations

from collections.abc import Sequence

from gateway_dash.talk.models import Comment

TALKED_ABOUT = "with a comment"


def talked_about(account: str, gateway: str, ids: Sequence[str]) -> dict[str, str]:
    """Those of the logs that have a comment; one that was taken away holds nothing."""
    found = Comment.objects.filter(account=account, gateway=gateway, log_id__in=ids, removed_at=None)
    return dict.fromkeys(found.values_list("log_id", flat=True), TALKED_ABOUT)
