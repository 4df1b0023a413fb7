"""Text without the secrets that are found in it, for places that never reveal one."""

from __future__ import annotations

from . import secrets


def without_secrets(text: str) -> str:
    """Each secret gives way to what it is: "the key is (sk-…)"."""
    pieces: list[str] = []
    end = 0
    for secret in secrets.find(text):
        pieces += [text[end : secret.start], f"({secret.label})"]
        end = secret.end
    return "".join([*pieces, text[end:]])
