"""Writing beside a page, which does not wait for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

WAIT_MS = 50  # for another writer; settings.py gives a page that has to write five seconds


@contextmanager
def waiting_little() -> Iterator[None]:
    """SQLite has one writer at a time; a page that only notes something does not wait until it is its turn."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        before = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        cursor.execute(f"PRAGMA busy_timeout = {WAIT_MS}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {int(before)}")
