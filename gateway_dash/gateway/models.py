"""Frozen shapes of what the API says. Live rows carry more, and other types, than the published schema: see `Log`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from gateway_dash.gateway import tolerant

Scalar = str | int | float | bool | None
Number = int | float | None


class Log(msgspec.Struct, frozen=True, kw_only=True):
    """One request that went through the gateway. The list gives all but the heads; None means unknown, never zero."""

    id: str
    created_at: datetime  # the end of the request
    provider: str = ""
    model: str = ""
    path: str = ""
    duration_ms: Number = msgspec.field(name="duration", default=None)
    status_code: int | None = None
    success: bool | None = None
    cached: bool | None = None
    tokens_in: Number = None
    tokens_out: Number = None
    cost: Number = None  # US dollars; absent when the provider reported none
    metadata: Any = None  # an object; by the schema a string; null when none was sent
    feedback: Number = None  # 1 up, -1 down
    score: Number = None  # 0 to 100
    step: int | None = None  # 0 for the first target tried, then 1, 2 and so on
    event_id: str | None = None
    user_agent: str | None = None
    model_type: str | None = None
    request_type: str | None = None
    request_content_type: str | None = None
    response_content_type: str | None = None
    request_head: str | None = None
    request_head_complete: bool | None = None
    request_size: int | None = None  # bytes
    response_head: str | None = None
    response_head_complete: bool | None = None
    response_size: int | None = None  # bytes
    row_as_sent: dict[str, Any] = {}  # every field, known or not
    problem: str = ""  # why fields of this row could not be read

    def metadata_map(self) -> dict[str, Scalar] | None:
        """The metadata as pairs, whether it came as object or as JSON text; None when there is none or it is no map."""
        found = self.metadata
        if isinstance(found, str):
            try:
                found = tolerant.loads(found.encode("utf-8", "replace"))  # as hostile as the row around it
            except (ValueError, RecursionError):
                return None
        return found if isinstance(found, dict) and found else None


class Gateway(msgspec.Struct, frozen=True, kw_only=True):
    """A gateway's settings. `stripe` and `otel` hold secrets and are left out on purpose."""

    id: str
    created_at: datetime | None = None
    collect_logs: bool | None = None
    authentication: bool | None = None
    is_default: bool | None = None
    cache_ttl: Number = None  # seconds
    log_management: Number = None  # how many logs are stored at the most
    log_management_strategy: str | None = None  # STOP_INSERTING or DELETE_OLDEST
    rate_limiting_interval: Number = None  # seconds
    rate_limiting_limit: Number = None
    rate_limiting_technique: str | None = None


class ResultInfo(msgspec.Struct, frozen=True, kw_only=True):
    """What a list says of itself."""

    count: Number = None
    page: Number = None
    per_page: Number = None
    total_count: Number = None


@dataclass(frozen=True, slots=True)
class Span:
    """The least and the greatest number of a list."""

    least: int | float
    most: int | float


SPANS = {
    "cost": "cost",
    "duration": "duration",
    "tokens": "total_tokens",  # as `meta_info` calls what the filters call `tokens`
    "tokens_in": "tokens_in",
    "tokens_out": "tokens_out",
}


def read_spans(info: Any) -> dict[str, Span]:
    """What `meta_info` adds to a list's `result_info`; what is missing or no number is unknown, and left out."""
    found = {}
    for name, key in SPANS.items():
        least, most = (_number(info.get(f"{end}_{key}") if isinstance(info, dict) else None) for end in ("min", "max"))
        if least is not None and most is not None and least <= most:
            found[name] = Span(least, most)
    return found


def _number(value: Any) -> Number:
    try:
        number: Number = msgspec.convert(value, Number, strict=False)
    except msgspec.ValidationError:
        return None
    return number if number is not None and _workable(number) else None


class TokenState(msgspec.Struct, frozen=True, kw_only=True):
    """What the token check says."""

    id: str
    status: str
    expires_on: datetime | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """A stored request or response, as far as it was read."""

    data: bytes
    whole: bool  # nothing follows
    cut: bool  # the connection ended early
    read_at: datetime | None = None  # when it was asked for
    is_kept: bool = False  # it was asked for earlier, and comes from memory or from disk
    is_from_disk: bool = False


_STAND_INS: dict[str, Any] = {"id": "", "created_at": "1970-01-01T00:00:00Z"}  # what a log cannot be without


def read_log(raw: bytes) -> Log:
    """A row as a Log. One that does not fit degrades to what fits, with `problem` set; the page goes on."""
    try:
        row = tolerant.loads(raw)
    except (ValueError, RecursionError):
        return Log(id="", created_at=datetime.fromtimestamp(0, UTC), problem="this row is not readable JSON")
    if not isinstance(row, dict):
        return Log(id="", created_at=datetime.fromtimestamp(0, UTC), problem="this row is not an object")
    # Ours, whatever the upstream sends under these names.
    known = {key: value for key, value in row.items() if key not in ("row_as_sent", "problem")}
    log, problems = _fitting(_STAND_INS | known)
    problems += [f"Object missing required field `{name}`" for name in _STAND_INS if name not in known]
    if log.created_at.tzinfo is None:
        msgspec.structs.force_setattr(log, "created_at", log.created_at.replace(tzinfo=UTC))
    msgspec.structs.force_setattr(log, "row_as_sent", row)
    msgspec.structs.force_setattr(log, "problem", "; ".join(problems))
    return log


def _fitting(known: dict[str, Any]) -> tuple[Log, list[str]]:
    """The log without the fields that do not fit, one after the other, and what was wrong with them."""
    problems: list[str] = []
    while True:
        try:
            log = msgspec.convert(known, Log, strict=False)
        except msgspec.ValidationError as error:
            field = _field(str(error))
            problems.append(str(error))
            if field not in known:
                return msgspec.convert(_STAND_INS, Log), problems
            del known[field]
            known |= {field: _STAND_INS[field]} if field in _STAND_INS else {}
            continue
        for name in log.__struct_fields__:
            value = getattr(log, name)
            if isinstance(value, int | float) and not _workable(value):
                msgspec.structs.force_setattr(log, name, None)
                problems.append(f"`{name}` is not a number to work with")
        if not 1970 <= log.created_at.year < 9000:  # at the ends of the calendar no zone and no millisecond fits
            msgspec.structs.force_setattr(log, "created_at", datetime.fromtimestamp(0, UTC))
            problems.append("`created_at` is not a time to work with")
        return log, problems


def _workable(number: int | float) -> bool:
    """Not "NaN", 1e999, or whole numbers that no float can hold."""
    return abs(number) < 2**63 if isinstance(number, int) else math.isfinite(number)


def _field(message: str) -> str:
    """The field that a validation error names: "Expected `int`, got `str` - at `$.duration`"."""
    return message.rpartition("`$.")[2].rstrip("`").partition(".")[0].partition("[")[0] if "`$." in message else ""
