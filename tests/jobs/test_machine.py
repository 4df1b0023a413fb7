"""A deletion of twelve logs under any sequence of faults, kills, people and other workers; after each, all must hold.

60 examples of up to 40 steps. MACHINE_EXAMPLES=2000 asks for more, MACHINE_STEPS=100 for longer ones.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from gateway_dash import upstream
from gateway_dash.bulk import gates, jobs, runner, work
from gateway_dash.bulk.deletion import archive, batch, finish, zone
from gateway_dash.bulk.models import Item, Job, KeepMark
from gateway_dash.bulk.work import LeaseLost, Run, claim
from gateway_dash.sandbox import Options, Sandbox, Store
from tests import faults
from tests.faults import GATEWAY, Fault, Faults
from tests.jobs import driving

AT_ONCE = 5  # logs in a batch, and in the zone
LOGS, SELECTED = 24, slice(4, 16)
PROBES = 2
HARMLESS = ("ROLLBACK", "RELEASE", "SAVEPOINT")  # what Django does to leave a transaction that never was
FAULTS: dict[str, Fault] = {
    "ack lost": faults.ack_lost, "500": faults.e500, "500, done": faults.e500_done, "late": faults.late(3),
    "very late": faults.late(40), "partial": faults.partial, "stale": faults.stale(4), "very stale": faults.stale(30),
    "html": faults.html_502, "cut": faults.cut, "hang": faults.hang, "hang, done": faults.hang_done,
    "refused": faults.refused, "forbidden": faults.forbidden, "429": faults.too_many, "flood": faults.flood(3),
    "flood, old": faults.flood(3, old=True), "oldest dropped": faults.drop_oldest(2),
}  # fmt: skip
IGNORING: dict[str, Fault] = {
    "yes": faults.ignoring, "ack lost": faults.ignoring_and(faults.ack_lost),
    "500, done": faults.ignoring_and(faults.e500_done),
}  # fmt: skip
READS = ("SELECT", "PRAGMA")


class Killed(BaseException):
    """The process is no more."""


class Deletions(RuleBasedStateMachine):
    """One deletion, and all that can happen around it."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.stack.enter_context(rolled_back())
        for place in (batch, finish, zone):
            self.stack.enter_context(patch.object(place, "DELETE_AT_ONCE", AT_ONCE))
        self.stack.enter_context(patch.object(archive, "PAGE", AT_ONCE))
        self.stack.enter_context(patch.object(work, "STEP_S", 0.00001))
        self.stack.enter_context(patch.object(archive, "RECORDS", {"rows": 8}))
        store = Store()
        self.stack.callback(store.close)
        for number in range(LOGS):
            store.add({"created_at": datetime.now(UTC) - timedelta(hours=3, seconds=-number), "tokens_in": number})
        self.wire = Faults(Sandbox(store, Options(budget=None)))
        account = driving.account_over(self.wire)
        self.stack.enter_context(patch.object(upstream, "account", lambda: account))
        self.kept: set[str] = set()  # held before anything was sent for them
        self.asleep: Run | None = None
        self.lets_go_on = 0  # by people, after a halt
        self.ignoring = False

    @initialize()
    def confirmed(self) -> None:
        """A person wants it."""
        self.ids = self.wire.store.ids(GATEWAY)[SELECTED]
        self.job = driving.confirmed(self.ids)

    def is_active(self) -> bool:
        return self.job.state == Job.State.ACTIVE

    # --- what happens -----------------------------------------------------------------------------------------

    @precondition(is_active)
    @rule(times=st.integers(1, 3))
    def advance(self, times: int) -> None:
        """All is well."""
        for _ in range(times):
            self._step()

    @precondition(lambda self: self.is_active() and not self.ignoring)
    @rule(name=st.sampled_from(sorted(FAULTS)), at_delete=st.booleans())
    def advance_with_a_fault(self, name: str, at_delete: bool) -> None:
        """At the next call, or at the next DELETE if this step sends one."""
        if at_delete:
            self.wire.on_delete(self.wire.deletes + 1, FAULTS[name])
        else:
            self.wire.next(FAULTS[name])
        self._step()
        self.wire.calm()

    @precondition(is_active)
    @rule(at=st.integers(1, 30), in_a_call=st.booleans())
    def is_killed(self, at: int, in_a_call: bool) -> None:
        """Right before its n-th write, or before or after its n-th call."""
        with killed_at(self.wire, at if not in_a_call else 0, at % 8 + 1 if in_a_call else 0), suppress(Killed):
            self._step()
        driving.lease_runs_out(self.job)

    @precondition(lambda self: self.is_active() and self.asleep is None)
    @rule()
    def a_worker_falls_asleep(self) -> None:
        """It has the job, and its lease runs out."""
        Job.objects.filter(pk=self.job.pk).update(due_at=datetime.now(UTC) - timedelta(seconds=1))
        self.asleep = claim(self.job.pk, "asleep")
        driving.lease_runs_out(self.job)

    @precondition(lambda self: self.asleep is not None)
    @rule()
    def it_wakes_up(self) -> None:
        """If anybody had the job meanwhile, it writes nothing and sends nothing."""
        stale, self.asleep = self.asleep, None
        assert stale
        self.job.refresh_from_db()
        if stale.job.fence == self.job.fence and self.is_active():
            return
        deletes, entries = self.wire.deletes, self.job.entries.count()
        with suppress(LeaseLost):
            runner._step(stale)
            raise AssertionError("a worker that lost its job went on")
        assert (self.wire.deletes, self.job.entries.count()) == (deletes, entries)

    @rule()
    def somebody_stops_it(self) -> None:
        """From the page."""
        jobs.stop(self.job, driving.person("sam"))

    @rule(number=st.integers(0, 11))
    def somebody_keeps_a_log(self, number: int) -> None:
        """It stays, unless a deletion of it was sent."""
        log_id = self.ids[number]
        KeepMark.objects.get_or_create(account="sandbox", gateway=GATEWAY, log_id=log_id, by_name="sam")
        if not Item.objects.filter(job=self.job, log_id=log_id, rounds__gt=0).exists():
            self.kept.add(log_id)

    @precondition(lambda self: not self.ignoring)
    @rule(number=st.integers(0, LOGS - 1))
    def a_teammate_deletes(self, number: int) -> None:
        """One of the logs, in the vendor's own dashboard."""
        there = self.wire.store.ids(GATEWAY)
        self.wire.take(there[number % len(there) :][:1] if there else [])

    @rule(old=st.booleans())
    def logs_arrive(self, old: bool) -> None:
        """New ones, or late ones."""
        self.wire.arrive(2, old=old)

    @rule(name=st.sampled_from([GATEWAY, gates.ACCOUNT]))
    def the_gate_closes(self, name: str) -> None:
        """Somebody locks deletion."""
        gates.close(name, "sam", "wait")

    @rule()
    def the_gates_open(self) -> None:
        """And lets it be again."""
        gates.open_again(GATEWAY)
        gates.open_again(gates.ACCOUNT)

    @precondition(lambda self: self.job.state == Job.State.HALTED)
    @rule(to_the_end=st.booleans())
    def somebody_lets_it_go_on(self, to_the_end: bool) -> None:
        """After they looked."""
        self.lets_go_on += 1
        assert jobs.go_on(self.job, driving.person("sam"), phase="finish" if to_the_end else "")

    @rule()
    def what_is_late_happens(self) -> None:
        """Deletions that were accepted before."""
        self.wire.settle(all_of_it=True)

    @precondition(lambda self: not self.ignoring)
    @rule(name=st.sampled_from(sorted(IGNORING)))
    def the_upstream_stops_to_look_at_filters(self, name: str) -> None:
        """From the next DELETE on. Its lists are in order, and what was late is done."""
        self.ignoring = True
        self.wire.settle(all_of_it=True)
        self.wire.ghosts.clear()
        self.wire.from_delete(self.wire.deletes + 1, IGNORING[name])

    def _step(self) -> None:
        if self.is_active():
            driving.step(self.job)

    # --- what must hold ---------------------------------------------------------------------------------------

    @invariant()
    def all_of_it_holds(self) -> None:
        """As in every other test of deletions."""
        self.job.refresh_from_db()
        driving.check(self.wire, self.job, ignoring=self.ignoring)
        gone = self.kept - set(self.wire.store.ids()) - self.wire.others - self.wire.unnamed
        assert not gone, "kept, and gone"
        assert len(self.wire.unnamed) <= (AT_ONCE + PROBES) * (1 + self.lets_go_on)

    def teardown(self) -> None:
        """Whatever happened, the job can be brought to an end."""
        try:
            if hasattr(self, "job"):
                self._to_the_end()
        finally:
            self.stack.close()

    def _to_the_end(self) -> None:
        self.wire.calm()
        self.wire.settle(all_of_it=True)
        self.the_gates_open()
        driving.lease_runs_out(self.job)
        driving.drive(self.job)
        if self.job.state == Job.State.HALTED:
            jobs.go_on(self.job, driving.person(), phase="finish")
            driving.drive(self.job)
        assert self.job.state in driving.OVER
        self.all_of_it_holds()


@contextmanager
def rolled_back() -> Iterator[None]:
    """A transaction of which nothing stays."""
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)


@contextmanager
def killed_at(wire: Faults, write: int, call: int) -> Iterator[None]:
    """Raise at this write, or around this call (odd: before, even: after); whoever is dead writes nothing more."""
    counts = {"writes": 0, "calls": 0}
    dead: list[bool] = []

    def count(name: str, end: int) -> None:
        counts[name] += 1
        if dead or counts[name] == end:
            dead.append(True)
            raise Killed

    def executed(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if not sql.startswith(HARMLESS) and (dead or not sql.startswith(READS)):
            count("writes", write)
        return execute(sql, *rest)

    wire.before = wire.after = lambda _request: count("calls", call)
    try:
        with connection.execute_wrapper(executed):
            yield
    finally:
        wire.before = wire.after = lambda _request: None
        # One statement alone marks the transaction around all of this for rollback, which is not there in real life.
        transaction.set_rollback(False)


@pytest.mark.timeout(3600)
def test_a_deletion_holds_under_whatever_happens_in_whatever_order():
    examples, steps = int(os.environ.get("MACHINE_EXAMPLES", "60")), int(os.environ.get("MACHINE_STEPS", "40"))
    run_state_machine_as_test(
        Deletions,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            phases=(Phase.explicit, Phase.generate, Phase.shrink),  # an explanation takes minutes
            suppress_health_check=list(HealthCheck),
        ),
    )
