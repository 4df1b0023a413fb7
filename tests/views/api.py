"""What the tests of the API share: people with tokens, and their requests."""

from __future__ import annotations

from typing import Any

from django.test import Client

from gateway_dash.api import tokens
from gateway_dash.api.models import ApiToken
from gateway_dash.team.actions import Action
from gateway_dash.team.roles import READER
from tests.people import somebody

API = "/api/v1/"
GATEWAY = API + "gateways/prod-edge"
LOGS = GATEWAY + "/logs"


class Script:
    """A program with one token and no cookies."""

    def __init__(self, token: ApiToken, text: str) -> None:
        self.token = token
        self.text = text
        self._client = Client()

    def get(self, url: str, **headers: str) -> Any:
        return self._client.get(url, headers={"Authorization": f"Bearer {self.text}"} | headers)

    def ask(self, method: str, url: str) -> Any:
        return self._client.generic(method, url, headers={"Authorization": f"Bearer {self.text}"})


def script(
    name: str = "kim",
    role: str = READER,
    gateway: str = "",
    *,
    scopes: tuple[Action, ...] = tokens.SCOPES,
    only: tuple[str, ...] = (),
) -> Script:
    """Somebody of this role, in one gateway or in all, and a token of theirs."""
    return Script(*tokens.make(somebody(name, role, gateway), "nightly", scopes, only, 30))


def title(answer: Any) -> str:
    """What an error is called; its form is checked by the way."""
    assert answer["Content-Type"] == "application/json"
    error = answer.json()["error"]
    assert set(error) == {"title", "message", "hint", "status"}
    assert error["status"] == answer.status_code
    return str(error["title"])
