"""Files of jobs: they grow in whole pieces, and are put away finished, read back and hashed.

What a killed worker left half written is cut off: the job knows up to where the file was whole.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

from django.core.files import File
from django.core.files.storage import Storage, storages

from gateway_dash import upstream

BLOCK_BYTES = 64 * 1024


def growing(key: str, name: str) -> Path:
    """Where a job writes a file that is not finished."""
    folder = upstream.work_dir() / key
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / name


def append(path: Path, offset: int, data: bytes) -> int:
    """Put a piece behind the first `offset` bytes, whatever follows them; returns the new end. Durable on return.

    Raises FileNotFoundError where the file is shorter: this machine never had its beginning, or lost it.
    """
    if offset and (not path.exists() or path.stat().st_size < offset):
        raise FileNotFoundError(2, "the beginning of the file is not here", str(path))
    with path.open("r+b" if path.exists() else "xb") as file:
        os.chmod(path, 0o600)
        file.truncate(offset)
        file.seek(offset)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
        return file.tell()


def packed(lines: bytes) -> bytes:
    """One member of a gzip file; members behind each other are one file."""
    return gzip.compress(lines, compresslevel=6, mtime=0)


def put_away(path: Path, name: str) -> str:
    """Into the store, under this name and no other; one that a killed worker left there is replaced.

    Returns the SHA-256 of what was given away: what is read back has to have the same.
    """
    store = archives()
    store.delete(name)
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        given = store.save(name, File(file))
    if given != name:
        store.delete(given)
        raise OSError(17, f"the store would not take the name {name}")
    return sha256


def read_back(name: str) -> tuple[int, int, str]:
    """Records, bytes and SHA-256 of a gzip of lines in the store, read from there; raises OSError, EOFError."""
    with archives().open(name) as file:
        size, sha256 = measured(file)
    return sum(1 for _ in lines_of(name)), size, sha256


def measured(file: Any) -> tuple[int, str]:
    """Bytes and SHA-256 of an open file."""
    digest, size = hashlib.sha256(), 0
    while block := file.read(BLOCK_BYTES):
        digest.update(block)
        size += len(block)
    return size, digest.hexdigest()


def lines_of(name: str) -> Iterator[bytes]:
    """The lines of a gzip in the store."""
    with archives().open(name) as file, gzip.open(cast(IO[bytes], file)) as unpacked:
        yield from unpacked


def forget_work(key: str) -> None:
    """The unfinished files of a job that is over."""
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(upstream.work_dir() / key)


def archives() -> Storage:
    """The store of finished files."""
    return storages["archives"]
