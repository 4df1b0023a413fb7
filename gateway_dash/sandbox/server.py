"""A small threading server for one WSGI application: HTTP/1.1, connections kept alive."""

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes
from wsgiref.types import WSGIApplication

NOT_PREFIXED = {"CONTENT_TYPE", "CONTENT_LENGTH"}


class Server(ThreadingHTTPServer):
    """Listens on an address and hands each request to the application."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], application: WSGIApplication) -> None:
        self.application = application
        super().__init__(address, Exchange)


class Exchange(BaseHTTPRequestHandler):
    """One connection, and the requests that come over it."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body leave in one piece
    disable_nagle_algorithm = True
    timeout = 75
    server: Server

    def answer(self) -> None:
        """Ask the application and send what it says."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        chunks = self.server.application(self._environ(body), self._start)
        if self.command != "HEAD":
            self.wfile.writelines(chunks)
        self.wfile.flush()

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer

    def _start(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        code, _, phrase = status.partition(" ")
        self.send_response(int(code), phrase)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        return self.wfile.write

    def _environ(self, body: bytes) -> dict[str, Any]:
        path, _, query = self.path.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.command, "SCRIPT_NAME": "", "QUERY_STRING": query,
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"), "SERVER_PROTOCOL": self.request_version,
            "SERVER_NAME": self.server.server_address[0], "SERVER_PORT": str(self.server.server_address[1]),
            "REMOTE_ADDR": self.client_address[0], "wsgi.version": (1, 0), "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(body), "wsgi.errors": sys.stderr, "wsgi.multithread": True,
            "wsgi.multiprocess": False, "wsgi.run_once": False, "CONTENT_LENGTH": str(len(body)),
        }  # fmt: skip
        for name, value in self.headers.items():
            key = name.upper().replace("-", "_")
            environ.setdefault(key if key in NOT_PREFIXED else f"HTTP_{key}", value)
        return environ

    def version_string(self) -> str:
        return "gateway-dash-sandbox"

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: a list of requests helps nobody here and costs time."""
