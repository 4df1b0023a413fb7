"""The box that a query is typed into: `model:gpt-4o -cached:true cost:>0.01 metadata.user:42 "refund"`.

Two-way: `read_box(spell_box(query))` is the query again. What the API cannot say is refused with the way that it can.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from gateway_dash.gateway.errors import BoxError, said
from gateway_dash.gateway.filters import Filter
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.reading import read_fields, read_filter
from gateway_dash.gateway.vocabulary import CONTAINS, EQ, GT, LT, NEQ, PAIR_PREFIX, VOCABULARY, Operator

TEXT_LIMIT = 4000
TIMES = ("since", "start", "end")
_SIGNS = {CONTAINS: "~", LT: "<", GT: ">"}
_OPERATORS = {sign: operator for operator, sign in _SIGNS.items()}
_PLAIN = re.compile(r'[^\s",~<>=:()-][^\s",:()]*\Z')
_PLAIN_VALUE = re.compile(r'[^\s",~<>=()\\][^\s",()\\]*\Z')
_TOKEN = re.compile(
    r'\s*(?:(?P<quoted>"(?:[^"\\]|\\.)*")(?=\s|\Z)|(?P<word>(?:[^\s"]|"(?:[^"\\]|\\.)*")+)|(?P<open>"))'
)
_VALUE = re.compile(r'"((?:[^"\\]|\\.)*)"|([^",]*)')
_COMMA = re.compile(r'("(?:[^"\\]|\\.)*")|\s*,\s*')
_NOT_ASKED = {
    "status_code": "The API has no filter for the status code. success:false finds the failed calls.",
    "status": "The API has no filter for the status. success:false finds the failed calls.",
    "path": "The API has no filter for the path.",
    "step": "The API has no filter for the step.",
    "score": "The API has no filter for the score. feedback:1 or feedback:-1 finds the verdicts.",
}


@dataclass(frozen=True, slots=True)
class Term:
    """One `key:value` of the box."""

    key: str
    operator: Operator
    texts: tuple[str, ...]


def read_box(text: str, query: LogQuery | None = None) -> LogQuery:
    """The query that a text means, with sort and page size of the one on the page; raises QueryError."""
    if len(text) > TEXT_LIMIT:
        raise BoxError(f"The box takes at most {TEXT_LIMIT:,} characters.")
    lists: dict[str, list[str]] = {}
    free: list[str] = []
    for term in read_terms(text):
        if isinstance(term, str):
            free.append(term)
            continue
        name = term.key if term.key in TIMES else term.key + term.operator.suffix
        lists.setdefault(name, []).extend(term.texts)
    if free:
        lists["search"] = [" ".join(free)]
    fields = read_fields(lists.items())
    base = query or LogQuery()
    return LogQuery(**fields, sort=base.sort, per_page=base.per_page, read_at=base.read_at)


def spell_box(query: LogQuery) -> str:
    """The text that means the query."""
    terms = [spell_filter(filter_) for filter_ in query.filters]
    terms += [f"{name}:{value}" for name, value in query.change().spelled() if name in TIMES]
    terms += [_quoted(query.search)] if query.search else []
    return " ".join(terms)


def spell_filter(filter_: Filter) -> str:
    """The one term that means the filter: `-provider:openai,groq`."""
    minus = "-" if filter_.operator is NEQ else ""
    key = filter_.name if _PLAIN.match(filter_.name) else _quoted(filter_.name)
    return f"{minus}{key}:{_SIGNS.get(filter_.operator, '')}{spell_values(filter_)}"


def read_one_filter(text: str) -> Filter:
    """The filter that a single term means; raises QueryError where it is more, or something else."""
    query = read_box(text)
    if len(query.filters) != 1 or query != LogQuery(filters=query.filters):
        raise BoxError(f"“{said(text)[:80]}” is not one filter, as -provider:openai is.")
    return query.filters[0]


def spell_values(filter_: Filter) -> str:
    """The values of the filter as the box takes them: `openai,groq`."""
    return ",".join(quoted_value(filter_.word.kind.spell(value)) for value in filter_.values)


def edited(filter_: Filter, operator: Operator, values: str) -> Filter:
    """The filter on the same field with another comparison and other values, as the box takes them."""
    tight = _COMMA.sub(lambda found: found[1] or ",", values.strip())  # "openai, groq", as people write it
    texts = list(_values(tight, values))
    return read_filter(filter_.name + operator.suffix, texts)


def quoted_value(value: str) -> str:
    """A value as the box takes it: in quotation marks where it needs them."""
    return value if _PLAIN_VALUE.match(value) else _quoted(value)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def read_terms(text: str, known: Callable[[str], None] | None = None) -> Iterator[Term | str]:
    """The terms of a box, free text as it is; raises BoxError. `known` raises it for a field that is none.

    Other lists than that of logs are filtered by the same grammar, with fields of their own.
    """
    at = 0
    while at < len(text) and text[at:].strip():
        found = _TOKEN.match(text, at)
        if found is None or found["open"]:
            raise BoxError("A quotation mark in the box is not closed.")
        at = found.end()
        if found["quoted"]:
            yield _unquoted(found["quoted"][1:-1])
        else:
            yield _term(found["word"], known or _known)


def _term(word: str, known: Callable[[str], None]) -> Term | str:
    """One word of the box: a `key:value`, or free text."""
    if word in ("OR", "|", "||"):
        raise BoxError("The API cannot say “or” between fields. Values of one field can: provider:openai,groq.")
    if word in ("AND", "&&"):
        raise BoxError("“and” needs no word: all that stands in the box has to hold.")
    if word in ("NOT", "!"):
        raise BoxError("“not” is a minus before the field: -provider:openai.")
    if word.startswith(("(", ")")):
        raise BoxError("The box knows no brackets: the API joins all filters by “and”. Text with brackets: in quotes.")
    key, colon, rest = _split(word)
    if not colon and word.startswith("-"):
        raise BoxError(
            f"“{said(word)}”: a minus stands before a field, as in -cached:true. Text with a minus: in quotes."
        )
    if not colon:
        return _unquoted(word.replace('"', "")) if '"' in word else word
    negated = key.startswith("-")
    key = key.removeprefix("-")
    known(key)
    operator, values = _operator(key, rest)
    if negated and operator is not EQ:
        raise BoxError(f"“{said(word)}”: the API cannot turn “{_SIGNS[operator]}” round. It can say < and >.")
    return Term(key, NEQ if negated else operator, tuple(_values(values, word)))


def _split(word: str) -> tuple[str, str, str]:
    quoted = re.match(r'(-?)"((?:[^"\\]|\\.)*)":', word)
    if quoted:
        return quoted[1] + _unquoted(quoted[2]), ":", word[quoted.end() :]
    return word.partition(":")


def _operator(key: str, rest: str) -> tuple[Operator, str]:
    if rest[:2] in (">=", "<=", "=>", "=<"):
        raise BoxError(
            f"“{said(key)}:{said(rest)}”: the API knows > and <, but not “or equal”. Move the number a little."
        )
    if rest[:1] in _OPERATORS:
        return _OPERATORS[rest[0]], rest[1:]
    return EQ, rest.removeprefix("=")


def _values(text: str, word: str) -> Iterator[str]:
    at = 0
    while True:
        found = _VALUE.match(text, at)
        if found is None:
            raise BoxError(f"“{said(word)}” cannot be read: quote a value that holds quotation marks or commas.")
        yield _unquoted(found[1]) if found[1] is not None else found[2]
        if found.end() >= len(text):
            return
        if text[found.end()] != ",":
            raise BoxError(f"“{said(word)}” cannot be read: quote a value that holds quotation marks or commas.")
        at = found.end() + 1


def _known(key: str) -> None:
    if key in VOCABULARY or key in TIMES or key.startswith(PAIR_PREFIX):
        return
    if key in _NOT_ASKED:
        raise BoxError(_NOT_ASKED[key])
    near = get_close_matches(key.lower(), [*VOCABULARY, *TIMES], n=1, cutoff=0.5)
    hint = f" Did you mean “{near[0]}:”?" if near else " Text with a colon: in quotes."
    raise BoxError(f"“{said(key)}:” is not a filter.{hint}")
