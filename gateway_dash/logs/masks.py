"""Secrets of a body on a page: what stands in their place, and the button that asks for one of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.crypto import salted_hmac

from gateway_dash.gateway.stored import Side
from gateway_dash.payload.masking import MOST_CHARACTERS, Masked, blotted, margin_of, plain_secret, spans_of_window
from gateway_dash.payload.text import HEX_BYTES, Shown, show
from gateway_dash.web.text import Piece, pieces


@dataclass(frozen=True, slots=True)
class Mask:
    """Whose body a text is from. Without a side there is nothing to ask, so no button."""

    gateway: str
    log_id: str
    side: Side | None = None

    def of(self, side: Side) -> Mask:
        """The same for one of the two bodies."""
        return replace(self, side=side)

    @property
    def url(self) -> str:
        """Where a secret is asked for."""
        return reverse("log-reveal", args=[self.gateway, self.log_id, self.side]) if self.side else ""

    def digest(self, secret: str) -> str:
        """What names a secret of this log, wherever it stands, and tells nothing of it without the server's key."""
        return _keyed(f"{self.gateway}/{self.log_id}/{plain_secret(secret)}")[:40]


def tag_of(gateway: str, secret: str) -> str:
    """Six signs that tell a secret from others of the same gateway."""
    return _keyed(f"{gateway}//{plain_secret(secret)}")[:6]


def _keyed(text: str) -> str:
    return salted_hmac(__name__, text.encode("utf-8", "surrogatepass"), algorithm="sha256").hexdigest()


@dataclass(frozen=True, slots=True)
class Cover:
    """What stands in the place of a secret."""

    label: str
    digest: str = ""  # empty where it cannot be asked for
    goes_on: bool = False  # the secret began in an earlier piece of a stream


def masked_pieces(text: str, masks: Iterable[Masked], mask: Mask | None = None, *, lines: bool = False) -> list[Piece]:
    """The text cut at its secrets and at its hidden characters; a secret is a piece without text, with a `Cover`."""
    found: list[Piece] = []
    at = 0
    text = text[:MOST_CHARACTERS]
    for each in masks:
        digest = mask.digest(each.secret) if mask and mask.side and each.secret else ""
        found += pieces(text[at : each.start], lines=lines)
        found.append(Piece("", cover=Cover(each.label, digest, each.goes_on)))
        at = each.end
    return [*found, *pieces(text[at:], lines=lines)]


def masked_window(
    around: bytes, start: int, end: int, *, whole: bool, goes_on: bool, as_stored: bool = False
) -> tuple[Shown, tuple[Masked, ...]]:
    """A window of a body as text, and what to mask in it; `around` is the body as far as it is here.

    A secret may begin before the window and end after it, and in a stream it may do so far away.
    """
    window = around[start:end]
    shown = show(window, whole=whole, as_stored=as_stored)
    if shown.kind == "bytes":
        margin = margin_of("")
        near = around[max(0, start - margin) : start + HEX_BYTES + margin]
        at = start - max(0, start - margin)
        return show(blotted(near)[at : at + len(window)], whole=whole, as_stored=as_stored), ()
    if whole:
        return shown, spans_of_window("", shown.text, "")
    margin = margin_of(shown.text)
    before = around[max(0, start - margin) : start].decode("utf-8", "replace")
    after = around[end : end + margin].decode("utf-8", "replace")
    return shown, spans_of_window(before, shown.text, after, is_cut=goes_on)
