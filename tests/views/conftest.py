"""What the tests of the pages share: the wire to the upstream, which they can watch and cut."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.test import Client

from gateway_dash import upstream
from gateway_dash.bulk.deletion import batch, probe
from gateway_dash.gateway.breaker import Breaker
from gateway_dash.gateway.client import GatewayClient, Token
from gateway_dash.gateway.service import Account
from gateway_dash.sandbox import ACCOUNT_ID, TOKENS, Sandbox, Store
from gateway_dash.web import reads
from tests.conftest import LOGS, TOKEN
from tests.oidc_provider import Provider, running

Handler = Callable[[httpx.Request], httpx.Response]
Instead = Callable[[httpx.Request], httpx.Response | None]
WRITE = next(text for text, right in TOKENS.items() if right == "write")


class Wire(httpx.BaseTransport):
    """Stands between the client and the sandbox: notes each call, and answers in its place where `instead` does."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._inner = httpx.WSGITransport(app=sandbox)
        self.sent: list[httpx.Request] = []
        self.instead: Instead = lambda _request: None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.sent.append(request)
        answer = self.instead(request)
        return streamed(answer) if answer else self._inner.handle_request(request)

    @property
    def calls(self) -> list[str]:
        """`GET /logs`, each path from the gateway on."""
        return [f"{each.method} {short(each.url.path)}" for each in self.sent]

    @property
    def patches(self) -> list[Any]:
        """The bodies of all PATCHes."""
        return [json.loads(each.content) for each in self.sent if each.method == "PATCH"]

    @property
    def deletes(self) -> list[dict[str, str]]:
        """The parameters of all DELETEs."""
        return [dict(each.url.params) for each in self.sent if each.method == "DELETE"]

    def forget(self) -> None:
        self.sent.clear()


def streamed(answer: httpx.Response) -> httpx.Response:
    """The answer as the network gives it: not read yet, which is what the client counts on."""
    if not answer.is_stream_consumed:
        return answer
    return httpx.Response(answer.status_code, headers=answer.headers, stream=httpx.ByteStream(answer.content))


def short(path: str) -> str:
    return path.rpartition("/gateways")[2] or "/gateways"


@pytest.fixture
def provider(settings, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """A provider of OpenID Connect that may bring in people of example.com."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with running() as found:
        settings.SOCIALACCOUNT_PROVIDERS = found.settings()
        yield found


@pytest.fixture
def wire(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Wire:
    """Every upstream call of this test, on its way to the sandbox."""
    found = Wire(sandbox)
    client = GatewayClient(upstream.SANDBOX_URL, Token(WRITE), transport=found, sleep=lambda _seconds: None)
    account = Account(client, ACCOUNT_ID)
    monkeypatch.setattr(upstream, "account", lambda: account)
    return found


@pytest.fixture
def unbroken(wire: Wire) -> None:
    """Many failures in a row, and every call is sent all the same: the breaker is not what the test is about."""
    upstream.account().client.breaker = Breaker(least_calls=float("inf"))


@pytest.fixture
def upstream_answers(monkeypatch: pytest.MonkeyPatch) -> Callable[[Handler], list[httpx.Request]]:
    """Put a function in the place of the network; returns the list of what was asked."""

    def use(handler: Handler) -> list[httpx.Request]:
        asked: list[httpx.Request] = []

        def answer(request: httpx.Request) -> httpx.Response:
            asked.append(request)
            return streamed(handler(request))

        client = GatewayClient(
            "https://api.example/client/v4",
            Token(TOKEN),
            transport=httpx.MockTransport(answer),
            sleep=lambda _seconds: None,
        )
        account = Account(client, ACCOUNT_ID)
        monkeypatch.setattr(upstream, "account", lambda: account)
        return asked

    return use


@pytest.fixture
def with_token(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Use the sandbox's token of a lesser right."""

    def use(right: str) -> None:
        token = next(text for text, each in TOKENS.items() if each == right)
        client = GatewayClient(upstream.SANDBOX_URL, Token(token), transport=httpx.WSGITransport(app=sandbox))
        account = Account(client, ACCOUNT_ID)
        monkeypatch.setattr(upstream, "account", lambda: account)

    return use


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """A deletion that waits for late logs looks twice; nothing waits for the budget."""
    monkeypatch.setattr(batch, "LOOKS_S", (0.0, 0.0))
    monkeypatch.setattr(probe, "LOOKS_S", (0.0,))
    monkeypatch.setattr(upstream, "job_calls", lambda: 10**6)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers age by a clock that goes on by a millisecond at each look: how long a test takes makes nothing old."""
    began, looks = datetime.now(UTC), count()
    monkeypatch.setattr(reads, "now", lambda: began + timedelta(milliseconds=next(looks)))


@pytest.fixture
def old(clock: None) -> Callable[..., Any]:
    """Get a page that is read three minutes before whatever comes later."""

    def read(client: Client, url: str = LOGS, **more: Any) -> Any:
        moment = reads.now()
        with pytest.MonkeyPatch.context() as then:
            then.setattr(reads, "now", lambda: moment - timedelta(minutes=3))
            return client.get(url, **more)

    return read


@pytest.fixture
def bodies_on_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A megabyte for bodies on disk, as an operator may give it; returns where they lie."""
    monkeypatch.setattr(settings, "ENVIRONMENT", replace(settings.ENVIRONMENT, body_cache_mb=1))
    upstream.body_files.cache_clear()
    yield settings.ENVIRONMENT.data_dir / "bodies"
    monkeypatch.undo()
    upstream.body_files.cache_clear()
    upstream.body_files()  # which takes them away


@pytest.fixture
def bare_store(store: Store) -> Store:
    """No logs at all; the test puts in its own."""
    store.delete(store.ids())
    return store
