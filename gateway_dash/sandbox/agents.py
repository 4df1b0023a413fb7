"""Tools at work in chats as OpenAI writes them: calls and results, calls that do not fit, streams that break."""

import json
from typing import Any

from .shapes import openai_envelope
from .streams import events, pieces
from .talk import Talk

type Row = dict[str, Any]
type Body = dict[str, Any]

FORECAST_SCHEMA = {
    "type": "object",
    "properties": {
        "city": {"type": "string", "description": "Name of the city"},
        "days": {"type": "integer", "minimum": 1, "maximum": 7},
        "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
    },
    "required": ["city", "days"],
    "additionalProperties": False,
}
FORECAST, ABOUT_FORECAST = "get_forecast", "The weather of a city for the next days"
QUESTION = "Should I hike near Oslo or near Bergen this weekend? Look at the forecast of both."
THOUGHT = "Two cities, so two forecasts. I compare rain first, then wind, and name the drier one."
SKY = {"oslo": "dry, 14 °C, light wind", "bergen": "rain from noon, 11 °C, strong wind"}
ANSWER = (
    "Take the hike near **Oslo**: it stays dry, while Bergen gets rain from noon.\n\n- Oslo: 14 °C\n- Bergen: 11 °C"
)


def call_id(talk: Talk, number: int, prefix: str = "call") -> str:
    return f"{prefix}_{talk.number:x}{number}"


def arguments(city: str) -> str:
    return json.dumps({"city": city, "days": 2, "unit": "celsius"})


def openai_tool() -> Body:
    function = {"name": FORECAST, "description": ABOUT_FORECAST, "parameters": FORECAST_SCHEMA, "strict": True}
    return {"type": "function", "function": function}


def openai_call(talk: Talk, number: int, text: str) -> Body:
    return {"id": call_id(talk, number), "type": "function", "function": {"name": FORECAST, "arguments": text}}


def agent_request(row: Row, talk: Talk) -> Body:
    """Tools were called, and gave results; one of them an error."""
    calls = [openai_call(talk, number, arguments(city.title())) for number, city in enumerate(SKY)]
    results: list[Body] = [
        {"role": "tool", "tool_call_id": call_id(talk, 0), "content": json.dumps({"sky": SKY["oslo"]})},
        {"role": "tool", "tool_call_id": call_id(talk, 1), "content": '{"error":"timeout after 5 s, please retry"}'},
    ]
    again = openai_call(talk, 2, arguments("Bergen"))
    return {
        "model": row["model"], "temperature": 0.3, "max_tokens": 2000, "tools": [openai_tool()], "tool_choice": "auto",
        "messages": [
            {"role": "system", "content": "You plan trips. Use the tools; do not guess the weather."},
            {"role": "user", "content": QUESTION},
            {"role": "assistant", "content": None, "reasoning_content": THOUGHT, "tool_calls": calls},
            *results,
            {"role": "assistant", "content": "The second forecast failed, I try again.", "tool_calls": [again]},
            {"role": "tool", "tool_call_id": call_id(talk, 2), "content": json.dumps({"sky": SKY["bergen"]})},
        ],
    }  # fmt: skip


def agent_response(row: Row, talk: Talk) -> Body:
    message = {"role": "assistant", "content": ANSWER, "reasoning_content": "Oslo is dry, Bergen is not."}
    return openai_envelope(row, talk, message, "stop")


def misfit_request(row: Row, talk: Talk) -> Body:
    """What is called here has arguments that the tool's schema does not allow."""
    messages = [{"role": "user", "content": "Three days of weather for Oslo, please."}]
    return {"model": row["model"], "messages": messages, "tools": [openai_tool()]}


def misfit_response(row: Row, talk: Talk) -> Body:
    call = openai_call(talk, 0, '{"town": "Oslo", "days": "three", "unit": "kelvin"}')
    return openai_envelope(row, talk, {"role": "assistant", "content": None, "tool_calls": [call]}, "tool_calls")


def chunks(row: Row, talk: Talk, deltas: list[Body]) -> list[Any]:
    about = {"id": f"chatcmpl-{talk.number:x}", "object": "chat.completion.chunk", "model": row["model"]}
    return [
        about | {"created": 1763920001, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
        for delta in [{"role": "assistant", "content": ""}, *deltas]
    ]


def broken_stream_request(row: Row, talk: Talk) -> Body:
    return {"model": row["model"], "messages": [{"role": "user", "content": talk.question}], "stream": True}


def broken_stream_response(row: Row, talk: Talk) -> bytes:
    """The provider gives up in the middle, with an error as the last event."""
    error = {"message": "The server had an error while processing your request.", "type": "server_error", "code": None}
    said = chunks(row, talk, [{"content": piece} for piece in pieces(talk.answer)[:12]])
    return events(("", content) for content in [*said, {"error": error}])


def cut_call_stream_request(row: Row, talk: Talk) -> Body:
    body = misfit_request(row, talk)
    return body | {"stream": True, "stream_options": {"include_usage": True}}


def cut_call_stream_response(row: Row, talk: Talk) -> bytes:
    """The connection was lost while the arguments of a call were still coming."""
    start: Body = {"index": 0} | openai_call(talk, 0, "")
    text = arguments("Oslo")
    parts = [text[at : at + 6] for at in range(0, len(text), 6)]
    deltas = [{"tool_calls": [start]}]
    deltas += [{"tool_calls": [{"index": 0, "function": {"arguments": part}}]} for part in parts]
    return events(("", content) for content in chunks(row, talk, deltas)[:-3])
