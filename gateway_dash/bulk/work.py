"""A job in the hands of one worker: the lease that it holds, and writes that count only while it holds it.

A worker claims a job for LEASE_S seconds, renews that while it works, and gives it back. One that dies leaves a lease
that runs out. One that only seemed dead finds at its next write that the fence has moved on, and nothing is written.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from gateway_dash import upstream
from gateway_dash.bulk.models import WORDS_LENGTH, Entry, Job
from gateway_dash.bulk.spec import scrubbed
from gateway_dash.gateway import calls
from gateway_dash.gateway.service import LogService
from gateway_dash.team import audit
from gateway_dash.team.events import Event
from gateway_dash.web.text import storable, storable_all

LEASE_S = 20.0
BEAT_S = 5.0
STEP_S, STEP_CALLS = 5.0, 50  # a step that may go on for long ends after so much, so that others have their turn
TEXTS = ("found", "cursor", "spec", "problem", "pause")  # of a job, in which words of logs may stand
LONGEST_STEP_S = 300.0  # a step that hangs for longer loses its lease


class LeaseLost(Exception):
    """Another worker has the job now, or a person ended it. What was to be written is not."""


class Later(Exception):
    """Nothing can be done for a while, and nothing went wrong; says what is waited for."""

    def __init__(self, seconds: float, words: str) -> None:
        super().__init__(words)
        self.seconds = seconds
        self.words = words


@dataclass(slots=True)
class Run:
    """One bounded step of a job. `job` is as it was claimed, and as this run has changed it since."""

    job: Job
    _counted: int = 0  # upstream calls of this step that stand in the job already
    _page: calls.Page = field(default_factory=calls.current)
    _since: float = field(default_factory=time.monotonic)

    @property
    def logs(self) -> LogService:
        """The logs of the job's gateway."""
        return upstream.logs(self.job.gateway)

    @contextmanager
    def write(self, **changes: Any) -> Iterator[None]:
        """One transaction: these fields of the job, and whatever is written inside. Raises LeaseLost."""
        sent = len(self._page.calls)
        if "phase" in changes:
            changes["phase_at"] = timezone.now()
        changes = {name: storable_all(each) if name in TEXTS else each for name, each in changes.items()}
        changes = {"calls": F("calls") + sent - self._counted, "lease_until": _lease_end()} | changes
        with transaction.atomic():
            mine = Job.objects.filter(pk=self.job.pk, fence=self.job.fence, state=Job.State.ACTIVE)
            if not mine.update(**changes):
                raise LeaseLost
            yield
        self.job.calls += sent - self._counted
        self._counted = sent
        for name, value in changes.items():
            if name != "calls":
                setattr(self.job, name, value)

    def save(self, words: str = "", level: str = "info", **changes: Any) -> None:
        """Fields of the job, and one line of the journal, if there is one to write."""
        facts = changes.pop("facts", {})
        with self.write(**changes):
            if words:
                self.note(words, level, **facts)

    def note(self, words: str, level: str = "info", **facts: Any) -> None:
        """One line of the journal; inside of `write`, so that it stands there if and only if the rest does."""
        Entry.objects.create(
            job=self.job,
            fence=self.job.fence,
            phase=self.job.phase,
            words=storable(words)[:WORDS_LENGTH],
            level=level,
            facts=storable_all(facts),
        )

    def is_spent(self) -> bool:
        """Whether this step has taken its time, or its share of calls."""
        return time.monotonic() - self._since > STEP_S or len(self._page.calls) >= STEP_CALLS

    def still_mine(self) -> None:
        """Renew the lease before something that no transaction undoes; raises LeaseLost where another has the job."""
        with self.write():
            pass

    def wants_to_end(self) -> bool:
        """Whether somebody asked meanwhile that the job be cancelled; raises LeaseLost where another has the job."""
        self.still_mine()
        return Job.objects.filter(pk=self.job.pk, cancel_asked=True).exists()


def claim(job_id: int, owner: str) -> Run | None:
    """The job, if it is due and nobody holds it: one guarded UPDATE, which only one of many can win."""
    now = timezone.now()
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    here = Job.objects.filter(account=upstream.account_key())  # ids of another account say nothing in this one
    due = here.filter(free, pk=job_id, state=Job.State.ACTIVE, due_at__lte=now)
    if not due.update(lease_owner=owner[:80], lease_until=_lease_end(), fence=F("fence") + 1):
        return None
    return Run(Job.objects.select_related("actor").get(pk=job_id))


def release(run: Run, *, after_s: float = 0.0, failed: bool = False, pause: str = "") -> None:
    """Give the lease back. The next step is due now, or after a while, of which `pause` says why."""
    due_at = timezone.now() + timedelta(seconds=after_s)
    failures = run.job.failures + 1 if failed else 0
    run.save(lease_owner="", lease_until=None, due_at=due_at, failures=failures, pause=pause[:WORDS_LENGTH])
    # Who asked meanwhile that it ends does not wait out a pause.
    asked = Job.objects.filter(pk=run.job.pk, fence=run.job.fence, cancel_asked=True, state=Job.State.ACTIVE)
    asked.update(due_at=timezone.now(), pause="")


def end(run: Run, state: Job.State, words: str = "", level: str = "ok", **changes: Any) -> None:
    """The job is over, or halted; nobody holds it any more. Of one that is over the filter is forgotten."""
    if state is not Job.State.HALTED:
        changes |= {"ended_at": timezone.now(), "spec": scrubbed(run.job.spec)}
    with transaction.atomic():
        run.save(words, level, state=state, lease_owner="", lease_until=None, pause="", failures=0, **changes)
        _tell(run.job, state, words)


def _tell(job: Job, state: Job.State, words: str) -> None:
    """What came of it, for the audit trail: counts and hashes. A plan that nobody began is no event."""
    if job.kind != "export" and job.confirmed_at is None:
        return
    what = Event.JOB_HALTED if state is Job.State.HALTED else _ENDED[job.kind]
    came = job.found.get("receipt") or job.found.get("result") or {}
    facts = {"job": job.key, "state": state.value, "words": words, **came}
    audit.record(job.actor or job.actor_name, what, job.gateway, **facts)


_ENDED = {"delete": Event.DELETED, "annotate": Event.ANNOTATED_MANY, "export": Event.EXPORTED}


def hand_over(run: Run, words: str, level: str = "ok", **changes: Any) -> None:
    """The plan is whole, and up to a person."""
    changes |= {"state": Job.State.PLANNED, "phase": "planned", "lease_owner": "", "lease_until": None}
    run.save(words, level, done=0, cursor={}, **changes)


@contextmanager
def beating(run: Run) -> Iterator[None]:
    """Renew the lease from beside while a step takes its time: a call may take longer than a lease."""
    stop = threading.Event()
    beat = threading.Thread(target=_beat, args=(run.job.pk, run.job.fence, stop), daemon=True)
    beat.start()
    try:
        yield
    finally:
        stop.set()
        beat.join()


def _beat(job_id: int, fence: int, stop: threading.Event) -> None:
    try:
        for _ in range(int(LONGEST_STEP_S / BEAT_S)):
            if stop.wait(BEAT_S):
                return
            try:
                held = Job.objects.filter(pk=job_id, fence=fence, state=Job.State.ACTIVE, lease_until__isnull=False)
                held.update(lease_until=_lease_end())  # never one that was given back: nobody could take it for a while
            except DatabaseError:
                connection.close()  # the next beat opens a new one
    finally:
        connection.close()


def _lease_end() -> datetime:
    return timezone.now() + timedelta(seconds=LEASE_S)
