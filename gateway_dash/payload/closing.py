"""JSON that ends in the middle, closed where it ends, for the forgiving reader: the quick one refuses odd bytes."""

from __future__ import annotations

import re

_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[\]{}"]', re.DOTALL)
_HIGH = r"\\u[dD][89abAB][0-9a-fA-F]{2}"  # the first half of a pair: nothing without what follows
_WHOLE_ESCAPES = re.compile(
    rf"(?:[^\\]++|{_HIGH}\\u[0-9a-fA-F]{{4}}|{_HIGH}(?=[^\\]|\\[^u])|(?!{_HIGH})\\u[0-9a-fA-F]{{4}}|\\[^u])*+",
    re.DOTALL,
)
_WORD_AT_END = re.compile(r"[^\s,:\[\]{}\"]{1,40}\Z")
_WORDS = ("true", "false", "null")
_CLOSER = {"[": "]", "{": "}"}


def close(text: str, *, keep_open_text: bool = True) -> str | None:
    """The text with all that is open closed; None if nothing is. A key without a value is left out."""
    stack: list[str] = []
    last: tuple[int, int] = (0, 0)  # where the last whole string stands
    for token in _TOKEN.finditer(text):
        sign = token[0]
        if sign in _CLOSER:
            stack.append(sign)
        elif sign in ("]", "}"):
            if not stack:
                return None
            stack.pop()
        elif sign == '"':
            return _in_a_text(text, token.start(), stack, keep_open_text)
        else:
            last = token.span()
    return _ended(text, last, stack) if stack else None


def _in_a_text(text: str, start: int, stack: list[str], keep: bool) -> str | None:
    """The end goes through a string: a value stays as far as it is here, a key goes."""
    before = text[:start].rstrip()
    is_key = bool(stack) and stack[-1] == "{" and not before.endswith(":")
    if is_key or not keep:
        return _ended(before, (0, 0), stack) if stack else None
    inside = _WHOLE_ESCAPES.match(text, start + 1)
    end = inside.end() if inside else start + 1
    return text[:end] + '"' + _closers(stack)


def _ended(text: str, last: tuple[int, int], stack: list[str]) -> str:
    """The end stands between values, or in a word or number."""
    word = _WORD_AT_END.search(text, max(len(text) - 40, 0))
    if word and word[0] not in _WORDS:
        text = text[: word.start()]
    text = text.rstrip()
    is_lonely_key = last[1] == len(text) and stack[-1] == "{" and not text[: last[0]].rstrip().endswith(":")
    if is_lonely_key and last[1]:
        text = text[: last[0]].rstrip()
    if text.endswith(":"):
        return text + "null" + _closers(stack)
    return text.removesuffix(",") + _closers(stack)


def _closers(stack: list[str]) -> str:
    return "".join(_CLOSER[sign] for sign in reversed(stack))
