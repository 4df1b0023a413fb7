"""The files of an export while they grow, and how one is finished: put away, read back, counted and hashed."""

from __future__ import annotations

import contextlib
import csv
import io
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from gateway_dash.bulk import files
from gateway_dash.bulk.exporting import columns, rows
from gateway_dash.bulk.exporting.place import Place
from gateway_dash.bulk.exporting.spec import Spec
from gateway_dash.bulk.models import Part
from gateway_dash.bulk.work import Run

KIND = "export"
SPOILED = "the finished file does not hold what was written to it"


def place_of(run: Run) -> Place:
    """Where the export stands."""
    return Place.of(run.job.cursor.get("place", {}))


def write(run: Run, spec: Spec, before: Place, after: Place, data: bytes) -> bool:
    """Append what lies between two places, and remember that; False where the file has to be begun again."""
    offset = before.offset
    if data:
        head = rows.head(spec) if not offset else b""
        run.still_mine()  # a worker that slept through its lease cuts off nothing that another one wrote
        try:
            offset = files.append(_growing(run, before), offset, head + data)
        except FileNotFoundError:
            _begin_again(run)
            return False
    run.save(cursor=run.job.cursor | {"place": replace(after, offset=offset).kept()}, done=after.way.done)
    return True


def is_full(spec: Spec, place: Place) -> bool:
    """Whether another file has to be begun."""
    return place.records >= spec.form.records_at_most or place.offset >= spec.form.bytes_at_most


def close(run: Run, spec: Spec, place: Place) -> bool:
    """Finish the file, and go on with the next; False where it has to be begun again. Not there until it counts."""
    growing = _growing(run, place)
    head = rows.head(spec) if not place.offset else b""
    try:
        files.append(growing, place.offset, head)  # and nothing behind what is known to be whole
    except FileNotFoundError:
        _begin_again(run)
        return False
    made = growing
    if spec.form.ending == "parquet":
        made = growing.with_suffix(".made")
        columns.convert(growing, made, rows.columns_of(spec.form))
    name = f"{run.job.key}/{file_name(spec, place.part)}"
    part = put(run, made, name, _counted(spec), place.records)
    after = place.next_file().kept()
    told = {"records": part.records, "bytes": part.size, "sha256": part.sha256}
    with run.write(cursor={"place": after, "begun": after}):
        part.save()
        run.note(f"File {place.part}: {part.records:,} logs, read back and counted.", "ok", **told)
    for path in {growing, made}:
        path.unlink(missing_ok=True)
    return True


def put(run: Run, path: Path, name: str, count: Any, records: int) -> Part:
    """Into the store, and read back from there; raises OSError where it is not the same, byte for byte."""
    run.still_mine()  # before the store is touched
    files.put_away(path, name)
    with path.open("rb") as file:
        wanted = files.measured(file)
    with files.archives().open(name) as file:
        found = files.measured(file)
    with files.archives().open(name) as file:
        is_whole = found == wanted and count(file) == records
    if not is_whole:
        raise OSError(5, SPOILED)
    size, sha256 = found
    return Part(job=run.job, name=name, kind=KIND, records=records, size=size, sha256=sha256)


def file_name(spec: Spec, number: int) -> str:
    """What a file is called."""
    return f"logs-{number:04}.{spec.form.ending}"


def _begin_again(run: Run) -> None:
    """The unfinished file is on another machine, or was lost: back to where it began."""
    begun = run.job.cursor.get("begun", {})
    words = "The unfinished file is not on this machine; it is begun again."
    run.save(words, "warn", cursor={"place": begun, "begun": begun}, done=Place.of(begun).way.done)


def _growing(run: Run, place: Place) -> Path:
    return files.growing(run.job.key, f"export-{place.part:04}")


def _counted(spec: Spec) -> Any:
    return {"csv": _csv_rows, "parquet": columns.rows_of}.get(spec.form.ending, _lines)


def _lines(file: IO[bytes]) -> int:
    count = 0
    while block := file.read(files.BLOCK_BYTES):
        count += block.count(b"\n")
    return count


def _csv_rows(file: IO[bytes]) -> int:
    csv.field_size_limit(64 * 1024 * 1024)  # a cell is as long as somebody's body
    with contextlib.closing(io.TextIOWrapper(file, encoding="utf-8", newline="")) as text:
        return sum(1 for _ in csv.reader(text)) - 1
