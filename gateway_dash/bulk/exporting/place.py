"""Where an export stands: how far it has come among the logs, and how far its file is whole.

The way goes by time and not by page numbers, for pages shift when somebody deletes. Each look begins with the second of
the last log, which is as fine as the API compares times, and skips the logs of that second that were seen already.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Self

from gateway_dash.gateway import period
from gateway_dash.gateway.models import Log
from gateway_dash.gateway.query import LogQuery


@dataclass(frozen=True, slots=True)
class Way:
    """Up to which log it has come."""

    done: int = 0  # logs that were looked at
    second: str = ""  # of the last log
    seen: tuple[str, ...] = ()  # the logs of that second
    odd: tuple[str, ...] = ()  # logs without a time that could be read
    page: int = 1  # from that second on; above 1 where it holds more logs than a page
    total: int = 0  # what the page before said, while `page` is above 1
    at: int = 0  # of the ticked ids, how many are done

    def query(self, whole: LogQuery) -> LogQuery:
        """What is left of the query from here on, and the page of that."""
        second = datetime.fromisoformat(self.second) if self.second else None
        starts = [moment for moment in (whole.begins, second) if moment]
        return whole.change(start=max(starts, default=None), page=self.page)

    def has(self, log: Log) -> bool:
        """Whether the log was seen already."""
        return log.id in self.seen and period.whole(log.created_at).isoformat() == self.second

    def past(self, log: Log) -> Self:
        """The way behind this log."""
        second = period.whole(log.created_at).isoformat()
        if second == self.second:
            return replace(self, seen=(*self.seen, log.id), done=self.done + 1)
        return replace(self, second=second, seen=(log.id,), page=1, total=0, done=self.done + 1)

    def past_id(self) -> Self:
        """The way behind the next ticked id."""
        return replace(self, at=self.at + 1, done=self.done + 1)

    def past_odd(self, log_id: str) -> Self:
        """The way behind a log whose time cannot be read."""
        return replace(self, odd=(*self.odd, log_id), done=self.done + 1)


@dataclass(frozen=True, slots=True)
class Place:
    """One point of an export. All of it stands in the job's cursor, so that a file and its logs never part."""

    way: Way = field(default_factory=Way)
    part: int = 1  # the file that is being written
    offset: int = 0  # up to here it is whole
    records: int = 0  # in this file
    written: int = 0  # in all files
    skipped: dict[str, int] = field(default_factory=dict)  # how many were left out, by reason

    @classmethod
    def of(cls, kept: dict[str, Any]) -> Self:
        """As a cursor has it."""
        way = dict(kept.get("way", {}))
        way |= {name: tuple(way[name]) for name in ("seen", "odd") if name in way}
        return cls(**(kept | {"way": Way(**way)}))

    def kept(self) -> dict[str, Any]:
        """For the cursor."""
        return asdict(self)

    def moved(self, way: Way) -> Self:
        """Further on the way, with the same file."""
        return replace(self, way=way)

    def wrote(self, records: int = 1) -> Self:
        """With so many more records in the file."""
        return replace(self, records=self.records + records, written=self.written + records)

    def without(self, *reasons: str) -> Self:
        """With a log more left out for each of the reasons."""
        skipped = dict(self.skipped)
        for reason in reasons:
            skipped[reason] = skipped.get(reason, 0) + 1
        return replace(self, skipped=skipped)

    def next_file(self) -> Self:
        """At the beginning of another file."""
        return replace(self, part=self.part + 1, offset=0, records=0)
