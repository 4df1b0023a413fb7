"""The rows of a gateway of the sandbox, copied into the one table that the peers read."""

from __future__ import annotations

import sqlite3
from pathlib import Path

TABLE = """
CREATE TABLE log (
    id TEXT NOT NULL PRIMARY KEY, created_at TEXT NOT NULL, provider TEXT NOT NULL, model TEXT NOT NULL,
    path TEXT NOT NULL, status_code INTEGER NOT NULL, success INTEGER NOT NULL, cached INTEGER NOT NULL,
    duration INTEGER NOT NULL, tokens_in INTEGER, tokens_out INTEGER, cost REAL, metadata TEXT NOT NULL,
    body TEXT NOT NULL DEFAULT ''
);
"""
COPY = """
INSERT INTO log SELECT
    logs.id, strftime('%Y-%m-%d %H:%M:%f', logs.created_ms / 1000.0, 'unixepoch'),
    content ->> 'provider', content ->> 'model', content ->> 'path', content ->> 'status_code',
    content ->> 'success', content ->> 'cached', duration, tokens_in, tokens_out, cost, coalesce(metadata, ''), ''
FROM upstream.logs JOIN upstream.kinds USING (kind) WHERE gateway = ?
"""
# What somebody would make who wants such a list to be quick.
INDICES = """
CREATE INDEX log_by_time ON log (created_at);
CREATE INDEX log_by_provider ON log (provider, created_at);
"""


def copied(upstream: Path, to: Path, gateway: str) -> int:
    """Make the file; how many rows it has."""
    with sqlite3.connect(to) as database:
        database.execute("ATTACH ? AS upstream", (str(upstream),))
        database.executescript(TABLE)
        database.execute(COPY, (gateway,))
        database.executescript(INDICES)
        (count,) = database.execute("SELECT count(*) FROM log").fetchone()
    database.close()
    return int(count)
