"""The bodies of Bedrock's InvokeModel for Titan, Llama and Mistral; those of Claude are Anthropic's own."""

from __future__ import annotations

from typing import Any

from gateway_dash.payload import brief
from gateway_dash.payload.conversation import Said, Text, Turn, Usage
from gateway_dash.payload.paths import Path
from gateway_dash.payload.values import at, list_at, map_at, number_at, text_at

from . import Hints
from .openai_chat import parameters

NAME = "Bedrock"
METRICS = "amazon-bedrock-invocationMetrics"


def request(value: Any, hints: Hints) -> Said | None:
    """One text: Titan's `inputText`, or the `prompt` of Llama and Mistral."""
    is_bedrock = "bedrock" in hints.provider or "max_gen_len" in map_at(value)
    for key in ("inputText", "prompt"):
        if (text := text_at(value, key)) and (is_bedrock or key == "inputText"):
            settings = parameters(map_at(value, "textGenerationConfig"), ())
            rest = parameters(value, (key, "textGenerationConfig"))
            return Said(NAME, (Turn("user", (Text(text, (key,)),), ()),), parameters=(*settings, *rest))
    return None


def response(value: Any, hints: Hints) -> Said | None:
    """A text under one of three names, or a vector."""
    if vector := list_at(value, "embedding"):
        if "inputTextTokenCount" not in map_at(value):
            return None
        turn = Turn("assistant", (brief.numbers(vector, ("embedding",)),), ())
        return Said(NAME, (turn,), usage=_usage(value))
    turns = [_turn(*each) for each in _answers(value)]
    if not turns:
        return None
    finishes = tuple(each.finish for each in turns if each.finish)
    return Said(NAME, tuple(turns), usage=_usage(value), finishes=finishes)


def _answers(value: Any) -> list[tuple[Any, Path, str, str]]:
    """Each answer, where it stands, the key of its text, and that of why it stopped."""
    if isinstance(at(value, "generation"), str) and "prompt_token_count" in map_at(value):
        return [(value, (), "generation", "stop_reason")]
    for holder, key, finish in (("results", "outputText", "completionReason"), ("outputs", "text", "stop_reason")):
        found = list_at(value, holder)
        if any(isinstance(at(each, key), str) for each in found):
            return [(each, (holder, number), key, finish) for number, each in enumerate(found)]
    return []


def _turn(value: Any, path: Path, key: str, finish: str) -> Turn:
    text = text_at(value, key)
    return Turn("assistant", (Text(text, (*path, key)),) if text else (), path, finish=text_at(value, finish))


def _usage(value: Any) -> Usage | None:
    """Each model names its counts otherwise; those of a stream stand in its metrics."""
    if map_at(value, METRICS):
        ins, outs = number_at(value, METRICS, "inputTokenCount"), number_at(value, METRICS, "outputTokenCount")
        return Usage(tokens_in=ins, tokens_out=outs, path=(METRICS,))
    ins = number_at(value, "inputTextTokenCount")
    outs = number_at(value, "results", 0, "tokenCount")
    if "prompt_token_count" in map_at(value):
        ins, outs = number_at(value, "prompt_token_count"), number_at(value, "generation_token_count")
    return None if ins is None and outs is None else Usage(tokens_in=ins, tokens_out=outs)
