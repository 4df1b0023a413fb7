"""What travels compressed, and that a browser that takes nothing gets it as it is."""

import gzip

import brotli
import pytest

from tests.conftest import LOGS

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("takes", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0.5", "br"),
        ("br ; q=1.0", "br"),
        ("br;q=0, gzip", "gzip"),
        ("brotli, gzip", "gzip"),
        ("gzip", "gzip"),
        ("", None),
        ("identity", None),
    ],
)
def test_a_page_comes_in_what_the_browser_takes(person, takes, encoding):
    answer = person.get(LOGS, headers={"Accept-Encoding": takes})
    assert answer.get("Content-Encoding") == encoding
    read = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[encoding]
    assert b'id="results"' in read(answer.content)
    if encoding:
        assert "accept-encoding" in answer["Vary"].lower()
        assert int(answer["Content-Length"]) == len(answer.content) < 40_000


def test_the_length_of_a_compressed_page_is_not_the_same_twice(person):
    url = LOGS + "nothing/"
    sizes = {len(person.get(url, headers={"Accept-Encoding": "br"}).content) for _ in range(12)}
    assert len(sizes) > 3


def test_a_fragment_brings_no_comment_that_would_stay_on_the_page(person):
    answer = person.get(LOGS, headers={"Accept-Encoding": "gzip, br", "HX-Request": "true"})
    assert answer["Content-Encoding"] == "gzip"
    assert b"<!--" not in gzip.decompress(answer.content)


def test_files_are_never_given_a_comment(person):
    answer = person.get(LOGS.removesuffix("/") + ".csv", headers={"Accept-Encoding": "gzip, br"})
    assert answer["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.content).startswith(b"id,created_at")


def test_a_body_stays_byte_for_byte(person, bare_store):
    body = b"\x00\xff<x>" * 500
    bare_store.add({"id": "one", "request_body": body})
    answer = person.get(LOGS + "one/request", headers={"Accept-Encoding": "gzip, br"})
    assert gzip.decompress(answer.content) == body
