"""What stands around a log, as links: before and after in time, the same session, the same request, its attempts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from gateway_dash.gateway.attempts import event_query, may_have_others
from gateway_dash.gateway.filters import Filter
from gateway_dash.gateway.models import Log
from gateway_dash.gateway.narrowing import is_askable
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.vocabulary import EQ, PAIR_PREFIX
from gateway_dash.logs.attempts import ladder_waiting
from gateway_dash.logs.cells import PAIR_LIMIT, cell, value_text
from gateway_dash.logs.screen import Screen
from gateway_dash.logs.timings import timings_of
from gateway_dash.logs.twins import MOST_OF_A_PAGE

PAIRS = 5
# How applications call the keys that tie calls together.
_TYING = re.compile(r"session|conversation|thread|chat|user|trace|request|run|job|customer|tenant", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Way:
    """A link of the card. `words` are marked."""

    icon: str
    words: str
    url: str
    cost: str = ""  # in calls, where it is more than a page usually takes


def rail_context(screen: Screen, log: Log, query: LogQuery, *, reads: bool) -> dict[str, Any]:
    """What `logs/rail.html` needs: how long the call took, its attempts, and the ways to what is around it."""
    return {
        "timings": timings_of(log),
        "ladder": ladder_waiting(screen, log, query),
        "ways": around_card(screen, log, query, reads=reads),
    }


def around_card(screen: Screen, log: Log, query: LogQuery, *, reads: bool) -> tuple[Way, ...]:
    """What `logs/around_card.html` needs, as `ways`. Asks nobody. Twins are known by their bodies: for who `reads`."""
    ways = [Way("clock", "Before and after, in time", screen.alone.log_url(query, log.id, "around/"))]
    ways += [Way("list-filter", words, url) for words, url in _sharing(screen, log)]
    url_twins = screen.log_url(query, log.id, "twins/")
    if reads:
        ways.append(Way("copy", "Same request within an hour", url_twins, f"up to {MOST_OF_A_PAGE} calls"))
    if event_query(log) and not may_have_others(log):  # else the card of attempts stands on the page itself
        ways.append(Way("rows-3", "Logs with the same event id", screen.log_url(query, log.id, "attempts/"), "2 calls"))
    return tuple(ways)


def _sharing(screen: Screen, log: Log) -> list[tuple[str, str]]:
    """The metadata pairs by which calls of one session or person are found: the words, and the list."""
    found = []
    for key, value in (log.metadata_map() or {}).items():
        name, text = PAIR_PREFIX + key, value_text(value)
        if _TYING.search(key) and is_askable(name, text):
            url = screen.alone.list_url(LogQuery(filters=(Filter(name, EQ, (text,)),)))
            found.append((f"Same {cell(key, PAIR_LIMIT)}: {cell(text, PAIR_LIMIT)}", url))
    return found[:PAIRS]
