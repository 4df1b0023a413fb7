"""What the samples cannot hold: bodies that are no JSON, what must not be told, look-alikes, and damaged bodies."""

import base64
import json
import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway_dash.payload.conversation import Call, Finding, Json, Media, Text
from gateway_dash.payload.document import read_document
from gateway_dash.payload.exchange import SHAPES, read_side
from gateway_dash.payload.shapes import Hints, gateway, google_parts
from gateway_dash.sandbox import Store
from gateway_dash.sandbox.oddities import EXAMPLES
from tests.unit.soundness import is_sound

SAMPLES = Path(__file__).parent.parent / "samples"
BODIES = sorted(path for path in SAMPLES.rglob("re*.json"))
SOUND = b"ID3\x04\x00\x00\x00\x00\x00\x00" + bytes(range(256)) * 4


def read(body, side="response", **hints):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return read_side(read_document(data), side, Hints(**hints))


def texts(reading) -> list[str]:
    assert reading.said is not None
    return [part.text for turn in reading.said.turns for part in turn.parts if isinstance(part, Text)]


def lines(*values: Any) -> bytes:
    return b"".join(json.dumps(value).encode() + b"\n" for value in values)


# --- the gateway ----------------------------------------------------------------------------------------------------


def test_a_universal_request_is_read_step_by_step_and_tells_of_headers_only_their_names():
    secret = "Bearer " + "sk-" + "invented-1234567890"
    steps = [
        {"provider": "openai", "endpoint": "chat/completions", "headers": {"Authorization": secret, "x-team": secret},
         "query": {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Pong?"}], "temperature": 0.2}},
        {"provider": "workers-ai", "endpoint": "@cf/meta/llama-3.1-8b-instruct", "query": {"prompt": "Pong!"}},
        {"provider": "custom-odd", "endpoint": "x", "query": {"strange": 1}},
    ]  # fmt: skip
    said = read(steps, "request").said
    assert said is not None
    assert said.shape == "AI Gateway"
    assert [turn.label for turn in said.turns] == ["step 1: openai", "step 2: workers-ai", "step 3: custom-odd"]
    assert said.turns[0].parts == (Text("Pong?", (0, "query", "messages", 0, "content")),)
    assert said.turns[1].parts == (Text("Pong!", (1, "query", "prompt")),)
    assert ("step 1: headers", "Authorization, x-team") in said.parameters
    assert ("step 1: temperature", "0.2") in said.parameters
    assert secret not in repr(said)


@pytest.mark.parametrize("code", gateway.CODES)
def test_each_code_of_the_gateway_is_told_in_words(code):
    said = read({"success": False, "error": [{"code": code, "message": "No."}], "name": "AiGatewayError"}).said
    assert said is not None
    assert said.is_error
    assert gateway.CODES[code] in said.findings[0].text
    assert str(code) in said.findings[0].title


def test_a_refusal_without_a_known_code_is_the_gateways_only_if_it_says_so():
    errors = {"success": False, "errors": [{"code": 5007, "message": "No such model"}], "result": {}, "messages": []}
    assert read(errors).said.shape == "Error"
    assert read(errors | {"name": "AiGatewayError"}).said.shape == "AI Gateway"


# --- streams that are no server-sent events -------------------------------------------------------------------------


def test_a_stream_of_google_that_is_one_array_is_put_together():
    chunks: list[Any] = [
        {"candidates": [{"content": {"parts": [{"text": text}], "role": "model"}}]} for text in ("Po", "n\\g]}", '"."')
    ]
    chunks[-1]["candidates"][0]["finishReason"] = "STOP"
    data = b",\n".join(json.dumps(each, indent=1).encode() for each in chunks)
    reading = read(b"[" + data + b"\n]", path="v1beta/models/gemini-2.5-flash:streamGenerateContent")
    assert texts(reading) == ['Pon\\g]}"."']
    assert [json.loads(reading.document.data[each.start : each.end]) for each in reading.document.events] == chunks
    cut = read((b"[" + data)[:-40])
    assert cut.document.is_cut
    assert texts(cut)[0].startswith("Pon")
    assert "stream-cut-event" in {each.code for each in cut.assembled.findings}


def test_the_first_version_of_coheres_stream_is_one_value_a_line():
    reading = read(
        lines(
            {"is_finished": False, "event_type": "stream-start", "generation_id": "g"},
            {"is_finished": False, "event_type": "text-generation", "text": "Po"},
            {"is_finished": False, "event_type": "text-generation", "text": "ng."},
            {"is_finished": False, "event_type": "citation-generation", "citations": [{"start": 0, "text": "Po"}]},
            {"is_finished": True, "event_type": "stream-end", "finish_reason": "COMPLETE",
             "response": {"text": "Pong.", "meta": {"tokens": {"input_tokens": 3, "output_tokens": 2}}}},
        ),
        provider="cohere",
    )  # fmt: skip
    assert texts(reading) == ["Pong."]
    assert (reading.said.finishes, reading.said.usage.tokens_out) == (("COMPLETE",), 2)
    assert reading.assembled.findings == ()


def test_lines_of_ollama_are_put_together():
    reading = read(
        lines(
            {"model": "llama3.2", "message": {"role": "assistant", "content": "Po"}, "done": False},
            {"model": "llama3.2", "message": {"role": "assistant", "content": "ng."}, "done": False},
            {"model": "llama3.2", "message": {"role": "assistant", "content": ""}, "done": True, "eval_count": 2},
        )
    )
    assert (texts(reading), reading.said.shape, reading.said.usage.tokens_out) == (["Pong."], "Ollama", 2)


def test_text_of_replicate_in_many_pieces_is_one_text():
    assert texts(read({"id": "p", "status": "succeeded", "output": ["Po", "ng."]})) == ["Pong."]


# --- bodies that are no JSON ----------------------------------------------------------------------------------------


def test_sound_is_told_as_sound_with_its_size():
    part = read(SOUND, provider="elevenlabs").said.turns[0].parts[0]
    assert isinstance(part, Media)
    assert (part.what, part.type, part.size) == ("audio", "audio/mpeg", len(SOUND))


def test_bytes_of_an_unknown_kind_are_left_to_the_page():
    assert read(b"\0\1\2\3" * 50).said is None


def test_a_page_for_browsers_is_an_error_with_its_title():
    said = read(b"<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head></html>").said
    assert said is not None
    assert said.is_error
    assert "502 Bad Gateway" in said.findings[0].text


def test_a_short_text_is_one_turn_and_an_error_only_if_it_begins_like_one():
    assert read(b"upstream connect error or disconnect").said.is_error
    fine = read(b"All is well.").said
    assert (fine.is_error, fine.shape) == (False, "Text")
    assert read(b"long " * 2000).said is None


def test_a_transcription_as_text_is_one_whatever_its_length():
    said = read(b"word " * 2000, path="v1/audio/transcriptions").said
    assert said.shape == "Audio"


# --- what is told in brief, and what decides ------------------------------------------------------------------------


def test_a_vector_is_never_told_number_by_number():
    body = {"object": "list", "data": [{"embedding": [0.5] * 1536, "index": n} for n in range(120)]}
    said = read(body, provider="openai").said
    parts = said.turns[0].parts
    assert isinstance(parts[0], Json)
    assert (parts[0].label, parts[0].value) == ("1,536 numbers, the first is", 0.5)
    assert len(parts) == 101
    assert parts[-1].label == "20 more like these"


def test_a_schema_in_googles_words_becomes_one_that_can_be_checked():
    schema = {"type": "OBJECT", "properties": {"type": {"type": "STRING", "nullable": True}}, "required": ["type"]}
    wanted = {"type": "object", "properties": {"type": {"type": ["string", "null"], "nullable": True}},
              "required": ["type"]}  # fmt: skip
    assert google_parts.plain_schema(schema) == wanted


def test_the_provider_of_the_row_decides_between_forms_that_look_alike():
    prompt = {"prompt": "A fox", "model": "x"}
    assert read(prompt, "request", provider="workers-ai").said.shape == "Workers AI"
    assert read(prompt, "request", provider="openai", path="images/generations").said.shape == "Images"
    assert read(prompt, "request", provider="replicate").said.shape == "Prediction"
    assert read(prompt, "request", provider="aws-bedrock").said.shape == "Bedrock"
    chat = {"messages": [{"role": "user", "content": "hi"}]}
    assert read(chat, "request", provider="cohere").said.shape == "Cohere chat"
    assert read(chat, "request", provider="groq").said.shape == "OpenAI chat"


def test_what_ran_out_of_room_in_a_stream_costs_no_memory():
    deltas = [{"contentBlockDelta": {"contentBlockIndex": 10**9 + n, "delta": {"text": "x"}}} for n in range(1500)]
    reading = read(lines({"messageStart": {"role": "assistant"}}, *deltas))
    assert len(reading.said.turns[0].parts) == 1000


# --- the examples of the sandbox ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def examples():
    store = Store.seeded(450)
    found = {}
    with store._database.reading() as sql:
        for example in EXAMPLES:
            query = "SELECT id FROM logs WHERE recipe = ?"
            (log_id,) = sql.execute(query, (f"{example.shape}:{example.name}",)).fetchone()
            row: Any = store.get(log_id)
            hints = {key: row[key] for key in ("provider", "model", "path")}
            request, response = (read(store.body(log_id, side), side, **hints) for side in ("request", "response"))
            found[example.name] = (request, response)
    store.close()
    return found


def test_every_example_of_the_sandbox_is_read_on_both_sides(examples):
    assert set(examples) == {example.name for example in EXAMPLES}
    for name, (request, response) in examples.items():
        assert request.said, name
        assert response.said, name
        assert request.said.turns, name
        assert response.said.turns, name


def test_the_accidents_among_the_examples_are_found(examples):
    def codes(name):
        reading = examples[name][1]
        found: tuple[Finding, ...] = (*reading.said.findings, *reading.assembled.findings)
        return {finding.code for finding in found}

    assert "stream-error" in codes("broken_stream")
    assert "stream-cut-call" in codes("cut_call")
    call = examples["misfit"][1].said.turns[0].parts[0]
    assert isinstance(call, Call)
    assert call.arguments["days"] == "three"


# --- damage ---------------------------------------------------------------------------------------------------------

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5) | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["text", "role", "index"]), inner),
    max_leaves=5,
)


def replaced(value: Any, place: list[int], junk: Any) -> Any:
    """The value with something of it, at any depth, replaced."""
    if not place or not isinstance(value, dict | list) or not value:
        return junk
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    key = keys[place[0] % len(keys)]
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[key] = replaced(value[key], place[1:], junk)
    return copy


@settings(max_examples=400)
@given(st.sampled_from(BODIES), st.lists(st.integers(0, 30), min_size=1, max_size=6), JUNK)
def test_a_body_with_anything_of_it_replaced_is_read_without_an_exception(path, place, junk):
    hints = Hints(**json.loads((path.parent / "expected.json").read_text("utf-8")).get("hints", {}))
    value = replaced(json.loads(path.read_bytes()), place, junk)
    document = read_document(json.dumps(value).encode())
    is_sound(read_side(document, "request", hints))
    is_sound(read_side(document, "response", hints))
    for shape in SHAPES:  # also those that would not be asked
        shape.request(value, hints)
        shape.response(value, hints)


@settings(max_examples=300)
@given(st.sampled_from(sorted(SAMPLES.rglob("*.sse"))), st.integers(0, 40), st.lists(st.integers(0, 30)), JUNK)
def test_a_stream_with_anything_of_it_replaced_is_read_without_an_exception(path, number, place, junk):
    pieces = path.read_text("utf-8").split("\n\n")
    at = number % len(pieces)
    name, mark, data = pieces[at].rpartition("data: ")
    if data.startswith("{") and data.endswith("}"):  # one sample is cut
        pieces[at] = name + mark + json.dumps(replaced(json.loads(data), place, junk))
    document = read_document("\n\n".join(pieces).encode("utf-8", "surrogatepass"))
    hints = Hints(**json.loads((path.parent / "expected.json").read_text("utf-8")).get("hints", {}))
    is_sound(read_side(document, "response", hints))
    for shape in SHAPES:
        assembled = shape.assemble(document.events, Hints()) if shape.assemble else None
        if assembled:
            shape.response(assembled.value, Hints())


def test_numbers_as_base64_are_counted_by_their_bytes():
    packed = struct.pack("<4f", 1, 2, 3, 4)
    body = {"data": [{"embedding": base64.b64encode(packed).decode(), "index": 0}]}
    part = read(body).said.turns[0].parts[0]
    assert isinstance(part, Media)
    assert (part.name, part.size) == ("4 numbers", 16)
