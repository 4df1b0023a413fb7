"""Text of strangers inside Markdown that others will read: in fences that it cannot leave."""

from __future__ import annotations

import re

_TICKS = re.compile(r"`{3,}")
_UNSAFE = re.compile(r"[\\`*_\[\]<>&|#~!@:\r\n]")


def fenced(text: str, info: str = "text") -> str:
    """The text as a code block. The fence is longer than any run of backticks in it."""
    fence = "`" * max(3, 1 + max((len(each) for each in _TICKS.findall(text)), default=0))
    end = "" if text.endswith("\n") else "\n"
    return f"{fence}{info}\n{text}{end}{fence}\n"


def plain(text: str, limit: int = 200) -> str:
    """A name or a value on one line, so that nothing in it is Markdown, a link or a mention."""
    short = " ".join(text.split())
    short = short if len(short) <= limit else short[: limit - 1] + "…"
    return _UNSAFE.sub(lambda sign: f"&#{ord(sign[0])};", short)
