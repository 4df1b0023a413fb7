"""procrastinate on PostgreSQL: `manage.py worker` twice, one of them killed in the middle of a deletion.

Where TEST_DATABASE_URL names a server in which a database may be made; with REQUIRE_POSTGRES=1 it has to.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from tests import services

ROOT = Path(__file__).parent.parent.parent
ENDS_WITHIN_S = 150.0
PLAN = """
import json
from django.contrib.auth import get_user_model
from gateway_dash import upstream
from gateway_dash.bulk import jobs
from gateway_dash.bulk.deletion.spec import Spec
from gateway_dash.gateway.query import LogQuery
rows, total = upstream.logs("prod-edge").unchecked(LogQuery(sort="created_at"))
kim = get_user_model().objects.create_superuser("kim")
ids = tuple(log.id for page in (2, 3, 4, 5) for log in
            upstream.logs("prod-edge").unchecked(LogQuery(sort="created_at", page=page))[0])
job = jobs.start("delete", "prod-edge", kim, "some", Spec(ids=ids, wait_s=1, level="rows").kept(), phase="plan")
jobs.begin_here(job)
assert jobs.confirm(job, kim, job.spec, needs_second=False), job.state
print(json.dumps(len(ids)))
"""
STATE = """
import json
from gateway_dash.bulk.models import Job
job = Job.objects.get()
print(json.dumps([job.state, job.phase, job.found.get("receipt"), job.problem]))
"""


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The product on a database of its own on that server."""
    server = services.needed("TEST_DATABASE_URL")
    name, base = f"tasks_{secrets.token_hex(6)}", urlsplit(server)._replace(path="").geturl()
    with psycopg.connect(f"{base}/postgres", autocommit=True) as there:
        there.execute(f'CREATE DATABASE "{name}"')  # type: ignore[call-overload, unused-ignore] # a name of ours
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("CLOUDFLARE_", "GATEWAY_DASH_"))}
    yield kept | {
        "DATABASE_URL": f"{base}/{name}",
        "DJANGO_SETTINGS_MODULE": "gateway_dash.settings",
        "GATEWAY_DASH_JOB_ENGINE": "procrastinate",
        "GATEWAY_DASH_DATA_DIR": str(tmp_path),
        "GATEWAY_DASH_SANDBOX_LOGS": "600",
        "GATEWAY_DASH_JOB_CALLS": "1000",
    }
    with psycopg.connect(f"{base}/postgres", autocommit=True) as there:
        there.execute(f'DROP DATABASE "{name}" WITH (FORCE)')  # type: ignore[call-overload, unused-ignore]


def manage(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def asked(environment: dict[str, str], code: str) -> Any:
    return json.loads(manage(environment, "shell", "--no-imports", "-c", code).splitlines()[-1])


def worker(environment: dict[str, str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "manage.py", "worker"]
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=quiet, stderr=quiet, start_new_session=True)


@pytest.mark.timeout(2 * ENDS_WITHIN_S)
def test_a_worker_that_is_killed_leaves_its_job_to_the_other(environment: dict[str, str]):
    manage(environment, "migrate", "--verbosity", "0")
    count = asked(environment, PLAN)
    assert count > 100
    first = worker(environment)
    try:
        ends_at = time.monotonic() + ENDS_WITHIN_S
        while (found := asked(environment, STATE))[1] in ("planned", "wait"):
            assert found[0] == "active", found
            assert time.monotonic() < ends_at, "the first worker took nothing"
            time.sleep(0.3)
    finally:
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()
    others = [worker(environment), worker(environment)]
    try:
        while (found := asked(environment, STATE))[0] == "active" and time.monotonic() < ends_at:
            time.sleep(1.0)
    finally:
        for each in others:
            os.killpg(each.pid, signal.SIGTERM)
        codes = [each.wait(30) for each in others]
    state, _phase, receipt, problem = found
    assert (state, problem) == ("done", "")
    assert (receipt["gone"], receipt["left"], receipt["untried"]) == (count, 0, 0)
    assert codes == [0, 0], "told to stop, a worker ends what it does, and ends"
