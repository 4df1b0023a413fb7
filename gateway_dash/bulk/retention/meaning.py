"""What a rule means: its filter read again each time, with the moment before which logs are old enough.

A filter that cannot be read is an error, and never a wider one; an empty one counts only where a person said "all".
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import QueryDict

from gateway_dash.bulk.retention.models import QUERY_LENGTH, RetentionRule
from gateway_dash.gateway.errors import QueryError
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.sentence import words

LOOKS = ("columns", "peek", "open", "count", "picked", "sort", "per_page", "page")  # of a list: they choose no logs
RANGE = "A rule's age says which logs it takes: remove “since”, “start”, “end” and “as_of” from its filter."


def read_filter(text: str, *, takes_all: bool) -> LogQuery:
    """The filter of a rule; raises QueryError. `text` may be the whole address of a list."""
    if len(text) > QUERY_LENGTH:
        raise QueryError(f"The filter is longer than {QUERY_LENGTH:,} characters, which no address can be.")
    before, mark, after = text.strip().partition("?")
    parameters = QueryDict(after if mark else before, mutable=True)
    for name in LOOKS:
        parameters.pop(name, None)
    if "off" in parameters:
        raise QueryError("One of the filters is switched off in that list. Remove it there, and copy the address anew.")
    query = LogQuery.read(parameters)
    if query.since or query.start or query.end or query.as_of:
        raise QueryError(RANGE)
    if query.is_bare and not takes_all:
        raise QueryError("The filter is empty. To delete every log of that age, tick “every log” as well.")
    if takes_all and not query.is_bare:
        raise QueryError("There is a filter, and “every log” is ticked too. Only one of the two can be meant.")
    return query


def query_of(rule: RetentionRule, now: datetime) -> LogQuery:
    """The logs that the rule takes now, the oldest first; raises QueryError."""
    query = read_filter(rule.query, takes_all=rule.takes_all)
    try:
        end = (now - timedelta(days=rule.age_days)).replace(microsecond=0)
    except OverflowError:
        raise QueryError("No log can be as old as this rule says. Choose another age.") from None
    return query.change(end=end, sort="created_at", per_page=50, read_at=now)


def sentence_of(rule: RetentionRule) -> str:
    """ "Calls from openai, once they are 30 days old"; raises QueryError. Its words may be a stranger's."""
    days = f"{rule.age_days:,} day{'' if rule.age_days == 1 else 's'}"
    return f"{words(read_filter(rule.query, takes_all=rule.takes_all))}, once they are {days} old"
