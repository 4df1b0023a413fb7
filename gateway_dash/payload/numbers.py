"""The numbers of a row held against those of its bodies. Unknown stays unknown, and nobody is taken to be right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .conversation import Finding, Usage
from .values import number_at

type Number = int | float | None
type Verdict = Literal["agree", "differ", "row", "body", "unknown"]

TOKENS_IN, TOKENS_OUT, COST = "Tokens in", "Tokens out", "Cost"
CACHED, WRITTEN, REASONING = "of these cached", "of these written to a cache", "of these reasoning"
TITLES = {  # what a number is called where it stands alone
    **{name: name for name in (TOKENS_IN, TOKENS_OUT, COST)},
    CACHED: "Cached tokens in",
    WRITTEN: "Tokens written to a cache",
    REASONING: "Reasoning tokens",
}
CLOSE = 1e-9  # as a share: costs are sums of floats


@dataclass(frozen=True, slots=True)
class RowNumbers:
    """What the row says. The cached and reasoning tokens come from its `usage_metadata`."""

    tokens_in: Number = None
    tokens_out: Number = None
    cached_in: Number = None
    reasoning_out: Number = None
    cost: Number = None
    is_cached: bool = False  # answered from the gateway's cache: such rows have no tokens in and no cost


@dataclass(frozen=True, slots=True)
class Check:
    """One number as both have it. `is_part`: it is contained in the number above it."""

    name: str
    row: Number
    body: Number
    verdict: Verdict
    note: str = ""
    is_cost: bool = False
    is_part: bool = False

    @property
    def code(self) -> str:
        """The name as a word: "tokens-in"."""
        return TITLES[self.name].lower().replace(" ", "-")

    @property
    def apart(self) -> Number:
        """How much more the row says."""
        return None if self.row is None or self.body is None else self.row - self.body


def check(row: RowNumbers, usage: Usage | None) -> tuple[Check, ...]:
    """Each number that the row or the body has."""
    body = usage or Usage()
    found = (
        _tokens_in(row, body),
        _check(CACHED, row.cached_in, body.cached_in, is_part=True),
        _check(WRITTEN, None, body.cache_written_in, is_part=True),
        _check(TOKENS_OUT, row.tokens_out, body.tokens_out),
        _check(REASONING, row.reasoning_out, body.reasoning_out, is_part=True),
        _cost(row, body),
    )
    kept = (TOKENS_IN, TOKENS_OUT, COST)
    return tuple(each for each in found if each.name in kept or each.row is not None or each.body is not None)


def findings(checks: tuple[Check, ...]) -> tuple[Finding, ...]:
    """A finding for each number on which the two disagree."""
    return tuple(
        Finding(f"numbers-{each.code}", "warn", f"{TITLES[each.name]}: row and body disagree", each.note)
        for each in checks
        if each.verdict == "differ"
    )


def usage_metadata(found: object) -> dict[str, Number]:
    """The parts of a row's `usage_metadata` that a body has too."""
    return {
        "cached_in": number_at(found, "input_cached_tokens"),
        "reasoning_out": number_at(found, "output_reasoning_tokens"),
    }


def _check(name: str, row: Number, body: Number, *, is_part: bool = False, note: str = "") -> Check:
    return Check(name, row, body, _verdict(row, body), note, is_part=is_part)


def _verdict(row: Number, body: Number) -> Verdict:
    if row is None or body is None:
        return "unknown" if row is body else "row" if body is None else "body"
    return "agree" if abs(row - body) <= CLOSE * max(abs(row), abs(body)) else "differ"


def _tokens_in(row: RowNumbers, body: Usage) -> Check:
    """Some count what came from a cache into the tokens in, others beside them; both are right, and it is said."""
    found = _check(TOKENS_IN, row.tokens_in, body.tokens_in)
    if found.verdict != "differ" or row.tokens_in is None or body.tokens_in is None:
        return found
    if row.is_cached and row.tokens_in == 0:
        return _told(found, "the gateway's cache answered, and its rows say 0")
    cached, written = body.cached_in or 0, body.cache_written_in or 0
    for less, words in ((cached, "the cached ones"), (cached + written, "what was read from and written to a cache")):
        if less and row.tokens_in == body.tokens_in - less:
            return _told(found, f"the row leaves out {words}")
    return found


def _cost(row: RowNumbers, body: Usage) -> Check:
    found = Check(COST, row.cost, body.cost, _verdict(row.cost, body.cost), is_cost=True)
    if found.verdict == "differ" and row.is_cached and row.cost == 0:
        return _told(found, "the gateway's cache answered, and its rows say $0")
    return found


def _told(check_: Check, note: str) -> Check:
    """They differ for a known reason."""
    return Check(check_.name, check_.row, check_.body, "agree", note, check_.is_cost, check_.is_part)
