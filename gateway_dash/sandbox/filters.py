"""The `filters` parameter: JSON text read strictly into conditions."""

import json
import math
from dataclasses import dataclass
from datetime import UTC, datetime

from .answers import Json, Path, invalid

type Value = str | float | bool | None

OPERATORS = ("eq", "neq", "contains", "lt", "gt")
KEYS = (
    "id", "created_at", "request_content_type", "response_content_type", "request_type", "success", "cached",
    "provider", "model", "model_type", "cost", "tokens", "tokens_in", "tokens_out", "duration", "feedback",
    "event_id", "metadata.key", "metadata.value", "authentication", "wholesale", "compatibilityMode", "dlp_action",
    "user_agent",
)  # fmt: skip
NUMBER_KEYS = frozenset({"cost", "tokens", "tokens_in", "tokens_out", "duration", "feedback"})
TYPE_NAMES = {type(None): "null", bool: "boolean", int: "number", float: "number", str: "string", list: "array"}


@dataclass(frozen=True)
class Condition:
    """One filter: the row's `key` compared with any one of the values (`neq`: with none of them)."""

    key: str
    operator: str
    values: tuple[Value, ...]


def read_filters(text: str) -> tuple[Condition, ...]:
    """The conditions that a `filters` parameter spells, or a refusal that names the place."""
    path: Path = ("query", "filters")
    try:
        content = json.loads(text, parse_constant=refuse_constant)
    except (ValueError, RecursionError):
        raise invalid("Invalid JSON", path) from None
    if not isinstance(content, list):
        raise invalid(f"Expected array, received {type_name(content)}", path)
    return tuple(_condition(item, (*path, place)) for place, item in enumerate(content))


def refuse_constant(name: str) -> Json:
    """NaN and Infinity, which Python would read."""
    raise ValueError(f"{name} is not JSON")


def type_name(value: Json) -> str:
    return TYPE_NAMES.get(type(value), "object")


def _condition(item: Json, path: tuple[str | int, ...]) -> Condition:
    if not isinstance(item, dict):
        raise invalid(f"Expected object, received {type_name(item)}", path)
    for member in ("key", "operator", "value"):
        if member not in item:
            raise invalid("Required", (*path, member))
    key = one_of(item["key"], KEYS, (*path, "key"))
    operator = one_of(item["operator"], OPERATORS, (*path, "operator"))
    values = item["value"]
    if not isinstance(values, list):
        raise invalid(f"Expected array, received {type_name(values)}", (*path, "value"))
    return Condition(key, operator, tuple(_value(key, operator, v, (*path, "value", i)) for i, v in enumerate(values)))


def one_of(value: Json, choices: tuple[str, ...], path: Path) -> str:
    """A value from a closed list, or the refusal in the words the live API is known to use."""
    if not isinstance(value, str):
        raise invalid(f"Expected string, received {type_name(value)}", path)
    if value not in choices:
        expected = " | ".join(f"'{choice}'" for choice in choices)
        raise invalid(f"Invalid enum value. Expected {expected}, received '{value}'", path)
    return value


def _value(key: str, operator: str, value: Json, path: Path) -> Value:
    if value is None or operator == "contains":
        return _scalar(value, path)
    if key == "created_at":
        return read_instant(value, path)
    if key in NUMBER_KEYS:
        return _number(value, path)
    return _scalar(value, path)


def _scalar(value: Json, path: Path) -> Value:
    if value is None or isinstance(value, str | bool | int | float):
        return value
    raise invalid("Invalid input", path)


def _number(value: Json, path: Path) -> float:
    """A number, or the text of one. What is neither is refused: nothing is known of how live answers it."""
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if isinstance(value, bool) or not math.isfinite(number):
        raise invalid(f"Expected number, received {type_name(value)}", path)
    return number


def read_instant(value: Json, path: Path) -> float:
    """Seconds since 1970 of a date and time (UTC when it names no zone)."""
    if not isinstance(value, str):
        raise invalid(f"Expected string, received {type_name(value)}", path)
    try:
        moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise invalid("Invalid datetime", path) from None
