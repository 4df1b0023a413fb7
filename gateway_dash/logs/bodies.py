"""One body of a log on the page: the whole, a window of it, or the truth about why there is none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from gateway_dash.gateway.client import CAP_BYTES
from gateway_dash.gateway.errors import GatewayError, NotFound
from gateway_dash.gateway.models import Body, Log
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.service import LogService
from gateway_dash.gateway.stored import Side
from gateway_dash.logs.masks import Mask, masked_window
from gateway_dash.logs.screen import Screen
from gateway_dash.payload.masking import STREAM_MARGIN, Masked
from gateway_dash.payload.text import Shown, whole_characters
from gateway_dash.web import formats

WINDOW_BYTES = 64 * 1024
ARRIVING_S = 60  # heads and bodies have been seen to come late by seconds
SIDES: tuple[Side, ...] = ("request", "response")
TOO_LONG = "over 16 MB, and what follows is not read here"


@dataclass(frozen=True, slots=True)
class Panel:
    """The request or the response on the page. Exactly one of `shown`, `problem` and `reason` says what there is."""

    side: Side
    url: str  # this panel by its own request
    url_download: str
    size: int | None = None  # bytes, where the log says it
    mask: Mask | None = None  # whose secrets these are
    masks: tuple[Masked, ...] = ()  # where in the shown text they stand
    shown: Shown | None = None
    evidence: str = ""  # how much of the body this is
    is_part: bool = False
    url_more: str = ""
    url_back: str = ""
    url_other_layout: str = ""
    other_layout: str = ""
    problem: GatewayError | None = None
    reason: str = ""  # why there is no body
    is_arriving: bool = False
    waits: bool = False  # to be loaded by its own request


def panel_of_head(screen: Screen, log: Log, side: Side, query: LogQuery) -> Panel:
    """The panel as far as the log itself says: the head if it is complete, else one that loads the body."""
    empty = _empty(screen, log.id, side, getattr(log, f"{side}_size"), query)
    head: str | None = getattr(log, f"{side}_head")
    data = (head or "").encode("utf-8", "replace")[:WINDOW_BYTES]
    if head is not None and getattr(log, f"{side}_head_complete"):
        if not data:
            return replace(empty, reason=f"The {side} of this call is empty.")
        size = formats.size(empty.size or len(data))
        shown, masks = masked_window(data, 0, len(data), whole=True, goes_on=False)
        return _told(replace(empty, shown=shown, masks=masks, evidence=f"complete, {size}, from the log itself"))
    if not data:
        return replace(empty, waits=True)
    known = f" of {formats.size(empty.size)}" if empty.size else ""
    evidence = f"head only, {formats.size(len(data))}{known}"
    shown, masks = masked_window(data, 0, len(data), whole=False, goes_on=True)
    return _told(replace(empty, waits=True, is_part=True, shown=shown, masks=masks, evidence=evidence))


def panel_of_body(
    logs: LogService,
    log_id: str,
    side: Side,
    screen: Screen,
    query: LogQuery,
    *,
    start: int = 0,
    size: int | None = None,
    as_stored: bool = False,
) -> Panel:
    """The panel with a window of at most 64 KB, asked of the upstream now. A failure is part of the panel."""
    panel = _empty(screen, log_id, side, size, query)
    before = min(start, STREAM_MARGIN) if start < CAP_BYTES else 0
    try:
        around = logs.bodies.part(log_id, side, start=start - before, length=before + WINDOW_BYTES + STREAM_MARGIN)
    except NotFound:
        return _missing(logs, log_id, side, panel)
    except GatewayError as error:
        return replace(panel, problem=error)
    body = window_of(around, before)
    if start and not body.data:
        return replace(panel, reason=_nothing_at(start, body, side), url_back=panel.url)
    return _window(panel, body, start, as_stored, (around.data, before))


def window_of(around: Body, before: int) -> Body:
    """The window itself, of a body that was read with what stands around it."""
    data = around.data[before : before + WINDOW_BYTES]
    ends_here = len(around.data) <= before + WINDOW_BYTES
    return replace(around, data=data, whole=around.whole and ends_here, cut=around.cut and ends_here)


def _told(panel: Panel) -> Panel:
    """With the number of masked secrets in its evidence."""
    count = sum(not each.goes_on for each in panel.masks)
    told = f"; {count:,} secret{'' if count == 1 else 's'} masked" if count else ""
    return replace(panel, evidence=panel.evidence + told)


def _nothing_at(start: int, body: Body, side: Side) -> str:
    if body.cut:
        return f"The connection was cut before byte {start:,} of the {side} came."
    return f"The {side} ends before byte {start:,}."


def _window(panel: Panel, body: Body, start: int, as_stored: bool, around: tuple[bytes, int]) -> Panel:
    data = body.data if body.whole or body.cut else whole_characters(body.data)
    end = start + len(data)
    size = end if body.whole else panel.size
    is_whole = body.whole and start == 0
    if is_whole:
        evidence = f"complete, {formats.size(end)}"
    else:
        known = f" of {formats.size(size)}" if size else ""
        evidence = f"bytes {start:,} to {end:,}{known}"
    if body.cut:
        evidence += f"; the connection was cut after {end:,} bytes, so what follows is missing here"
    if end >= CAP_BYTES and not body.whole:
        evidence += f"; it is {TOO_LONG}"
    layout = "&as=stored" if as_stored else ""
    query = f"{panel.url}{'&' if '?' in panel.url else '?'}"
    can_lay_out = is_whole and len(data) <= WINDOW_BYTES
    shown, masks = masked_window(
        around[0], around[1], around[1] + len(data), whole=is_whole, goes_on=not body.whole, as_stored=as_stored
    )
    panel = replace(
        panel,
        size=size,
        shown=shown,
        masks=masks,
        evidence=evidence,
        is_part=not is_whole,
        url_more="" if body.whole or body.cut or end >= CAP_BYTES else f"{query}at={end}{layout}",
        url_back=f"{query}at={max(0, start - WINDOW_BYTES)}{layout}" if start else "",
        url_other_layout=(panel.url if as_stored else f"{query}as=stored") if can_lay_out else "",
        other_layout="Lay out" if as_stored else "As stored",
    )
    return _told(panel)


def _missing(logs: LogService, log_id: str, side: Side, panel: Panel) -> Panel:
    """No body: the log itself is read again to tell "never stored" from "still on its way" and from "log gone"."""
    try:
        log = logs.log(log_id)
    except GatewayError as error:
        return replace(panel, problem=error)
    reason, is_arriving = why_missing(log, side)
    return replace(panel, reason=reason, is_arriving=is_arriving)


def why_missing(log: Log, side: Side) -> tuple[str, bool]:
    """Why the upstream has no body for this log, and whether it may still come."""
    age_s = (datetime.now(UTC) - log.created_at).total_seconds()
    if age_s < ARRIVING_S:
        reason = (
            f"This log is {max(0, age_s):.0f} s old and its {side} is not stored yet. Bodies can come late by seconds."
        )
        return reason, True
    reason = (
        f"The upstream keeps no {side} of this call. Most likely saving of payloads was off when it was made (the "
        "header cf-aig-collect-log-payload: false). The row is complete; there is nothing more to load."
    )
    return reason, False


def _empty(screen: Screen, log_id: str, side: Side, size: int | None, query: LogQuery) -> Panel:
    """The panel's addresses. They carry the list that the log was opened from: without htmx they are whole pages."""
    url = screen.log_url(query, log_id, f"{side}/part/")
    return Panel(
        side=side,
        url=f"{url}{'&' if '?' in url else '?'}of={size}" if size else url,
        url_download=f"{screen.logs_path}{log_id}/{side}",
        mask=Mask(_gateway(screen), log_id, side),
        size=size,
    )


def _gateway(screen: Screen) -> str:
    """The gateway that the links of the screen lead to."""
    return screen.logs_path.strip("/").split("/")[1]
