"""What jobs get out of a call: logs deleted (both ways), archived and exported, beside the limit of the API.

The floor is what the API itself takes: lists of 50 logs, 50 ids or 1,000 logs of a filter in a DELETE, a body a call.
The API takes 1,200 calls in 5 minutes; the dashboard takes 1,000
of them, jobs 400 of these: what is said at these rates is logs a minute. "Archived" counts the calls of a deletion in
which it copies what it is to take. Own time is that of the dashboard and of the sandbox together, which is in the
process.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from typing import Any

from tests.bench.product import set_up, somebody, without_waiting
from tests.bench.rates import PER_MINUTE
from tests.bench.results import tell

LOGS, WITH_BODIES = 6_000, 500
PAGE = 50


class Work:
    """A job that is done: its logs, the calls of each phase, and how long it took."""

    def __init__(self, logs: int, calls: dict[str, int], own_s: float) -> None:
        self.logs, self.calls, self.own_s = logs, calls, own_s

    def rate(self, phase: str = "") -> float:
        """Logs for each call, of one phase or of all."""
        return self.logs / (self.calls[phase] if phase else sum(self.calls.values()))


def main() -> None:
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "gateway_dash.settings",
        "GATEWAY_DASH_DATA_DIR": tempfile.mkdtemp(prefix="gateway-dash-bench-"),
        "GATEWAY_DASH_DELETION_WAIT_S": "0",
    }
    set_up()
    without_waiting()
    heads = "".join(f"{f'at {limit:,}/5min':>15}" for limit in PER_MINUTE)
    print(
        f"{LOGS:,} logs each, {WITH_BODIES:,} with bodies\n{'':22}{'logs/call':>11}{'of floor':>10}{heads}{'ms/log':>9}"
    )
    done: dict[tuple[object, ...], Work] = {}
    for key, (work, asked, phase) in measured().items():
        if (work, *asked) not in done:
            done[work, *asked] = work(*asked)
        found = done[work, *asked]
        rate, own_ms = found.rate(phase), found.own_s * 1000 / found.logs
        told = f"{rate:11.2f}{rate / FLOORS[key]:10.2f}" + "".join(
            f"{rate * calls:15,.0f}" for calls in PER_MINUTE.values()
        )
        print(f"{key:22}{told}{own_ms:9.2f}", flush=True)
        tell(f"rate.{key}", rate, FLOORS[key])
        if not phase:
            tell(f"work.{key}", own_ms, READ_MS[0])


BODIES_TOO = PAGE / (1 + 2 * PAGE)
FLOORS = {
    "read": PAGE, "export_rows": PAGE, "export_bodies": BODIES_TOO, "archive_rows": PAGE, "archive_bodies": BODIES_TOO,
    "delete_none": PAGE / 2, "delete_rows": PAGE / 2, "delete_swift": 1_000 / (1_000 / PAGE + 1),
    "delete_bodies": PAGE / (2 + 2 * PAGE),
}  # fmt: skip
READ_MS = [0.0]  # what a log costs that is only read; known once the first is measured


def measured() -> dict[str, tuple[Callable[..., Work], tuple[Any, ...], str]]:
    """What does the work, with what, and which phase of it counts: all, or one."""
    return {
        "read": (read, (), ""),
        "export_rows": (exported, ("csv", LOGS), ""),
        "export_bodies": (exported, ("bodies", WITH_BODIES), ""),
        "archive_rows": (deleted, ("rows", "exact", LOGS), "archive"),
        "archive_bodies": (deleted, ("bodies", "exact", WITH_BODIES), "archive"),
        "delete_none": (deleted, ("none", "exact", LOGS), ""),
        "delete_rows": (deleted, ("rows", "exact", LOGS), ""),
        "delete_swift": (deleted, ("rows", "swift", LOGS), ""),
        "delete_bodies": (deleted, ("bodies", "exact", WITH_BODIES), ""),
    }


def stage(count: int) -> None:
    """An upstream of so many logs to take, and as many that stay."""
    from datetime import UTC, datetime, timedelta

    from gateway_dash import upstream
    from gateway_dash.gateway.ledger import Ledger
    from gateway_dash.sandbox import Options, Sandbox, Store

    store, start = Store(), datetime.now(UTC) - timedelta(days=1)
    for number in range(2 * count):
        at = start + timedelta(seconds=number)
        row = {"created_at": at.isoformat(), "provider": ("mistral", "groq")[number % 2]}
        store.add(row | {"request_body": b'{"n": 1}', "response_body": b"{}"})
    account = upstream.connect(Sandbox(store, Options(budget=None)), Ledger(share=10**9))
    upstream.account = lambda: account  # type: ignore[assignment]


def read() -> Work:
    from gateway_dash import upstream
    from gateway_dash.gateway.query import LogQuery

    stage(LOGS)
    began, pages = time.monotonic(), -(-LOGS // PAGE)
    for page in range(1, pages + 1):
        upstream.logs("prod-edge").unchecked(LogQuery(sort="created_at", page=page))
    own_s = time.monotonic() - began
    READ_MS[0] = own_s * 1000 / LOGS
    return Work(LOGS, {"read": pages}, own_s)


def exported(form: str, count: int) -> Work:
    from django.http import QueryDict
    from django.utils import timezone

    from gateway_dash.bulk import jobs
    from gateway_dash.bulk.exporting.spec import Spec, fixed
    from gateway_dash.gateway.query import LogQuery

    stage(count)
    query = fixed(LogQuery.read(QueryDict("provider=mistral")), timezone.now())
    spec = Spec(format=form, query=query.url())
    return worked_off(jobs.start("export", "prod-edge", somebody(), "x", spec.kept(), phase="read"), count)


def deleted(level: str, path: str, count: int) -> Work:
    from django.http import QueryDict

    from gateway_dash.bulk import jobs
    from gateway_dash.bulk.deletion.spec import Spec
    from gateway_dash.bulk.views import settled
    from gateway_dash.gateway.query import LogQuery

    stage(count)
    query = settled(LogQuery.read(QueryDict("provider=mistral")))
    spec = Spec(query=query.url(), wait_s=0, level=level, path=path)
    job = jobs.start("delete", "prod-edge", somebody(), "x", spec.kept(), phase="plan")
    while job.state == "active":
        jobs.begin_here(job)
    planned = job.calls  # they count too
    assert jobs.confirm(job, job.actor, job.spec, needs_second=False)
    work = worked_off(job, count)
    work.calls["plan"] = planned
    assert job.found["receipt"]["gone"] == count, job.found
    return work


def worked_off(job: Any, count: int) -> Work:
    """Step by step to its end, with the calls of each phase."""
    from django.utils import timezone

    from gateway_dash.bulk import runner
    from gateway_dash.bulk.models import Job

    began, calls, before = time.monotonic(), dict[str, int](), job.calls
    while job.state == Job.State.ACTIVE:
        Job.objects.filter(pk=job.pk).update(due_at=timezone.now())
        job.refresh_from_db()
        phase = job.phase
        runner.advance(job.pk)
        job.refresh_from_db()
        calls[phase], before = calls.get(phase, 0) + job.calls - before, job.calls
    assert job.state == Job.State.DONE, job.problem
    return Work(count, calls, time.monotonic() - began)


if __name__ == "__main__":
    main()
