"""Where secrets are masked: in any layer of escapes, over the events of a stream, and across the edge of a window."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_dash.payload.escapes import undone
from gateway_dash.payload.masking import (
    MOST_CHARACTERS,
    blotted,
    masked_credentials,
    masked_file,
    masked_text,
    plain_secret,
    spans,
    spans_of_window,
    with_placeholders,
)

KEY = "sk-" + "proj-" + "Zq8vT2mW9xK4cR7n" * 3
PEM = (
    "-----BEGIN "
    + "PRIVATE KEY-----\n"
    + "\n".join(["MIIEvQ" + "Zq8vT2mW9xK4cR7nB5/+" * 3] * 12)
    + "\n-----END PRIVATE KEY-----\n"
)
SURROUNDINGS = st.text(alphabet=st.sampled_from("ab c1-\n\\\"'/üñ漢🎉\u202e\t{}[]:,<>&"), max_size=80)
PARTS = 5  # a run of so many of its characters must never be seen


def leaks(secret, text):
    """Runs of the secret that can still be read."""
    return [secret[at : at + PARTS] for at in range(5, len(secret) - PARTS) if secret[at : at + PARTS] in text]


def chat(pieces):
    events = [{"id": "chatcmpl-9", "choices": [{"index": 0, "delta": {"content": piece}}]} for piece in pieces]
    return "".join(f"data: {json.dumps(event)}\n\n" for event in events)


def anthropic(pieces):
    events = [
        {"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": piece}} for piece in pieces
    ]
    return "".join(f"event: content_block_delta\ndata: {json.dumps(event)}\n\n" for event in events)


def ollama(pieces):
    return "".join(json.dumps({"model": "m", "message": {"content": piece}, "done": False}) + "\n" for piece in pieces)


def plain_events(pieces):
    return "".join(f"data: {piece}\n\n" for piece in pieces)


# --- layers


@given(SURROUNDINGS, SURROUNDINGS, st.integers(0, 2), st.sampled_from([KEY, PEM]))
def test_a_secret_in_any_layer_of_json_is_masked(before, after, layers, secret):
    text = f"{before} {secret} {after}"
    for _ in range(layers):
        text = json.dumps({"content": text, "n": 1})
    masked = masked_text(text)
    assert leaks(secret.replace("\n", ""), masked) == []
    assert "[masked: " in masked


@given(st.lists(st.booleans(), min_size=len(KEY), max_size=len(KEY)))
def test_a_secret_whose_signs_are_escaped_is_masked(escaped):
    text = "".join(f"\\u{ord(sign):04x}" if is_escaped else sign for sign, is_escaped in zip(KEY, escaped, strict=True))
    assert masked_text(f'{{"a": "{text}"}}') == '{"a": "[masked: openai key]"}'


@given(st.text(alphabet=st.sampled_from('\\u0041n"/x\\\\d8'), max_size=60))
def test_escapes_are_undone_as_json_does_and_each_sign_knows_where_it_was(text):
    found = undone(text)
    with suppress(ValueError):  # no JSON string; it is read all the same
        assert found.text == json.loads(f'"{text}"') or "\\ud8" in text.lower()
    places = [found.origin(at) for at in range(len(found.text) + 1)]
    assert places == sorted(places)
    assert places[-1] == len(text)
    for at, sign in enumerate(found.text):
        assert sign == text[places[at]] or text[places[at]] == "\\"


def test_what_is_no_secret_stays_as_it_is():
    text = 'A path C:\\new\\table, a regex \\d+\\w*, and "escaped \\u00e9".'
    assert spans(text) == ()
    assert masked_text(text) == text


# --- streams


@pytest.mark.parametrize("stream", [chat, anthropic, ollama, plain_events])
@given(st.data())
def test_a_secret_that_a_stream_cuts_anywhere_is_masked_in_each_event(stream, data):
    text = f"The key is {KEY}, ok?"
    cuts = sorted(data.draw(st.sets(st.integers(1, len(text) - 1), min_size=1, max_size=20)))
    pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    masked = masked_text(stream(pieces))
    assert leaks(KEY, masked) == []
    assert masked.count("[masked: ") == 1
    assert "The key" in masked or cuts[0] < 8


def test_a_stream_that_is_stored_as_a_json_string_is_masked_too():
    masked = masked_text(json.dumps(chat([KEY[at : at + 4] for at in range(0, len(KEY), 4)])))
    assert leaks(KEY, masked) == []


def test_two_choices_of_a_stream_are_not_mixed():
    events = []
    for at in range(0, len(KEY), 3):
        for index, piece in ((0, KEY[at : at + 3]), (1, "no ")):
            events.append({"choices": [{"index": index, "delta": {"content": piece}}]})
    masked = masked_text("".join(f"data: {json.dumps(event)}\n\n" for event in events))
    assert leaks(KEY, masked) == []
    assert masked.count('"no "') == len(events) // 2


def test_the_arguments_of_a_call_that_come_in_pieces_are_masked():
    text = json.dumps({"key": PEM})
    pieces = [text[at : at + 7] for at in range(0, len(text), 7)]
    events = [
        {"choices": [{"index": 0, "delta": {"tool_calls": [{"index": 0, "function": {"arguments": each}}]}}]}
        for each in pieces
    ]
    masked = masked_text("".join(f"data: {json.dumps(event)}\n\n" for event in events))
    assert "MIIEv" not in masked
    assert "K4cR7n" not in masked


# --- windows


@given(st.integers(0, 400), st.integers(0, 400), st.sampled_from([KEY, json.dumps(PEM)]))
def test_no_edge_of_a_window_uncovers_a_secret(start, end, secret):
    text = f"{'x ' * 60}{secret}{' y' * 60}"
    start, end = sorted((start, end))
    before, window, after = text[:start], text[start:end], text[end:]
    masked = with_placeholders(window, spans_of_window(before, window, after))
    assert leaks(secret.replace("\\n", ""), masked) == []


@given(st.integers(1, 400), st.sampled_from([KEY, PEM, "4111 1111 1111 1111", "password: hunter2!x"]))
def test_what_is_cut_for_good_does_not_show_the_beginning_of_a_secret(end, secret):
    text = f"Some words first, then {secret}"[:end]
    masked = with_placeholders(text, spans_of_window("", text, "", is_cut=True))
    assert leaks(secret.replace("\n", ""), masked) == [] or secret.startswith("pass")
    assert "hunt" not in masked


# --- other places


def test_a_value_under_a_telling_name_is_masked_and_the_same_value_elsewhere_is_not():
    assert masked_text("hunter2-x!", key="password") == "[masked: password]"
    assert masked_text("hunter2-x!", key="colour") == "hunter2-x!"


def test_beyond_the_cap_nothing_is_shown_and_that_is_said():
    text = "word " * (MOST_CHARACTERS // 5 + 10) + KEY
    masked = masked_text(text)
    assert len(masked) < MOST_CHARACTERS + 100
    assert masked.endswith("more characters, not looked at for secrets and left out]")


def test_two_secrets_differ_under_a_tag_and_one_is_the_same_everywhere():
    found = spans(f"{KEY} and {json.dumps(KEY)} and {KEY}2")
    tags = [plain_secret(each.secret) for each in found]
    assert tags == [KEY, KEY, KEY + "2"]
    assert with_placeholders("a b", ()) == "a b"


def test_of_a_row_only_credentials_are_masked():
    assert masked_credentials(f"kim@example.org {KEY}") == "kim@example.org [masked: openai key]"


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_a_file_is_byte_for_byte_what_it_was_but_for_its_secrets(before, after):
    data = before + b" | " + KEY.encode() + b" | " + after
    masked = masked_file(data)
    assert KEY.encode() not in masked
    assert KEY.encode() not in blotted(data)
    assert len(blotted(data)) == len(data)
    if not spans(before.decode("utf-8", "surrogateescape")) and b"\0" not in data:
        assert masked.startswith(before + b" | [masked: openai key] |")
