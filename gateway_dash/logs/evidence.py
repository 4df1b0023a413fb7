"""How much of a body there is to argue from, and how that is known. Never a silent cut: each state has its words."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from gateway_dash.gateway.errors import GatewayError, NotFound
from gateway_dash.gateway.models import Body, Log
from gateway_dash.gateway.service import LogService
from gateway_dash.gateway.stored import Side
from gateway_dash.logs.bodies import SIDES, TOO_LONG, why_missing
from gateway_dash.payload.document import Document, read_document
from gateway_dash.web import formats

type State = Literal["complete", "empty", "head", "nothing", "cut", "over", "missing", "arriving", "refused"]

TRIES = 8  # looks at a body that is still arriving, each after a longer pause than the one before
KINDS = {"json": "JSON", "form": "a form", "text": "text", "bytes": "bytes that are no text", "empty": "nothing"}


@dataclass(frozen=True, slots=True)
class Evidence:
    """One body as far as it is here. `document` is what was made of it; it is empty where there is none."""

    side: Side
    state: State
    words: str  # after the side and a colon: "complete, 31 KB, 168 events"
    document: Document
    got: int = 0  # bytes that are here
    size: int | None = None  # bytes in all, where that is known
    problem: GatewayError | None = None
    is_exact: bool = True  # False: these may not be the stored bytes

    @property
    def is_whole(self) -> bool:
        """Whether all that was stored is here."""
        return self.state in ("complete", "empty")

    @property
    def waits(self) -> bool:
        """Whether more can be had by asking for it."""
        return self.state in ("head", "nothing")

    @property
    def is_part(self) -> bool:
        """Whether something is here, and something is missing."""
        return self.state in ("head", "cut", "over")

    @property
    def tone(self) -> str:
        """How loud it is said: nothing, "warn" or "err"."""
        if self.problem:
            return self.problem.tone
        return "" if self.is_whole and not (self.document.is_cut or self.document.problem) else "warn"


def of_log(log: Log, side: Side) -> Evidence:
    """As far as the log itself goes: its head, which may be all of the body."""
    head: str | None = getattr(log, f"{side}_head")
    size: int | None = getattr(log, f"{side}_size")
    data = (head or "").encode("utf-8", "replace")
    if head is not None and getattr(log, f"{side}_head_complete"):
        body = Body(data, whole=True, cut=False)
        found = _whole(side, body, size, "the log itself")
        return replace(found, is_exact="\ufffd" not in head)
    if not data:
        return Evidence(side, "nothing", "not read yet" + _of(size), Document("empty"), size=size)
    words = f"head only, {formats.size(len(data))}{_of(size)}"
    return Evidence(side, "head", words, read_document(data, whole=False), len(data), size)


def of_body(logs: LogService, log: Log, side: Side) -> Evidence:
    """The whole body, from the log if its head is that, else asked for. A failure is part of it, with the head."""
    head = of_log(log, side)
    if head.is_whole:
        return head
    try:
        body = logs.bodies.kept(log.id, side)
    except NotFound:
        reason, is_arriving = why_missing(log, side)
        return replace(head, state="arriving" if is_arriving else "missing", words=reason)
    except GatewayError as error:
        return replace(head, state="refused", words=error.title, problem=error)
    if body.whole:
        return _whole(side, body, head.size, _source(body))
    return _short(side, body, head.size)


def of_bodies(logs: LogService, log: Log) -> dict[Side, Evidence]:
    """Request and response whole. The two are asked for at once: a slow upstream is waited for once."""
    with ThreadPoolExecutor(len(SIDES)) as pool:
        jobs = {side: pool.submit(copy_context().run, of_body, logs, log, side) for side in SIDES}
        return {side: job.result() for side, job in jobs.items()}


def of_log_both(log: Log) -> dict[Side, Evidence]:
    """Request and response, as far as the log itself goes."""
    return {side: of_log(log, side) for side in SIDES}


def _whole(side: Side, body: Body, size: int | None, source: str) -> Evidence:
    length = len(body.data)
    if not length:
        return Evidence(side, "empty", f"empty, 0 bytes, from {source}", Document("empty"), 0, size)
    document = read_document(body.data)
    words = f"complete, {formats.size(length)}, {kind_words(document)}, from {source}"
    if size is not None and size != length and not document.was_quoted:  # quotes and escapes make it longer
        words += f"; the row says {size:,} bytes, here are {length:,}"
    return Evidence(side, "complete", words, document, length, size)


def _short(side: Side, body: Body, size: int | None) -> Evidence:
    length = len(body.data)
    document = read_document(body.data, whole=False)
    if body.cut:
        words = f"the connection was cut after {formats.size(length)}{_of(size)}; what follows is missing here"
        return Evidence(side, "cut", words, document, length, size)
    words = TOO_LONG + (f" ({formats.size(size)} in all)" if size else "")
    return Evidence(side, "over", words, document, length, size)


def kind_words(document: Document) -> str:
    """What a document is: "168 events", "JSON, stored as a JSON string", "JSON that ends in the middle"."""
    words = f"{len(document.events):,} events" if document.kind == "events" else KINDS[document.kind]
    if document.problem:
        words += f" that cannot be read: {document.problem}"
    elif document.is_cut:
        words += ", ends in the middle"
    return words + (", stored as a JSON string" if document.was_quoted else "")


def _source(body: Body) -> str:
    if not body.is_kept or body.read_at is None:
        return "the upstream"
    if body.is_from_disk:
        return f"the disk, read {formats.ago(body.read_at, datetime.now(UTC))}"
    age_s = max(0.0, (datetime.now(UTC) - body.read_at).total_seconds())
    return f"memory, read {age_s:.0f} s ago"


def _of(size: int | None) -> str:
    return f" of {formats.size(size)}" if size else ""
