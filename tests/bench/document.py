"""docs/performance.md and its pictures, put together from what was measured; nothing in them is typed by hand.

The words stand in `tests/bench/performance.md`, with `{names}` where the figures go.
"""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from tests.bench import rates
from tests.bench.lists import ROUNDS
from tests.bench.plot import svg
from tests.bench.results import Found, Point, Row, groups, markdown, number, ratio
from tests.bench.rows import ROWS
from tests.bench.serving import THREADS

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "performance.md"
PICTURES = ROOT / "docs" / "pictures"
WORDS = Path(__file__).with_name("performance.md")
PLOTS = {
    "list": ("A list of 50 rows with a filter", "milliseconds, p50"),
    "detail": ("One log", "milliseconds, p50"),
    "count": ("How many logs a filter has", "milliseconds, p50"),
    "export": ("All rows as CSV", "seconds"),
}


def machine() -> str:
    """What it was measured on, and when."""
    memory = re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())
    model = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    told = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "processor": f"{model[1].strip() if model else platform.machine()}, {os.cpu_count()} cores",
        "memory": f"{int(memory[1]) / 1024**2:.0f} GB" if memory else "unknown",
        "system": f"{platform.system()} {platform.machine()}",
        "load before": f"{os.environ.get('BENCH_LOAD', '')} (a minute's average; above the cores it was not idle)",
        "Python": platform.python_version(),
        **{name: version(name.lower()) for name in ("Django", "Datasette", "gunicorn")},
    }
    return markdown(list(told.items()), ("machine", ""))


def tables(rows: Sequence[Row], found: Mapping[str, Found]) -> str:
    """Each group under its own heading, with its floors in words."""
    said = []
    for group, lines in groups(rows, found):
        floors = dict.fromkeys(row.floor for row in rows if row.group == group and row.floor)
        said.append(f"### {group}\n\n{markdown(lines)}" + (f"\nFloor: {'; '.join(floors)}.\n" if floors else ""))
    return "\n".join(said)


def missed(rows: Sequence[Row], found: Mapping[str, Found]) -> str:
    """Which goals are missed, and by how much; or that none is."""
    late = [
        f"* {row.group}, {row.name}: {number(found[row.key].value)} {row.unit}, the goal is {number(row.most)}."
        for row in rows
        if row.most is not None and row.key in found and found[row.key].value > row.most
    ]
    return "\n".join(late) or "Every goal in the tables is met."


def peers(rows: Sequence[Row], found: Mapping[str, Found]) -> str:
    """A sentence for each row that a peer was measured on at one size, in both directions."""
    said: list[str] = []
    for row in rows:
        each = found.get(row.key)
        if each is None or not each.peers or row.key.endswith("p95"):
            continue
        told = " and ".join(f"{number(ratio(each.value, other))} times {peer}'s" for peer, other in each.peers.items())
        said.append(f"* {row.group}, {row.name}: ours is {told}.")
    return "\n".join(said)


def growth(points: Sequence[Point]) -> str:
    """By how much each line of a plot rises from its first to its last size."""
    said = []
    for plot, (title, _up) in PLOTS.items():
        for line in dict.fromkeys(each.line for each in points if each.plot == plot):
            some = sorted((each.logs, each.cost) for each in points if (each.plot, each.line) == (plot, line))
            (first, cheap), (last, dear) = some[0], some[-1]
            if first < last:
                said.append((f"{title}: {line}", f"{first:,} to {last:,}", number(last / first), number(dear / cheap)))
    return markdown(said, ("", "logs", "logs, ×", "cost, ×"))


def pictures(points: Sequence[Point]) -> Iterator[tuple[str, str, str]]:
    """File name, title and SVG of each plot that has points."""
    for plot, (title, up) in PLOTS.items():
        if some := [each for each in points if each.plot == plot]:
            yield f"cost-{plot}.svg", title, svg(title, "logs in the gateway", up, some)


def write(found: Mapping[str, Found], points: Sequence[Point]) -> None:
    """The page and its pictures, in their places."""
    drawn = list(pictures(points))
    for name, _title, picture in drawn:
        (PICTURES / name).write_text(picture, encoding="utf-8")
    PAGE.write_text(page(found, points, [(name, title) for name, title, _picture in drawn]), encoding="utf-8")


def page(found: Mapping[str, Found], points: Sequence[Point], drawn: Sequence[tuple[str, str]]) -> str:
    """The whole page; the words lie in a file beside, since they are words."""
    links = "\n\n".join(f"![{title}: cost against the number of logs](pictures/{name})" for name, title in drawn)
    parts = {
        "machine": machine(), "missed": missed(ROWS, found), "peers": peers(ROWS, found), "plots": links,
        "growth": growth(points), "rates": markdown(rates.lines(ROWS, found), rates.HEAD, words=1),
        "tables": tables(ROWS, found), "rounds": str(ROUNDS), "threads": str(THREADS),
    }  # fmt: skip
    text = WORDS.read_text(encoding="utf-8")
    for name, part in parts.items():
        text = text.replace(f"{{{name}}}", part.strip())
    return text
