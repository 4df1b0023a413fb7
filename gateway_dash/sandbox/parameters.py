"""Query parameters, read as the live service reads them: known names only, each checked, the first fault reported."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from .answers import invalid
from .filters import Condition, one_of, read_filters, read_instant

DIRECTIONS = ("asc", "desc")
LIST_ORDERS = ("created_at", "provider", "model", "model_type", "success", "cached")
DELETE_ORDERS = (*LIST_ORDERS, "cost", "tokens_in", "tokens_out", "duration", "feedback")
FLAT_FILTER = re.compile(r"filters[.\[]")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
DEPRECATED_RANGES = {"cost": "cost", "tokens_in": "tokens_in", "tokens_out": "tokens_out", "duration": "duration",
                     "total_tokens": "tokens"}  # fmt: skip
DEPRECATED_TEXTS = ("model", "model_type", "provider", "request_content_type", "response_content_type")
DEPRECATED_FLAGS = ("success", "cached")
DEPRECATED_DATES = {"start_date": "gt", "end_date": "lt"}


@dataclass(frozen=True)
class Parameters:
    """The parameters of one request. Of a name that comes more than once all values are kept."""

    values: Mapping[str, list[str]]

    @classmethod
    def read(cls, query: str) -> "Parameters":
        values: dict[str, list[str]] = {}
        for name, value in parse_qsl(query, keep_blank_values=True, errors="replace"):
            values.setdefault(name, []).append(value)
        return cls(values)

    def text(self, name: str) -> str | None:
        """The value of a parameter; two values are an array, which is not what a single value should be."""
        values = self.values.get(name)
        if values and len(values) > 1:
            raise invalid("Expected string, received array", ("query", name))
        return values[0] if values else None

    def number(self, name: str) -> float | None:
        text = self.text(name)
        if text is None:
            return None
        if not NUMBER.fullmatch(text):
            raise invalid("Expected number, received nan", ("query", name))
        return float(text)

    def whole(self, name: str, default: int, low: int, high: int | None = None) -> int:
        number = self.number(name)
        if number is None:
            return default
        path = ("query", name)
        if not number.is_integer():
            raise invalid("Expected integer, received float", path)
        if number < low:
            raise invalid(f"Number must be greater than or equal to {low}", path)
        if high is not None and number > high:
            raise invalid(f"Number must be less than or equal to {high}", path)
        return int(number)

    def choice(self, name: str, choices: tuple[str, ...]) -> str | None:
        text = self.text(name)
        return None if text is None else one_of(text, choices, ("query", name))

    def flag(self, name: str) -> bool | None:
        text = self.text(name)
        if text is None:
            return None
        if text not in ("true", "false"):
            raise invalid("Expected boolean, received string", ("query", name))
        return text == "true"

    # --- which logs -------------------------------------------------------------------------------------------

    def conditions(self, *, strict: bool) -> tuple[Condition, ...]:
        """The `filters` parameter. In any other form it is not seen at all, unless the sandbox is told to be strict."""
        flat = [name for name in self.values if FLAT_FILTER.match(name)]
        if flat and strict:
            raise invalid("Filters in this form are ignored by the live API", ("query", flat[0]))
        text = self.text("filters")
        return () if text is None else read_filters(text)

    def deprecated(self) -> tuple[Condition, ...]:
        """The single-field parameters of the list, from before there were filters. Their bounds are inclusive."""
        found: list[Condition] = []
        for name, operator in DEPRECATED_DATES.items():
            text = self.text(name)
            if text is not None:
                found.append(Condition("created_at", operator, (read_instant(text, ("query", name)),)))
        for name, key in DEPRECATED_RANGES.items():
            for bound, operator in (("min", "ge"), ("max", "le")):
                number = self.number(f"{bound}_{name}")
                if number is not None:
                    found.append(Condition(key, operator, (number,)))
        for name in DEPRECATED_TEXTS:
            text = self.text(name)
            if text is not None:
                found.append(Condition(name, "eq", (text,)))
        for name in DEPRECATED_FLAGS:
            flag = self.flag(name)
            if flag is not None:
                found.append(Condition(name, "eq", (flag,)))
        return (*found, *self._feedback())

    def _feedback(self) -> tuple[Condition, ...]:
        number = self.number("feedback")
        if number is None:
            return ()
        if number not in (-1, 0, 1):
            raise invalid("Invalid input", ("query", "feedback"))
        return (Condition("feedback", "eq", (number,)),)
