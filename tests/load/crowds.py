"""Many people, and an upstream that is slow, away, flapping or blocks us."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial

from tests.load import rig
from tests.load.people import CROWDED, FAILING, Seen, at_once, look, p, people, spread, times
from tests.load.report import Row
from tests.load.rig import LOGS, Dashboard

PEOPLE = 64
SLOW_S = 5.0
# Half of the people look at one list and share its answer, the others each at their own.
LISTS = [url for number in range(1, 32) for url in (LOGS, f"{LOGS}?duration__gt={number}")]
# Each of them once: what was read for one page is no answer for another.
UNLIKE = [f"{LOGS}?duration__gt={number}" for number in range(100, 2100)]
OTHERS = ("/healthz", "/gateways/prod-edge/jobs/", "/login/")


def slow(seconds: float) -> Iterator[Row]:
    """64 people on 32 lists, and the upstream takes five seconds. They look at what came, and then click."""
    with rig.upstream() as there, rig.dashboard(there) as dash:
        _warm(dash, (f"{LOGS}?duration__gt=0", *OTHERS))
        there.become(latency_s=SLOW_S)
        burst = at_once([partial(look, dash, url) for url in (LISTS + LISTS)[:PEOPLE]])
        crowd = people(dash, LISTS, PEOPLE, pause_s=SLOW_S, patience_s=SLOW_S, come_within_s=SLOW_S)
        with crowd as lists, people(dash, OTHERS, 6, pause_s=0.05) as others:
            time.sleep(seconds)
    told = "; ".join(f"{path}: {spread([each for each in others if each.path == path])}" for path in OTHERS)
    found = times(others)
    yield Row("slow", "other pages: p95 < 250 ms", told, p(0.95, found) < 250)
    yield Row("slow", "other pages: max < 1 s", f"{p(1, found):,.0f} ms", p(1, found) < 1000)
    refused = [each for each in lists if each.status == 503]
    yield Row("slow", "lists that are refused: p95 < 300 ms", spread(refused), p(0.95, times(refused)) < 300)
    at_first = [each for each in burst if each.status == 503]
    yield Row("slow", "all 64 in one moment: who is refused knows within 1 s", spread(at_first),
              bool(at_first) and p(1, times(at_first)) < 1000)  # fmt: skip
    waited = [each.retry_after_s for each in refused]
    yield Row("slow", "and say when to come again", f"{sum(map(bool, waited))} of {len(refused)}", all(waited))
    served = [each for each in lists if each.status == 200]
    yield Row("slow", "lists are served all the while", f"{len(served)}: {spread(served)}", bool(served))
    yield _no_traceback("slow", dash, [*burst, *lists, *others])


def dead(seconds: float) -> Iterator[Row]:
    """The upstream refuses connections, and comes back."""
    yield from _outage("dead", "away", 16, seconds, probes_may_take_s=1.0)


def hanging(seconds: float) -> Iterator[Row]:
    """The upstream takes connections and says nothing, and comes back."""
    yield from _outage("hanging", "hang", 32, seconds + 25, probes_may_take_s=10.5)


def _outage(name: str, kind: str, count: int, seconds: float, *, probes_may_take_s: float) -> Iterator[Row]:
    with rig.upstream() as there, rig.dashboard(there) as dash:
        _warm(dash, (LOGS, *OTHERS))
        there.become(kind)
        crowd = people(dash, [LOGS, "/gateways/"], count, pause_s=0.2)
        with crowd as pages, people(dash, OTHERS, 3, pause_s=0.1) as others:
            time.sleep(max(20.0, seconds))
        alone = [each for each in (look(dash, LOGS) for _ in range(40)) if FAILING in each.text]
        with people(dash, [LOGS, "/gateways/"], count, pause_s=0.2) as later_pages:
            there.become()
            back_at = time.monotonic()
            time.sleep(20)
    down = list(pages)
    failing = [each for each in down if FAILING in each.text]
    opened_at = min((each.began_at for each in failing), default=back_at)
    later = [each for each in down if each.began_at > opened_at + 10]  # by then both servers know
    quick = [each for each in later if each.seconds < 1]
    slowest = max(times(later), default=0.0)
    yield Row(name, "once the breaker is open: pages within 1 s, but for those that find out",
              f"{len(quick):,} of {len(later):,}; {spread(quick)}; slowest {slowest:.1f} s",
              bool(later) and len(quick) >= 0.9 * len(later) and slowest < probes_may_take_s)  # fmt: skip
    yield Row(name, "a page that the breaker refuses, one at a time: median < 50 ms", spread(alone),
              bool(alone) and p(0.5, times(alone)) < 50)  # fmt: skip
    yield Row(name, "other pages: p95 < 250 ms", spread(others), p(0.95, times(others)) < 250)
    wrong = [each.ended_at - back_at for each in later_pages
             if each.status != 200 and CROWDED not in each.text and each.ended_at > back_at]  # fmt: skip
    good = [each for each in later_pages if each.status == 200 and each.ended_at > back_at]
    yield Row(name, "normal within 15 s of the return", f"last error after {max(wrong, default=0):.1f} s",
              max(wrong, default=0) < 15 and bool(good))  # fmt: skip
    yield _no_traceback(name, dash, [*pages, *later_pages])


def flapping(seconds: float) -> Iterator[Row]:
    """Every third call fails, and then every one."""
    with rig.upstream() as there, rig.dashboard(there) as dash:
        _warm(dash, [LOGS])
        for every, words in ((3, "a third of the calls fails"), (1, "all fail")):
            there.become("unavailable", every=every)
            lists = UNLIKE[::2] if every > 1 else UNLIKE[1::2]
            with people(dash, lists, 8, pause_s=0.1, apart=len(lists) // 8) as pages:
                time.sleep(seconds)
            calls, wanted = len(there.calls()), len([each for each in pages if FAILING not in each.text])
            factor = calls / max(1, wanted)
            lost = len([each for each in pages if each.status != 200])
            # Two servers may send three again whatever they sent: of few calls that is more than a tenth.
            most = max(1.1, 1 + 6 / max(1, wanted))
            yield Row("flapping", f"{words}: at most {most:.2f} calls for each that is wanted",
                      f"{factor:.2f} ({calls:,} for {wanted:,}; {lost:,} of {len(pages):,} pages said that it failed)",
                      factor <= most + 0.005)  # fmt: skip
        yield _no_traceback("flapping", dash, pages)


def blocked(seconds: float) -> Iterator[Row]:
    """A 429 to one of two replicas, which share a Valkey or Redis."""
    block_s = 10
    with rig.upstream() as there, rig.redis() as (cache, _), ExitStack() as closed:
        both = [
            closed.enter_context(rig.dashboard(there, whole=False, CACHE_URL=cache, GATEWAY_DASH_REPLICAS="2"))
            for _ in range(2)
        ]
        for dash in both:
            _warm(dash, [LOGS])
        there.become("too_many", retry_after_s=block_s)
        crowd = partial(people, paths=[LOGS, *UNLIKE], count=6, pause_s=0.1, apart=300)
        with crowd(both[0]) as one, crowd(both[1]) as two:
            time.sleep(block_s - 1)
            met = there.calls()
            there.become()
            time.sleep(1 + seconds / 4)
            later = there.calls()
    first_at = min(each[0] for each in met)
    late = [each for each in [*met, *later] if first_at + 1 < each[0] < first_at + block_s]
    early = len([each for each in met if each[0] <= first_at + 1])
    yield Row(
        "blocked", "no call in the block, from a second after it began", f"{len(late)} ({early} before)", not late
    )
    after = sorted(each[0] for each in later if each[0] >= first_at + block_s)
    pages = [each for each in [*one, *two] if each.status == 503]
    yield Row(
        "blocked", "pages that are refused: p95 < 300 ms", spread(pages), bool(pages) and p(0.95, times(pages)) < 300
    )
    yield Row("blocked", "calls go on by themselves within 5 s", f"after {after[0] - first_at - block_s:.1f} s" if after
              else "none", bool(after) and after[0] - first_at - block_s < 5)  # fmt: skip


def _warm(dash: Dashboard, paths: list[str] | tuple[str, ...]) -> None:
    """Both servers have read their templates."""
    with people(dash, paths, 4):
        time.sleep(2)


def _no_traceback(name: str, dash: Dashboard, pages: list[Seen]) -> Row:
    wrong = len([each for each in pages if each.status in (0, 500)])
    told = dash.told_at_end.count("Traceback")
    return Row(name, "no traceback, no status 500, no answer lost", f"{told} and {wrong}", not told and not wrong)
