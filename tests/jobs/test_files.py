"""The copy: when it cannot be written, or is not what was written, nothing is deleted."""

from __future__ import annotations

import gzip
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway_dash import upstream
from gateway_dash.bulk import files, jobs
from gateway_dash.bulk.models import Job, Part
from tests.faults import Faults
from tests.jobs.driving import check, confirmed, drive, person, states, step, words_of


def full(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("place", [(os, "fsync"), (files, "append"), (files, "put_away"), (Path, "mkdir")])
def test_a_full_disk_halts_it_before_anything_goes(place: tuple[object, str], wire: Faults, newest, monkeypatch):
    job = confirmed(newest)
    with monkeypatch.context() as patched:
        patched.setattr(*place, full)
        drive(job)
    check(wire, job)
    assert job.state == Job.State.HALTED
    assert "No space left" in job.problem
    assert wire.deletes == 0
    jobs.go_on(job, person())
    assert states(drive(job)) == {"gone": 70}
    check(wire, job)


def test_a_disk_that_fills_up_at_the_copy_of_the_oldest_logs_halts_it_before_the_probe(wire, newest, monkeypatch):
    job = drive(confirmed(newest), lambda: Job.objects.get().phase == "probe")
    monkeypatch.setattr(os, "fsync", full)
    drive(job)
    check(wire, job)
    assert (job.state, wire.deletes) == (Job.State.HALTED, 0)


def spoil(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def fake(path: Path) -> None:
    """As many lines, of the same logs, which say something else."""
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()).replace(b'"provider":"', b'"provider":"x')))


@pytest.mark.parametrize("tamper", [spoil, flip, empty, fake, Path.unlink])
def test_a_file_that_is_not_what_was_put_away_halts_it(tamper: Callable[[Path], None], wire, newest, monkeypatch):
    put_away = files.put_away

    def put_away_and_tamper(path: Path, name: str) -> str:
        sha256 = put_away(path, name)
        tamper(Path(files.archives().path(name)))
        return sha256

    job = confirmed(newest)
    with monkeypatch.context() as patched:
        patched.setattr(files, "put_away", put_away_and_tamper)
        drive(job)
    check(wire, job)
    assert job.state == Job.State.HALTED
    assert "A file could not be written or read" in job.problem
    assert (wire.deletes, Part.objects.count()) == (0, 0)
    jobs.go_on(job, person())
    assert states(drive(job)) == {"gone": 70}


@pytest.mark.parametrize("number", range(1, 9))
def test_another_machine_goes_on_where_the_unfinished_file_is_not(number: int, wire: Faults, newest, monkeypatch):
    """Each step of the copy is one piece here; then the folder of unfinished files is another one."""
    monkeypatch.setattr("gateway_dash.bulk.work.STEP_S", 0.0001)
    monkeypatch.setattr("gateway_dash.bulk.deletion.archive.PAGE", 10)
    monkeypatch.setattr("gateway_dash.bulk.deletion.archive.RECORDS", {"rows": 30})
    job = drive(confirmed(newest), lambda: Job.objects.get().phase == "archive")
    for _ in range(number):
        step(job)
    shutil.rmtree(upstream.work_dir() / job.key)
    drive(job)
    check(wire, job)
    assert states(job) == {"gone": 70}
    assert job.done <= 70


def test_what_is_half_written_by_a_dead_worker_is_cut_off(wire: Faults, newest):
    job = drive(confirmed(newest), lambda: Job.objects.get().phase == "archive")
    path = files.growing(job.key, "part-0001.jsonl.gz")
    path.write_bytes(b"half of a piece")
    drive(job)
    check(wire, job)
    assert states(job) == {"gone": 70}
    assert "read back and counted" in words_of(job)
