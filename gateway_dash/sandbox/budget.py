"""The rate limit: so many requests per token in five minutes, and five minutes of refusals after that."""

import math
import threading
from dataclasses import dataclass

from .answers import too_many_requests

WINDOW_S = 300


@dataclass
class Window:
    """What one token has spent."""

    ends_at: float
    spent: int = 0
    blocked: bool = False


class Budget:
    """Counts the requests of each token."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._windows: dict[str, Window] = {}

    def spend(self, token: str, quota: int | None, now: float) -> tuple[tuple[str, str], ...]:
        """Count one request; the headers that tell what is left. Refuses when nothing is."""
        with self._lock:
            window = self._windows.get(token)
            if window is None or now >= window.ends_at:
                window = self._windows[token] = Window(now + WINDOW_S)
            window.spent += 1
            if quota is not None and window.spent > quota and not window.blocked:
                window.blocked, window.ends_at = True, now + WINDOW_S
            headers = limits(quota, window, now)
        if window.blocked and quota is not None:
            refusal = too_many_requests(math.ceil(window.ends_at - now))
            refusal.headers += headers
            raise refusal
        return headers


def limits(quota: int | None, window: Window, now: float) -> tuple[tuple[str, str], ...]:
    """The Ratelimit headers. A budget without end still names the usual numbers, and never gets smaller."""
    left = 1200 if quota is None else max(0, quota - window.spent)
    reset_s = math.ceil(window.ends_at - now)
    return (
        ("Ratelimit", f'"default";r={left};t={reset_s}'),
        ("Ratelimit-Policy", f'"default";q={1200 if quota is None else quota};w={WINDOW_S}'),
    )
