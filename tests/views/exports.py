"""What the tests of exports share: logs to export, a job worked off step by step, and its files read back."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone
from pyarrow import parquet

from gateway_dash.bulk import files, jobs
from gateway_dash.bulk.exporting.spec import Spec, fixed
from gateway_dash.bulk.models import Job, Part
from gateway_dash.bulk.runner import advance
from gateway_dash.gateway.query import LogQuery
from tests.conftest import GATEWAY
from tests.people import somebody

EXPORT = "/gateways/prod-edge/logs/export/"
ASKED = json.dumps({"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "What is DNS?"}]}).encode()
SAID = json.dumps(
    {"choices": [{"message": {"role": "assistant", "content": "Names."}, "finish_reason": "stop"}]}
).encode()
START = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=5)


def fill(store: Any, seconds: list[int], prefix: str = "log", **row: Any) -> list[str]:
    """So many logs in each of the seconds from START on, a few milliseconds apart; their ids, the oldest first."""
    ids = []
    for second, number in enumerate(seconds):
        for place in range(number):
            at = START + timedelta(seconds=second, milliseconds=place * 3)
            name = f"{prefix}-{second:03}-{place:03}"
            bodies = {"request_body": ASKED, "response_body": SAID}
            ids.append(store.add({"id": name, "created_at": at.isoformat()} | bodies | row))
    return ids


def begin(form: str, query: LogQuery | None = None, name: str = "kim", **more: Any) -> Job:
    """The job of an export of all that match, with no step done."""
    user = somebody(name)
    spec = Spec(format=form, query="" if "ids" in more else fixed(query or LogQuery(), timezone.now()).url(), **more)
    return jobs.start("export", GATEWAY, user, "All calls", spec.kept(), phase="read")


def finish(job: Job, steps: int = 60) -> Job:
    """Step by step, as workers would, until nothing more happens by itself."""
    for _ in range(steps):
        if not advance(job.pk):
            break
    job.refresh_from_db()
    return job


def parts(job: Job) -> list[bytes]:
    """The finished files in their order, without the manifest."""
    found = Part.objects.filter(job=job).exclude(name__endswith="manifest.json").order_by("name")
    return [stored(part.name) for part in found]


def stored(name: str) -> bytes:
    with files.archives().open(name) as file:
        return file.read()


def manifest(job: Job) -> dict[str, Any]:
    return json.loads(stored(f"{job.key}/manifest.json"))


def records(job: Job) -> list[Any]:
    """Every record of every file, as a reader of that form has it."""
    return [record for data in parts(job) for record in read(job.spec["format"], data)]


def read(form: str, data: bytes) -> list[Any]:
    if form.startswith("csv"):
        return list(csv.DictReader(io.StringIO(data.decode(), newline="")))
    if form.startswith("parquet"):
        return parquet.read_table(io.BytesIO(data)).to_pylist()
    return [json.loads(line) for line in data.splitlines()]


def ids_in(job: Job) -> list[str]:
    """The ids of the logs in the files, in their order."""
    where = {"bodies": lambda each: each["log"]["id"], "evals": lambda each: each["item"]["log_id"]}
    return [where.get(job.spec["format"], lambda each: each["id"])(each) for each in records(job)]
