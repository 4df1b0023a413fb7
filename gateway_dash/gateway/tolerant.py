"""JSON as attackers write it: bytes that are no UTF-8, lone surrogates, integers of 5,000 digits.

One such value in one log must not take down the page that lists it, and must not reach a template unclean.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec

_DEPTH_LIMIT = 200
_DIGITS_LIMIT = 400  # Python refuses to print integers of 4,300 digits


def loads(raw: bytes) -> Any:
    """JSON as Python, cleaned where it has to be; raises ValueError or RecursionError where it is no JSON at all."""
    try:
        return msgspec.json.decode(raw)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return _cleaned(json.loads(raw.decode("utf-8", "replace"), parse_int=_bounded))


def _bounded(digits: str) -> int | str:
    return int(digits) if len(digits) <= _DIGITS_LIMIT else digits


def _cleaned(value: Any, depth: int = 0) -> Any:
    """Lone surrogates cannot be encoded: one of them would turn a whole page into a 500."""
    if isinstance(value, str):
        return value if value.isascii() else _whole(value)
    if depth > _DEPTH_LIMIT:
        raise RecursionError("nested too deeply")
    if isinstance(value, dict):
        return {_whole(key): _cleaned(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [_cleaned(item, depth + 1) for item in value]
    return value


def _whole(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
