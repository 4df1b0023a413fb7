"""The blast zone: the oldest logs of the gateway. A DELETE whose filter is ignored takes exactly these first."""

from __future__ import annotations

from collections.abc import Sequence

from gateway_dash.bulk.models import Item, Job
from gateway_dash.gateway.client import DELETE_AT_ONCE
from gateway_dash.gateway.models import Log
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.service import LogService


def oldest(logs: LogService) -> list[Log]:
    """As many as one DELETE can take."""
    return logs.unchecked(LogQuery(sort="created_at", per_page=DELETE_AT_ONCE))[0]


def strangers(job: Job, zone: Sequence[Log], going: Sequence[str]) -> list[Log]:
    """Those that are not meant to go in this batch, nor were before."""
    sent = (Item.State.SENDING, Item.State.GONE, Item.State.GONE_BEFORE, Item.State.LEFT)
    ids = [log.id for log in zone]
    ours = set(Item.objects.filter(job=job, log_id__in=ids, state__in=sent).values_list("log_id", flat=True))
    return [log for log in zone if log.id not in ours | set(going)]


def vanished(logs: LogService, before: Sequence[str], now: Sequence[Log]) -> list[str]:
    """Those of the logs that are not among the oldest any more, and are not found by their ids either."""
    there = {log.id for log in now}
    missing = [each for each in before if each not in there]
    found = {log.id for log in logs.find(missing)} if missing else set()
    return [each for each in missing if each not in found]
