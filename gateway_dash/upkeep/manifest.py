"""What a copy consists of: its files with their digests, the version of the tables, and where the audit trail ends."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

NAME = "manifest.json"


class BadCopy(Exception):
    """This folder cannot be restored; the text says why."""


@dataclass(frozen=True, slots=True)
class CopiedFile:
    """One file of a copy."""

    name: str  # below the folder, with "/" between its parts
    bytes: int
    sha256: str

    @classmethod
    def of(cls, folder: Path, name: str) -> Self:
        """As it lies there now."""
        with (folder / name).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return cls(name, (folder / name).stat().st_size, digest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """All that has to be known of a copy before it is put back."""

    made_at: str  # ISO 8601, UTC
    engine: str  # "sqlite" or "postgresql"
    migrations: list[str]  # "app.0001_name", those that the tables had
    audit: str  # "number:digest" of the last entry; empty where there was none
    archives: str  # in words: where the copies of deleted logs are
    files: list[CopiedFile]

    def write(self, folder: Path) -> None:
        """As JSON; last, so that a folder without it is one that was not finished."""
        text = json.dumps(asdict(self), indent=1)
        (folder / NAME).write_text(text + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Raises BadCopy where there is none, or none that can be understood."""
        try:
            said = json.loads((folder / NAME).read_text(encoding="utf-8"))
            return cls(**(said | {"files": [CopiedFile(**each) for each in said["files"]]}))
        except FileNotFoundError:
            raise BadCopy(f"{folder} has no {NAME}: it is no copy, or one that was not finished.") from None
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise BadCopy(f"{folder / NAME} cannot be read ({type(error).__name__}).") from error

    def differences(self, folder: Path) -> Iterator[str]:
        """What is not as it was written."""
        for each in self.files:
            if Path(each.name).is_absolute() or ".." in Path(each.name).parts:
                yield f"{each.name} lies outside of the copy."
            elif not (folder / each.name).is_file():
                yield f"{each.name} is missing."
            elif CopiedFile.of(folder, each.name) != each:
                yield f"{each.name} is not what was copied."
