"""The invented logs."""

import base64
import json
import re
import zlib
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from gateway_dash.sandbox import Store
from gateway_dash.sandbox.moments import in_incident
from gateway_dash.sandbox.oddities import EXAMPLES, EXAMPLES_AT, EXAMPLES_FROM, ODDITIES
from gateway_dash.sandbox.texts import instant_ms

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def store():
    found = Store.seeded(6000, now=NOW)
    yield found
    found.close()


@pytest.fixture(scope="module")
def rows(store):
    return [store.get(log_id) for log_id in store.ids()]


def test_the_same_seed_and_moment_give_the_same_logs():
    one, other, third = (Store.seeded(80, seed=seed, now=NOW) for seed in (3, 3, 4))
    assert one.ids() == other.ids() != third.ids()
    for log_id in one.ids():
        assert one.get(log_id) == other.get(log_id)
        assert one.body(log_id, "response") == other.body(log_id, "response")
    for store in (one, other, third):
        store.close()


@pytest.mark.parametrize("count", [0, 1, 2, 60, 1000])
def test_exactly_as_many_logs_are_made_as_were_asked_for(count):
    store = Store.seeded(count)
    assert len(store.ids()) == store.count() == count
    store.close()


def test_the_logs_fill_fourteen_days_up_to_this_very_minute(rows):
    moments = [datetime.fromisoformat(row["created_at"]) for row in rows]
    assert moments == sorted(moments)
    assert NOW - timedelta(seconds=5) < moments[-1] <= NOW
    assert NOW - timedelta(days=14) <= moments[0] < NOW - timedelta(days=13)
    assert max(after - before for before, after in pairwise(moments)) < timedelta(hours=6)


def test_days_are_busier_than_nights(rows):
    hours = Counter(datetime.fromisoformat(row["created_at"]).hour for row in rows)
    assert hours[14] + hours[15] + hours[16] > 3 * (hours[2] + hours[3] + hours[4])


def test_one_incident_lies_within_the_last_day(rows):
    now_ms = instant_ms(NOW)
    during = [row for row in rows if in_incident(instant_ms(row["created_at"]), now_ms)]
    before = [row for row in rows if row not in during]
    assert sum(row["status_code"] in (429, 529) for row in during) / len(during) > 0.2
    assert sum(row["status_code"] in (429, 529) for row in before) / len(before) < 0.08


def test_ids_come_in_all_three_forms(rows):
    forms = (r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", r"[0-9A-HJKMNP-TV-Z]{26}",
             r"[0-9a-f]{64}")  # fmt: skip
    counts = [sum(bool(re.fullmatch(form, row["id"])) for row in rows) for form in forms]
    assert sum(counts) == len(rows)
    assert min(counts) > 20


def test_the_kinds_of_calls_that_a_dashboard_must_show_all_occur(rows):
    assert len({row["provider"] for row in rows}) >= 12
    assert any(row["provider"] == "unknown" and row["duration"] == 0 for row in rows)
    assert any(row["cached"] and row["cost"] == 0 and row["tokens_in"] == 0 for row in rows)
    assert any("cost" not in row for row in rows)
    assert any(row["tokens_in"] is None for row in rows)
    assert {None} < {row["feedback"] for row in rows}
    assert {"FLAG", "BLOCK"} & {row.get("dlp_action") for row in rows}
    assert {424, 429} <= {row["status_code"] for row in rows}
    assert all(row["success"] == (row["status_code"] < 400) for row in rows)


def test_a_fallback_shares_the_event_of_the_call_it_stands_in_for(rows):
    by_event: dict[str, list[Any]] = {}
    for row in rows:
        by_event.setdefault(row["event_id"], []).append(row)
    fallbacks = [event for event in by_event.values() if len(event) == 2 and event[1]["step"] == 1]
    assert len(fallbacks) > 20
    assert all(not first["success"] and first["metadata"] == second["metadata"] for first, second in fallbacks)


def test_metadata_is_often_an_object_and_sometimes_null(rows):
    kinds = Counter(type(row["metadata"]) for row in rows)
    assert kinds[dict] > kinds[type(None)] > 100
    assert {type(value) for row in rows for value in (row["metadata"] or {}).values()} >= {str, int, bool, float}


def test_the_gateway_shares_are_uneven(store):
    counts = [store.count(gateway) for gateway in ("prod-edge", "support-bot", "staging")]
    assert counts[0] > 4 * counts[1] > 8 * counts[2] > 0


@pytest.fixture(scope="module")
def odd_bodies(store):
    """The response body of each oddity by its name, and the row it belongs to."""
    bodies: dict[str, Any] = {}
    recent = store.ids()[::-1]
    for place, odd in enumerate(ODDITIES):
        log_id = recent[place * 11 + 5]
        bodies.setdefault(odd.name, (store.get(log_id), store.body(log_id, "response")))
    return bodies


def test_hostile_texts_are_in_the_bodies(odd_bodies):
    assert b"<script>" in odd_bodies["html"][1]
    assert b"\\u001b[31m" in odd_bodies["ansi"][1]
    assert "\u202e".encode() in odd_bodies["rtl"][1]
    assert b"\\u0000" in odd_bodies["nul"][1]
    assert rb"\ud83d and" in odd_bodies["surrogates"][1]
    assert "日本語".encode() in odd_bodies["cjk"][1]
    assert b"sk-proj-" in odd_bodies["secrets"][1]
    assert b"no-break-" * 1000 in odd_bodies["long_line"][1]


def test_damaged_bodies_are_damaged_as_announced(odd_bodies):
    with pytest.raises(UnicodeDecodeError):
        odd_bodies["not_utf8"][1].decode()
    with pytest.raises(RecursionError):
        json.loads(odd_bodies["deep"][1].replace(b"[" * 5000, b"[" * 200_000))
    assert odd_bodies["deep"][1].count(b"[") > 4000
    assert odd_bodies["duplicate_keys"][1].count(b'"model":') >= 3
    assert b"9" * 5000 in odd_bodies["huge_numbers"][1]
    assert not odd_bodies["cut"][1].endswith(b"\n\n")
    assert odd_bodies["empty_response"][1] == b""
    assert odd_bodies["no_bodies"][1] is None


def test_bodies_reach_nearly_ten_megabytes(odd_bodies):
    assert 2_000_000 < len(odd_bodies["several_mb"][1]) < 6_000_000
    assert 9_000_000 < len(odd_bodies["near_10_mb"][1]) < 10_000_000


def test_the_gateways_own_refusals_have_their_own_envelope(odd_bodies):
    assert json.loads(odd_bodies["spend_limit"][1])["error"][0]["code"] == 2045
    assert json.loads(odd_bodies["refused"][1])["error"][0]["code"] == 2016


def test_rows_carry_hostile_texts_too(rows):
    agents, models = ({str(row.get(name)) for row in rows} for name in ("user_agent", "model"))
    assert any(agent.startswith("=cmd|") for agent in agents)
    assert any("\u202e" in agent for agent in agents)
    assert any("<script>" in model for model in models)


def test_every_shape_of_body_can_be_written(store, rows):
    done = set()
    for row in rows:
        shape = (row["provider"], row["path"], row["success"], row["response_content_type"])
        if shape not in done:
            done.add(shape)
            for side in ("request", "response"):
                body = store.body(row["id"], side)
                assert body is None or isinstance(body, bytes)
    assert len(done) > 50


def test_the_usage_in_a_body_is_that_of_its_row(store, rows):
    row = next(row for row in rows if row["provider"] == "groq" and row["success"] and row["tokens_in"])
    usage = json.loads(store.body(row["id"], "response") or b"")["usage"]
    assert (usage["prompt_tokens"], usage["completion_tokens"]) == (row["tokens_in"], row["tokens_out"])


def number_at(store, name):
    """A seeded example's row and its bodies."""
    place = [odd.name for odd in EXAMPLES].index(name)
    log_id = store.ids()[::-1][(EXAMPLES_FROM + place) * 11 + EXAMPLES_AT]
    return store.get(log_id), store.body(log_id, "request"), json.loads(store.body(log_id, "response"))


def test_one_log_is_miscounted(store):
    row, _, answer = number_at(store, "miscounted")
    assert (row["tokens_out"], answer["usage"]["completion_tokens"]) == (90, 106)


def test_two_logs_ask_the_same_and_are_answered_apart(store):
    logs = [log_id for log_id in store.ids() if store.get(log_id)["tokens_in"] == 240]
    asked = {store.body(log_id, "request") for log_id in logs}
    answered = {store.body(log_id, "response") for log_id in logs}
    assert len(logs) > len(asked)
    assert len(answered) == len(logs)


def test_cached_and_thought_tokens_are_the_same_in_row_and_body(store, rows):
    spoken = [row for row in rows if row["path"].endswith("chat/completions") and row["success"] and row["tokens_in"]]
    for row in spoken[:60]:
        answer = store.body(row["id"], "response").decode()  # streamed or not
        if '"usage":' not in answer or "workers" in row["provider"]:
            continue
        usage, _ = json.JSONDecoder().raw_decode(answer.rpartition('"usage":')[2].strip())
        told = row["usage_metadata"]
        assert usage["prompt_tokens_details"]["cached_tokens"] == told["input_cached_tokens"]
        assert usage["completion_tokens_details"]["reasoning_tokens"] == told["output_reasoning_tokens"]


def test_the_examples_for_readers_are_among_the_newest_logs_and_all_different(store):
    recent = store.ids()[::-1]
    bodies = [
        (store.body(log_id, "request"), store.body(log_id, "response"))
        for log_id in (recent[(EXAMPLES_FROM + place) * 11 + EXAMPLES_AT] for place in range(len(EXAMPLES)))
    ]
    answers = {odd.name: response for odd, (_, response) in zip(EXAMPLES, bodies, strict=True)}
    assert (EXAMPLES_FROM + len(EXAMPLES)) * 11 < 450
    assert all(request and response for request, response in bodies)
    assert b'"toolResult"' in bodies[[odd.name for odd in EXAMPLES].index("converse")][0]
    assert b'{"error":' in answers["broken_stream"].rsplit(b"data: ", 1)[1]
    assert b"[DONE]" not in answers["cut_call"]
    assert b"reasoning_content" in answers["agent"]


def test_one_picture_is_a_real_one(store):
    place = [odd.name for odd in EXAMPLES].index("painted")
    log_id = store.ids()[::-1][(EXAMPLES_FROM + place) * 11 + EXAMPLES_AT]
    data = base64.b64decode(json.loads(store.body(log_id, "response"))["data"][0]["b64_json"])
    at, kinds = 8, []
    while at < len(data):
        size = int.from_bytes(data[at : at + 4])
        kind, content = data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        assert zlib.crc32(kind + content) == int.from_bytes(data[at + 8 + size : at + 12 + size])
        kinds.append(kind)
        pixels = zlib.decompress(content) if kind == b"IDAT" else b""
        assert kind != b"IDAT" or len(pixels) == 200 * (1 + 320 * 3)
        at += 12 + size
    assert kinds == [b"IHDR", b"IDAT", b"IEND"]
