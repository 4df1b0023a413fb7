"""Text of strangers inside Markdown that others will read: in fences and code spans that it cannot leave.

In code nothing is loaded, linked or mentioned, whatever site shows it.
"""

from __future__ import annotations

import re

_FENCES = re.compile(r"`{3,}")
_TICKS = re.compile(r"`+")
_MEANT = re.compile(r"[\\`*_\[\]<>&|#~!]|(?<=:)//|(?<=www)\.")


def fenced(text: str, info: str = "text") -> str:
    """The text as a code block. The fence is longer than any run of backticks in it."""
    fence = "`" * max(3, 1 + max(map(len, _FENCES.findall(text)), default=0))
    end = "" if text.endswith("\n") else "\n"
    return f"{fence}{info}\n{text}{end}{fence}\n"


def code(text: str, limit: int = 200) -> str:
    """A name or a value as a code span on one line; nothing for nothing."""
    short = _on_one_line(text, limit)
    if not short:
        return ""
    ticks = "`" * (1 + max(map(len, _TICKS.findall(short)), default=0))
    blank = " " if short[0] == "`" or short[-1] == "`" else ""
    return f"{ticks}{blank}{short}{blank}{ticks}"


def prose(text: str, limit: int = 500) -> str:
    """A sentence of ours that may quote a stranger: no sign in it is Markdown, and no address a link."""
    short = _on_one_line(text, limit)
    return code(short, limit) if "@" in short else _MEANT.sub(lambda sign: f"\\{sign[0]}", short)


def _on_one_line(text: str, limit: int) -> str:
    short = " ".join(text.split())
    return short if len(short) <= limit else short[: limit - 1] + "…"
