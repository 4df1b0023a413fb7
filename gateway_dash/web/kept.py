"""What is kept for a while, shared by the workers of this machine. A cache that fails costs a call, never a page."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.core.cache.backends.filebased import FileBasedCache

SWEEP_S = 60
logger = logging.getLogger("gateway_dash.web")


def get(key: str) -> Any:
    """What was kept under the key, or None: also when it cannot be read."""
    try:
        return cache.get(key)
    except Exception as error:  # each backend has failures of its own, and none of them is the page's
        _note("read", error)
        return None


def get_many(keys: Sequence[str]) -> dict[str, Any]:
    """Those of the keys that something is kept under."""
    try:
        return dict(cache.get_many(keys))
    except Exception as error:
        _note("read", error)
        return {}


def put(key: str, value: Any, seconds: int) -> None:
    """Keep a value; one that cannot be kept is asked for again."""
    try:
        cache.set(key, value, seconds)
    except Exception as error:
        _note("written", error)


def agreed(key: str, value: Any, seconds: int) -> Any:
    """The value that the first who came has put there: this one, if that is us, or if there is no agreeing."""
    try:
        return cache.get_or_set(key, value, seconds)
    except Exception as error:
        _note("used", error)
        return value


def claim(key: str, seconds: int) -> bool:
    """Whether nobody has claimed this within these seconds; where there is no telling, nobody has."""
    try:
        return cache.add(key, 1, seconds)
    except Exception as error:
        _note("used", error)
        return True


def drop(key: str) -> None:
    """Take a value or a claim away before its time."""
    try:
        cache.delete(key)
    except Exception as error:
        _note("used", error)


def _note(what: str, error: Exception) -> None:
    logger.warning("The cache could not be %s (%s); the page goes on without it.", what, type(error).__name__)


class SharedFiles(FileBasedCache):
    """Django's files, with what is over taken away within a minute of the next write: times that we name are kept."""

    _swept = 0.0

    def _cull(self) -> None:
        """Before each write, as Django has it; the sweep first, so that what is still good need not make room."""
        if time.monotonic() - SharedFiles._swept >= SWEEP_S:
            SharedFiles._swept = time.monotonic()
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
