"""Where something stands in a body: `messages[4].tool_calls[0]`, as a person writes it and an address carries it."""

from __future__ import annotations

import json
import re

type Path = tuple[str | int, ...]

LONGEST = 2000  # characters of a path that is read
_PLAIN = re.compile(r"[A-Za-z_$][A-Za-z0-9_$-]*")
_STEP = re.compile(r'\.?([A-Za-z_$][A-Za-z0-9_$-]*)|\[(\d{1,9})\]|\[("(?:[^"\\]|\\.)*")\]')


def spell(path: Path) -> str:
    """The path as text. A key that is no plain word stands in brackets, as JSON."""
    steps = []
    for step in path:
        if isinstance(step, int):
            steps.append(f"[{step}]")
        elif _PLAIN.fullmatch(step):
            steps.append(f".{step}" if steps else step)
        else:
            steps.append(f"[{json.dumps(step)}]")
    return "".join(steps)


def read_path(text: str) -> Path:
    """The path that a text spells; raises ValueError that names the place where it stops making sense."""
    if len(text) > LONGEST:
        raise ValueError(f"is longer than {LONGEST} characters")
    steps: list[str | int] = []
    at = 0
    while at < len(text):
        step = _STEP.match(text, at)
        if step is None or (step[1] is not None and (text[at] == ".") != (at > 0)):
            raise ValueError(f"cannot be read from “{text[at : at + 20]}” on; write it like messages[4].content")
        if step[1] is not None:
            steps.append(step[1])
        elif step[2] is not None:
            steps.append(int(step[2]))
        else:
            steps.append(_key(step[3]))
        at = step.end()
    return tuple(steps)


def _key(quoted: str) -> str:
    try:
        return str(json.loads(quoted, strict=False))
    except ValueError:
        raise ValueError(f"has a key that is no JSON text: {quoted[:40]}") from None
