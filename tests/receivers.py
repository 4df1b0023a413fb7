"""What stands at the other end: a web hook, a mail server, a collector on ports of this machine."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import brotli
from aiosmtpd.controller import Controller


class _Silent(BaseHTTPRequestHandler):
    """Nothing of it in the output of tests."""

    def log_message(self, *_arguments: Any) -> None:
        pass


@contextmanager
def _served(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Host and port of a server that runs as long as this lasts."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Hook:
    """Keeps what was posted, and answers with `status`."""

    def __init__(self) -> None:
        self.status = 200
        self.location = ""  # of a redirect
        self.got: list[tuple[str, Any]] = []  # path and JSON
        self.address = ""  # host and port


@contextmanager
def hook() -> Iterator[Hook]:
    """One that listens while the test goes on."""
    found = Hook()

    class Handler(_Silent):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.got.append((self.path, json.loads(body)))
            self.send_response(found.status)
            if found.location:
                self.send_header("Location", found.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            found.got.append((self.path, None))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

    with _served(Handler) as found.address:
        yield found


_UNPACKED: dict[str, Any] = {"gzip": gzip.decompress, "br": brotli.decompress, "identity": bytes}


class Collector:
    """Keeps what was posted as it is, unpacked: for spans, or for errors."""

    def __init__(self) -> None:
        self.got: list[tuple[str, bytes]] = []  # path and body
        self.address = ""  # host and port

    def whole(self) -> bytes:
        """All that came, and the paths that it came to."""
        return b"\n".join(path.encode() + b"\n" + body for path, body in self.got)


@contextmanager
def collector() -> Iterator[Collector]:
    """One that listens while the test goes on."""
    found = Collector()

    class Handler(_Silent):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.got.append((self.path, _UNPACKED[self.headers.get("Content-Encoding", "identity")](body)))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

    with _served(Handler) as found.address:
        yield found


class _OnAnyPort(Controller):
    """It is said to try its own port before it is known."""

    def _trigger_server(self) -> None:
        server: Any = self.server
        self.port = server.sockets[0].getsockname()[1]
        super()._trigger_server()


class Mailbox:
    """Keeps what was mailed."""

    def __init__(self) -> None:
        self.got: list[Any] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.got.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@contextmanager
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    """One on a port of its own."""
    found = Mailbox()
    controller = _OnAnyPort(found, hostname="127.0.0.1", port=0)
    controller.start()
    try:
        yield found, controller.port
    finally:
        controller.stop()
