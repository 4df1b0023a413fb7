"""The real thing: processes that are killed with SIGKILL after each event of a deletion, and two that work at once.

On SQLite always; on PostgreSQL where TEST_DATABASE_URL names a server in which a database may be made
(postgres://user@host/). With REQUIRE_POSTGRES=1 it is a failure if none is named.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests import services

HALVES = 2  # of the points, each worked off by a program of its own
LONGEST_S = 600.0  # on a machine that has other things to do; alone it is about a minute


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest) -> list[str]:
    """Where the journal is: arguments of the program."""
    if request.param == "sqlite":
        return []
    return ["--database", services.needed("TEST_DATABASE_URL")]


def started(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.jobs.rig", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(program: subprocess.Popen[str]) -> list[dict[str, Any]]:
    """What each run came to."""
    try:
        out, errors = program.communicate(timeout=LONGEST_S)
    finally:
        program.kill()
    runs = [json.loads(line) for line in out.splitlines()]
    wrong = [run for run in runs if run.get("wrong")]
    assert (program.returncode, wrong) == (0, []), errors
    return runs


@pytest.mark.timeout(LONGEST_S)
@pytest.mark.parametrize(("level", "logs"), [("rows", 60), ("bodies", 12)])
def test_a_deletion_that_is_killed_at_any_point_goes_on_and_loses_nothing(level: str, logs: int, server: list[str]):
    given = ["kill", "--logs", str(logs), "--level", level, "--every", str(HALVES), *server]
    programs = [started(*given, "--first", str(number + 1)) for number in range(HALVES)]
    found = [ended(program) for program in programs]
    assert len({counted["points"] for counted, *_ in found}) == 1
    runs = [run for _, *all_runs in found for run in all_runs]
    assert len(runs) == found[0][0]["points"] > 100
    assert all(run["killed"] for run in runs)


@pytest.mark.timeout(LONGEST_S)
@pytest.mark.parametrize(("level", "logs"), [("rows", 120), ("bodies", 12)])
def test_an_export_that_is_killed_at_any_point_has_each_log_once(level: str, logs: int, server: list[str]):
    counted, *runs = ended(started("export", "--logs", str(logs), "--level", level, *server))
    assert len(runs) == counted["points"] > 20
    assert all(run["killed"] for run in runs[:-2])  # the first has two more: the count of calls


@pytest.mark.timeout(LONGEST_S)
def test_two_processes_at_the_same_jobs_do_each_thing_once(server: list[str]):
    runs = ended(started("pair", *server))
    assert [len(run["steps"]) for run in runs] == [2, 2, 2]
