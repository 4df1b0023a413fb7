"""Where watches may tell something: channels that the operator names.

A channel's address holds a secret, and whoever could type one could have the dashboard send to any machine that it
reaches. So addresses come from the operator alone, and people choose among names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

# Our own names for two shapes; every other scheme is Apprise's: mailtos://, discord://, msteams://, …
WEBHOOK, SLACK = "webhook", "slack"
LOOPBACK = ("localhost", "127.0.0.1", "::1")  # as urlsplit tells a host, without brackets
_LINE = re.compile(r"(?P<name>[a-z0-9][a-z0-9-]{0,39})\s*=\s*(?P<url>[a-z][a-z0-9+.-]*://\S+)\Z", re.ASCII)
_OURS = re.compile(rf"({WEBHOOK}|{SLACK})\+(https?)\Z")
HOW = "“name = address”, as oncall = slack+https://chat.example.com/hooks/…"


@dataclass(frozen=True, slots=True)
class Channel:
    """One place for messages. `url` is a secret."""

    name: str
    url: str

    def __repr__(self) -> str:
        return f"Channel({self.name!r}, …)"


def read(text: str | None, problems: list[str]) -> tuple[Channel, ...]:
    """One channel a line; lines with # in front are left out. Problems name lines, never what stands in them."""
    found: dict[str, Channel] = {}
    for number, line in enumerate((text or "").splitlines(), 1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        match = _LINE.match(stripped)
        where = f"GATEWAY_DASH_CHANNELS, line {number}"
        if not match:
            problems.append(f"{where}: takes {HOW}. A name has small letters, digits and “-”.")
        elif match["name"] in found:
            problems.append(f"{where}: there is a channel of that name above.")
        elif why := _why_not(match["url"]):
            problems.append(f"{where}: {why}")
        else:
            found[match["name"]] = Channel(match["name"], match["url"])
    return tuple(found.values())


def _why_not(url: str) -> str:
    scheme = url.partition("://")[0]
    ours = _OURS.match(scheme)
    if not ours:
        return "" if "+" not in scheme else f"takes {WEBHOOK}+https or {SLACK}+https in front of an address."
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    if not host:
        return "names no host."
    return f"{ours[1]}+http is for this machine alone: use https." if ours[2] == "http" and host not in LOOPBACK else ""
