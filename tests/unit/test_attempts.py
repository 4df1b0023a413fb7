"""gateway_dash/gateway/attempts.py and the words of gateway_dash/logs/attempts.py: one call and its logs."""

from datetime import UTC, datetime

import pytest

from gateway_dash.gateway.attempts import MOST, Attempts, event_query, is_check, may_have_others
from gateway_dash.gateway.models import Log
from gateway_dash.logs.attempts import attempt_words

AT = datetime(2026, 11, 20, tzinfo=UTC)


def log(name, **fields):
    return Log(**{"id": name, "created_at": AT, "event_id": "e", "step": 0, "provider": "openai"} | fields)


def failed(name, step, **fields):
    return log(name, **{"step": step, "status_code": 529, "success": False, "provider": "anthropic"} | fields)


def fine(name, step, **fields):
    return log(name, **{"step": step, "status_code": 200, "success": True} | fields)


def check(name):
    return log(name, provider="workers-ai", model="@cf/meta/llama-guard-3-8b", status_code=200, success=True)


def of(this, *others):
    return Attempts(this, (this, *others), 1 + len(others), False)


@pytest.mark.parametrize(
    ("event_id", "step", "may"),
    [("one", 0, False), ("other", 0, True), ("one", 1, True), ("one", None, True), (None, 0, True), ("", 0, True)],
)
def test_only_a_log_whose_id_is_its_events_stands_alone(event_id, step, may):
    assert may_have_others(log("one", event_id=event_id, step=step)) is may


@pytest.mark.parametrize("event_id", [None, "", "a\x00b", "half \ud800", "x" * 501])
def test_what_no_filter_can_hold_is_not_asked_for(event_id):
    assert event_query(log("one", event_id=event_id)) is None


def test_the_narrowest_question_is_asked():
    query = event_query(log("one", event_id="e-1"))
    assert query
    assert query.for_api() == [{"key": "event_id", "operator": "eq", "value": ["e-1"]}]
    assert (query.per_page, query.order) == (MOST, ("created_at", "asc"))


@pytest.mark.parametrize(
    ("provider", "model", "is_one"),
    [
        ("workers-ai", "@cf/meta/llama-guard-3-8b", True),
        ("Workers-AI", "@hf/Llama-Guard-9", True),
        ("openai", "llama-guard-3-8b", False),
        ("workers-ai", "llama-3.2", False),
    ],
)
def test_a_check_is_known_by_its_provider_and_model(provider, model, is_one):
    assert is_check(log("one", provider=provider, model=model)) is is_one


@pytest.mark.parametrize(
    ("this", "others", "words"),
    [
        (fine("b", 1), [failed("a", 0)], "Second attempt: step 0 failed with 529 at anthropic"),
        (fine("c", 2), [failed("a", 0), failed("b", 1, provider="groq")],
         "Third attempt: step 1 failed with 529 at groq"),
        (failed("a", 0), [fine("b", 1)], "First attempt of 2: step 1 answered 200 at openai"),
        (fine("a", 0), [check("b")], "Checked by 1 guardrail call"),
        (check("b"), [fine("a", 0)], "A guardrail’s check, one of 2 logs of one call"),
        (fine("a", 0), [fine("b", 0)], "One of 2 logs with this event id"),
        (fine("a", 0), [], ""),
        (log("b", step=1), [log("a", provider="")], "Second attempt: step 0 ended with unknown at an unknown provider"),
        (log("z", step=12), [failed(f"s{n}", n) for n in range(12)],
         "Attempt 13: step 11 failed with 529 at anthropic"),
    ],
)  # fmt: skip
def test_it_is_said_what_came_before(this, others, words):
    assert attempt_words(of(this, *others)) == words


def test_a_sum_with_something_unknown_in_it_is_unknown():
    found = of(log("a", cost=0.25, duration_ms=100), log("b", cost=None, duration_ms=50))
    assert (found.time_ms.whole, found.time_ms.unknown) == (150, 0)
    assert (found.cost.whole, found.cost.known, found.cost.unknown) == (None, 0.25, 1)


def test_more_than_are_read_is_said():
    assert not Attempts(log("a"), (log("a"),), MOST, False).is_cut
    assert Attempts(log("a"), (log("a"),), MOST + 1, False).is_cut


def test_checks_are_no_attempts():
    found = of(fine("a", 0), check("b"))
    assert [each.id for each in found.tries] == ["a"]
    assert [each.id for each in found.checks] == ["b"]
