"""Texts put in order of how well they answer a question: Cohere, Jina, Voyage, Workers AI."""

from __future__ import annotations

from typing import Any

from gateway_dash.payload.conversation import Json, Part, Said, Text, Turn, Usage
from gateway_dash.payload.paths import Path
from gateway_dash.payload.values import at, list_at, map_at, number_at, text_at

from . import Hints, Shape, cohere
from .openai_chat import parameters

NAME = "Rerank"
PLACES: tuple[Path, ...] = (("results",), ("data",), ("response",), ("result", "response"))
SCORES = ("relevance_score", "score")


def request(value: Any, hints: Hints) -> Said | None:
    """A question and the texts to put in order."""
    key = "documents" if list_at(value, "documents") else "contexts"
    query, documents = text_at(value, "query"), list_at(value, key)
    if not query or not documents:
        return None
    turns = [Turn("user", (Text(query, ("query",)),), ("query",))]
    turns += [cohere.document(each, (key, number), number) for number, each in enumerate(documents)]
    return Said(
        NAME, tuple(turns), parameters=parameters(value, ("query", key, "model")), model=text_at(value, "model")
    )


def response(value: Any, hints: Hints) -> Said | None:
    """Results with their score, the best first, each with the number of the text in the request."""
    for base in PLACES:
        found = list_at(value, *base)
        score = next((key for key in SCORES if number_at(found, 0, key) is not None), "")
        index = "index" if "index" in map_at(found, 0) else "id"
        if score and number_at(found, 0, index) is not None and not text_at(found, 0, "label"):
            turns = [_turn(each, (*base, rank), rank, index, score) for rank, each in enumerate(found)]
            return Said(NAME, tuple(turns), model=text_at(value, "model"), usage=usage(value))
    return None


def _turn(value: Any, path: Path, rank: int, index: str, score: str) -> Turn:
    number, points = number_at(value, index), number_at(value, score)
    pointed = f"document {number + 1:g}" if number is not None else "no document"
    parts: list[Part] = []
    for place in (("document",), ("document", "text"), ("text",)):
        if isinstance(text := at(value, *place), str):
            parts.append(Text(text, (*path, *place)))
    told = f"rank {rank + 1} · {pointed} · score {points:.4g}" if points is not None else f"rank {rank + 1} · {pointed}"
    return Turn("result", tuple(parts) or (Json(value, path),), path, label=told)


def usage(value: Any) -> Usage | None:
    """Tokens, or the searches that are paid for."""
    if map_at(value, "meta"):
        return cohere.usage(value)
    found = map_at(value, "usage")
    tokens = number_at(found, "total_tokens")
    ins = number_at(found, "prompt_tokens")
    return Usage(tokens_in=tokens if ins is None else ins, total=tokens, path=("usage",)) if found else None


SHAPE = Shape(NAME, request, response)
