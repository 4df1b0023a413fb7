"""Which links there are, what they hold, and whether one still leads somewhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import F, QuerySet
from django.http import QueryDict
from django.utils import timezone

from gateway_dash import upstream
from gateway_dash.gateway.query import LogQuery
from gateway_dash.links.models import ShareLink, hash_of
from gateway_dash.team.actions import Action
from gateway_dash.team.rights import may

HELD = "with a share link"
OPENS_A_MINUTE = 30  # of one link: each costs upstream calls, and whoever has the link can open it
NEEDS = {
    ShareLink.Shows.METADATA: Action.SEE,
    ShareLink.Shows.MASKED: Action.READ,
    ShareLink.Shows.FULL: Action.REVEAL,
}


def links_of(gateway: str) -> QuerySet[ShareLink]:
    """Every link of this gateway, the newest first."""
    return ShareLink.objects.filter(account=upstream.account_key(), gateway=gateway).order_by("-created_at")


def query_of(link: ShareLink) -> LogQuery:
    """What a shared list asks for; raises QueryError where it cannot be read any more."""
    return LogQuery.read(QueryDict(link.query.removeprefix("?")))


def may_give(person: object, gateway: str) -> list[ShareLink.Shows]:
    """How much this person may show to others: what they may see themselves."""
    return [shows for shows in ShareLink.Shows if may(person, NEEDS[shows], gateway)]


def find(token: str) -> ShareLink | None:
    """The link, if it still leads somewhere: not ended, not revoked, and shared by who may still see and share that."""
    alive = ShareLink.alive(timezone.now()).filter(account=upstream.account_key())
    found: ShareLink | None = alive.select_related("author").filter(token_hash=hash_of(token)).first()
    return found if found and _is_given(found) else None


def _is_given(link: ShareLink) -> bool:
    """Whether whoever shared it may do so now."""
    needed = [Action.SHARE, NEEDS[ShareLink.Shows(link.shows)], *([Action.ADMINISTER] if link.for_guests else [])]
    return all(may(link.author, action, link.gateway) for action in needed)


def count_opened(link: ShareLink) -> bool:
    """Note that it is opened; False where it was opened too often within a minute."""
    now = timezone.now()
    minute = now.replace(second=0, microsecond=0)
    mine = ShareLink.objects.filter(pk=link.pk)
    mine.exclude(minute=minute).update(minute=minute, opened_in_minute=0)
    free = mine.filter(minute=minute, opened_in_minute__lt=OPENS_A_MINUTE)
    opened = {"opened": F("opened") + 1, "opened_in_minute": F("opened_in_minute") + 1, "last_opened_at": now}
    return bool(free.update(**opened))


def retry_after_s() -> int:
    """Until the next minute."""
    now = timezone.now()
    return 1 + int((now.replace(second=0, microsecond=0) + timedelta(minutes=1) - now).total_seconds())


def held(account: str, gateway: str, ids: Sequence[str]) -> dict[str, str]:
    """Those of the logs to which a link leads by their ids, for bulk.holds."""
    wanted = set(ids)
    links = ShareLink.alive(timezone.now()).filter(account=account, gateway=gateway).exclude(log_ids=[])
    return {log_id: HELD for found in links.values_list("log_ids", flat=True) for log_id in found if log_id in wanted}
