"""The id of a request: in the answer, on the page of an error and in every line; and the line of the request itself."""

import json
import logging
import re

import httpx
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.conftest import GATEWAY, LOGS
from tests.telling import written
from tests.views.reading import HTMX, parse

pytestmark = pytest.mark.django_db
ID = re.compile(r"[0-9a-f]{16}\Z")
GIVEN = "edge-01HZX3.7f_2"
CANARY = "canary-word"


@pytest.fixture
def told():
    with written() as lines:
        yield lines


@pytest.fixture
def proxy(settings, monkeypatch):
    monkeypatch.setattr("gateway_dash.upstream.trusts_proxy", lambda: True)


def only(lines):
    (line,) = lines
    return line


# --- the id


@pytest.mark.parametrize("url", ["/healthz", "/login/", LOGS, "/nope", "/static/nope.css", "/api/v1/me", "/metrics"])
def test_every_answer_has_an_id_of_its_own(person, url):
    one, two = person.get(url)["X-Request-ID"], person.get(url)["X-Request-ID"]
    assert ID.match(one)
    assert ID.match(two)
    assert one != two


def test_a_visitor_does_not_choose_it(person):
    assert person.get(LOGS, headers={"X-Request-ID": GIVEN})["X-Request-ID"] != GIVEN


def test_a_trusted_proxy_does(person, proxy, told):
    assert person.get(LOGS, headers={"X-Request-ID": GIVEN})["X-Request-ID"] == GIVEN
    assert only(told.of("gateway_dash.request"))["request_id"] == GIVEN


@pytest.mark.parametrize(
    "given", ["", "short", "x" * 65, "a b c d e f g", "abcdefgh\x1b[31m", "<b>abcdefgh</b>", "-abcdefgh", "äbcdefghi"]
)
def test_what_does_not_look_like_one_is_not_taken(person, proxy, given):
    assert ID.match(person.get(LOGS, headers={"X-Request-ID": given})["X-Request-ID"])


# --- where it can be quoted from


def fails(*_arguments):
    raise ZeroDivisionError(CANARY)


def quoted(answer):
    return f"id {answer['X-Request-ID']}" in parse(answer).text


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_the_page_of_an_error_shows_it(person, upstream_answers, headers, told):
    upstream_answers(lambda _request: httpx.Response(500))
    answer = person.get(LOGS, headers=headers)
    assert answer.status_code == 502
    assert quoted(answer)
    assert {each["request_id"] for each in map(json.loads, told.whole)} == {answer["X-Request-ID"]}


def test_so_do_the_pages_of_what_is_not_there_not_allowed_or_not_understood(person, sandbox):
    person.raise_request_exception = False
    strict = Client(enforce_csrf_checks=True)
    for answer, status in (
        (person.get("/nope"), 404),
        (person.get(LOGS + "?providr=x"), 400),
        (strict.post("/login/", {}), 403),
        (strict.post("/login/", {}, headers=HTMX), 403),
        (person.get("/login/", headers={"Host": "evil.example"}), 400),
    ):
        assert answer.status_code == status
        assert quoted(answer), answer.text


def test_a_page_that_broke_shows_it_and_the_traceback_has_it(person, sandbox, monkeypatch, told):
    monkeypatch.setattr("gateway_dash.gateway.service.LogService.page", fails)
    person.raise_request_exception = False
    answer = person.get(LOGS + f"?search={CANARY}")
    assert answer.status_code == 500
    assert quoted(answer)
    line = only(told.of("django.request"))
    assert line["request_id"] == answer["X-Request-ID"]
    assert [each["type"] for each in line["exception"]] == ["ZeroDivisionError"]
    assert line["exception"][0]["frames"][-1]["function"] == "fails"
    assert only(told.of("gateway_dash.request"))["status"] == 500
    assert CANARY not in "".join(told.whole)


def test_under_the_api_it_is_in_the_header_and_the_error_is_still_json(person, sandbox, monkeypatch, told):
    answer = Client().get("/api/v1/me")
    assert answer.status_code == 401
    assert answer.json()["error"]["status"] == 401
    assert only(told.of("gateway_dash.request"))["request_id"] == answer["X-Request-ID"]


# --- lines


def test_a_request_is_one_line_and_each_of_its_calls_another(person, wire, told, django_user_model):
    answer = person.get(LOGS + f"?provider=openai&search={CANARY}", headers=HTMX)
    line = only(told.of("gateway_dash.request"))
    assert line["at"]
    calls = told.of("gateway_dash.upstream")
    assert 0 < line["upstream_ms"] < line["duration_ms"]
    numbers = ("at", "duration_ms", "upstream_ms")
    assert {key: each for key, each in line.items() if key not in numbers} == {
        "level": "info",
        "logger": "gateway_dash.request",
        "message": "request",
        "method": "GET",
        "route": "log-list",
        "path": LOGS,
        "status": 200,
        "calls": len(wire.sent),
        "kept": 0,
        "user": django_user_model.objects.get().pk,
        "htmx": True,
        "request_id": answer["X-Request-ID"],
    }
    assert len(calls) == len(wire.sent) > 0
    path = f"/accounts/{{account}}/ai-gateway/gateways/{GATEWAY}"
    assert {each["template"] for each in calls} <= {path, path + "/logs"}
    for each in calls:
        assert (each["method"], each["status"], each["attempt"]) == ("GET", 200, 1)
        assert each["request_id"] == answer["X-Request-ID"]
    for never in (CANARY, "openai", "filters", "?"):
        assert never not in "".join(told.whole)


def test_a_call_that_was_sent_again_says_so_and_names_the_upstreams_request(person, wire, told):
    ray = {"cf-ray": "8c1d2e3f4a5b6c7d-FRA"}
    wire.instead = lambda _request: httpx.Response(503, headers=ray) if len(wire.sent) == 1 else None
    person.get(LOGS)
    first, second = told.of("gateway_dash.upstream")[:2]
    assert (first["status"], first["attempt"], first["ray"]) == (503, 1, "8c1d2e3f4a5b6c7d-FRA")
    assert (second["status"], second["attempt"], second["ray"]) == (200, 2, "")


def test_a_call_of_one_log_names_neither_it_nor_the_account(person, bare_store, wire, told):
    bare_store.add({"id": "the-log", "created_at": "2026-11-20T10:00:00Z", "provider": "openai"})
    person.get(LOGS + "the-log/")
    templates = {each["template"].rpartition("/gateways/")[2] for each in told.of("gateway_dash.upstream")}
    assert f"{GATEWAY}/logs/{{log}}" in templates
    assert not any("the-log" in each or "{account}" in each for each in templates)


@pytest.mark.parametrize("url", ["/healthz", "/readyz"])
def test_what_machines_ask_all_the_time_is_no_news_and_reads_no_session(person, sandbox, told, url):
    with CaptureQueriesContext(connection) as asked:
        assert person.get(url).status_code == 200  # with the cookie of somebody
    assert not [each["sql"] for each in asked if "session" in each["sql"]]
    assert told.of("gateway_dash.request") == []


def test_a_stranger_is_nobody(client, told):
    client.get(LOGS)
    assert only(told.of("gateway_dash.request"))["user"] is None


def test_neither_path_nor_method_nor_header_forges_a_line(person, told):
    headers = {"User-Agent": "x\x1b[31m\r\n{}", "Referer": f"https://x/?{CANARY}"}
    person.get("/no%0d%0a%1b%5b31m%e2%80%a8%00pe/" + "x" * 5000 + f"?q={CANARY}", headers=headers)
    person.generic("PO\x1bST", "/nope")
    for line in told.whole:
        assert len(line.splitlines()) == 1
        assert line.isascii()
        assert CANARY not in line
    first, second = told.of("gateway_dash.request")
    assert first["path"].startswith("/no\\r\\n\\x1b[31m\\u2028\\x00pe/xxx")
    assert len(first["path"]) < 400
    assert second["method"] == "other"


def test_an_address_that_is_a_key_is_cut_in_the_line(client, told):
    client.get("/share/AAAAAAAAAAAAAAAAAAAAAA/")
    client.get("/password/MQ/set-password/")
    client.get("/sk-proj-" + "aB3dE6gH9jK2mN5pQ8sT" * 2)
    assert [each["path"] for each in told.of("gateway_dash.request")] == [
        "/share/…",
        "/password/…",
        "/[masked: openai key]",
    ]


def test_lines_after_a_request_belong_to_no_request(person, told):
    person.get(LOGS)
    logging.getLogger("gateway_dash.web").warning("later")
    assert "request_id" not in only(told.of("gateway_dash.web"))
