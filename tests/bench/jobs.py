"""What jobs get out of a call: logs deleted (both ways), copied and exported, beside the limit of the API.

The floor is a list that is only read: 50 logs a call. The API takes 1,200 calls in 5 minutes, jobs take 400:
what is said at these rates is logs a minute.
The sandbox is in the process, so the own time is that of the dashboard and of the sandbox together.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from unittest.mock import patch

from tests.people import somebody

LOGS = 6000
LIMIT, OURS = 1200 / 5, 400 / 5  # calls a minute


def main() -> None:
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "gateway_dash.settings",
        "GATEWAY_DASH_DATA_DIR": tempfile.mkdtemp(prefix="gateway-dash-bench-"),
        "GATEWAY_DASH_DELETION_WAIT_S": "0",
    }
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    import logging

    logging.disable(logging.CRITICAL)
    print(f"{LOGS:,} logs each; calls as jobs sent them\n")
    head = ("logs", "calls", "logs/call", "of floor", "at 400/5min", "at 1200/5min", "own s")
    print(" " * 24 + "".join(each.rjust(width) for each, width in zip(head, (7, 8, 11, 10, 13, 14, 8), strict=True)))
    for name, work in measured():
        logs, calls, own_s = work()
        rate = logs / calls
        told = f"{rate:>11.2f}{rate / 50:>10.2f}{rate * OURS:>13,.0f}{rate * LIMIT:>14,.0f}{own_s:>8.1f}"
        print(f"{name:24}{logs:>7,}{calls:>8,}{told}", flush=True)


def measured() -> list[tuple[str, Callable[[], tuple[int, int, float]]]]:
    from gateway_dash.bulk import pace
    from gateway_dash.bulk.deletion import batch, probe

    for place, name, value in (
        (batch, "LOOKS_S", (0.0,)),
        (probe, "LOOKS_S", (0.0,)),
        (pace, "wait_s", lambda _account: 0.0),
    ):
        patch.object(place, name, value).start()
    return [
        ("read (the floor)", read),
        ("export, rows", lambda: exported("csv", LOGS)),
        ("export, with bodies", lambda: exported("bodies", 500)),
        ("delete by ids, no copy", lambda: deleted("none", "exact")),
        ("delete by ids, rows", lambda: deleted("rows", "exact")),
        ("delete by filter, rows", lambda: deleted("rows", "swift")),
        ("delete 500, bodies", lambda: deleted("bodies", "exact", 500)),
    ]


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


def read() -> tuple[int, int, float]:
    from gateway_dash import upstream
    from gateway_dash.gateway.query import LogQuery

    stage(LOGS)
    began, pages = time.monotonic(), -(-LOGS // 50)
    for page in range(1, pages + 1):
        upstream.logs("prod-edge").unchecked(LogQuery(sort="created_at", page=page))
    return LOGS, pages, time.monotonic() - began


def exported(form: str, count: int) -> tuple[int, int, float]:
    from django.http import QueryDict
    from django.utils import timezone

    from gateway_dash.bulk import jobs
    from gateway_dash.bulk.exporting.spec import Spec, fixed
    from gateway_dash.gateway.query import LogQuery

    stage(count)
    query = fixed(LogQuery.read(QueryDict("provider=mistral")), timezone.now())
    job = jobs.start("export", "prod-edge", person(), "x", Spec(format=form, query=query.url()).kept(), phase="read")
    return worked_off(job, count)


def deleted(level: str, path: str, count: int = LOGS) -> tuple[int, int, float]:
    from django.http import QueryDict

    from gateway_dash.bulk import jobs
    from gateway_dash.bulk.deletion.spec import Spec
    from gateway_dash.bulk.views import settled
    from gateway_dash.gateway.query import LogQuery

    stage(count)
    query = settled(LogQuery.read(QueryDict("provider=mistral")))
    spec = Spec(query=query.url(), wait_s=0, level=level, path=path)
    job = jobs.start("delete", "prod-edge", person(), "x", spec.kept(), phase="plan")
    while job.state == "active":
        jobs.begin_here(job)
    planned = job.calls  # the plan is the floor's own price; it is counted too
    assert jobs.confirm(job, job.actor, job.spec, needs_second=False)
    logs, calls, own_s = worked_off(job, count)
    assert job.found["receipt"]["gone"] == count, job.found
    assert calls > planned
    return logs, calls, own_s


def worked_off(job: object, count: int) -> tuple[int, int, float]:
    from django.utils import timezone

    from gateway_dash.bulk import runner
    from gateway_dash.bulk.models import Job

    assert isinstance(job, Job)
    began = time.monotonic()
    while job.state == Job.State.ACTIVE:
        Job.objects.filter(pk=job.pk).update(due_at=timezone.now())
        runner.advance(job.pk)
        job.refresh_from_db()
    assert job.state == Job.State.DONE, job.problem
    return count, job.calls, time.monotonic() - began


def person() -> object:

    return somebody("bench")


if __name__ == "__main__":
    main()
