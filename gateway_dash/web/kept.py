"""What is kept for a while, shared by the workers of this machine. A cache that fails costs a call, never a page."""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

from django.core.cache import cache, caches
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.filebased import FileBasedCache

SWEEP_S = 60
PAGES, LEDGER, ANSWERS = "default", "ledger", "answers"  # in settings.CACHES
logger = logging.getLogger("gateway_dash.web")


def get(key: str, place: str = PAGES) -> Any:
    """What was kept under the key, or None: also when it cannot be read."""
    try:
        return caches[place].get(key)
    except Exception as error:  # each backend has failures of its own, and none of them is the page's
        _note("read", error)
        return None


def get_many(keys: Sequence[str]) -> dict[str, Any]:
    """Those of the keys that something is kept under."""
    return read(keys) or {}


def read(keys: Sequence[str], place: str = PAGES) -> dict[str, Any] | None:
    """The same for whoever has to tell nothing from not knowing: None where the cache is away."""
    try:
        return dict(caches[place].get_many(keys))
    except Exception as error:
        _note("read", error)
        return None


def put(key: str, value: Any, seconds: int, place: str = PAGES) -> None:
    """Keep a value; one that cannot be kept is asked for again."""
    try:
        caches[place].set(key, value, seconds)
    except Exception as error:
        _note("written", error)


def agreed(key: str, value: Any, seconds: int, place: str = PAGES) -> Any:
    """The value that the first who came has put there: this one, if that is us, or if there is no agreeing."""
    try:
        return caches[place].get_or_set(key, value, seconds)
    except Exception as error:
        _note("used", error)
        return value


def claim(key: str, seconds: int, place: str = PAGES) -> bool:
    """Whether nobody has claimed this within these seconds; where there is no telling, nobody has."""
    try:
        return bool(caches[place].add(key, 1, seconds))
    except Exception as error:
        _note("used", error)
        return True


def drop(key: str, place: str = PAGES) -> None:
    """Take a value or a claim away before its time."""
    try:
        caches[place].delete(key)
    except Exception as error:
        _note("used", error)


def answers() -> bool:
    """Whether what is written can be read."""
    try:
        cache.set("answers", 1, 60)
        return bool(cache.get("answers") == 1)
    except Exception as error:
        _note("used", error)
        return False


def _note(what: str, error: Exception) -> None:
    logger.warning("The cache could not be %s (%s); the page goes on without it.", what, type(error).__name__)


class SharedCounters:
    """The numbers of `gateway/ledger.py`, in a cache of their own that nothing is pushed out of."""

    def add(self, key: str, seconds: int) -> int | None:
        """Count one more."""
        try:
            caches[LEDGER].add(key, 0, seconds)
            return int(caches[LEDGER].incr(key))
        except Exception as error:
            _note("used", error)
            return None

    def read(self, keys: Sequence[str]) -> dict[str, float] | None:
        """None where the cache is away: then each process holds itself to its part."""
        return read(keys, LEDGER)

    def put(self, key: str, value: float, seconds: int) -> None:
        """Keep a number."""
        put(key, value, seconds, LEDGER)

    def drop(self, key: str) -> None:
        """Forget a number."""
        drop(key, LEDGER)

    def claim(self, key: str, seconds: int) -> bool:
        """Whether we are the first."""
        return claim(key, seconds, LEDGER)


class SharedFiles(FileBasedCache):
    """Django's files, with what is over taken away within a minute of the next write: times that we name are kept.

    To count and to claim is done under a lock: of several processes one is the first, and no count is lost.
    """

    _swept: ClassVar[dict[str, float]] = {}  # by folder, time.monotonic()

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        """Put it there if nothing is."""
        with self._alone():
            return bool(super().add(key, value, timeout, version))

    def incr(self, key: Any, delta: int = 1, version: Any = None) -> int:
        """Count on; raises ValueError where nothing is."""
        with self._alone():
            return int(super().incr(key, delta, version))

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        path = Path(f"{self._dir}.lock")  # type: ignore[attr-defined]
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "a", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _cull(self) -> None:
        """Before each write, as Django has it; the sweep first, so that what is still good need not make room."""
        folder = str(self._dir)  # type: ignore[attr-defined]
        if time.monotonic() - self._swept.get(folder, -SWEEP_S) >= SWEEP_S:
            self._swept[folder] = time.monotonic()
            self.sweep()
        super()._cull()  # type: ignore[misc]

    def sweep(self) -> None:
        """Remove what has expired, what nobody can read any more, and files that a killed worker left half written."""
        for path in Path(self._dir).iterdir():  # type: ignore[attr-defined]
            if path.suffix != self.cache_suffix:
                with contextlib.suppress(OSError):
                    if time.time() - path.stat().st_mtime > SWEEP_S:
                        path.unlink()
                continue
            try:
                with path.open("rb") as file:
                    self._is_expired(file)  # type: ignore[attr-defined]
            except FileNotFoundError:
                pass  # another worker was first
            except Exception:
                path.unlink(missing_ok=True)
