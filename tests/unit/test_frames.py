"""Amazon's binary event stream: frames are read as events, damaged ones too, and never with an exception."""

import base64
import json
import struct
import zlib
from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from gateway_dash.payload import events as event_rules
from gateway_dash.payload.conversation import Text
from gateway_dash.payload.document import read_document
from gateway_dash.payload.exchange import read_side
from gateway_dash.payload.frames import are_frames, read_frames
from gateway_dash.payload.shapes import Hints

SAMPLES = Path(__file__).parent.parent / "samples"
HINTS = Hints("aws-bedrock", "us.amazon.nova-pro-v1:0", "bedrock-runtime/us-east-1/model/x/converse-stream")


def header(name: str, value: str) -> bytes:
    return bytes([len(name)]) + name.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()


def frame(payload: object, **headers: str) -> bytes:
    """One frame; `event_type` becomes the header `:event-type`."""
    head = b"".join(header(":" + name.replace("_", "-"), value) for name, value in headers.items())
    body = json.dumps(payload).encode()
    start = struct.pack(">II", 16 + len(head) + len(body), len(head))
    whole = start + struct.pack(">I", zlib.crc32(start)) + head + body
    return whole + struct.pack(">I", zlib.crc32(whole))


def event(name: str, payload: object) -> bytes:
    return frame(payload, event_type=name, content_type="application/json", message_type="event")


def chunk(payload: object) -> bytes:
    inner = base64.b64encode(json.dumps(payload).encode()).decode()
    return event("chunk", {"bytes": inner, "p": "abcdef"})


CONVERSE = [
    event("messageStart", {"role": "assistant"}),
    event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": "Po"}}),
    event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": "ng."}}),
    event("contentBlockStop", {"contentBlockIndex": 0}),
    event("messageStop", {"stopReason": "end_turn"}),
    event("metadata", {"usage": {"inputTokens": 4, "outputTokens": 2, "totalTokens": 6}, "metrics": {"latencyMs": 9}}),
]


def read(data: bytes):
    return read_side(read_document(data), "response", HINTS)


def texts(reading) -> list[str]:
    return [part.text for turn in reading.said.turns for part in turn.parts if isinstance(part, Text)]


def codes(reading) -> set[str]:
    return {finding.code for finding in reading.assembled.findings}


def test_frames_are_events_whose_places_are_those_of_the_frames():
    data = b"".join(CONVERSE)
    document = read_document(data)
    assert (document.kind, document.is_cut) == ("events", False)
    assert [each.name for each in document.events][:2] == ["messageStart", "contentBlockDelta"]
    assert [data[each.start : each.end] for each in document.events] == CONVERSE


def test_a_stream_of_frames_says_what_it_would_say_without_streaming():
    reading = read(b"".join(CONVERSE))
    assert (texts(reading), reading.said.finishes, codes(reading)) == (["Pong."], ("end_turn",), set())
    assert (reading.said.usage.tokens_in, reading.said.usage.tokens_out) == (4, 2)


def test_a_stream_of_frames_says_the_same_as_one_of_text_events():
    lines = (SAMPLES / "bedrock" / "converse" / "response.sse").read_text("utf-8").splitlines()
    found = [json.loads(line.removeprefix("data: ")) for line in lines if line]
    data = b"".join(event(*next(iter(each.items()))) for each in found)
    wanted = read((SAMPLES / "bedrock" / "converse" / "response.json").read_bytes())
    assert read(data).said == wanted.said


def test_a_body_that_was_invoked_is_unwrapped_and_read_as_its_own_provider_writes_it():
    data = b"".join(
        chunk(each)
        for each in (
            {"type": "message_start", "message": {"id": "m", "role": "assistant", "content": [], "usage": {}}},
            {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Pong."}},
            {"type": "content_block_stop", "index": 0},
            {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 2}},
            {"type": "message_stop"},
        )
    )
    reading = read(data)
    assert (reading.said.shape, texts(reading)) == ("Anthropic Messages", ["Pong."])


def test_an_exception_in_the_middle_is_an_error_of_the_stream():
    refusal = frame({"message": "Too many tokens"}, exception_type="throttlingException", message_type="exception")
    reading = read(b"".join([*CONVERSE[:2], refusal]))
    assert texts(reading) == ["Po"]
    found = next(each for each in reading.assembled.findings if each.code == "stream-error")
    assert "throttlingException: Too many tokens" in found.text


def test_an_exception_alone_is_read_too():
    refusal = frame({"message": "Too many tokens"}, exception_type="throttlingException", message_type="exception")
    reading = read(refusal)
    assert (reading.said.is_error, texts(reading)) == (True, ["Too many tokens"])


def test_a_wrong_checksum_is_told_and_the_text_is_still_there():
    damaged = bytearray(CONVERSE[1])
    damaged[damaged.index(b"Po")] = ord("H")
    reading = read(b"".join([CONVERSE[0], bytes(damaged), *CONVERSE[2:]]))
    assert texts(reading) == ["Hong."]
    assert "frame-checksum" in codes(reading)


def test_a_frame_that_is_cut_is_the_last_event_and_says_so():
    data = b"".join(CONVERSE[:3])[:-20]
    document = read_document(data)
    assert (document.is_cut, document.events[-1].is_cut) == (True, True)
    assert {"stream-cut-event", "stream-no-end"} <= codes(read(data))


def test_lengths_that_make_no_sense_end_the_reading_and_say_so():
    found = read_frames(b"".join(CONVERSE[:2]) + b"\xff" * 40)
    assert len(found.all) == 3
    assert "make no sense" in found.all[-1].problem


def test_other_bytes_are_no_frames():
    assert not are_frames(b"\x89PNG\r\n\x1a\n" + bytes(40))
    assert not are_frames(CONVERSE[0][:11])
    assert not are_frames(CONVERSE[0][:8] + b"\0\0\0\0" + CONVERSE[0][12:])


def test_more_frames_than_are_read_leave_a_place_to_go_on(monkeypatch):
    monkeypatch.setattr("gateway_dash.payload.frames.MOST_EVENTS", 4)
    found = read_frames(b"".join(CONVERSE))
    assert len(found.all) == 4 < event_rules.MOST_EVENTS
    assert found.rest_at == sum(map(len, CONVERSE[:4]))


@given(st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=8), st.integers(0, 1500))
def test_frames_with_any_bytes_changed_are_read_without_an_exception(changes, length):
    data = bytearray(b"".join(CONVERSE))
    for place, value in changes:
        data[place % len(data)] = value
    data = data[: max(length, 1)]
    found = read_frames(bytes(data)).all
    assert found[0].start == 0
    assert found[-1].end == len(data)
    assert all(before.end == after.start for before, after in pairwise(found))
    read(bytes(data))
