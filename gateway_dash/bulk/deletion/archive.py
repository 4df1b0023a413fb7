"""Step 2: the copy. Each log is written, the file is put away, read back and counted, and only then may the log go.

A file is gzip of lines; a line is one log: `{"log": {…as the API gave it…}, "request": {…}, "response": {…}}`. A body
is `{"text": "…"}`, or `{"base64": "…"}` where it is not UTF-8, with `"whole": false` where it is longer than is read,
or `{"missing": "…why…"}`.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import batched
from typing import Any

import msgspec
from django.db.models import Q

from gateway_dash.bulk import files
from gateway_dash.bulk.bodies import stored
from gateway_dash.bulk.deletion.spec import Spec
from gateway_dash.bulk.models import Item, Part
from gateway_dash.bulk.work import Run
from gateway_dash.gateway.errors import GatewayError
from gateway_dash.gateway.models import Log
from gateway_dash.gateway.stored import Side

PAGE = 50
BODIES_AT_ONCE = 5  # logs whose bodies are read before they are written down
RECORDS = {"rows": 2000, "bodies": 200}  # in one file
BYTES = 32 * 1024 * 1024  # of one file, about
STUCK_TRIES = 5  # then a log whose bodies cannot be read is left out
SPOILT = "the archive does not hold what was written to it, so nothing is deleted"
SIDES: tuple[Side, ...] = ("request", "response")


def step(run: Run) -> bool:
    """Some logs more; True when every log of the plan is copied (or gone already)."""
    while not _is_copied(run):
        if run.is_spent():
            return False
    return True


def _is_copied(run: Run) -> bool:
    """Whether nothing is left to copy; otherwise a page is copied, or a file that is full is put away."""
    level, at = Spec.of(run.job).level, _place(run)
    full = at["records"] >= RECORDS[level] or at["offset"] >= BYTES
    items = [] if full else list(_next(run, at["next"], PAGE))
    if items:
        found = {log.id: log for log in run.logs.find([item.log_id for item in items])}
        for some in batched(items, BODIES_AT_ONCE if level == "bodies" else PAGE):
            if not _copy(run, some, found, with_bodies=level == "bodies") or run.is_spent():
                break
    elif at["records"]:
        _close(run, at)
    elif full or not Item.objects.filter(job=run.job, state=Item.State.PENDING).exists():
        return True
    else:
        _start_over(run)
    return False


def _place(run: Run) -> dict[str, int]:
    """Where the file that is being written stands."""
    part = Part.objects.filter(job=run.job, kind="selected").count() + 1
    return {"part": part, "first": 0, "next": 0, "offset": 0, "records": 0, **run.job.cursor}


def _start_over(run: Run) -> None:
    """Logs that wait lie before the place: go through all of them again."""
    run.save(cursor={})


def _next(run: Run, position: int, number: int) -> Iterable[Item]:
    waiting = Item.objects.filter(job=run.job, state=Item.State.PENDING, position__gte=position)
    return waiting.order_by("position")[:number]


def _copy(run: Run, items: Sequence[Item], found: dict[str, Log], *, with_bodies: bool) -> bool:
    """Append these logs to the file; what is not there any more was deleted by somebody else. False: begin again."""
    lines = _lines(run, items, found, with_bodies=with_bodies)
    at = _place(run)
    offset = _append(run, at, files.packed(b"".join(lines)) if lines else b"")
    if offset is None:
        return False
    gone = [each.pk for each in items if each.log_id not in found]
    moved = at | {"next": items[-1].position + 1, "offset": offset, "records": at["records"] + len(lines)}
    with run.write(cursor=moved, done=run.job.done + len(items)):
        Item.objects.filter(pk__in=gone).update(state=Item.State.GONE_BEFORE)
    return True


def _lines(run: Run, items: Sequence[Item], found: dict[str, Log], *, with_bodies: bool) -> list[bytes]:
    """A line for each log that is there. One whose bodies cannot be had after some tries is held: it is not deleted."""
    lines = []
    for item in items:
        if item.log_id in found:
            try:
                lines.append(_record(run, found[item.log_id], with_bodies))
            except GatewayError as error:
                _stuck(run, item, error)
    return lines


def _stuck(run: Run, item: Item, error: GatewayError) -> None:
    """Again later, or without this log."""
    log_id, tries = run.job.cursor.get("stuck", ("", 0))
    tries = tries + 1 if log_id == item.log_id else 1
    if not error.passes or error.did_nothing:
        raise error
    if tries < STUCK_TRIES:
        run.save(cursor=run.job.cursor | {"stuck": [item.log_id, tries]})
        raise error
    with run.write(cursor={name: value for name, value in run.job.cursor.items() if name != "stuck"}):
        Item.objects.filter(pk=item.pk).update(
            state=Item.State.HELD, note=f"its bodies cannot be copied: {error.title}"
        )
        run.note("The bodies of one log cannot be copied, so it stays.", "warn")


def _append(run: Run, at: dict[str, int], piece: bytes) -> int | None:
    """The new end of the file; None where its beginning is on another machine, so that it is begun again here."""
    run.still_mine()  # the file is shared with whoever has the job now
    try:
        return files.append(files.growing(run.job.key, _file(at["part"])), at["offset"], piece)
    except FileNotFoundError:
        again = {"part": at["part"], "first": at["first"], "next": at["first"]}
        done = Item.objects.filter(job=run.job, position__lt=at["first"]).exclude(state=Item.State.HELD).count()
        run.save("The unfinished file of the archive is not on this machine; it is begun again.", "warn", cursor=again,
                 done=done)  # fmt: skip
        return None


def _close(run: Run, at: dict[str, int]) -> None:
    """Put the file away, read it back, compare, and only then call its logs archived."""
    name = f"{run.job.key}/{_file(at['part'])}"
    run.still_mine()
    if _append(run, at, b"") is None:  # nothing more, and nothing behind what is known to be whole
        return
    sha256 = files.put_away(files.growing(run.job.key, _file(at["part"])), name)
    items = Item.objects.filter(job=run.job, state=Item.State.PENDING)
    items = items.filter(position__gte=at["first"], position__lt=at["next"])
    wanted = list(items.order_by("position").values_list("log_id", flat=True))
    part = checked(run, name, "selected", wanted, sha256)
    told = {"records": part.records, "bytes": part.size, "sha256": part.sha256}
    with run.write(cursor={"part": at["part"] + 1, "first": at["next"], "next": at["next"]}):
        part.save()
        items.update(state=Item.State.ARCHIVED)
        run.note(f"Archive file {at['part']}: {part.records:,} logs, read back and counted.", "ok", **told)


def checked(run: Run, name: str, kind: str, ids: Sequence[str], sha256: str) -> Part:
    """The file as it was read back; raises OSError where it is not what was put away: these logs in this order."""
    try:
        records, size, found = files.read_back(name)
        is_whole = found == sha256 and [id_in(line) for line in files.lines_of(name)] == list(ids)
    except (EOFError, zlib.error, msgspec.MsgspecError, LookupError, TypeError) as error:
        raise OSError(5, SPOILT) from error
    if not is_whole:
        raise OSError(5, SPOILT)
    return Part(job=run.job, name=name, kind=kind, records=records, size=size, sha256=sha256)


def copy_zone(run: Run, logs: Sequence[Log], *, rows_only: bool = False) -> None:
    """Copy logs that are not to be deleted, and would be hit first if the upstream ignored the filter."""
    known = set(run.job.found.get("zone", ()))
    ids = [log.id for log in logs]
    mine = Item.objects.filter(job=run.job, log_id__in=ids)
    if Spec.of(run.job).level == "none":
        mine = mine.exclude(state=Item.State.HELD)  # confirmed to go without a copy
    else:
        mine = mine.filter(Q(state=Item.State.ARCHIVED) | Q(rounds__gt=0))
    ours = set(mine.values_list("log_id", flat=True))
    new = [log for log in logs if log.id not in known | ours]
    if not new:
        return
    number = Part.objects.filter(job=run.job, kind="zone").count() + 1
    file = f"zone-{number:04}.jsonl.gz"
    with_bodies = Spec.of(run.job).level == "bodies" and not rows_only
    path, offset, written = files.growing(run.job.key, file), 0, []
    for some in batched(new, BODIES_AT_ONCE if with_bodies else PAGE):
        # One that cannot be had with its bodies is copied without: it is not to go.
        lines = [_record(run, log, with_bodies and run.job.failures < STUCK_TRIES) for log in some]
        run.still_mine()
        offset = files.append(path, offset, files.packed(b"".join(lines)))
        written += [log.id for log in some]
    sha256 = files.put_away(path, f"{run.job.key}/{file}")
    part = checked(run, f"{run.job.key}/{file}", "zone", written, sha256)
    with run.write(found=run.job.found | {"zone": [*known, *written]}):
        part.save()
        run.note(
            f"Copied {part.records:,} of the oldest logs, which are not to go: an ignored filter would hit them first.",
            records=part.records,
            sha256=part.sha256,
        )


def _record(run: Run, log: Log, with_bodies: bool) -> bytes:
    """One line."""
    found: dict[str, Any] = {"log": log.row_as_sent}
    if with_bodies:
        found |= {side: stored(run, log.id, side).as_json() for side in SIDES}
    return msgspec.json.encode(found, enc_hook=str) + b"\n"


def id_in(line: bytes) -> str:
    """The log that a line is about."""
    return str(msgspec.json.decode(line)["log"]["id"])


def records_of(part: Part) -> Iterator[dict[str, Any]]:
    """The logs of a file, one by one."""
    for line in files.lines_of(part.name):
        yield msgspec.json.decode(line)


def _file(number: int) -> str:
    return f"part-{number:04}.jsonl.gz"
