"""Whole bodies on this machine's disk, closed with our key, if the operator wants that: for a day, so many bytes.

Each body is a file that only its owner may read, under a name that tells nothing. It opens under the key, the name and
the mark that it was kept under, so a file that was changed, moved or belongs to another key is one that is not there. A
deletion makes another mark for its gateway: whatever was kept before, on whichever machine, does not open any more.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import shutil
import struct
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from gateway_dash.gateway.models import Body
from gateway_dash.gateway.sealing import Seal

type Key = tuple[str, ...]  # the path of the gateway's logs, the log, and which side

DAY_S = 24 * 3600
SWEEP_S = 3600  # between two looks for what is over
SPARED = 0.8  # of the room, when room is made: the least used go first
_HEAD = struct.Struct("!d")  # when it was read from the upstream
_TOTAL = struct.Struct("!qd")  # bytes, and when the sweep was
logger = logging.getLogger("gateway_dash.upstream")


class BodyFiles:
    """Bodies of before, for all processes of this machine. What cannot be read or written is not there."""

    def __init__(self, place: Path, seal: Seal, room_bytes: int) -> None:
        self._place = place
        self._seal = seal
        self._room_bytes = room_bytes

    def get(self, key: Key, mark: str) -> Body | None:
        """The body as it was kept under this mark, within the last day."""
        path = self._path(key)
        try:
            closed = path.read_bytes()
            data = self._seal.open(closed, _name(key, mark))
            if data is None or time.time() - _HEAD.unpack_from(data)[0] > DAY_S:
                path.unlink(missing_ok=True)
                return None
            os.utime(path, (time.time(), path.stat().st_mtime))  # used; written when it was
        except FileNotFoundError:
            return None
        except OSError as error:
            _note("read", error)
            return None
        (read_at,) = _HEAD.unpack_from(data)
        moment = datetime.fromtimestamp(read_at, UTC)
        return Body(data[_HEAD.size :], whole=True, cut=False, read_at=moment, is_kept=True, is_from_disk=True)

    def put(self, key: Key, body: Body, mark: str) -> None:
        """Keep a whole body; one that is larger than a quarter of the room is not kept."""
        if not body.whole or body.read_at is None or len(body.data) > self._room_bytes // 4:
            return
        closed = self._seal.close(_HEAD.pack(body.read_at.timestamp()) + body.data, _name(key, mark))
        path = self._path(key)
        try:
            for folder in (self._place, path.parent):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:  # only its owner may read it
                try:
                    file.write(closed)
                    file.close()
                    Path(file.name).replace(path)
                except BaseException:
                    Path(file.name).unlink(missing_ok=True)
                    raise
            self._count(len(closed))
        except OSError as error:  # a full disk costs a call, and no page
            _note("written", error)

    def drop(self, logs: Key) -> None:
        """Take away the files of a gateway: some of its logs are deleted. That they do not open is the mark's work."""
        shutil.rmtree(self._folder(logs), ignore_errors=True)

    def _count(self, more: int) -> None:
        """Add to what all processes wrote, and make room where it is too much."""
        with self._alone() as file:
            found = os.pread(file, _TOTAL.size, 0)
            total, swept_at = _TOTAL.unpack(found) if len(found) == _TOTAL.size else (self._room_bytes, 0.0)
            total, now = total + more, time.time()
            if total > self._room_bytes or not 0 <= now - swept_at < SWEEP_S:
                total, swept_at = self._sweep(now), now
            os.pwrite(file, _TOTAL.pack(total, swept_at), 0)

    def _sweep(self, now: float) -> int:
        """Remove what is over a day old, and if that is not enough the least used; returns the bytes that are left."""
        kept: list[tuple[float, int, Path]] = []
        for path in self._place.glob("*/*"):
            with contextlib.suppress(FileNotFoundError):
                state = path.stat()
                if now - state.st_mtime > DAY_S:
                    path.unlink()
                else:
                    kept.append((state.st_atime, state.st_size, path))
        total = sum(size for _used, size, _path in kept)
        if total <= self._room_bytes:
            return total
        for _used, size, path in sorted(kept):
            if total <= self._room_bytes * SPARED:
                break
            path.unlink(missing_ok=True)
            total -= size
        return total

    @contextlib.contextmanager
    def _alone(self) -> Iterator[int]:
        file = os.open(self._place / "total", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
        finally:
            os.close(file)

    def _folder(self, logs: Key) -> Path:
        return self._place / self._seal.name(*logs)

    def _path(self, key: Key) -> Path:
        return self._folder(key[:-2]) / self._seal.name(*key)


def _name(key: Key, mark: str) -> str:
    return "\0".join((*key, mark))


def _note(what: str, error: OSError) -> None:
    logger.warning("A kept body could not be %s (%s); the page goes on without it.", what, type(error).__name__)
