"""What the page of an export shows: what is in it, its files with their hashes, and what was left out."""

from __future__ import annotations

from typing import Any

from gateway_dash.bulk.exporting.keeping import KEEP
from gateway_dash.bulk.exporting.manifest import NAME
from gateway_dash.bulk.exporting.spec import FORMATS, Spec
from gateway_dash.bulk.exporting.writing import KIND
from gateway_dash.bulk.models import Job, Part
from gateway_dash.web import formats


def sentence(job: Job) -> str:
    """What is exported, or what came of it."""
    form, result = FORMATS[job.spec["format"]], job.found.get("result")
    if result:
        return f"{formats.logs(result['records'])} exported as {form.label} ({job.title})"
    return f"Export as {form.label}: {job.title}"


def context(job: Job) -> dict[str, Any]:
    """For `bulk/kinds/export.html`."""
    parts = list(Part.objects.filter(job=job, kind=KIND))
    is_done = job.state == Job.State.DONE
    result: dict[str, Any] = job.found.get("result", {})
    return {
        "spec": Spec.of(job),
        "result": result,
        "parts": [(part.name.rpartition("/")[2], part) for part in parts],
        "is_done": is_done,
        "are_removed": any(part.removed_at for part in parts),
        "manifest_name": NAME,
        "kept_until": job.ended_at + KEEP if job.ended_at else None,
        "left_out": sorted(result.get("left_out", {}).items()),
    }
