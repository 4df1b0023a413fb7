"""Where somebody looks in the trees of a log: read from the address, and spelled for the links."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from typing import Self, get_args
from urllib.parse import quote

from gateway_dash.gateway.errors import QueryError, said
from gateway_dash.gateway.stored import Side
from gateway_dash.logs.screen import whole_number
from gateway_dash.payload.masking import spans
from gateway_dash.payload.paths import LONGEST, Path, read_path, spell
from gateway_dash.payload.searching import LONGEST_NEEDLE

PARAMETERS = ("at", "side", "find", "from", "inner", "after")
SIDES: tuple[Side, ...] = get_args(Side)
EVENTS = "events"
_WORD = re.compile(r"[A-Za-z][A-Za-z_]{0,30}")


def holds_secret(path: Path) -> bool:
    """Whether a key on the way is a secret. Nearly all keys are short words, which are none."""
    odd = [step for step in path if isinstance(step, str) and not _WORD.fullmatch(step)]
    return bool(odd) and bool(spans(spell(path)) or any(spans(str(step)) for step in odd))


@dataclass(frozen=True, slots=True)
class Place:
    """A node of one side. `first`: the item, or in a text the byte, from which on its inside is shown."""

    side: Side
    path: Path = ()
    first: int = 0
    inner: Path | None = None  # a path in the JSON that the string at `path` holds

    @classmethod
    def read(cls, text: str) -> Self:
        """From `response.messages[4]`; raises QueryError."""
        path = _path("at", text)
        side = next((each for each in SIDES if path[:1] == (each,)), None)
        if side is None:
            raise QueryError("“at” begins with the side, such as request.messages[4] or response.choices[0].")
        return cls(side, path[1:])

    @property
    def at(self) -> str:
        """As the address has it."""
        return spell((self.side, *self.path))

    @property
    def id(self) -> str:
        """What its element is called."""
        inside = "" if self.inner is None else f" {spell(self.inner)}"
        text = f"{self.at}{inside}".encode("utf-8", "surrogatepass")
        return f"n{hashlib.blake2b(text, digest_size=6).hexdigest()}"

    @property
    def words(self) -> str:
        """The path as it is shown and copied."""
        return self.at if self.inner is None else f"{self.at} → {spell(self.inner) or 'its JSON'}"

    @property
    def is_spelled(self) -> bool:
        """Whether an address can carry it, and may: a key can be a secret, and addresses are kept and sent around."""
        return len(self.at) <= LONGEST and not holds_secret(self.path) and not holds_secret(self.inner or ())

    @property
    def event(self) -> int | None:
        """The event that it is in, if it is in the events of a stream."""
        number = self.path[1] if len(self.path) > 1 and self.path[0] == EVENTS else None
        return number if isinstance(number, int) else None

    def url(self) -> str:
        """Its own parameters."""
        more = [("inner", spell(self.inner))] if self.inner is not None else []
        more += [("from", str(self.first))] if self.first else []
        return "&".join(f"{name}={quote(value, safe=':/@,.$[]{}')}" for name, value in (("at", self.at), *more))


@dataclass(frozen=True, slots=True)
class Wish:
    """What the page is asked for."""

    place: Place | None = None
    sides: tuple[Side, ...] = SIDES
    find: str = ""
    after: int = 0  # byte from which on to search

    @classmethod
    def read(cls, given: dict[str, str]) -> Self:
        """From the page's own parameters; raises QueryError."""
        side, find, after = (
            given.get("side", ""),
            given.get("find", "").strip(),
            whole_number(given, "after", "a number, such as after=100") or 0,
        )
        if side not in ("", *SIDES):
            raise QueryError(f"“side” takes request or response; “{said(side)[:60]}” is neither.")
        if len(find) > LONGEST_NEEDLE:
            raise QueryError(f"“find” takes up to {LONGEST_NEEDLE} characters. Look for a part of it.")
        place = Place.read(given["at"]) if given.get("at") else None
        if place:
            inner = _path("inner", given["inner"]) if "inner" in given else None
            place = replace(place, first=whole_number(given, "from", "a number, such as from=100") or 0, inner=inner)
        elif side and "from" in given:
            place = Place(
                next(each for each in SIDES if each == side),
                first=whole_number(given, "from", "a number, such as from=100") or 0,
            )
        elif "from" in given or "inner" in given:
            raise QueryError("“from” and “inner” need “at”, which says of what: at=request.messages.")
        chosen = place.side if place else side
        sides = tuple(each for each in SIDES if chosen in ("", each))
        return cls(place, sides, find, after if len(sides) == 1 else 0)


def _path(name: str, text: str) -> Path:
    try:
        return read_path(text)
    except ValueError as error:
        raise QueryError(f"“{name}” {said(str(error))}.") from None
