"""What is wrong with a stream, told with numbers and with the place where it stands."""

import json

import pytest

from gateway_dash.payload import growing
from gateway_dash.payload.conversation import Call, Text
from gateway_dash.payload.document import read_document
from gateway_dash.payload.events import read_events
from gateway_dash.payload.exchange import Reading, read_side
from gateway_dash.payload.shapes import Hints

NO_HINTS = Hints()
END = "[DONE]"


def stream(*chunks, tail=b""):
    lines = [chunk if isinstance(chunk, str) else json.dumps(chunk) for chunk in chunks]
    return "".join(f"data: {line}\n\n" for line in lines).encode() + tail


def chunk(delta=None, finish=None, **others):
    return {"choices": [{"index": 0, "delta": delta or {}, "finish_reason": finish}], **others}


def call(index, arguments, **others):
    return chunk({"tool_calls": [{"index": index, "function": {"arguments": arguments}, **others}]})


WORDS = chunk({"role": "assistant", "content": "Hi"})
STOP = chunk(finish="stop")
USAGE = {"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}}


def read(data, *, whole=True) -> Reading:
    return read_side(read_document(data, whole=whole), "response", NO_HINTS)


def texts(reading: Reading) -> list[str]:
    assert reading.said is not None
    return [part.text for part in reading.said.turns[0].parts if isinstance(part, Text | Call)]


def found(data, *, whole=True):
    assembled = read(data, whole=whole).assembled
    assert assembled is not None
    return {finding.code: finding for finding in assembled.findings}


def test_a_stream_without_fault_has_no_findings():
    assert found(stream(WORDS, STOP, USAGE, END)) == {}


@pytest.mark.parametrize(
    ("data", "codes"),
    [
        (stream(WORDS, STOP, USAGE), {"stream-no-end": "warn"}),
        (stream(WORDS, USAGE), {"stream-no-end": "err", "stream-no-finish": "warn"}),
        (stream(WORDS, USAGE, END), {"stream-no-finish": "warn"}),
        (stream(WORDS, STOP, END), {"stream-no-usage": "info"}),
        (stream(WORDS, STOP, USAGE, END, STOP), {"stream-after-end": "warn"}),
        (stream(WORDS, "oops", STOP, USAGE, END), {"stream-no-json": "warn"}),
        (stream(WORDS, "{oops", STOP, USAGE, END), {"stream-no-json": "warn"}),
        (stream(WORDS, {"error": {"message": "Overloaded"}}, STOP, USAGE, END), {"stream-error": "err"}),
        (stream(call(0, '{"a":'), STOP, USAGE, END), {"stream-cut-call": "err"}),
        (stream(call(0, "{}"), call(2, "{}"), STOP, USAGE, END), {"stream-index": "warn"}),
        (stream(call(0, "{}", id="a"), STOP, USAGE, END), {}),
        (stream(WORDS, STOP, USAGE, END, tail=b'data: {"cho'), {"stream-after-end": "warn", "stream-cut-event": "err"}),
        (
            stream(WORDS, tail=b'data: {"choices":[{"delta":{"content":" the'),
            {"stream-cut-event": "err", "stream-no-end": "err", "stream-no-finish": "warn", "stream-no-usage": "info"},
        ),
    ],
)
def test_each_fault_has_its_finding_and_no_other(data, codes):
    assert {code: finding.level for code, finding in found(data).items()} == codes


def test_a_finding_says_numbers_and_leads_to_its_place():
    told = found(stream(WORDS, WORDS, {"error": {"message": "Overloaded"}}, call(0, '{"a', id="c1")))
    assert told["stream-no-end"].title == "Stream ended without [DONE]"
    assert told["stream-no-end"].text.startswith("4 events.")
    assert told["stream-no-end"].path == ("events", 3)
    assert told["stream-error"].text == "Event 3 of 4: Overloaded"
    assert told["stream-error"].path == ("events", 2)
    assert told["stream-cut-call"].path == ("choices", 0, "message", "tool_calls", 0)
    assert {finding.side for finding in told.values()} == {"response"}
    assert [finding.level for finding in told.values()] == ["err", "err", "err", "warn", "info"]


def test_many_errors_are_told_one_by_one_up_to_a_number():
    assembled = read(stream(WORDS, *[{"error": {"message": str(number)}} for number in range(9)])).assembled
    assert assembled is not None
    errors = [finding.text for finding in assembled.findings if finding.code == "stream-error"]
    assert errors[-1] == "4 more are not told one by one."
    assert len(errors) == 6


def test_of_a_stream_whose_end_was_not_read_nothing_is_said_about_its_end():
    data = stream(WORDS, "oops", call(0, '{"a'), tail=b'data: {"cho')
    assert found(data, whole=False).keys() == {"stream-no-json", "stream-not-whole"}
    assert found(data).keys() >= {"stream-no-json", "stream-no-end", "stream-cut-call", "stream-cut-event"}


def test_of_a_stream_with_too_many_events_nothing_is_said_about_its_end(monkeypatch):
    monkeypatch.setattr("gateway_dash.payload.events.MOST_EVENTS", 2)
    assert found(stream(WORDS, WORDS, WORDS, STOP, USAGE, END)).keys() == {"stream-not-whole"}


def test_an_empty_stream_is_said_to_be_empty():
    reading = read(b": ping\n\n: ping\n\n")
    assert reading.said is None
    assert found(b": ping\n\n").keys() == {"stream-empty"}


def test_a_stream_of_no_known_shape_still_tells_what_is_wrong_with_its_events():
    reading = read(b'data: {"x":1}\n\ndata: oops\n\ndata: {"x":"h')
    assert reading.said is None
    assert found(reading.document.data).keys() == {"stream-no-json", "stream-cut-event"}


def test_times_are_those_that_differ():
    same = read(stream(*[chunk({"content": "a"}, created=5) for _ in range(3)])).assembled
    told = read(stream(*[chunk({"content": "a"}, created=second) for second in (5, 6, 9, 9, 20)])).assembled
    assert same is not None
    assert told is not None
    assert list(same.times) == []
    assert list(told.times) == [(0, 5), (1, 6), (2, 9), (3, 9), (4, 20)]
    pause = next(finding for finding in told.findings if finding.code == "stream-pause")
    assert (pause.title, pause.path) == ("Paused for 11.0 s", ("events", 4))
    assert pause.text == "2 pauses of more than 2 s; the longest before event 5."


def test_a_stream_names_as_many_parts_as_it_likes_and_some_are_kept(monkeypatch):
    monkeypatch.setattr(growing, "MOST_SLOTS", 3)
    reading = read(stream(*[{"choices": [{"index": at, "delta": {"content": "x"}}]} for at in range(9)], END))
    assert reading.said is not None
    assert reading.assembled is not None
    assert len(reading.said.turns) == 3
    told = next(finding for finding in reading.assembled.findings if finding.code == "stream-too-many")
    assert told.text.startswith("6 pieces")


@pytest.mark.parametrize("index", [-1, 10**4299, True, None, "0", 1.5, [0], {"a": 1}])
def test_an_index_may_be_anything(index):
    starts = {"type": "content_block_start", "index": index, "content_block": {"type": "text", "text": "a"}}
    grows = {"type": "content_block_delta", "index": index, "delta": {"type": "text_delta", "text": "b"}}
    assert read(stream(starts, grows)).said is not None
    assert read(stream(call(index, "{}"), {"choices": [{"index": index, "delta": {"content": "x"}}]})).said is not None
    item = {"type": "response.output_item.added", "output_index": index, "item": {"type": "message"}}
    assert read(stream(item, {**item, "type": "response.output_text.delta", "delta": "a"})).said is not None


def test_calls_that_all_have_one_index_are_kept_apart():
    one = call(0, '{"a":', id="c1", type="function")
    one["choices"][0]["delta"]["tool_calls"][0]["function"]["name"] = "first"
    two = json.loads(json.dumps(one).replace("c1", "c2").replace("first", "second"))
    reading = read(stream(one, call(0, "1}"), two, call(0, "2}"), STOP, USAGE, END))
    assert texts(reading) == ['{"a":1}', '{"a":2}']
    assert found(reading.document.data).keys() == {"stream-index"}


def test_a_call_without_index_goes_on_where_the_last_one_stands():
    def bare(arguments, call_id=""):
        function = {"arguments": arguments, **({"name": "f"} if call_id else {})}
        return chunk({"tool_calls": [{"function": function, **({"id": call_id} if call_id else {})}]})

    reading = read(stream(bare('{"a":', "c1"), bare("1}"), bare("{}", "c2"), STOP, USAGE, END))
    assert texts(reading) == ['{"a":1}', "{}"]
    assert found(reading.document.data) == {}


def test_a_text_that_came_as_something_else_takes_nothing_away():
    reading = read(stream(WORDS, chunk({"content": 5}), chunk({"content": None}), chunk({"content": " there"})))
    assert texts(reading) == ["Hi there"]


def test_which_event_gave_which_characters_is_known():
    assembled = read(stream(WORDS, chunk({}), chunk({"content": " there"}), call(0, '{"a":'), call(0, "1}"))).assembled
    assert assembled is not None
    gathered = {path: each.pieces for path, each in assembled.gathered.items()}
    assert gathered[("choices", 0, "message", "content")] == [(0, "Hi"), (2, " there")]
    assert gathered[("choices", 0, "message", "tool_calls", 0, "function", "arguments")] == [(3, '{"a":'), (4, "1}")]


def test_events_in_lines_are_a_stream_too():
    data = "\n".join(json.dumps(each) for each in (WORDS, STOP, USAGE)).encode() + b"\n"
    assert len(read_events(data).all) == 0
    assert found(data).keys() == {"stream-no-end"}
