"""Every field that the API sent of a log, down to its leaves, each with the lists that its value leads to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gateway_dash.gateway.models import Log
from gateway_dash.gateway.narrowing import word_of
from gateway_dash.gateway.vocabulary import PAIR_PREFIX
from gateway_dash.logs.cells import cell, value_text, without_credentials
from gateway_dash.logs.lines import Act, Lines
from gateway_dash.web.text import shorten

HEADS = ("request_head", "response_head")  # they have their own place
VALUE_LIMIT = 2000
DEPTH_LIMIT, LEAVES_LIMIT = 4, 100  # of one field; what lies deeper or beyond is shown as JSON
WORDS_LIMIT = 40


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value and the path to it: `usage_metadata.input_tokens`."""

    path: str
    value: str
    acts: tuple[Act, ...] = ()


def leaves(log: Log, lines: Lines) -> list[Leaf]:
    """The fields in the order that they came in, known or not."""
    found: list[Leaf] = []
    for name, value in log.row_as_sent.items():
        if name not in HEADS:
            shown = log.metadata_map() or value if name == "metadata" else value
            found += [_leaf(path, each, lines) for path, each in _walk(name, shown)]
    return found


def _walk(name: str, value: Any) -> list[tuple[str, Any]]:
    """The leaves below a field; the field itself where there are too many."""
    found: list[tuple[str, Any]] = []
    depth = 1 if name == "metadata" else DEPTH_LIMIT  # a key of metadata may hold dots: below it no path is sure
    for leaf in _below(name, value, depth):
        found.append(leaf)
        if len(found) > LEAVES_LIMIT:
            return [(name, value)]
    return found


def _below(path: str, value: Any, depth: int) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and value and depth:
        for key, each in value.items():
            yield from _below(f"{path}.{key}", each, depth - 1)
    elif isinstance(value, list) and value and depth:
        for place, each in enumerate(value):
            yield from _below(f"{path}[{place}]", each, depth - 1)
    else:
        yield path, value


def _leaf(path: str, value: Any, lines: Lines) -> Leaf:
    text = value_text(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    masked = without_credentials(path.partition(".")[0], text)
    if masked != text:  # a link to the logs with this value would spell it
        return Leaf(path, shorten(masked, VALUE_LIMIT))
    return Leaf(path, shorten(text, VALUE_LIMIT), _acts(path, value, text, lines))


def _acts(path: str, value: Any, text: str, lines: Lines) -> tuple[Act, ...]:
    word = word_of(path)
    if word is None or isinstance(value, dict | list):
        return ()
    told = f"{cell(path, WORDS_LIMIT)} {cell(text, WORDS_LIMIT)}"
    if path.startswith(PAIR_PREFIX):
        return lines.either(path, text, told)
    if word.kind.name == "number":
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return lines.beyond(path, value, cell(path, WORDS_LIMIT)) if is_number else ()
    return lines.either(path, value, told) if isinstance(value, str | bool | int) else ()
