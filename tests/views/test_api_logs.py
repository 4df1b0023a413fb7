"""/api/v1/gateways/<gateway>/logs, one log, counts and views"""

from dataclasses import replace
from urllib.parse import urlsplit

import httpx
import pytest

from gateway_dash.sharing.models import SavedView
from gateway_dash.team.roles import LEAD, METADATA, READER
from tests.people import somebody
from tests.views.api import GATEWAY, LOGS, script

pytestmark = pytest.mark.django_db

KEY = "sk-" + "proj-Zk3vQ9xT7bLm2NcR8wYfH4sD6gJ1pA5eUoXqV0iB"


@pytest.fixture
def kim(wire):
    return script()


def ids(answer):
    return [row["id"] for row in answer.json()["rows"]]


def path(url):
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def test_the_rows_are_those_of_the_page(kim, person):
    query = "?provider=openai&sort=created_at&per_page=20"
    page = person.get(f"/gateways/prod-edge/logs.json{query}").json()
    answer = kim.get(LOGS + query).json()
    assert [row["id"] for row in answer["rows"]] == [log["id"] for log in page["logs"]]
    assert (answer["total"], answer["total_is_exact"]) == (page["total"], page["total_is_exact"])
    assert answer["query"] == page["query"] == "Calls from openai"
    assert (answer["misfits"], answer["page"], answer["per_page"]) == (0, 1, 20)


def test_next_leads_over_every_log_once_while_new_ones_arrive(kim, store):
    before = [row["id"] for row in store.page("prod-edge", limit=100)[1]]
    url, seen, pages = LOGS + "?per_page=20", [], []
    while url:
        answer = kim.get(url).json()
        seen += [row["id"] for row in answer["rows"]]
        pages.append(answer)
        store.add({"id": f"late-{len(pages)}"})
        url = answer["next"] and path(answer["next"])
    assert sorted(seen) == sorted(before)
    assert pages[0]["previous"] is None
    assert [row["id"] for row in kim.get(path(pages[2]["previous"])).json()["rows"]] == [
        row["id"] for row in pages[1]["rows"]
    ]
    assert pages[1]["next"].startswith("http://testserver/api/v1/")


def test_a_parameter_that_is_not_known_is_refused_with_the_nearest_name_and_no_call(kim, wire):
    for url in (LOGS, GATEWAY + "/counts"):
        answer = kim.get(url + "?provdr=openai")
        assert answer.status_code == 400
        assert "Did you mean “provider”?" in answer.json()["error"]["message"]
    assert wire.sent == []


@pytest.mark.parametrize(
    "query", ["?columns=id", "?open=facets", "?peek=x", "?set_only=x", "?page=0", "?since=x", "?a="]
)
def test_what_belongs_to_the_page_or_cannot_be_read_is_refused(kim, wire, query):
    assert kim.get(LOGS + query).status_code == 400
    assert wire.sent == []


@pytest.mark.parametrize("url", [LOGS + "/one", LOGS + "/one/request", GATEWAY, GATEWAY + "/views", "/api/v1/me"])
def test_where_no_parameter_means_anything_none_is_taken(kim, wire, url):
    answer = kim.get(url + "?provider=openai")
    assert answer.status_code == 400
    assert "“provider” means nothing here" in answer.json()["error"]["message"]
    assert wire.sent == []


def test_an_upstream_that_ignores_filters_is_named(kim, sandbox):
    sandbox.options = replace(sandbox.options, ignore_filters=True)
    answer = kim.get(LOGS + "?provider=nobody").json()
    assert answer["rows"] == []
    assert answer["misfits"] > 0
    refused = kim.get(GATEWAY + "/counts?provider=nobody")
    assert refused.status_code == 502
    assert refused.json()["error"]["title"] == "The upstream did not apply the filter"


def test_a_count_is_that_of_the_list(kim, person):
    query = "?provider=openai&success=true"
    assert kim.get(GATEWAY + "/counts" + query).json() == {
        "query": "Calls from openai, that succeeded",
        "total": kim.get(LOGS + query).json()["total"],
        "total_is_exact": True,
    }


def test_a_row_says_unknown_as_null_and_numbers_as_numbers(kim, bare_store):
    bare_store.add({
        "id": "one", "created_at": "2026-11-20T10:00:00.250Z", "cost": None, "tokens_in": 12, "metadata": {"team": "a"},
    })  # fmt: skip
    [row] = kim.get(LOGS).json()["rows"]
    assert (row["id"], row["created_at"]) == ("one", "2026-11-20T10:00:00.250000Z")
    assert (row["cost"], row["tokens_in"], row["metadata"]) == (None, 12, {"team": "a"})


@pytest.mark.parametrize(
    ("sent", "told"), [(b"1e999", None), (b'"\\ud800"', "\ufffd"), (b"[" * 150 + b"]" * 150, None)]
)
def test_rows_that_no_json_can_say_are_said_as_far_as_it_can(kim, wire, sent, told):
    row = b'{"id": "one", "created_at": "2026-11-20T10:00:00Z", "cost": 1e999, "odd": ' + sent + b"}"
    page = b'{"success": true, "result": [' + row + b'], "result_info": {"total_count": 1}}'
    one = b'{"success": true, "result": ' + row + b"}"
    wire.instead = lambda request: httpx.Response(200, content=page if request.url.path.endswith("/logs") else one)
    assert kim.get(LOGS).json()["rows"][0]["cost"] is None
    odd = kim.get(LOGS + "/one").json()["as_sent"]["odd"]
    assert odd == told or "nested too deeply" in str(odd)


def test_credentials_are_masked_in_rows_whoever_asks(bare_store, wire):
    bare_store.add({"id": "one", "user_agent": f"tool/1 {KEY}"})
    lead = script("lee", LEAD)
    for answer in (lead.get(LOGS), lead.get(LOGS + "/one")):
        assert KEY not in answer.text
        assert "tool/1 [masked: openai key]" in answer.text


def test_the_log_has_the_beginnings_of_its_bodies_for_who_may_read_them_secrets_masked(bare_store, wire):
    bare_store.add({"id": "one", "request_body": f"my key is {KEY}, yes".encode(), "response_body": b"fine"})
    read = script("kim", READER).get(LOGS + "/one").json()
    assert read["as_sent"]["request_head"].startswith("my key is [masked: openai key]")
    seen = script("lee", METADATA).get(LOGS + "/one")
    assert not {"request_head", "response_head"} & set(seen.json()["as_sent"])
    assert "my key" not in seen.text
    assert seen.json()["id"] == "one"


def test_a_log_that_is_not_there_is_a_404_in_words(kim):
    answer = kim.get(LOGS + "/nobody")
    assert answer.status_code == 404
    assert "This log was deleted" in answer.json()["error"]["message"]


def test_an_id_cannot_become_another_upstream_address(kim, wire):
    for each in ("x%3Fper_page=9", "..", "%2E%2E", "a%2Fb"):
        assert kim.get(f"{LOGS}/{each}").status_code == 404
    assert wire.sent == []


def test_a_gateway_comes_without_what_is_secret_in_its_settings(kim, wire):
    settings = {"id": "prod-edge", "stripe": {"authorization": "canary"}, "otel": [{"authorization": "canary"}]}
    wire.instead = lambda _request: httpx.Response(200, json={"success": True, "result": settings})
    answer = kim.get(GATEWAY)
    assert answer.json()["id"] == "prod-edge"
    assert "canary" not in answer.text


def test_views_are_the_persons_own_with_the_address_of_their_logs(kim, store):
    mine, other = somebody("kim", ""), somebody("lee", READER)
    SavedView.objects.create(user=mine, gateway="prod-edge", name="openai", query="provider=openai&columns=id")
    SavedView.objects.create(user=mine, gateway="prod-edge", name="Stale", query="provdr=openai", is_default=True)
    SavedView.objects.create(user=mine, gateway="staging", name="elsewhere", query="")
    SavedView.objects.create(user=other, gateway="prod-edge", name="canary", query="provider=canary")
    answer = kim.get(GATEWAY + "/views")
    assert "canary" not in answer.text
    first, second = answer.json()["views"]
    assert (first["name"], first["sentence"], first["is_default"]) == ("openai", "Calls from openai", False)
    assert first["logs"] == "http://testserver/api/v1/gateways/prod-edge/logs?provider=openai"
    assert kim.get(path(first["logs"])).status_code == 200
    assert (second["name"], second["logs"], second["is_default"]) == ("Stale", None, True)
    assert "Did you mean “provider”?" in second["problem"]
