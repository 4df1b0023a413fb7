"""Whether logs may be deleted now: the operator's switch, a gateway's verification, locks, one job at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from gateway_dash import upstream
from gateway_dash.bulk.models import NAME_LENGTH, WORDS_LENGTH, DeletionGate, Job
from gateway_dash.gateway.errors import Locked, NotAllowed, Refusal
from gateway_dash.team import rights
from gateway_dash.team.actions import Action

ACCOUNT = ""  # in the place of a gateway: all of them


@dataclass(frozen=True, slots=True)
class Gate:
    """What stands in the way of deleting logs of a gateway; nothing, if `why` is empty."""

    why: str = ""
    is_verified: bool = True
    closed: DeletionGate | None = None


def gate_of(gateway: str) -> Gate:
    """What may be done with this gateway now."""
    if not upstream.deletion_is_on():
        return Gate(
            "Deleting is off for this account. It is permanent, so the operator has to turn it on, with "
            "GATEWAY_DASH_DELETION=on."
        )
    rows = {row.gateway: row for row in DeletionGate.objects.filter(_here(gateway) | _here(ACCOUNT))}
    for row in (rows.get(ACCOUNT), rows.get(gateway)):
        if row and row.closed_at:
            where = "this gateway" if row.gateway else "every gateway"
            return Gate(
                f"Deleting is locked for {where}, by {row.closed_by}: {row.closed_why.rstrip('.')}. A superuser can "
                "allow it again on the page “Deletion locks”.",
                closed=row,
            )
    mine = rows.get(gateway)
    if not upstream.is_sandbox() and not (mine and mine.verified_at):
        return Gate(
            "Deleting is not verified for this gateway. An operator proves once, with “manage.py verify_deletion "
            f"{gateway}”, that a deletion which names no log deletes none.",
            is_verified=False,
        )
    return Gate()


def check_person(person: Any, gateway: str) -> None:
    """Whether this person may delete there now; raises NotAllowed, and Locked where nobody may."""
    if not rights.may(person, Action.DELETE, gateway):
        raise NotAllowed("You may not delete logs of this gateway. Nothing was deleted.")
    if why := gate_of(gateway).why:
        raise Locked(f"{why} Nothing was deleted.")


def check(job: Job) -> None:
    """Ask everything again before each step that could delete; raises Refusal, which halts the job."""
    if not rights.may(job.actor, Action.DELETE, job.gateway):
        raise Refusal(f"{job.actor_name} may not delete logs of this gateway any more.")
    if why := gate_of(job.gateway).why:
        raise Locked(why)


def enter(job: Job) -> bool:
    """Whether this job has the gateway for itself now; False: another one is still deleting there."""
    _row(job.gateway)
    over = (Job.State.DONE, Job.State.CANCELLED, Job.State.EXPIRED, Job.State.HALTED)
    free = Q(job=None) | Q(job=job) | Q(job__state__in=over)
    row = DeletionGate.objects.filter(_here(job.gateway))
    # Read, then a guarded update: the condition names the job that was read, so only one of two can win.
    found = row.filter(free).values_list("pk", "job").first()
    return bool(found and DeletionGate.objects.filter(pk=found[0], job=found[1]).update(job=job))


def leave(job: Job) -> None:
    """The gateway is free for the next."""
    DeletionGate.objects.filter(_here(job.gateway), job=job).update(job=None)


def close(gateway: str, who: str, why: str) -> None:
    """Lock deletion, for a gateway or (ACCOUNT) for all: by a person, or by a job that saw filters ignored."""
    _row(gateway)
    DeletionGate.objects.filter(_here(gateway)).update(
        closed_at=timezone.now(), closed_by=who[:NAME_LENGTH], closed_why=why[:WORDS_LENGTH]
    )


def close_once(gateway: str, who: str, why: str) -> None:
    """Lock it, unless it is locked: who did that first, and why, is not lost."""
    if not DeletionGate.objects.filter(_here(gateway), closed_at__isnull=False).exists():
        close(gateway, who, why)


def rows() -> list[DeletionGate]:
    """What is known of this account and its gateways."""
    return list(DeletionGate.objects.filter(account=upstream.account_key()).select_related("job"))


def open_again(gateway: str) -> None:
    """Take the lock away."""
    DeletionGate.objects.filter(_here(gateway)).update(closed_at=None, closed_by="", closed_why="")


def verified(gateway: str, who: str) -> None:
    """A probe was sent and deleted nothing."""
    _row(gateway)
    DeletionGate.objects.filter(_here(gateway)).update(verified_at=timezone.now(), verified_by=who[:NAME_LENGTH])
    open_again(gateway)


def _here(gateway: str) -> Q:
    return Q(account=upstream.account_key(), gateway=gateway)


def _row(gateway: str) -> None:
    try:
        with transaction.atomic():
            DeletionGate.objects.get_or_create(account=upstream.account_key(), gateway=gateway)
    except IntegrityError:
        pass  # another process made it in this moment
