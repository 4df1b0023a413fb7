"""What the form of a rule sends, read strictly: each refusal names the field and what would be right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from django.http import QueryDict

from gateway_dash.bulk.deletion.spec import LEVELS
from gateway_dash.bulk.retention.meaning import read_filter
from gateway_dash.bulk.retention.models import RULE_NAME_LENGTH
from gateway_dash.gateway.errors import QueryError, Refusal
from gateway_dash.payload.masking import masked_text
from gateway_dash.web.sent import whole_number

LONGEST_DAYS = 3650


@dataclass(frozen=True, slots=True)
class Wanted:
    """A rule as a person wants it."""

    name: str
    query: str
    takes_all: bool
    age_days: int
    hour: int
    level: str

    @classmethod
    def read(cls, sent: QueryDict) -> Self:
        """From the form; raises Refusal. The rule that was there stays as it is."""
        takes_all = sent.get("takes_all") == "1"
        try:
            query = read_filter(sent.get("query", ""), takes_all=takes_all)
        except QueryError as error:
            raise Refusal(f"The filter cannot be used: {error.message} Nothing was changed.") from None
        level = sent.get("level", "")
        if level not in LEVELS:
            raise Refusal(f"“level” takes one of {', '.join(LEVELS)}. Nothing was changed.")
        return cls(
            name=_name(sent.get("name", "")),
            query=query.url().removeprefix("?"),
            takes_all=takes_all,
            age_days=whole_number(sent, "age_days", 1, LONGEST_DAYS),
            hour=whole_number(sent, "hour", 0, 23),
            level=level,
        )

    def fields(self) -> dict[str, Any]:
        """For the rule's columns."""
        return {name: getattr(self, name) for name in self.__slots__}


def _name(text: str) -> str:
    name = text.strip()
    if not name or len(name) > RULE_NAME_LENGTH or not name.isprintable():
        raise Refusal(f"“name” takes 1 to {RULE_NAME_LENGTH} characters that can be seen. Nothing was changed.")
    if masked_text(name) != name:
        raise Refusal("“name” holds what looks like a secret. Choose another name. Nothing was changed.")
    return name
