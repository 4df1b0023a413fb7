"""Answers that were streamed: server-sent events in the providers' shapes."""

from collections.abc import Iterable
from typing import Any

from .encoding import encoded
from .shapes import NEURONS_PER_TOKEN, anthropic_envelope, openai_usage
from .talk import Talk

type Row = dict[str, Any]

PIECE = 24  # characters in one event


def events(contents: Iterable[tuple[str, Any]]) -> bytes:
    """Events with names (or none), each with JSON or ready text as its data."""
    lines = []
    for name, content in contents:
        text = content.encode() if isinstance(content, str) else encoded(content)
        lines.append((f"event: {name}\n".encode() if name else b"") + b"data: " + text + b"\n\n")
    return b"".join(lines)


def pieces(text: str) -> list[str]:
    return [text[start : start + PIECE] for start in range(0, len(text), PIECE)]


def openai_stream_response(row: Row, talk: Talk) -> bytes:
    about = {"id": f"chatcmpl-{talk.number:x}", "object": "chat.completion.chunk", "created": 1763920001}
    about["model"] = row["model"]
    deltas: list[dict[str, str]] = [{"role": "assistant", "content": ""}]
    deltas += [{"content": piece} for piece in pieces(talk.answer)]
    chunks: list[Any] = [about | {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
    chunks.append(about | {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    chunks += [about | {"choices": [], "usage": openai_usage(row)}, "[DONE]"]
    return events(("", chunk) for chunk in chunks)


def anthropic_stream_response(row: Row, talk: Talk) -> bytes:
    start: dict[str, Any] = {"type": "message_start", "message": anthropic_envelope(row, talk, [], None)}
    block: dict[str, Any] = {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
    deltas = [
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": piece}}
        for piece in pieces(talk.answer)
    ]
    usage = {"output_tokens": row["tokens_out"] or 0}
    stop = {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None}, "usage": usage}
    ends: list[dict[str, Any]] = [{"type": "content_block_stop", "index": 0}, stop, {"type": "message_stop"}]
    return events((str(content["type"]), content) for content in [start, block, {"type": "ping"}, *deltas, *ends])


def workers_stream_response(row: Row, talk: Talk) -> bytes:
    usage = openai_usage(row)
    usage["neurons"] = usage["total_tokens"] * NEURONS_PER_TOKEN
    chunks: list[Any] = [{"response": piece} for piece in pieces(talk.answer)]
    return events(("", chunk) for chunk in [*chunks, {"response": "", "usage": usage}, "[DONE]"])


def google_stream_response(row: Row, talk: Talk) -> bytes:
    ins, outs = row["tokens_in"] or 0, row["tokens_out"] or 0
    usage = {"promptTokenCount": ins, "candidatesTokenCount": outs, "totalTokenCount": ins + outs}
    chunks: list[Any] = [
        {"candidates": [{"content": {"parts": [{"text": piece}], "role": "model"}, "index": 0}]}
        for piece in pieces(talk.answer)
    ]
    last: Any = {
        "candidates": [{"content": {"parts": [{"text": ""}], "role": "model"}, "finishReason": "STOP", "index": 0}]
    }
    return events(("", chunk) for chunk in [*chunks, last | {"usageMetadata": usage, "modelVersion": row["model"]}])
