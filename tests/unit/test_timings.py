"""gateway_dash/logs/timings.py: where the time of a call went, as far as the row says."""

from datetime import UTC, datetime

import pytest

from gateway_dash.gateway.models import Log
from gateway_dash.logs.timings import BAR, timings_of


def of(timings=None, **fields):
    row = {} if timings is None else {"timings": timings}
    return timings_of(Log(id="a", created_at=datetime(2026, 11, 20, tzinfo=UTC), row_as_sent=row, **fields))


def facts(found):
    return dict(found.facts)


def test_latency_is_the_first_byte_and_the_rest_came_after_it():
    found = of({"total": 9871, "latency": 1402}, duration_ms=9871, tokens_out=184)
    assert facts(found) == {
        "First byte": "1,402 ms",
        "After it": "8,469 ms",
        "Total": "9,871 ms",
        "Speed": "21.7 tokens/s",
    }
    assert found.speed_from == "184 tokens out in 8,469 ms"
    assert found.label == "1,402 ms to the first byte, 8,469 ms after it"
    assert [(each.css, each.start, each.width) for each in found.phases] == [("p-wait", 0, 142), ("p-flow", 142, 858)]
    assert found.notes == ()


def test_without_a_total_the_duration_of_the_row_is_taken():
    assert facts(of({"latency": 40}, duration_ms=100))["Total"] == "100 ms"


def test_a_row_without_timings_says_unknown_and_has_no_bar():
    found = of(duration_ms=120, tokens_out=10)
    assert facts(found) == {"First byte": "unknown", "After it": "unknown", "Total": "120 ms", "Speed": "unknown"}
    assert found.phases == ()
    assert found.notes == ()


@pytest.mark.parametrize(
    "fields",
    [
        {"tokens_out": None},
        {"tokens_out": 0},
        {"tokens_out": -4},
        {"tokens_out": 10, "cached": True},
    ],
)
def test_a_speed_needs_tokens_that_were_made_just_then(fields):
    assert facts(of({"total": 100, "latency": 40}, **fields))["Speed"] == "unknown"


def test_a_speed_needs_time():
    assert facts(of({"total": 100, "latency": 100}, tokens_out=7))["Speed"] == "unknown"


def test_a_first_byte_after_the_end_is_shown_as_it_is_with_a_word():
    found = of({"total": 100, "latency": 140}, tokens_out=7)
    assert facts(found) == {"First byte": "140 ms", "After it": "unknown", "Total": "100 ms", "Speed": "unknown"}
    assert found.phases == ()
    assert "after the end" in found.notes[0]


def test_what_is_below_zero_is_shown_as_it_is_with_a_word():
    found = of({"total": -5, "latency": -9}, duration_ms=-1)
    assert facts(found)["Total"] == "-5 ms"
    assert [note.split(" is ")[0] for note in found.notes] == [
        "The time to the first byte",
        "The total",
        "The duration",
    ]
    assert found.phases == ()


def test_a_duration_that_is_another_is_told_beside_the_total():
    near, far = of({"total": 100, "latency": 40}, duration_ms=103), of({"total": 100, "latency": 40}, duration_ms=9000)
    assert facts(near)["Duration of the row"] == "103 ms"
    assert near.notes == ()
    assert "far apart" in far.notes[0]


@pytest.mark.parametrize(
    "timings", ["text", [1], {"total": "100", "latency": True}, {"total": 10**400}, {"latency": float("nan")}]
)
def test_what_is_no_number_is_unknown(timings):
    assert facts(of(timings)) == {
        "First byte": "unknown",
        "After it": "unknown",
        "Total": "unknown",
        "Speed": "unknown",
    }


@pytest.mark.parametrize(
    "timings", [{"total": 0, "latency": 0}, {"total": 10**9, "latency": 1}, {"total": 5, "latency": 5}]
)
def test_the_bar_fills_its_width_or_is_not_there(timings):
    widths = [phase.width for phase in of(timings).phases]
    assert sum(widths) in (0, BAR)
    assert all(widths)
