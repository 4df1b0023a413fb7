"""The sandbox on a port, with an upstream's troubles on demand: `python -m tests.load.upstream`.

Prints two addresses as JSON: the API's, and one where the trouble is chosen (PUT /, with a Trouble as JSON) and the
calls are read (GET /: a moment of the wall clock, a method, a path and a status for each). Only 127.0.0.1.
"""

from __future__ import annotations

import gzip
import io
import json
import signal
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from gateway_dash.sandbox import ACCOUNT_ID, TOKENS, Options, Sandbox, Store
from gateway_dash.sandbox.server import Exchange, Server

MB = 1024 * 1024
LOGS = 2000
BOMB_BYTES = 1024 * MB
DRIP_S = 0.2  # five bytes a second
HANG_S = 60.0
SECRET_FREE = b"The quick brown fox reads a log of a gateway. "


@dataclass(frozen=True)
class Trouble:
    """What becomes of calls. `kind`: "" for none, or the name of one of the functions below."""

    kind: str = ""
    only: str = ""  # where "METHOD /path" contains this
    latency_s: float = 0.0
    every: int = 1  # of the calls that it is for, each so-manieth meets it
    retry_after_s: int = 30
    size_bytes: int = 10 * MB


class Upstream:
    """Its state: the trouble of now, the calls so far, and whether it listens."""

    def __init__(self, port: int = 0) -> None:
        self.sandbox = Sandbox(Store.seeded(LOGS), Options(budget=None))
        self.trouble = Trouble()
        self.calls: list[tuple[float, str, str, int]] = []
        self.met = 0
        self._lock = threading.Lock()
        self._server: Server | None = None
        self.port = port
        self.listen()

    def listen(self) -> None:
        """Take calls; nothing, where it already does."""
        if self._server is None:
            self._server = _Listening(("127.0.0.1", self.port), self)
            self.port = self._server.server_port
            threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def go_away(self) -> None:
        """Refuse connections, and end those that there are."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def become(self, trouble: Trouble) -> None:
        """From now on."""
        with self._lock:
            self.trouble, self.met = trouble, 0
        self.go_away() if trouble.kind == "away" else self.listen()

    def meets(self, place: str) -> str:
        """Which trouble a call meets."""
        with self._lock:
            trouble = self.trouble
            if trouble.only not in place:
                return ""
            self.met += 1
            return trouble.kind if self.met % trouble.every == 0 else ""

    def note(self, method: str, path: str, status: int) -> None:
        """A call has come."""
        with self._lock:
            self.calls.append((time.time(), method, path, status))


class _Listening(Server):
    def __init__(self, address: tuple[str, int], upstream: Upstream) -> None:
        self.upstream = upstream
        super().__init__(address, upstream.sandbox)
        self.RequestHandlerClass = _Troubled

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who waits no longer has gone; that is no news."""


class _Troubled(Exchange):
    """A connection on which each call may meet the trouble of now."""

    timeout = 20
    server: _Listening

    def answer(self) -> None:
        """Ask the sandbox, or do what is wanted instead."""
        upstream = self.server.upstream
        path = self.path.partition("?")[0]
        kind = upstream.meets(f"{self.command} {path}")
        upstream.note(self.command, path, STATUS.get(kind, 200))
        if upstream.trouble.latency_s:
            time.sleep(upstream.trouble.latency_s)
        if not kind:
            return super().answer()
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.close_connection = True
        with suppress(OSError):  # who waits no longer has gone
            WHAT[kind](self, upstream.trouble)
        return None

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer

    def say(self, status: int, headers: dict[str, str], content: bytes = b"") -> None:
        """An answer that is whole, or whose length is a lie, where the headers say so."""
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(content))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()


JSON = {"Content-Type": "application/json"}
STATUS = {"error": 500, "unavailable": 503, "too_many": 429, "html": 502}


def away(_call: _Troubled, _trouble: Trouble) -> None:
    """The connection of before ends."""


def hang(_call: _Troubled, _trouble: Trouble) -> None:
    """Nothing comes."""
    time.sleep(HANG_S)


def error(call: _Troubled, _trouble: Trouble) -> None:
    """An internal error."""
    call.say(500, JSON, b'{"success":false,"errors":[{"code":7000,"message":"Internal error"}],"result":null}')


def html(call: _Troubled, _trouble: Trouble) -> None:
    """An edge server answers."""
    call.say(502, {"Content-Type": "text/html"}, b"<html><h1>502 Bad Gateway</h1></html>")


def unavailable(call: _Troubled, _trouble: Trouble) -> None:
    """It comes again."""
    call.say(503, JSON, b'{"success":false,"errors":[],"result":null}')


def too_many(call: _Troubled, trouble: Trouble) -> None:
    """The budget is spent."""
    content = b'{"success":false,"errors":[{"code":971,"message":"Please wait"}],"result":null}'
    call.say(429, JSON | {"Retry-After": str(trouble.retry_after_s)}, content)


def drip(call: _Troubled, _trouble: Trouble) -> None:
    """A body, byte by byte."""
    call.say(200, JSON | {"Content-Length": "100000"})
    _drops(call)


def drip_head(call: _Troubled, _trouble: Trouble) -> None:
    """The headers, byte by byte."""
    call.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    _drops(call)


def _drops(call: _Troubled) -> None:
    for _ in range(int(HANG_S / DRIP_S)):
        call.wfile.write(b" ")
        call.wfile.flush()
        time.sleep(DRIP_S)


def bomb(call: _Troubled, _trouble: Trouble) -> None:
    """A gigabyte in a megabyte."""
    call.say(200, JSON | {"Content-Encoding": "gzip"}, _bomb())


def huge(call: _Troubled, trouble: Trouble) -> None:
    """As many bytes as are wanted, as a list that is none, or as a body."""
    call.say(200, JSON | {"Content-Length": str(trouble.size_bytes)})
    piece = SECRET_FREE * (MB // len(SECRET_FREE))
    left = trouble.size_bytes
    while left > 0:
        call.wfile.write(piece[:left])
        left -= len(piece)


def body(call: _Troubled, trouble: Trouble) -> None:
    """A request of a chat, of as many bytes as are wanted."""
    empty = json.dumps({"model": "gpt-4o", "messages": [{"role": "user", "content": ""}]}).encode()
    words = (SECRET_FREE * (trouble.size_bytes // len(SECRET_FREE) + 1))[: trouble.size_bytes - len(empty)]
    call.say(200, JSON, empty.replace(b'"content": ""', b'"content": "' + words + b'"'))


def cut(call: _Troubled, _trouble: Trouble) -> None:
    """The connection ends in the middle."""
    call.say(200, JSON | {"Content-Length": "1000"}, b'{"success":true,"result":[{"id":"01')


WHAT = {
    each.__name__: each
    for each in (away, hang, error, html, unavailable, too_many, drip, drip_head, bomb, huge, body, cut)
}
_made: list[bytes] = []


def _bomb() -> bytes:
    if not _made:
        packed = io.BytesIO()
        with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=9, mtime=0) as file:
            for _ in range(BOMB_BYTES // MB):
                file.write(b" " * MB)
        _made.append(packed.getvalue())
    return _made[0]


class Control(BaseHTTPRequestHandler):
    """Where the harness says what is to happen, and reads what did."""

    upstream: Upstream

    def do_PUT(self) -> None:
        """A new trouble; the calls so far are forgotten."""
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if told.get("kind") == "bomb":
            _bomb()
        self.upstream.become(Trouble(**told))
        self.upstream.calls.clear()
        self._say({})

    def do_GET(self) -> None:
        """The calls since the last trouble."""
        self._say({"calls": list(self.upstream.calls)})

    def _say(self, told: dict[str, Any]) -> None:
        content = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""


def _with_long_bodies(store: Store) -> list[str]:
    """Logs whose request has to be asked for: its head is not all of it."""
    return [each for each in store.ids("prod-edge") if len(store.body(each, "request") or b"") > Options().head_bytes]


def main() -> None:
    upstream = Upstream()
    Control.upstream = upstream
    control = ThreadingHTTPServer(("127.0.0.1", 0), Control)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    told = {
        "api": f"http://127.0.0.1:{upstream.port}/client/v4",
        "control": f"http://127.0.0.1:{control.server_port}/",
        "account_id": ACCOUNT_ID,
        "token": next(text for text, right in TOKENS.items() if right == "write"),
        "log_ids": _with_long_bodies(upstream.sandbox.store)[-50:],
    }
    print(json.dumps(told), flush=True)
    control.serve_forever()


if __name__ == "__main__":
    main()
