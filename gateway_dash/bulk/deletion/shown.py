"""What the page of a deletion shows: the plan, then how far it is, then the receipt."""

from __future__ import annotations

from typing import Any

from gateway_dash.bulk.deletion.spec import Spec
from gateway_dash.bulk.models import Job


def sentence(job: Job) -> str:
    """The plan, or what came of it. "Gone" means read again and not found."""
    receipt = job.found.get("receipt")
    if receipt:
        gone, left = receipt["gone"], receipt["left"] + receipt["untried"]
        return f"{_logs(gone)} deleted, and verified gone" if not left else f"{_logs(gone)} verified gone, {left:,} not"
    count = job.found.get("count")
    if job.found.get("report"):
        return f"Report: {_logs(count or 0)} would go ({job.title})"
    told = job.title if Spec.of(job).ids or count is None else f"{_logs(count)} ({job.title})"
    return f"Delete {told}"


def context(job: Job) -> dict[str, Any]:
    """For `bulk/kinds/delete.html`."""
    return {"spec": Spec.of(job), "receipt": job.found.get("receipt")}


def _logs(count: int) -> str:
    return f"{count:,} log{'' if count == 1 else 's'}"
