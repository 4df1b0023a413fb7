"""The rate limit, and the trouble that can be asked for."""

import time

import pytest

from gateway_dash.sandbox import TOKENS, Options


@pytest.fixture
def counted(api):
    api.clock = [1000.0]
    api.sandbox._clock = lambda: api.clock[0]
    api.sandbox.options = Options(budget=3)
    return api


def test_every_answer_tells_what_is_left(counted):
    answers = [counted.http.get(path) for path in (counted.logs(), "/nowhere", "/accounts")]
    assert [answer.headers["Ratelimit"] for answer in answers] == [f'"default";r={left};t=300' for left in (2, 1, 0)]
    assert answers[0].headers["Ratelimit-Policy"] == '"default";q=3;w=300'


def test_over_the_budget_everything_is_refused_for_five_minutes(counted):
    for _ in range(3):
        counted.http.get(counted.logs())
    counted.clock[0] += 200
    refused = counted.http.get(counted.logs())
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "300")
    assert refused.json()["errors"][0]["code"] == 971
    assert '"default";r=0' in refused.headers["Ratelimit"]
    counted.clock[0] += 299
    assert counted.http.get(counted.logs()).headers["Retry-After"] == "1"
    counted.clock[0] += 1
    assert counted.http.get(counted.logs()).status_code == 200


def test_a_new_window_brings_a_new_budget(counted):
    for _ in range(3):
        counted.http.get(counted.logs())
    counted.clock[0] += 300
    assert counted.http.get(counted.logs()).headers["Ratelimit"] == '"default";r=2;t=300'


def test_each_token_has_its_own_budget(counted):
    for _ in range(4):
        counted.http.get(counted.logs())
    other = next(token for token, permission in TOKENS.items() if permission == "read")
    assert counted.http.get(counted.logs(), headers={"Authorization": f"Bearer {other}"}).status_code == 200


def test_the_budget_can_be_switched_off(counted):
    counted.sandbox.options = Options(budget=None)
    assert {counted.http.get(counted.logs()).status_code for _ in range(20)} == {200}


def test_an_internal_error_can_be_asked_for(api):
    api.switch(fault="500")
    answer = api.http.get(api.logs())
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (500, 7000)
    assert "Ratelimit" in answer.headers


def test_trouble_can_be_asked_for_in_one_place_only(api):
    api.store.add({"id": "x"})
    api.switch(fault="502", fault_on="DELETE")
    assert api.http.get(api.logs()).status_code == 200
    answer = api.http.delete(api.logs())
    assert (answer.status_code, answer.headers["Content-Type"]) == (502, "text/html; charset=UTF-8")
    assert api.ids() == ["x"]


def test_answers_can_be_slow(api):
    api.switch(latency_ms=60)
    start = time.perf_counter()
    api.http.get(api.logs())
    assert time.perf_counter() - start >= 0.06
