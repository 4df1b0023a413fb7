"""What must not leave with a copy: secrets become their label, long base64 becomes its size; both are counted."""

from __future__ import annotations

import re
from typing import Any

from . import secrets

LONGEST_BASE64 = 2000  # characters; a longer one is a picture or a sound, and nobody reads it
_BASE64 = re.compile(r"(data:[\w/+.;=-]{0,200};base64,)?[A-Za-z0-9+/_-][A-Za-z0-9+/_=\s-]*", re.ASCII)
_DEEPEST = 200


class Masking:
    """One copy on its way out, and what was taken out of it."""

    def __init__(self) -> None:
        self.count = 0  # secrets
        self.base64_count = 0
        self.base64_characters = 0

    def text(self, text: str) -> str:
        """The text with each secret replaced by its label."""
        found = secrets.find(text)
        if not found:
            return text
        self.count += len(found)
        pieces, at = [], 0
        for secret in found:
            pieces += [text[at : secret.start], secret.label]
            at = secret.end
        return "".join([*pieces, text[at:]])

    def value(self, value: Any, depth: int = 0) -> Any:
        """A value of JSON with all its texts and keys masked, and long base64 left out."""
        if isinstance(value, str):
            return self._without_base64(value)
        if depth > _DEEPEST:
            return "(nested too deeply)"
        if isinstance(value, list):
            return [self.value(each, depth + 1) for each in value]
        if isinstance(value, dict):
            return {self.text(str(key)): self.value(each, depth + 1) for key, each in value.items()}
        return value

    def _without_base64(self, text: str) -> str:
        if len(text) <= LONGEST_BASE64 or not is_base64(text):
            return self.text(text)
        self.base64_count += 1
        self.base64_characters += len(text)
        kind = text[: text.index(",") + 1] if text.startswith("data:") else ""
        return f"{kind}({len(text):,} characters of base64 left out)"


def is_base64(text: str) -> bool:
    """Whether the text is nothing but base64: not prose, which has other signs or many blanks."""
    return _BASE64.fullmatch(text) is not None and sum(map(str.isspace, text)) * 40 < len(text)
