"""An annotation of many logs from its plan to its receipt: which step comes when, and what is asked before each."""

from __future__ import annotations

from typing import Any

from gateway_dash.bulk.annotating import changing, planning, undoing
from gateway_dash.bulk.annotating.spec import Spec, counted
from gateway_dash.bulk.models import Job
from gateway_dash.bulk.work import Run, end
from gateway_dash.gateway.errors import NotAllowed, Refusal
from gateway_dash.team import rights
from gateway_dash.team.actions import Action

PHASES: tuple[tuple[str, str], ...] = (("plan", "Plan"), ("run", "Annotate"))


def check_person(person: Any, gateway: str) -> None:
    """Whether this person may annotate there; raises NotAllowed."""
    if not rights.may(person, Action.ANNOTATE, gateway):
        raise NotAllowed("You may not annotate logs of this gateway. Nothing was changed.")


def step(run: Run) -> float | None:
    """One bounded step. What was sent is looked after, whatever has changed since."""
    job = run.job
    if job.cancel_asked or job.phase == "finish":
        _finish(run)
        return None
    if not rights.may(job.actor, Action.ANNOTATE, job.gateway):
        raise Refusal(f"{job.actor_name} may not annotate logs of this gateway any more. Nothing more was changed.")
    if job.phase == "run":
        if changing.step(run):
            _finish(run)
    elif not Spec.of(job).undoes:
        planning.step(run)
    elif undoing.step(run):
        words = f"{job.done:,} logs to set back, where they still say what was written."
        run.save(words, phase="run", cursor={}, total=job.done, done=0, found=job.found | {"count": job.done})
    return None


def _finish(run: Run) -> None:
    """Read what is under way, count, and write the receipt."""
    if item := changing.under_way(run):
        return changing.look_after(run, item)
    job = run.job
    receipt = counted(job)
    state = Job.State.CANCELLED if job.cancel_asked or receipt["untried"] else Job.State.DONE
    stopped = f"Stopped by {job.cancel_by}. " if job.cancel_asked else ""
    words = (
        f"{stopped}{receipt['changed']:,} annotated and read again, {receipt['same']:,} already so, "
        f"{receipt['failed']:,} not changed, {receipt['untried']:,} not tried."
    )
    level = "warn" if receipt["failed"] or receipt["untried"] else "ok"
    return end(run, state, words, level, phase="ended", cursor={}, found=job.found | {"receipt": receipt},
               facts=receipt)  # fmt: skip
