"""Request and response bodies in the shapes of the providers' public APIs."""

import base64
from random import Random
from typing import Any

from .talk import Talk
from .usage import cached_tokens, reasoning_tokens

type Row = dict[str, Any]
type Body = dict[str, Any]

PICTURE_BYTES = 1_600_000
FORM_BOUNDARY = "------------------------sandbox7c2f"
NEURONS_PER_TOKEN = 0.0058
DIMENSIONS = {"embeddings": 1536, "workers_embeddings": 1024}


def messages(talk: Talk, *, with_system: bool) -> list[Body]:
    turns = [{"role": "system", "content": talk.system}] if with_system else []
    for question, answer in talk.history:
        turns += [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    return [*turns, {"role": "user", "content": talk.question}]


def openai_usage(row: Row) -> Body:
    ins, outs = row["tokens_in"] or 0, row["tokens_out"] or 0
    return {
        "prompt_tokens": ins, "completion_tokens": outs, "total_tokens": ins + outs,
        "prompt_tokens_details": {"cached_tokens": cached_tokens(row)},
        "completion_tokens_details": {"reasoning_tokens": reasoning_tokens(row)},
    }  # fmt: skip


TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "The weather of a city",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
        },
    }
]


def openai_request(row: Row, talk: Talk) -> Body:
    body: Body = {"model": row["model"], "messages": messages(talk, with_system=True), "temperature": 0.2}
    return body | {"max_tokens": 2000}


def openai_stream_request(row: Row, talk: Talk) -> Body:
    return openai_request(row, talk) | {"stream": True, "stream_options": {"include_usage": True}}


def openai_tools_request(row: Row, talk: Talk) -> Body:
    return openai_request(row, talk) | {"tools": TOOLS, "tool_choice": "auto"}


def openai_response(row: Row, talk: Talk) -> Body:
    message = {"role": "assistant", "content": talk.answer, "refusal": None}
    return openai_envelope(row, talk, message, "stop")


def openai_tools_response(row: Row, talk: Talk) -> Body:
    called = {"name": "get_weather", "arguments": '{"city":"Oslo"}'}
    calls = [{"id": f"call_{talk.number:x}", "type": "function", "function": called}]
    return openai_envelope(row, talk, {"role": "assistant", "content": None, "tool_calls": calls}, "tool_calls")


def openai_envelope(row: Row, talk: Talk, message: Body, finish_reason: str) -> Body:
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": finish_reason}
    return {
        "id": f"chatcmpl-{talk.number:x}", "object": "chat.completion", "created": 1763920000, "model": row["model"],
        "choices": [choice], "usage": openai_usage(row), "system_fingerprint": "fp_1",
    }  # fmt: skip


def responses_request(row: Row, talk: Talk) -> Body:
    return {"model": row["model"], "instructions": talk.system, "input": talk.question}


def responses_response(row: Row, talk: Talk) -> Body:
    text = {"type": "output_text", "text": talk.answer, "annotations": []}
    ins, outs = row["tokens_in"] or 0, row["tokens_out"] or 0
    return {
        "id": f"resp_{talk.number:x}", "object": "response", "status": "completed", "model": row["model"],
        "output": [
            {"type": "reasoning", "id": f"rs_{talk.number:x}", "summary": []},
            {"type": "message", "role": "assistant", "content": [text]},
        ],
        "usage": {"input_tokens": ins, "output_tokens": outs, "total_tokens": ins + outs},
    }  # fmt: skip


def anthropic_request(row: Row, talk: Talk) -> Body:
    turns = messages(talk, with_system=False)
    return {"model": row["model"], "max_tokens": 4096, "system": talk.system, "messages": turns}


def anthropic_stream_request(row: Row, talk: Talk) -> Body:
    return anthropic_request(row, talk) | {"stream": True}


def anthropic_tools_request(row: Row, talk: Talk) -> Body:
    function: Body = TOOLS[0]["function"]  # type: ignore[assignment]
    tool = {"name": function["name"], "description": function["description"], "input_schema": function["parameters"]}
    return anthropic_request(row, talk) | {"tools": [tool]}


def anthropic_usage(row: Row) -> Body:
    cached = cached_tokens(row)  # these are counted beside the others here, and among them in the row
    cache = {"cache_creation_input_tokens": 0, "cache_read_input_tokens": cached}
    return {"input_tokens": (row["tokens_in"] or 0) - cached, **cache, "output_tokens": row["tokens_out"] or 0}


def anthropic_response(row: Row, talk: Talk) -> Body:
    return anthropic_envelope(row, talk, [{"type": "text", "text": talk.answer}], "end_turn")


def anthropic_tools_response(row: Row, talk: Talk) -> Body:
    used = {"type": "tool_use", "id": f"toolu_{talk.number:x}", "name": "get_weather", "input": {"city": "Oslo"}}
    return anthropic_envelope(row, talk, [{"type": "text", "text": "Let me look."}, used], "tool_use")


def anthropic_envelope(row: Row, talk: Talk, content: list[Body], stop_reason: str | None) -> Body:
    return {
        "id": f"msg_{talk.number:x}", "type": "message", "role": "assistant", "model": row["model"],
        "content": content, "stop_reason": stop_reason, "stop_sequence": None, "usage": anthropic_usage(row),
    }  # fmt: skip


def workers_request(row: Row, talk: Talk) -> Body:
    return {"messages": messages(talk, with_system=True)}


def workers_stream_request(row: Row, talk: Talk) -> Body:
    return workers_request(row, talk) | {"stream": True}


def workers_response(row: Row, talk: Talk) -> Body:
    usage = openai_usage(row)
    usage["neurons"] = usage["total_tokens"] * NEURONS_PER_TOKEN
    result = {"response": "safe" if "guard" in row["model"] else talk.answer, "usage": usage}
    return {"result": result, "success": True, "errors": [], "messages": []}


def google_request(row: Row, talk: Talk) -> Body:
    roles = {"user": "user", "assistant": "model"}
    contents = [
        {"role": roles[turn["role"]], "parts": [{"text": turn["content"]}]}
        for turn in messages(talk, with_system=False)
    ]
    return {"contents": contents, "systemInstruction": {"parts": [{"text": talk.system}]}}


google_stream_request = google_request  # the path says that it is a stream


def google_response(row: Row, talk: Talk) -> Body:
    ins, outs = row["tokens_in"] or 0, row["tokens_out"] or 0
    content = {"parts": [{"text": talk.answer}], "role": "model"}
    return {
        "candidates": [{"content": content, "finishReason": "STOP", "index": 0}],
        "usageMetadata": {"promptTokenCount": ins, "candidatesTokenCount": outs, "totalTokenCount": ins + outs},
        "modelVersion": row["model"],
    }  # fmt: skip


def embeddings_request(row: Row, talk: Talk) -> Body:
    return {"model": row["model"], "input": [talk.question, talk.answer]}


def numbers(talk: Talk, count: int) -> list[float]:
    chance = Random(talk.number)
    return [round(chance.gauss(0, 0.03), 10) for _ in range(count)]


def embeddings_response(row: Row, talk: Talk) -> Body:
    vector = numbers(talk, DIMENSIONS["embeddings"])
    found = [{"object": "embedding", "index": i, "embedding": vector[::-1] if i else vector} for i in range(2)]
    usage = {"prompt_tokens": row["tokens_in"] or 0, "total_tokens": row["tokens_in"] or 0}
    return {"object": "list", "data": found, "model": row["model"], "usage": usage}


def workers_embeddings_request(row: Row, talk: Talk) -> Body:
    return {"text": [talk.question]}


def workers_embeddings_response(row: Row, talk: Talk) -> Body:
    width = DIMENSIONS["workers_embeddings"]
    meta = {"cost_metric_name_1": "input_tokens", "cost_metric_value_1": row["tokens_in"] or 0, "neurons": 0.0214}
    return {"data": [numbers(talk, width)], "shape": [1, width], "pooling": "cls", "response": None, "meta": meta}


def image_request(row: Row, talk: Talk) -> Body:
    return {"model": row["model"], "prompt": "A lighthouse at dusk, in oils", "size": "1024x1024"}


def picture(talk: Talk, size: int = PICTURE_BYTES) -> str:
    """Base64 of something that begins like a PNG file."""
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + Random(talk.number).randbytes(size)).decode("ascii")


def image_response(row: Row, talk: Talk) -> Body:
    usage = {"input_tokens": row["tokens_in"] or 0, "output_tokens": row["tokens_out"] or 0}
    return {"created": 1763920000, "data": [{"b64_json": picture(talk)}], "usage": usage}


def workers_image_request(row: Row, talk: Talk) -> Body:
    return {"prompt": "A lighthouse at dusk, in oils", "steps": 4}


def workers_image_response(row: Row, talk: Talk) -> Body:
    return {"result": {"image": picture(talk, 400_000)}, "success": True, "errors": [], "messages": []}


def transcription_request(row: Row, talk: Talk) -> bytes:
    sound = Random(talk.number).randbytes(90_000)
    head = f'--{FORM_BOUNDARY}\r\nContent-Disposition: form-data; name="model"\r\n\r\n{row["model"]}\r\n'
    head += f"--{FORM_BOUNDARY}\r\n"
    file = 'Content-Disposition: form-data; name="file"; filename="call.mp3"\r\nContent-Type: audio/mpeg\r\n\r\n'
    return (head + file).encode() + sound + f"\r\n--{FORM_BOUNDARY}--\r\n".encode()


def transcription_response(row: Row, talk: Talk) -> Body:
    return {"text": talk.answer}


def speech_request(row: Row, talk: Talk) -> Body:
    return {"text": talk.answer, "model_id": row["model"]}


def speech_response(row: Row, talk: Talk) -> bytes:
    return b"ID3\x04\x00\x00\x00\x00\x00\x00" + Random(talk.number).randbytes(60_000)


def cohere_request(row: Row, talk: Talk) -> Body:
    return {"model": row["model"], "messages": messages(talk, with_system=True)}


def cohere_response(row: Row, talk: Talk) -> Body:
    tokens = {"input_tokens": row["tokens_in"] or 0, "output_tokens": row["tokens_out"] or 0}
    message = {"role": "assistant", "content": [{"type": "text", "text": talk.answer}]}
    return {"id": f"{talk.number:x}", "message": message, "finish_reason": "COMPLETE", "usage": {"tokens": tokens}}


def rerank_request(row: Row, talk: Talk) -> Body:
    return {"model": row["model"], "query": talk.question, "documents": talk.answer.split(". ")}


def rerank_response(row: Row, talk: Talk) -> Body:
    return {"results": [{"index": 1, "relevance_score": 0.83}, {"index": 0, "relevance_score": 0.12}]}


def prediction_request(row: Row, talk: Talk) -> Body:
    return {"version": f"{talk.number:064x}", "input": {"prompt": talk.question}}


def prediction_response(row: Row, talk: Talk) -> Body:
    output = [f"https://example.com/{talk.number:x}.png"]
    return {"id": f"{talk.number:x}", "status": "succeeded", "output": output, "metrics": {"predict_time": 8.1}}
