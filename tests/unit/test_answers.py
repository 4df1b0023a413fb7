"""Reading an answer: under a cap, against a deadline, unpacked in bounded pieces, and tolerant of broken text."""

import gzip
import time
import tracemalloc
import zlib
from collections.abc import Iterator

import httpx
import msgspec
import pytest

from gateway_dash.gateway import calls
from gateway_dash.gateway.answers import Answer, open_envelope, read_answer
from gateway_dash.gateway.client import CAP_BYTES, GatewayClient, Token
from gateway_dash.gateway.errors import Broken, GatewayError, Slow, TooLarge
from gateway_dash.gateway.models import read_log
from gateway_dash.gateway.service import Account

TEXT = bytes(range(256)) * 1000


class Pieces(httpx.SyncByteStream):
    """A body that comes in pieces; an exception among them is raised at its place."""

    def __init__(self, pieces) -> None:
        self._pieces = pieces
        self.read = 0
        self.is_closed = False

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            if isinstance(piece, Exception):
                raise piece
            self.read += 1
            yield piece

    def close(self) -> None:
        self.is_closed = True


def answer_of(*pieces, encoding: str = "", cap_bytes: int = CAP_BYTES, left_s=lambda: 10.0) -> Answer:
    headers = {"content-encoding": encoding} if encoding else {}
    return read_answer(httpx.Response(200, headers=headers, stream=Pieces(pieces)), cap_bytes=cap_bytes, left_s=left_s)


# --- compression ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("", TEXT),
        ("identity", TEXT),
        ("gzip", gzip.compress(TEXT)),
        ("GZIP", gzip.compress(TEXT)),
        ("x-gzip", gzip.compress(TEXT)),
        ("deflate", zlib.compress(TEXT)),
        ("gzip", gzip.compress(TEXT[:1000]) + gzip.compress(TEXT[1000:])),
    ],
)
@pytest.mark.parametrize("size", [1, 7, 1000, 10**9])
def test_a_body_is_unpacked_whole_in_whatever_pieces_it_comes(encoding, packed, size):
    pieces = [packed[at : at + size] for at in range(0, len(packed), size)]
    answer = answer_of(*pieces, encoding=encoding)
    assert (answer.body == TEXT, answer.cut, answer.over_cap) == (True, False, False)


def zero_bomb(size: int) -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    zeros = bytes(1024 * 1024)
    return b"".join(packer.compress(zeros) for _ in range(size // len(zeros))) + packer.flush()


def test_a_gzip_bomb_costs_no_more_than_the_cap():
    bomb = zero_bomb(256 * 1024 * 1024)
    assert len(bomb) < 300_000
    tracemalloc.start()
    try:
        answer = answer_of(bomb, encoding="gzip")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert answer.over_cap
    assert len(answer.body) == CAP_BYTES
    assert peak < 2.5 * CAP_BYTES  # the bytes, the array that they were collected in, and one piece
    with pytest.raises(TooLarge):
        open_envelope(answer)


def test_a_gzip_bomb_in_a_window_costs_a_window():
    bomb = zero_bomb(256 * 1024 * 1024)
    tracemalloc.start()
    try:
        answer = answer_of(bomb, encoding="gzip", cap_bytes=64 * 1024)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(answer.body) == 64 * 1024
    assert peak < 1024 * 1024


def test_a_corrupt_gzip_is_an_unexpected_answer():
    packed = bytearray(gzip.compress(TEXT))
    packed[len(packed) // 2] ^= 0xFF
    with pytest.raises(Broken, match="corrupt"):
        answer_of(bytes(packed), encoding="gzip")


@pytest.mark.parametrize("junk", [b"not gzip at all", gzip.compress(TEXT) + b"junk behind it"])
def test_what_is_no_gzip_is_not_taken_as_text(junk):
    with pytest.raises(Broken, match="corrupt"):
        answer_of(junk, encoding="gzip")


def test_a_truncated_gzip_is_known_to_be_cut():
    packed = gzip.compress(TEXT)
    for end in (len(packed) - 1, len(packed) // 2, 5, 0):
        answer = answer_of(packed[:end], encoding="gzip")
        assert answer.cut
        assert TEXT.startswith(answer.body)
        with pytest.raises(Broken):
            open_envelope(answer)


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "gzip, br", "\x1b[31m"])
def test_an_encoding_that_was_not_asked_for_is_refused(encoding):
    with pytest.raises(Broken, match="encoding") as refused:
        answer_of(TEXT, encoding=encoding)
    assert "\x1b" not in refused.value.message


# --- caps and cuts ----------------------------------------------------------------------------------------------------


def test_no_more_than_the_cap_is_read():
    stream = Pieces([b"x" * 1000] * 1000)
    answer = read_answer(httpx.Response(200, stream=stream), cap_bytes=2500, left_s=lambda: 10)
    assert (len(answer.body), answer.over_cap, answer.cut) == (2500, True, False)
    assert stream.read == 3


def test_a_body_that_just_fills_the_cap_is_whole():
    answer = answer_of(b"x" * 2500, cap_bytes=2500)
    assert (len(answer.body), answer.over_cap) == (2500, False)


@pytest.mark.parametrize("trouble", [httpx.RemoteProtocolError("cut"), httpx.ReadError("reset")], ids=repr)
def test_a_body_that_was_cut_is_never_taken_as_whole(trouble):
    answer = answer_of(b'{"success": true, "result": []}', trouble)
    assert answer.cut
    with pytest.raises(Broken, match="cut after 31 bytes"):
        open_envelope(answer)


def test_a_body_that_stalls_is_slow_and_not_cut():
    with pytest.raises(httpx.ReadTimeout):
        answer_of(b"{", httpx.ReadTimeout("stalled"))


def service_on(answer) -> tuple[GatewayClient, Account]:
    client = GatewayClient(
        "https://api.example/v4",
        Token("t"),
        transport=httpx.MockTransport(lambda _request: answer()),
        sleep=lambda _s: None,
    )
    return client, Account(client, "acc")


def test_a_cut_download_is_an_error_and_a_cut_view_says_so():
    _client, account = service_on(lambda: httpx.Response(200, stream=Pieces([b"half", httpx.ReadError("reset")])))
    logs = account.logs("prod")
    with pytest.raises(Broken, match="cut after 4 bytes"):
        logs.bodies.whole("a", "request")
    body = logs.bodies.part("a", "request")
    assert (body.data, body.whole, body.cut) == (b"half", False, True)


def test_a_download_over_the_cap_is_refused():
    _client, account = service_on(lambda: httpx.Response(200, stream=Pieces([bytes(CAP_BYTES), b"x"])))
    with pytest.raises(TooLarge, match="over 16 MB"):
        account.logs("prod").bodies.whole("a", "response")


def test_a_stalled_body_is_slow_and_its_connection_is_given_back():
    stream = Pieces([b"{", httpx.ReadTimeout("stalled")])
    client, _account = service_on(lambda: httpx.Response(200, stream=stream))
    with pytest.raises(Slow):
        client.get(("logs",))
    assert stream.is_closed


# --- drips ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def clock(monkeypatch):
    """A clock that only moves when told: `clock[0] += 1`."""
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def drip(clock, seconds: float) -> Pieces:
    def pieces():
        while True:
            clock[0] += seconds
            yield b"xxxxx"

    return Pieces(pieces())


def test_a_drip_ends_at_the_deadline_of_the_page(clock):
    stream = drip(clock, 1)
    client, _account = service_on(lambda: httpx.Response(200, stream=stream))
    with calls.page(), pytest.raises(Slow):
        client.get(("logs",))
    assert stream.read == 10
    assert stream.is_closed


def test_a_packed_drip_ends_at_the_deadline_too(clock):
    stream = Pieces(_packed_drip(clock))
    client, _account = service_on(lambda: httpx.Response(200, headers={"content-encoding": "gzip"}, stream=stream))
    with calls.page(), pytest.raises(Slow):
        client.get(("logs",))
    assert stream.read <= 11


def _packed_drip(clock) -> Iterator[bytes]:
    for at in range(len(packed := gzip.compress(TEXT))):
        clock[0] += 1
        yield packed[at : at + 1]


def test_a_dripping_body_has_30_seconds_of_its_own(clock):
    stream = drip(clock, 1)
    client, _account = service_on(lambda: httpx.Response(200, stream=stream))
    with calls.page(), pytest.raises(Slow):
        client.raw(("logs", "a", "request"))
    assert stream.read == 30


# --- envelopes --------------------------------------------------------------------------------------------------------


def opened(body: bytes):
    return open_envelope(Answer(200, {}, body))


@pytest.mark.parametrize("errors", [b"", b', "errors": null', b', "errors": []', b', "messages": [{"code": 10000}]'])
def test_errors_and_messages_may_be_missing_null_or_empty(errors):
    envelope = opened(b'{"success": true, "result": {"a": 1}' + errors + b"}")
    assert bytes(envelope.result) == b'{"a": 1}'


def test_a_missing_result_is_null():
    assert bytes(opened(b'{"success": true}').result) == b"null"


@pytest.mark.parametrize(
    "text",
    [rb'"\ud800"', b'"\xff\xfe"', b'"\xed\xa0\x80"', b"9" * 5000, b"NaN", b"-Infinity", b'{"a": 1, "a": 2}', b"1e999"],
    ids=["surrogate", "not UTF-8", "surrogate in bytes", "5,000 digits", "NaN", "-Infinity", "double key", "1e999"],
)
def test_one_broken_value_leaves_the_rest_of_the_list(text):
    envelope = opened(b'{"success": true, "result": [{"id": "a", "x": ' + text + b'}, {"id": "b"}], "result_info": {}}')
    rows = msgspec.json.decode(bytes(envelope.result), type=list[msgspec.Raw])
    assert [read_log(bytes(row)).id for row in rows] == ["a", "b"]


def test_nesting_that_no_one_can_read_is_refused_and_not_a_crash():
    for depth in (1000, 100_000):
        body = b'{"success": true, "result": ' + b"[" * depth + b"]" * depth + b"}"
        try:
            opened(body)
        except GatewayError as error:
            assert isinstance(error, Broken)  # noqa: PT017 - the shallow one may be read


def test_a_refused_call_is_refused_though_its_text_is_broken():
    with pytest.raises(GatewayError) as refused:
        opened(b'{"success": false, "errors": [{"code": 7001, "message": "bad \\ud800 \xff"}]}')
    refused.value.hint.encode()
    assert refused.value.hint.startswith("7001 bad")
