"""The parameters of a list of logs as OpenAPI describes them: from the same vocabulary that reads them."""

from __future__ import annotations

from typing import Any

from gateway_dash.gateway.query import NEWEST_FIRST
from gateway_dash.gateway.reading import PAGE_LIMIT, PAGE_SIZES, SORT_KEYS, VALUES_LIMIT
from gateway_dash.gateway.vocabulary import GT, LT, TEXT_LIMIT, VOCABULARY, Dollars, Kind, Operator, Word

type Schema = dict[str, Any]

_TEXT: Schema = {"type": "string", "minLength": 1, "maxLength": TEXT_LIMIT}
_MOMENT: Schema = {"type": "string", "format": "date-time"}
_MOST = 10**15 - 1
_VALUES: dict[str, Schema] = {
    "text": _TEXT,
    "flag": {"type": "string", "enum": ["true", "false"]},
    "number": {"type": "integer", "minimum": -_MOST, "maximum": _MOST},
    "feedback": {"type": "string", "enum": ["1", "-1", "0", "none"]},
}
_PLAIN: dict[str, tuple[str, Schema]] = {
    "start": ("The first moment that is in, in UTC, to the millisecond.", _MOMENT),
    "end": ("The first moment that is out.", _MOMENT),
    "since": ("A length of time up to now, in the place of `start` and `end`.",
              {"type": "string", "pattern": r"^[1-9][0-9]{0,2}[mhdw]$", "examples": ["15m", "24h", "7d", "4w"]}),
    "search": ("Text in the metadata.", _TEXT),
    "sort": ("A minus means the largest first.",
             {"type": "string", "enum": [sign + key for key in SORT_KEYS for sign in ("", "-")],
              "default": NEWEST_FIRST}),
    "page": ("From 1 on.", {"type": "integer", "minimum": 1, "maximum": PAGE_LIMIT, "default": 1}),
    "per_page": ("Rows on a page.", {"type": "integer", "enum": list(PAGE_SIZES), "default": PAGE_SIZES[-1]}),
    "as_of": ("The moment that later pages are pinned to; `next` carries it.", _MOMENT),
    "created_at": ("Exactly this millisecond.", _MOMENT),
    "created_at__gt": ("As `start`, but this moment is out.", _MOMENT),
    "created_at__lt": ("As `end`.", _MOMENT),
}  # fmt: skip


def of_a_query() -> list[Schema]:
    """Every parameter but the pairs of metadata, whose names are the team's own."""
    filters = [_filter(word, operator) for word in VOCABULARY.values() for operator in word.kind.operators]
    return [*filters, *(_parameter(name, about, schema) for name, (about, schema) in _PLAIN.items())]


def _filter(word: Word, operator: Operator) -> Schema:
    value = _value(word.kind)
    if operator not in (LT, GT):
        value = {"type": "array", "items": value, "minItems": 1, "maxItems": VALUES_LIMIT}
    return _parameter(word.name + operator.suffix, f"{word.label} {operator.label}", value)


def _value(kind: Kind) -> Schema:
    return {"type": "number"} if kind is Dollars else _VALUES[kind.name]


def _parameter(name: str, about: str, schema: Schema) -> Schema:
    return {"name": name, "in": "query", "required": False, "description": about, "schema": schema}
