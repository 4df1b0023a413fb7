"""The shapes beside OpenAI's and Anthropic's, in the order in which they are tried: before those, and after them."""

from __future__ import annotations

from . import (
    Shape,
    audio,
    bedrock,
    cohere,
    embeddings,
    errors,
    google,
    images,
    ollama,
    predictions,
    raw,
    rerank,
    workers_ai,
)

BEFORE: tuple[Shape, ...] = (
    google.SHAPE, rerank.SHAPE, workers_ai.SHAPE, bedrock.SHAPE, ollama.SHAPE, cohere.SHAPE, embeddings.SHAPE,
    images.SHAPE, audio.SHAPE,
)  # fmt: skip
AFTER: tuple[Shape, ...] = (predictions.SHAPE, errors.SHAPE, *raw.SHAPES)
