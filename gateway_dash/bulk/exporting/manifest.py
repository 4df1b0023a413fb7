"""The last file of an export says what the others are: which logs, what was left out and why, and each file's hash."""

from __future__ import annotations

import json
from typing import Any

from django.utils import timezone

from gateway_dash.bulk.exporting import columns, rows
from gateway_dash.bulk.exporting.place import Place
from gateway_dash.bulk.exporting.reading import NEAR
from gateway_dash.bulk.exporting.spec import Spec
from gateway_dash.bulk.models import Job, Part
from gateway_dash.gateway.sentence import words
from gateway_dash.payload.masking import masked_text

NAME = "manifest.json"


def manifest(job: Job, place: Place, after: int | None) -> dict[str, Any]:
    """What the file holds. `after`: how many logs match at the end, None for ticked ones."""
    spec, before = Spec.of(job), job.found["count"]
    return {
        "job": job.key,
        "gateway": job.gateway,
        "logs": _which(spec),
        "format": spec.form.label,
        "each_record": spec.form.about,
        "columns": _columns(spec),
        "secrets_masked": not spec.secrets,
        "records": place.written,
        "left_out": place.skipped,
        "matched_at_the_start": before,
        "matched_at_the_start_is_exact": job.found["count_is_exact"],
        "matched_at_the_end": after,
        "changed_meanwhile": changed_words(job, place, after),
        "files": [
            {"name": part.name.rpartition("/")[2], "records": part.records, "bytes": part.size, "sha256": part.sha256}
            for part in Part.objects.filter(job=job).exclude(name__endswith=NAME)
        ],
        "asked_by": job.actor_name,
        "asked_at": job.created_at.isoformat(),
        "finished_at": timezone.now().isoformat(),
    }


def manifest_text(found: dict[str, Any]) -> bytes:
    """As it stands in the file."""
    return json.dumps(found, ensure_ascii=True, indent=1).encode("ascii") + b"\n"


def changed_words(job: Job, place: Place, after: int | None) -> str:
    """What is to be said where the logs were not the same all the time; nothing where they were."""
    before, is_exact = int(job.found["count"]), bool(job.found["count_is_exact"])
    read = place.way.done - place.skipped.get(NEAR, 0)
    if after is None or (after == before and (read == before or not is_exact)):
        return ""
    if after == before:
        how = f"{read:,} logs were read, of {before:,} that were counted"
    else:
        how = (
            f"{abs(after - before):,} {'more' if after > before else 'fewer'} logs matched at the end than at the start"
        )
    return f"{how}: some were deleted meanwhile, or came late. What was there when its turn came is in the files, once."


def _which(spec: Spec) -> str:
    if spec.ids:
        return f"{len(spec.ids):,} logs, ticked one by one"
    told = words(spec.log_query())
    return told if spec.secrets else masked_text(told)


def _columns(spec: Spec) -> dict[str, str] | list[str]:
    names = rows.columns_of(spec.form)
    if spec.form.ending == "parquet":
        return columns.schema_words(names)
    return list(names) if spec.form.ending == "csv" else []
