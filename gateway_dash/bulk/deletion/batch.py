"""Step 4: delete, 50 at a time. Look which are there, write down what will be sent, send it once, and look again.

Whatever the answer to a deletion was, the look decides. What is still there after two minutes is sent again, five times
at the most. An answer that was lost, a worker that died, a deletion that runs late: all end in the same look.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from gateway_dash.bulk import gates, holds
from gateway_dash.bulk.deletion import archive, zone
from gateway_dash.bulk.deletion.spec import Spec
from gateway_dash.bulk.models import Item
from gateway_dash.bulk.tombstones import seen_gone, sent_for, unsent
from gateway_dash.bulk.work import Run
from gateway_dash.gateway.client import DELETE_AT_ONCE
from gateway_dash.gateway.errors import FilterNotApplied, GatewayError
from gateway_dash.gateway.models import Log
from gateway_dash.web import formats

LOOKS_S = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)  # two minutes in all
ROUNDS = 5
ZONE_AGE = timedelta(seconds=60)  # a look at the oldest logs serves the next batch for so long
WHY = "A batch was sent, none of its logs went, and logs went that it did not name: the upstream ignores filters."


def is_under_way(run: Run) -> bool:
    """Whether something was sent, or was about to be, that nobody has looked after yet."""
    return "ids" in run.job.cursor


def step(run: Run) -> tuple[str, float]:
    """What comes next ("" or "finish"; the probe is gone back to from within), and after how many seconds."""
    if not is_under_way(run) and not _send(run):
        return "finish", 0.0
    return "", _look(run) if is_under_way(run) else 0.0


def _send(run: Run) -> bool:
    """One batch, written down and then sent; False when there is none any more."""
    ready = (Item.State.ARCHIVED, Item.State.PENDING) if Spec.of(run.job).level == "none" else (Item.State.ARCHIVED,)
    waiting = Item.objects.filter(job=run.job, state__in=ready, rounds__lt=ROUNDS).order_by("rounds", "position")
    batch = list(waiting[:DELETE_AT_ONCE])
    if not batch:
        return False
    held = holds.held(run.job.account, run.job.gateway, [item.log_id for item in batch])
    present = run.logs.find([item.log_id for item in batch])  # raises where others came back: then nothing is sent
    there = {log.id for log in present}
    _sort_out(run, batch, there, held)
    going = [log for log in present if log.id not in held]
    if not going:
        return True
    before = _zone(run, going)
    ids = [log.id for log in going]
    if holds.held(run.job.account, run.job.gateway, ids):  # since a moment ago: the copy may have taken its time
        return True
    number = int(run.job.found.get("batches", 0)) + 1
    cursor = {"ids": ids, "zone": before, "looks": 0, "sent_at": timezone.now().isoformat()}
    with run.write(cursor=cursor, found=run.job.found | {"batches": number}):
        Item.objects.filter(job=run.job, log_id__in=ids).update(state=Item.State.SENDING, rounds=F("rounds") + 1)
        sent_for(run.job, ids)
        run.note(f"Batch {number}: {formats.logs(len(ids))} will be asked to be deleted.", batch=number, asked=len(ids))
    _delete(run, going, number)
    return True


def _sort_out(run: Run, batch: list[Item], there: set[str], held: holds.Reasons) -> None:
    """Those that are gone already, and those that somebody holds since the plan was made."""
    gone = [item for item in batch if item.log_id not in there]
    kept = [item for item in batch if item.log_id in there and item.log_id in held]
    if not (gone or kept):
        return
    ours = [item.log_id for item in gone if item.rounds]
    with run.write(done=run.job.done + len(gone) + len(kept)):
        here = Item.objects.filter(job=run.job)
        here.filter(pk__in=[each.pk for each in gone], rounds=0).update(state=Item.State.GONE_BEFORE)
        here.filter(log_id__in=ours).update(state=Item.State.GONE)
        seen_gone(run.job, ours)
        for item in kept:
            here.filter(pk=item.pk).update(state=Item.State.HELD, note=held[item.log_id])
        run.note(
            f"{formats.logs(len(gone))} gone already, {len(kept)} held since the plan was made.",
            gone_before=len(gone) - len(ours),
            held=len(kept),
        )


def _zone(run: Run, going: list[Log]) -> list[str]:
    """The oldest logs that must still be there after this batch, each of them copied. The last look may have them."""
    seen = run.job.cursor.get("seen")
    if not seen or timezone.now() - datetime.fromisoformat(seen["at"]) > ZONE_AGE:
        seen = _seen(run, zone.oldest(run.logs))
    ids = {log.id for log in going}
    return zone.strangers(run.job, [each for each in seen["ids"] if each not in ids])


def _seen(run: Run, oldest: list[Log]) -> dict[str, Any]:
    """A look at the oldest logs, for the cursor; what is not copied yet is copied now."""
    archive.copy_zone(run, oldest)
    return {"at": timezone.now().isoformat(), "ids": [log.id for log in oldest]}


def _delete(run: Run, going: list[Log], number: int) -> None:
    """Sent once. The answer is noted, and not believed."""
    if run.wants_to_end():
        return _unsent(run)
    try:
        run.logs.delete_found(going)
    except GatewayError as error:
        run.save(f"Batch {number}: {error.title}. Whether it was done, a look will tell.", "warn")
        if not error.passes:  # a right that is missing is missing for the next batch too
            raise
        return None
    accepted = int(run.job.found.get("accepted", 0)) + len(going)
    run.save(f"Batch {number}: accepted.", found=run.job.found | {"accepted": accepted},
             facts={"batch": number, "accepted": len(going)})  # fmt: skip
    return None


def _unsent(run: Run) -> None:
    """Somebody asked to stop between the intent and the call: nothing was sent, so the logs wait as before."""
    ids = run.job.cursor["ids"]
    with run.write(cursor={}):
        mine = Item.objects.filter(job=run.job, log_id__in=ids, state=Item.State.SENDING)
        unsent(run.job, list(mine.filter(rounds=1).values_list("log_id", flat=True)))
        mine.update(state=Item.State.ARCHIVED, rounds=F("rounds") - 1)
        run.note("Not sent: it was asked to stop.", "warn")


def _look(run: Run) -> float:
    """Read the batch again, and the oldest logs beside it; returns for how many seconds to wait."""
    cursor: dict[str, Any] = run.job.cursor
    ids: list[str] = cursor["ids"]
    left = [log.id for log in run.logs.find(ids)]
    gone = [each for each in ids if each not in left]
    oldest = zone.oldest(run.logs)
    lost = zone.strangers(run.job, zone.vanished(run.logs, cursor["zone"], oldest))
    if len(lost) >= len(ids) and not gone:  # fewer, and it was somebody else: an ignored filter fills its limit
        with run.write():
            gates.close(run.job.gateway, f"job {run.job.key}", WHY)
        raise FilterNotApplied(WHY, hint=f"{len(lost)} such logs; the archive has a copy. Deletion is locked.")
    _note_gone(run, gone, left, lost, oldest)
    if lost or not left:
        return 0.0
    looks, sent_at = int(cursor["looks"]), datetime.fromisoformat(cursor["sent_at"])
    if looks < len(LOOKS_S) and timezone.now() - sent_at < timedelta(seconds=2 * sum(LOOKS_S) + 60):
        run.save(cursor=run.job.cursor | {"looks": looks + 1})
        return LOOKS_S[looks]
    _give_up(run, left)
    return 0.0


def _note_gone(run: Run, gone: list[str], left: list[str], lost: list[str], oldest: list[Log]) -> None:
    """What the look found, in one transaction with the records of the logs that are gone."""
    if not gone and left and not lost:
        return
    cursor: dict[str, Any] = run.job.cursor | {"ids": left} if left and not lost else {}
    if not (left or lost):
        cursor = {"seen": _seen(run, [log for log in oldest if log.id not in gone])}
    back = {"phase": "probe"} if lost else {}  # with the rest: nothing may be sent before it
    with run.write(cursor=cursor, done=run.job.done + len(gone), **back):
        Item.objects.filter(job=run.job, log_id__in=gone).update(state=Item.State.GONE)
        seen_gone(run.job, gone)
        if lost:
            Item.objects.filter(job=run.job, log_id__in=left).update(state=Item.State.ARCHIVED)
            run.note(
                f"{len(lost)} of the oldest logs went meanwhile, which were not named. The probe is sent again.", "warn"
            )
        so_far = "each read again and not found" if not left else f"{len(left)} still there; it looks again"
        words = f"{formats.logs(len(gone))} gone, {so_far}."
        run.note(words, "warn" if left else "ok", gone=len(gone), left=len(left))


def _give_up(run: Run, left: list[str]) -> None:
    """Two minutes are over: they wait for another round, or are left where they are."""
    with run.write(cursor={}):
        mine = Item.objects.filter(job=run.job, log_id__in=left)
        out = mine.filter(rounds__gte=ROUNDS).update(state=Item.State.LEFT, note=f"still there after {ROUNDS} rounds")
        mine.filter(state=Item.State.SENDING).update(state=Item.State.ARCHIVED)
        run.note(
            f"{formats.logs(len(left))} still there after two minutes; {len(left) - out} are sent again.",
            "warn",
            left=len(left),
        )
