"""What workers do now and then beside their jobs. Each room that has something to do says so at the start."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import DatabaseError

logger = logging.getLogger("gateway_dash.bulk")
_chores: list[Callable[[datetime], None]] = []


def now_and_then(chore: Callable[[datetime], None]) -> None:
    """Have workers call this three times a minute or so, any of them at any time: it has to see to it that nothing is
    done twice."""
    _chores.append(chore)


def do_all(now: datetime) -> None:
    """One that fails leaves the others."""
    for chore in _chores:
        try:
            chore(now)
        except DatabaseError:
            raise
        except Exception:
            logger.exception("What is done now and then failed: %s.", chore.__module__)
