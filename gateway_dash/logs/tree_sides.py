"""The bodies of a log as trees: read, or the truth about why there is nothing to show."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass

from gateway_dash.gateway.client import CAP_BYTES
from gateway_dash.gateway.errors import GatewayError, NotFound
from gateway_dash.gateway.models import Body, Log
from gateway_dash.gateway.service import LogService
from gateway_dash.gateway.stored import Side
from gateway_dash.logs.bodies import why_missing
from gateway_dash.payload.shapes import Hints
from gateway_dash.payload.trunk import Trunk, read_trunk
from gateway_dash.web import formats

NOT_JSON = {
    "empty": "It is empty.",
    "form": "It is a form, and no JSON.",
    "text": "It is text, and no JSON.",
    "bytes": "It is bytes of some other kind, and no JSON.",
}


@dataclass(frozen=True, slots=True)
class SideTree:
    """One side. `reason` or `problem` says why there is no trunk to show."""

    side: Side
    trunk: Trunk | None = None
    evidence: str = ""
    is_part: bool = False
    reason: str = ""
    problem: GatewayError | None = None


def read_sides(
    logs: LogService, log_id: str, sides: tuple[Side, ...], log: Callable[[], Log], *, row: Log | None = None
) -> list[SideTree]:
    """The sides, asked for at the same time. `log` gives the row, which only a stream and a missing body need.

    `row`: it is read already, and may hold a body whole.
    """
    with ThreadPoolExecutor(2) as pool:
        running = [pool.submit(copy_context().run, _side, logs, log_id, side, log, row) for side in sides]
        return [each.result() for each in running]


def _side(logs: LogService, log_id: str, side: Side, log: Callable[[], Log], row: Log | None) -> SideTree:
    def hints() -> Hints:
        row = log()
        return Hints(row.provider or "", row.model or "", row.path or "")

    try:
        head = _whole_head(row, side)
        body = logs.bodies.hold(log_id, side, head) if head else logs.bodies.kept(log_id, side)
        trunk = read_trunk(body.data, side, hints, whole=body.whole)
    except NotFound:
        return _missing(side, log)
    except GatewayError as error:
        return SideTree(side, problem=error)
    evidence, is_part = _evidence(body, trunk)
    reason = "" if trunk.data or trunk.events else NOT_JSON.get(trunk.kind, "It is no JSON that can be read.")
    return SideTree(side, trunk, evidence, is_part, reason)


def _whole_head(row: Log | None, side: Side) -> bytes:
    """The body, where the log itself holds it whole and to the byte; else nothing."""
    head: str | None = getattr(row, f"{side}_head", None)
    if not head or not getattr(row, f"{side}_head_complete") or "\ufffd" in head:
        return b""
    return head.encode("utf-8", "surrogatepass")


def _missing(side: Side, log: Callable[[], Log]) -> SideTree:
    try:
        return SideTree(side, reason=why_missing(log(), side)[0])
    except GatewayError as error:
        return SideTree(side, problem=error)


def _evidence(body: Body, trunk: Trunk) -> tuple[str, bool]:
    """How much of the body this is, and whether it is only a part."""
    size, said = formats.size(len(body.data)), []
    if body.cut:
        said.append(f"the connection was cut after {size}; what follows is missing here")
    elif not body.whole:
        said.append(f"the first {formats.size(CAP_BYTES)}; what follows is not read here")
    elif trunk.is_cut:
        said.append(f"{size}, all that is stored, and it was stored cut: the tree shows what stands before its end")
    else:
        said.append(f"complete, {size}")
    if trunk.is_assembled:
        said.append(f"put together from {len(trunk.events):,} events")
    if trunk.rest_at is not None:
        said.append(f"after byte {trunk.rest_at:,} its events are not read: there are too many")
    if trunk.was_quoted:
        said.append("stored as a JSON string")
    if trunk.rest:
        said.append(f"{formats.size(trunk.rest)} that follow its JSON are none, and not shown")
    is_part = body.cut or not body.whole or trunk.is_cut or bool(trunk.rest) or trunk.rest_at is not None
    return "; ".join(said), is_part
