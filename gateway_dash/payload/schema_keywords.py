"""The keywords of a JSON Schema, as the library jsonschema applies them, but bounded and shut in.

Each keyword costs steps before it runs, its value must have the form that the keyword needs, references lead
nowhere but inside the schema, and no regex is run at all.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from .values import number_at

TYPES = ("string", "number", "integer", "boolean", "object", "array", "null")
_LONGEST_REF = 500
_CHARACTERS_PER_STEP = 256
_BRANCHES = ("allOf", "anyOf", "oneOf")  # a branch that is `false` writes the value out, without a keyword
_EACH = ("items", "prefixItems", "contains", "additionalProperties", "propertyNames")
_SKIPPED = (
    *("pattern", "patternProperties"),  # a regex can take longer than anybody waits
    *("unevaluatedProperties", "unevaluatedItems", "$dynamicRef", "$recursiveRef", "dependencies"),
)


class Unchecked(Exception):
    """The check was not done, or not to its end; its text says why."""


class BrokenSchema(Exception):
    """The schema is none; its text says where."""


@dataclass(slots=True)
class Running:
    """One check on its way: the schema, the steps that are left, how large each container is."""

    root: Any
    left: int
    sizes: dict[int, int]  # characters, about, by the container's id
    skipped: dict[str, None] = field(default_factory=dict)

    def spend(self, keyword: str, value: Any, instance: Any) -> None:
        """What the keyword costs, before it runs: its messages write the whole value out."""
        cost = 1 + self._size(instance) // _CHARACTERS_PER_STEP
        if keyword in _BRANCHES:
            cost *= 1 + len(value)
        if keyword in _EACH and isinstance(instance, dict | list):
            cost += len(instance) // 4
        self.left -= cost + self._size(value) // _CHARACTERS_PER_STEP
        if self.left < 0:
            raise Unchecked("the schema takes too many steps to check")

    def _size(self, value: Any) -> int:
        return len(value) if isinstance(value, str) else self.sizes.get(id(value), 0)


current: ContextVar[Running] = ContextVar("schema_check")

# --- the forms that a keyword's value must have ---------------------------------------------------------------------


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_schema(value: Any) -> bool:
    return isinstance(value, dict | bool)


def _are_schemas(value: Any) -> bool:
    return isinstance(value, list) and all(_is_schema(each) for each in value)


def _is_map(value: Any) -> bool:
    return isinstance(value, dict) and all(_is_schema(each) for each in value.values())


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _is_number(value: Any) -> bool:
    return number_at(value) is not None


def _is_limit(value: Any) -> bool:
    return _is_number(value) or isinstance(value, bool)  # a truth value in the oldest drafts


def _are_types(value: Any) -> bool:
    names = value if isinstance(value, list) else [value]
    return all(isinstance(each, str) and each.lower() in TYPES for each in names)


type _Form = tuple[Callable[[Any], bool], str]
_SCHEMA: _Form = (_is_schema, "a schema")
_SCHEMAS: _Form = (_are_schemas, "a list of schemas")
_MAP: _Form = (_is_map, "an object of schemas")
_NUMBER: _Form = (_is_number, "a number")
_FORMS: dict[str, _Form] = {
    "$ref": (_is_text, "a text"),
    "type": (_are_types, "a type of JSON"),
    "enum": (lambda value: isinstance(value, list), "a list"),
    "required": (_are_texts, "a list of names"),
    "items": (lambda value: _is_schema(value) or _are_schemas(value), "a schema"),
    **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), _SCHEMAS),
    **dict.fromkeys(("properties", "dependentSchemas"), _MAP),
    **dict.fromkeys(("additionalProperties", "propertyNames", "contains", "not", "if"), _SCHEMA),
    **dict.fromkeys(("minimum", "maximum", "multipleOf"), _NUMBER),
    **dict.fromkeys(("exclusiveMinimum", "exclusiveMaximum"), (_is_limit, "a number")),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"), _NUMBER),
    "uniqueItems": (lambda value: isinstance(value, bool), "true or false"),
}

# --- keywords of which ours differ from the library's -----------------------------------------------------------------


def _ref(validator: Any, ref: str, instance: Any, schema: Any) -> Iterator[Any]:
    """Inside the schema, and nowhere else."""
    if not ref.startswith("#") or (ref != "#" and not ref.startswith("#/")) or len(ref) > _LONGEST_REF:
        raise Unchecked("the schema refers to another one, which is not fetched")
    target = current.get().root
    for step in ref.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(target, dict):
            target = target.get(key)
        elif isinstance(target, list) and key.isdecimal() and len(key) < 7 and int(key) < len(target):
            target = target[int(key)]
        else:
            target = None
    if not _is_schema(target):
        raise BrokenSchema(f"it refers to {ref[:80]}, where no schema is")
    yield from validator.descend(instance, target)


def _type(validator: Any, types: Any, instance: Any, schema: Any) -> Iterator[Any]:
    """Also in the capitals of Gemini, and with `nullable` beside it."""
    names = [each.lower() for each in (types if isinstance(types, list) else [types])]
    is_null = instance is None and schema.get("nullable") is True
    if not is_null and not any(validator.is_type(instance, name) for name in names):
        yield ValidationError("", validator_value=names)


def _enum(validator: Any, values: Any, instance: Any, schema: Any) -> Iterator[Any]:
    if not (instance is None and schema.get("nullable") is True):
        yield from Draft202012Validator.VALIDATORS["enum"](validator, values, instance, schema)


def _required(validator: Any, names: Any, instance: Any, schema: Any) -> Iterator[Any]:
    """An error for each field that is missing."""
    if isinstance(instance, dict):
        yield from (ValidationError("", validator_value=name) for name in names if name not in instance)


def _additional(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[Any]:
    """An error for each field that is unknown. Where names may follow a pattern, none is known to be unknown."""
    if not isinstance(instance, dict) or "patternProperties" in schema:
        return
    known = schema.get("properties")
    for key in instance:
        if isinstance(known, dict) and key in known:
            continue
        if value is False:
            yield ValidationError("", path=(key,), validator_value=list(known or ())[:200])
        else:
            yield from validator.descend(instance[key], value, path=key)


def _items(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[Any]:
    """A list of schemas is how older drafts write `prefixItems`."""
    if isinstance(value, list):
        yield from Draft202012Validator.VALIDATORS["prefixItems"](validator, value, instance, schema)
    elif isinstance(instance, list):
        for number in range(len(schema.get("prefixItems", ())), len(instance)):
            yield from validator.descend(instance[number], value, path=number)


def _unique(validator: Any, value: bool, instance: Any, schema: Any) -> Iterator[Any]:
    """By what is written, since the library compares each with each."""
    if (
        value
        and isinstance(instance, list)
        and len({json.dumps(each, sort_keys=True) for each in instance}) < len(instance)
    ):
        yield ValidationError("")


def _limit(keyword: str, beside: str) -> Callable[..., Iterator[Any]]:
    """`exclusiveMinimum` as a number, or as the truth value beside `minimum` that it once was."""

    def apply(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[Any]:
        limit = number_at(schema.get(beside)) if value is True else number_at(value)
        if limit is not None and any(Draft202012Validator.VALIDATORS[keyword](validator, limit, instance, schema)):
            yield ValidationError("", validator_value=limit)

    return apply


def _skip(validator: Any, value: Any, instance: Any, schema: Any) -> None:
    """What is met, and not checked, is named."""


def _bounded(keyword: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The keyword, when its value has the right form and there are steps left for it."""
    is_right, needed = _FORMS.get(keyword, (None, ""))

    def apply(validator: Any, value: Any, instance: Any, schema: Any) -> Any:
        if is_right and not is_right(value):
            raise BrokenSchema(f"“{keyword}” needs {needed}")
        running = current.get()
        running.spend(keyword, value, instance)
        if function is _skip:
            running.skipped[keyword] = None
        return function(validator, value, instance, schema)

    return apply


_OURS: dict[str, Callable[..., Any]] = {
    "$ref": _ref,
    "type": _type,
    "enum": _enum,
    "required": _required,
    "additionalProperties": _additional,
    "items": _items,
    "uniqueItems": _unique,
    "exclusiveMinimum": _limit("exclusiveMinimum", "minimum"),
    "exclusiveMaximum": _limit("exclusiveMaximum", "maximum"),
    **dict.fromkeys(_SKIPPED, _skip),
}
VALIDATOR = extend(
    Draft202012Validator,
    {
        keyword: _bounded(keyword, function)
        for keyword, function in {**Draft202012Validator.VALIDATORS, **_OURS}.items()
        if keyword != "format"  # says what a text means, not what it must be
    },
)
