"""What the tests of jobs share: a wire that can go wrong in every way, and deletions without a pause."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest

from gateway_dash import upstream
from gateway_dash.bulk import pace
from gateway_dash.sandbox import Options, Sandbox, Store
from tests.faults import GATEWAY, Faults
from tests.jobs.driving import account_over, no_pauses


@pytest.fixture(autouse=True)
def at_once(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test of a job waits, for a look or for the budget of calls."""
    monkeypatch.setattr(pace, "wait_s", lambda _account: 0.0)
    with ExitStack() as stack:
        for each in no_pauses():
            stack.enter_context(each)
        yield


@pytest.fixture
def store() -> Iterator[Store]:
    """200 invented logs, 170 of them in the gateway of the tests."""
    store = Store.seeded(200)
    yield store
    store.close()


@pytest.fixture
def wire(store: Store, monkeypatch: pytest.MonkeyPatch) -> Faults:
    """Every upstream call of this test."""
    return connected(store, monkeypatch)


@pytest.fixture
def wire_with_bodies(monkeypatch: pytest.MonkeyPatch) -> Iterator[Faults]:
    """Thirty small logs: text, bytes that are no text, an empty body, and none."""
    store = Store()
    kinds = [b'{"messages": []}', b"\xff\x00\xfe", b"", None, "übermäßig\r\n".encode()]
    for number in range(30):
        created = datetime.now(UTC) - timedelta(hours=5, seconds=-number)
        body, answer = kinds[number % 5], kinds[(number + 1) % 5]
        store.add({"created_at": created, "request_body": body, "response_body": answer})
    yield connected(store, monkeypatch, with_bodies=True)
    store.close()


def connected(store: Store, monkeypatch: pytest.MonkeyPatch, *, with_bodies: bool = False) -> Faults:
    """The wire to this store, for every page and job of the test."""
    found = Faults(Sandbox(store, Options(budget=None)), with_bodies=with_bodies)
    account = account_over(found)
    monkeypatch.setattr(upstream, "account", lambda: account)
    return found


@pytest.fixture
def newest(wire: Faults) -> list[str]:
    """The 70 newest logs: none of them is among the oldest of the gateway, which an ignored filter would take."""
    return wire.store.ids(GATEWAY)[-70:]


@pytest.fixture
def oldest(wire: Faults) -> list[str]:
    """The 70 oldest logs, which an ignored filter would take first."""
    return wire.store.ids(GATEWAY)[:70]
