"""What does not fit a schema, in plain words: "is a text where a number is needed"."""

from __future__ import annotations

from typing import Any

from .nearest import nearest
from .values import json_text

_ITEMS = 8  # of a list of allowed values that is shown
_CHARACTERS = 60  # of a value that is shown
_NAMES = {
    "string": "a text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "object": "an object",
    "array": "a list",
    "null": "null",
}
_LIMITS = {
    "minimum": "must be at least {}",
    "maximum": "must be at most {}",
    "exclusiveMinimum": "must be more than {}",
    "exclusiveMaximum": "must be less than {}",
    "multipleOf": "must be a multiple of {}",
    "minLength": "is too short: at least {} characters are needed",
    "maxLength": "is too long: at most {} characters are allowed",
    "minItems": "has too few items: at least {} are needed",
    "maxItems": "has too many items: at most {} are allowed",
    "minProperties": "has too few fields: at least {} are needed",
    "maxProperties": "has too many fields: at most {} are allowed",
    "const": "must be {}",
}
_PLAIN = {
    "not": "has a form that the schema rules out",
    "uniqueItems": "has an item more than once",
    "contains": "holds no item of the form that is needed",
    "oneOf": "fits more than one of the forms of which it may have one",
}


def words(error: Any) -> str:
    """One error of the library, as a sentence about the value at its path."""
    keyword, value = error.validator, error.validator_value
    if keyword == "type":
        return f"is {kind_of(error.instance)} where {_any([_NAMES[each] for each in value])} is needed"
    if keyword == "required":
        return f"the field “{_short(value)}” is missing{_like(value, error.instance)}"
    if keyword == "additionalProperties":
        return f"is a field that the schema does not know{_like(error.path[-1] if error.path else '', value)}"
    if keyword == "enum":
        return f"is {shown(error.instance)}, which is not among {_listed([shown(each) for each in value])}"
    if keyword in ("anyOf", "oneOf") and error.context:
        return _branches(error)
    if keyword in _LIMITS:
        return _LIMITS[keyword].format(shown(value))
    if keyword is None:
        return "is not allowed by the schema"
    return _PLAIN.get(keyword, f"does not fit the schema’s “{_short(str(keyword))}”")


def kind_of(value: Any) -> str:
    """ "a text", "a number": what a value is."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    kinds = {str: "a text", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return kinds.get(type(value), "something else")


def shown(value: Any) -> str:
    """A value, short enough for a sentence."""
    return _short(json_text(value, indent=None)) if not isinstance(value, str) else f"“{_short(value)}”"


def _branches(error: Any) -> str:
    """None of several forms fits: all their types if it is only that, else what is wrong with the nearest one."""
    branches: dict[Any, list[Any]] = {}
    for each in error.context:
        branches.setdefault(each.schema_path[0], []).append(each)
    firsts = [errors[0] for errors in branches.values()]
    if all(each.validator == "type" and not each.path for each in firsts):
        names = dict.fromkeys(_NAMES[name] for each in firsts for name in each.validator_value)
        return f"is {kind_of(error.instance)} where {_any(list(names))} is needed"
    if all(each.validator in ("enum", "const") and not each.path for each in firsts):
        values = [value for each in firsts for value in _allowed(each)]
        return f"is {shown(error.instance)}, which is not among {_listed([shown(each) for each in values])}"
    fitting = [errors for errors in branches.values() if errors[0].validator != "type" or errors[0].path]
    best = min(fitting or branches.values(), key=len)[0]
    place = "".join(f".{_short(str(step))}" for step in best.path if not isinstance(step, list))
    inner = words(best) if best.validator not in ("anyOf", "oneOf") else "none of several forms fits"
    return f"has none of the {len(branches)} forms that are allowed; nearest: {place[1:]} {inner}".replace(":  ", ": ")


def _allowed(error: Any) -> list[Any]:
    return list(error.validator_value) if error.validator == "enum" else [error.validator_value]


def _like(name: str, known: Any) -> str:
    """The field that was probably meant."""
    found = nearest(name, [each for each in known or () if isinstance(each, str)])
    return f"; is “{_short(found)}” meant?" if found else ""


def _any(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}" if names else "nothing"


def _listed(values: list[str]) -> str:
    more = len(values) - _ITEMS
    return ", ".join(values[:_ITEMS]) + (f" and {more} more" if more > 0 else "") if values else "no value at all"


def _short(text: str) -> str:
    return text if len(text) <= _CHARACTERS else text[: _CHARACTERS - 1] + "…"
