"""How each provider writes its bodies, one small file for each; and which of them a body is in.

A shape is four functions. Each gets a value that was read from JSON, trusts nothing in it, and answers None when the
body is not of its shape. The first shape that answers is taken, so the stricter ones stand first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gateway_dash.payload.conversation import Assembled, Said, Side
from gateway_dash.payload.document import Document
from gateway_dash.payload.events import Event


@dataclass(frozen=True, slots=True)
class Hints:
    """What the row says of the call. It decides between shapes that look alike; it never makes one fit."""

    provider: str = ""
    model: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """One way to write bodies. `assemble` makes of a stream what `response` reads; None: this shape has no streams.

    `document` reads bodies that are no JSON: forms, texts and bytes. None: this shape has none.
    """

    name: str
    request: Callable[[Any, Hints], Said | None]
    response: Callable[[Any, Hints], Said | None]
    assemble: Callable[[tuple[Event, ...], Hints], Assembled | None] | None = None
    document: Callable[[Document, Side, Hints], Said | None] | None = None
