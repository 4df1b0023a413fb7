"""What the sandbox answers: envelopes, refusals with their codes, and the text of the wire."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

type Json = Any  # whatever JSON can say
type Path = Sequence[str | int]


@dataclass(frozen=True)
class Answer:
    """One HTTP answer."""

    status: int
    content: bytes
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def status_line(self) -> str:
        return f"{self.status} {HTTPStatus(self.status).phrase}"


@dataclass
class Refusal(Exception):
    """A request that is not carried out, with the envelope that says why."""

    status: int
    content: Json
    headers: tuple[tuple[str, str], ...] = field(default=())

    def answer(self) -> Answer:
        return Answer(self.status, json_bytes(self.content), headers=self.headers)


def json_bytes(content: Json) -> bytes:
    """JSON in ASCII: the one spelling that also survives lone surrogates."""
    return json.dumps(content, separators=(",", ":"), allow_nan=False).encode("ascii")


def success(content: dict[str, Json]) -> Answer:
    return Answer(200, json_bytes({"success": True, **content}))


def invalid(message: str, path: Path) -> Refusal:
    """400: a parameter or body that failed validation."""
    return Refusal(
        400, {"success": False, "result": {}, "errors": [{"code": 7001, "message": message, "path": list(path)}]}
    )


def not_found() -> Refusal:
    """404: no such log or gateway, or a body that was not stored."""
    return Refusal(404, {"success": False, "errors": [{"code": 7002, "message": "Not Found"}]})


def internal_error() -> Refusal:
    return Refusal(500, {"success": False, "errors": [{"code": 7000, "message": "Internal Error"}]})


def front(status: int, *errors: dict[str, Json], headers: tuple[tuple[str, str], ...] = ()) -> Refusal:
    """A refusal by the API's front, before the service saw the request: the classic envelope."""
    return Refusal(status, {"success": False, "errors": list(errors), "messages": [], "result": None}, headers)


def bad_header(code: int, header: str) -> Refusal:
    chain = [{"code": code, "message": f"Invalid format for {header} header"}]
    return front(400, {"code": 6003, "message": "Invalid request headers", "error_chain": chain})


def unauthenticated() -> Refusal:
    return front(401, {"code": 10000, "message": "Authentication error"})


def forbidden() -> Refusal:
    return front(403, {"code": 10000, "message": "Authentication error"})


def no_route(path: str) -> Refusal:
    hint = f"Could not route to {path}, perhaps your object identifier is invalid?"
    return front(404, {"code": 7003, "message": hint}, {"code": 7000, "message": "No route for that URI"})


def wrong_method(allowed: Sequence[str]) -> Refusal:
    headers = (("Allow", ", ".join(allowed)),)
    return front(405, {"code": 10405, "message": "Method not allowed"}, headers=headers)


def too_many_requests(wait_s: int) -> Refusal:
    error = {"code": 971, "message": "Please wait and consider throttling your request speed"}
    return front(429, error, headers=(("Retry-After", str(wait_s)),))


def edge_page() -> Answer:
    """502 as an edge server says it: a page for people, not JSON."""
    page = (
        b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><h1>502 Bad Gateway</h1></body>\r\n</html>\r\n"
    )
    return Answer(502, page, "text/html; charset=UTF-8")
