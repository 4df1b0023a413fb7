"""gateway_dash/payload/answer.py: what was said, without what makes every answer another."""

import json

import pytest

from gateway_dash.payload.answer import answer_text
from gateway_dash.payload.shapes import Hints

HINTS = Hints("openai", "gpt-4o", "v1/chat/completions")


def completion(content, *, name="chatcmpl-1", **message):
    choice = {"index": 0, "message": {"role": "assistant", "content": content} | message, "finish_reason": "stop"}
    value = {"id": name, "object": "chat.completion", "created": 17, "model": "gpt-4o", "choices": [choice]}
    return json.dumps(value).encode()


def test_ids_and_times_are_no_part_of_an_answer():
    one, other = completion("Hello", name="chatcmpl-1"), completion("Hello", name="chatcmpl-2")
    assert answer_text(one, HINTS) == answer_text(other, HINTS) == "Hello"


def test_a_tool_that_is_called_is_said_with_its_arguments_and_without_its_id():
    call = {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": '{"city":"Oslo"}'}}
    told = answer_text(completion(None, tool_calls=[call]), HINTS)
    assert told == answer_text(completion(None, tool_calls=[call | {"id": "call_2"}]), HINTS)
    assert told
    assert told.startswith("weather({")
    assert "call_1" not in told


@pytest.mark.parametrize("data", [b"", b'{"other":1}', b"\x00\x01", b'{"error":{"message":"no"}}', b"[" * 9000])
def test_what_no_reader_knows_has_no_text(data):
    assert answer_text(data, HINTS) is None
