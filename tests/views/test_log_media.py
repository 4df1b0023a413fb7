"""/gateways/<gateway>/logs/<log_id>/<side>/media/: a picture of a body, on request and on a page of its own"""

import base64
import json
import struct
import zlib

import pytest

from tests.conftest import LOGS
from tests.views.crawl import PIXEL
from tests.views.reading import parse

pytestmark = pytest.mark.django_db


def png(width: int, height: int) -> str:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", b"") + chunk(b"IEND", b"")).decode()


@pytest.fixture
def shown(person, bare_store):
    """The page of the picture at a place of a response."""

    def ask(value, at="picture"):
        bare_store.add({"id": "one", "response_body": json.dumps(value).encode()})
        return person.get(LOGS + f"one/response/media/?at={at}")

    return ask


def test_a_picture_is_shown_from_its_own_bytes_and_nothing_is_fetched(shown):
    answer = shown({"picture": PIXEL})
    picture = parse(answer).one("img")
    assert picture["src"] == f"data:image/png;base64,{PIXEL}"
    assert (picture["width"], picture["height"]) == ("1", "1")
    assert "image/png, 1 × 1, 70 B" in parse(answer).one("figcaption").text


def test_only_this_page_lets_a_data_address_be_shown(person, shown):
    answer = shown({"picture": PIXEL})
    assert "img-src 'self' data:;" in answer["Content-Security-Policy"] + ";"
    assert "data:" not in person.get(LOGS + "one/")["Content-Security-Policy"]


def test_a_data_address_is_opened_and_spelled_anew(shown):
    answer = shown({"deep": [{"url": f"data:image/svg+xml;base64,{PIXEL}"}]}, at="deep%5B0%5D.url")
    assert parse(answer).one("img")["src"] == f"data:image/png;base64,{PIXEL}"


@pytest.mark.parametrize(
    "text",
    [
        base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>").decode(),
        base64.b64encode(b"<html><script>alert(1)</script>").decode(),
        base64.b64encode(b"GIF89a").decode(),
        "https://evil.example/pixel.png",
        '" onerror="alert(1)',
        png(100_000, 100_000),
        png(0, 5),
    ],
    ids=["svg", "html", "no size", "address", "attribute", "bomb", "nothing"],
)
def test_what_is_no_raster_picture_of_a_sane_size_is_refused(shown, text):
    answer = shown({"picture": text})
    assert answer.status_code == 422
    assert not parse(answer).all("img")


@pytest.mark.parametrize("at", ["nothing", "picture%5B0%5D", "list", ""])
def test_a_place_without_a_picture_is_a_404(shown, at):
    assert shown({"picture": PIXEL, "list": [1]}, at=at).status_code == 404


def test_a_place_that_cannot_be_read_is_refused_without_a_call(person, wire):
    answer = person.get(LOGS + "one/response/media/?at=a..b")
    assert answer.status_code == 400
    assert "cannot be read from" in answer.text
    assert wire.calls == []
