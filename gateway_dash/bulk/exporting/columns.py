"""Parquet: lines of JSON become a file of typed columns, a few thousand rows in memory at a time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

ROWS_AT_ONCE = 5_000
BYTES_AT_ONCE = 8 * 1024 * 1024  # of lines: rows with bodies are long
# Numbers that may come in parts are float64: a token count that somebody's provider gives in halves is not rounded.
_KINDS = {"status_code": "int64", "step": "int64", "success": "bool", "cached": "bool"} | dict.fromkeys(
    ("duration_ms", "tokens_in", "tokens_out", "cost", "feedback", "score"), "float64"
)


def convert(lines: Path, target: Path, names: tuple[str, ...]) -> None:
    """Make the file anew; one that a killed worker left half made is replaced."""
    # 50 MB of library: only a worker that makes such a file has it in its memory.
    import pyarrow as pa
    from pyarrow import parquet

    schema = pa.schema([(name, _kind(pa, name)) for name in names])
    with lines.open("rb") as file, parquet.ParquetWriter(target, schema, compression="zstd") as writer:
        for some in _batches(file):
            rows = [json.loads(line) for line in some]
            columns = [_column(name, [row[place] for row in rows]) for place, name in enumerate(names)]
            arrays = [pa.array(column, type=field.type) for column, field in zip(columns, schema, strict=True)]
            writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))


def rows_of(file: Any) -> int:
    """How many rows a finished file has, from its own end."""
    from pyarrow import parquet  # late for the same reason

    return int(parquet.ParquetFile(file).metadata.num_rows)


def schema_words(names: tuple[str, ...]) -> dict[str, str]:
    """The columns and their types, for the manifest."""
    return {name: "timestamp[ms, UTC]" if name == "created_at" else _KINDS.get(name, "string") for name in names}


def _batches(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    """So many lines at once as memory is to hold."""
    some: list[bytes] = []
    size = 0
    for line in lines:
        some.append(line)
        size += len(line)
        if len(some) >= ROWS_AT_ONCE or size >= BYTES_AT_ONCE:
            yield some
            some, size = [], 0
    if some:
        yield some


def _kind(pa: Any, name: str) -> Any:
    if name == "created_at":
        return pa.timestamp("ms", tz="UTC")
    return {"int64": pa.int64(), "float64": pa.float64(), "bool": pa.bool_()}.get(_KINDS.get(name, ""), pa.string())


def _column(name: str, found: list[Any]) -> list[Any]:
    if name == "created_at":
        return [datetime.fromisoformat(each) for each in found]
    if _KINDS.get(name) == "float64":
        return [None if each is None else float(each) for each in found]
    return found
