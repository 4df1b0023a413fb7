"""What forms send, read strictly."""

from __future__ import annotations

from django.http import QueryDict

from gateway_dash.gateway.errors import QueryError, Refusal


def whole_number(sent: QueryDict, name: str, least: int, most: int) -> int:
    """The number in this field; raises Refusal, with the field's name and what it takes."""
    text = sent.get(name, "").strip()
    if not (text.isascii() and text.isdecimal() and len(text) < 9 and least <= int(text) <= most):
        raise Refusal(f"“{name}” takes a whole number from {least:,} to {most:,}. Nothing was changed.")
    return int(text)


def row_number(parameters: QueryDict, name: str, what: str) -> int | None:
    """The number of a row that an address or a form names; None where it names none. Raises QueryError."""
    text = parameters.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise QueryError(f"“{name}” takes the number of {what}. Leave it out.")
    return int(text)
