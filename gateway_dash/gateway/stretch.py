"""The rows of one gateway from a place on, forwards or backwards: what a merged page takes its rows from."""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime

from gateway_dash.gateway.errors import GatewayError
from gateway_dash.gateway.log_page import LogPage
from gateway_dash.gateway.models import Log
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.service import LogService

READ_ROWS = 50  # in one call, whatever is shown of them
READS = 2  # 50 rows from any place on are cut by one end of the upstream's pages
NO_TIME = datetime.fromtimestamp(0, UTC)  # stands in where a row's time cannot be read


class Stretch:
    """Rows of one gateway that wait to be taken, the next one first; read page by page, when there is need."""

    def __init__(self, logs: LogService, query: LogQuery, place: int, *, backwards: bool) -> None:
        self.gateway = logs.gateway_id
        self.waiting: deque[tuple[datetime, Log]] = deque()  # in the order of the list
        self.pages: list[LogPage] = []
        self.error: GatewayError | None = None
        self.rows_known = 0  # how many rows the list has, as far as it says
        self._logs = logs
        self._query = query
        self._read_to = place  # backwards: the first row that was read; else the row behind the last
        self._backwards = backwards
        self._goes_on = False

    @property
    def place(self) -> int:
        """How many rows stand before those that wait; backwards, up to the last of them."""
        return self._read_to + len(self.waiting) if self._backwards else self._read_to - len(self.waiting)

    @property
    def is_missing(self) -> bool:
        """Whether none of its rows could be read."""
        return not self.pages

    @property
    def is_dry(self) -> bool:
        """Whether the next row exists and is not read yet: nothing of another gateway may be put before it."""
        return self._goes_on and not self.waiting

    @property
    def may_read(self) -> bool:
        """Whether there is a call left for it."""
        return not self.error and len(self.pages) < READS

    @property
    def moment(self) -> datetime:
        """The time of the next row."""
        return self.waiting[-1 if self._backwards else 0][0]

    def take(self) -> Log:
        """The next row."""
        return (self.waiting.pop() if self._backwards else self.waiting.popleft())[1]

    def read(self) -> None:
        """One page of the upstream more. An error is kept: the other gateways go on."""
        number = max(self._read_to - (1 if self._backwards else 0), 0) // READ_ROWS + 1
        before = (number - 1) * READ_ROWS
        known = self.pages[0] if self.pages else None
        try:
            page = self._logs.page(
                self._query.pinned(self._query.as_of, number) if self._query.as_of else self._query, same_range=known
            )
        except GatewayError as error:
            self.error = error
            return
        self.pages.append(page)
        self.rows_known = max(page.total, before + len(page.rows) if page.rows else 0)
        dated = list(zip(_moments(page.rows), page.rows, strict=True))
        if self._backwards:
            self._put_before(dated[: self._read_to - before], before, page.total)
        else:
            self.waiting.extend(dated[self._read_to - before :])
            self._read_to = max(self._read_to, before + len(dated))
            self._goes_on = page.total > number * READ_ROWS and len(dated) == READ_ROWS

    def _put_before(self, dated: list[tuple[datetime, Log]], before: int, total: int) -> None:
        self.waiting.extendleft(reversed(dated))
        # Where logs were deleted the list may end before this page.
        self._read_to = before if dated else min(before, total)
        self._goes_on = self._read_to > 0


def _moments(rows: tuple[Log, ...]) -> list[datetime]:
    """The rows' times; one that cannot be read is taken to be its neighbour's."""
    times = [None if row.problem and row.created_at == NO_TIME else row.created_at for row in rows]
    near = next((each for each in times if each), NO_TIME)
    return [near := each or near for each in times]
