"""The logs of the sandbox in SQLite: one truth for several processes, searched through columns in memory."""

import json
import os
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import batched
from typing import Any, Self

from . import bodies, ids, paging
from .choosing import Choice, Find, Found, choose
from .database import Database
from .filters import Condition, read_filters
from .gateways import default_gateways
from .seed import fill
from .tables import ADD_CHANGE, INSERT, KIND_FIELDS, Row, record_of, row_of
from .texts import instant_ms, text_of

AT_ONCE = 10_000  # values in one statement
KEPT_CHANGES = 50_000  # a process that missed more than these reads everything again
DEFAULTS: Row = {
    "provider": "openai", "model": "gpt-4o-mini", "path": "chat/completions", "status_code": 200, "success": True,
    "cached": False, "duration": 800, "tokens_in": 20, "tokens_out": 30, "step": 0,
    "request_content_type": "application/json", "response_content_type": "application/json",
}  # fmt: skip
TESTS = {"contains": "instr(lower({}), lower(?)) > 0", "lt": "{} < ?", "gt": "{} > ?", "eq": "{} = ?"}

type Moment = datetime | float | None


class Store:
    """Logs, their bodies, and the gateways they belong to."""

    def __init__(self, path: str | os.PathLike[str] = ":memory:") -> None:
        self._database = Database(os.fspath(path))
        with self._database.writing() as sql:
            for gateway in default_gateways():
                sql.execute("INSERT OR IGNORE INTO gateways VALUES (?, ?)", (gateway["id"], json.dumps(gateway)))

    @classmethod
    def seeded(cls, count: int, seed: int = 1, now: Moment = None, path: str | os.PathLike[str] = ":memory:") -> Self:
        """A store with so many invented logs, of the fourteen days up to now."""
        return cls.open_or_seed(path, count, seed, now)

    @classmethod
    def open_or_seed(cls, path: str | os.PathLike[str], logs: int, seed: int = 1, now: Moment = None) -> Self:
        """The store in a file, filled with invented logs if nobody has done so; safe for many processes at once."""
        store = cls(path)
        database = store._database
        with database.writing() as sql:
            (is_seeded,) = sql.execute("SELECT value FROM state WHERE name = 'seeded'").fetchone()
            if not is_seeded:
                fill(sql, database.kinds, logs, seed, now)
                sql.execute("UPDATE state SET value = 1 WHERE name = 'seeded'")
                sql.execute("UPDATE state SET value = value + 1 WHERE name = 'epoch'")
        with database.reading():
            database.shelves.names()  # now, so that the first request does not have to wait for it
        return store

    def close(self) -> None:
        self._database.close()

    # --- reading ----------------------------------------------------------------------------------------------

    def get(self, log_id: str, gateway: str | None = None) -> Row | None:
        """One log as the API shows it, or None."""
        with self._database.reading():
            record = self._record(storable(log_id))
            if record is None or gateway not in (None, record["gateway"]):
                return None
            return self._row(record)

    def body(self, log_id: str, side: str) -> bytes | None:
        """The `request` or `response` body of a log, or None if it was not stored."""
        with self._database.reading() as sql:
            record = self._record(log_id)
            if record is None:
                return None
            if record["recipe"] is None:
                query = "SELECT content FROM bodies WHERE serial = ? AND side = ?"
                found = sql.execute(query, (record["serial"], side)).fetchone()
                return bytes(found[0]) if found else None
            row = self._row(record)
        return bodies.written(record["recipe"], row, side)

    def head_delay_s(self, log_id: str) -> float:
        """How old a log must be before its response_head is there."""
        with self._database.reading():
            record = self._record(log_id)
            return bodies.head_delay_s(record["recipe"]) if record else 0.0

    def count(self, gateway: str | None = None, filters: Sequence[Mapping[str, Any]] = ()) -> int:
        """How many logs there are, in one gateway or in all, that pass some filters."""
        conditions = read_filters(json.dumps(filters))
        with self._database.reading():
            gateways = [gateway] if gateway else self._database.shelves.names()
            return sum(self._choice(name, conditions).count for name in gateways)

    def ids(self, gateway: str | None = None) -> list[str]:
        """The ids of all logs, or of one gateway's, oldest first."""
        query = "SELECT id FROM logs WHERE gateway = coalesce(?, gateway) ORDER BY created_ms, id"
        with self._database.reading() as sql:
            return [found[0] for found in sql.execute(query, (gateway,))]

    def page(
        self, gateway: str, conditions: Sequence[Condition] = (), search: str = "", *, order_by: str = "created_at",
        descending: bool = True, offset: int = 0, limit: int = 20, with_ranges: bool = False,
    ) -> tuple[int, list[Row], dict[str, float]]:  # fmt: skip
        """How many logs match, one page of them, and (on demand) the ranges of their numbers."""
        with self._database.reading():
            shelf, choice = self._database.shelves.of(gateway), self._choice(gateway, conditions, search)
            serials = paging.page(shelf, choice, order_by=order_by, descending=descending, offset=offset, limit=limit)
            records = {record["serial"]: record for record in self._records("serial", serials)}
            rows = [self._row(records[serial]) for serial in serials]
            return choice.count, rows, paging.ranges(shelf, choice) if with_ranges else {}

    def matching(
        self, gateway: str, conditions: Sequence[Condition], *, order_by: str, descending: bool, limit: int
    ) -> list[str]:
        """The ids of the first matching logs in an order."""
        with self._database.reading():
            shelf, choice = self._database.shelves.of(gateway), self._choice(gateway, conditions)
            serials = paging.page(shelf, choice, order_by=order_by, descending=descending, offset=0, limit=limit)
            return [record["id"] for record in self._records("serial", serials)]

    def gateways(self) -> list[Row]:
        with self._database.reading() as sql:
            return [json.loads(found[0]) for found in sql.execute("SELECT content FROM gateways ORDER BY rowid")]

    def _choice(self, gateway: str, conditions: Sequence[Condition], search: str = "") -> Choice:
        return choose(self._database.shelves.of(gateway), conditions, search, self._finder(gateway))

    def _records(self, column: str, values: Sequence[object]) -> Iterable[sqlite3.Row]:
        with self._database.reading() as sql:
            for some in batched(values, AT_ONCE):
                marks = ", ".join("?" * len(some))
                yield from sql.execute(f"SELECT * FROM logs WHERE {column} IN ({marks})", some).fetchall()

    def _record(self, log_id: str) -> sqlite3.Row | None:
        return next(iter(self._records("id", [log_id])), None)

    def _row(self, record: sqlite3.Row) -> Row:
        row = row_of(record, self._database.kinds)
        return row if record["recipe"] is None else row | bodies.other_fields(row)

    def _finder(self, gateway: str) -> Find:
        """Finds the logs whose id or event_id passes a condition: these two have no column in memory."""

        def find(condition: Condition) -> Found:
            column = "id" if condition.key == "id" else "coalesce(event_id, id)"
            with self._database.reading() as sql:
                for value in condition.values:
                    where, wanted = TESTS[condition.operator].format(column), [storable(text_of(value))]
                    if condition.key == "event_id" and condition.operator == "eq":  # so that both indexes serve
                        where, wanted = "(event_id = ? OR (id = ? AND event_id IS NULL))", wanted * 2
                    if value is not None:
                        query = f"SELECT created_ms, serial FROM logs WHERE gateway = ? AND {where}"
                        yield from sql.execute(query, (gateway, *wanted)).fetchall()

        return find

    # --- writing ----------------------------------------------------------------------------------------------

    def add(self, row: Mapping[str, Any]) -> str:
        """Put in one log: the API's fields, `gateway_id`, `request_body`, `response_body` (bytes). Returns its id."""
        content = DEFAULTS | dict(row)
        gateway = content.pop("gateway_id", "prod-edge")
        stored = {side: content.pop(f"{side}_body", None) for side in ("request", "response")}
        created_ms = instant_ms(content.pop("created_at", None) or datetime.now().astimezone())
        content.setdefault("id", ids.new(created_ms))
        with self._database.writing() as sql:
            kind = self._database.kinds.number({name: content[name] for name in KIND_FIELDS if name in content})
            serial = sql.execute(INSERT, record_of(content, gateway, created_ms, kind)).lastrowid
            for side, body in stored.items():
                if body is not None:
                    sql.execute("INSERT INTO bodies VALUES (?, ?, ?)", (serial, side, body))
            sql.execute(ADD_CHANGE, (gateway, created_ms, serial))
        return str(content["id"])

    def add_gateway(self, gateway: Row) -> None:
        """Put in a gateway, or replace the one of the same id."""
        with self._database.writing() as sql:
            sql.execute("INSERT OR REPLACE INTO gateways VALUES (?, ?)", (gateway["id"], json.dumps(gateway)))

    def annotate(self, log_id: str, members: Mapping[str, Any]) -> None:
        """Set the feedback, score or metadata of a log."""
        with self._database.writing() as sql:
            record = self._record(log_id)
            if record is None:
                return
            for name in members.keys() & {"feedback", "score", "metadata"}:
                value = json.dumps(members[name]) if name == "metadata" else members[name]
                sql.execute(f"UPDATE logs SET {name} = ? WHERE serial = ?", (value, record["serial"]))
            sql.execute(ADD_CHANGE, (record["gateway"], record["created_ms"], record["serial"]))

    def delete(self, log_ids: Sequence[str]) -> int:
        """Remove logs for good; how many there were."""
        with self._database.writing() as sql:
            records = list(self._records("id", log_ids))
            serials = [(record["serial"],) for record in records]
            sql.executemany("DELETE FROM logs WHERE serial = ?", serials)
            sql.executemany("DELETE FROM bodies WHERE serial = ?", serials)
            sql.executemany(ADD_CHANGE, [(r["gateway"], r["created_ms"], r["serial"]) for r in records])
            sql.execute("DELETE FROM changes WHERE number <= (SELECT max(number) FROM changes) - ?", (KEPT_CHANGES,))
        return len(records)


def storable(text: str) -> str:
    """The text without lone surrogates, which SQLite cannot be asked for."""
    return text.encode("utf-8", "replace").decode()
