"""The API token is nowhere: in no answer, header or log line, whatever fails. Nor are queries and bodies in logs."""

import json
import logging
import traceback

import httpx
import pytest

from gateway_dash import upstream
from gateway_dash.web.jsonlog import JsonLines
from tests.conftest import LOGS, TOKEN
from tests.views.crawl import EXAMPLES, ask
from tests.views.reading import HTMX, whole

pytestmark = pytest.mark.django_db

SECRETS = ("secret-question", "secret-answer", "secret-tenant", "secret-search", "secret-ticket", "secret-password")


def hangs(request):
    raise httpx.ReadTimeout("timed out", request=request)


def refuses(request):
    raise httpx.ConnectError("refused", request=request)


def good(request):
    """A healthy upstream whose logs hold secrets."""
    log = {
        "id": "one",
        "created_at": "2026-11-23T10:00:00Z",
        "metadata": {"tenant": "secret-tenant"},
        "request_head": "secret-question",
        "request_head_complete": True,
    }
    path = request.url.path
    if path.endswith(("/request", "/response")):
        return httpx.Response(200, content=b"secret-answer")
    if path.endswith("/gateways"):
        return httpx.Response(200, json={"success": True, "result": [{"id": "prod-edge"}, {"id": "staging"}]})
    if path.endswith("/logs") and request.method == "GET":
        return httpx.Response(200, json={"success": True, "result": [log], "result_info": {"total_count": 1}})
    return httpx.Response(200, json={"success": True, "result": log})


def echoes(request):
    """A path to the upstream that says back all it was sent, token and all; worst of all as a redirect."""
    sent = {"method": request.method, "url": str(request.url), "path": request.url.path}
    return httpx.Response(302, headers={"Location": "https://evil.example/"}, json=sent)


UPSTREAMS = {
    "good": good,
    "hangs": hangs,
    "refuses": refuses,
    "echoes": echoes,
    "500": lambda _request: httpx.Response(500, json={"success": False, "errors": [{"message": "secret-answer"}]}),
    "401": lambda _request: httpx.Response(401, json={"success": False, "errors": []}),
    "429": lambda _request: httpx.Response(429, headers={"Retry-After": "1"}),
    "html": lambda _request: httpx.Response(502, text="<html>secret-answer</html>"),
    "wrong shape": lambda _request: httpx.Response(200, json={"success": True, "result": {"secret-answer": 1}}),
}
FORM = {
    "id": "one",
    "ticket": "secret-ticket",
    "phrase": "secret-ticket",
    "seen": '{"feedback":null,"score":null,"metadata":{"tenant":"secret-tenant"}}',
    "key": "tenant",
    "value": "secret-tenant",
    "score": "7",
    "username": "kim",
    "password": "secret-password",
}


@pytest.fixture
def lines(caplog):
    """What the product's own formatter makes of everything that is logged."""
    caplog.handler.setLevel(logging.DEBUG)  # the loggers' own levels stay as they are in production
    for name in ("django", "django.request", "django.security"):
        logging.getLogger(name).addHandler(caplog.handler)
    yield lambda: [JsonLines().format(record) for record in caplog.records]
    for name in ("django", "django.request", "django.security"):
        logging.getLogger(name).removeHandler(caplog.handler)


def crawl(person, headers):
    """Every address, and some with secrets in them."""
    for name in EXAMPLES:
        if name != "logout":
            yield ask(person, name, dict(FORM), headers=headers)
    for query in (
        "?metadata.tenant=secret-tenant&search=secret-search",
        "?providr=secret-tenant",
        "?page=secret-search",
    ):
        yield person.get(LOGS + query, headers=headers)
        yield person.get(LOGS + "one/" + query, headers=headers)
        yield person.post(LOGS + "delete/preview/" + query, {"everything": "1"}, headers=headers)
    yield person.get(LOGS + "one/response/part/?as=stored", headers=headers)
    yield person.get(LOGS + "one/conversation/?turns=0&try=1", headers=headers)
    yield person.get("/find/?id=secret-search", headers=headers)
    yield person.get("/nope?q=secret-search", headers=headers)


@pytest.mark.parametrize("name", UPSTREAMS)
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_the_token_is_in_no_answer_and_no_log_line(person, upstream_answers, lines, name, headers):
    asked = upstream_answers(UPSTREAMS[name])
    answers = list(crawl(person, headers))
    assert len(answers) > 25
    for answer in answers:
        assert answer.status_code < 500 or answer.status_code in (502, 503, 504)
        assert TOKEN not in answer.text if "octet" not in answer["Content-Type"] else True
        assert TOKEN.encode() not in whole(answer)
        assert TOKEN not in str(answer.headers) + str(answer.cookies)
    assert asked
    assert all(request.headers["Authorization"] == f"Bearer {TOKEN}" for request in asked)
    assert all(TOKEN not in str(request.url) for request in asked)
    found = lines()
    assert any("gateway_dash.upstream" in line for line in found)
    for line in found:
        assert TOKEN not in line
        assert not [secret for secret in SECRETS if secret in line], line
        assert "?" not in json.loads(line)["message"], line
        assert "filters" not in line
        assert line.isascii()
        assert "\n" not in line


def test_the_token_goes_only_to_the_one_host(person, upstream_answers):
    asked = upstream_answers(echoes)
    list(crawl(person, {}))
    assert {request.url.host for request in asked} == {"api.example"}
    assert {request.url.scheme for request in asked} == {"https"}


def test_the_token_is_not_in_what_a_crash_would_print(person, upstream_answers):
    upstream_answers(good)
    account = upstream.account()
    assert TOKEN not in repr(account.client._token)
    assert TOKEN not in repr(account) + repr(account.client) + repr(vars(account.client))
    try:
        account.client.get(("accounts", "a b"))
    except Exception as error:
        said = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert "_request" in said
    assert TOKEN not in said


@pytest.mark.parametrize("handler", [hangs, refuses, UPSTREAMS["wrong shape"], UPSTREAMS["500"]])
def test_the_token_is_in_no_frame_of_an_upstream_failure(person, upstream_answers, handler):
    """What an error reporter would collect of our own frames."""
    upstream_answers(handler)
    try:
        upstream.logs("prod-edge").log("one")
    except Exception as error:
        ours = [
            frame
            for frame in traceback.TracebackException.from_exception(error, capture_locals=True).stack
            if "/gateway_dash/" in frame.filename
        ]
    assert ours
    assert all(TOKEN not in value for frame in ours for value in (frame.locals or {}).values())


def test_hostile_text_forges_no_log_line(person, upstream_answers, lines):
    def answer(_request):
        return httpx.Response(400, json={"success": False, "errors": [{"message": 'x\n{"level":"error"}\x1b[31m'}]})

    upstream_answers(answer)
    person.get(LOGS)
    person.get("/gateways/prod-edge/logs/x%0a%1b[31m/")
    found = lines()
    assert found
    for line in found:
        assert set(json.loads(line)) == {"at", "level", "logger", "message"}
        assert "\x1b" not in line
        assert "\n" not in line
