"""An export from its first call to its manifest: which step comes when, and what is asked again before each."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from gateway_dash import upstream
from gateway_dash.bulk import files
from gateway_dash.bulk.exporting import bodies, keeping, rows, writing
from gateway_dash.bulk.exporting.manifest import NAME, changed_words, manifest, manifest_text
from gateway_dash.bulk.exporting.place import Place
from gateway_dash.bulk.exporting.reading import Look, Step, look
from gateway_dash.bulk.exporting.spec import Spec
from gateway_dash.bulk.models import Job, Part
from gateway_dash.bulk.work import Run, end
from gateway_dash.gateway.counting import Tally, tally
from gateway_dash.gateway.errors import Refusal
from gateway_dash.payload.chat import Unfit
from gateway_dash.team.actions import Action
from gateway_dash.team.rights import may

PHASES = (("read", "Read and write"), ("finish", "Count again"))


def step(run: Run) -> float | None:
    """One bounded step."""
    if run.job.cancel_asked:
        _cancelled(run)
        return None
    spec = Spec.of(run.job)
    check(run.job, spec)
    if run.job.phase == "finish":
        _finish(run, spec)
        return None
    if "count" not in run.job.found:
        _count(run, spec)
    while True:  # once at the least, however long the upstream takes: a slow one is no standstill
        _read(run, spec)
        if run.job.phase != "read" or run.is_spent():
            return None


def check(job: Job, spec: Spec) -> None:
    """Ask again who exports what; raises Refusal, which halts the job."""
    if job.account != upstream.account_key():
        raise Refusal("This dashboard looks at another account now than when the export began.")
    if job.actor is None or not job.actor.is_active:
        raise Refusal(f"{job.actor_name} may not sign in any more, so nothing more is exported for them.")
    if not may(job.actor, Action.EXPORT, job.gateway):
        raise Refusal(f"{job.actor_name} may not {Action.EXPORT.words} any more, so nothing more is exported for them.")
    if spec.holds_payloads and not may(job.actor, Action.READ, job.gateway):
        raise Refusal(f"{job.actor_name} may not {Action.READ.words} any more, and this export holds some.")
    if spec.secrets and not may(job.actor, Action.REVEAL, job.gateway):
        raise Refusal(f"{job.actor_name} may not see secrets any more, and this export is one with secrets.")


def _count(run: Run, spec: Spec) -> None:
    found = _tally(run, spec) or Tally(len(spec.ids), is_exact=True)
    told = {"count": found.number, "count_is_exact": found.is_exact}
    words = f"{'' if found.is_exact else 'Up to '}{found.number:,} logs to read."
    run.save(words, found=run.job.found | told, total=found.number)


def _tally(run: Run, spec: Spec) -> Tally | None:
    return None if spec.ids else tally(upstream.account(), run.job.gateway, spec.log_query())


def _read(run: Run, spec: Spec) -> None:
    """One page, or the end of a file."""
    place = writing.place_of(run)
    if writing.is_full(spec, place):
        writing.close(run, spec, place)
        return
    found = look(run, spec, place.way)
    is_taken = _one_by_one(run, spec, found) if spec.form.with_bodies else _at_once(run, spec, place, found)
    if is_taken and found.is_last:
        _written(run, spec)


def _written(run: Run, spec: Spec) -> None:
    """There are no more logs: finish the last file. One without a log is there too, if it is the only one."""
    place = writing.place_of(run)
    is_file = place.records or not Part.objects.filter(job=run.job, kind=writing.KIND).exists()
    if not is_file or writing.close(run, spec, place):
        run.save("Everything is written.", phase="finish")


def _at_once(run: Run, spec: Spec, place: Place, found: Look) -> bool:
    """All rows of a page in one piece."""
    logs = [step.log for step in found.steps if step.log]
    after = place.moved(found.after).wrote(len(logs)).without(*(step.reason for step in found.steps if step.reason))
    return writing.write(run, spec, place, after, rows.rows(spec, logs))


def _one_by_one(run: Run, spec: Spec, found: Look) -> bool:
    """A page whose logs have bodies: each is written down by itself. False where the page is not done yet."""
    for each in found.steps:
        before = writing.place_of(run)
        if writing.is_full(spec, before):
            return False
        data, reason = _line(run, spec, each)
        after = before.moved(each.behind)
        if not writing.write(run, spec, before, after.without(reason) if reason else after.wrote(), data):
            return False
        if run.is_spent() and each is not found.steps[-1]:
            return False
    before = writing.place_of(run)
    return writing.write(run, spec, before, before.moved(found.after), b"")


def _line(run: Run, spec: Spec, step: Step) -> tuple[bytes, str]:
    """The line of a log, or why there is none."""
    if step.log is None:
        return b"", step.reason
    try:
        return bodies.line_of(run, spec, step.log), ""
    except Unfit as error:
        return b"", error.reason


def _cancelled(run: Run) -> None:
    run.still_mine()  # before anything is removed
    keeping.remove(run.job, timezone.now())
    words = f"Stopped by {run.job.cancel_by}. What was written is removed."
    end(run, Job.State.CANCELLED, words, "warn", phase="ended", cursor={})


def _finish(run: Run, spec: Spec) -> None:
    """Count again, and write down what the files are."""
    place, after = writing.place_of(run), _tally(run, spec)
    number = after.number if after else None
    text = manifest_text(manifest(run.job, place, number))
    path = files.growing(run.job.key, NAME)
    files.append(path, 0, text)
    part = writing.put(run, path, f"{run.job.key}/{NAME}", lambda _file: 0, 0)
    changed = changed_words(run.job, place, number)
    result = {"records": place.written, "left_out": place.skipped, "count_after": number, "changed": changed}
    words = f"{place.written:,} logs exported. Each file was read back and counted."
    with transaction.atomic():
        part.save()
        end(run, Job.State.DONE, words, "warn" if changed else "ok", found=run.job.found | {"result": result},
            cursor={}, phase="ended", facts=result)  # fmt: skip
    files.forget_work(run.job.key)
