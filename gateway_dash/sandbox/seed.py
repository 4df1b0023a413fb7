"""Invented logs: fourteen days of three gateways, the same for the same seed, count and moment."""

import json
import sqlite3
import time
from bisect import bisect
from collections.abc import Iterator
from datetime import datetime
from itertools import accumulate
from math import exp
from random import Random
from typing import Any

from . import ids, oddities
from .catalogue import GUARD, STATUSES, TARGETS, USER_AGENTS, Target
from .gateways import SHARES, default_gateways
from .metadata import invent_metadata
from .moments import in_incident, moments
from .tables import INSERT, Kinds, Record
from .texts import instant_ms

type Row = dict[str, Any]

INCIDENT_PROVIDERS = ("anthropic", "openai")
NO_ANSWER = (401, 402, 408, 429, 502, 503, 529)  # refusals that use no tokens


def fill(sql: sqlite3.Connection, kinds: Kinds, count: int, seed: int, now: datetime | float | None) -> None:
    """Write so many invented logs. Needs an open transaction."""
    now_ms = instant_ms(time.time() if now is None else now)
    sql.executemany(INSERT, Inventor(kinds, Random(seed), now_ms).records(count))
    for gateway in default_gateways(count):
        sql.execute("INSERT OR REPLACE INTO gateways VALUES (?, ?)", (gateway["id"], json.dumps(gateway)))


class Inventor:
    """Invents logs one call after the other."""

    def __init__(self, kinds: Kinds, chance: Random, now_ms: int) -> None:
        self._kinds, self._chance, self._now_ms = kinds, chance, now_ms
        self._kind_numbers: dict[tuple[object, ...], int] = {}
        self._gateways, self._gateway_bounds = list(SHARES), list(accumulate(SHARES.values()))
        self._targets = {name: [t for t in TARGETS if name in t.gateways] for name in SHARES}
        self._bounds = {name: list(accumulate(t.weight for t in some)) for name, some in self._targets.items()}

    def records(self, count: int) -> Iterator[Record]:
        """So many records, oldest first. One call can leave several: retries elsewhere, guardrail checks."""
        left = moments(self._chance, count, self._now_ms)
        left.reverse()
        while left:
            created_ms, from_newest = left.pop(), len(left)
            odd = oddities.at(from_newest)
            if odd:
                yield self._record(self._odd_call(odd, created_ms))
                continue
            call = self._call(created_ms)
            follower = self._follower(call, left[-1]) if left and not oddities.at(len(left) - 1) else None
            yield self._record(call)
            if follower:
                left.pop()
                yield self._record(follower)

    def _call(self, created_ms: int) -> Row:
        chance = self._chance
        gateway = self._gateways[min(2, bisect(self._gateway_bounds, chance.random()))]
        bounds = self._bounds[gateway]
        target = self._targets[gateway][bisect(bounds, chance.random() * bounds[-1])]
        row = self._row(target, gateway, created_ms)
        troubled = in_incident(created_ms, self._now_ms) and target.provider in INCIDENT_PROVIDERS
        lot = chance.random()
        if lot < (0.62 if troubled else 0.065):
            overload = 529 if target.provider == "anthropic" else 429
            fail(row, overload if troubled else STATUSES[int(chance.random() * len(STATUSES))], chance)
        elif lot > 0.93 and row["response_content_type"] == "application/json":
            row |= {"cached": True, "cost": 0, "tokens_in": 0, "duration": 8 + int(chance.random() * 40)}
        if chance.random() < 0.004:
            row["dlp_action"] = "FLAG" if row["success"] else "BLOCK"
        if row["success"] and chance.random() < 0.07:
            row["feedback"] = -1 if chance.random() < 0.3 else 1
            row["score"] = int(chance.random() * 101) if chance.random() < 0.4 else None
        return row

    def _row(self, target: Target, gateway: str, created_ms: int) -> Row:
        chance = self._chance
        spread = exp(chance.gauss(0, 0.7))
        tokens_in = int(target.tokens[0] * exp(chance.gauss(0, 0.8)))
        tokens_out = int(target.tokens[1] * spread)
        cost: float | None = (tokens_in * target.dollars[0] + tokens_out * target.dollars[1]) / 1e6
        # Nobody knows the price of some models; then a row says nothing about cost.
        return {
            "id": new_id(created_ms, chance), "gateway": gateway, "created_ms": created_ms,
            "provider": target.provider, "model": target.model, "path": target.path, "model_type": target.model_type,
            "request_type": target.request_type, "request_content_type": target.request_content_type,
            "response_content_type": target.response_content_type, "status_code": 200, "success": True,
            "cached": False, "step": 0, "authentication": gateway == "support-bot", "wholesale": False,
            "dlp_action": None, "user_agent": USER_AGENTS[int(len(USER_AGENTS) * chance.random() ** 2)],
            "duration": int(target.duration_ms * spread), "tokens_in": tokens_in, "tokens_out": tokens_out,
            "cost": cost if target.dollars != (0.0, 0.0) else None, "event_id": None, "feedback": None, "score": None,
            "metadata": invent_metadata(gateway, chance), "recipe": target.shape,
        }  # fmt: skip

    def _follower(self, call: Row, created_ms: int) -> Row | None:
        """The second log of one call: its fallback after a failure, or now and then the check of a guardrail."""
        chance = self._chance
        is_fallback = not call["success"] and call["status_code"] >= 429 and chance.random() < 0.45
        is_check = call["gateway"] == "support-bot" and chance.random() < 0.08
        if not is_fallback and not is_check:
            return None
        bounds = self._bounds[call["gateway"]]
        target = self._targets[call["gateway"]][bisect(bounds, chance.random() * bounds[-1])] if is_fallback else GUARD
        follower = self._row(target, call["gateway"], created_ms)
        call["event_id"] = follower["event_id"] = ids.uuid7(call["created_ms"], chance)
        return follower | {"step": int(is_fallback), "metadata": call["metadata"], "user_agent": call["user_agent"]}

    def _odd_call(self, odd: oddities.Oddity, created_ms: int) -> Row:
        target = next(target for target in TARGETS if target.shape == odd.shape)
        row = self._row(target, odd.gateway, created_ms)
        if odd.status_code != 200:
            fail(row, odd.status_code, self._chance)
        return row | odd.fields | {"recipe": f"{odd.shape}:{odd.name}"}

    def _record(self, row: Row) -> Record:
        values = [row[name] for name in SEEDED_KIND]
        key = tuple(values)
        kind = self._kind_numbers.get(key)
        if kind is None:
            content = {name: value for name, value in zip(SEEDED_KIND, values, strict=True) if value is not None}
            kind = self._kind_numbers[key] = self._kinds.number(content)
        return (
            row["id"], row["gateway"], row["created_ms"], kind, row["duration"], row["tokens_in"], row["tokens_out"],
            row["cost"], row["event_id"], row["feedback"], row["score"], row["metadata"], None, row["recipe"],
        )  # fmt: skip


SEEDED_KIND = (
    "provider", "model", "path", "model_type", "request_type", "request_content_type", "response_content_type",
    "status_code", "success", "cached", "step", "authentication", "wholesale", "dlp_action", "user_agent",
)  # fmt: skip


def fail(row: Row, status_code: int, chance: Random) -> None:
    """Turn a call into one that its provider, or the gateway, refused."""
    row |= {"status_code": status_code, "success": False, "response_content_type": "application/json"}
    row |= {"tokens_out": 0, "cost": None, "duration": int(60 + row["duration"] * chance.random() * 0.4)}
    if status_code in NO_ANSWER:
        row["tokens_in"] = 0
    if status_code in (402, 429):
        row["cost"] = 0


def new_id(created_ms: int, chance: Random) -> str:
    """Mostly UUIDv7; some logs have the older forms, so that all three are met."""
    lot = chance.random()
    if lot < 0.09:
        return ids.ulid(created_ms, chance) if lot < 0.06 else ids.hex64(chance)
    return ids.uuid7(created_ms, chance)
