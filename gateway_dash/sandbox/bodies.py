"""The bodies of invented logs, written when somebody asks. The same log has the same bodies each time."""

import json
from collections.abc import Callable
from functools import lru_cache
from random import Random
from typing import Any

from . import agents, conversations, shapes, streams
from .catalogue import PLACES
from .encoding import encoded
from .failures import failure, spend_limit
from .hostile import hostile_bytes, hostile_talk
from .talk import Talk, talk_of
from .usage import MISCOUNTED, cached_tokens, reasoning_tokens

type Row = dict[str, Any]
type Writer = Callable[[Row, Talk], Any]

NOT_STORED = {("no_bodies", "request"), ("no_bodies", "response"), ("no_response", "response")}
LATE_S = 30.0  # a late head is there when its log is this old
PICTURES = {"several_mb": 3_000_000, "near_10_mb": 7_300_000}  # bytes before base64 makes them a third more


def split(recipe: str) -> tuple[str, str]:
    """A recipe is the shape of the bodies and, after a colon, what is odd about them."""
    shape, _, oddity = recipe.partition(":")
    return shape, oddity


def head_delay_s(recipe: str | None) -> float:
    return LATE_S if recipe and split(recipe)[1] == "late" else 0.0


def written(recipe: str, row: Row, side: str) -> bytes | None:
    """The request or response body, or None for one that was not stored."""
    key = json.dumps({name: row.get(name) for name in PART_OF_THE_BODY})
    return _written(recipe, key, side)


PART_OF_THE_BODY = ("id", "provider", "model", "status_code", "success", "tokens_in", "tokens_out")


@lru_cache(maxsize=16)
def _written(recipe: str, key: str, side: str) -> bytes | None:
    row: Row = json.loads(key)
    shape, oddity = split(recipe)
    if (oddity, side) in NOT_STORED:
        return None
    # Two logs that ask the same have the same talk up to the answer.
    asked = row | {"id": oddity} if oddity == "again" and side == "request" else row
    talk = hostile_talk(oddity, talk_of(asked))
    if oddity == "miscounted":
        row["tokens_out"] += MISCOUNTED
    if side == "request":
        content = writer(f"{shape}_request")(row, talk)
        return hostile_bytes("" if oddity == "cut" else oddity, encoded(content))
    return response(shape, oddity, row, talk)


def response(shape: str, oddity: str, row: Row, talk: Talk) -> bytes:
    if oddity == "empty_response":
        return b""
    if oddity == "spend_limit":
        return encoded(spend_limit(row))
    if not row["success"]:
        return encoded(failure(row))
    if oddity in PICTURES:
        return encoded({"created": 1763920000, "data": [{"b64_json": shapes.picture(talk, PICTURES[oddity])}]})
    return hostile_bytes(oddity, encoded(writer(f"{shape}_response")(row, talk)))


def writer(name: str) -> Writer:
    found: Writer = next(
        getattr(room, name) for room in (shapes, streams, agents, conversations) if hasattr(room, name)
    )
    return found


def other_fields(row: Row) -> Row:
    """The fields of an invented log that follow from the others, so that nothing needs to store them."""
    chance = Random(row["id"])
    region, colo = chance.choice(PLACES)
    fields: Row = {
        "byok": None, "dlp_profiles": None, "guardrails": None, "prompts": None, "custom_cost": False,
        "location": {"region": region, "colo": colo},
        "timings": {"total": row["duration"], "latency": round(row["duration"] * chance.uniform(0.2, 0.95), 1)},
        "usage_metadata": None,
    }  # fmt: skip
    ins, outs = row["tokens_in"], row["tokens_out"]
    if row["success"] and ins is not None and outs is not None:
        fields["usage_metadata"] = {
            "input_tokens": ins, "output_tokens": outs, "total_tokens": ins + outs,
            "output_reasoning_tokens": reasoning_tokens(row), "input_cached_tokens": cached_tokens(row),
        }  # fmt: skip
    return fields
