"""Step 3: delete an id that no log has, and see that nothing goes. It costs few calls, and saves 10,000 logs."""

from __future__ import annotations

import uuid

from gateway_dash.bulk import gates
from gateway_dash.bulk.deletion import archive, zone
from gateway_dash.bulk.work import Run
from gateway_dash.gateway.errors import FilterNotApplied, GatewayError

LOOKS_S = (1.0, 2.0)  # between looks at the oldest logs: a deletion may show late
BLAST_ZONE = 2  # logs: what a deletion with limit 1 can take, sent twice
TRIES = 2  # somebody else may have deleted just that log in just that moment: once
WHY = (
    "A deletion of an id that no log has was sent, and afterwards the oldest log of this gateway was gone, twice: the "
    "upstream ignores filters."
)


def step(run: Run) -> tuple[bool, float]:
    """Whether it is over, and how long to wait for the next look. Raises FilterNotApplied, which halts."""
    cursor = run.job.cursor
    if "zone" not in cursor:
        return _send(run), 0.0
    gone = zone.vanished(run.logs, cursor["zone"], zone.oldest(run.logs))
    looks = int(cursor.get("looks", 0))
    if not gone:
        if looks < len(LOOKS_S):
            run.save(cursor=cursor | {"looks": looks + 1})
            return False, LOOKS_S[looks]
        run.save("The probe deleted nothing, as it should.", "ok", cursor={})
        return True, 0.0
    tries = int(cursor.get("tries", 1))
    if tries < TRIES:
        run.save(f"After the probe {len(gone)} of the oldest logs was gone. It is sent once more.", "warn",
                 cursor={"tries": tries + 1})  # fmt: skip
        return False, 0.0
    gates.close(run.job.gateway, f"job {run.job.key}", WHY)
    raise FilterNotApplied(
        WHY, hint=f"{len(gone)} logs went that were not meant to: the archive has them. Deletion is locked."
    )


def _send(run: Run) -> bool:
    oldest = zone.oldest(run.logs)
    if not oldest:
        return True  # there is nothing that could go
    archive.copy_zone(run, zone.strangers(run.job, oldest, ()))
    no_log_id = str(uuid.uuid4())
    run.logs.find([no_log_id])  # where already reading ignores filters, not even the probe may be sent
    cursor = {"zone": [log.id for log in oldest[:BLAST_ZONE]], "tries": run.job.cursor.get("tries", 1)}
    run.save("Probe: a deletion is about to be sent for an id that no log has.", cursor=cursor)
    try:
        run.logs.delete_nothing(no_log_id)
    except GatewayError:
        run.save("The probe was not accepted.", "warn", cursor={"tries": cursor["tries"]})
        raise
    return False
