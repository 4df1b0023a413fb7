"""/gateways/<gateway>/logs/<log_id>/"""

import re
from dataclasses import replace

import httpx
import pytest

from tests.conftest import LOGS
from tests.views.reading import parse

pytestmark = pytest.mark.django_db


def test_every_field_is_shown_known_or_not(person, bare_store):
    bare_store.add({
        "id": "full", "provider": "anthropic", "model": "claude-x", "path": "v1/messages", "status_code": 529,
        "success": False, "duration": 9871, "tokens_in": 4812, "tokens_out": 7, "cost": 0.002422,
        "metadata": {"user": "u-1"}, "user_agent": "curl/8", "quantum_flux": {"level": [1, 2]}, "empty": "",
        "nothing": None,
    })  # fmt: skip
    page, raw = parse(person.get(LOGS + "full/")), parse(person.get(LOGS + "full/raw/"))
    shown = {row.one("th").text: row.one("td").text for row in raw.one("table", class_="grid").one("tbody").all("tr")}
    sent = bare_store.get("full")
    assert set(sent) <= {re.split(r"[.\[]", path)[0] for path in shown}
    assert (shown["quantum_flux.level[0]"], shown["quantum_flux.level[1]"]) == ("1", "2")
    assert (shown["status_code"], shown["nothing"], shown["path"]) == ("529", "null", "v1/messages")
    strip = {each.one("dt").text: each.one("dd").text for each in page.one("dl", class_="strip").all("div")}
    assert strip["Status"] == "529 failed"
    assert strip["Model"] == "claude-x anthropic"
    assert strip["Duration"] == "9,871 ms"
    assert strip["Tokens in → out"] == "4,812 → 7"
    assert strip["Cost"] == "$0.002422"
    assert page.one("h1").text == "claude-x failed with 529 in 9.87 s"


def test_unknown_values_are_called_unknown(person, bare_store):
    bare_store.add({"id": "none", "tokens_in": None, "tokens_out": None})
    strip = {
        each.one("dt").text: each.one("dd").text
        for each in parse(person.get(LOGS + "none/")).one("dl", class_="strip").all("div")
    }
    assert strip["Cost"] == "unknown the provider reported none"
    assert strip["Tokens in → out"] == "unknown → unknown"


def test_a_log_costs_one_call(person, wire, bare_store):
    bare_store.add({"id": "one", "request_body": b"q", "response_body": b"a"})
    answer = person.get(LOGS + "one/")
    assert wire.calls == ["GET /prod-edge/logs/one"]
    assert "1 upstream call " in parse(answer).one("footer", class_="statusbar").text


def test_a_body_is_asked_for_only_when_its_head_is_not_complete(person, bare_store):
    bare_store.add({"id": "mixed", "request_body": b"short", "response_body": b"long " * 2000})
    page = parse(person.get(LOGS + "mixed/raw/"))
    request, response = page.one(id="request"), page.one(id="response")
    assert "hx-get" not in request
    assert request.one(id="request-text").text == "short"
    assert "complete, 5 B, from the log itself" in request.text
    assert (response["hx-get"], response["hx-trigger"]) == (LOGS + "mixed/response/part/?of=10000", "load")
    assert "head only, 4.1 KB of 10 KB" in response.text
    assert response.one(id="response-note").one("a")["href"] == response["hx-get"]


def test_a_missing_head_loads_the_body_by_its_own_request(person, bare_store):
    bare_store.add({"id": "bare"})
    page = parse(person.get(LOGS + "bare/raw/"))
    assert page.one(id="request")["hx-get"] == LOGS + "bare/request/part/"


def test_an_empty_body_that_is_complete_says_so(person, bare_store):
    bare_store.add({"id": "empty", "response_body": b""})
    page = parse(person.get(LOGS + "empty/raw/"))
    assert "The response of this call is empty." in page.one(id="response").text
    assert "hx-get" not in page.one(id="response")


def test_the_way_back_keeps_the_list(person, bare_store):
    bare_store.add({"id": "one", "response_body": b"long " * 2000})
    query = "?provider=openai&cached__not=true&page=2&as_of=2026-11-23T10:00:00Z"
    page = parse(person.get(LOGS + "one/" + query))
    crumb = page.one(class_="crumb").one("a")
    assert crumb["href"] == LOGS + query
    assert crumb.text == "Calls from openai, not answered from cache"
    assert page.one("a", class_="btn", href=LOGS + "one/").text == "Copy linkPermalink"
    assert page.one("form", data_annotate=None)["action"] == LOGS + "one/annotate/" + query
    assert page.one(id="conversation")["hx-get"] == LOGS + "one/conversation/" + query
    raw = parse(person.get(LOGS + "one/raw/" + query))
    assert raw.one(class_="crumb").one("a")["href"] == LOGS + query
    assert raw.one(id="response")["hx-get"] == LOGS + "one/response/part/" + query + "&of=10000"
    assert [each["href"] for each in page.one(class_="tabs").all("a")][2] == LOGS + "one/raw/" + query


def test_a_list_that_cannot_be_read_is_refused_here_too(person, wire):
    assert person.get(LOGS + "one/?providr=x").status_code == 400
    assert wire.sent == []


def test_a_log_that_does_not_exist_is_a_404_that_says_why(person, wire):
    answer = person.get(LOGS + "nope/")
    assert answer.status_code == 404
    assert "deleted, or it is so new that the upstream does not show it yet" in answer.text
    assert parse(answer).links()["All logs of this gateway"] == LOGS
    assert wire.calls == ["GET /prod-edge/logs/nope"]


def test_a_log_of_another_gateway_is_not_shown_here(person, bare_store):
    bare_store.add({"gateway_id": "staging", "id": "elsewhere"})
    assert person.get(LOGS + "elsewhere/").status_code == 404


@pytest.mark.parametrize(
    "log_id",
    [
        "x%3Fper_page=9", "..", "%2E%2E", "%2e%2e%2fgateways", "a%2Fb", "a.b", "x%23", "%00", "a b", "ä",
        "x" * 129, "%0d%0aX", "x;y", "x%25",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "rest", ["", "annotate/", "request", "request/part/", "raw/", "conversation/", "request/media/?at=a"]
)
def test_an_id_cannot_become_another_upstream_address(person, wire, log_id, rest):
    method = person.post if rest == "annotate/" else person.get
    answer = method(LOGS + log_id + "/" + rest, follow=False)
    assert answer.status_code in (404, 400)
    assert wire.sent == []


@pytest.mark.parametrize("log_id", ["..", ".", "x/..", "x/../y"])
def test_dots_in_the_path_reach_no_other_upstream_address(person, wire, log_id):
    answer = person.get(f"/gateways/prod-edge/logs/{log_id}/request")
    assert answer.status_code == 404
    assert wire.sent == []


def test_an_answer_about_another_log_is_not_taken_for_this_one(person, wire):
    wire.instead = lambda _request: httpx.Response(
        200, json={"success": True, "result": {"id": "other", "created_at": "2026-11-23T10:00:00Z"}}
    )
    answer = person.get(LOGS + "mine/")
    assert answer.status_code == 502
    assert "Another log came back" in answer.text


def test_a_log_without_the_fields_of_the_schema_is_still_a_page(person, wire):
    odd = {"id": "odd", "created_at": "never", "duration": "x", "request_head": 7, "metadata": "no json", "model": 5}
    wire.instead = lambda _request: httpx.Response(200, json={"success": True, "result": odd})
    answer = person.get(LOGS + "odd/")
    assert answer.status_code == 200
    assert "Some fields of this log could not be read" in answer.text


def test_a_head_with_no_end_flag_is_not_taken_as_whole(person, wire):
    odd = {"id": "odd", "created_at": "2026-11-23T10:00:00Z", "request_head": "begins"}
    wire.instead = lambda _request: httpx.Response(200, json={"success": True, "result": odd})
    assert "Request: head only" in parse(person.get(LOGS + "odd/")).one(id="conversation").text
    panel = parse(person.get(LOGS + "odd/raw/")).one(id="request")
    assert panel["hx-get"] == LOGS + "odd/request/part/"
    assert "head only" in panel.text


def test_bodies_and_fields_stand_where_htmx_is_switched_off(person, bare_store):
    bare_store.add({"id": "one", "request_body": b"short", "response_body": b"short"})
    page = parse(person.get(LOGS + "one/raw/"))
    assert all("hx-disable" in each for each in page.all(class_="window"))
    assert "hx-disable" in page.one("div", aria_label="Fields")
    assert len(page.all(class_="window")) == 2


def test_metadata_that_is_sent_as_text_is_read_as_pairs(person, sandbox, bare_store):
    bare_store.add({"id": "m", "metadata": {"user": 42}})
    sandbox.options = replace(sandbox.options, metadata_as_string=True)
    page = parse(person.get(LOGS + "m/"))
    assert [each.attributes["value"] for each in page.all("input", name="key")] == ["user", ""]
    assert page.all("select", name="type")[0].one("option", selected=None)["value"] == "number"
