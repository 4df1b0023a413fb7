"""`./run load [--write] [--seconds N] [--minutes N] [names]`: crowds and troubles, against written goals.

Starts the dashboard as `make run` does, on ports of its own, with an upstream that does what is wanted of it. Exits
with 1 where a goal was missed. `--write` puts the figures into docs/reliability.md. Linux alone: memory is read
from /proc.
"""

from __future__ import annotations

import sys
import traceback
from argparse import ArgumentParser
from collections.abc import Callable, Iterator

from tests.load import crowds, report, restarts, weights
from tests.load.rig import NotHere

SCENARIOS: dict[str, Callable[[float], Iterator[report.Row]]] = {
    "slow": crowds.slow,
    "dead": crowds.dead,
    "hanging": crowds.hanging,
    "flapping": crowds.flapping,
    "blocked": crowds.blocked,
    "drip": weights.drip,
    "bomb": weights.bomb,
    "huge": weights.huge,
    "cut": weights.cut,
    "bodies": weights.bodies,
    "database": restarts.database,
    "cache": restarts.cache,
    "soak": restarts.soak,
}


def main() -> int:
    parser = ArgumentParser(prog="./run load", description="Crowds and troubles, against goals.")
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(SCENARIOS)}; all without one")
    parser.add_argument("--write", action="store_true", help="put the figures into docs/reliability.md")
    parser.add_argument(
        "--seconds", type=float, default=20, help="how long each lasts, as far as that is a matter of taste"
    )
    parser.add_argument("--minutes", type=float, default=3, help="how long the soak lasts")
    chosen = parser.parse_args()
    if unknown := set(chosen.names) - set(SCENARIOS):
        sys.exit(f"There is no run {', '.join(sorted(unknown))}: choose from {', '.join(SCENARIOS)}.")
    names = chosen.names or list(SCENARIOS)
    print(report.machine(), flush=True)
    rows = [row for name in names for row in _run(name, chosen.minutes * 60 if name == "soak" else chosen.seconds)]
    if chosen.write:
        report.write(rows, names)
    return 1 if any(row.met is False for row in rows) else 0


def _run(name: str, seconds: float) -> Iterator[report.Row]:
    scenario = SCENARIOS[name]
    print(f"\n== {name}: {(scenario.__doc__ or '').splitlines()[0]}", flush=True)
    try:
        for row in scenario(seconds):
            print(row.line(), flush=True)
            yield row
    except NotHere as error:
        print(error, flush=True)
        yield report.Row(name, "all", str(error), None)
    except Exception:  # the other runs are not its
        traceback.print_exc()
        yield report.Row(name, "all", "ended by an error of its own", False)


if __name__ == "__main__":
    sys.exit(main())
