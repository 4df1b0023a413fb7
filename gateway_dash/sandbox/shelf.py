"""The logs of one gateway as columns in memory, in the order of their creation."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .columns import Labels, Numbers, without
from .filters import NUMBER_KEYS

LABEL_KEYS = (
    "request_content_type", "response_content_type", "request_type", "success", "cached", "provider", "model",
    "model_type", "authentication", "wholesale", "compatibilityMode", "dlp_action", "user_agent",
)  # fmt: skip
BETWEEN_KEYS = "\x1f"  # joins the metadata keys of a row into one label


@dataclass(frozen=True)
class Entries:
    """What the shelf keeps of some logs; member i of each sequence belongs to log i."""

    serials: Sequence[int]
    created_ms: Sequence[int]
    labels: Sequence[Mapping[str, str | None]]
    numbers: Mapping[str, Sequence[float | None]]
    metadata: Sequence[Mapping[str, str]]

    def one(self, place: int) -> "Entries":
        here = slice(place, place + 1)
        numbers = {key: values[here] for key, values in self.numbers.items()}
        return Entries(self.serials[here], self.created_ms[here], self.labels[here], numbers, self.metadata[here])


class Shelf:
    """The columns of one gateway."""

    def __init__(self) -> None:
        self.created: array[int] = array("q")  # milliseconds since 1970, ascending
        self.serials: array[int] = array("q")
        self.labels = {key: Labels() for key in LABEL_KEYS}
        self.metadata_keys = Labels()
        self.numbers = {key: Numbers(1, 1e7) for key in NUMBER_KEYS} | {"cost": Numbers(1e-8, 1e2)}
        self.metadata: dict[str, Labels] = {}

    def __len__(self) -> int:
        return len(self.serials)

    def position(self, created_ms: int, serial: int) -> int | None:
        """Where a log stands, or None if it is not here."""
        low, high = self.same_instant(created_ms)
        for position in range(low, high):
            if self.serials[position] == serial:
                return position
        return None

    def same_instant(self, created_ms: int) -> tuple[int, int]:
        """The range of the rows created in one millisecond; empty, it is where such a row would stand."""
        return bisect_left(self.created, created_ms), bisect_right(self.created, created_ms)

    def extend(self, entries: Entries) -> None:
        """Put logs, already in order, after the last row."""
        before, added = len(self), len(entries.serials)
        self.created.extend(entries.created_ms)
        self.serials.extend(entries.serials)
        for key, labels in self.labels.items():
            labels.extend([row[key] for row in entries.labels])
        self.metadata_keys.extend([joined_keys(row) for row in entries.metadata])
        for key, numbers in self.numbers.items():
            numbers.extend(entries.numbers[key])
        for labels in self.metadata.values():
            labels.rows.extend(bytes(added))
        for position, row in enumerate(entries.metadata, before):
            for key, text in row.items():
                if key not in self.metadata:
                    self.metadata[key] = Labels(before + added)
                column = self.metadata[key]
                code = column.code(text)  # first, because it may widen the rows
                column.rows[position] = code

    def insert(self, position: int, entry: Entries) -> None:
        """Put one log at a place."""
        labels, metadata = entry.labels[0], entry.metadata[0]
        for key in metadata.keys() - self.metadata.keys():
            self.metadata[key] = Labels(len(self))
        self.created.insert(position, entry.created_ms[0])
        self.serials.insert(position, entry.serials[0])
        for key, column in self.labels.items():
            column.insert(position, labels[key])
        self.metadata_keys.insert(position, joined_keys(metadata))
        for key, numbers in self.numbers.items():
            numbers.insert(position, entry.numbers[key][0])
        for key, column in self.metadata.items():
            column.insert(position, metadata.get(key))

    def remove(self, positions: Sequence[int]) -> None:
        """Take logs away; positions ascend."""
        keep = bytearray(b"\x01" * len(self))
        for position in positions:
            keep[position] = 0
        self.created = without(self.created, positions, keep)
        self.serials = without(self.serials, positions, keep)
        for labels in (*self.labels.values(), self.metadata_keys, *self.metadata.values()):
            labels.remove(positions, keep)
        for numbers in self.numbers.values():
            numbers.remove(positions, keep)


def joined_keys(metadata: Mapping[str, str]) -> str | None:
    return BETWEEN_KEYS.join(metadata) if metadata else None
