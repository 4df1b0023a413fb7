"""Where something stands in a body: `messages[4].tool_calls[0]`, as a person writes it and an address carries it."""

from __future__ import annotations

import json
import re

type Path = tuple[str | int, ...]


class Again(str):
    """A key that stands in its object before: `nth` says the how manieth of its name this is, from 2."""

    nth: int

    def __new__(cls, key: str, nth: int) -> Again:
        """The key as text, with its number."""
        made = super().__new__(cls, key)
        made.nth = nth
        return made

    def __eq__(self, other: object) -> bool:
        """Only the same one of the same name."""
        return isinstance(other, Again) and self.nth == other.nth and str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        """As `==` says."""
        return not self == other

    def __hash__(self) -> int:
        """As equality is."""
        return hash((str(self), self.nth))


LONGEST = 2000  # characters of a path that is read
_PLAIN = re.compile(r"[A-Za-z_$][A-Za-z0-9_$-]*")
_STEP = re.compile(
    r'(?:\.?([A-Za-z_$][A-Za-z0-9_$-]*)|\[(\d{1,9})\]|\[("(?:[^"\\]|\\.)*")\])(?:\{([2-9]|[1-9]\d{1,8})\})?'
)


def spell(path: Path) -> str:
    """The path as text. A key that is no plain word stands in brackets, as JSON; the second of its name has `{2}`."""
    steps = []
    for step in path:
        if isinstance(step, int):
            steps.append(f"[{step}]")
        elif _PLAIN.fullmatch(step):
            steps.append(f".{step}" if steps else step)
        else:
            steps.append(f"[{json.dumps(step)}]")
        if isinstance(step, Again):
            steps[-1] += f"{{{step.nth}}}"
    return "".join(steps)


def read_path(text: str) -> Path:
    """The path that a text spells; raises ValueError that names the place where it stops making sense."""
    if len(text) > LONGEST:
        raise ValueError(f"is longer than {LONGEST} characters")
    steps: list[str | int] = []
    at = 0
    while at < len(text):
        step = _STEP.match(text, at)
        if step is None or (step[1] and (text[at] == ".") != (at > 0)) or (step[2] and step[4]):
            raise ValueError(f"cannot be read from “{text[at : at + 20]}” on; write it like messages[4].content")
        if step[2]:
            steps.append(int(step[2]))
        else:
            key = step[1] or _key(step[3])
            steps.append(Again(key, int(step[4])) if step[4] else key)
        at = step.end()
    return tuple(steps)


def _key(quoted: str) -> str:
    try:
        return str(json.loads(quoted, strict=False))
    except ValueError:
        raise ValueError(f"has a key that is no JSON text: {quoted[:40]}") from None
