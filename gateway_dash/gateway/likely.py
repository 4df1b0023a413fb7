"""Logs that may have the same request as one: what the list can say of it, and when. The bodies decide.

The API has no filter on bodies or paths. So the nearest logs of the same provider and model are asked for, with as many
tokens in, and the path is compared here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from gateway_dash.gateway import period
from gateway_dash.gateway.around import NO_TIME
from gateway_dash.gateway.errors import Broken, FilterNotApplied
from gateway_dash.gateway.filters import Filter, Fit
from gateway_dash.gateway.models import Log
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.service import LogService
from gateway_dash.gateway.vocabulary import EQ, VOCABULARY, Value

MOST = 20  # candidates


@dataclass(frozen=True, slots=True)
class Likely:
    """The candidates, the nearest in time first."""

    query: LogQuery  # the filters that were asked
    logs: tuple[Log, ...]
    is_cut: bool  # there may be more in this time than were read
    others: int  # rows that were left out for their path


def likely(logs: LogService, log: Log, within: timedelta) -> Likely:
    """Two calls: one for each side of the log in time."""
    if log.created_at == NO_TIME:
        raise Broken("The time of this log cannot be read, so nothing is near it.")
    query = LogQuery(filters=alike(log), per_page=50)
    second = period.whole(log.created_at)
    sides = (
        replace(query, start=second - within, end=second + period.SECOND, sort="-created_at"),
        replace(query, start=second, end=second + within + period.SECOND, sort="created_at"),
    )
    rows: dict[str, Log] = {}
    is_cut = False
    for side in sides:
        found, total = logs.unchecked(side)
        if any(side.fit(row) is Fit.NO for row in found):
            raise FilterNotApplied("Logs came back that do not fit what was asked. Nothing can be said of twins.")
        rows |= {row.id: row for row in found if side.fit(row) is Fit.YES and row.id != log.id}
        is_cut = is_cut or total > len(found)
    same_path = [row for row in rows.values() if row.path == log.path]
    nearest = sorted(same_path, key=lambda row: (abs(row.created_at - log.created_at), row.id))
    is_cut = is_cut or len(nearest) > MOST
    return Likely(query, tuple(nearest[:MOST]), is_cut, len(rows) - len(same_path))


def alike(log: Log) -> tuple[Filter, ...]:
    """What two logs with the same request have in common, as far as filters can say it.

    A call that failed or came from the cache says 0 tokens in, whatever its request was: such twins are asked for too,
    and of such a log nothing is known of its tokens.
    """
    filters = [_is("provider", log.provider), _is("model", log.model)]
    tokens = log.tokens_in
    if tokens and tokens == int(tokens) and not log.cached:
        filters.append(Filter("tokens_in", EQ, (int(tokens), 0)))
    return tuple(each for each in filters if each)


def _is(name: str, text: str) -> Filter | None:
    """None for a text that no filter can hold."""
    try:
        value: Value = VOCABULARY[name].kind.read(text)
    except ValueError:
        return None
    return Filter(name, EQ, (value,))
