"""What a measurement hands over: a value, its floor, its peers. From these the tables, on the terminal and in the page.

A measurement runs in a process of its own and appends lines of JSON to the file that BENCH_RESULTS names; without that
it only prints. What may be told stands in `tests/bench/rows.py`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

PEERS = ("Datasette", "Django admin")
HEAD = ("measured", "unit", "value", "floor", "× floor", *(f"{peer}{each}" for peer in PEERS for each in ("", ", ×")),
        "goal")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table, declared: what is measured, and what its floor is."""

    key: str
    group: str
    name: str
    unit: str
    floor: str  # in words; "" where nothing can be the floor
    most: float | None = None  # the goal: not more than this
    least: float | None = None  # or: not less


@dataclass(frozen=True, slots=True)
class Found:
    """What was measured of one row, all numbers in its unit."""

    key: str
    value: float
    floor: float | None = None
    peers: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a plot: what it cost at so many logs."""

    plot: str
    line: str
    logs: int
    cost: float


def tell(key: str, value: float, floor: float | None = None, **peers: float) -> None:
    """Hand over one row; peers by their first word in small letters: `datasette=…, django=…`."""
    named = {peer: peers[short] for peer in PEERS if (short := peer.split()[0].lower()) in peers}
    _append({"found": asdict(Found(key, value, floor, named))})


def tell_point(plot: str, line: str, logs: int, cost: float) -> None:
    _append({"point": asdict(Point(plot, line, logs, cost))})


def _append(line: dict[str, Any]) -> None:
    if path := os.environ.get("BENCH_RESULTS"):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def read(path: Path) -> tuple[dict[str, Found], list[Point]]:
    """What was told; of a row that was told twice, the last."""
    found: dict[str, Found] = {}
    points: list[Point] = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        told = json.loads(line)
        if "found" in told:
            found[told["found"]["key"]] = Found(**told["found"])
        else:
            points.append(Point(**told["point"]))
    return found, points


def ratio(value: float, other: float | None) -> float | None:
    """How many times the other; None where there is none, or it is nothing."""
    return value / other if other else None


def number(value: float | None) -> str:
    """Three digits that matter, and thousands apart: 0.123, 12.3, 1,230."""
    if value is None:
        return ""
    size = abs(value)
    if 0 < size < 0.005:
        return "< 0.01"
    return f"{value:,.0f}" if size >= 100 or value == round(value) else f"{value:.{1 if size >= 10 else 2}f}"


def goal(row: Row, found: Found) -> str:
    """The goal, and whether it is met."""
    if row.most is None and row.least is None:
        return ""
    met = found.value <= row.most if row.most is not None else found.value >= (row.least or 0)
    words = f"≤ {number(row.most)}" if row.most is not None else f"≥ {number(row.least)}"
    return words if met else f"{words}: missed"


def cells(row: Row, found: Found) -> tuple[str, ...]:
    """The line of a table, in the order of HEAD."""
    peers = [each for peer in PEERS for other in [found.peers.get(peer)]
             for each in (number(other), number(ratio(found.value, other)))]  # fmt: skip
    return (row.name, row.unit, number(found.value), number(found.floor), number(ratio(found.value, found.floor)),
            *peers, goal(row, found))  # fmt: skip


def groups(rows: Sequence[Row], found: Mapping[str, Found]) -> Iterable[tuple[str, list[tuple[str, ...]]]]:
    """Each group with the lines that were measured."""
    for group in dict.fromkeys(row.group for row in rows):
        lines = [cells(row, found[row.key]) for row in rows if row.group == group and row.key in found]
        if lines:
            yield group, lines


def text(rows: Sequence[Row], found: Mapping[str, Found]) -> str:
    """The table for a terminal: columns as wide as they need, numbers to the right."""
    parts = [line for _group, lines in groups(rows, found) for line in lines]
    widths = [max(len(each[at]) for each in (HEAD, *parts)) for at in range(len(HEAD))]

    def line(some: Sequence[str]) -> str:
        return "  ".join(
            each.ljust(width) if at < 2 else each.rjust(width)
            for at, (each, width) in enumerate(zip(some, widths, strict=True))
        ).rstrip()

    said = [line(HEAD)]
    for group, lines in groups(rows, found):
        said += ["", group, *(line(each) for each in lines)]
    return "\n".join(said)


def markdown(lines: Sequence[Sequence[str]], head: Sequence[str] = HEAD, words: int = 2) -> str:
    """A table of a document; a column in which nothing stands is left out, and after so many come numbers."""
    kept = [at for at in range(len(head)) if any(line[at] for line in lines)]
    rule = ["---" if at < words else "--:" for at in kept]
    told = [[head[at] for at in kept], rule, *([line[at] for at in kept] for line in lines)]
    return "".join(f"| {' | '.join(line)} |\n" for line in told)
