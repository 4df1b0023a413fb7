"""Conversations of any provider in the words of chat messages, or the reason why they cannot be said so."""

import json

import pytest

from gateway_dash.payload.chat import Unfit, chat_of
from gateway_dash.payload.document import read_document
from gateway_dash.payload.exchange import read_side
from gateway_dash.payload.shapes import Hints

ASKED = {"messages": [{"role": "user", "content": "How warm is it?"}]}
CALL = {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": '{"place": "Ülm"}'}}


def said(side, value, provider):
    found = read_side(read_document(json.dumps(value).encode()), side, Hints(provider)).said
    assert found is not None
    return found


def chat(request, response, provider="openai", clean=lambda value: value):
    return chat_of(said("request", request, provider), said("response", response, provider), clean)


def answered(message, finish="stop"):
    return {"choices": [{"message": {"role": "assistant", **message}, "finish_reason": finish}]}


def why(request, response, provider="openai"):
    with pytest.raises(Unfit) as found:
        chat(request, response, provider)
    return found.value.reason


def test_a_call_of_a_tool_its_result_and_the_tool_itself():
    schema = {"type": "object", "properties": {"place": {"type": "string"}}}
    tool = {"type": "function", "function": {"name": "weather", "description": "Now", "parameters": schema}}
    before = [
        {"role": "developer", "content": "Be brief."},
        *ASKED["messages"],
        {"role": "assistant", "content": None, "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "c1", "content": "21"},
    ]
    found = chat({"messages": before, "tools": [tool]}, answered({"content": "21 degrees."}))
    assert found.messages == (
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "How warm is it?"},
        {"role": "assistant", "content": None, "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "c1", "content": "21"},
    )
    assert found.answer == {"role": "assistant", "content": "21 degrees."}
    assert found.tools == (tool,)


def test_an_answer_that_calls_a_tool():
    found = chat(ASKED, answered({"content": None, "tool_calls": [CALL]}, "tool_calls"))
    assert found.answer == {"role": "assistant", "content": None, "tool_calls": [CALL]}


def test_arguments_are_cleaned_before_they_become_text():
    found = chat(ASKED, answered({"content": None, "tool_calls": [CALL]}), clean=lambda _value: {"place": "[masked]"})
    assert found.answer["tool_calls"][0]["function"]["arguments"] == '{"place": "[masked]"}'


def test_another_provider_speaks_the_same():
    request = {
        "model": "claude-sonnet-4-5",
        "max_tokens": 100,
        "system": "Be brief.",
        "messages": [
            {"role": "user", "content": "How warm is it?"},
            {"role": "assistant", "content": [{"type": "tool_use", "id": "t1", "name": "weather", "input": {"a": 1}}]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t1", "content": "21"}]},
        ],
    }
    response = {
        "type": "message",
        "role": "assistant",
        "content": [{"type": "thinking", "thinking": "Hm."}, {"type": "text", "text": "21 degrees."}],
        "stop_reason": "end_turn",
    }
    found = chat(request, response, "anthropic")
    assert [each["role"] for each in found.messages] == ["system", "user", "assistant", "tool"]
    assert found.messages[2]["tool_calls"][0]["function"] == {"name": "weather", "arguments": '{"a": 1}'}
    assert found.answer == {"role": "assistant", "content": "21 degrees."}


def test_of_several_choices_the_first_is_the_answer():
    choices = [{"index": n, "message": {"role": "assistant", "content": text}} for n, text in enumerate(("a", "b"))]
    assert chat(ASKED, {"choices": choices}).answer["content"] == "a"


def test_what_cannot_be_said_in_whole_is_not_said_in_part():
    picture = [{"type": "text", "text": "See"}, {"type": "image_url", "image_url": {"url": "https://a.example/x.png"}}]
    answer = answered({"content": "Yes."})
    assert why({"messages": [{"role": "user", "content": picture}]}, answer) == "it holds pictures, sound or files"
    assert why(ASKED, answered({"content": "Ye"}, "length")) == "the answer was cut at its limit of tokens"
    assert why(ASKED, answered({"refusal": "No."})) == "the model refused"
    assert why(ASKED, answered({"content": ""})) == "the answer holds no words"
    assert why(ASKED, {"error": {"message": "Overloaded", "type": "x"}}) == "the answer is an error"
    assert why({"messages": [{"role": "system", "content": "x"}]}, answer) == "nobody asks anything in it"
    broken = CALL | {"function": {"name": "weather", "arguments": '{"place": "Ü'}}
    assert why(ASKED, answered({"tool_calls": [broken]})).startswith("it calls a tool in a way")
