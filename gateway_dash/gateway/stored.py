"""The stored bodies of a gateway's logs: asked for byte for byte, and kept in memory for a few minutes.

Reading one log takes many looks at the same bytes: pieces of a tree, a search, a picture. Each look would be a call,
and the bytes never change. So a whole body stays in this process for five minutes, 24 MB in all; and where the operator
wants that, for a day on the disk of this machine (`body_files.py`).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal

from gateway_dash.gateway import calls
from gateway_dash.gateway.body_files import BodyFiles
from gateway_dash.gateway.client import CAP_BYTES, GatewayClient
from gateway_dash.gateway.errors import Broken, TooLarge
from gateway_dash.gateway.models import Body

Side = Literal["request", "response"]
type Key = tuple[str, ...]

SHELF_BYTES = 24 * 1024 * 1024
SHELF_S = 300.0


class Shelf:
    """Bodies that were read a moment ago. The oldest go when there is no room; none stays longer than five minutes."""

    def __init__(self, room_bytes: int = SHELF_BYTES, keep_s: float = SHELF_S) -> None:
        self._room_bytes = room_bytes
        self._keep_s = keep_s
        self._bodies: OrderedDict[Key, Body] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key) -> Body | None:
        """The body, if it is still fresh."""
        with self._lock:
            self._sweep()
            return self._bodies.get(key)

    def put(self, key: Key, body: Body) -> None:
        """Keep it; a body that is larger than all the room is not kept."""
        with self._lock:
            self._bodies.pop(key, None)
            self._bodies[key] = body
            self._sweep()
            while sum(len(each.data) for each in self._bodies.values()) > self._room_bytes:
                self._bodies.popitem(last=False)

    def drop(self, logs: Key, ids: Iterable[str]) -> None:
        """Forget the bodies of these logs: they are deleted."""
        gone = {(*logs, each) for each in ids}
        with self._lock:
            for key in [key for key in self._bodies if key[:-1] in gone]:
                del self._bodies[key]

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._bodies.clear()

    def _sweep(self) -> None:
        now = datetime.now(UTC)
        for key, body in list(self._bodies.items()):
            if body.read_at and (now - body.read_at).total_seconds() > self._keep_s:
                del self._bodies[key]


class StoredBodies:
    """The bodies of one gateway's logs."""

    def __init__(self, client: GatewayClient, logs: Key, shelf: Shelf) -> None:
        self._client = client
        self._logs = logs
        self._shelf = shelf
        self._files: BodyFiles | None = None
        self._mark: str | None = None  # under which bodies lie on disk; None: it cannot be told, so none is used
        self.seen: Callable[[str], None] = lambda _outcome: None  # "hit" or "miss"

    def use_disk(self, files: BodyFiles, mark: str | None) -> None:
        """Keep bodies on disk too. The mark was read before any body of this object is: a deletion makes another."""
        self._files, self._mark = files, mark

    def kept(self, log_id: str, side: Side) -> Body:
        """As much of the body as is ever read, 16 MB, from here if it was read before; raises NotFound."""
        key = (*self._logs, log_id, side)
        if known := self._known(key, side):
            return known
        self.seen("miss")
        answer = self._client.raw(key)
        body = Body(answer.body, not (answer.over_cap or answer.cut), answer.cut, datetime.now(UTC))
        if body.whole:  # one that was cut on its way may come whole the next time
            self._shelf.put(key, body)
            if self._files and self._mark:
                self._files.put(key, body, self._mark)
        return body

    def hold(self, log_id: str, side: Side, data: bytes) -> Body:
        """Keep a body that the log itself held whole and to the byte: it need not be asked for."""
        body = Body(data, whole=True, cut=False, read_at=datetime.now(UTC))
        self._shelf.put((*self._logs, log_id, side), body)
        return body

    def part(self, log_id: str, side: Side, *, start: int = 0, length: int = CAP_BYTES, afresh: bool = False) -> Body:
        """A stored body, or a part of it, byte for byte; raises NotFound when none is stored.

        `afresh`: as the upstream has it now, whatever is kept here.
        """
        if start >= CAP_BYTES:
            raise TooLarge(f"Of a {side} the first 16 MB are read, and no more.")
        key, end = (*self._logs, log_id, side), min(start + length, CAP_BYTES)
        if not afresh and (body := self._known(key, side)):
            return replace(body, data=body.data[start:end], whole=len(body.data) <= end)
        answer = self._client.raw(key, cap_bytes=end)
        return Body(answer.body[start:], whole=not (answer.over_cap or answer.cut), cut=answer.cut)

    def whole(self, log_id: str, side: Side) -> bytes:
        """The whole body for a download; a cut or larger one is an error, never taken as whole."""
        body = self.part(log_id, side)
        if body.cut:
            raise Broken(f"The {side} was cut after {len(body.data):,} bytes on its way here. Try again.")
        if not body.whole:
            raise TooLarge(f"The {side} is over 16 MB, more than is read.")
        return body.data

    def clear(self) -> None:
        """Logs are deleted of which not each is known by its id."""
        self._shelf.clear()
        if self._files:
            self._files.drop(self._logs)

    def forget(self, ids: Iterable[str]) -> None:
        """What is deleted is shown neither from memory nor from disk."""
        self._shelf.drop(self._logs, ids)
        if self._files:
            self._files.drop(self._logs)

    def _known(self, key: Key, side: Side) -> Body | None:
        body = self._shelf.get(key)
        if body is None and self._files and self._mark:
            body = self._files.get(key, self._mark)
        if body is None or body.read_at is None:
            return None
        self.seen("hit")
        calls.current().note_kept(side, body.read_at)
        return replace(body, is_kept=True)
