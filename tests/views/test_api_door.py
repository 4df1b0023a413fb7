"""/api/v1/…: who gets in, and how far"""

import logging
import traceback
from datetime import timedelta

import httpx
import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from gateway_dash.api import tokens
from gateway_dash.api.errors import TooOften
from gateway_dash.api.models import ApiToken
from gateway_dash.team.actions import Action
from gateway_dash.team.roles import ADMINISTRATOR, METADATA, READER
from tests.people import only
from tests.views.api import API, GATEWAY, LOGS, script, title

pytestmark = pytest.mark.django_db


@pytest.fixture
def one(bare_store, sandbox):
    bare_store.add({"id": "one", "provider": "openai", "request_body": b"question", "response_body": b"answer"})


# --- in


def test_a_good_token_says_whose_it_is_and_what_it_may(sandbox):
    kim = script(only=("prod-edge", "staging"))
    answer = kim.get(API + "me")
    assert answer.status_code == 200
    found = answer.json()
    assert found["name"] == "kim"
    may = ["see_logs", "see_payloads"]
    assert found["rights"] == [{"gateway": "prod-edge", "may": may}, {"gateway": "staging", "may": may}]
    assert (found["token"]["name"], found["token"]["scopes"]) == ("nightly", may)
    assert found["token"]["expires_at"].startswith(f"{kim.token.expires_at:%Y-%m-%dT%H:%M}")


def test_rights_are_told_for_all_gateways_or_for_the_one(sandbox):
    assert [each["gateway"] for each in script().get(API + "me").json()["rights"]] == ["*"]
    assert [each["gateway"] for each in script("lee", READER, "staging").get(API + "me").json()["rights"]] == [
        "staging"
    ]
    assert script("nobody", "").get(API + "me").json()["rights"] == []


def revoked(kim):
    tokens.revoke(ApiToken.objects.all())


def expired(kim):
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def switched_off(kim):
    get_user_model().objects.update(is_active=False)


def another_text(kim):
    kim.text = kim.text[:-1] + ("a" if kim.text[-1] != "a" else "b")


def not_of_our_form(kim):
    kim.text = "canary"


def the_digest(kim):
    kim.text = kim.token.digest


def gone(kim):
    get_user_model().objects.all().delete()


ENDS = [revoked, expired, switched_off, another_text, not_of_our_form, the_digest, gone]


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
def test_whatever_is_wrong_with_a_token_the_answer_is_the_same_and_nothing_is_asked(wire, end):
    kim = script()
    stranger = Client().get(LOGS)
    end(kim)
    answer = kim.get(LOGS)
    assert answer.status_code == 401
    assert answer.content == stranger.content
    assert answer["WWW-Authenticate"] == stranger["WWW-Authenticate"]
    assert title(answer) == "No valid token"
    assert wire.sent == []


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic {}", "Token {}", "{}", "Bearer {} x", "Bearer\t{}"])
def test_a_token_that_is_not_shown_as_a_bearer_is_none(wire, header):
    answer = Client().get(LOGS, headers={"Authorization": header.format(script().text)})
    assert answer.status_code == 401


def test_a_token_in_the_address_or_a_cookie_is_none(sandbox):
    text = script().text
    client = Client()
    client.cookies["Authorization"] = f"Bearer {text}"
    assert client.get(f"{API}me?token={text}&access_token={text}").status_code == 401


def test_a_session_opens_no_door_and_adds_nothing_to_a_token(one, person):
    answer = person.get(LOGS + "/one/request")
    assert answer.status_code == 401
    seeing = script("lee", METADATA)
    assert person.get(LOGS + "/one/request", headers={"Authorization": f"Bearer {seeing.text}"}).status_code == 403


def test_other_sites_are_told_nothing_that_lets_them_in(one):
    answer = script().get(LOGS, Origin="https://evil.example")
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]
    assert script("lee").ask("OPTIONS", LOGS).status_code == 405
    assert "Set-Cookie" not in answer.headers
    assert not answer.cookies


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_nothing_but_reading_is_answered(wire, method):
    answer = script().ask(method, LOGS + "/one")
    assert answer.status_code == 405
    assert answer["Allow"] == "GET, HEAD"
    assert title(answer) == "Only GET is answered here"
    assert wire.sent == []


def test_head_is_answered_without_a_body(one):
    answer = script().ask("HEAD", LOGS)
    assert (answer.status_code, answer.content) == (200, b"")


# --- how far


def test_a_right_that_is_taken_away_is_gone_with_the_next_request(wire, one):
    kim = script()
    assert kim.get(LOGS + "/one/request").status_code == 200
    only(METADATA)
    assert kim.get(LOGS + "/one/request").status_code == 403
    assert kim.get(LOGS).status_code == 200
    only("")
    wire.forget()
    assert kim.get(LOGS).status_code == 404
    assert wire.sent == []


def test_a_token_that_only_sees_reads_no_body_whatever_its_person_may(wire, one):
    seeing = script("kim", ADMINISTRATOR, scopes=(Action.SEE,))
    wire.forget()
    answer = seeing.get(LOGS + "/one/request")
    assert (answer.status_code, wire.sent) == (403, [])
    assert "This token may not read requests" in answer.json()["error"]["message"]
    assert "request_head" not in seeing.get(LOGS + "/one").json()["as_sent"]


def test_a_token_for_reading_reads_no_body_where_its_person_may_not(wire, one):
    kim = script("kim", METADATA)
    answer = kim.get(LOGS + "/one/request")
    assert (answer.status_code, wire.sent) == (403, [])
    assert "You may not read requests" in answer.json()["error"]["message"]
    assert "request_head" not in kim.get(LOGS + "/one").json()["as_sent"]
    assert kim.get(API + "me").json()["rights"] == [{"gateway": "*", "may": ["see_logs"]}]


def test_a_token_that_reads_without_seeing_is_worth_nothing(wire, one):
    blind = script(scopes=(Action.READ,))
    for url in (LOGS, LOGS + "/one", LOGS + "/one/request"):
        assert blind.get(url).status_code == 403
    assert wire.sent == []


@pytest.mark.parametrize("rest", ["", "/logs", "/counts", "/views", "/logs/one", "/logs/one/request"])
def test_another_gateway_is_as_one_that_is_not_there(wire, one, rest):
    by_token, by_right = script(only=("staging",)), script("lee", READER, "staging")
    for each in (by_token, by_right):
        there = each.get(API + "gateways/prod-edge" + rest)
        nowhere = each.get(API + "gateways/prod-none" + rest)
        assert there.status_code == nowhere.status_code == 404
        assert there.text.replace("prod-edge", "") == nowhere.text.replace("prod-none", "")
    assert wire.sent == []


def test_only_gateways_that_the_token_reaches_are_listed(sandbox):
    def names(each):
        return [gateway["id"] for gateway in each.get(API + "gateways").json()["gateways"]]

    assert len(names(script())) > 2
    assert names(script(only=("staging",))) == ["staging"]
    assert names(script("lee", READER, "staging")) == ["staging"]
    assert names(script("lou", READER, "staging", only=("prod-edge",))) == []


# --- how often


def test_a_token_is_good_for_so_many_requests_a_minute_and_another_token_is_not_touched(wire, monkeypatch):
    monkeypatch.setattr(tokens, "REQUESTS_A_MINUTE", 3)
    monkeypatch.setattr("time.time", lambda: 1_800_000_010.0)
    kim, other = script(), script()
    assert [kim.get(API + "me").status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    answer = kim.get(LOGS)
    assert answer["Retry-After"] == "50"
    assert title(answer) == "Too many requests with this token"
    assert wire.sent == []
    assert other.get(API + "me").status_code == 200
    monkeypatch.setattr("time.time", lambda: 1_800_000_060.0)
    assert kim.get(API + "me").status_code == 200


def test_a_refused_request_counts_too(sandbox, monkeypatch):
    monkeypatch.setattr(tokens, "REQUESTS_A_MINUTE", 2)
    monkeypatch.setattr("time.time", lambda: 1_800_000_010.0)
    kim = script("kim", "")
    assert [kim.get(LOGS).status_code for _ in range(3)] == [404, 404, 429]


def test_processes_that_read_the_token_at_the_same_moment_count_together(sandbox, monkeypatch):
    monkeypatch.setattr(tokens, "REQUESTS_A_MINUTE", 5)
    monkeypatch.setattr("time.time", lambda: 1_800_000_010.0)
    token = script().token
    read_at_once = [ApiToken.objects.get(pk=token.pk) for _ in range(7)]
    for each in read_at_once[:5]:
        tokens.count_request(each)
    for each in read_at_once[5:]:
        with pytest.raises(TooOften):
            tokens.count_request(each)


def test_when_it_was_last_used_is_written_once_in_a_few_minutes(sandbox):
    kim = script()
    kim.get(API + "me")
    first = ApiToken.objects.get().last_used_at
    kim.get(API + "me")
    assert ApiToken.objects.get().last_used_at == first
    long_ago = timezone.now() - timedelta(seconds=tokens.USE_NOTED_S + 1)
    ApiToken.objects.update(last_used_at=long_ago)
    kim.get(API + "me")
    assert ApiToken.objects.filter(last_used_at__gt=long_ago).exists()


# --- what it says


def test_an_address_that_is_not_there_is_json_under_api_and_a_page_elsewhere(sandbox):
    for url in (
        "/api/",
        "/api/v1/",
        "/api/v2/me",
        API + "gateways/A",
        LOGS + "/a.b",
        LOGS + "/one/neither",
        API + "me/",
    ):
        answer = script().get(url)
        assert answer.status_code == 404
        assert title(answer) == "Not found"
    assert Client().get("/nope")["Content-Type"].startswith("text/html")


def test_a_mistake_of_ours_is_json_and_tells_nothing_of_itself(one, monkeypatch):
    def broken(*_arguments):
        raise RuntimeError("canary-in-a-traceback")

    monkeypatch.setattr("gateway_dash.api.views.row", broken)
    kim = script()
    kim._client.raise_request_exception = False
    answer = kim.get(LOGS)
    assert title(answer) == "Something broke on our side"
    assert "canary" not in answer.text


FAULTS = {
    "429": (httpx.Response(429, headers={"Retry-After": "17"}), 503, "The upstream call budget is spent", "17"),
    "403": (httpx.Response(403, json={"success": False, "errors": []}), 502, "The API token lacks a right", None),
    "401": (httpx.Response(401, json={"success": False, "errors": []}), 502, "The API token is not accepted", None),
    "html": (httpx.Response(502, text="<html>canary</html>"), 502, "", None),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_refusal_of_the_upstream_is_passed_on_in_words(wire, fault):
    answer, status, words, after = FAULTS[fault]
    wire.instead = lambda _request: answer
    found = script().get(LOGS)
    assert found.status_code == status
    assert words in title(found)
    assert found.headers.get("Retry-After") == after
    assert "canary" not in found.text
    assert int(found["X-Upstream-Calls"]) >= 1


@pytest.mark.parametrize("error", [httpx.ReadTimeout("slow"), httpx.ConnectError("refused")])
def test_an_outage_is_passed_on_in_words(wire, error):
    def fail(_request):
        raise error

    wire.instead = fail
    found = script().get(LOGS)
    assert found.status_code == 504
    assert title(found) in ("The upstream did not answer", "The upstream is too slow")


def test_each_answer_says_what_it_cost_and_is_not_kept(one):
    kim = script()
    for url, calls in ((API + "me", "0"), (LOGS, "1"), (GATEWAY + "/views", "0"), (LOGS + "/one/response", "1")):
        answer = kim.get(url)
        assert answer["X-Upstream-Calls"] == calls
        assert answer["Cache-Control"] == "no-store"
        assert answer["X-Content-Type-Options"] == "nosniff"


# --- and never the token


def test_the_token_is_in_no_answer_no_log_line_and_no_table(one, wire, caplog):
    caplog.set_level(logging.DEBUG)
    kim = script()
    wire.instead = lambda request: httpx.Response(500) if "two" in request.url.path else None
    urls = (API + "me", LOGS, LOGS + "/one", LOGS + "/one/request", LOGS + "/two", LOGS + "?provdr=x", API + "nope")
    for url in urls:
        answer = kim.get(url)
        assert kim.text not in answer.text + str(answer.headers)
    assert kim.text not in caplog.text
    assert all(kim.text not in str(request.url) + str(request.headers) for request in wire.sent)
    assert kim.text not in str(list(ApiToken.objects.values()))
    assert kim.token.prefix == kim.text[: len(kim.token.prefix)]
    assert len(kim.token.prefix) <= 10


def test_the_token_is_in_no_frame_of_a_failure(one, monkeypatch):
    """What an error reporter would collect of our own frames, behind the door."""
    found = []

    def broken(*_arguments):
        raise RuntimeError("broken")

    monkeypatch.setattr("gateway_dash.api.views.row", broken)
    kim = script()
    try:
        kim.get(LOGS)
    except RuntimeError as error:
        told = traceback.TracebackException.from_exception(error, capture_locals=True)
        found = [frame for frame in told.stack if "/gateway_dash/" in frame.filename]
    assert found
    assert all(kim.text not in value for frame in found for value in (frame.locals or {}).values())
