"""OpenAI's moderations: texts or parts in, a verdict for each out."""

from __future__ import annotations

from typing import Any

from gateway_dash.payload.conversation import Finding, Json, Part, Said, Text, Turn
from gateway_dash.payload.paths import Path
from gateway_dash.payload.values import at, list_at, map_at, text_at

from . import Hints, Shape
from .openai_parts import parts_of
from .pieces import parameters

NAME = "OpenAI moderations"


def request(value: Any, hints: Hints) -> Said | None:
    """An input for a path that ends in moderations: nothing in it tells it from one of embeddings."""
    if not hints.path.partition("?")[0].rstrip("/").endswith("moderations") or at(value, "input") is None:
        return None
    said, parts = at(value, "input"), list[Part]()
    if isinstance(said, list):
        parts = [part for number, each in enumerate(said) for part in parts_of(each, ("input", number))]
    else:
        parts = [Text(said, ("input",)) if isinstance(said, str) else Json(said, ("input",))]
    turns = (Turn("user", tuple(parts), ("input",)),)
    return Said(NAME, turns, parameters=parameters(value, ("input", "model")), model=text_at(value, "model"))


def response(value: Any, hints: Hints) -> Said | None:
    """A list of results that are flagged or not."""
    results = list_at(value, "results")
    if not results or not all(isinstance(at(each, "flagged"), bool) for each in results):
        return None
    turns, found = [], []
    for number, each in enumerate(results):
        path: Path = ("results", number)
        named = [name for name, hit in map_at(each, "categories").items() if hit is True]
        label = f"result {number + 1}" if len(results) > 1 else ""
        turns.append(Turn("moderation", (Json(each, path, label="verdict"),), path, label=label))
        if at(each, "flagged") is True:
            title = "Flagged by the moderation"
            found.append(Finding("moderation-flagged", "warn", title, ", ".join(named), "response", path))
    return Said(NAME, tuple(turns), model=text_at(value, "model"), findings=tuple(found))


SHAPE = Shape(NAME, request, response)
