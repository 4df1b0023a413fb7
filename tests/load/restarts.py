"""The database is restarted, the cache goes away; and a long day of mixed pages."""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import linear_regression, median

from tests.load import rig
from tests.load.people import Seen, p, people, spread, times
from tests.load.report import Row
from tests.load.rig import LOGS, Dashboard

JOBS = "/gateways/prod-edge/jobs/"
DOWN_S = 5.0
SAMPLE_S = 5.0
WARM_SHARE = 0.3  # of the time: templates are read, pools and caches fill
MIXED = (LOGS, "/gateways/", LOGS + "?provider=openai", LOGS + "?open=facets", JOBS, "/account/", LOGS + "?per_page=20")


def database(seconds: float) -> Iterator[Row]:
    """A PostgreSQL of our own stops for five seconds while people work."""
    with (
        rig.upstream() as there,
        rig.postgres() as cluster,
        rig.dashboard(there, DATABASE_URL=cluster.url) as dash,
        people(dash, [LOGS, JOBS], 8, pause_s=0.1) as pages,
        people(dash, ["/healthz"], 1, pause_s=0.05) as health,
    ):
        time.sleep(3)
        away_at = time.monotonic()
        cluster.stop()
        time.sleep(DOWN_S)
        back_at = time.monotonic()
        cluster.start()
        started_at = time.monotonic()
        time.sleep(max(5.0, seconds / 3))
    down = [each for each in pages if away_at + 1 < each.began_at < back_at]
    yield Row("database", "an error within 2 s while it is away", spread(down), bool(down) and max(times(down)) < 2)
    yield Row("database", "/healthz answers all the while", f"{_good(health)} of {len(health)}; {spread(health)}",
              _good(health) == len(health))  # fmt: skip
    wrong = [each.ended_at - started_at for each in pages if each.status >= 500 and each.ended_at > started_at]
    after = [each for each in pages if each.status == 200 and each.began_at > started_at]
    yield Row("database", "normal within 5 s of the return", f"last error after {max(wrong, default=0):.1f} s, then "
              f"{len(after)} pages", max(wrong, default=0) < 5 and bool(after))  # fmt: skip
    yield Row("database", "no answer lost", str(len(_lost(pages))), not _lost(pages))


def cache(seconds: float) -> Iterator[Row]:
    """A Valkey or Redis of our own is killed while people work."""
    with (
        rig.upstream() as there,
        rig.redis() as (url, process),
        rig.dashboard(there, CACHE_URL=url) as dash,
        people(dash, [LOGS, JOBS, LOGS + "?open=facets"], 6, pause_s=0.1) as pages,
    ):
        time.sleep(4)
        process.kill()
        away_at = time.monotonic()
        time.sleep(max(8.0, seconds / 2))
    before = [each for each in pages if each.ended_at < away_at]
    after = [each for each in pages if each.began_at > away_at]
    yield Row("cache", "every page goes on without it", f"{_good(after)} of {len(after)} after, {_good(before)} of "
              f"{len(before)} before", bool(after) and _good(after) == len(after))  # fmt: skip
    yield Row("cache", "within 2 s", spread(after), p(1, times(after)) < 2000)
    yield Row("cache", "no traceback", str(dash.told_at_end.count("Traceback")), "Traceback" not in dash.told_at_end)


def soak(seconds: float) -> Iterator[Row]:
    """Mixed pages for so long: memory and sockets stay as they are."""
    with rig.upstream() as there, rig.dashboard(there) as dash:
        paths = [*MIXED, *(f"{LOGS}{each}/" for each in there.log_ids[:20])]
        with people(dash, paths, 6, pause_s=0.25) as pages:
            samples = list(_samples(dash, seconds))
    warm = [each for each in samples if each[0] >= seconds * WARM_SHARE]
    minutes = f"{seconds / 60:.0f} min, {len(pages):,} pages, {sum(each.status >= 500 for each in pages)} errors"
    slopes = [linear_regression([at / 60 for at, _, _ in warm], [mbs[each] for _, mbs, _ in warm]).slope
              for each in range(len(warm[0][1]))]  # fmt: skip
    ends = ", ".join(f"{first:.0f} to {last:.0f} MB" for first, last in zip(warm[0][1], warm[-1][1], strict=True))
    yield Row("soak", f"{minutes}: memory rises by < 1 MB a minute in each process",
              f"{max(slopes):.2f} MB/min ({ends})", max(slopes) < 1)  # fmt: skip
    third = len(warm) // 3
    first, last = (median(each[2] for each in part) for part in (warm[:third], warm[-third:]))
    yield Row("soak", "open sockets do not rise", f"{first:.0f} to {last:.0f}", last <= first + 3)
    yield Row("soak", "no page failed", str(len(pages) - _good(pages)), _good(pages) == len(pages))


def _samples(dash: Dashboard, seconds: float) -> Iterator[tuple[float, list[float], int]]:
    """Seconds since the start, the memory of each process, their sockets together."""
    began_at, pids = time.monotonic(), sorted(rig.family(dash.process.pid))
    while (at := time.monotonic() - began_at) < seconds:
        yield at, [rig.rss_mb(pid) for pid in pids], sum(rig.sockets(pid) for pid in pids)
        time.sleep(SAMPLE_S)


def _good(seen: list[Seen]) -> int:
    return sum(each.status == 200 for each in seen)


def _lost(seen: list[Seen]) -> list[Seen]:
    return [each for each in seen if each.status == 0]
