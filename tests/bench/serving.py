"""The servers that are held against each other: each a process of its own on a free port of this machine."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[2]
NAME, PASSWORD = "bench", "bench-password-1"
THREADS = 32  # of each WSGI server, in one process: what is compared is one process each
CODINGS = "gzip, deflate, br"  # what a browser says that it reads


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: list[str], environ: dict[str, str], ready: str) -> Iterator[str]:
    """The process while it runs; yields what it printed until it was ready."""
    process = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **environ}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout
    printed = ""
    while ready not in printed:
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"{command} ended: {printed}")
        printed += line
    try:
        yield printed
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


@dataclass(slots=True)
class Site:
    """A server that runs: its port, its process, and the cookies of who is signed in."""

    port: int
    process: int
    cookies: str = ""
    connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, **headers: str) -> bytes:
        """The body, as it travelled, over a connection that is kept; RuntimeError unless it is a 200."""
        sent = {"Cookie": self.cookies, "Accept-Encoding": CODINGS} | headers
        try:
            return self._got(path, sent)
        except (http.client.RemoteDisconnected, ConnectionError):  # it was kept for too long
            self.connection.close()
            return self._got(path, sent)

    def _got(self, path: str, headers: dict[str, str]) -> bytes:
        self.connection.request("GET", path, headers=headers)
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status}")
        return body

    def timed_ms(self, path: str, **headers: str) -> float:
        started = time.perf_counter()
        self.get(path, **headers)
        return (time.perf_counter() - started) * 1000

    def load(self, paths: list[str], people: int) -> None:
        """Each person asks for each page, all at once; answers that refuse are answers too."""

        def person() -> None:
            for path in paths:
                ask(self.port, path, self.cookies)

        threads = [threading.Thread(target=person) for _ in range(people)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def memory_mb(self, field: str = "Pss") -> float:
        """What the process and its children hold; what they share is counted once. `VmHWM`: the most of any."""
        total = 0
        for process in [self.process, *children(self.process)]:
            where, pattern = ("smaps_rollup", r"^Pss:\s+(\d+)") if field == "Pss" else ("status", rf"^{field}:\s+(\d+)")
            found = re.search(pattern, Path(f"/proc/{process}/{where}").read_text(), re.MULTILINE)
            kept = int(found[1]) if found else 0
            total = total + kept if field == "Pss" else max(total, kept)
        return total / 1024


def children(process: int) -> list[int]:
    """The processes below one, all of them."""
    found = [
        int(each) for path in Path(f"/proc/{process}/task").glob("*/children") for each in path.read_text().split()
    ]
    return [each for child in found for each in (child, *children(child))]


def ask(port: int, path: str, cookies: str, body: str | None = None) -> tuple[bytes, str]:
    """The page and the cookies that came with it, over a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST" if body else "GET", path, body, headers)
    answer = connection.getresponse()
    page = answer.read()
    found = [value.split(";")[0] for name, value in answer.getheaders() if name.lower() == "set-cookie"]
    connection.close()
    return page, "; ".join(found)


def sign_in(port: int, path: str = "/login/") -> str:
    """The cookies of a signed-in session."""
    page, cookies = ask(port, path, "")
    token = re.search(rb'csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token
    typed = {"username": NAME, "password": PASSWORD, "csrfmiddlewaretoken": token[1].decode()}
    _page, more = ask(port, path, cookies, urlencode(typed))
    assert "session" in more, "sign-in failed"
    return f"{cookies}; {more}"


@contextmanager
def serving(command: list[str], port: int, **environ: str) -> Iterator[Site]:
    """The site while it runs, from when it takes connections."""
    process = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **environ}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_until_it_answers(port)
        yield Site(port, process.pid)
    finally:
        process.terminate()
        process.wait(30)


def wait_until_it_answers(port: int, patience_s: float = 60) -> None:
    """Return as soon as the port takes a connection; OSError if it does not in time."""
    give_up = time.monotonic() + patience_s
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.1)
        else:
            return


def gunicorn(port: int, application: str) -> list[str]:
    bound = ("--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", str(THREADS), "--keep-alive", "30")
    return [sys.executable, "-m", "gunicorn", "--worker-class", "gthread", *bound, "--timeout", "120", application]


def managed(environ: dict[str, str], *commands: list[str]) -> None:
    """Django's commands with these settings, one after the other."""
    for command in commands:
        subprocess.run([sys.executable, "-m", "django", *command], cwd=ROOT, env={**os.environ, **environ}, check=True,
                       stdout=subprocess.DEVNULL)  # fmt: skip


NEWCOMER = ["createsuperuser", "--noinput", "--username", NAME, "--email", "b@example.com"]


@contextmanager
def upstream(path: Path, **switches: str) -> Iterator[tuple[Site, dict[str, str]]]:
    """The sandbox over a file, and the settings that lead there."""
    port = free_port()
    told = [each for name, value in switches.items() for each in (f"--{name.replace('_', '-')}", value)]
    command = [sys.executable, "-m", "gateway_dash.sandbox", "--port", str(port), "--db", str(path), "--budget", "0"]
    with running([*command, *told], {}, "base_url") as printed:
        base = json.loads(printed[printed.index("{") :])
        yield Site(port, 0), {
            "CLOUDFLARE_ACCOUNT_ID": base["account_id"], "CLOUDFLARE_API_TOKEN": base["tokens"]["write"],
            "CLOUDFLARE_BASE_URL": base["base_url"], "GATEWAY_DASH_SECRET_KEY": "bench-" * 10,
            "GATEWAY_DASH_CALLS": "1000000",
        }  # fmt: skip


@contextmanager
def ours(folder: Path, environ: dict[str, str]) -> Iterator[Site]:
    """Gateway Dash with somebody signed in."""
    port = free_port()
    own = environ | {
        "GATEWAY_DASH_DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "gateway_dash.settings",
        "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
    }  # fmt: skip
    managed(own, ["migrate", "-v0"], ["collectstatic", "--noinput", "-v0"], NEWCOMER)
    with serving(gunicorn(port, "gateway_dash.wsgi:application"), port, **own) as site:
        site.cookies = sign_in(port)
        yield site


@contextmanager
def admin(database: Path) -> Iterator[Site]:
    """Django's admin over the rows, with somebody signed in."""
    port = free_port()
    own = {
        "PEER_DB": str(database), "DJANGO_SETTINGS_MODULE": "tests.bench.peer.settings",
        "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
    }  # fmt: skip
    managed(own, ["migrate", "-v0"], NEWCOMER)
    with serving(gunicorn(port, "tests.bench.peer.wsgi:application"), port, **own) as site:
        site.cookies = sign_in(port, "/admin/login/")
        yield site


@contextmanager
def bare(page: Path) -> Iterator[Site]:
    """The floor: a Django view that answers these bytes."""
    port = free_port()
    with serving(gunicorn(port, "tests.bench.peer.wsgi:application"), port, PEER_PAGE=str(page)) as site:
        yield site


@contextmanager
def datasette(database: Path) -> Iterator[Site]:
    """Datasette over the rows: a file that nobody writes into, which is its quickest way."""
    port = free_port()
    command = [sys.executable, "-m", "datasette", "serve", "-i", str(database), "--port", str(port)]
    settings = {"default_page_size": "50", "max_returned_rows": "1000", "sql_time_limit_ms": "10000",
                "suggest_facets": "off"}  # fmt: skip
    told = [each for name, value in settings.items() for each in ("--setting", name, value)]
    with serving([*command, *told], port) as site:
        yield site
