"""The tree of ten megabytes of JSON, of each structure: how long a look takes, how long a search, and what memory.

Each is measured in a process of its own, beside a body of half the size: twice the bytes take twice the time, not more.
The memory is the growth of the process over what it held with the body in it.
"""

from __future__ import annotations

import json
import multiprocessing
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench.results import tell

MEGABYTE = 1_000_000
BODIES: dict[str, Callable[[int], bytes]] = {
    "numbers": lambda size: b"[" + b",".join([b"1"] * (size // 2)) + b"]",
    "empty objects": lambda size: b"[" + b",".join([b"{}"] * (size // 3)) + b"]",
    "one string": lambda size: b'{"a": "' + b"x" * size + b'"}',
    "one string, escaped": lambda size: b'{"a": "' + rb"\u00e9" * (size // 6) + b'"}',
    "keys": lambda size: b"{" + b",".join(b'"key %d": %d' % (n, n) for n in range(size // 100)) + b"}",
    "keys with texts": lambda size: b"{" + b",".join(b'"%d": "%s"' % (n, b"x" * 80) for n in range(size // 100)) + b"}",
    "one key again": lambda size: b"{" + b",".join([b'"a":1'] * (size // 6)) + b"}",
    "deep lists": lambda size: b"[" * size,
    "deep objects": lambda size: b'{"a":' * (size // 5),
    "a conversation": lambda size: json.dumps({
        "messages": [{"role": "user", "content": f"{n} " + "Some words. " * 80} for n in range(size // 1000)]
    }).encode(),
}  # fmt: skip


def memory_mb(field: str) -> float:
    """`VmRSS` is what the process holds, `VmHWM` the most that it ever held."""
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith(field))


def measured(name: str, file: str, results: multiprocessing.Queue[tuple[float, ...]]) -> None:
    """Times in ms of the first page, the deepest or last place, and a search; then the growth in MB."""
    from gateway_dash.payload.searching import search
    from gateway_dash.payload.shapes import Hints
    from gateway_dash.payload.tree import look
    from gateway_dash.payload.trunk import read_trunk

    look(b'{"a": 1}', ("a",))
    body = Path(file).read_bytes()  # made by another process: memory that was free already would hide the growth
    before = memory_mb("VmRSS")
    times = []
    path: tuple[str | int, ...] = ("a",) * 300 if name == "deep objects" else (0,) * 300 if name == "deep lists" else ()
    total = 0
    for work in ("trunk", "first", "place", "search"):
        started = time.perf_counter()
        if work == "trunk":
            data = read_trunk(body, "request", Hints).data
        elif work == "first":
            page = look(data, ()).page
            total = page.total if page else 0
        elif work == "place":
            look(data, path, first=max(0, total - 100) if not path else 0, above=12)
        else:
            search(data, "needle")
        times.append((time.perf_counter() - started) * 1000)
    results.put((*times, memory_mb("VmHWM") - before))


def main() -> None:
    print(
        f"{'10 MB of':22}{'open ms':>9}{'first ms':>9}{'place ms':>9}{'search ms':>10}{'of 5 MB':>9}{'growth MB':>10}"
    )
    context = multiprocessing.get_context("spawn")
    folder = tempfile.TemporaryDirectory()
    file = Path(folder.name, "body")
    slowest, most = (0.0, 0.0), 0.0
    for name, made in BODIES.items():
        found = []
        for size in (10 * MEGABYTE, 5 * MEGABYTE):
            file.write_bytes(made(size))
            results: multiprocessing.Queue[tuple[float, ...]] = context.Queue()
            process = context.Process(target=measured, args=(name, str(file), results))
            process.start()
            found.append(results.get())
            process.join()
        *times, growth = found[0]
        half = sum(found[1][:-1]) / sum(times)
        slowest, most = max(slowest, (sum(times), 2 * sum(found[1][:-1]))), max(most, growth)
        print(f"{name:22}{times[0]:9.0f}{times[1]:9.0f}{times[2]:9.0f}{times[3]:10.0f}{half:9.0%}{growth:10.1f}")
    tell("tree.ms", *slowest)
    tell("tree.growth", most)
    folder.cleanup()


if __name__ == "__main__":
    main()
