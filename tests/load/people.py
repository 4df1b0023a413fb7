"""People who ask for pages, as threads: how long each answer took, and what it was."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from urllib.parse import urlsplit

from tests.load.rig import Dashboard

FAILING = "The upstream is failing"
CROWDED = "Too many people are waiting"
LONGEST_S = 60.0


@dataclass(frozen=True)
class Seen:
    """One answer. `status` 0: none."""

    path: str
    status: int
    began_at: float  # time.monotonic()
    seconds: float
    text: str
    retry_after_s: float = 0.0

    @property
    def ended_at(self) -> float:
        """When it was there."""
        return self.began_at + self.seconds


def look(dash: Dashboard, path: str, *, signed_in: bool = True, headers: dict[str, str] | None = None) -> Seen:
    """Ask for one page."""
    connection = http.client.HTTPConnection(urlsplit(dash.url).netloc, timeout=LONGEST_S)
    sent = ({"Cookie": dash.cookie} if signed_in else {}) | {"Connection": "close"} | (headers or {})
    began_at = time.monotonic()
    try:
        connection.request("GET", path, headers=sent)
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")
        after = answer.headers.get("Retry-After", "0")
        return Seen(path, answer.status, began_at, time.monotonic() - began_at, text, float(after))
    except (OSError, http.client.HTTPException) as error:
        return Seen(path, 0, began_at, time.monotonic() - began_at, type(error).__name__)
    finally:
        connection.close()


@contextmanager
def people(
    dash: Dashboard,
    paths: Sequence[str],
    count: int,
    *,
    pause_s: float = 0.0,
    patience_s: float = 0.0,
    come_within_s: float = 0.0,
    apart: int = 1,
) -> Iterator[list[Seen]]:
    """So many people ask for these pages in turn while the block runs; what they saw is in the list, and grows.

    `patience_s`: who is told to come again later does so, after so long at the most. `come_within_s`: they come one
    after the other in so long a time. `apart`: each begins so many pages after the one before.
    """
    over, seen = threading.Event(), list[Seen]()

    def person(first: int) -> None:
        start = first * apart % len(paths)
        turn = cycle([*paths[start:], *paths[:start]])
        over.wait(come_within_s * first / count)
        while not over.is_set():
            path = next(turn)
            found = look(dash, path, signed_in=path != "/login/")
            seen.append(found)
            over.wait(min(found.retry_after_s, patience_s) if found.status == 503 and patience_s else pause_s)

    threads = [threading.Thread(target=person, args=(number,), daemon=True) for number in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield seen
    finally:
        over.set()
        for thread in threads:
            thread.join(LONGEST_S)


def at_once(looks: Sequence[Callable[[], Seen]]) -> list[Seen]:
    """All of these in the same moment."""
    found = list[Seen]()
    threads = [threading.Thread(target=lambda each=each: found.append(each()), daemon=True) for each in looks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(2 * LONGEST_S)
    return found


def p(share: float, seconds: Sequence[float]) -> float:
    """A percentile, in ms."""
    return 1000 * sorted(seconds)[min(len(seconds) - 1, int(len(seconds) * share))] if seconds else 0.0


def times(seen: Sequence[Seen]) -> list[float]:
    return [each.seconds for each in seen]


def spread(seen: Sequence[Seen]) -> str:
    """`p50 4, p95 18, max 51 ms (n=812)`."""
    found = times(seen)
    return f"p50 {p(0.5, found):,.0f}, p95 {p(0.95, found):,.0f}, max {p(1, found):,.0f} ms (n={len(found):,})"
