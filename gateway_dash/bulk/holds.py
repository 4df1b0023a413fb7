"""Logs that no bulk deletion takes: somebody keeps them, shares them, or wrote about them.

Each room that has a reason says so at the start, with `holds_for`: this module knows only the keep marks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gateway_dash.bulk.models import KeepMark

type Reasons = dict[str, str]  # log id -> why it is held, in words
KEPT = "marked “keep”"
_sources: list[Callable[[str, str, Sequence[str]], Reasons]] = []


def holds_for(source: Callable[[str, str, Sequence[str]], Reasons]) -> None:
    """Who knows, by account, gateway and ids, which of these logs are held, and why."""
    _sources.append(source)


def held(account: str, gateway: str, ids: Sequence[str]) -> Reasons:
    """Those of the logs that are held, with the first reason for each."""
    found: Reasons = {}
    for source in _sources:
        found = source(account, gateway, ids) | found
    marks = KeepMark.objects.filter(account=account, gateway=gateway, log_id__in=ids).values_list("log_id", flat=True)
    return found | dict.fromkeys(marks, KEPT)
