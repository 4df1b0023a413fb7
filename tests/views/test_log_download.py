"""/gateways/<gateway>/logs/<log_id>/request and /response"""

from dataclasses import replace

import httpx
import pytest

from tests.conftest import LOGS
from tests.people import noted
from tests.views.crawl import allow_reveal
from tests.views.reading import HTMX, parse

pytestmark = pytest.mark.django_db

KEY = "sk-" + "proj-" + "Zq8vT2mW9xK4cR7n" * 4

BODIES = {
    "html": b"<!doctype html><script>alert(1)</script>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "all bytes": bytes(range(256)) * 3,
    "nul": b"\x00\x00",
    "empty": b"",
    "ansi and bidi": "\x1b[31m\u202egnp.exe\ufeff".encode(),
    "not utf-8": b"\xff\xfe\x80\xc3(",
    "events": b"data: {}\r\n\r\nevent: x\ndata: [DONE]\n\n",
    "json string": b'"a\\u0000b\\ud800"',
    "odd json": b' {"a":1,"a":2,"n":1e999,  "big":' + b"9" * 5000 + b"} \n",
    "gzip inside": b"\x1f\x8b\x08\x00not really",
    "several megabytes": b"0123456789abcdef" * 200_000,
}


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("side", ["request", "response"])
def test_a_body_comes_byte_for_byte(person, bare_store, name, side):
    allow_reveal(person)
    bare_store.add({"id": "one", f"{side}_body": BODIES[name], f"{side}_content_type": "text/html"})
    answer = person.post(f"{LOGS}one/{side}")
    assert answer.status_code == 200
    assert answer.content == BODIES[name]


@pytest.mark.parametrize("name", [name for name in BODIES if name != "several megabytes"])
def test_a_body_without_secrets_is_the_same_file_without_the_right(person, bare_store, name):
    bare_store.add({"id": "one", "response_body": BODIES[name]})
    answer = person.get(f"{LOGS}one/response")
    assert answer.content == BODIES[name]
    assert answer["Content-Disposition"] == 'attachment; filename="prod-edge-one-response.bin"'


@pytest.mark.parametrize(
    ("body", "masked"),
    [
        (f'{{"key": "{KEY}", "n": 1}}'.encode(), b'{"key": "[masked: openai key]", "n": 1}'),
        (f'{{"key": "{KEY}"}}'.replace("sk-", "\\u0073k\\u002d").encode(), b'{"key": "[masked: openai key]"}'),
        (b"\xff" + KEY.encode() + b"\xfe", b"\xff[masked: openai key]\xfe"),
        (b"\x00" + KEY.encode() + b"\x00", b"\x00" + b"*" * len(KEY) + b"\x00"),
        (KEY.encode("utf-16-le"), b"*" * (2 * len(KEY) - 1) + b"\x00"),
    ],
    ids=["json", "escaped", "no utf-8", "bytes", "utf-16"],
)
def test_secrets_are_masked_in_a_file_whose_name_says_so(person, bare_store, body, masked):
    bare_store.add({"id": "one", "request_body": body})
    answer = person.get(f"{LOGS}one/request")
    assert answer.content == masked
    assert answer["Content-Disposition"] == 'attachment; filename="prod-edge-one-request-masked.bin"'


def test_exactly_as_stored_needs_the_right_and_asks_nobody_without_it(person, bare_store, wire):
    bare_store.add({"id": "one", "request_body": KEY.encode()})
    answer = person.post(f"{LOGS}one/request")
    assert answer.status_code == 403
    assert "has no right" in parse(answer).text
    assert wire.sent == []


def test_exactly_as_stored_is_noted_first(person, bare_store):
    allow_reveal(person)
    bare_store.add({"id": "one", "request_body": KEY.encode()})
    answer = person.post(f"{LOGS}one/request")
    assert answer.content == KEY.encode()
    assert noted() == [("kim", "body-exact", {"log": "one", "side": "request"})]


def test_over_a_megabyte_there_is_no_masked_file_and_that_is_said(person, bare_store):
    bare_store.add({"id": "one", "request_body": b"x" * (1024 * 1024 + 1)})
    answer = person.get(f"{LOGS}one/request")
    assert answer.status_code == 422
    assert "over 1 MB" in parse(answer).text
    assert "Content-Disposition" not in answer


def test_a_body_that_the_upstream_wraps_is_not_unwrapped(person, bare_store, sandbox):
    sandbox.options = replace(sandbox.options, body_form="json_string")
    bare_store.add({"id": "one", "response_body": b"data: 1\n\n"})
    assert person.get(LOGS + "one/response").content == b'"data: 1\\n\\n"'


def test_no_browser_shows_it(person, bare_store):
    bare_store.add({"id": "one", "response_body": BODIES["html"], "response_content_type": "text/html"})
    answer = person.get(LOGS + "one/response")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == 'attachment; filename="prod-edge-one-response.bin"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store"
    policy = {each.strip() for each in answer["Content-Security-Policy"].split(";")}
    assert policy == {"sandbox", "default-src 'none'"}
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"


def test_it_costs_one_call(person, wire, bare_store):
    bare_store.add({"id": "one", "response_body": b"x"})
    person.get(LOGS + "one/response")
    assert wire.calls == ["GET /prod-edge/logs/one/response"]


def cut():
    yield b"h" * 64 * 1024
    raise httpx.RemoteProtocolError("peer closed connection")


class Chunks(httpx.SyncByteStream):
    def __init__(self, chunks):
        self._chunks = chunks

    def __iter__(self):
        yield from self._chunks


@pytest.mark.parametrize(
    ("problem", "status", "words"),
    [
        (lambda: httpx.Response(200, stream=Chunks(cut())), 502, "was cut after 65,536 bytes"),
        (lambda: httpx.Response(200, content=b"x" * (16 * 1024 * 1024 + 1)), 502, "over 16 MB"),
        (lambda: httpx.Response(404, json={"success": False, "errors": [{"code": 7002}]}), 404, "Not found"),
        (lambda: httpx.Response(403, json={"success": False, "errors": []}), 502, "AI Gateway - Read"),
        (lambda: httpx.Response(500, text="<script>alert(1)</script>"), 502, "The upstream answered 500."),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_failure_is_an_error_page_and_never_a_file(person, wire, problem, status, words, headers):
    wire.instead = lambda _request: problem()
    answer = person.get(LOGS + "one/response", headers=headers)
    assert answer.status_code == status
    assert "Content-Disposition" not in answer
    assert answer["Content-Type"].startswith("text/html")
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert words in parse(answer).text
    assert not [each for each in parse(answer).all("script") if not each["src"].startswith("/static/")]


def test_exactly_the_cap_is_still_a_file(person, wire):
    allow_reveal(person)
    wire.instead = lambda _request: httpx.Response(200, content=b"x" * (16 * 1024 * 1024))
    assert len(person.post(LOGS + "one/response").content) == 16 * 1024 * 1024
