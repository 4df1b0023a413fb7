"""A deletion from its plan to its receipt: which step comes when, and what is asked again before each."""

from __future__ import annotations

from typing import Any

from gateway_dash.bulk import files, gates
from gateway_dash.bulk.deletion import archive, batch, finish, probe, selecting, swift
from gateway_dash.bulk.deletion.spec import Spec
from gateway_dash.bulk.models import Job
from gateway_dash.bulk.work import Later, Run, end
from gateway_dash.gateway.errors import Refusal

BUSY_S = 5.0
PHASES = (
    ("plan", "Plan"),
    ("wait", "Wait"),
    ("archive", "Copy"),
    ("probe", "Probe"),
    ("delete", "Delete"),
    ("finish", "Read again"),
)


def step(run: Run) -> float | None:
    """One bounded step; returns for how many seconds to wait before the next."""
    phase = run.job.phase
    if phase == "finish":
        finish.step(run)
        return None
    is_under_way = any(each.is_under_way(run) for each in (batch, probe, swift))
    if run.job.cancel_asked and not is_under_way:
        return _cancelled(run)
    if phase == "plan":
        return selecting.step(run)
    if not is_under_way:  # what was sent is looked after, whatever has changed since
        gates.check(run.job)
        run.still_mine()
        if not gates.enter(run.job):
            raise Later(BUSY_S, "Another deletion is at work in this gateway.")
    return _STEPS[phase](run)


def _wait(run: Run) -> float | None:
    """The wait is over."""
    if selecting.manifest(run.job) != run.job.found.get("manifest"):
        raise Refusal("The ids of this plan are not those that were confirmed. Nothing was deleted.")
    level = Spec.of(run.job).level
    words = {
        "bodies": "The wait is over. The logs are copied with their bodies.",
        "rows": "The wait is over. The logs are copied, without their bodies.",
        "none": "The wait is over. No copy is made, as was confirmed.",
    }[level]
    _go(run, "probe" if level == "none" else "archive", words)
    return None


def _archive(run: Run) -> float | None:
    if archive.step(run):
        _go(run, "probe", "Everything is copied.", done=0)
    return None


def _probe(run: Run) -> float | None:
    is_over, seconds = probe.step(run)
    if is_over:
        _go(run, "delete")
    return seconds


def _delete(run: Run) -> float | None:
    if swift.is_under_way(run) or (Spec.of(run.job).path == "swift" and "by_ids" not in run.job.found):
        return swift.step(run)
    phase, seconds = batch.step(run)
    if phase:
        _go(run, phase)
    return seconds


_STEPS = {"wait": _wait, "archive": _archive, "probe": _probe, "delete": _delete}


def _go(run: Run, phase: str, words: str = "", **changes: Any) -> None:
    run.save(words, phase=phase, cursor={}, **changes)


def _cancelled(run: Run) -> float | None:
    """Nothing is under way. What has gone by now is read again; if nothing was ever sent, it just ends."""
    words = f"Stopped by {run.job.cancel_by}."
    if run.job.found.get("batches"):
        run.save(words, "warn", phase="finish", cursor={})
        return None
    probed = run.job.cursor.get("tries", 1) > 1
    words += " One of the oldest logs was gone after the probe: it is archived." if probed else " Nothing was deleted."
    end(run, Job.State.CANCELLED, words, "warn", phase="ended")
    gates.leave(run.job)
    files.forget_work(run.job.key)
    return None


def halted(run: Run, words: str) -> None:
    """The gateway is free for others; what was sent and not seen gone stays as it is, for a person to look at."""
    gates.leave(run.job)
