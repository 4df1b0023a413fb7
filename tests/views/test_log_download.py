"""/gateways/<gateway>/logs/<log_id>/request and /response"""

from dataclasses import replace

import httpx
import pytest

from tests.conftest import LOGS
from tests.views.reading import HTMX, parse

pytestmark = pytest.mark.django_db

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
    bare_store.add({"id": "one", f"{side}_body": BODIES[name], f"{side}_content_type": "text/html"})
    answer = person.get(f"{LOGS}one/{side}")
    assert answer.status_code == 200
    assert answer.content == BODIES[name]


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
    wire.instead = lambda _request: httpx.Response(200, content=b"x" * (16 * 1024 * 1024))
    assert len(person.get(LOGS + "one/response").content) == 16 * 1024 * 1024
