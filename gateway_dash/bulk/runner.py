"""What works jobs off: one bounded step at a time, whoever delivers it."""

from __future__ import annotations

import logging
import os
import random
import socket
import threading
import time
from datetime import timedelta

from django.db import DatabaseError, connection
from django.db.models import Q
from django.utils import timezone

from gateway_dash import upstream
from gateway_dash.bulk import chores, delivery, pace
from gateway_dash.bulk.exporting import keeping
from gateway_dash.bulk.kinds import KINDS
from gateway_dash.bulk.models import WORDS_LENGTH, Job
from gateway_dash.bulk.spec import scrubbed
from gateway_dash.bulk.work import Later, LeaseLost, Run, beating, claim, end, release
from gateway_dash.gateway import calls
from gateway_dash.gateway.errors import GatewayError
from gateway_dash.telemetry import steps

CALLS_S = 60.0  # for the upstream calls of one step together
IDLE_S = 0.5
TIDY_S = 20.0
FORGET_AFTER = timedelta(days=7)
LONGEST_PAUSE_S = 300.0
TRIES = 400  # of a pause that ends in the same failure: over 24 hours
BUGS = 3  # what is not the upstream's trouble is not tried for a day
logger = logging.getLogger("gateway_dash.bulk")


def owner_name() -> str:
    """What a lease is held under: this process, and this thread of it."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{threading.get_ident()}"


def due_jobs(limit: int = 20) -> list[int]:
    """The jobs that wait for a step now, the longest waiting first."""
    now = timezone.now()
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    due = Job.objects.filter(free, account=upstream.account_key(), state=Job.State.ACTIVE, due_at__lte=now)
    return list(due.order_by("due_at").values_list("pk", flat=True)[:limit])


def work(stop: threading.Event) -> None:
    """Do what is due until told to stop; a step that is under way is finished first."""
    tidied = -TIDY_S
    while not stop.is_set():
        try:
            found = due_jobs()
            for job_id in found:
                if stop.is_set():
                    break
                advance(job_id)
            if time.monotonic() - tidied > TIDY_S:
                tidied = time.monotonic()
                tidy(lambda: not stop.is_set())
        except DatabaseError as error:
            logger.error("The database could not be used (%s).", type(error).__name__)
            connection.close()
            found = []
        if not found:
            stop.wait(IDLE_S)


def advance(job_id: int, owner: str = "", *, calls_s: float = CALLS_S) -> bool:
    """One step of the job, if it is due and free, with so long for all its calls.

    Whatever goes wrong in it is written down in words.
    """
    run = claim(job_id, owner or owner_name())
    if run is None:
        return False
    with beating(run), calls.page(calls_s) as page:
        run, job = Run(run.job, _page=page), run.job
        try:
            with steps.told(job.key, job.kind, job.phase, job.gateway):
                _step(run)
        except LeaseLost:
            logger.info("Job %s went on in other hands.", run.job.key)
        finally:
            pace.spend(run.job.account, len(page.calls))
    if run.job.state == Job.State.ACTIVE:
        delivery.deliver(run.job.pk, run.job.due_at)
    return True


def _step(run: Run) -> None:
    wait_s = pace.wait_s(run.job.account)
    if wait_s:
        return release(run, after_s=wait_s, pause="The calls that are left are for people.")
    try:
        pause_s = KINDS[run.job.kind].step(run)
    except (LeaseLost, DatabaseError):
        raise
    except Later as later:
        return release(run, after_s=later.seconds, pause=later.words)
    except Exception as error:
        return _failed(run, error)
    if run.job.state == Job.State.ACTIVE:
        release(run, after_s=pause_s or 0.0)
    return None


def _failed(run: Run, error: Exception) -> None:
    """A pause that ends by itself, or a halt that a person has to look at."""
    failures = run.job.failures
    if isinstance(error, GatewayError):
        if not error.passes or failures >= TRIES:
            return halt(run, error.message, error.hint)
        seconds = _backoff_s(failures) if error.retry_after_s is None else error.retry_after_s + random.random()  # noqa: S311 - jitter
        return release(run, after_s=seconds, failed=True, pause=f"{error.title}.")
    if isinstance(error, OSError):
        return halt(run, f"A file could not be written or read: {error.strerror or type(error).__name__}.")
    logger.error("A step of job %s failed.", run.job.key, exc_info=error)
    if failures >= BUGS:
        return halt(run, f"An error in the dashboard itself ({type(error).__name__}). Its log has the details.")
    return release(run, after_s=_backoff_s(failures), failed=True, pause="An error, which is written to the log.")


def halt(run: Run, message: str, hint: str = "") -> None:
    """Stop, and say why; nothing goes on by itself. The kind may have something to close first."""
    words = f"{message} {hint}".strip()
    told = words[:WORDS_LENGTH]
    if run.job.phase == "plan":  # nothing was changed, and there is nothing to go on with
        return end(run, Job.State.EXPIRED, words, "err", problem=told)
    end(run, Job.State.HALTED, words, "err", problem=told)  # first: a worker that lost the job closes nothing
    return KINDS[run.job.kind].halted(run, words)


def _backoff_s(failures: int) -> float:
    return min(2.0**failures, LONGEST_PAUSE_S) * random.uniform(0.75, 1.0)  # noqa: S311 - jitter, not a secret


def tidy(goes_on: chores.GoesOn = chores.always) -> None:
    """What has to be done now and then, whoever does it, as far as it goes on."""
    expire()
    keeping.forget_old(timezone.now())
    start_rules()
    chores.do_all(timezone.now(), goes_on)


def expire() -> None:
    """Plans that nobody confirmed in time; after a week they are forgotten."""
    now = timezone.now()
    waiting = Job.objects.filter(state__in=(Job.State.PLANNED, Job.State.APPROVAL), expires_at__lt=now)
    for job in waiting:
        waiting.filter(pk=job.pk).update(state=Job.State.EXPIRED, ended_at=now, spec=scrubbed(job.spec))
    Job.objects.filter(state=Job.State.EXPIRED, created_at__lt=now - FORGET_AFTER).delete()


def start_rules() -> None:
    """Begin the runs of retention rules that are due."""
    from gateway_dash.bulk.retention import schedule  # it starts jobs, and what starts jobs knows this module

    schedule.start_due(timezone.now())
