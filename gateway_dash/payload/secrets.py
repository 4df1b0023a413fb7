"""Secrets in a text: keys, tokens, cards, mail addresses, phone numbers. Found in linear time, shown by nobody."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Secret:
    """Where a secret stands in a text, and what it is."""

    start: int
    end: int
    kind: str  # "openai-key", "jwt", "card", "mail"
    label: str  # what stands in its place: "sk-…", "card …1111", "mail"


def find(text: str) -> tuple[Secret, ...]:
    """The secrets of a text in their order; they do not overlap."""
    return ()
