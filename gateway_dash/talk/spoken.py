"""A comment as a page shows it: plain text, in which names that are called and addresses of ours stand out.

It is cut into parts, and a template places each: no markup is made of the text. A link leads to a page of this site or
is none; what an address of elsewhere says is text, and not looked into.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.urls import reverse

from gateway_dash.logs.ids import ID_SHAPE
from gateway_dash.talk.calling import CALL, readings
from gateway_dash.web.text import Piece, pieces

_SIGNS = r"[A-Za-z0-9_~:/?#\[\]@!$&()*+,;=.%{}-]"  # of an address
_TOKEN = re.compile(
    rf"(?P<call>{CALL})"
    rf"|(?P<url>(?<![A-Za-z])https?://{_SIGNS}{{1,2000}}|(?<![\w/.:\]-])/(?:gateways|logs)/{_SIGNS}{{0,2000}})"
    rf"|(?P<id>(?<![A-Za-z0-9_/-])(?:{ID_SHAPE})(?![A-Za-z0-9_/-]))"
)
_AFTER = ".,;:!?)]}"  # what may end a sentence as well as an address
_OURS = ("/gateways/", "/logs/?")

type OwnUrl = Callable[[str], str]  # the address if it leads to this site, else nothing


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the text. `kind`: "text", "call" or "link"."""

    kind: str
    pieces: tuple[Piece, ...]
    url: str = ""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A text in its parts, and the names in it that nobody was told of."""

    parts: tuple[Part, ...]
    unheard: tuple[str, ...]


def spoken(text: str, names: Collection[str], gateway: str, own_url: OwnUrl) -> Spoken:
    """The parts of a text. `names`: who was called, as they are written."""
    parts: list[Part] = []
    unheard: dict[str, None] = {}
    end = 0
    for token in _TOKEN.finditer(text):
        part, stop = _part(token, names, gateway, own_url)
        if token["call"] and part is None:
            unheard[token["call"][1:].rstrip(".@+-") or token["call"][1:]] = None
        if part is None:
            continue
        if token.start() > end:
            parts.append(_plain(text[end : token.start()]))
        parts.append(part)
        end = stop
    if end < len(text):
        parts.append(_plain(text[end:]))
    return Spoken(tuple(parts), tuple(unheard))


def _part(token: re.Match[str], names: Collection[str], gateway: str, own_url: OwnUrl) -> tuple[Part | None, int]:
    """What a token becomes, and where it ends; nothing where it is text like the rest."""
    start = token.start()
    if word := token["call"]:
        name = next((each for each in readings(word[1:]) if each in names), None)
        return (_of("call", f"@{name}"), start + 1 + len(name)) if name else (None, 0)
    if log_id := token["id"]:
        return _of("link", log_id, reverse("log-detail", args=[gateway, log_id])), token.end()
    address = token["url"].rstrip(_AFTER)
    url = own_path(address, own_url)
    return (_of("link", address, url), start + len(address)) if url else (None, 0)


def own_path(address: str, own_url: OwnUrl) -> str:
    """The path of a page about logs, if the address leads to this site; else nothing."""
    if not own_url(address):
        return ""
    parts = urlsplit(address)
    path = parts._replace(scheme="", netloc="").geturl()
    return path if path.startswith(_OURS) else ""


def _plain(text: str) -> Part:
    return _of("text", text)


def _of(kind: str, text: str, url: str = "") -> Part:
    return Part(kind, tuple(pieces(text, lines=True)), url)
