"""Texts made vectors: OpenAI and those like it, Workers AI, Cohere, Google. A vector is told in brief."""

from __future__ import annotations

from typing import Any

from gateway_dash.payload import brief
from gateway_dash.payload.conversation import Json, Part, Said, Text, Turn, Usage
from gateway_dash.payload.paths import Path
from gateway_dash.payload.values import at, list_at, map_at, number_at, text_at

from . import Hints, Shape, cohere
from .google_parts import key_of
from .openai_chat import parameters
from .pieces import leftovers

NAME = "Embeddings"
_ENVELOPE = ("id", "object", "model", "usage", "meta", "usageMetadata", "usage_metadata", "response_type")
MOST_INPUTS = 500  # turns; the rest is told as one part


def request(value: Any, hints: Hints) -> Said | None:
    """One text or several under `input`, `texts` or in Google's contents; tokens instead of texts are numbers."""
    is_meant = "embed" in f"{hints.path} {hints.model} {text_at(value, 'model')}".lower()
    for key in ("input", "texts"):
        held = at(value, key)
        if is_meant and isinstance(held, str | list) and held:
            rest = parameters(value, (key, "model"))
            return Said(NAME, _inputs(held, (key,)), parameters=rest, model=text_at(value, "model"))
    return _google_request(value) if is_meant else None


def _inputs(held: Any, path: Path) -> tuple[Turn, ...]:
    if isinstance(held, str):
        return (Turn("user", (Text(held, path),), path),)
    if isinstance(held[0], int | float):
        return (Turn("user", (brief.numbers(held, path, "tokens"),), path),)
    found = [
        Turn("user", (_input(each, (*path, number)),), (*path, number), label=f"input {number + 1}")
        for number, each in enumerate(held[:MOST_INPUTS])
    ]
    if len(held) > MOST_INPUTS:
        found.append(Turn("user", (Json(None, path, label=f"{len(held) - MOST_INPUTS:,} more inputs"),), path))
    return tuple(found)


def _input(value: Any, path: Path) -> Part:
    if isinstance(value, str):
        return Text(value, path)
    return brief.numbers(value, path, "tokens") if isinstance(value, list) else Json(value, path)


def _google_request(value: Any) -> Said | None:
    """`embedContent` and `batchEmbedContents` of AI Studio, `predict` of Vertex."""
    turns = []
    for number, each in enumerate(list_at(value, "requests")):
        turns += _content(at(each, "content"), ("requests", number, "content"))
    turns += _content(at(value, "content"), ("content",))
    for number, each in enumerate(list_at(value, "instances")):
        if text := text_at(each, "content"):
            path: Path = ("instances", number, "content")
            turns.append(Turn("user", (Text(text, path),), path))
    rest = parameters(value, ("requests", "content", "instances", "model"))
    return Said(NAME, tuple(turns), parameters=rest, model=text_at(value, "model")) if turns else None


def _content(value: Any, path: Path) -> list[Turn]:
    texts = [(n, text_at(each, "text")) for n, each in enumerate(list_at(value, "parts"))]
    parts = tuple(Text(text, (*path, "parts", n, "text")) for n, text in texts if text)
    return [Turn("user", parts, path)] if parts else []


def response(value: Any, hints: Hints) -> Said | None:
    """Vectors, wherever the provider puts them."""
    found = _vectors(value)
    if not found:
        return None
    path: Path = found[0][0][:1]
    parts = brief.capped((brief.numbers(vector, place) for place, vector in found), len(found), path)
    parts = (*parts, *leftovers(value, (*_ENVELOPE, str(path[0])), ()))
    return Said(NAME, (Turn("assistant", parts, path),), model=text_at(value, "model"), usage=usage(value))


def _vectors(value: Any) -> list[tuple[Path, Any]]:
    for key in ("data", "predictions", "embeddings"):
        held = list_at(value, key)
        for inner in (("embedding",), ("embeddings", "values"), ("values",)):
            if _is_vector(at(held, 0, *inner)):
                return [((key, n, *inner), at(each, *inner)) for n, each in enumerate(held)]
        if _is_vector(at(held, 0)) and not isinstance(held[0], str):
            return [((key, n), each) for n, each in enumerate(held)]
    for kind, held in map_at(value, "embeddings").items():  # Cohere: {"float": [[…]]}
        if _is_vector(list_at(held)[0] if list_at(held) else None):
            return [(("embeddings", kind, n), each) for n, each in enumerate(held)]
    single = at(value, "embedding", "values")
    return [(("embedding", "values"), single)] if _is_vector(single) else []


def _is_vector(value: Any) -> bool:
    """Numbers, or the base64 of them. Of hostile lists only the first item is looked at."""
    if isinstance(value, str):
        return len(value) > 8 and " " not in value[:200]
    return isinstance(value, list) and bool(value) and isinstance(value[0], int | float)


def usage(value: Any) -> Usage | None:
    """What went in; nothing comes out that is counted."""
    if map_at(value, "meta", "billed_units"):
        return cohere.usage(value)
    if count := number_at(value, key_of(value, "usageMetadata"), "promptTokenCount"):
        return Usage(tokens_in=count, path=(key_of(value, "usageMetadata"),))
    found = map_at(value, "usage")
    ins = number_at(found, "prompt_tokens")
    total = number_at(found, "total_tokens")
    return Usage(tokens_in=total if ins is None else ins, total=total, path=("usage",)) if found else None


SHAPE = Shape(NAME, request, response)
