"""What an envelope holds: rows, how many there are in all, or another shape that was asked for."""

from __future__ import annotations

import msgspec

from gateway_dash.gateway.answers import Envelope
from gateway_dash.gateway.errors import Broken
from gateway_dash.gateway.models import Log, ResultInfo, read_log


def rows_of(envelope: Envelope) -> list[Log]:
    """The rows of a list, each read by itself."""
    return [read_log(bytes(raw)) for raw in decoded(envelope, list[msgspec.Raw])]


def total_of(envelope: Envelope, rows: int, page: int, per_page: int) -> int:
    """The upstream's count; where it gives none, what has been seen."""
    try:
        info = msgspec.convert(envelope.result_info or {}, ResultInfo, strict=False)
    except msgspec.ValidationError:
        info = ResultInfo()
    return int(info.total_count) if info.total_count is not None else (page - 1) * per_page + rows


def decoded[T](envelope: Envelope, shape: type[T]) -> T:
    """The result in this shape; raises Broken."""
    try:
        return msgspec.json.decode(bytes(envelope.result), type=shape, strict=False)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise Broken(f"The upstream's answer has another shape than the API's: {error}") from error
