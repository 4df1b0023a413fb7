"""How many logs: small, usual and large, or as `./run bench --logs 5000,20000` says."""

import os

SIZES = (5_000, 100_000, 1_000_000)
USUAL = 100_000  # where one size has to do


def sizes() -> tuple[int, ...]:
    """What this run measures at."""
    asked = os.environ.get("BENCH_LOGS")
    return tuple(int(each) for each in asked.split(",")) if asked else SIZES
