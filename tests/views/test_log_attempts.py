"""/gateways/<gateway>/logs/<log_id>/attempts/"""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from gateway_dash import upstream
from gateway_dash.gateway.query import LogQuery
from gateway_dash.logs.attempts import ladder_waiting
from gateway_dash.logs.screen import Screen
from tests.conftest import LOGS
from tests.views.reading import HTMX, parse

pytestmark = pytest.mark.django_db

BEGIN = datetime(2026, 11, 20, 10, 54, 0, 118_000, tzinfo=UTC)
URL = LOGS + "second/attempts/"


@pytest.fixture
def logs(bare_store):
    first = {"id": "first", "provider": "anthropic", "model": "claude-haiku-4-5", "status_code": 529, "success": False}
    second = {"id": "second", "provider": "openai", "model": "gpt-4.1-mini", "step": 1, "cost": 0.001222}
    guard = {"id": "guard", "provider": "workers-ai", "model": "@cf/meta/llama-guard-3-8b", "cost": None}
    rows: list[dict[str, Any]] = [first | {"cost": 0}, second, guard]
    for number, row in enumerate(rows):
        at = (BEGIN + timedelta(seconds=number)).isoformat()
        bare_store.add({"event_id": "event-1", "created_at": at, "step": 0, "duration": 1000 + number} | row)
    bare_store.add({"id": "alone", "created_at": BEGIN.isoformat()})
    return bare_store


def card(answer):
    return parse(answer).one(id="attempts")


def rungs(answer):
    return [" ".join(each.text.split(" · ")[0].split()) for each in card(answer).one("ol").all("li")]


def test_all_logs_of_the_call_stand_in_the_order_of_their_steps(person, logs, wire):
    answer = person.get(URL)
    assert answer.status_code == 200
    assert rungs(answer) == [
        "anthropic claude-haiku-4-5 529 step 0, 1,000 ms, $0",
        "workers-ai @cf/meta/llama-guard-3-8b 200 step 0, guardrail check, 1,002 ms, cost unknown",
        "openai gpt-4.1-mini 200 step 1, this log, 1,001 ms, $0.001222",
    ]
    assert wire.calls == ["GET /prod-edge/logs/second", "GET /prod-edge/logs"]


def test_the_page_says_what_went_before(person, logs):
    page = parse(person.get(URL))
    assert page.one("h1").text == "Second attempt: step 0 failed with 529 at anthropic"
    assert "exact, same event id" in card(person.get(URL)).text


def test_each_other_log_is_a_link_that_keeps_the_list(person, logs):
    links = card(person.get(URL + "?provider=openai")).links()
    assert links["anthropic claude-haiku-4-5"] == LOGS + "first/?provider=openai"
    assert "openai gpt-4.1-mini" not in links
    assert links["These as a list"] == LOGS + "?event_id=event-1"


def test_what_is_unknown_stays_unknown_in_the_totals(person, logs):
    told = {
        each.text: other.text
        for each, other in zip(*(card(person.get(URL)).all(tag) for tag in ("dt", "dd")), strict=True)
    }
    assert told == {
        "Attempts": "2, 1 check",
        "Time, added up": "3,003 ms",
        "Cost": "unknown; $0.001222 without the 1 unknown",
    }


def test_htmx_gets_the_card_alone(person, logs):
    answer = person.get(URL, headers=HTMX)
    assert "<h1" not in answer.text
    assert len(rungs(answer)) == 3
    assert answer["HX-Push-Url"] == "false"


def test_ids_are_compared_exactly_whatever_the_upstream_does(person, logs):
    logs.add({"id": "other", "event_id": "EVENT-1"})
    logs.add({"id": "longer", "event_id": "event-11"})
    assert len(rungs(person.get(URL))) == 3


def test_an_upstream_that_ignores_the_filter_is_no_ladder(person, logs, sandbox, wire):
    every = [logs.get(each) for each in ("first", "second", "alone")]
    body = {"success": True, "result": every, "result_info": {"total_count": 3}}
    wire.instead = lambda sent: httpx.Response(200, json=body) if sent.url.path.endswith("/logs") else None
    answer = person.get(URL)
    assert answer.status_code == 200
    assert card(answer).all("ol") == []
    assert "The attempts are not known: The upstream did not apply the filter" in card(answer).text


def test_more_than_fifty_are_cut_and_that_is_said(person, bare_store):
    for number in range(60):
        at = (BEGIN + timedelta(seconds=number)).isoformat()
        bare_store.add({"id": f"t-{number}", "event_id": "many", "created_at": at, "step": number})
    answer = person.get(LOGS + "t-7/attempts/")
    assert len(rungs(answer)) == 50
    assert "60 logs have this event id; the oldest 50 were read." in card(answer).text
    assert "exact" not in card(answer).text


def test_a_log_that_is_not_among_the_fifty_is_still_a_rung(person, bare_store):
    for number in range(60):
        at = (BEGIN + timedelta(seconds=number)).isoformat()
        bare_store.add({"id": f"t-{number}", "event_id": "many", "created_at": at, "step": number})
    assert any("this log" in each for each in rungs(person.get(LOGS + "t-59/attempts/")))


def test_a_log_without_an_event_id_asks_for_nothing_more(person, logs, wire):
    row = logs.get("alone") | {"event_id": None, "step": 2}
    body = {"success": True, "result": row}
    wire.instead = lambda sent: httpx.Response(200, json=body) if sent.url.path.endswith("/alone") else None
    answer = person.get(LOGS + "alone/attempts/")
    assert "says no event id" in card(answer).text
    assert "It was attempt 3 of its call." in card(answer).text
    assert wire.calls == ["GET /prod-edge/logs/alone"]


def test_a_list_that_fails_is_a_word_on_the_card(person, logs, wire):
    wire.instead = lambda sent: httpx.Response(500, json={}) if sent.url.path.endswith("/logs") else None
    answer = person.get(URL)
    assert answer.status_code == 200
    assert card(answer).links()["Try again"] == URL


def test_hostile_names_stay_text(person, bare_store):
    for name in ("a", "b"):
        bare_store.add({"id": name, "event_id": 'x"><script>', "provider": "<b>\u202e", "model": "<script>alert(1)"})
    answer = person.get(LOGS + "a/attempts/")
    assert "<script>alert" not in answer.text
    assert "\u202e" not in answer.text
    assert len(rungs(answer)) == 2


def test_a_log_that_stands_alone_waits_for_nothing(person, logs):
    screen = Screen(LOGS)
    read = upstream.logs("prod-edge").log
    assert ladder_waiting(screen, read("alone"), LogQuery()) is None
    waiting = ladder_waiting(screen, read("second"), LogQuery())
    assert waiting
    assert waiting.waits
    assert waiting.url == URL


def test_the_invented_logs_have_such_calls(person, store):
    rows = [store.get(log_id) for log_id in store.ids("prod-edge")]
    shared = [row for row in rows if row["event_id"] != row["id"]]
    assert shared
    row = shared[0]
    answer = person.get(f"{LOGS}{row['id']}/attempts/")
    assert len(rungs(answer)) == 2
