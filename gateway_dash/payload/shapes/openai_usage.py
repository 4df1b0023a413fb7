"""What OpenAI's chat completions and their kin say they used, under the many names that there are for it."""

from __future__ import annotations

from typing import Any

from gateway_dash.payload.conversation import Usage
from gateway_dash.payload.paths import Path
from gateway_dash.payload.values import map_at, number_at

from .pieces import others_in

type Number = int | float | None

_CACHED: tuple[Path, ...] = (("prompt_tokens_details", "cached_tokens"), ("prompt_cache_hit_tokens",))  # 2: DeepSeek
_WRITTEN: tuple[Path, ...] = (("prompt_tokens_details", "cache_write_tokens"),)  # OpenRouter
_REASONING: tuple[Path, ...] = (("completion_tokens_details", "reasoning_tokens"), ("reasoning_tokens",))
_COST: tuple[Path, ...] = (("cost",), ("cost", "total_cost"))  # OpenRouter, Perplexity
_OWN: tuple[Path, ...] = (("prompt_tokens",), ("completion_tokens",), ("total_tokens",))
_TAKEN = frozenset((*_CACHED, *_WRITTEN, *_REASONING, *_COST, *_OWN))
_PLACES: tuple[Path, ...] = (("usage",), ("x_groq", "usage"))


def usage(value: Any) -> Usage | None:
    """The usage block of a response, wherever it stands."""
    for path in _PLACES:
        if found := map_at(value, *path):
            return _usage(found, path)
    return None


def _usage(found: dict[str, Any], path: Path) -> Usage:
    tokens_in, total = number_at(found, "prompt_tokens"), number_at(found, "total_tokens")
    reasoning = _first(found, _REASONING)
    return Usage(
        tokens_in=tokens_in,
        tokens_out=_out(number_at(found, "completion_tokens"), tokens_in, reasoning, total),
        total=total,
        cached_in=_first(found, _CACHED),
        cache_written_in=_first(found, _WRITTEN),
        reasoning_out=reasoning,
        cost=_first(found, _COST),
        others=others_in(found, _TAKEN),
        path=path,
    )


def _out(tokens_out: Number, tokens_in: Number, reasoning: Number, total: Number) -> Number:
    """Grok counts reasoning beside the completion and not in it, which its total tells."""
    if tokens_out is None or tokens_in is None or not reasoning or total is None:
        return tokens_out
    return tokens_out + reasoning if total == tokens_in + tokens_out + reasoning else tokens_out


def _first(value: dict[str, Any], places: tuple[Path, ...]) -> Number:
    return next((found for path in places if (found := number_at(value, *path)) is not None), None)
