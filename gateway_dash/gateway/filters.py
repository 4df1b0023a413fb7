"""One condition of a query: spelled for the API and the URL, and checked against the rows that come back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from gateway_dash.gateway.models import Log
from gateway_dash.gateway.vocabulary import (
    NEQ,
    PAIR_PREFIX,
    UNKNOWN,
    VOCABULARY,
    Operator,
    Value,
    Word,
    compare,
    pair_word,
)


class Fit(Enum):
    """What the local check of a row against the query says."""

    YES = "fits"
    NEAR = "left out"  # the API cannot say it exactly: the edge seconds of a range, a metadata pair
    NO = "the upstream did not apply the filter"


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition; several values mean "one of them", or with NEQ "none of them"."""

    name: str
    operator: Operator
    values: tuple[Value, ...]

    @property
    def word(self) -> Word:
        """The line of the vocabulary that this filter is made of."""
        return pair_word(self.name) if self.is_pair else VOCABULARY[self.name]

    @property
    def is_pair(self) -> bool:
        """Whether it is one metadata pair, which the API can only ask as key and value apart."""
        return self.name.startswith(PAIR_PREFIX)

    @property
    def parameter(self) -> str:
        """The name in the URL: `cost__gt`."""
        return self.name + self.operator.suffix

    def spelled(self) -> list[tuple[str, str]]:
        """The URL's parameters: `[("provider", "openai"), ("provider", "anthropic")]`."""
        return [(self.parameter, self.word.kind.spell(value)) for value in self.values]

    def for_api(self) -> list[dict[str, Any]]:
        """The API's conditions; a pair becomes two, unpaired ones."""
        condition = {"key": self.word.key, "operator": self.operator.value, "value": list(self.values)}
        if not self.is_pair:
            return [condition]
        key = self.name.removeprefix(PAIR_PREFIX)
        return [{"key": "metadata.key", "operator": "eq", "value": [key]}, condition | {"key": "metadata.value"}]

    def fit(self, log: Log) -> Fit:
        """Whether the row fits this filter, as far as the row says."""
        found = self.word.value_in(log)
        if self.is_pair:
            paired = found is not None and any(compare(self.operator, value, found) for value in self.values)
            return Fit.YES if paired else self._unpaired(log)
        if found is UNKNOWN or (found is None and self.name != "feedback"):
            return Fit.YES
        if isinstance(found, list):
            return self._fit_any(found)
        if self.operator is NEQ:
            return Fit.NO if any(compare(Operator.EQ, value, found) for value in self.values) else Fit.YES
        return Fit.YES if any(compare(self.operator, value, found) for value in self.values) else Fit.NO

    def _fit_any(self, found: list[Any]) -> Fit:
        """Metadata keys or values: one of them has to fit; for NEQ whether none or only one must differ is unknown."""
        operator = Operator.EQ if self.operator is NEQ else self.operator
        hit = any(compare(operator, value, each) for value in self.values for each in found)
        if self.operator is NEQ:
            return Fit.NEAR if hit else Fit.YES
        return Fit.YES if hit else Fit.NO

    def _unpaired(self, log: Log) -> Fit:
        """The key and the value are both there, but not as a pair: what the API was asked for, not what we want."""
        pairs = log.metadata_map() or {}
        values = any(compare(self.operator, value, each) for value in self.values for each in pairs.values())
        return Fit.NEAR if values and self.name.removeprefix(PAIR_PREFIX) in pairs else Fit.NO
