"""A query in English, in parts, so that a template can set the parts apart and still escape each of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Literal

from gateway_dash.gateway import period
from gateway_dash.gateway.filters import Filter
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.vocabulary import Operator

Style = Literal["plain", "value", "quote", "not"]
_QUOTED = ("metadata_key", "metadata_value", "user_agent")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the sentence and how it is set."""

    style: Style
    text: str


def words(query: LogQuery, subject: str = "Calls", zone: tzinfo = UTC) -> str:
    """ "Calls from openai, not answered from cache, in the last 24 hours"."""
    return "".join(f"“{part.text}”" if part.style == "quote" else part.text for part in sentence(query, subject, zone))


def sentence(query: LogQuery, subject: str = "Calls", zone: tzinfo = UTC) -> list[Part]:
    """The parts of the sentence that names the query, with its times as the zone's clocks have them."""
    clauses = [_clause(filter_) for filter_ in query.filters]
    if query.search:
        clauses.append([Part("plain", "with "), Part("quote", query.search), Part("plain", " in their metadata")])
    clauses += _times(query, zone)
    if not clauses:
        return [Part("plain", "All " + subject.lower())]
    parts = [Part("plain", subject + " ")]
    for number, clause in enumerate(clauses):
        parts += [Part("plain", ", ")] if number else []
        parts += clause
    return parts


def _clause(filter_: Filter) -> list[Part]:
    word = filter_.word
    if word.kind.name == "flag":
        wanted = bool(filter_.values[0]) is (filter_.operator is Operator.EQ)
        if len(filter_.values) > 1:
            negation = "not " if filter_.operator is Operator.NEQ else ""
            return _phrase(f"{negation}with {word.label.lower()} {{}}", filter_)
        return _negated(word.phrases.get(wanted, f"with {word.label.lower()} {'true' if wanted else 'false'}"))
    default = {
        Operator.EQ: f"with {word.label.lower()} {{}}",
        Operator.NEQ: f"not with {word.label.lower()} {{}}",
        Operator.CONTAINS: f"with {word.label.lower()} like {{}}",
        Operator.LT: f"with {word.label.lower()} below {{}}",
        Operator.GT: f"with {word.label.lower()} above {{}}",
    }
    return _phrase(word.phrases.get(filter_.operator, default[filter_.operator]), filter_)


def _phrase(phrase: str, filter_: Filter) -> list[Part]:
    before, _, after = phrase.rpartition("{}")
    style: Style = "quote" if filter_.operator is Operator.CONTAINS or filter_.name in _QUOTED else "value"
    parts = _negated(before)
    for number, value in enumerate(filter_.values):
        parts += [Part("plain", " or ")] if number else []
        parts.append(Part(style, filter_.word.kind.show(value)))
    return [*parts, Part("plain", after)] if after else parts


def _negated(text: str) -> list[Part]:
    if text.startswith("not "):
        return [Part("not", "not"), Part("plain", text[3:])]
    return [Part("plain", text)]


def _times(query: LogQuery, zone: tzinfo) -> list[list[Part]]:
    if query.since:
        return [[Part("plain", "in the "), Part("value", period.since_words(query.since))]]
    start, end = (period.moment_words(moment, zone) if moment else "" for moment in (query.start, query.end))
    if start and end:
        return [[Part("plain", "from "), Part("value", start), Part("plain", " to "), Part("value", end)]]
    if start:
        return [[Part("plain", "since "), Part("value", start)]]
    return [[Part("plain", "before "), Part("value", end)]] if end else []
