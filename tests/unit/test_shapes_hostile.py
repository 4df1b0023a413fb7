"""Samples, mutated: whatever a body holds, it is read without an exception, and what is said of it can be shown."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway_dash.payload.conversation import Gathered
from gateway_dash.payload.document import read_document
from gateway_dash.payload.exchange import SHAPES, read_side
from gateway_dash.payload.shapes import Hints
from tests.unit.mutations import HINTS, ODD, documents, streams
from tests.unit.soundness import is_sound

PROVIDERS = ("", "anthropic", "openai", "azure-openai", "aws-bedrock")
hints = st.builds(Hints, st.sampled_from(PROVIDERS), st.just(""), st.sampled_from(HINTS))
slowly = settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@slowly
@given(documents(), hints, st.booleans())
def test_a_mutated_document_is_read_on_either_side(data, hint, whole):
    document = read_document(data, whole=whole)
    is_sound(read_side(document, "request", hint))
    is_sound(read_side(document, "response", hint))


@slowly
@given(streams(), hints, st.booleans())
def test_a_mutated_stream_is_read(data, hint, whole):
    document = read_document(data, whole=whole)
    is_sound(read_side(document, "response", hint))
    is_sound(read_side(document, "request", hint))


@given(st.sampled_from(ODD), hints)
def test_any_value_is_no_body_or_one(value, hint):
    for shape in SHAPES:
        for read in (shape.request, shape.response):
            for body in (
                value,
                [value],
                {"messages": value},
                {"choices": [value]},
                {"error": value},
                {"input": [value]},
            ):
                said = read(body, hint)
                assert said is None or said.shape == shape.name


def test_a_stream_of_many_pieces_is_joined_once(monkeypatch):
    """Work, not time: each piece is touched as often in a long stream as in a short one."""
    joins: list[int] = []

    def text(self: Gathered) -> str:
        joins.append(len(self.pieces))
        return "".join(piece for _, piece in self.pieces)

    monkeypatch.setattr(Gathered, "text", property(text))
    for count in (10, 1000):
        joins.clear()
        delta = {"content": "ab", "tool_calls": [{"index": 0, "function": {"arguments": "1"}}]}
        chunk = b"data: " + json.dumps({"choices": [{"index": 0, "delta": delta}]}).encode()
        reading = read_side(read_document((chunk + b"\n\n") * count), "response", Hints())
        assert reading.said is not None
        assert sum(joins) == 2 * count
