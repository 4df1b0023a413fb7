"""Records of deletions: written with the intent and when a log is seen gone, read when somebody comes for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone

from gateway_dash.bulk.models import WORDS_LENGTH, Job, Tombstone
from gateway_dash.gateway.errors import Gone, said
from gateway_dash.gateway.filters import Filter
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.sentence import words
from gateway_dash.gateway.vocabulary import CONTAINS
from gateway_dash.payload.masking import masked_text
from gateway_dash.web import formats

# Filters whose values people type or callers send: names, mail addresses, even keys. They are named, and not kept.
_FREE = frozenset({"metadata_key", "metadata_value", "id", "event_id", "user_agent"})


def selected_words(count: int | None, query: LogQuery | None) -> str:
    """What a plan selects, in words that can be kept for ever: "12 logs (Calls from openai, in the last 24 hours)".

    Without a query they were ticked one by one; without a count they are not counted yet.
    """
    if query is None:
        return f"{formats.logs(count or 0)}, ticked one by one"
    free = [each for each in query.filters if _is_free(each)]
    plain = LogQuery(
        filters=tuple(each for each in query.filters if each not in free),
        since=query.since,
        start=query.start,
        end=query.end,
        read_at=query.read_at,
    )
    names = [each.word.label for each in free] + (["a search"] if query.search else [])
    told = f"; also by {', '.join(names)}, whose words are not kept" if names else ""
    said_so = f"{words(plain)}{told}"
    return masked_text(said_so if count is None else f"{formats.logs(count)} ({said_so})")[:WORDS_LENGTH]


def sent_for(job: Job, ids: Sequence[str]) -> None:
    """Write down that a deletion of these logs is about to be sent; in one transaction with the intent itself."""
    stones = [
        Tombstone(
            account=job.account,
            gateway=job.gateway,
            log_id=log_id,
            actor_id=job.actor_id,
            actor_name=job.actor_name,
            plan=job.key,
            selected=job.title,
        )
        for log_id in ids
    ]
    # One that stands already was sent before and did not go: this deletion is the one that counts.
    Tombstone.objects.bulk_create(
        stones,
        update_conflicts=True,
        unique_fields=["account", "gateway", "log_id"],
        update_fields=["sent_at", "deleted_at", "actor", "actor_name", "plan", "selected"],
    )


def seen_gone(job: Job, ids: Sequence[str]) -> None:
    """Write down that these logs were read again and not found."""
    here = _here(job.account, job.gateway, ids).filter(plan=job.key, deleted_at=None)
    here.update(deleted_at=timezone.now())


def unsent(job: Job, ids: Sequence[str]) -> None:
    """The deletion of these logs was not sent after all, nor was one before."""
    _here(job.account, job.gateway, ids).filter(plan=job.key, deleted_at=None).delete()


def there_again(job: Job, ids: Sequence[str]) -> None:
    """These logs were seen gone, and then seen again."""
    _here(job.account, job.gateway, ids).filter(plan=job.key).update(deleted_at=None)


def named(account: str, gateway: str, ids: Sequence[str]) -> set[str]:
    """Those of the logs that a deletion from here named, whatever came of it."""
    return set(_here(account, gateway, ids).values_list("log_id", flat=True))


def remembered(account: str, gateway: str, log_id: str) -> Gone | None:
    """What to say to somebody who comes for a log that is not there; None if it was not deleted from here.

    A deletion that was sent and never seen through counts too, now that the log is not there any more.
    """
    stone = _here(account, gateway, [log_id]).first()
    if stone is None:
        return None
    if stone.deleted_at:
        told = (
            f"{said(stone.actor_name)} deleted it on {formats.full(stone.deleted_at)}; it was read again and not found."
        )
    else:
        told = (
            f"{said(stone.actor_name)} asked for its deletion on {formats.full(stone.sent_at)}. It was still there, or "
            "could not be read, at the last look after that; now it is not there any more."
        )
    gone = Gone(
        f"{told} Deleting is permanent, and nothing of what it said is kept here.",
        hint=f"Plan {stone.plan}: {stone.selected}.",
    )
    if Job.objects.filter(account=account, gateway=gateway, key=stone.plan).exists():
        gone.receipt = reverse("job", args=[gateway, stone.plan])
    return gone


def find_deleted(account: str, ids: Sequence[str]) -> tuple[str, str] | None:
    """The gateway and id of the first of these that was deleted from here."""
    found = Tombstone.objects.filter(account=account, log_id__in=ids).values_list("gateway", "log_id").first()
    return (found[0], found[1]) if found else None


def _here(account: str, gateway: str, ids: Sequence[str]) -> Any:
    return Tombstone.objects.filter(account=account, gateway=gateway, log_id__in=ids)


def _is_free(filter_: Filter) -> bool:
    return filter_.is_pair or filter_.operator is CONTAINS or filter_.name in _FREE
