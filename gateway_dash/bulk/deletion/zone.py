"""The blast zone: the oldest logs of the gateway. A DELETE whose filter is ignored takes exactly these first."""

from __future__ import annotations

from collections.abc import Sequence

from gateway_dash.bulk.models import Job
from gateway_dash.bulk.tombstones import named
from gateway_dash.gateway.client import DELETE_AT_ONCE
from gateway_dash.gateway.models import Log
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.service import LogService


def oldest(logs: LogService) -> list[Log]:
    """As many as one DELETE can take."""
    return logs.unchecked(LogQuery(sort="created_at", per_page=DELETE_AT_ONCE))[0]


def strangers(job: Job, ids: Sequence[str]) -> list[str]:
    """Those that no deletion from here ever named. One that was named may go late, and that proves nothing."""
    ours = named(job.account, job.gateway, ids)
    return [each for each in ids if each not in ours]


def vanished(logs: LogService, before: Sequence[str], now: Sequence[Log]) -> list[str]:
    """Those of the logs that are not among the oldest any more, and are not found by their ids either."""
    there = {log.id for log in now}
    missing = [each for each in before if each not in there]
    found = {log.id for log in logs.find(missing)} if missing else set()
    return [each for each in missing if each not in found]
