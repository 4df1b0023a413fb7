"""What a watch counts: its view, read again each time, over the last minutes."""

from __future__ import annotations

from datetime import datetime, timedelta

from gateway_dash.gateway import period
from gateway_dash.gateway.errors import QueryError
from gateway_dash.gateway.query import NEWEST_FIRST, LogQuery
from gateway_dash.gateway.sentence import words
from gateway_dash.sharing.menu import list_url
from gateway_dash.sharing.models import SavedView
from gateway_dash.sharing.spelling import Kept
from gateway_dash.watches.models import Watch

FIXED = "It has a fixed beginning or end, so new logs never come into it. Save it with “the last …”, or with all times."


def read_view(view: SavedView) -> LogQuery:
    """The view's filter without times; raises QueryError where it cannot be read, or cannot be watched."""
    query = Kept.read(view.query).query
    if query.start or query.end:
        raise QueryError(FIXED)
    return query.change(since="", sort=NEWEST_FIRST, per_page=50)


def query_of(watch: Watch, now: datetime) -> LogQuery:
    """The logs of the last minutes up to now; raises QueryError."""
    start = period.whole(now) - timedelta(minutes=watch.minutes)
    return read_view(watch.view).change(start=start, read_at=now)


def path_of(watch: Watch, query: LogQuery, now: datetime) -> str:
    """The list of what was counted, as it was: whoever opens it later sees these logs and no newer ones."""
    return list_url(watch.gateway) + query.frozen(now).url()


def sentence_of(watch: Watch) -> str:
    """ "Failed calls from openai"; raises QueryError. Its words may be a stranger's."""
    return words(read_view(watch.view))


def limit_words(watch: Watch) -> str:
    """ "more than 20 logs in 10 minutes" """
    return f"more than {watch.more_than:,} log{'' if watch.more_than == 1 else 's'} in {minutes_words(watch.minutes)}"


def minutes_words(minutes: int) -> str:
    """ "10 minutes", "1 hour", "24 hours" """
    if minutes % 60:
        return f"{minutes} minutes"
    hours = minutes // 60
    return f"{hours} hour{'' if hours == 1 else 's'}"


def every_s(minutes: int) -> int:
    """Seconds from one check to the next: five times in the minutes that are counted, at least one minute."""
    return max(60, min(600, minutes * 60 // 5))
