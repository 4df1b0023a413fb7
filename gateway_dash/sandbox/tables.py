"""The tables that keep the logs, and how a row of the API becomes a record and comes back."""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from .shelf import LABEL_KEYS, Entries
from .texts import instant_text, plain, text_of

SCHEMA = """
CREATE TABLE IF NOT EXISTS kinds (kind INTEGER PRIMARY KEY, content TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS logs (
    serial INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    gateway TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    kind INTEGER NOT NULL,      -- the fields that many logs share
    duration INTEGER NOT NULL,
    tokens_in INTEGER,
    tokens_out INTEGER,
    cost REAL,                  -- NULL: the row says nothing about it
    event_id TEXT,              -- NULL: the same as id
    feedback REAL,
    score REAL,
    metadata TEXT,              -- JSON
    extra TEXT,                 -- JSON of other fields; NULL in an invented log, whose other fields follow from its id
    recipe TEXT                 -- how to write the bodies of an invented log; NULL: the table of bodies has them
);
CREATE INDEX IF NOT EXISTS logs_by_event ON logs (event_id) WHERE event_id IS NOT NULL;
CREATE TABLE IF NOT EXISTS bodies (serial INTEGER, side TEXT, content BLOB, PRIMARY KEY (serial, side)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS gateways (id TEXT PRIMARY KEY, content TEXT NOT NULL);
-- What other processes must bring up to date in their columns. A change of the epoch tells them to read everything.
CREATE TABLE IF NOT EXISTS changes (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    gateway TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    serial INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
INSERT OR IGNORE INTO state VALUES ('epoch', 0), ('seeded', 0);
"""
KIND_FIELDS = (
    "provider", "model", "path", "model_type", "request_type", "request_content_type", "response_content_type",
    "status_code", "success", "cached", "step", "custom_cost", "wholesale", "byok", "authentication",
    "compatibilityMode", "dlp_action", "user_agent",
)  # fmt: skip
RECORD = (
    "id", "gateway", "created_ms", "kind", "duration", "tokens_in", "tokens_out", "cost", "event_id", "feedback",
    "score", "metadata", "extra", "recipe",
)  # fmt: skip
INSERT = f"INSERT INTO logs ({', '.join(RECORD)}) VALUES ({', '.join('?' * len(RECORD))})"
ADD_CHANGE = "INSERT INTO changes (gateway, created_ms, serial) VALUES (?, ?, ?)"
SHELVED = "serial, created_ms, kind, duration, tokens_in, tokens_out, cost, feedback, metadata"

type Row = dict[str, Any]
type Record = tuple[Any, ...]


class Kinds:
    """The field values that many logs share, each combination written once."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._contents: dict[int, Row] = {}
        self._labels: dict[int, dict[str, str | None]] = {}

    def number(self, content: Mapping[str, Any]) -> int:
        """The number of a combination, new if need be. Needs an open transaction."""
        text = json.dumps(content)
        self._database.execute("INSERT OR IGNORE INTO kinds (content) VALUES (?)", (text,))
        found = self._database.execute("SELECT kind FROM kinds WHERE content = ?", (text,)).fetchone()
        return int(found[0])

    def content(self, kind: int) -> Row:
        if kind not in self._contents:
            found = self._database.execute("SELECT content FROM kinds WHERE kind = ?", (kind,)).fetchone()
            self._contents[kind] = json.loads(found[0])
        return self._contents[kind]

    def labels(self, kind: int) -> dict[str, str | None]:
        if kind not in self._labels:
            content = self.content(kind)
            values = {key: content.get(key) for key in LABEL_KEYS}
            self._labels[kind] = {key: None if value is None else text_of(value) for key, value in values.items()}
        return self._labels[kind]

    def forget(self) -> None:
        """Drop what was read: after a rollback, a number can come to mean something else."""
        self._contents.clear()
        self._labels.clear()


def record_of(row: Mapping[str, Any], gateway: str, created_ms: int, kind: int) -> Record:
    """The record of an explicit row."""
    own = {*KIND_FIELDS, *RECORD, "created_at"}
    extra = {name: value for name, value in row.items() if name not in own}
    event_id = row.get("event_id")
    return (
        row["id"], gateway, created_ms, kind, row["duration"], row["tokens_in"], row["tokens_out"], row.get("cost"),
        None if event_id == row["id"] else event_id, row.get("feedback"), row.get("score"),
        json.dumps(row.get("metadata")), json.dumps(extra), None,
    )  # fmt: skip


def row_of(record: sqlite3.Row, kinds: Kinds) -> Row:
    """The fields of a record as the API names them, less those that follow from an invented log's id."""
    row: Row = {"id": record["id"], "created_at": instant_text(record["created_ms"])}
    row |= kinds.content(record["kind"])
    row |= {name: plain(record[name]) for name in ("duration", "tokens_in", "tokens_out", "feedback", "score")}
    if record["cost"] is not None:
        row["cost"] = plain(record["cost"])
    row["event_id"] = record["event_id"] or record["id"]
    row["metadata"] = json.loads(record["metadata"]) if record["metadata"] else None
    row |= json.loads(record["extra"] or "{}")
    return row


def entries_of(records: Iterable[Record], kinds: Kinds) -> Entries:
    """The shelf's share of some records, whose columns are those of SHELVED."""
    serials, created_ms, kind, duration, tokens_in, tokens_out, cost, feedback, metadata = zip(*records, strict=True)
    tokens = [
        None if ins is None and outs is None else (ins or 0) + (outs or 0)
        for ins, outs in zip(tokens_in, tokens_out, strict=True)
    ]
    numbers = {
        "duration": duration, "tokens_in": tokens_in, "tokens_out": tokens_out, "tokens": tokens, "cost": cost,
        "feedback": feedback,
    }  # fmt: skip
    return Entries(serials, created_ms, [kinds.labels(k) for k in kind], numbers, [*map(metadata_texts, metadata)])


def metadata_texts(text: str | None) -> dict[str, str]:
    """The entries of a row's metadata that can be compared, as text."""
    content = json.loads(text) if text else None
    if not isinstance(content, dict):
        return {}
    return {key: text_of(value) for key, value in content.items() if value is not None}
