"""The columns in memory kept level with the tables, which several processes may write."""

import sqlite3
from collections import defaultdict

from .shelf import Entries, Shelf
from .tables import SHELVED, Kinds, entries_of

CHUNK = 20_000  # rows read at once


class Shelves:
    """The shelves of all gateways, read from the tables and brought up to date before each use."""

    def __init__(self, database: sqlite3.Connection, kinds: Kinds) -> None:
        self._database, self._kinds = database, kinds
        self._shelves: dict[str, Shelf] = {}
        self._epoch = self._number = -1  # nothing read yet
        self._version = 0
        self.stale = True  # our own writes; those of others show in data_version

    def of(self, gateway: str) -> Shelf:
        """One gateway's shelf, level with the tables."""
        version = self._database.execute("PRAGMA data_version").fetchone()[0]
        if self.stale or version != self._version:
            self._update()
            self._version, self.stale = version, False
        return self._shelves.get(gateway) or Shelf()

    def names(self) -> list[str]:
        """The gateways that have logs."""
        self.of("")
        return list(self._shelves)

    def _update(self) -> None:
        epoch = self._database.execute("SELECT value FROM state WHERE name = 'epoch'").fetchone()[0]
        first, last = self._database.execute("SELECT min(number), max(number) FROM changes").fetchone()
        missed_some = first is not None and first > self._number + 1
        if epoch != self._epoch or missed_some:
            self._read_all()
        elif last is not None and last > self._number:
            self._apply_changes()
        self._epoch, self._number = epoch, last or 0

    def _read_all(self) -> None:
        self._shelves = {}
        gateways = self._database.execute("SELECT DISTINCT gateway FROM logs").fetchall()
        for (gateway,) in gateways:
            self._shelves[gateway] = shelf = Shelf()
            query = f"SELECT {SHELVED} FROM logs WHERE gateway = ? ORDER BY created_ms, id"
            cursor = self._database.execute(query, (gateway,))
            while records := cursor.fetchmany(CHUNK):
                shelf.extend(entries_of(map(tuple, records), self._kinds))

    def _apply_changes(self) -> None:
        """Take every changed log off its shelf, and put those back that still exist."""
        query = "SELECT DISTINCT gateway, created_ms, serial FROM changes WHERE number > ?"
        changed = self._database.execute(query, (self._number,)).fetchall()
        positions: dict[str, list[int]] = defaultdict(list)
        for gateway, created_ms, serial in changed:
            shelf = self._shelves.setdefault(gateway, Shelf())
            position = shelf.position(created_ms, serial)
            if position is not None:
                positions[gateway].append(position)
        for gateway, places in positions.items():
            self._shelves[gateway].remove(sorted(places))
        for gateway, _, serial in changed:
            record = self._database.execute(f"SELECT {SHELVED} FROM logs WHERE serial = ?", (serial,)).fetchone()
            if record is not None:
                self._put(self._shelves[gateway], entries_of([tuple(record)], self._kinds))

    def _put(self, shelf: Shelf, entry: Entries) -> None:
        """Insert a log after those that are older, or as old and of a smaller id."""
        low, high = shelf.same_instant(entry.created_ms[0])
        if low < high:
            here = f"SELECT count(*) FROM logs WHERE serial IN ({', '.join('?' * (high - low))}) AND id < "
            own_id = "(SELECT id FROM logs WHERE serial = ?)"
            serials = (*shelf.serials[low:high], entry.serials[0])
            low += self._database.execute(here + own_id, serials).fetchone()[0]
        shelf.insert(low, entry)
