"""The database as one file, and back: SQLite by its own backup, PostgreSQL by its own programs."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from django.db import connection

from gateway_dash.upkeep.manifest import BadCopy

LONGEST_S = 6 * 3600
PRIVATE = 0o600


def file_name() -> str:
    """Of the copy."""
    return "database.sqlite3" if connection.vendor == "sqlite" else "database.dump"


def is_empty() -> bool:
    """Whether there is not one table."""
    return not connection.introspection.table_names()


def dump(path: Path) -> None:
    """One moment of it, while others write. Raises BadCopy where what was written is not whole."""
    if connection.vendor != "sqlite":
        return _program("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={path}")
    connection.ensure_connection()
    with closing(sqlite3.connect(path)) as there:
        connection.connection.backup(there)
        there.execute("PRAGMA journal_mode=DELETE")  # one file, without a -wal beside it
        found = there.execute("PRAGMA integrity_check").fetchone()[0]
    if found != "ok":
        raise BadCopy(f"The database is damaged: {found}")
    return None


def load(path: Path) -> None:
    """Into a database without tables."""
    if connection.vendor != "sqlite":
        return _program("pg_restore", "--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges",
                        f"--dbname={connection.settings_dict['NAME']}", str(path))  # fmt: skip
    connection.ensure_connection()
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as there:
        there.backup(connection.connection)
    connection.close()  # whoever connects next sets what belongs to a connection anew
    os.chmod(connection.settings_dict["NAME"], PRIVATE)
    return None


def _program(name: str, *arguments: str) -> None:
    """One of PostgreSQL's, told by its environment where the database is: a password on a command line is seen."""
    found = shutil.which(name)
    if found is None:
        raise BadCopy(f"{name} is not installed. On Debian and Ubuntu: apt-get install postgresql-client")
    given = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    where = {name: str(given[key]) for name, key in names.items() if given.get(key)}
    done = subprocess.run(  # noqa: S603 - a program of PostgreSQL with options of ours
        [found, "--no-password", *arguments], env=os.environ | where, capture_output=True, text=True, timeout=LONGEST_S,
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise BadCopy(f"{name} failed: {done.stderr.strip()[-500:]}")
