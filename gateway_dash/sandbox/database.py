"""One SQLite connection per process, shared by its threads under a lock."""

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from .sync import Shelves
from .tables import SCHEMA, Kinds

WAIT_S = 120  # for another process that is seeding the same file


class Database:
    """A connection with what is remembered of its contents. Use it inside `reading()` or `writing()`."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._open()
        with self.writing() as sql:
            for statement in SCHEMA.split(";\n"):
                sql.execute(statement)

    def _open(self) -> None:
        self._process = os.getpid()
        self._sql = sqlite3.connect(self.path, timeout=WAIT_S, isolation_level=None, check_same_thread=False)
        self._sql.row_factory = sqlite3.Row
        self._sql.execute("PRAGMA synchronous = OFF")  # invented logs may be lost when the power fails
        if self.path != ":memory:":
            use_write_ahead_log(self._sql)
        self.kinds = Kinds(self._sql)
        self.shelves = Shelves(self._sql, self.kinds)

    def close(self) -> None:
        with self._lock:
            self._sql.close()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            if self._process != os.getpid() and self.path != ":memory:":
                self._open()  # a connection must not be carried over a fork
            yield self._sql

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all of it or nothing."""
        with self.reading() as sql:
            sql.execute("BEGIN IMMEDIATE")
            try:
                yield sql
                sql.execute("COMMIT")
            except BaseException:
                sql.execute("ROLLBACK")
                self.kinds.forget()
                raise
            finally:
                self.shelves.stale = True


def use_write_ahead_log(sql: sqlite3.Connection) -> None:
    """Switch the file to WAL. SQLite does not wait for other processes here, so this does."""
    deadline = time.monotonic() + WAIT_S
    while True:
        try:
            sql.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
