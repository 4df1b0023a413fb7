"""Which WSGI server: other pages while the upstream takes 5 s, and the list while it takes 50 ms.

Run with `python -m tests.bench.servers`. Figures are shown per server beside each other and
as a ratio to the better one, since the machine's own speed says nothing here.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import median

from gateway_dash.sandbox import Store
from tests.bench.serving import PASSWORD, ROOT, ask, free_port, running, sign_in, upstream

SERVERS = ("granian", "gunicorn")
PEOPLE = 64
SECONDS = 15
LIST = "/gateways/prod-edge/logs/"


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
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        logs = Path(folder, "logs.sqlite3")
        Store.seeded(2000, path=logs).close()
        with upstream(logs, latency_ms=str(latency_ms)) as (_site, environ):
            own = {"GATEWAY_DASH_DATA_DIR": folder, "PORT": str(port), "GATEWAY_DASH_SERVER": server}
            return served(port, people, environ | own | {"DJANGO_SUPERUSER_PASSWORD": PASSWORD})


def served(port: int, people: int, environ: dict[str, str]) -> dict[str, float]:
    """The figures of one server, once it is prepared."""
    django = [sys.executable, "manage.py"]
    subprocess.run([*django, "migrate", "-v0"], cwd=ROOT, env={**os.environ, **environ}, check=True)
    subprocess.run([*django, "createsuperuser", "--noinput", "--username", "bench", "--email", "b@example.com"],
                   cwd=ROOT, env={**os.environ, **environ}, check=True, stdout=subprocess.DEVNULL)  # fmt: skip
    with running([sys.executable, "-m", "gateway_dash.launch"], environ, "Gateway Dash:"):
        cookies = sign_in(port)
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
