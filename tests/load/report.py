"""What a scenario found, on the screen and in docs/reliability.md: no figure there is typed by hand."""

from __future__ import annotations

import os
import platform
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"
HEAD = "| run | goal | found | met | when |\n|---|---|---|---|---|\n"
TABLE = re.compile(r"(<!-- figures -->\n)(.*?)(<!-- end of figures -->)", re.DOTALL)
MACHINE = re.compile(r"(<!-- machine -->)(.*?)(<!-- end of machine -->)", re.DOTALL)


@dataclass(frozen=True)
class Row:
    """One goal. `met` None: it could not be looked for here, and `found` says why."""

    run: str
    goal: str
    found: str
    met: bool | None

    def line(self) -> str:
        """As it is printed."""
        return f"{SIGN[self.met]:8} {self.run:10} {self.goal}: {self.found}"


SIGN = {True: "met", False: "MISSED", None: "not run"}


def machine() -> str:
    """Where it was measured."""
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return f"{os.cpu_count()} cores, {memory_gb:.0f} GB, {platform.system()}, Python {platform.python_version()}"


def write(rows: list[Row], names: list[str]) -> None:
    """Put the rows in the place of those of the same runs; the others stay."""
    text = DOCUMENT.read_text(encoding="utf-8")
    found = TABLE.search(text)
    if not found:
        raise SystemExit(f"{DOCUMENT} has no place for the figures.")
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    kept = [line for line in found[2].splitlines() if line.startswith("| `") and line.split("`")[1] not in names]
    new = [f"| `{row.run}` | {row.goal} | {row.found} | {SIGN[row.met]} | {today} |" for row in rows]
    table = HEAD + "".join(f"{line}\n" for line in sorted([*kept, *new], key=_place))
    text = TABLE.sub(lambda match: match[1] + table + match[3], text)
    text = MACHINE.sub(lambda match: match[1] + machine() + match[3], text)
    DOCUMENT.write_text(text, encoding="utf-8")


def _place(line: str) -> int:
    from tests.load.__main__ import SCENARIOS  # it knows this module

    names = list(SCENARIOS)
    name = line.split("`")[1]
    return names.index(name) if name in names else len(names)
