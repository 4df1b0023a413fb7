"""Bodies stay in memory for a few minutes: one call for many looks, and never a look at what is deleted."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gateway_dash import upstream
from gateway_dash.gateway import calls
from gateway_dash.gateway.errors import NotFound
from gateway_dash.gateway.models import Body
from gateway_dash.gateway.stored import Shelf
from gateway_dash.sandbox import Options, Sandbox
from tests.unit.test_service import BODY, GATEWAY, spied


@pytest.fixture
def one(store):
    store.add({"gateway_id": GATEWAY, "id": "b1", "request_body": BODY, "response_body": b"answer"})
    account, requests = spied(Sandbox(store, Options(budget=None)))
    return account.logs(GATEWAY), requests


def body(data: bytes, age_s: float = 0.0) -> Body:
    return Body(data, whole=True, cut=False, read_at=datetime.now(UTC) - timedelta(seconds=age_s))


def test_a_second_look_costs_no_call_and_says_how_old_it_is(one):
    logs, requests = one
    first = logs.bodies.kept("b1", "request")
    with calls.page() as page:
        second = logs.bodies.kept("b1", "request")
    assert (first.data, first.is_kept) == (BODY, False)
    assert second == replace(first, is_kept=True)
    assert [each.what for each in page.kept] == ["request"]
    assert len(requests) == 1


def test_a_window_of_a_kept_body_is_the_same_window_without_a_call(one):
    logs, requests = one
    before = [logs.bodies.part("b1", "request", start=at, length=1000) for at in (0, 3000, 4000, 9999)]
    logs.bodies.kept("b1", "request")
    requests.clear()
    after = [logs.bodies.part("b1", "request", start=at, length=1000) for at in (0, 3000, 4000, 9999)]
    assert [(each.data, each.whole) for each in after] == [(each.data, each.whole) for each in before]
    assert requests == []


def test_a_body_that_the_log_itself_held_is_not_asked_for(one):
    logs, requests = one
    assert logs.bodies.hold("b1", "request", BODY).data == BODY
    assert logs.bodies.kept("b1", "request").data == BODY
    assert requests == []


def test_the_two_bodies_of_a_log_are_two(one):
    logs, _ = one
    assert logs.bodies.kept("b1", "request").data == BODY
    assert logs.bodies.kept("b1", "response").data == b"answer"


def test_a_deleted_log_is_not_shown_from_memory(one):
    logs, _ = one
    logs.bodies.kept("b1", "request")
    logs.delete_found([logs.log("b1")])
    with pytest.raises(NotFound):
        logs.bodies.kept("b1", "request")


def test_two_gateways_of_one_account_share_no_body(store):
    for gateway in (GATEWAY, "staging"):
        store.add({"gateway_id": gateway, "id": f"of-{gateway}", "request_body": gateway.encode()})
    account = upstream.connect(Sandbox(store, Options(budget=None)))
    account.logs(GATEWAY).bodies.kept(f"of-{GATEWAY}", "request")
    with pytest.raises(NotFound):
        account.logs("staging").bodies.kept(f"of-{GATEWAY}", "request")


def test_what_is_older_than_five_minutes_is_asked_for_again():
    shelf = Shelf(keep_s=300)
    shelf.put(("a", "request"), body(b"old", age_s=301))
    shelf.put(("b", "request"), body(b"new", age_s=299))
    assert shelf.get(("a", "request")) is None
    assert shelf.get(("b", "request")) is not None


def test_the_oldest_go_when_there_is_no_room():
    shelf = Shelf(room_bytes=10)
    for name in "abc":
        shelf.put((name, "request"), body(name.encode() * 4))
    assert [shelf.get((name, "request")) is not None for name in "abc"] == [False, True, True]
    shelf.put(("d", "request"), body(b"x" * 11))
    assert [shelf.get((name, "request")) is not None for name in "abcd"] == [False] * 4
