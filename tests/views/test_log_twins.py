"""/gateways/<gateway>/logs/<log_id>/twins/"""

import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from gateway_dash import upstream
from gateway_dash.logs.twins import MOST_OF_A_PAGE
from tests.conftest import LOGS
from tests.views.reading import parse

pytestmark = pytest.mark.django_db

BEGIN = datetime(2026, 11, 20, 10, 54, 0, 118_000, tzinfo=UTC)
URL = LOGS + "this/twins/"
CHAT = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Where is the sea?"}], "temperature": 1}
SECRET = "sk-" + "proj-" + "a1B2" * 10
LONG = "A long story. " * 1000  # no head holds it


def question(**more):
    return json.dumps(CHAT | more).encode()


def answer_saying(content, name="chatcmpl-1"):
    choice = {"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": "stop"}
    value = {"id": name, "object": "chat.completion", "created": 17, "model": "gpt-4o", "choices": [choice]}
    return json.dumps(value).encode()


def add(store, name, minutes=0.0, **more):
    at = (BEGIN + timedelta(minutes=minutes)).isoformat()
    row = {
        "id": name, "created_at": at, "provider": "openai", "model": "gpt-4o", "path": "v1/chat/completions",
        "tokens_in": 24, "duration": 900, "cost": 0.001, "request_body": question(),
        "response_body": answer_saying("In the west.", name),
    }  # fmt: skip
    store.add(row | more)


@pytest.fixture
def logs(bare_store):
    add(bare_store, "this")
    return bare_store


def cards(answer):
    return parse(answer).one(id="twins").all("section", class_="twin")


def shown(answer):
    return [each.one("h2").one("a")["href"].split("/")[4] for each in cards(answer)]


def text(answer):
    return parse(answer).one(id="twins").text


def test_the_same_request_in_another_spelling_is_a_twin(person, logs):
    add(
        logs,
        "turned",
        1,
        request_body=json.dumps(dict(reversed(CHAT.items())) | {"temperature": 1.0}, indent=3).encode(),
    )
    answer = person.get(URL)
    assert shown(answer) == ["turned"]
    assert parse(answer).one("h1").text == "1 twin of gpt-4o 200 within 1 hour"
    assert "The request is the same but for layout." in text(answer)


def test_what_only_says_how_an_answer_is_delivered_makes_no_other_request(person, logs):
    add(logs, "streamed", 1, request_body=question(stream=True, user="u-7"))
    assert "The request is the same but for layout, stream, user." in text(person.get(URL))


@pytest.mark.parametrize("more", [{"temperature": 0}, {"seed": 7}, {"messages": []}, {"model": "gpt-4o-mini"}])
def test_another_request_is_none(person, logs, more):
    add(logs, "other", 1, request_body=question(**more))
    answer = person.get(URL)
    assert shown(answer) == []
    assert "Looked at 1 of the 1 candidate." in text(answer)


@pytest.mark.parametrize(
    "more", [{"provider": "azure"}, {"model": "gpt-4"}, {"path": "v1/responses"}, {"tokens_in": 23}]
)
def test_a_log_that_cannot_have_the_same_request_is_no_candidate(person, logs, wire, more):
    add(logs, "other", 1, **more)
    assert "No other log is a candidate." in text(person.get(URL))
    assert wire.calls == ["GET /prod-edge/logs/this", "GET /prod-edge/logs", "GET /prod-edge/logs"]


def test_a_call_that_failed_or_came_from_the_cache_says_no_tokens_and_is_a_candidate(person, logs):
    add(logs, "failed", 1, tokens_in=0, status_code=429, success=False, response_body=b'{"error":{"message":"no"}}')
    add(logs, "cached", 2, tokens_in=0, cached=True, cost=0)
    answer = person.get(URL)
    assert shown(answer) == ["failed", "cached"]
    assert "status 429 (this log 200)" in cards(answer)[0].text
    assert "cost $0 (this log $0.001000), cache hit (this log miss)" in cards(answer)[1].text


def test_of_a_log_that_failed_nothing_is_known_of_its_tokens(person, logs):
    add(logs, "failed", 1, tokens_in=0, status_code=429, success=False)
    assert shown(person.get(LOGS + "failed/twins/")) == ["this"]


def test_the_same_answer_is_said_plainly(person, logs):
    add(logs, "same", 1)
    [card] = cards(person.get(URL))
    assert "Same answer: what was said is equal, word for word." in card.text
    assert card.all("ins") == card.all("del") == []


def test_bodies_that_are_equal_to_the_byte_are_called_so(person, logs):
    add(logs, "same", 1, response_body=answer_saying("In the west.", "this"))
    assert "Same answer, byte for byte." in text(person.get(URL))


def test_where_the_answers_differ_is_shown_word_for_word(person, logs):
    add(logs, "other", 1, response_body=answer_saying("In the east."))
    [card] = cards(person.get(URL))
    assert "The answers differ in 1 place." in card.text
    assert [each.text for each in card.all("del")] == ["west"]
    assert [each.text for each in card.all("ins")] == ["east"]
    assert "chatcmpl" not in card.text


def test_answers_that_no_reader_knows_are_compared_as_they_are(person, logs):
    add(logs, "other", 1, response_body=b'{"x": ["one", "three"]}')
    logs.delete(["this"])
    add(logs, "this", response_body=b'{"x": ["one", "two"]}')
    [card] = cards(person.get(URL))
    assert "The bodies differ in 1 place." in card.text
    assert "ids and times included" in card.text


def test_the_two_can_be_compared_whole(person, logs):
    add(logs, "same", 1)
    url = cards(person.get(URL + "?provider=openai"))[0].links()["Compare the two"]
    assert url == LOGS + "compare/?id=this&id=same&provider=openai"
    assert person.get(url).status_code == 200


def test_the_nearest_come_first_on_both_sides(person, logs):
    for name, minutes in (("later", 5), ("just-before", -1), ("earlier", -7), ("just-after", 2)):
        add(logs, name, minutes)
    assert shown(person.get(URL)) == ["just-before", "just-after", "later", "earlier"]


def test_only_logs_within_the_time_count(person, logs):
    for name, minutes in (("near", 59), ("far", 120), ("day-before", -60 * 30)):
        add(logs, name, minutes)
    links = parse(person.get(URL)).one(id="twins").links()
    assert shown(person.get(URL)) == ["near"]
    day = next(url for words, url in links.items() if words.startswith("24 hours"))
    assert day == URL + "?within=24h"
    assert shown(person.get(day)) == ["near", "far"]
    assert shown(person.get(URL + "?within=7d")) == ["near", "far", "day-before"]


def test_requests_that_fit_into_their_heads_cost_one_call_each(person, logs, wire):
    for number in range(4):
        add(logs, f"t-{number}", number)
    assert len(shown(person.get(URL))) == 4
    assert len(wire.sent) == 1 + 2 + 4
    assert not any(call.endswith("/request") for call in wire.calls)


def long_ones(store, count):
    for number in range(count):
        messages = [{"role": "user", "content": LONG}]
        add(store, f"t-{number}", 1 + number, request_body=question(messages=messages))
    store.delete(["this"])
    add(store, "this", request_body=question(messages=[{"role": "user", "content": LONG}]))


def test_longer_ones_are_read_and_never_more_calls_are_made_than_were_said(person, logs, wire):
    long_ones(logs, 20)
    answer = person.get(URL)
    assert len(wire.sent) <= MOST_OF_A_PAGE
    assert f"up to {MOST_OF_A_PAGE} calls" in text(answer)
    looked = len(shown(answer))
    assert f"Looked at {looked} of the 20 candidates." in text(answer)
    more = parse(answer).one(id="twins").links()[f"Look at {min(12, 20 - looked)} more"]
    assert more == f"{URL}?from={looked}"
    wire.forget()
    second = person.get(more)
    assert shown(second)[0] == f"t-{looked}"
    assert f"Looked at candidates {looked + 1} to {looked + len(shown(second))} of 20." in text(second)
    assert len(wire.sent) <= MOST_OF_A_PAGE


def test_more_candidates_than_are_looked_at_are_said(person, logs):
    for number in range(30):
        add(logs, f"t-{number:02}", 1 + number, request_body=b"{}")
    told = text(person.get(URL))
    assert "Looked at 12 of the 20 nearest candidates. There are more in this time, which are not looked at." in told


def test_a_candidate_without_a_request_is_counted_apart(person, logs):
    add(logs, "bare", 1, request_body=None)
    add(logs, "same", 2)
    answer = person.get(URL)
    assert shown(answer) == ["same"]
    assert "1 of these had no whole request to compare." in text(answer)


def test_without_a_request_of_its_own_nothing_is_looked_for(person, bare_store, wire):
    add(bare_store, "this", request_body=None)
    add(bare_store, "other", 1)
    answer = person.get(URL)
    assert "No twins of gpt-4o 200 can be looked for" in text(answer)
    assert "The upstream keeps no request of this call." in text(answer)
    assert not any("other" in call for call in wire.calls)


def test_a_failure_on_the_way_keeps_what_was_found(person, logs, wire):
    for name, minutes in (("one", 1), ("two", 2), ("three", 3)):
        add(logs, name, minutes)
    wire.instead = lambda sent: httpx.Response(500, json={}) if sent.url.path.endswith("/two") else None
    answer = person.get(URL)
    assert shown(answer) == ["one"]
    assert "It stopped: The upstream" in text(answer)
    assert "Look at 2 more" in parse(answer).one(id="twins").links()


def test_while_the_budget_is_low_nothing_is_asked(person, logs, wire):
    upstream.account().client.budget.left = 299
    answer = person.get(URL)
    assert answer.status_code == 503
    assert "299 calls are left" in answer.text
    assert wire.sent == []


def test_an_upstream_that_ignores_the_filter_gives_no_candidates(person, logs, wire):
    add(logs, "other", 1, provider="groq")
    body = {"success": True, "result": [logs.get("other")], "result_info": {"total_count": 1}}
    wire.instead = lambda sent: httpx.Response(200, json=body) if sent.url.path.endswith("/logs") else None
    answer = person.get(URL)
    assert answer.status_code == 502
    assert "did not apply the filter" in answer.text


@pytest.mark.parametrize("wrong", ["within=2h", "within=", "from=x", "from=20", "from=-1", "from=1&from=2"])
def test_a_parameter_that_cannot_be_read_costs_nothing(person, logs, wire, wrong):
    assert person.get(f"{URL}?{wrong}").status_code == 400
    assert wire.sent == []


def test_it_is_said_what_was_searched(person, logs):
    add(logs, "same", 1)
    told = text(person.get(URL))
    assert "Calls from openai, to gpt-4o" in told
    assert "with path v1/chat/completions, that ended within 1 hour before or after this one" in told
    for name in ("stream", "metadata", "service_tier"):
        assert name in told


def test_hostile_text_stays_text(person, logs):
    model = "<script>alert(1)</script>\u202e"
    logs.delete(["this"])
    for name, said in (("this", "<img src=x onerror=alert(1)>"), ("twin", "<img src=y \u202eonerror=alert(2)>")):
        add(logs, name, model=model, path="<b>", response_body=answer_saying(said))
    answer = person.get(URL)
    assert shown(answer) == ["twin"]
    assert "<script>alert" not in answer.text
    assert "<img src" not in answer.text
    assert "\u202e" not in answer.text


def test_a_long_answer_is_cut_and_that_is_said(person, logs):
    add(logs, "other", 1, response_body=answer_saying("In the east. " + "word " * 3000))
    logs.delete(["this"])
    add(logs, "this", response_body=answer_saying("In the west. " + "word " * 3000))
    [card] = cards(person.get(URL))
    assert "The first 6,000 characters of each are compared here." in card.text
    assert [each.text for each in card.all("ins")] == ["east"]


def test_secrets_of_the_answers_are_masked(person, logs):
    add(logs, "other", 1, response_body=answer_saying(f"In the east. The key is {SECRET} as before."))
    logs.delete(["this"])
    add(logs, "this", response_body=answer_saying(f"In the west. The key is {SECRET} as before."))
    answer = person.get(URL)
    assert SECRET not in answer.text
    assert [each.text for each in cards(answer)[0].all("ins")] == ["east"]


def test_answers_that_differ_in_a_secret_alone_are_not_called_the_same(person, logs):
    add(logs, "other", 1, response_body=answer_saying(f"The key is {SECRET}7 as before."))
    logs.delete(["this"])
    add(logs, "this", response_body=answer_saying(f"The key is {SECRET} as before."))
    answer = person.get(URL)
    assert SECRET not in answer.text
    assert "The answers differ only in what is masked here." in text(answer)
