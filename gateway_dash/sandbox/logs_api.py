"""The six operations on logs."""

import json
from dataclasses import dataclass
from typing import Any

from .access import RANKS, Permission
from .answers import Answer, Json, invalid, json_bytes, not_found, success
from .filters import refuse_constant, type_name
from .options import Options
from .parameters import DELETE_ORDERS, DIRECTIONS, LIST_ORDERS, Parameters
from .store import Store
from .texts import instant_ms

TOO_DEEP = 10**12  # a page number that no row can have; beyond it SQLite and Python ranges give up
BYTES = "application/octet-stream"


@dataclass(frozen=True)
class Request:
    """What an operation needs to know of its request."""

    store: Store
    options: Options
    permission: Permission
    parameters: Parameters
    body: bytes
    now: float
    delete_later: "list[tuple[float, list[str]]]"


def list_logs(request: Request, gateway: str) -> Answer:
    given, options = request.parameters, request.options
    page = given.whole("page", 1, 1)
    per_page = given.whole("per_page", 20, 1, 50)
    order_by = given.choice("order_by", LIST_ORDERS) or "created_at"
    old_direction = given.choice("direction", DIRECTIONS)
    direction = given.choice("order_by_direction", DIRECTIONS) or old_direction or "desc"
    with_ranges = given.flag("meta_info") or False
    conditions = given.conditions(strict=options.strict_filters) + given.deprecated()
    search = given.text("search") or ""
    if options.ignore_filters:
        conditions, search = (), ""
    total, rows, ranges = request.store.page(
        gateway, conditions, search, order_by=order_by, descending=direction == "desc",
        offset=min(page - 1, TOO_DEEP) * per_page, limit=per_page, with_ranges=with_ranges,
    )  # fmt: skip
    about: Json = {"count": len(rows), "page": page, "per_page": per_page, "total_count": total}
    result = [shown(row, options) | {"request": "", "response": ""} for row in rows]
    return success({"result": result, "result_info": about | ranges})


def delete_logs(request: Request, gateway: str) -> Answer:
    given, options = request.parameters, request.options
    limit = given.whole("limit", 10_000, 1, 10_000)
    order_by = given.choice("order_by", DELETE_ORDERS) or "created_at"
    direction = given.choice("order_by_direction", DIRECTIONS) or "asc"
    conditions = given.conditions(strict=options.strict_filters)
    if options.ignore_filters:
        conditions = ()
    doomed = request.store.matching(gateway, conditions, order_by=order_by, descending=direction == "desc", limit=limit)
    if options.delete_lag_s > 0:
        request.delete_later.append((request.now + options.delete_lag_s, doomed))
    else:
        request.store.delete(doomed)
    return success({})


def get_log(request: Request, gateway: str, log_id: str) -> Answer:
    return success({"result": detail(request, gateway, log_id)})


def detail(request: Request, gateway: str, log_id: str) -> dict[str, Any]:
    """A log with the heads of its bodies."""
    row = request.store.get(log_id, gateway)
    if row is None:
        raise not_found()
    found = shown(row, request.options)
    age_s = request.now - instant_ms(row["created_at"]) / 1000
    late_s = max(request.options.late_head_s, request.store.head_delay_s(row["id"]))
    for side in ("request", "response"):
        hidden = RANKS[request.permission] < RANKS["read"] or (side == "response" and age_s < late_s)
        found |= head(request.store.body(row["id"], side), side, request.options.head_bytes, hidden)
    return found


def head(body: bytes | None, side: str, most: int, hidden: bool) -> dict[str, Any]:
    """The first bytes of a body as text. They end between two characters."""
    size = 0 if body is None else len(body)
    if body is None or hidden:
        return {f"{side}_head": None, f"{side}_head_complete": False, f"{side}_size": size}
    end = min(most, size)
    while end < size and end > 0 and most - end < 3 and body[end] & 0xC0 == 0x80:
        end -= 1
    text = body[:end].decode("utf-8", "replace")
    return {f"{side}_head": text, f"{side}_head_complete": end == size, f"{side}_size": size}


def get_request(request: Request, gateway: str, log_id: str) -> Answer:
    return whole_body(request, gateway, log_id, "request")


def get_response(request: Request, gateway: str, log_id: str) -> Answer:
    return whole_body(request, gateway, log_id, "response")


def whole_body(request: Request, gateway: str, log_id: str, side: str) -> Answer:
    """A stored body, without an envelope."""
    row = request.store.get(log_id, gateway)
    body = None if row is None else request.store.body(log_id, side)
    if row is None or body is None:
        raise not_found()
    if request.options.body_form == "json":
        return Answer(200, body)
    if request.options.body_form == "json_string":
        return Answer(200, json_bytes(body.decode("utf-8", "replace")))
    return Answer(200, body, row.get(f"{side}_content_type") or BYTES)


def patch_log(request: Request, gateway: str, log_id: str) -> Answer:
    members = read_patch(request.body)
    row = request.store.get(log_id, gateway)
    if row is None:
        raise not_found()
    if request.options.patch_merges and isinstance(members.get("metadata"), dict):
        before = row["metadata"] if isinstance(row["metadata"], dict) else {}
        members["metadata"] = before | members["metadata"]
    request.store.annotate(row["id"], members)
    if request.options.patch_answer == "details":
        return get_log(request, gateway, log_id)
    return success({"result": {}} if request.options.patch_answer == "empty" else {})


def read_patch(body: bytes) -> dict[str, Any]:
    """The members that an annotation may have. Others are not seen."""
    try:
        content = json.loads(body, parse_constant=refuse_constant)
    except (ValueError, RecursionError):
        raise invalid("Malformed JSON in request body", ("body",)) from None
    if not isinstance(content, dict):
        raise invalid(f"Expected object, received {type_name(content)}", ("body",))
    members = {name: content[name] for name in ("feedback", "score", "metadata") if name in content}
    check_number(members, "feedback", -1, 1)
    check_number(members, "score", 0, 100)
    check_metadata(members.get("metadata"))
    return members


def check_number(members: dict[str, Any], name: str, low: int, high: int) -> None:
    value, path = members.get(name), ("body", name)
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise invalid(f"Expected number, received {type_name(value)}", path)
    if value < low:
        raise invalid(f"Number must be greater than or equal to {low}", path)
    if value > high:
        raise invalid(f"Number must be less than or equal to {high}", path)


def check_metadata(metadata: Json) -> None:
    if metadata is None:
        return
    if not isinstance(metadata, dict):
        raise invalid(f"Expected object, received {type_name(metadata)}", ("body", "metadata"))
    for key, value in metadata.items():
        if not isinstance(value, str | int | float):  # a bool is an int; null and nested values are not allowed
            raise invalid("Invalid input", ("body", "metadata", key))


def shown(row: dict[str, Any], options: Options) -> dict[str, Any]:
    """A row in the form that the options ask for."""
    if options.metadata_as_string and row["metadata"] is not None:
        return row | {"metadata": json.dumps(row["metadata"])}
    return row
