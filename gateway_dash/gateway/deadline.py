"""One deadline for all the bytes of a call: neither a drip of headers nor one of a body holds a thread for longer.

The timeouts of httpx are for one read or write each. An upstream that sends a byte every seven seconds never meets
them, and the headers of an answer alone could take hours. So each read waits for what is left of the whole.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import httpcore
import httpx

_left: ContextVar[Callable[[], float] | None] = ContextVar("left", default=None)


@contextmanager
def within(left_s: Callable[[], float]) -> Iterator[None]:
    """What is read and written inside, on this thread, ends when `left_s()` is used up."""
    token = _left.set(left_s)
    try:
        yield
    finally:
        _left.reset(token)


def keep_deadlines(client: httpx.Client) -> None:
    """Have the client's connections look at the deadline, also those through a proxy of the environment.

    httpx does not hand through the place where httpcore takes another network, so it is put where httpx keeps it.
    """
    for transport in (client._transport, *client._mounts.values()):
        if isinstance(transport, httpx.HTTPTransport):
            pool: Any = transport._pool
            pool._network_backend = Network(pool._network_backend)


def _bounded(timeout: float | None, over: type[Exception]) -> float | None:
    left_s = _left.get()
    if left_s is None:
        return timeout
    seconds = left_s()
    if seconds <= 0:
        raise over("the deadline of the call is over")
    return seconds if timeout is None else min(timeout, seconds)


class Network(httpcore.NetworkBackend):
    """Connections whose every wait ends at the deadline."""

    def __init__(self, inner: httpcore.NetworkBackend) -> None:
        self._inner = inner

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """See httpcore."""
        seconds = _bounded(timeout, httpcore.ConnectTimeout)
        return Stream(self._inner.connect_tcp(host, port, seconds, local_address, socket_options))

    def sleep(self, seconds: float) -> None:
        """See httpcore."""
        self._inner.sleep(seconds)


class Stream(httpcore.NetworkStream):
    """One connection."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """See httpcore."""
        return self._inner.read(max_bytes, _bounded(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """See httpcore."""
        self._inner.write(buffer, _bounded(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        """See httpcore."""
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """See httpcore."""
        seconds = _bounded(timeout, httpcore.ConnectTimeout)
        return Stream(self._inner.start_tls(ssl_context, server_hostname, seconds))

    def get_extra_info(self, info: str) -> Any:
        """See httpcore."""
        return self._inner.get_extra_info(info)
