"""An export whose worker dies: at every write to the database, every upstream call and every file, before and after.

What is killed writes nothing more, as after kill -9. Another worker finds the lease run out and goes on from there.
"""

import itertools
import os
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from gateway_dash import upstream
from gateway_dash.bulk import files, runner, work
from gateway_dash.bulk.exporting.spec import FORMATS
from gateway_dash.bulk.models import Job, Part, Spent
from gateway_dash.bulk.runner import advance
from tests.views.exports import begin, fill, finish, ids_in, manifest

pytestmark = pytest.mark.django_db(transaction=True)  # a kill inside of one must leave what it leaves elsewhere

CHANGES = ("INSERT", "UPDATE", "DELETE")


class Killed(BaseException):
    """What no code of ours catches."""


class Killer:
    """Counts what happens, and at one of the events ends the worker; from then on nothing of it is done any more."""

    def __init__(self, at):
        self.at = at
        self.count = 0
        self.is_dead = False

    def event(self):
        self.count += 1
        if self.is_dead or self.count == self.at:
            self.is_dead = True
            raise Killed

    def around(self, do):
        """The same function with an event before it and one after it."""

        def done(*arguments, **more):
            self.event()
            result = do(*arguments, **more)
            self.event()
            return result

        return done

    def sql(self, execute, sql, params, many, context):
        if not sql.lstrip().upper().startswith(CHANGES):
            return execute(sql, params, many, context)
        return self.around(execute)(sql, params, many, context)


def killed_at(number, job, wire, monkeypatch):
    """Whether the worker was killed at that event, and did not get to the end before it."""
    killer = Killer(number)
    with monkeypatch.context() as patched, connection.execute_wrapper(killer.sql):
        patched.setattr(wire, "handle_request", killer.around(wire.handle_request))
        patched.setattr(os, "fsync", killer.around(os.fsync))
        patched.setattr(files, "put_away", killer.around(files.put_away))
        try:
            while advance(job.pk):
                pass
        except Killed:
            return True
    return False


@pytest.mark.parametrize(
    ("form", "seconds"),
    [("csv", [20, 70, 30]), ("parquet", [5, 55]), ("bodies", [2, 3]), ("parquet_bodies", [5]), ("evals", [4])],
)
def test_a_kill_anywhere_loses_and_doubles_nothing(wire, bare_store, monkeypatch, form, seconds):
    most = {"csv": 60, "parquet": 60, "bodies": 3, "parquet_bodies": 3, "evals": 100}[form]
    monkeypatch.setitem(FORMATS, form, replace(FORMATS[form], records_at_most=most))
    ids = fill(bare_store, seconds)
    upstream.account().client.budget.ledger.share = 10**9
    for number in itertools.count(1):
        Spent.objects.all().delete()  # so many exports in five minutes would have to wait for people
        job = begin(form)
        was_killed = killed_at(number, job, wire, monkeypatch)
        if was_killed:
            Job.objects.filter(pk=job.pk, lease_until__gt=timezone.now()).update(
                lease_until=timezone.now() - timedelta(seconds=1)
            )
        assert finish(job).state == Job.State.DONE, (number, job.problem)
        assert ids_in(job) == ids, number
        parts = Part.objects.filter(job=job)
        assert sum(part.records for part in parts) == manifest(job)["records"] == len(ids)
        assert {part.name.partition("/")[2] for part in parts} == set(files.archives().listdir(job.key)[1])
        if not was_killed:
            break
    assert number > 40


@pytest.mark.parametrize("steps_of_the_other", [1, 2, 60])
def test_a_worker_that_only_seemed_dead_writes_nothing_more(wire, bare_store, monkeypatch, steps_of_the_other):
    monkeypatch.setattr(work, "STEP_S", 0.0)
    ids = fill(bare_store, [1] * 220)
    job = begin("jsonl")

    def overtaken(_request):
        if len(wire.sent) == 3:
            Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
            bare_store.delete(ids[:10])  # so that the two do not write the same
            finish(job, steps_of_the_other)

    wire.instead = overtaken
    assert finish(job).state == Job.State.DONE, job.problem
    assert not job.entries.filter(words__contains="begun again").exists()
    assert [each for each in ids_in(job) if each not in ids[:10]] == ids[10:]


def test_a_beat_does_not_take_back_a_lease_that_was_given_back(wire, bare_store, monkeypatch):
    fill(bare_store, [1] * 60)
    monkeypatch.setattr(work, "STEP_S", 0.0)
    monkeypatch.setattr(work, "BEAT_S", 0.001)  # the next beat comes when the step is just over
    really = work.release

    def slowly(run, **more):
        really(run, **more)
        time.sleep(0.05)

    really_beat = work._beat

    def beat(*given):
        try:
            really_beat(*given)
        finally:  # a connection to a database in memory is not closed by `close`
            if connection.connection is not None:
                connection.connection.close()

    monkeypatch.setattr(work, "_beat", beat)
    monkeypatch.setattr(runner, "release", slowly)
    job = begin("csv")
    advance(job.pk)
    job.refresh_from_db()
    assert (job.state, job.lease_until) == (Job.State.ACTIVE, None)
