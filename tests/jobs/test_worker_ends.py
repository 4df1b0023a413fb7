"""`manage.py worker` on SQLite: told to stop, it ends what it does, gives its job back and ends."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from gateway_dash.launch import STEP_ENDS_WITHIN
from tests.load.rig import Controlled, clean_environment, upstream

ROOT = Path(__file__).parent.parent.parent
BEGIN_AN_EXPORT = """
import django; django.setup()
from django.contrib.auth import get_user_model
from django.test import Client
person = get_user_model().objects.create(username="kim", is_superuser=True)
client = Client(SERVER_NAME="127.0.0.1"); client.force_login(person)
answer = client.post("/gateways/prod-edge/logs/export/", {"format": "bodies", "of": "all"})
assert answer.status_code == 303, answer.content
"""


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Settings of a dashboard with a database of its own, which is migrated."""
    found = clean_environment() | {"GATEWAY_DASH_DATA_DIR": str(tmp_path), "GATEWAY_DASH_SANDBOX_LOGS": "50"}
    migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(migrate, cwd=ROOT, env=found, check=True, timeout=100)
    return found


@pytest.fixture
def there() -> Iterator[Controlled]:
    """An upstream whose every answer takes a moment."""
    with upstream() as found:
        yield found


def started(environ: dict[str, str]) -> subprocess.Popen[str]:
    command = [sys.executable, "manage.py", "worker"]
    return subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True)


def test_a_worker_that_is_told_to_stop_ends_within_twenty_seconds(environ: dict[str, str]):
    worker = started(environ)
    try:
        assert worker.stdout
        assert worker.stdout.readline() == "The worker is ready.\n"
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(20) == 0
    finally:
        worker.kill()
        worker.communicate()


@pytest.mark.timeout(300)
def test_a_worker_ends_its_step_writes_it_down_and_gives_the_job_back(environ, there: Controlled, tmp_path: Path):
    environ |= {
        "CLOUDFLARE_ACCOUNT_ID": there.account_id, "CLOUDFLARE_API_TOKEN": there.token,
        "CLOUDFLARE_BASE_URL": there.api, "GATEWAY_DASH_SECRET_KEY": "worker-" * 8,
        "GATEWAY_DASH_CALLS": "1000000",  # a fast machine would spend a job's share on the page, and the worker wait
    }  # fmt: skip
    there.become(latency_s=0.02)  # the page that begins the export takes its first steps: not all 2,000 logs
    subprocess.run([sys.executable, "-c", BEGIN_AN_EXPORT], cwd=ROOT, env=environ, check=True, timeout=100)
    before = job(tmp_path)
    there.become(latency_s=0.5)
    worker = started(environ)
    try:
        ends_at = time.monotonic() + 100
        while not there.calls() and time.monotonic() < ends_at:
            time.sleep(0.05)
        under_way = job(tmp_path)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(STEP_ENDS_WITHIN) == 0
    finally:
        worker.kill()
        worker.communicate()
    assert under_way["lease_owner"], "it was in the middle of a step"
    after = job(tmp_path)
    assert (after["lease_owner"], after["lease_until"]) == ("", None)
    assert (after["state"], after["failures"]) == ("active", 0)
    assert after["calls"] == before["calls"] + len(there.calls())
    assert after["done"] > before["done"]


def job(folder: Path) -> sqlite3.Row:
    """The one job, as the database has it."""
    with closing(sqlite3.connect(folder / "gateway-dash.sqlite3", timeout=30)) as there:
        there.row_factory = sqlite3.Row
        found: sqlite3.Row = there.execute("SELECT * FROM bulk_job").fetchone()
    return found
