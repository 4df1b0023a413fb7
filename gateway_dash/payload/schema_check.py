"""Whether a value fits a JSON Schema that a stranger wrote: in bounded steps, without a fetch and without a regex.

The library jsonschema applies the keywords. It would follow references to other servers, run any regex, and try every
branch of a schema that branches without end. So references lead nowhere but inside the schema, patterns are named as
not checked, and each keyword costs steps, more for large values: when they are used up, the check stops and says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from referencing import Registry

from .paths import Path
from .schema_keywords import VALIDATOR, BrokenSchema, Running, Unchecked, current
from .schema_words import words

STEPS = 20_000  # in one check
MARKS = 20  # that one check gives
_DEEPEST = 100
_LARGEST = 1_000_000  # characters, about, of a schema or a value
_NOT_SCHEMA = ("$schema", "$id")  # would choose another dialect, or another address to begin references at


@dataclass(frozen=True, slots=True)
class Mark:
    """One place where a value does not fit. `path` leads there from the value's root."""

    path: Path
    text: str  # 'the field "city" is missing'


@dataclass(frozen=True, slots=True)
class Fit:
    """What a check found. `skipped`: keywords of the schema that were met and not checked."""

    marks: tuple[Mark, ...] = ()
    has_more: bool = False
    skipped: tuple[str, ...] = ()
    steps: int = 0


def check(value: Any, schema: Any, *, steps: int = STEPS) -> Fit:
    """Where the value does not fit; raises Unchecked and BrokenSchema, and nothing else."""
    sizes: dict[int, int] = {}
    try:
        root = _copied(schema, sizes, is_schema=True)
        value = _copied(value, sizes)
    except RecursionError:
        raise Unchecked("it is nested too deeply") from None
    if not isinstance(root, dict | bool):
        raise BrokenSchema("it is no object")
    running = Running(root, steps, sizes)
    token = current.set(running)
    try:
        errors = list(islice(VALIDATOR(root, registry=Registry()).iter_errors(value), MARKS + 1))
        marks = tuple(dict.fromkeys(Mark(tuple(each.absolute_path), words(each)) for each in errors))
    except (Unchecked, BrokenSchema):
        raise
    except RecursionError:
        raise Unchecked("it goes too deep, or the schema refers to itself without end") from None
    except Exception as error:  # hostile values in places that the library trusts
        raise BrokenSchema(f"it cannot be applied ({type(error).__name__})") from None
    finally:
        current.reset(token)
    return Fit(marks[:MARKS], len(errors) > MARKS, tuple(running.skipped), steps - running.left)


def _copied(value: Any, sizes: dict[int, int], depth: int = 0, *, is_schema: bool = False) -> Any:
    """A copy, in which each container is one of its own, with its size noted; raises RecursionError if it is deep."""
    if depth > _DEEPEST:
        raise RecursionError
    if isinstance(value, dict):
        items = [
            (key, each)
            for key, each in value.items()
            if not (is_schema and key in _NOT_SCHEMA and isinstance(each, str))
        ]
        copy: Any = {str(key): _copied(each, sizes, depth + 1, is_schema=is_schema) for key, each in items}
        inside: Iterable[Any] = copy.values()
        size = sum(len(key) + 4 for key in copy)
    elif isinstance(value, list):
        copy = inside = [_copied(each, sizes, depth + 1, is_schema=is_schema) for each in value]
        size = 2 * len(copy)
    else:
        return value
    size += sum(len(each) if isinstance(each, str) else sizes.get(id(each), 8) for each in inside)
    if size > _LARGEST:
        raise Unchecked("the schema is too large" if is_schema else "the arguments are too large")
    sizes[id(copy)] = size + 2
    return copy
