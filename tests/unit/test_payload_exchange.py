"""A body read by its shape; and a body that is cut, whose last text says so."""

import json

import pytest

from gateway_dash.payload.conversation import Call, Json, Media, Result, Text
from gateway_dash.payload.document import read_document
from gateway_dash.payload.edge import cut_through, right_edge
from gateway_dash.payload.exchange import SHAPES, read_side
from gateway_dash.payload.shapes import Hints

NO_HINTS = Hints()
PICTURE = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFN"


def parts(data: bytes, *, whole: bool = True):
    said = read_side(read_document(data, whole=whole), "request", NO_HINTS).said
    assert said is not None
    return [part for turn in said.turns for part in turn.parts]


@pytest.mark.parametrize(
    ("data", "flags"),
    [
        (b'{"messages":[{"role":"user","content":"One"},{"role":"user","content":"Two', [False, True]),
        (b'{"messages":[{"role":"user","content":"One"},{"role":"user","content":"Two"', [False, False]),
        (b'{"messages":[{"role":"user","content":"One"},{"role":"user","content":"Two","na', [False, False]),
        (b'{"messages":[{"role":"user","content":"One"},{"role":"user","content":"Two","name":"An', [False, False]),
        (
            b'{"messages":[{"role":"user","content":[{"type":"text","text":"One"},{"type":"text","text":"Tw',
            [False, True],
        ),
        (b'{"messages":[{"role":"user","content":"One"}],"stop":"Tw', [False]),
        (b'{"messages":[{"role":"user","content":"Tw\\u00', [True]),
        (b'{"messages":[{"role":"user","content":"\xff Tw', [True]),
        (b'{"messages":[{"role":"user","content":"\xff Tw"', [False]),
    ],
)
def test_the_text_that_the_cut_goes_through_is_marked(data, flags):
    assert [part.is_cut for part in parts(data) if isinstance(part, Text)] == flags


def test_a_head_is_cut_at_its_end_like_any_other():
    data = b'{"messages":[{"role":"user","content":"One"}]}'
    assert [part.is_cut for part in parts(data[:-5], whole=False)] == [True]
    assert [part.is_cut for part in parts(data)] == [False]


def test_a_result_and_a_picture_that_are_cut_are_marked():
    tool = b'{"messages":[{"role":"tool","tool_call_id":"c1","content":"Tw'
    (result,) = parts(tool)
    assert isinstance(result, Result)
    assert [part.is_cut for part in result.parts if isinstance(part, Text)] == [True]
    (picture,) = parts(f'{{"messages":[{{"role":"user","content":[{{"type":"image_url","image_url":"{PICTURE}'.encode())
    assert isinstance(picture, Media)
    assert (picture.is_cut, picture.type, picture.width) == (True, "image/png", 3)


@pytest.mark.parametrize(
    "around",
    [
        '{"type":"tool_result","tool_use_id":"t","content":[',
        '{"type":"document","source":{"type":"content","content":[',
    ],
)
def test_results_inside_of_results_are_not_followed(around):
    """Each level would be walked twice for each one around it, and there may be a hundred."""
    data = '{"system":"x","messages":[{"role":"user","content":[' + around * 60 + '{"type":"text","text":"dee'
    found = parts(data.encode())
    inner = found[1].parts if isinstance(found[1], Result) else found[1:]
    assert [type(part) for part in inner] == [Json]


def test_arguments_that_are_cut_say_so():
    data = b'{"messages":[{"role":"assistant","tool_calls":[{"id":"c","function":{"name":"f","arguments":"{\\"a\\":'
    (call,) = parts(data)
    assert isinstance(call, Call)
    assert (call.problem, call.arguments, call.text) == ("it ends in the middle", None, '{"a":')


def test_the_edge_is_the_leaf_that_was_written_last():
    assert right_edge({"a": 1, "b": [{"c": "x"}, {"d": [1, 2]}]}) == ("b", 1, "d", 1)
    assert right_edge([]) == right_edge("x") == ()
    assert cut_through(read_document(b'{"a":["x","y"],"b')) is None
    assert cut_through(read_document(b'{"a":["x","y')) == ("a", 1)
    assert cut_through(read_document(b'{"a":"x"}')) is None


@pytest.mark.parametrize(
    ("body", "hints", "shape"),
    [
        ({"messages": [{"role": "user", "content": "x"}]}, Hints(), "OpenAI chat"),
        ({"messages": [{"role": "user", "content": "x"}]}, Hints(provider="anthropic"), "Anthropic Messages"),
        ({"messages": [{"role": "user", "content": "x"}]}, Hints(path="v1/messages"), "Anthropic Messages"),
        (
            {"messages": [{"role": "user", "content": "x"}]},
            Hints(provider="anthropic", path="v1/chat/completions"),
            "OpenAI chat",
        ),
        (
            {"messages": [{"role": "system", "content": "x"}], "tools": [{"name": "f", "input_schema": {}}]},
            Hints(provider="anthropic"),
            "OpenAI chat",
        ),
        ({"messages": [{"role": "user", "content": "x"}], "system": "y"}, Hints(), "Anthropic Messages"),
        ({"model": "gpt-5", "input": "x"}, Hints(), "OpenAI Responses"),
        ({"model": "gpt-5", "input": "x"}, Hints(path="v1/responses?a=b"), "OpenAI Responses"),
        ({"model": "text-embedding-3-small", "input": "x"}, Hints(), "Embeddings"),
        ({"model": "m", "input": "x"}, Hints(path="v1/embeddings"), "Embeddings"),
        ({"model": "m", "input": ["x"]}, Hints(), None),
        ({"model": "m", "input": "x"}, Hints(path="v1/moderations"), "OpenAI moderations"),
        ({"model": "tts-1", "input": "x", "voice": "alloy"}, Hints(), None),
        ({"prompt": "x"}, Hints(path="v1/completions"), "OpenAI completions"),
        ({"prompt": "x"}, Hints(path="v1/images/generations"), "Images"),
        ({"prompt": "x"}, Hints(), None),
        ([{"role": "user"}], Hints(), None),
        ({}, Hints(path="v1/messages"), None),
    ],
)
def test_shapes_that_look_alike_are_told_apart(body, hints, shape):
    said = read_side(read_document(json.dumps(body).encode()), "request", hints).said
    assert (said and said.shape) == shape


@pytest.mark.parametrize(
    "body",
    [
        {"error": {"code": 400, "message": "Bad", "status": "INVALID_ARGUMENT"}},
        {"success": False, "error": [{"code": 2003, "message": "Rate limited"}], "name": "AiGatewayError"},
        {"error": None},
        {"id": "x", "results": []},
    ],
)
def test_errors_of_other_forms_are_left_to_others(body):
    from gateway_dash.payload.shapes import provider_error

    assert provider_error.response(body, NO_HINTS) is None


def test_shapes_have_names_of_their_own():
    names = [shape.name for shape in SHAPES]
    assert len(set(names)) == len(names)
