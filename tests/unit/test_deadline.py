"""Every wait of a call ends at its deadline, also where bytes keep coming: over real connections."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpcore
import httpx
import pytest

from gateway_dash.gateway import calls
from gateway_dash.gateway.client import GatewayClient, Token
from gateway_dash.gateway.deadline import Network, Stream, within
from gateway_dash.gateway.errors import Slow

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n"


@contextmanager
def dripping(beginning: bytes, drop: bytes) -> Iterator[str]:
    """An upstream that answers with the beginning, and then drop by drop until nobody listens."""
    over = threading.Event()

    def drip(connection: socket.socket) -> None:
        with connection:
            connection.recv(65536)
            connection.sendall(beginning)
            while not over.wait(0.02):
                try:
                    connection.sendall(drop)
                except OSError:
                    return

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            drip(connection)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            over.set()
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(20)


@pytest.mark.parametrize(
    ("beginning", "drop"),
    [(b"", b"H"), (b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"), (HEAD, b"1")],
    ids=["a status that never ends", "headers that never end", "a body that never ends"],
)
def test_a_drip_ends_at_the_deadline_wherever_it_is(beginning, drop, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with dripping(beginning, drop) as url:
        client = GatewayClient(url, Token("t"))
        with calls.page(0.5), pytest.raises(Slow):
            client.get(("logs",))
        client._http.close()


def test_a_proxy_of_the_environment_is_held_to_it_too(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    client = GatewayClient("http://api.example", Token("t"))
    pools = [each._pool for each in client._http._mounts.values() if isinstance(each, httpx.HTTPTransport)]
    assert pools
    assert all(isinstance(pool._network_backend, Network) for pool in pools)
    client._http.close()


class Recorded(httpcore.NetworkStream):
    """A connection that only notes with which timeout it was asked."""

    def __init__(self) -> None:
        self.timeouts: list[float | None] = []

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self.timeouts.append(timeout)
        return b""

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.timeouts.append(timeout)

    def start_tls(self, ssl_context, server_hostname=None, timeout=None) -> httpcore.NetworkStream:
        self.timeouts.append(timeout)
        return self


WAITS: list[Callable[[Stream, float | None], object]] = [
    lambda stream, timeout: stream.read(1, timeout),
    lambda stream, timeout: stream.write(b"", timeout),
    lambda stream, timeout: stream.start_tls(None, None, timeout),  # type: ignore[arg-type]
]


@pytest.mark.parametrize("wait", WAITS, ids=["read", "write", "start_tls"])
def test_the_shorter_of_timeout_and_deadline_counts(wait):
    inner = Recorded()
    stream = Stream(inner)
    wait(stream, 8)
    with within(lambda: 3.0):
        wait(stream, 8)
        wait(stream, 2)
        wait(stream, None)
    with within(lambda: 0.0), pytest.raises(httpcore.TimeoutException):
        wait(stream, 8)
    assert inner.timeouts == [8, 3.0, 2, 3.0]
