"""What most tests stand on: a sandbox of their own behind the real client, and a person who is signed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import httpx
import pytest
from django.core.cache import cache, caches
from django.db import connection, connections
from django.test import Client
from hypothesis import HealthCheck, settings

from gateway_dash import upstream
from gateway_dash.bulk import work
from gateway_dash.gateway.client import GatewayClient, Token
from gateway_dash.gateway.service import Account
from gateway_dash.logs import fresh
from gateway_dash.sandbox import ACCOUNT_ID, Options, Sandbox, Store
from gateway_dash.web.kept import ANSWERS
from tests.people import somebody

# Machines are shared and noisy: how long an example takes says nothing about the code.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

GATEWAY = "prod-edge"
LOGS = f"/gateways/{GATEWAY}/logs/"
TOKEN = "canary-token-4f1d0c"
STALE_S = fresh.STALE_S


@pytest.fixture
def store() -> Iterator[Store]:
    """Sixty invented logs, the same ones each time."""
    store = Store.seeded(60)
    yield store
    store.close()


@pytest.fixture
def sandbox(store: Store, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """The upstream behind every page of this test; its `options` are the switches."""
    box = Sandbox(store, Options(budget=None))
    account = upstream.connect(box)
    monkeypatch.setattr(upstream, "account", lambda: account)
    return box


@pytest.fixture
def person(client: Client, django_user_model, sandbox: Sandbox) -> Client:
    """A browser without JavaScript, signed in, with the sandbox as upstream."""
    client.force_login(somebody("kim"))
    return client


@pytest.fixture
def upstream_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[Callable[[httpx.Request], httpx.Response]], Account]:
    """Put a function in the place of the network: the only seam where tests fake anything."""

    def use(handler: Callable[[httpx.Request], httpx.Response]) -> Account:
        client = GatewayClient(
            "https://api.example/client/v4",
            Token(TOKEN),
            transport=httpx.MockTransport(handler),
            sleep=lambda _seconds: None,
        )
        account = Account(client, ACCOUNT_ID)
        monkeypatch.setattr(upstream, "account", lambda: account)
        return account

    return use


@pytest.fixture(autouse=True)
def nobody_opens_the_embedded_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be kept for the tests after this one, with a file that nobody closes."""

    def refuse(*_given: object) -> Sandbox:
        raise AssertionError("This test asks the upstream and has none: it needs the fixture `sandbox`.")

    monkeypatch.setattr(upstream, "_sandbox", refuse)


@pytest.fixture(autouse=True)
def no_beat_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """A step that takes long on a busy machine would open a connection from beside, which nobody can close here."""
    monkeypatch.setattr(work, "BEAT_S", 6 * work.LEASE_S)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Tests that cannot roll back empty every table, which the trail's own triggers would refuse."""
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        import_module("gateway_dash.team.migrations.0004_append_only").unprotect(None, editor)


@pytest.fixture(scope="session", autouse=True)
def requests_leave_a_transaction_open() -> Iterator[None]:
    """A request that ends closes the connection, and what the test has written would go with its transaction.

    Django's own client keeps it from that while the request lasts; a WSGI call does not, nor an answer closed later.
    """
    here = connections["default"]  # of this thread; what others opened they close
    close = here.close_if_unusable_or_obsolete
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(here, "close_if_unusable_or_obsolete", lambda: here.in_atomic_block or close())
        yield


@pytest.fixture(autouse=True)
def nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has a sandbox of its own, so nothing is left of the one before; and each page asks, unless told not to.

    `answers_are_kept` is for the tests of what pages share.
    """
    cache.clear()
    caches[ANSWERS].clear()
    monkeypatch.setattr(fresh, "STALE_S", 0)


@pytest.fixture
def answers_are_kept(nothing_is_kept: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in the product: a list is fresh for 5 s, a log for 60 s, and an old one stands in for ten minutes."""
    monkeypatch.setattr(fresh, "STALE_S", STALE_S)


@pytest.fixture(scope="session", autouse=True)
def nothing_is_left() -> Iterator[None]:
    """Others may use the same Redis, and some keys live for days."""
    yield
    for each in caches.all(initialized_only=True):
        each.clear()
