"""What an invented call used beyond its tokens: row and bodies say the same, unless a log is odd in just that."""

from random import Random
from typing import Any

THINKERS = ("gpt-5", "deepseek", "gemini-2.5", "o4")  # how the names of models begin that think before they answer
MISCOUNTED = 16  # tokens that the body of a miscounted log says more than its row


def cached_tokens(row: dict[str, Any]) -> int:
    """How many of the tokens in came from the provider's cache: in one call of seven most of them."""
    if not row.get("success"):
        return 0
    return int((row["tokens_in"] or 0) * 0.8) if Random(f"cached {row['id']}").random() < 0.15 else 0


def reasoning_tokens(row: dict[str, Any]) -> int:
    """How many of the tokens out were thought and not said."""
    thinks = str(row["model"]).rpartition("/")[2].startswith(THINKERS)
    return (row["tokens_out"] or 0) // 3 if thinks and row.get("success") else 0
