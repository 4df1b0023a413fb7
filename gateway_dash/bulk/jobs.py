"""What people do with jobs: start, confirm, approve, stop. Each is one guarded change, so a second click is none."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.http import Http404
from django.utils import timezone

from gateway_dash import upstream
from gateway_dash.bulk.delivery import deliver
from gateway_dash.bulk.kinds import KINDS
from gateway_dash.bulk.models import NAME_LENGTH, WORDS_LENGTH, Entry, Job, new_key
from gateway_dash.bulk.runner import advance
from gateway_dash.bulk.spec import scrubbed
from gateway_dash.gateway.errors import Refusal
from gateway_dash.web.text import storable, storable_all

INLINE_S = 4.0  # what is done in so short a time need not wait for a worker
WAITED_FOR_S = 20.0  # for the calls of a step while a person waits for the page
APPROVAL_AGE = timedelta(hours=24)
_READ_AGAIN = [kind.name for kind in KINDS.values() if kind.reads_again]  # before they end, and never just put aside


def start(kind: str, gateway: str, actor: Any, title: str, spec: dict[str, Any], *, phase: str, key: str = "",
          found: dict[str, Any] | None = None) -> Job:  # fmt: skip
    """A new job, due now. With a key, the job of that name where it is there already: a second click starts none."""
    job, _is_new = Job.objects.get_or_create(
        key=key or new_key(),
        defaults={
            "account": upstream.account_key(),
            "gateway": gateway,
            "kind": kind,
            "title": storable(title)[:WORDS_LENGTH],
            "actor": actor,
            "actor_name": actor.get_username()[:NAME_LENGTH],
            "spec": storable_all(spec),
            "phase": phase,
            "found": storable_all(found or {}),
        },
    )
    deliver(job.pk, job.due_at)
    return job


def begin_here(job: Job, *, until_phase_ends: bool = True) -> Job:
    """Take the first steps of a job in this process, for a few seconds; a worker goes on with what is left."""
    ends_at, phase = time.monotonic() + INLINE_S, job.phase
    while time.monotonic() < ends_at and advance(job.pk, calls_s=WAITED_FOR_S):
        job.refresh_from_db()
        if job.state != Job.State.ACTIVE or job.pause or (until_phase_ends and job.phase != phase):
            break
    job.refresh_from_db()
    return job


def job_of(gateway: str, key: str, kind: str = "") -> Job:
    """The job of this gateway; "no" and "not there" look alike."""
    found = Job.objects.filter(account=upstream.account_key(), gateway=gateway, key=key)
    job = found.filter(kind=kind).first() if kind else found.first()
    if job is None:
        raise Http404
    return job


def confirm(job: Job, actor: Any, spec: dict[str, Any], *, needs_second: bool) -> bool:
    """The planned job is confirmed; False where it was already, or is over. Whoever confirms is whose job it is."""
    now = timezone.now()
    if needs_second:
        changes: dict[str, Any] = {"state": Job.State.APPROVAL, "expires_at": now + APPROVAL_AGE}
    else:
        changes = _waiting(spec)
    words = f"Confirmed by {actor.get_username()}"
    words += "; a second person has to approve." if needs_second else f"; it begins in {spec['wait_s']} s."
    who = {"actor": actor, "actor_name": actor.get_username()[:NAME_LENGTH]}
    return _change(
        job, Q(state=Job.State.PLANNED, expires_at__gt=now), words, spec=spec, confirmed_at=now, **who, **changes
    )


def begin(job: Job, actor: Any, phase: str) -> bool:
    """A plan that needs no typed confirmation begins with this phase; False where it was begun already, or is over."""
    now = timezone.now()
    name = actor.get_username()[:NAME_LENGTH]
    changes: dict[str, Any] = {"state": Job.State.ACTIVE, "phase": phase, "due_at": now}
    changes |= {"expires_at": None, "confirmed_at": now, "actor": actor, "actor_name": name}
    return _change(job, Q(state=Job.State.PLANNED, expires_at__gt=now), f"Started by {name}.", **changes)


def approve(job: Job, person: Any) -> bool:
    """A second person says yes; raises Refusal for the first one."""
    if job.actor_id == person.pk:
        raise Refusal("A second person has to approve: whoever confirmed it cannot. Send them the link to this page.")
    words = f"Approved by {person.get_username()}; it begins in {job.spec['wait_s']} s."
    name = person.get_username()[:NAME_LENGTH]
    guard = Q(state=Job.State.APPROVAL, expires_at__gt=timezone.now())
    return _change(job, guard, words, approver_name=name, **_waiting(job.spec))


def stop(job: Job, person: Any) -> bool:
    """Ask that the job ends. What was sent is still looked after; a plan just ends."""
    name = person.get_username()[:NAME_LENGTH]
    planned = Q(state__in=(Job.State.PLANNED, Job.State.APPROVAL)) | (
        Q(state=Job.State.HALTED) & ~Q(kind__in=_READ_AGAIN)
    )
    over = {"state": Job.State.CANCELLED, "ended_at": timezone.now(), "cancel_by": name, "spec": scrubbed(job.spec)}
    if _change(job, planned, f"Put aside by {name}.", "warn", **over):
        return True
    asked = {"cancel_asked": True, "cancel_by": name, "due_at": timezone.now(), "pause": ""}
    return _change(job, Q(state=Job.State.ACTIVE, cancel_asked=False), f"{name} asked to stop.", "warn", **asked)


def go_on(job: Job, person: Any, *, phase: str = "") -> bool:
    """A halted job goes on, after somebody looked."""
    words = f"{person.get_username()} looked, and lets it go on."
    changes = {"state": Job.State.ACTIVE, "problem": "", "failures": 0, "due_at": timezone.now()}
    if phase:
        changes |= {"phase": phase, "cursor": {}}
    return _change(job, Q(state=Job.State.HALTED), words, "warn", **changes)


def go_now(job: Job, person: Any) -> bool:
    """A pause ends now, because somebody says so."""
    words = f"{person.get_username()} ended the pause."
    return _change(job, Q(state=Job.State.ACTIVE) & ~Q(pause=""), words, pause="", due_at=timezone.now())


def _waiting(spec: dict[str, Any]) -> dict[str, Any]:
    due_at = timezone.now() + timedelta(seconds=int(spec["wait_s"]))
    return {"state": Job.State.ACTIVE, "phase": "wait", "due_at": due_at, "expires_at": None}


def _change(job: Job, guard: Q, words: str, level: str = "info", **changes: Any) -> bool:
    """One guarded UPDATE with its line in the journal; False where the guard does not hold any more."""
    if "phase" in changes:
        changes["phase_at"] = timezone.now()
    with transaction.atomic():
        if not Job.objects.filter(guard, pk=job.pk).update(**changes):
            return False
        Entry.objects.create(job=job, phase=job.phase, words=words[:WORDS_LENGTH], level=level)
    job.refresh_from_db()
    if job.state == Job.State.ACTIVE:
        deliver(job.pk, job.due_at)
    return True
