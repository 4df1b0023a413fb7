"""`./run bench [NAMES]`: the measurements in tests/bench, the usual or those named, and one table of what they say.

--logs 5000,20000   other sizes for what is measured against N
--write             keep the figures in docs/performance.md and docs/pictures
"""

import os
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path

from tests.bench import document, rates
from tests.bench.results import markdown, read, text
from tests.bench.rows import ROWS

# By name: what it is given, and whether it is measured when none is named.
MEASUREMENTS: dict[str, tuple[list[str], bool]] = {
    "lists": ([], True),
    "chromium": ([], True),
    "pages": ([], True),
    "calls": ([], True),
    "log": ([], True),
    "jobs": ([], True),
    "export": ([], True),
    "payload": ([], True),
    "secrets": ([], True),
    "tree": ([], True),
    "sandbox": (["100000"], False),
    "servers": ([], False),
}


def wanted(names: list[str]) -> list[str]:
    """The measurements that were asked for."""
    for name in names:
        if name not in MEASUREMENTS:
            sys.exit(f"There is no measurement {name!r}: choose from {', '.join(MEASUREMENTS)}.")
    return names or [name for name, (_given, is_usual) in MEASUREMENTS.items() if is_usual]


def main() -> int:
    parser = ArgumentParser(prog="./run bench", description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAMES", help=", ".join(MEASUREMENTS))
    parser.add_argument("--logs", help="sizes, with commas")
    parser.add_argument("--write", action="store_true", help="write docs/performance.md")
    asked = parser.parse_args()
    names = wanted(asked.names)
    os.environ["BENCH_LOAD"] = f"{os.getloadavg()[0]:.1f}"
    if asked.logs:
        os.environ["BENCH_LOGS"] = asked.logs
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder, "results")
        os.environ["BENCH_RESULTS"] = str(results)
        failed = [name for name in names if not measured(name)]
        found, points = read(results)
    print("\n" + text(ROWS, found))
    if lines := rates.lines(ROWS, found):
        print("\n" + markdown(lines, rates.HEAD, words=1))
    if asked.write:
        missing = [row.key for row in ROWS if row.key not in found]
        if missing:
            sys.exit(f"Not written, for these were not measured: {', '.join(missing)}")
        document.write(found, points)
        print(f"Written: {document.PAGE.relative_to(document.ROOT)}")
    if failed:
        print(f"Failed: {', '.join(failed)}.")
    return bool(failed)


def measured(name: str) -> bool:
    """One measurement in a process of its own; whether it ended well."""
    print(f"\n== {name}", flush=True)
    began = time.monotonic()
    command = [sys.executable, "-m", f"tests.bench.{name}", *MEASUREMENTS[name][0]]
    code = subprocess.run(command, check=False).returncode
    print(f"({time.monotonic() - began:.0f} s)", flush=True)
    return code == 0


if __name__ == "__main__":
    sys.exit(main())
