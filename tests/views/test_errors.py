"""Every member of the error tree, as a page and as a fragment."""

import gzip
import inspect
from typing import Any

import httpx
import pytest

from gateway_dash import upstream
from gateway_dash.gateway import errors
from gateway_dash.gateway.errors import GatewayError
from tests.conftest import LOGS
from tests.views.reading import HTMX, parse

REVIEW = "/gateways/prod-edge/reviews/start/"
pytestmark = pytest.mark.django_db

RAY = {"cf-ray": "8c1d2e3f4a5b6c7d-FRA"}


def refuses(request):
    raise httpx.ConnectError("connection refused: secret-host", request=request)


def hangs(request):
    raise httpx.ReadTimeout("timed out", request=request)


def resets(request):
    raise httpx.ReadError("reset by peer", request=request)


def says(status, *, headers=None, **content):
    return lambda _request: httpx.Response(status, headers=RAY | (headers or {}), **content)


def refusal(status, code, message):
    return says(status, json={"success": False, "errors": [{"code": code, "message": message}]})


# What the upstream does, and what the visitor gets: status, title, words.
UPSTREAM = {
    "refused": (refuses, 504, "The upstream did not answer", "cannot be reached. The call was not sent."),
    "reset": (resets, 504, "The upstream did not answer", "ended before there was an answer"),
    "hang": (hangs, 504, "The upstream is too slow", "did not answer in time"),
    "401": (
        refusal(401, 10000, "Authentication error"),
        502,
        "The API token is not accepted",
        "has to set a valid one",
    ),
    "6003": (refusal(400, 6003, "Invalid request headers"), 502, "The API token is not accepted", "6003"),
    "403": (refusal(403, 10000, "Authentication error"), 502, "The API token lacks a right", "“AI Gateway - Read”"),
    "404": (refusal(404, 7002, "Not Found"), 404, "Not found", "7002 Not Found"),
    "400": (refusal(400, 7001, "Invalid enum value"), 502, "The upstream refused the call", "7001 Invalid enum value"),
    "success false": (
        says(200, json={"success": False, "errors": [{"code": 7000, "message": "Odd"}]}),
        502,
        "The upstream refused the call",
        "7000 Odd",
    ),
    "500": (says(500, text="<h1>Internal</h1>"), 502, "The upstream gave an unexpected answer", "answered 500"),
    "502 as a page": (says(502, text="<h1>Bad gateway</h1>"), 502, "The upstream gave an unexpected answer", "502"),
    "empty": (says(200, content=b""), 502, "The upstream gave an unexpected answer", "but not as the API does"),
    "no json": (says(200, text="<h1>fine</h1>"), 502, "The upstream gave an unexpected answer", "not as the API"),
    "a list": (says(200, json=[1]), 502, "The upstream gave an unexpected answer", "not as the API does"),
    "wrong type": (
        says(200, json={"success": True, "result": 7}),
        502,
        "The upstream gave an unexpected answer",
        "shape",
    ),
    "no result": (says(200, json={"success": True}), 502, "The upstream gave an unexpected answer", "shape"),
    "cut json": (says(200, content=b'{"success": true, "res'), 502, "The upstream gave an unexpected answer", "not as"),
    "redirect": (
        says(302, headers={"Location": "https://evil.example/"}),
        502,
        "The upstream gave an unexpected answer",
        "It was not followed",
    ),
    "odd encoding": (
        says(200, headers={"Content-Encoding": "br"}, stream=httpx.ByteStream(b"x")),
        502,
        "The upstream gave an unexpected answer",
        "encoding that was not asked for",
    ),
    "corrupt gzip": (
        lambda _request: httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(b"no gzip")),
        502,
        "The upstream gave an unexpected answer",
        "corrupt",
    ),
    "gzip bomb": (
        lambda _request: httpx.Response(
            200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(gzip.compress(b" " * 17_000_000, 9))
        ),
        502,
        "The answer is too large",
        "over 3 MB",
    ),
}
NO_RAY = {"refused", "reset", "hang", "corrupt gzip", "gzip bomb", "odd encoding", "wrong type", "no result"}
every_failure = pytest.mark.parametrize("name", UPSTREAM)


@every_failure
def test_a_failure_is_a_page_in_words(person, upstream_answers, name):
    handler, status, title, words = UPSTREAM[name]
    upstream_answers(handler)
    answer = person.get(LOGS + "?provider=openai")
    page = parse(answer)
    assert answer.status_code == status
    assert page.one("h1").text == title
    assert words in page.one("main").text
    assert page.one("title").text == f"{title} · Gateway Dash"
    assert answer["HX-Push-Url"] == "false"
    for never in ("Traceback", "secret-host", "<h1>Internal", "<h1>Bad", "<h1>fine", "evil.example"):
        assert never not in answer.text


@every_failure
def test_a_failure_is_a_notice_that_leaves_the_page_as_it_is(person, upstream_answers, name):
    handler, status, title, words = UPSTREAM[name]
    upstream_answers(handler)
    answer = person.get(LOGS + "?provider=openai", headers=HTMX)
    assert answer.status_code == status
    assert answer["HX-Push-Url"] == "false"
    page = parse(answer)
    assert not page.all("html")
    assert [each["id"] for each in page.walk() if "id" in each] == ["notice"]
    assert title in page.one(id="notice").text
    assert words in page.one(id="notice").text


@every_failure
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_failure_names_the_upstreams_request(person, upstream_answers, name, headers):
    upstream_answers(UPSTREAM[name][0])
    said = "request 8c1d2e3f4a5b6c7d-FRA" in parse(person.get(LOGS, headers=headers)).text
    assert said or name in NO_RAY


@every_failure
def test_going_back_in_history_gets_a_page_of_the_failure_too(person, upstream_answers, name):
    upstream_answers(UPSTREAM[name][0])
    answer = person.get(LOGS, headers={**HTMX, "HX-History-Restore-Request": "true"})
    assert parse(answer).all("html")


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_spent_budget_says_when_it_ends_and_nothing_more_is_sent(person, upstream_answers, headers):
    asked = upstream_answers(says(429, headers={"Retry-After": "77"}, json={"success": False, "errors": []}))
    answer = person.get(LOGS, headers=headers)
    assert (answer.status_code, answer["Retry-After"], answer["HX-Push-Url"]) == (503, "77", "false")
    assert "Try again in 77 s" in parse(answer).text
    again = person.get(LOGS, headers=headers)
    assert again.status_code == 503
    assert 0 < int(again["Retry-After"]) <= 77
    assert len(asked) == 1


def test_a_429_without_a_word_blocks_for_five_minutes(person, upstream_answers):
    upstream_answers(says(429))
    assert person.get(LOGS)["Retry-After"] == "300"


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_when_every_place_is_taken_nothing_is_sent(person, upstream_answers, headers):
    asked = upstream_answers(says(200, json={"success": True, "result": []}))
    places = upstream.account().client._slots._places["list"]
    while places.acquire(blocking=False):
        pass
    answer = person.get(LOGS, headers=headers)
    assert (answer.status_code, answer["Retry-After"], answer["HX-Push-Url"]) == (503, "2", "false")
    assert "Too many people are waiting for the upstream" in answer.text
    assert asked == []


OURS = {
    errors.QueryError: ("get", LOGS + "?providr=openai", 400, "This address cannot be read"),
    errors.Refusal: ("post", LOGS + "delete/preview/", 422, "Not done"),
}


@pytest.mark.parametrize("kind", OURS)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_our_own_refusals_are_in_words_too(person, sandbox, kind, headers):
    method, url, status, title = OURS[kind]
    answer = getattr(person, method)(url, headers=headers)
    assert (answer.status_code, answer["HX-Push-Url"]) == (status, "false")
    assert title in parse(answer).text
    assert bool(parse(answer).all("html")) is not bool(headers)


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_an_ignored_filter_is_in_words(person, wire, headers):
    row = {"id": "other", "created_at": "2026-11-23T10:00:00Z", "provider": "groq"}
    wire.instead = says(200, json={"success": True, "result": [row]})
    answer = person.post(REVIEW + "?provider=openai", {"everything": "1"}, headers=headers)
    assert (answer.status_code, answer["HX-Push-Url"]) == (502, "false")
    assert "The upstream did not apply the filter" in answer.text


def members(kind=GatewayError):
    """Those of the service layer: what the API for scripts adds speaks JSON alone, and is tested where it lives."""
    for each in kind.__subclasses__():
        if each.__module__ == errors.__name__:
            yield each
        yield from members(each)


@pytest.mark.parametrize("kind", [GatewayError, *members()], ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_every_member_of_the_tree_can_be_shown(person, sandbox, monkeypatch, kind, headers):
    special: dict[type[GatewayError], dict[str, Any]] = {
        errors.Forbidden: {"right": "Some - Right"},
        errors.RateLimited: {"retry_after_s": 7},
        errors.CircuitOpen: {"retry_after_s": 9},
    }
    hint = {} if kind is errors.Busy else {"hint": "upstream said <b>so</b>"}

    def fails(*_arguments):
        raise kind("What <i>happened</i>.", **special.get(kind, {}), **hint)

    monkeypatch.setattr("gateway_dash.gateway.service.LogService.page", fails)
    answer = person.get(LOGS, headers=headers)
    assert (answer.status_code, answer["HX-Push-Url"]) == (kind.status, "false")
    found = parse(answer)
    assert kind.title in found.text
    assert "What <i>happened</i>." in found.text
    assert not hint or "upstream said <b>so</b>" in found.text
    assert answer.get("Retry-After") == {errors.Busy: "2", errors.RateLimited: "7", errors.CircuitOpen: "9"}.get(kind)


def test_no_member_of_the_tree_is_without_words_of_its_own():
    kinds = [GatewayError, *members()]
    assert set(kinds) == {
        each for _, each in inspect.getmembers(errors, inspect.isclass) if issubclass(each, GatewayError)
    }
    for kind in kinds:
        assert kind.title
        assert 400 <= kind.status < 600


# --- what to do next


def test_a_read_that_failed_can_be_tried_again_where_it_was(person, upstream_answers):
    upstream_answers(says(500))
    links = parse(person.get(LOGS + "?provider=openai")).one("main").links()
    assert links == {
        "Try again": LOGS + "?provider=openai",
        "All logs of this gateway": LOGS,
        "All gateways": "/gateways/",
    }


def test_a_write_that_failed_is_not_offered_again(person, upstream_answers):
    upstream_answers(says(500))
    answer = person.post(REVIEW + "?provider=openai", {"everything": "1"})
    assert answer.status_code == 502
    assert "Try again" not in parse(answer).one("main").links()


def test_a_get_is_tried_again_and_a_write_is_not(person, wire):
    wire.instead = lambda request: httpx.Response(503) if len(wire.sent) == 1 else None
    assert person.get(LOGS).status_code == 200
    assert len(wire.sent) == 2


@pytest.mark.parametrize("url", ["/nope", LOGS + "a.b/"])
def test_an_address_that_does_not_exist_is_a_page(person, wire, url):
    answer = person.get(url)
    assert answer.status_code == 404
    assert "There is no such page" in answer.text
    assert wire.sent == []
