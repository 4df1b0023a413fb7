"""What workers do now and then beside their jobs. Each room that has something to do says so at the start."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime

from django.db import DatabaseError
from structlog.contextvars import bound_contextvars

ENOUGH_S = 4.0  # for one chore: jobs wait meanwhile, and so does a worker that is told to stop
logger = logging.getLogger("gateway_dash.bulk")

type GoesOn = Callable[[], bool]
type Chore = Callable[[datetime, GoesOn], None]
_chores: list[Chore] = []


def always() -> bool:
    """Of who does not have to stop."""
    return True


def now_and_then(chore: Chore) -> None:
    """Have workers call this three times a minute or so, any of them at any time.

    It has to see to it that nothing is done twice, and asks before each thing that takes seconds whether it goes on.
    """
    _chores.append(chore)


def do_all(now: datetime, goes_on: GoesOn = always) -> None:
    """One that fails leaves the others; what is left over of one comes with the next time."""
    for chore in _chores:
        ends_at = time.monotonic() + ENOUGH_S
        try:
            with bound_contextvars(chore=chore.__module__):
                chore(now, lambda ends_at=ends_at: goes_on() and time.monotonic() < ends_at)  # type: ignore[misc]
        except DatabaseError:
            raise
        except Exception:
            logger.exception("What is done now and then failed: %s.", chore.__module__)
