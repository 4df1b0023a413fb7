"""What rig.py runs once Django is there: the children, their end, and what must hold after it."""

from __future__ import annotations

import argparse
import csv
import io
import json
import logging
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
from django.db import connection, connections
from django.utils import timezone

from gateway_dash import upstream
from gateway_dash.bulk import files, jobs, pace, runner, work
from gateway_dash.bulk.exporting.spec import Spec as Export
from gateway_dash.bulk.exporting.spec import fixed
from gateway_dash.bulk.models import DeletionGate, Item, Job, new_key
from gateway_dash.gateway.query import LogQuery
from gateway_dash.sandbox import Options, Sandbox, Store
from gateway_dash.team.models import AuditHead
from tests.faults import Faults
from tests.jobs import driving

GATEWAYS = ("prod-edge", "staging", "support-bot")
OTHERS = 6  # logs that are not selected, older than those that are
ENDS_AFTER_S = 60.0
CHILD_FAILED = 3
LOGS = "logs.sqlite3"
NO_WRITES = ("SELECT", "PRAGMA", "BEGIN", "SAVEPOINT", "RELEASE")


type Twin = Callable[[Job], Job]
type Judge = Callable[[Faults, Path, Job], str]


class Killer:
    """Counts events, and kills its own process right after the k-th."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.count = 0

    def event(self, *_: object) -> None:
        """One more."""
        self.count += 1
        if self.count == self.at:
            os.kill(os.getpid(), signal.SIGKILL)

    def executed(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        """Around each statement that writes: a kill after a read is one after what came before it."""
        result = execute(sql, *rest)
        if not sql.lstrip().startswith(NO_WRITES):
            self.event()
        return result

    def committing(self, commit: Callable[[], Any]) -> Callable[[], Any]:
        """The end of a transaction; before it was the event of its last statement."""

        def committed() -> Any:
            result = commit()
            self.event()
            return result

        return committed


def kills(folder: Path, given: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """A run for each point; the first one, which nobody kills, counts them."""
    logging.disable(logging.CRITICAL)
    AuditHead.objects.get_or_create(pk=1)  # which the first entry of a trail makes, and no later one
    store = filled(folder / "first", given.logs, GATEWAYS[:1], with_bodies=given.level == "bodies")
    connect(store)
    plan = driving.planned(store.ids()[OTHERS:], level=given.level)
    store.close()
    points = run(plan, 10**9, folder)["events"]
    yield {"points": points, "logs": given.logs, "level": given.level, "database": connection.vendor}
    for at in range(given.first, points + 1, given.every):
        yield run(plan, at, folder)


def export_kills(folder: Path, given: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """The same for an export, of rows or with bodies."""
    logging.disable(logging.CRITICAL)
    AuditHead.objects.get_or_create(pk=1)  # which the first entry of a trail makes, and no later one
    store = filled(folder / "first", given.logs, GATEWAYS[:1], with_bodies=given.level == "bodies")
    connect(store)
    spec = Export(format="bodies" if given.level == "bodies" else "csv", query=fixed(LogQuery(), timezone.now()).url())
    plan = jobs.start("export", GATEWAYS[0], driving.person(), "All calls", spec.kept(), phase="read")
    store.close()
    points = run(plan, 10**9, folder, twin=again, judge=exported)["events"]
    yield {"points": points, "logs": given.logs, "level": given.level, "database": connection.vendor}
    for at in range(given.first, points + 1, given.every):
        yield run(plan, at, folder, twin=again, judge=exported)


def again(plan: Job) -> Job:
    """The same export once more, from its beginning."""
    return jobs.start("export", plan.gateway, plan.actor, plan.title, plan.spec, phase="read")


def exported(wire: Faults, _place: Path, job: Job) -> str:
    """Each log once, in the files as they were put away."""
    job.refresh_from_db()
    if job.state != Job.State.DONE:
        return job.problem or job.state
    found: list[str] = []
    for part in job.parts.exclude(name__endswith="manifest.json").order_by("name"):
        with files.archives().open(part.name) as file:
            text = file.read().decode()
        is_table = part.name.endswith(".csv")
        found += [row["id"] for row in csv.DictReader(io.StringIO(text))] if is_table else []
        found += [] if is_table else [json.loads(line)["log"]["id"] for line in text.splitlines()]
    return "" if found == wire.store.ids() else f"{len(found)} rows of {len(wire.store.ids())} logs"


def run(plan: Job, at: int, folder: Path, *, twin: Twin | None = None, judge: Judge | None = None) -> dict[str, Any]:
    """One job, killed at this point, and finished."""
    twin, judge = twin or confirmed_twin, judge or verdict
    started = time.monotonic()
    DeletionGate.objects.all().delete()
    place = folder / f"run-{at}"
    place.mkdir()
    shutil.copy(folder / "first" / LOGS, place)
    store = Store(place / LOGS)
    truth = connect(store, with_bodies=plan.spec.get("level") == "bodies")
    job = twin(plan)
    killed = outcome(child(lambda: work_off([job.pk], place, Killer(at))))
    driving.lease_runs_out(job)
    finished = outcome(child(lambda: work_off([job.pk], place, Killer(10**9))))
    told = {"at": at, "killed": killed == -signal.SIGKILL, "events": events(place), "s": 0.0}
    wrong = "a child failed" if finished or killed not in (0, -signal.SIGKILL) else judge(truth, place, job)
    store.close()
    shutil.rmtree(place)
    return told | {"s": round(time.monotonic() - started, 2), "wrong": wrong}


def confirmed_twin(plan: Job) -> Job:
    """The same plan once more, confirmed."""
    job = Job.objects.get(pk=plan.pk)
    items = list(job.items.all())
    job.pk, job.key, job.expires_at = None, new_key(), timezone.now() + timedelta(minutes=5)
    job.save()
    for item in items:
        item.pk, item.job = None, job
    Item.objects.bulk_create(items)
    assert jobs.confirm(job, job.actor, job.spec, needs_second=False)
    return job


def pairs(folder: Path) -> Iterator[dict[str, Any]]:
    """Two children at the same three jobs, two of them in one gateway."""
    logging.disable(logging.CRITICAL)
    for number in range(3):
        yield {"pair": number, "database": connection.vendor} | pair(folder / f"pair-{number}")


def pair(place: Path) -> dict[str, Any]:
    """Three jobs, two of which name some logs both."""
    started = time.monotonic()
    store = filled(place, 200, GATEWAYS[:2])
    wire = connect(store)
    first, second = (store.ids(gateway)[OTHERS // 2 :] for gateway in GATEWAYS[:2])
    all_jobs = [driving.confirmed(first[:60]), driving.confirmed(first[50:])]
    all_jobs.append(driving.confirmed(second, gateway=GATEWAYS[1]))
    keys = [job.pk for job in all_jobs]
    children = [child(lambda: work_off(keys, place, Killer(10**9))) for _ in range(2)]
    outcomes = [outcome(each) for each in children]
    wrong = "a child failed" if any(outcomes) else verdict(wire, place, *all_jobs)
    workers = (place / "workers").read_text().split()
    steps = {worker: workers.count(worker) for worker in set(workers)}
    if not wrong and len(steps) < 2:
        wrong = "one of the two did nothing"
    return {"steps": list(steps.values()), "s": round(time.monotonic() - started, 2), "wrong": wrong}


# --- the logs ---------------------------------------------------------------------------------------------------------


def filled(place: Path, logs: int, gateways: tuple[str, ...], *, with_bodies: bool = False) -> Store:
    """A file with small logs: those that stay are the oldest, which an ignored filter would take."""
    place.mkdir(parents=True)
    store = Store(place / LOGS)
    begins = datetime.now(UTC) - timedelta(hours=9)
    for number in range(logs + OTHERS):
        bodies = {"request_body": b'{"n": %d}' % number, "response_body": b"\xff\x00"} if with_bodies else {}
        gateway = gateways[number % len(gateways)]
        store.add({"created_at": begins + timedelta(seconds=number), "gateway_id": gateway, **bodies})
    return store


def connect(store: Store, *, with_bodies: bool = False) -> Faults:
    """The wire to this store, for this process."""
    wire = Faults(Sandbox(store, Options(budget=None)), with_bodies=with_bodies)
    account = driving.account_over(wire)
    upstream.account = lambda: account  # type: ignore[assignment] # the place that chooses the upstream
    pace.wait_s = lambda account: 0.0
    return wire


# --- the children -----------------------------------------------------------------------------------------------------


def child(does: Callable[[], None]) -> int:
    """A process that does this and ends; without any connection of ours."""
    connections.close_all()
    pid = os.fork()
    if pid:
        return pid
    status = CHILD_FAILED
    try:
        does()
        status = 0
    except BaseException as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
    finally:
        os._exit(status)


def outcome(pid: int) -> int:
    """The status of a child that has ended; negative for the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def work_off(keys: list[int], place: Path, killer: Killer) -> None:
    """All steps of these jobs, without a pause, as a worker takes them."""
    wire = connect(Store(place / LOGS))
    wire.before, wire.after = noting(place, killer), killer.event
    with ExitStack() as stack:
        for each in driving.no_pauses():
            stack.enter_context(each)
        stack.enter_context(patch.object(work, "LEASE_S", 60.0))
        connection.ensure_connection()
        wrapped: Any = connection
        wrapped._commit = killer.committing(wrapped._commit)
        ends_at = time.monotonic() + ENDS_AFTER_S
        while Job.objects.filter(pk__in=keys, state=Job.State.ACTIVE).exists():
            if time.monotonic() > ends_at:
                raise TimeoutError("the jobs do not end")
            due(keys)
            with connection.execute_wrapper(killer.executed):
                steps = [key for key in keys if runner.advance(key)]
            with (place / "workers").open("a") as file:
                file.write(f"{os.getpid()}\n" * len(steps))
    if killer.count:
        (place / "events").write_text(str(killer.count))


def due(keys: list[int]) -> None:
    """No pause: what waits is due. Jobs that somebody holds are left to them."""
    waiting = Job.objects.filter(pk__in=keys, due_at__gt=timezone.now(), lease_until=None)
    waiting.update(due_at=timezone.now())


def noting(place: Path, killer: Killer) -> Callable[[httpx.Request], None]:
    """Before each call: an event, and DELETEs are written down before they are sent."""

    def note(request: httpx.Request) -> None:
        if request.method == "DELETE":
            with (place / "deletes").open("a") as file:
                file.write(f"{request.url}\n")
        killer.event()

    return note


def events(place: Path) -> int:
    path = place / "events"
    return int(path.read_text()) if path.exists() else 0


# --- what must hold ---------------------------------------------------------------------------------------------------


def verdict(wire: Faults, place: Path, *all_jobs: Job) -> str:
    """What did not hold, in words; nothing if all of it did."""
    for url in (place / "deletes").read_text().splitlines():
        wire._inspect(httpx.Request("DELETE", url))  # what the children sent
    try:
        driving.check(wire, *all_jobs)
        for job in all_jobs:
            assert job.state == Job.State.DONE, job.problem
            assert set(driving.states(job)) <= {"gone", "before"}, driving.states(job)
        named = {each for ids in wire.named for each in ids} & set(wire.truth)
        assert named == set(wire.truth) - set(wire.store.ids()), "others went than were named"
        assert len(set(wire.store.ids())) == OTHERS, "not all went"
    except AssertionError as error:
        return str(error).splitlines()[0] or "an assertion"
    return ""
