"""`./run bench [pages|sandbox|servers|payload|secrets|tree|log|export|jobs]`: the measurements, all or those named."""

import subprocess
import sys

MEASUREMENTS: dict[str, list[str]] = {
    "pages": [],
    "sandbox": ["100000"],
    "servers": [],
    "payload": [],
    "secrets": [],
    "tree": [],
    "log": [],
    "export": [],
    "jobs": [],
}


def main() -> int:
    wanted = sys.argv[1:] or list(MEASUREMENTS)
    for name in wanted:
        if name not in MEASUREMENTS:
            sys.exit(f"There is no measurement {name!r}: choose from {', '.join(MEASUREMENTS)}.")
        print(f"\n== {name}", flush=True)
        code = subprocess.run(
            [sys.executable, "-m", f"tests.bench.{name}", *MEASUREMENTS[name]], check=False
        ).returncode
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
