"""What the bytes of a body are: never nothing, never an exception."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_dash.payload.document import is_binary, read_document

KINDS = {"json", "events", "form", "text", "bytes", "empty"}
STARTS = st.sampled_from(
    [b"", b"{", b"[", b'"', b'"{', b"data: ", b": ", b'{"a":1}\n{"b":2}\n', b"\xef\xbb\xbf", b"--x\r\n"]
)


@given(STARTS, st.binary(max_size=80), st.booleans())
def test_any_bytes_are_a_document(start, rest, whole):
    found = read_document(start + rest, whole=whole)
    assert found.kind in KINDS
    assert found.is_whole is whole
    assert whole or found.is_cut
    assert found.kind != "json" or found.problem or isinstance(found.value, dict | list)
    for event in found.events:
        assert 0 <= event.start < event.end <= len(found.data)


@given(st.binary(max_size=60))
def test_what_was_quoted_is_read_as_what_is_inside(data):
    text = data.decode("utf-8", "replace")
    inside, quoted = read_document(text.encode()), read_document(json.dumps(text).encode())
    if text.lstrip()[:1] == '"':
        assert quoted.kind == "text"
    else:
        assert (quoted.kind, quoted.value, quoted.is_cut) == (inside.kind, inside.value, inside.is_cut)
    assert quoted.was_quoted
    assert (
        quoted.data == text.encode().removeprefix(b"\xef\xbb\xbf" if quoted.kind != "text" else b"") or text == "\ufeff"
    )


@pytest.mark.parametrize(
    ("data", "kind", "is_cut"),
    [
        (b"", "empty", False),
        (b" \n\t", "empty", False),
        (b'{"a":1}', "json", False),
        (b'\xef\xbb\xbf{"a":1}', "json", False),
        (b'{"a":"hel', "json", True),
        (b"{bad}", "json", False),
        (b'{"a":1}\n{"a":2}\n', "events", False),
        (b'{"a":1}\n{"a":"h', "events", True),
        (b'data: {"a":1}\n\ndata: [DONE]\n\n', "events", False),
        (b'data: {"a":1}\n\ndata: [DONE]', "events", False),
        (b'data: {"a":1}\n\ndata: {"a', "events", True),
        (b'data: {"a":1}\n\ndata: {bad}\n\n', "events", False),
        (b": ping\n\n", "events", False),
        (b"id: 5\nname: Oslo\n", "text", False),
        (b"Bad gateway", "text", False),
        (b"\x89PNG\r\n\x1a\n\0\0", "bytes", False),
        (b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--\r\n', "form", False),
        (b'"{\\"a\\":1}"', "json", False),
        (b'"data: 1\\n\\n"', "events", False),
        (b'"plain', "text", True),
    ],
)
def test_a_body_is_what_it_looks_like(data, kind, is_cut):
    found = read_document(data)
    assert (found.kind, found.is_cut) == (kind, is_cut)


def test_why_something_was_not_read_is_said():
    assert "expected" in read_document(b"{bad}").problem or read_document(b"{bad}").problem.startswith("key")
    assert "deeply" in read_document(b"[" * 500 + b"]" * 500).problem


def test_two_layers_of_quotes_are_opened_once():
    found = read_document(json.dumps(json.dumps(json.dumps({"a": 1}))).encode())
    assert (found.kind, found.was_quoted, found.data) == ("text", True, b'"{\\"a\\": 1}"')


@pytest.mark.parametrize(("data", "answer"), [(b"text\n\x1b[0m", False), (b"a\0b", True), (b"\x01\x02abc", True)])
def test_bytes_are_told_from_text(data, answer):
    assert is_binary(data) is answer
