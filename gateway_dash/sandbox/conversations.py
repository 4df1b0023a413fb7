"""Longer exchanges as the other providers write them: tools and their results, thoughts, sources, pictures."""

import json
from typing import Any

from .agents import ABOUT_FORECAST, FORECAST, FORECAST_SCHEMA, QUESTION, SKY, THOUGHT, arguments, call_id, openai_tool
from .pictures import sunset
from .shapes import anthropic_envelope, openai_usage
from .talk import Talk
from .usage import cached_tokens, reasoning_tokens

type Row = dict[str, Any]
type Body = dict[str, Any]


def anthropic_agent_request(row: Row, talk: Talk) -> Body:
    """Thoughts, a tool that gives back a picture, and a picture in the question."""
    picture = {
        "type": "image",
        "source": {"type": "base64", "media_type": "image/png", "data": sunset(talk.number)},
    }
    tool = {"name": "take_photo", "description": "A photo of what a camera sees now", "input_schema": {
        "type": "object", "properties": {"camera": {"type": "string"}}, "required": ["camera"]}}  # fmt: skip
    used = {"type": "tool_use", "id": call_id(talk, 0, "toolu"), "name": "take_photo", "input": {"camera": "harbour"}}
    thought = {"type": "thinking", "thinking": "I should look at the harbour first.", "signature": "EqQBCkgIARABGAI="}
    result = {"type": "tool_result", "tool_use_id": used["id"], "content": [
        {"type": "text", "text": "Taken at 21:04."}, picture]}  # fmt: skip
    failed = {"type": "tool_result", "tool_use_id": call_id(talk, 1, "toolu"), "is_error": True,
              "content": "The camera on the roof does not answer."}  # fmt: skip
    roof = used | {"id": call_id(talk, 1, "toolu"), "input": {"camera": "roof"}}
    ask = [picture, {"type": "text", "text": "This was yesterday. Is the light as good today?"}]
    cached = [{"type": "text", "text": talk.system, "cache_control": {"type": "ephemeral"}}]
    return {
        "model": row["model"], "max_tokens": 4096, "thinking": {"type": "enabled", "budget_tokens": 2000},
        "system": cached, "tools": [tool],
        "messages": [
            {"role": "user", "content": ask},
            {"role": "assistant", "content": [thought, {"type": "text", "text": "Let me look."}, used, roof]},
            {"role": "user", "content": [result, failed]},
        ],
    }  # fmt: skip


def anthropic_agent_response(row: Row, talk: Talk) -> Body:
    thought = {
        "type": "thinking",
        "thinking": "The sun stands lower, the sea is calm.",
        "signature": "EqQBCkgIARABGAI=",
    }
    answer = {"type": "text", "text": "Yes. The light is **warmer** than yesterday, and the sea is calm."}
    body = anthropic_envelope(row, talk, [thought, answer], "end_turn")
    return body


def responses_agent_request(row: Row, talk: Talk) -> Body:
    """Items in place of messages: a call, its output, and the summary of what was thought."""
    summary = [{"type": "summary_text", "text": "**Comparing forecasts**\n\nI need the weather of both cities."}]
    call = {"type": "function_call", "call_id": call_id(talk, 0), "name": FORECAST, "arguments": arguments("Oslo")}
    output = {"type": "function_call_output", "call_id": call_id(talk, 0), "output": json.dumps({"sky": SKY["oslo"]})}
    tool = {"type": "function"} | openai_tool()["function"]
    return {
        "model": row["model"], "instructions": "You plan trips.", "reasoning": {"effort": "medium", "summary": "auto"},
        "tools": [tool, {"type": "web_search"}], "parallel_tool_calls": True,
        "input": [
            {"role": "user", "content": [{"type": "input_text", "text": QUESTION}]},
            {"type": "reasoning", "id": f"rs_{talk.number:x}0", "summary": summary}, call, output,
        ],
    }  # fmt: skip


def responses_agent_response(row: Row, talk: Talk) -> Body:
    summary = [{"type": "summary_text", "text": "**One city is missing**\n\nOslo is dry; now I ask for Bergen."}]
    text = {"type": "output_text", "text": "Oslo looks good. I check Bergen as well.", "annotations": []}
    call = {"type": "function_call", "id": f"fc_{talk.number:x}", "call_id": call_id(talk, 1), "name": FORECAST,
            "arguments": arguments("Bergen"), "status": "completed"}  # fmt: skip
    ins, outs = row["tokens_in"] or 0, row["tokens_out"] or 0
    return {
        "id": f"resp_{talk.number:x}", "object": "response", "status": "completed", "model": row["model"],
        "output": [
            {"type": "reasoning", "id": f"rs_{talk.number:x}1", "summary": summary},
            {"type": "message", "id": f"msg_{talk.number:x}", "role": "assistant", "content": [text]}, call,
        ],
        "usage": {"input_tokens": ins, "output_tokens": outs, "total_tokens": ins + outs,
                  "input_tokens_details": {"cached_tokens": cached_tokens(row)},
                  "output_tokens_details": {"reasoning_tokens": reasoning_tokens(row)}},
    }  # fmt: skip


def google_agent_request(row: Row, talk: Talk) -> Body:
    """A function that was called, what it gave back, and the next one that is called."""
    declaration = {"name": FORECAST, "description": ABOUT_FORECAST, "parametersJsonSchema": FORECAST_SCHEMA}
    call = {"functionCall": {"name": FORECAST, "args": json.loads(arguments("Oslo"))}}
    result = {"functionResponse": {"name": FORECAST, "response": {"sky": SKY["oslo"]}}}
    return {
        "systemInstruction": {"parts": [{"text": "You plan trips."}]},
        "contents": [
            {"role": "user", "parts": [{"text": QUESTION}]},
            {"role": "model", "parts": [{"text": THOUGHT, "thought": True}, call]},
            {"role": "user", "parts": [result]},
        ],
        "tools": [{"functionDeclarations": [declaration]}],
        "generationConfig": {"temperature": 0.4, "thinkingConfig": {"includeThoughts": True}},
    }  # fmt: skip


def google_agent_response(row: Row, talk: Talk) -> Body:
    call = {"functionCall": {"name": FORECAST, "args": json.loads(arguments("Bergen"))}, "thoughtSignature": "CiQBVKhc"}
    parts: list[Body] = [{"text": "Oslo is dry. Now Bergen.", "thought": True}, call]
    ins, outs = row["tokens_in"] or 0, row["tokens_out"] or 0
    thought = reasoning_tokens(row)
    usage = {"promptTokenCount": ins, "candidatesTokenCount": outs - thought, "thoughtsTokenCount": thought,
             "totalTokenCount": ins + outs, "cachedContentTokenCount": cached_tokens(row)}  # fmt: skip
    candidate = {"content": {"parts": parts, "role": "model"}, "finishReason": "STOP", "index": 0}
    return {"candidates": [candidate], "usageMetadata": usage, "modelVersion": row["model"]}


def converse_request(row: Row, talk: Talk) -> Body:
    """Bedrock's own form: each block is named by its only key."""
    spec = {"name": FORECAST, "description": ABOUT_FORECAST, "inputSchema": {"json": FORECAST_SCHEMA}}
    used = {"toolUseId": call_id(talk, 0, "tooluse"), "name": FORECAST, "input": json.loads(arguments("Oslo"))}
    result = {"toolUseId": used["toolUseId"], "content": [{"json": {"sky": SKY["oslo"]}}], "status": "success"}
    picture = {"format": "png", "source": {"bytes": sunset(talk.number)}}
    return {
        "system": [{"text": "You plan trips."}],
        "messages": [
            {"role": "user", "content": [{"text": "Will it look like this tomorrow in Oslo?"}, {"image": picture}]},
            {"role": "assistant", "content": [{"text": "I look at the forecast."}, {"toolUse": used}]},
            {"role": "user", "content": [{"toolResult": result}]},
        ],
        "inferenceConfig": {"maxTokens": 1000, "temperature": 0.5},
        "toolConfig": {"tools": [{"toolSpec": spec}]},
    }  # fmt: skip


def converse_response(row: Row, talk: Talk) -> Body:
    ins, outs = row["tokens_in"] or 0, row["tokens_out"] or 0
    thought = {"reasoningContent": {"reasoningText": {"text": "Dry and calm: a sunset like that is likely."}}}
    content = [thought, {"text": "Very likely: it stays dry in Oslo, with light wind."}]
    return {
        "output": {"message": {"role": "assistant", "content": content}}, "stopReason": "end_turn",
        "usage": {"inputTokens": ins, "outputTokens": outs, "totalTokens": ins + outs, "cacheReadInputTokens": 0},
        "metrics": {"latencyMs": 900 + talk.number % 700},
    }  # fmt: skip


def cohere_cited_request(row: Row, talk: Talk) -> Body:
    """An answer that rests on documents."""
    documents = [
        {"id": "returns", "data": {"title": "Returns", "text": "Goods can be sent back within 30 days."}},
        {"id": "shipping", "data": {"title": "Shipping", "text": "Parcels take two working days."}},
    ]
    question = [{"role": "user", "content": "How long may I keep it before sending it back?"}]
    return {"model": row["model"], "messages": question, "documents": documents, "temperature": 0.1}


def cohere_cited_response(row: Row, talk: Talk) -> Body:
    text = "You can send it back within 30 days."
    source = {"type": "document", "id": "returns", "document": {"id": "returns", "title": "Returns"}}
    citation = {"start": 21, "end": 35, "text": text[21:35], "sources": [source], "type": "TEXT_CONTENT"}
    tokens = {"input_tokens": row["tokens_in"] or 0, "output_tokens": row["tokens_out"] or 0}
    message = {"role": "assistant", "content": [{"type": "text", "text": text}], "citations": [citation]}
    usage = {"billed_units": {"input_tokens": 31, "output_tokens": 12}, "tokens": tokens}
    return {"id": f"{talk.number:x}", "message": message, "finish_reason": "COMPLETE", "usage": usage}


def painted_request(row: Row, talk: Talk) -> Body:
    return {"model": row["model"], "prompt": "The sea at dusk, flat colours", "size": "1024x1024", "quality": "low"}


def painted_response(row: Row, talk: Talk) -> Body:
    """A picture that can be seen, unlike the others, which only begin like one."""
    usage = openai_usage(row)
    counts = {"input_tokens": usage["prompt_tokens"], "output_tokens": usage["completion_tokens"]}
    return {"created": 1763920000, "data": [{"b64_json": sunset(talk.number)}], "usage": counts}
