"""Tags for text of a body: secrets masked, hidden characters marked.

{% secret_text text %}                  on one line
{% secret_text text limit=80 %}         the same, cut short
{% secret_text text key=name %}         the value of a field: what is called a password is one
{% secret_prose text %}                 text of many lines as prose, where the sheet keeps its line ends
{% secret_lines text %}                 text of many lines, inside <pre class="lines">
{% secret_lines text masks=masks %}     the same, where the secrets are known already
{% include "parts/reveal.html" %}       once on a page: the form that its buttons send

Each takes `mask=` (a Mask of gateway_dash/logs/masks.py), else `mask` of the context. Without one, without its side, or
without the right there are labels and no buttons. Text beyond 1 MB is not shown, and that is said.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template

from gateway_dash.logs.masks import Mask, masked_pieces
from gateway_dash.payload.masking import Masked, spans, unseen
from gateway_dash.team.actions import Action
from gateway_dash.team.rights import may
from gateway_dash.web.text import Piece, lines_in_runs, pieces, shortened

register = template.Library()


@register.inclusion_tag("parts/secret.html#text", takes_context=True)
def secret_text(
    context: Any, value: object, limit: int | None = None, key: str = "", mask: Mask | None = None
) -> dict[str, Any]:
    """Text of a body on one line. Nothing for None."""
    found, url = _found(context, "" if value is None else str(value), mask, key=key)
    return {"pieces": found if limit is None else shortened(found, limit), "url": url}


@register.inclusion_tag("parts/secret.html#text", takes_context=True)
def secret_prose(
    context: Any, value: str | None, mask: Mask | None = None, masks: Iterable[Masked] | None = None
) -> dict[str, Any]:
    """Text of a body of many lines, in one piece: the sheet keeps its line ends."""
    found, url = _found(context, value or "", mask, masks=masks, lines=True)
    return {"pieces": found, "url": url}


@register.inclusion_tag("parts/secret.html#lines", takes_context=True)
def secret_lines(
    context: Any, value: str | None, key: str = "", mask: Mask | None = None, masks: Iterable[Masked] | None = None
) -> dict[str, Any]:
    """Text of a body in its lines, one <span> for each."""
    found, url = _found(context, value or "", mask, key=key, masks=masks, lines=True)
    return {"lines": lines_in_runs(found), "url": url}


def _found(
    context: Any,
    text: str,
    mask: Mask | None,
    *,
    key: str = "",
    masks: Iterable[Masked] | None = None,
    lines: bool = False,
) -> tuple[list[Piece], str]:
    """The pieces, and where their buttons lead; the right is asked for only where there is something to reveal."""
    hidden = tuple(spans(text, key=key) if masks is None else masks)
    mask = mask or context.get("mask")
    url = mask.url if hidden and mask and may(context.get("user"), Action.REVEAL, mask.gateway) else ""
    found = masked_pieces(text, hidden, mask if url else None, lines=lines)
    return found + pieces(unseen(text), lines=lines), url
