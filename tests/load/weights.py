"""Answers that are too large, too slow or not whole: what they cost the processes, and how long a page takes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial

from tests.load import rig
from tests.load.people import Seen, at_once, look, people, spread, times
from tests.load.report import Row
from tests.load.rig import LOGS, Controlled, Dashboard

MB = 1024 * 1024
HTMX = {"HX-Request": "true"}
BODY_PAGES = {"request/part/": "text", "conversation/": "conversation", "tree/": "tree"}


def drip(_seconds: float) -> Iterator[Row]:
    """Five bytes a second, as headers and as a body."""
    with rig.upstream() as there, rig.dashboard(there) as dash:
        for kind, words in (("drip", "a body"), ("drip_head", "headers")):
            there.become(kind)
            with people(dash, ["/healthz", "/login/"], 2, pause_s=0.05) as others:
                found = at_once([partial(look, dash, LOGS)] * 12)
            slowest = max(times(found))
            yield Row("drip", f"{words} at 5 B/s: a page ends at its deadline of 10 s", f"after {slowest:.1f} s",
                      slowest < 10.7 and all(each.status in (503, 504) for each in found))  # fmt: skip
            yield Row("drip", f"{words}: other pages meanwhile max < 1 s", spread(others), max(times(others)) < 1)


def bomb(_seconds: float) -> Iterator[Row]:
    """A gzip of 1 GiB where a list should be, and where a body should be."""
    with rig.upstream() as there, rig.dashboard(there) as dash:
        for words, paths in _places(there):
            _warm(dash, LOGS, _of(there.log_ids[0], "request/part/"))
            there.become("bomb", only="/request" if words == "a body" else "/logs")
            grown, found = _growth(dash, partial(_each, dash, paths))
            met = len(there.calls())
            there.become()
            yield Row("bomb", f"{words}: refused or cut in < 1 s", f"{spread(found)}; {met} calls met it",
                      max(times(found)) < 1 and met >= len(paths))  # fmt: skip
            yield Row("bomb", f"{words}: a process grows by <= 16 MB", f"{grown:.1f} MB", grown <= 16)


def huge(_seconds: float) -> Iterator[Row]:
    """64 MB where a list should be, and where a body should be."""
    with rig.upstream() as there, rig.dashboard(there) as dash:
        for words, paths in _places(there):
            _warm(dash, LOGS, _of(there.log_ids[0], "request/part/"))
            there.become("huge", only="/request" if words == "a body" else "/logs", size_bytes=64 * MB)
            grown, found = _growth(dash, partial(_each, dash, paths))
            met = len(there.calls())
            there.become()
            largest = max(len(each.text) for each in found)
            told = f"{grown:.1f} MB; {spread(found)}; {met} calls met it"
            yield Row("huge", f"{words}: a process grows by < 64 MB", told,
                      grown < 64 and met >= len(paths))  # fmt: skip
            yield Row("huge", f"{words}: the page is <= 256 KB", f"{largest / 1024:,.0f} KB", largest <= 256 * 1024)


def cut(_seconds: float) -> Iterator[Row]:
    """A connection that ends in the middle of an answer."""
    with rig.upstream() as there, rig.dashboard(there) as dash:
        there.become("cut")
        found = look(dash, LOGS)
        said = "was cut after" in found.text
        yield Row("cut", "a list that is cut is an error in words", f"{found.status}, {'said' if said else 'not said'}",
                  found.status == 502 and said)  # fmt: skip
        there.become("cut", only="/request")
        found = look(dash, _of(there.log_ids[0], "request/part/"), headers=HTMX)
        said = "cut" in found.text
        yield Row("cut", "a body that is cut is shown as cut", f"{found.status}, {'said' if said else 'not said'}",
                  found.status == 200 and said)  # fmt: skip


def bodies(_seconds: float) -> Iterator[Row]:
    """20 people open a body of 16 MB at once; then one opens a body of 10 MB."""
    with rig.upstream() as there, rig.dashboard(there) as dash:
        _warm(dash, *(_of(there.log_ids[0], each) for each in BODY_PAGES))
        there.become("body", only="/request", size_bytes=16 * MB)
        for pid in dash.workers():
            rig.forget_peak(pid)
        fresh = iter(there.log_ids[1:])  # what was read before is in memory
        paths = [_of(next(fresh), each) for each in BODY_PAGES for _ in range(7)][:20]
        found = at_once([partial(look, dash, path, headers=HTMX) for path in paths])
        peak = max(rig.peak_mb(pid) for pid in dash.workers())
        served = len([each for each in found if each.status == 200])
        yield Row("bodies", "20 of 16 MB at once: a process stays < 400 MB",
                  f"{peak:.0f} MB; {served} shown, {len(found) - served} told to come again; {spread(found)}",
                  peak < 400 and all(each.status in (200, 503) for each in found))  # fmt: skip
        there.become("body", only="/request", size_bytes=10 * MB)
        for page, words in BODY_PAGES.items():
            grown, seen = _growth(dash, partial(_each, dash, [_of(next(fresh), page)]))
            largest, quickest = max(len(each.text) for each in seen) / 1024, 1000 * min(times(seen))
            fits = grown <= 40 and largest <= 256 and all(each.status == 200 for each in seen)
            yield Row("bodies", f"a page with 10 MB as {words}: grows <= 40 MB, page <= 256 KB, < 500 ms",
                      f"{grown:.1f} MB, {largest:,.0f} KB, {quickest:,.0f} ms", fits and quickest < 500)  # fmt: skip


def _of(log_id: str, page: str) -> str:
    return f"{LOGS}{log_id}/{page}"


def _places(there: Controlled) -> list[tuple[str, list[str]]]:
    """Four pages of each, another each time: what was read is kept."""
    lists = [f"{LOGS}?duration__gt={number}" for number in range(4)]
    return [("a list", lists), ("a body", [_of(each, "request/part/") for each in there.log_ids[1:5]])]


def _each(dash: Dashboard, paths: list[str]) -> list[Seen]:
    return [look(dash, each, headers=None if each.startswith(f"{LOGS}?") else HTMX) for each in paths]


def _warm(dash: Dashboard, *paths: str) -> None:
    with people(dash, paths, 4):
        time.sleep(2)


def _growth(dash: Dashboard, asked: Callable[[], list[Seen]]) -> tuple[float, list[Seen]]:
    """By how many MB the process grew that grew most, at its peak."""
    before = {pid: rig.rss_mb(pid) for pid in dash.workers()}
    for pid in before:
        rig.forget_peak(pid)
    seen = asked()
    return max(rig.peak_mb(pid) - mb for pid, mb in before.items()), seen
