"""What the tests of shared and old answers have in common: a clock, ways to fail, and what a page says of its age."""

from __future__ import annotations

from typing import Any

import httpx
from django.test import Client

from gateway_dash.team.roles import OPERATOR
from tests.conftest import LOGS
from tests.people import somebody
from tests.views.reading import fields, parse


def hang(request: httpx.Request) -> httpx.Response:
    """No answer in time."""
    raise httpx.ReadTimeout("too slow", request=request)


def refuse(request: httpx.Request) -> httpx.Response:
    """Nobody listens there."""
    raise httpx.ConnectError("refused", request=request)


def status(code: int, **headers: str) -> Any:
    """An answer with this status and an envelope without words."""
    return lambda _request: httpx.Response(code, headers=headers, json={"success": False, "errors": []})


FAILURES = {
    "a timeout": (hang, "The upstream is too slow"),
    "a refused connection": (refuse, "The upstream did not answer"),
    "500": (status(500), "The upstream gave an unexpected answer"),
    "503": (status(503), "The upstream gave an unexpected answer"),
    "429": (status(429, **{"retry-after": "60"}), "The upstream call budget is spent"),
    "html": (lambda _request: httpx.Response(502, html="<h1>Bad gateway</h1>"), "gave an unexpected answer"),
    "no json": (lambda _request: httpx.Response(200, text="{"), "gave an unexpected answer"),
}


def ids(answer: Any) -> list[str]:
    """The logs of a list, in its order."""
    return [each["data-log-id"] for each in parse(answer).all("tr", data_log_id=None)]


def note(answer: Any) -> str:
    """What the page says of its age; nothing where it is fresh."""
    found = parse(answer).all(data_stale=None)
    return found[0].text if found else ""


def person_of(name: str, role: str = OPERATOR, gateway: str = "") -> Client:
    """Somebody else's browser."""
    client = Client()
    client.force_login(somebody(name, role, gateway))
    return client


def annotate(person: Client, log_id: str) -> Any:
    """Open a log, and save that it is good."""
    form = parse(person.get(f"{LOGS}{log_id}/")).one("form", data_annotate=None)
    return person.post(form["action"], fields(form) | {"feedback": ["1"]})
