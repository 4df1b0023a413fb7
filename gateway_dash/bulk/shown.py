"""A job as its page and the list of jobs show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from gateway_dash.bulk.kinds import KINDS, Kind
from gateway_dash.bulk.models import Job
from gateway_dash.web import formats

POLL_S = 2
POLL_PAUSED_S = 10
LEAST_FOR_A_RATE_S = 3.0
_TONES = {
    Job.State.DONE: ("is-ok", "check", "done"),
    Job.State.CANCELLED: ("", "circle-slash", "stopped"),
    Job.State.EXPIRED: ("", "clock", "expired"),
    Job.State.HALTED: ("is-err", "octagon-x", "halted"),
    Job.State.PLANNED: ("", "clock", "planned"),
    Job.State.APPROVAL: ("is-warn", "hourglass", "waits for approval"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One phase on the way."""

    label: str
    state: str  # "done", "now" or ""


@dataclass(frozen=True, slots=True)
class ShownJob:
    """What the templates place."""

    job: Job
    kind: Kind
    url: str
    sentence: str
    tone: str  # of its badge
    icon: str
    state: str  # in a word or two
    steps: tuple[Step, ...]
    percent: int | None
    per_minute: int | None
    left: str  # "about 4 min", empty where it cannot be told
    poll_s: int  # 0: it changes no more by itself

    @property
    def template(self) -> str:
        """The middle of its page."""
        return f"bulk/kinds/{self.kind.name}.html"

    @property
    def is_over(self) -> bool:
        """Whether nothing happens any more."""
        return self.job.ended_at is not None

    @property
    def is_active(self) -> bool:
        """Whether a worker has it, or will."""
        return self.job.state == Job.State.ACTIVE

    @property
    def waits_until(self) -> datetime | None:
        """When it goes on, where that is a while from now."""
        waits = self.is_active and (self.job.due_at - timezone.now()).total_seconds() > 2
        return self.job.due_at if waits else None


def shown_job(job: Job) -> ShownJob:
    """The job as it is now."""
    kind = KINDS[job.kind]
    tone, icon, state = _TONES.get(Job.State(job.state), ("is-accent", "refresh-cw", "running"))
    if job.state == Job.State.ACTIVE:
        if job.pause:
            tone, icon, state = "is-warn", "hourglass", "paused"
        elif job.phase == "wait":
            tone, icon, state = "is-warn", "hourglass", "waiting"
        elif job.cancel_asked:
            state = "stopping"
    elif job.state == Job.State.EXPIRED and job.problem:
        tone, icon, state = "is-err", "octagon-x", "not made"
    rate, left = _pace(job)
    active = job.state == Job.State.ACTIVE
    return ShownJob(
        job=job,
        kind=kind,
        url=reverse("job", args=[job.gateway, job.key]),
        sentence=kind.sentence(job),
        tone=tone,
        icon=icon,
        state=state,
        steps=_steps(job, kind),
        percent=min(100, 100 * job.done // job.total) if job.total else None,
        per_minute=rate,
        left=left,
        poll_s=(POLL_PAUSED_S if job.pause else POLL_S) if active else 0,
    )


def _steps(job: Job, kind: Kind) -> tuple[Step, ...]:
    names = [name for name, _label in kind.phases]
    at = len(names) if job.state == Job.State.DONE else names.index(job.phase) if job.phase in names else -1
    return tuple(
        Step(label, "done" if number < at else "now" if number == at else "")
        for number, (_name, label) in enumerate(kind.phases)
    )


def _pace(job: Job) -> tuple[int | None, str]:
    """Logs a minute in this phase, and how long the rest takes; nothing where there is too little to go by."""
    seconds = (timezone.now() - job.phase_at).total_seconds()
    if not job.done or job.state != Job.State.ACTIVE or seconds < LEAST_FOR_A_RATE_S:
        return None, ""
    per_s = job.done / seconds
    rest = f"about {formats.duration_words(1000 * (job.total - job.done) / per_s)}" if job.total else ""
    return round(60 * per_s), rest
