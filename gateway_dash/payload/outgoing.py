"""What must not leave with a copy: secrets become placeholders, long base64 becomes its length; both are counted."""

from __future__ import annotations

import re

from .masking import MOST_CHARACTERS, margin_of, spans, spans_of_window, with_placeholders

LONGEST_BASE64 = 2000  # characters; a longer run is a picture or a sound, and nobody reads it
_BASE64 = re.compile(rf"(?<![A-Za-z0-9+/_=-])[A-Za-z0-9+/_-]{{{LONGEST_BASE64},}}={{0,2}}", re.ASCII)


class Masking:
    """One copy on its way out, and what was taken out of it."""

    def __init__(self) -> None:
        self.count = 0  # secrets
        self.base64_count = 0

    def text(self, text: str, *, key: str = "") -> str:
        """The text with a placeholder for each secret. `key`: what it is the value of, as in `"api_key"`."""
        if len(text) <= MOST_CHARACTERS:
            masks = spans(text, key=key)
            self.count += sum(not each.goes_on for each in masks)
            return with_placeholders(text, masks) if masks else text
        return "".join(self._window(text, at) for at in range(0, len(text), MOST_CHARACTERS // 2))

    def begin(self, text: str, length: int) -> str:
        """The beginning of a long text. What is cut at its end is masked as the whole would be."""
        masks = spans_of_window("", text[:length], text[length : length + margin_of(text[:length])])
        self.count += sum(not each.goes_on for each in masks)
        return with_placeholders(text[:length], masks)

    def without_base64(self, text: str) -> str:
        """The text without its pictures and sounds; what is around them stays as it is."""
        found, count = _BASE64.subn(lambda run: f"({len(run[0]):,} characters of base64 left out)", text)
        self.base64_count += count
        return found

    def _window(self, text: str, at: int) -> str:
        end = at + MOST_CHARACTERS // 2
        margin = margin_of(text[at:end])
        masks = spans_of_window(text[max(0, at - margin) : at], text[at:end], text[end : end + margin])
        self.count += sum(not each.goes_on for each in masks)
        return with_placeholders(text[at:end], masks)


class AsItIs(Masking):
    """A copy for somebody who may see secrets: nothing is taken out of it but long base64."""

    def text(self, text: str, *, key: str = "") -> str:
        """The text."""
        return text

    def begin(self, text: str, length: int) -> str:
        """The beginning of a long text."""
        return text[:length]
