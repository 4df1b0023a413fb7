"""Pages while the upstream is left alone: words at once, nothing sent, nothing lost."""

import re

import httpx
import pytest

from gateway_dash import upstream
from gateway_dash.gateway.breaker import OPEN_S, State
from tests.conftest import LOGS
from tests.views.breaking import failing
from tests.views.conftest import short
from tests.views.reading import HTMX, fields, parse

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "fragment"])
@pytest.mark.parametrize("path", [LOGS, LOGS + "some-log/", "/gateways/"])
def test_a_page_says_that_the_upstream_is_failing_and_when_to_come_again(person, wire, path, headers):
    failing()
    answer = person.get(path, headers=headers)
    assert (answer.status_code, answer["HX-Push-Url"]) == (503, "false")
    assert 0 < int(answer["Retry-After"]) <= OPEN_S
    text = parse(answer).text
    assert "The upstream is failing" in text
    assert re.search(r"left alone until \d\d:\d\d:\d\d UTC. Nothing was sent.", text)
    assert wire.sent == []


def test_ten_pages_that_fail_are_followed_by_one_that_asks_nobody(person, wire):
    wire.instead = lambda _request: httpx.Response(500)
    titles = [parse(person.get(LOGS)).one("h1").text for _ in range(12)]
    assert titles == ["The upstream gave an unexpected answer"] * 10 + ["The upstream is failing"] * 2
    assert len(wire.sent) == 10


def test_the_line_at_the_bottom_says_why_nothing_was_asked(person, wire):
    failing()
    told = parse(person.get(LOGS)).one("footer", class_="statusbar").text
    assert "upstream left alone, since most calls failed; again in 10 s" in told


def test_pages_that_need_no_upstream_are_as_ever(person, wire):
    failing()
    for path in ("/healthz", "/readyz", "/gateways/prod-edge/jobs/", "/account/"):
        assert person.get(path).status_code == 200
    assert wire.sent == []


def test_a_body_says_it_in_its_own_place(person, store, wire):
    log_id = store.ids()[0]
    failing()
    answer = person.get(f"{LOGS}{log_id}/request/part/", headers=HTMX)
    assert answer.status_code == 503
    assert "The upstream is failing" in answer.text


def test_a_change_is_refused_before_anything_is_sent_and_the_form_is_not_lost(person, store, wire):
    log = f"{LOGS}{store.ids('prod-edge')[0]}/"
    form = fields(parse(person.get(log)).one("form", data_annotate=None))
    wire.forget()

    def fails_after_the_read(_request):
        failing()

    wire.instead = fails_after_the_read
    told = parse(person.post(f"{log}annotate/", form | {"score": ["7"]}, headers=HTMX))
    assert "Not saved." in told.text
    assert "Nothing was sent." in told.text
    assert "read again" not in told.text
    assert told.one("input", name="score")["value"] == "7"
    assert wire.calls == [f"GET {short(log.rstrip('/'))}"]


def test_it_is_over_with_the_first_call_that_is_answered(person, wire, monkeypatch):
    breaker = upstream.account().client.breaker
    failing()
    assert person.get(LOGS).status_code == 503
    monkeypatch.setattr(breaker, "_again_at", 0.0)  # ten seconds later
    assert person.get(LOGS).status_code == 200
    assert breaker.state is State.CLOSED
