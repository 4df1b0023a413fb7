"""How values read as text where the API compares text: metadata values, flags, instants."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from .filters import Value


def text_of(value: Any) -> str:
    """A JSON value as JavaScript prints it: true, 12345, 0.5."""
    if isinstance(value, str):
        return value
    return json.dumps(plain(value), ensure_ascii=False)


def plain(value: Any) -> Any:
    """A value whose whole numbers are spelled without a fraction, as JavaScript does."""
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e21 else value


def text_test(operator: str, value: Value) -> Callable[[str], bool]:
    """The test that a text must pass; nothing passes a comparison with null."""
    if value is None:
        return lambda text: False
    wanted = text_of(value)
    if operator == "contains":
        wanted = wanted.lower()
        return lambda text: wanted in text.lower()
    if operator == "lt":
        return lambda text: text < wanted
    if operator == "gt":
        return lambda text: text > wanted
    return lambda text: text == wanted


def instant_text(created_ms: int) -> str:
    """2026-11-12T18:11:19.117Z"""
    moment = datetime.fromtimestamp(created_ms // 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{created_ms % 1000:03}Z"


def instant_ms(value: str | datetime | float) -> int:
    """Milliseconds since 1970 of a text, a datetime or seconds."""
    if isinstance(value, int | float):
        return round(value * 1000)
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * 1000)
