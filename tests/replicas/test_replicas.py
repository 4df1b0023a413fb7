"""Two servers and two workers, started for real, on one PostgreSQL, one Valkey or Redis, and one upstream that counts.

Where TEST_DATABASE_URL and TEST_CACHE_URL name them; with REQUIRE_POSTGRES=1 and REQUIRE_CACHE=1 they have to.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
import redis

from gateway_dash.sandbox import ACCOUNT_ID, TOKENS, Options, Sandbox, Store
from gateway_dash.sandbox.server import Server
from tests import services

ROOT = Path(__file__).parent.parent.parent
LOGS = "/gateways/prod-edge/logs/"
NAME, PASSWORD = "kim", "correct horse battery staple"
ENDS_WITHIN_S = 100.0


class Upstream:
    """The sandbox on a port; counts what it is asked, and answers 429 while it is told to."""

    def __init__(self) -> None:
        self.store = Store.seeded(120)
        self.calls: list[str] = []
        self.blocks_s = 0
        self._sandbox = Sandbox(self.store, Options(budget=None))
        self._server = Server(("127.0.0.1", 0), self)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/client/v4"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def __call__(self, environ: Any, start: Any) -> Any:
        self.calls.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO'].rpartition('/gateways')[2]}")
        if not self.blocks_s:
            return self._sandbox(environ, start)
        body = json.dumps(
            {"success": False, "errors": [{"code": 10000, "message": "slow down"}], "result": None}
        ).encode()
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        start("429 Too Many Requests", [*headers, ("Retry-After", str(self.blocks_s))])
        return [body]

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self.store.close()


class Replicas:
    """The processes, and a browser that is signed in on both servers."""

    def __init__(self, upstream: Upstream, environ: dict[str, str], folder: Path) -> None:
        self.upstream, self._environ, self._folder = upstream, environ, folder
        self.processes: dict[str, subprocess.Popen[str]] = {}
        self.urls: dict[str, str] = {}
        self.browser = httpx.Client(timeout=30, follow_redirects=False)

    def start(self) -> None:
        for name in ("one", "two"):
            port = _free_port()
            self.urls[name] = f"http://127.0.0.1:{port}"
            self._run(name, "web", PORT=str(port))
            self._run(f"worker-{name}", "worker")
        for name, url in self.urls.items():
            _until(lambda url=url: _answers(f"{url}/readyz"), f"{name} is ready", self.told)
        self.sign_in("one")

    def _run(self, name: str, command: str, **environ: str) -> None:
        own = {"GATEWAY_DASH_DATA_DIR": str(self._folder / name)}  # nothing is shared but database, cache and archive
        log = (self._folder / f"{name}.log").open("w")
        self.processes[name] = subprocess.Popen(
            [sys.executable, "-m", "gateway_dash.cli", command], cwd=ROOT, env=self._environ | own | environ,
            stdout=log, stderr=log, text=True, start_new_session=True,
        )  # fmt: skip
        log.close()

    def told(self) -> str:
        return "\n".join(f"{path.name}: {path.read_text()[-1500:]}" for path in sorted(self._folder.glob("*.log")))

    def get(self, name: str, path: str, *, again: bool = False) -> httpx.Response:
        """`again`: as a reload asks, past what is fresh."""
        headers = {"Cache-Control": "max-age=0"} if again else {}
        return self.browser.get(self.urls[name] + path, headers=headers)

    def post(self, name: str, path: str, *, page: str = "", **sent: Any) -> httpx.Response:
        """`page`: where the form stands, if that is not where it is sent to."""
        form = self.get(name, page or path.partition("?")[0]).text
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)
        assert token
        data = {"csrfmiddlewaretoken": token[1], **sent}
        return self.browser.post(self.urls[name] + path, data=data, headers={"Referer": self.urls[name] + "/"})

    def sign_in(self, name: str) -> None:
        assert self.post(name, "/login/", username=NAME, password=PASSWORD).status_code == 302

    def stop(self) -> dict[str, int | None]:
        for process in self.processes.values():
            if process.poll() is None:
                process.terminate()
        for process in self.processes.values():
            try:
                process.wait(40)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
        return {name: process.returncode for name, process in self.processes.items()}


@pytest.fixture(scope="module")
def replicas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replicas]:
    database, cache = services.needed("TEST_DATABASE_URL"), services.needed("TEST_CACHE_URL")
    _forget(cache)
    name, base = f"replicas_{secrets.token_hex(6)}", urlsplit(database)._replace(path="").geturl()
    with psycopg.connect(f"{base}/postgres", autocommit=True) as there:
        there.execute(f'CREATE DATABASE "{name}"')  # type: ignore[call-overload, unused-ignore] # a name of ours
    upstream, folder = Upstream(), tmp_path_factory.mktemp("replicas")
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("CLOUDFLARE_", "GATEWAY_DASH_"))}
    environ = clean | {
        "DATABASE_URL": f"{base}/{name}",
        "CACHE_URL": cache,
        "CLOUDFLARE_ACCOUNT_ID": ACCOUNT_ID,
        "CLOUDFLARE_API_TOKEN": next(text for text, right in TOKENS.items() if right == "write"),
        "CLOUDFLARE_BASE_URL": upstream.url,
        "DJANGO_SETTINGS_MODULE": "gateway_dash.settings",
        "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
        "GATEWAY_DASH_ARCHIVE": str(folder / "archives"),
        "GATEWAY_DASH_REPLICAS": "2",
        "GATEWAY_DASH_JOB_CALLS": "1000",  # an export that changes its machine is begun again
        "GATEWAY_DASH_SECRET_KEY": "replicas-" * 8,
        "NO_PROXY": "127.0.0.1",
    }
    for arguments in (["migrate"], ["manage", "createsuperuser", "--noinput", "--username", NAME, "--email", ""]):
        done = subprocess.run([sys.executable, "-m", "gateway_dash.cli", *arguments], cwd=ROOT, check=False, text=True,
                              env=environ | {"GATEWAY_DASH_DATA_DIR": str(folder / "migrate")},
                              capture_output=True)  # fmt: skip
        assert done.returncode == 0, done.stderr
    found = Replicas(upstream, environ, folder)
    try:
        found.start()
        yield found
    finally:
        found.stop()
        found.browser.close()
        upstream.close()
        _forget(cache)
        with psycopg.connect(f"{base}/postgres", autocommit=True) as there:
            there.execute(f'DROP DATABASE "{name}" WITH (FORCE)')  # type: ignore[call-overload, unused-ignore]


def test_a_session_of_one_server_is_one_of_the_other(replicas):
    for name in replicas.urls:
        answer = replicas.get(name, LOGS)
        assert answer.status_code == 200
        assert "Signed in as" in answer.text


def test_what_one_server_counts_the_other_does_not_ask_again(replicas):
    path = LOGS + "?open=facets&count=provider&since=24h"
    first = replicas.get("one", path)
    before = len(replicas.upstream.calls)
    second = replicas.get("two", path)
    assert first.status_code == second.status_code == 200
    assert len(replicas.upstream.calls) - before <= 1  # the list after its five seconds; the counts are kept for both
    assert "from cache" in second.text


def test_what_one_server_changes_the_other_shows_at_once(replicas):
    """A log that one has read is the other's too, as long as nobody changes it."""
    log_id = replicas.upstream.store.ids("prod-edge")[0]
    page = f"{LOGS}{log_id}/"
    assert replicas.get("one", page).status_code == 200
    before = len(replicas.upstream.calls)
    opened = replicas.get("two", page)
    assert len(replicas.upstream.calls) == before
    seen = re.search(r'name="seen" value="([^"]+)"', opened.text)
    assert seen
    sent = {"seen": unescape(seen[1]), "feedback": "1", "score": "77"}
    saved = replicas.post("one", page + "annotate/", page=page, **sent)
    assert saved.status_code == 200, saved.text
    assert 'value="77"' in replicas.get("two", page).text


def test_a_job_that_one_server_begins_is_worked_off_although_a_worker_is_killed(replicas):
    begun = replicas.post("one", LOGS + "export/", format="bodies", of="all")
    assert begun.status_code == 303, begun.text
    page = begun.headers["Location"]
    replicas.processes["worker-one"].kill()
    number = len(replicas.upstream.store.ids("prod-edge"))
    _until(lambda: f"{number} logs exported" in replicas.get("two", page).text, "the export is done", replicas.told)
    manifest = replicas.get("two", page + "files/manifest.json")
    assert manifest.status_code == 200
    assert manifest.json()["records"] == number, manifest.text


def test_the_calls_of_both_are_counted_together(replicas):
    told = [
        re.search(r"by all together: <b>([\d,]+) of 1,000", replicas.get(name, LOGS, again=True).text)
        for name in replicas.urls
    ]
    assert all(told)
    numbers = [int(each[1].replace(",", "")) for each in told if each]
    assert numbers[0] == len(replicas.upstream.calls) - 1
    assert numbers[1] == numbers[0] + 1


def test_a_429_to_one_stops_both_and_one_call_goes_first_afterwards(replicas):
    path = LOGS + "?model=never-listed"  # of which there is no old page that could stand in
    replicas.upstream.blocks_s = 3
    assert replicas.get("one", path).status_code == 503
    blocked = len(replicas.upstream.calls)
    for _ in range(5):
        for name in replicas.urls:
            answer = replicas.get(name, path)
            assert answer.status_code == 503
            assert 0 < int(answer.headers["Retry-After"]) <= 3
    assert len(replicas.upstream.calls) == blocked
    old = replicas.get("two", LOGS, again=True)
    assert old.status_code == 200
    assert "These logs are as they were" in old.text
    assert len(replicas.upstream.calls) == blocked
    replicas.upstream.blocks_s = 0
    _until(lambda: replicas.get("two", path).status_code == 200, "the block is over", replicas.told)
    assert replicas.get("one", LOGS, again=True).status_code == 200


def test_all_end_cleanly_when_they_are_told_to(replicas):
    codes = replicas.stop()
    assert codes.pop("worker-one") == -signal.SIGKILL
    assert set(codes.values()) == {0}, replicas.told()
    assert "Traceback" not in replicas.told()


def _forget(url: str) -> None:
    """What an earlier run left in the cache."""
    with redis.Redis.from_url(url) as there:
        services.forget(there, "gateway-dash-")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def _until(holds: Any, what: str, told: Any) -> None:
    ends_at = time.monotonic() + ENDS_WITHIN_S
    while time.monotonic() < ends_at:
        if holds():
            return
        time.sleep(0.3)
    pytest.fail(f"Not in time: {what}\n{told()}")
