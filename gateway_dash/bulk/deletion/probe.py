"""Step 3: delete an id that no log has, and see that nothing goes. It costs few calls, and saves 10,000 logs.

A probe proves something only if the upstream said yes to it; whatever it said, the look comes.
"""

from __future__ import annotations

import uuid
from typing import NoReturn

from gateway_dash.bulk import gates
from gateway_dash.bulk.deletion import archive, zone
from gateway_dash.bulk.work import Later, Run
from gateway_dash.gateway.errors import FilterNotApplied, GatewayError
from gateway_dash.web import formats

LOOKS_S = (1.0, 2.0)  # between looks at the oldest logs: a deletion may show late
BLAST_ZONE = 2  # logs: what a deletion with limit 1 can take, sent twice
LONGEST_PAUSE_S = 300.0
TRIES = 2  # somebody else may have deleted just that log in just that moment: once
WHY = (
    "A deletion of an id that no log has was sent, and afterwards the oldest log of this gateway was gone, twice: the "
    "upstream ignores filters."
)


def is_under_way(run: Run) -> bool:
    """Whether a probe was sent, or was about to be, that nobody has looked after yet."""
    return run.job.phase == "probe" and "zone" in run.job.cursor


def step(run: Run) -> tuple[bool, float]:
    """Whether it is over, and how long to wait for the next look. Raises FilterNotApplied, which halts."""
    cursor = run.job.cursor
    if "zone" not in cursor:
        return _send(run), 0.0
    gone = zone.vanished(run.logs, cursor["zone"], zone.oldest(run.logs))
    if gone:
        _hit(run, gone)
        return False, 0.0
    looks = int(cursor.get("looks", 0))
    if looks < len(LOOKS_S):
        run.save(cursor=cursor | {"looks": looks + 1})
        return False, LOOKS_S[looks]
    if not cursor.get("accepted"):
        _unproved(run)
    run.save("The probe deleted nothing, as it should.", "ok", cursor={})
    return True, 0.0


def _hit(run: Run, gone: list[str]) -> None:
    """One of the oldest logs went: once more, or the end."""
    tries = int(run.job.cursor.get("tries", 1))
    lost = int(run.job.cursor.get("lost", 0)) + len(gone)
    if tries < TRIES:
        words = f"After the probe {formats.logs(len(gone))} of the oldest could not be found. It is sent again."
        run.save(words, "warn", cursor={"tries": tries + 1, "lost": lost})
        return
    with run.write():
        gates.close(run.job.gateway, f"job {run.job.key}", WHY)
    raise FilterNotApplied(
        WHY, hint=f"Not meant to go, and gone: {formats.logs(lost)}. The archive has a copy. Deletion is locked."
    )


def _unproved(run: Run) -> NoReturn:
    """Nothing went, but nobody said that the probe was taken, so another is sent in a while."""
    unproved = int(run.job.cursor.get("unproved", 0)) + 1
    kept = {name: run.job.cursor[name] for name in ("tries", "lost") if name in run.job.cursor}
    cursor = kept | {"unproved": unproved}
    run.save("The probe was not accepted, so it proves nothing. It is sent again.", "warn", cursor=cursor)
    raise Later(min(2.0**unproved, LONGEST_PAUSE_S), "The probe was not accepted; it is sent again.")


def _send(run: Run) -> bool:
    """Whether there is nothing that a probe could hit; otherwise one is sent."""
    oldest = zone.oldest(run.logs)
    if not oldest:
        return True  # there is nothing that could go
    archive.copy_zone(run, oldest)
    no_log_id = str(uuid.uuid4())
    run.logs.find([no_log_id])  # where already reading ignores filters, not even the probe may be sent
    cursor = run.job.cursor | {"zone": [log.id for log in oldest[:BLAST_ZONE]], "looks": 0}
    run.save("Probe: a deletion is about to be sent for an id that no log has.", cursor=cursor)
    try:
        run.logs.delete_nothing(no_log_id)
    except GatewayError as error:
        run.save(f"The probe: {error.title}. Whether it did something, a look will tell.", "warn")
        if not error.passes:
            raise
        return False
    run.save(cursor=cursor | {"accepted": True})
    return False
