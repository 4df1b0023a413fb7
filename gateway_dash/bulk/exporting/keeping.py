"""How long the files of an export stay: seven days, then they are removed, for they hold what people wrote."""

from __future__ import annotations

import contextlib
import logging
from datetime import datetime, timedelta

from gateway_dash.bulk import files
from gateway_dash.bulk.exporting.writing import KIND
from gateway_dash.bulk.models import Job, Part
from gateway_dash.bulk.spec import scrubbed

KEEP = timedelta(days=7)
AT_ONCE = 20
logger = logging.getLogger("gateway_dash.bulk")


def forget_old(now: datetime) -> None:
    """Remove the files of exports that ended, or halted, more than seven days ago."""
    halted = Job.objects.filter(kind=KIND, state=Job.State.HALTED, phase_at__lt=now - KEEP)
    over = Job.objects.filter(kind=KIND, ended_at__lt=now - KEEP, parts__removed_at=None, parts__kind=KIND)
    for job in [*halted[:AT_ONCE], *over.distinct()[:AT_ONCE]]:
        try:
            remove(job, now)
        except OSError as error:  # the next round tries again; other work does not wait for it
            logger.error("The files of job %s could not be removed (%s).", job.key, type(error).__name__)
            continue
        ended = {"state": Job.State.EXPIRED, "ended_at": now, "spec": scrubbed(job.spec)}
        Job.objects.filter(pk=job.pk, state=Job.State.HALTED).update(**ended)


def remove(job: Job, now: datetime) -> None:
    """Every file of the job, finished or not, also one that a killed worker put away and could not write down."""
    store = files.archives()
    with contextlib.suppress(FileNotFoundError):
        for name in store.listdir(job.key)[1]:
            store.delete(f"{job.key}/{name}")
    Part.objects.filter(job=job, kind=KIND, removed_at=None).update(removed_at=now)
    files.forget_work(job.key)
