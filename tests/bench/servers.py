"""Which WSGI server: other pages while the upstream takes 5 s, and the list while it takes 50 ms.

Run with `python -m tests.bench.servers`. Figures are shown per server beside each other and
as a ratio to the better one, since the machine's own speed says nothing here.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[2]
SERVERS = ("granian", "gunicorn")
PEOPLE = 64
SECONDS = 15
LIST = "/gateways/prod-edge/logs/"


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


def sign_in(port: int, password: str) -> str:
    """The cookies of a signed-in session."""
    page, cookies = ask(port, "/login/", "")
    token = re.search(rb'csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token
    body = urlencode({"username": "bench", "password": password, "csrfmiddlewaretoken": token[1].decode()})
    _page, more = ask(port, "/login/", cookies, body)
    assert "session=" in more, "sign-in failed"
    return f"{cookies}; {more}"


def ask(port: int, path: str, cookies: str, body: str | None = None) -> tuple[bytes, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST" if body else "GET", path, body, headers)
    answer = connection.getresponse()
    page = answer.read()
    found = [value.split(";")[0] for name, value in answer.getheaders() if name.lower() == "set-cookie"]
    connection.close()
    if answer.status >= 500 and path != LIST:
        raise RuntimeError(f"{path}: {answer.status}")
    return page, "; ".join(found)


def load(port: int, path: str, cookies: str, people: int, seconds: float) -> list[float]:
    """Latencies in ms of `people` who ask for one page again and again."""
    latencies: list[float] = []
    ends = time.monotonic() + seconds

    def person() -> None:
        while time.monotonic() < ends:
            started = time.monotonic()
            page, _cookies = ask(port, path, cookies)
            latencies.append((time.monotonic() - started) * 1000)
            if b"Too many people" in page:
                time.sleep(1)  # the answer says: try again in 2 s

    threads = [threading.Thread(target=person) for _ in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return latencies


def p95(numbers: list[float]) -> float:
    return sorted(numbers)[int(len(numbers) * 0.95)]


def rss_mb(port: int) -> float:
    """Resident memory of all processes that serve the port's launcher, in MB."""
    total = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            text, command = status.read_text(), (status.parent / "cmdline").read_text()
        except OSError:
            continue
        if f"{port}" in command and ("granian" in command or "gunicorn" in command):
            total += int(re.search(r"VmRSS:\s+(\d+)", text)[1]) if "VmRSS" in text else 0  # type: ignore[index]
    return total / 1024


def measure(server: str, latency_ms: int, people: int) -> dict[str, float]:
    """One server, one upstream latency."""
    upstream_port, port = free_port(), free_port()
    sandbox = [sys.executable, "-m", "gateway_dash.sandbox", "--port", str(upstream_port), "--logs", "2000",
               "--budget", "0", "--latency-ms", str(latency_ms)]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder, running(sandbox, {}, "base_url") as printed:
        told = json.loads(printed[printed.index("{") :])
        environ = {
            "CLOUDFLARE_ACCOUNT_ID": told["account_id"], "CLOUDFLARE_API_TOKEN": told["tokens"]["write"],
            "CLOUDFLARE_BASE_URL": told["base_url"], "GATEWAY_DASH_SECRET_KEY": "bench-" * 10,
            "GATEWAY_DASH_CALLS": "1000000", "GATEWAY_DASH_DATA_DIR": folder, "PORT": str(port),
            "GATEWAY_DASH_SERVER": server,
            "DJANGO_SUPERUSER_PASSWORD": "bench-password-1",
        }  # fmt: skip
        django = [sys.executable, "manage.py"]
        subprocess.run([*django, "migrate", "-v0"], cwd=ROOT, env={**os.environ, **environ}, check=True)
        subprocess.run([*django, "createsuperuser", "--noinput", "--username", "bench", "--email", "b@example.com"],
                       cwd=ROOT, env={**os.environ, **environ}, check=True, stdout=subprocess.DEVNULL)  # fmt: skip
        with running([sys.executable, "-m", "gateway_dash.launch"], environ, "Gateway Dash:"):
            cookies = sign_in(port, "bench-password-1")
            ask(port, LIST, cookies)
            others: list[float] = []
            asking = threading.Thread(target=lambda: others.extend(load(port, "/healthz", cookies, 2, SECONDS)))
            asking.start()
            lists = load(port, LIST, cookies, people, SECONDS)
            asking.join()
            return {
                "list_p50_ms": median(lists), "list_p95_ms": p95(lists), "lists_per_s": len(lists) / SECONDS,
                "other_p95_ms": p95(others), "other_max_ms": max(others), "rss_mb": rss_mb(port),
            }  # fmt: skip


def main() -> None:
    for title, latency_ms, people in (
        ("upstream 5 s, 64 people", 5000, PEOPLE),
        ("upstream 50 ms, 1 person", 50, 1),
        ("upstream 50 ms, 16 people", 50, 16),
    ):
        figures = {server: measure(server, latency_ms, people) for server in SERVERS}
        print(f"\n{title}\n{'':14}" + "".join(f"{server:>12}" for server in SERVERS) + f"{'ratio':>10}")
        for name in figures[SERVERS[0]]:
            values = [figures[server][name] for server in SERVERS]
            ratio = values[0] / values[1] if values[1] else 0
            print(f"{name:14}" + "".join(f"{value:12.1f}" for value in values) + f"{ratio:10.2f}")


if __name__ == "__main__":
    main()
