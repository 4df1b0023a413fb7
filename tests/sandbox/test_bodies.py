"""Details, heads and whole bodies."""

import json
from datetime import UTC, datetime

import pytest

from gateway_dash.sandbox import Store


def detail(api, log_id, gateway="prod-edge"):
    return api.http.get(api.logs(gateway, log_id)).json()["result"]


def body(api, log_id, side, gateway="prod-edge"):
    return api.http.get(api.logs(gateway, log_id, side))


def test_a_stored_body_comes_back_as_it_is_with_its_own_type(api):
    api.store.add({"id": "x", "response_body": b"data: [DONE]\n\n", "response_content_type": "text/event-stream"})
    answer = body(api, "x", "response")
    assert answer.content == b"data: [DONE]\n\n"
    assert answer.headers["Content-Type"] == "text/event-stream"


def test_the_form_of_a_body_is_as_the_switch_says(api):
    api.store.add({"id": "x", "response_body": b"data: 1\n\n", "response_content_type": "text/event-stream"})
    api.switch(body_form="json")
    assert (body(api, "x", "response").content, body(api, "x", "response").headers["Content-Type"]) == (
        b"data: 1\n\n",
        "application/json",
    )
    api.switch(body_form="json_string")
    assert body(api, "x", "response").json() == "data: 1\n\n"


def test_a_body_that_was_not_stored_is_not_found_though_the_log_is(api):
    api.store.add({"id": "x", "request_body": b"{}", "response_body": None})
    assert body(api, "x", "request").status_code == 200
    answer = body(api, "x", "response")
    assert (answer.status_code, answer.json()["errors"]) == (404, [{"code": 7002, "message": "Not Found"}])
    assert detail(api, "x")["response_head"] is None


def test_an_empty_body_is_stored_and_empty(api):
    api.store.add({"id": "x", "response_body": b""})
    assert (body(api, "x", "response").status_code, body(api, "x", "response").content) == (200, b"")
    assert detail(api, "x")["response_head_complete"] is True


def test_an_unknown_log_is_not_found_anywhere(api):
    for rest in ([], ["request"], ["response"]):
        assert api.http.get(api.logs("prod-edge", "nobody", *rest)).status_code == 404


def test_a_log_is_found_only_under_its_gateway(api):
    api.store.add({"id": "x", "gateway_id": "staging", "request_body": b"{}"})
    assert api.http.get(api.logs("prod-edge", "x")).status_code == 404
    assert body(api, "x", "request", "prod-edge").status_code == 404
    assert detail(api, "x", "staging")["id"] == "x"


@pytest.mark.parametrize(("most", "expected"), [(1, ""), (2, "é"), (3, "é"), (4, "éé"), (100, "ééé")])
def test_a_head_ends_between_two_characters(api, most, expected):
    api.store.add({"id": "x", "request_body": "ééé".encode()})
    api.switch(head_bytes=most)
    found = detail(api, "x")
    assert (found["request_head"], found["request_size"]) == (expected, 6)
    assert found["request_head_complete"] == (most >= 6)


def test_bytes_that_are_not_text_still_have_a_head(api):
    api.store.add({"id": "x", "request_body": b"\x80" * 10})
    api.switch(head_bytes=4)
    assert set(detail(api, "x")["request_head"]) == {"\ufffd"}


def test_a_late_head_is_null_until_the_log_is_old_enough(api):
    clock = [datetime(2026, 11, 20, 10, tzinfo=UTC).timestamp()]
    api.sandbox._clock = lambda: clock[0]
    api.store.add({"id": "x", "created_at": "2026-11-20T10:00:00Z", "request_body": b"q", "response_body": b"a"})
    api.switch(late_head_s=4)
    assert (detail(api, "x")["response_head"], detail(api, "x")["request_head"]) == (None, "q")
    clock[0] += 4
    assert detail(api, "x")["response_head"] == "a"


def test_a_recent_invented_log_has_a_late_head_of_its_own(api):
    now = datetime(2026, 11, 20, 10, tzinfo=UTC)
    clock = [now.timestamp()]
    api.sandbox.store = Store.seeded(30, now=now)
    api.sandbox._clock = lambda: clock[0]
    late = api.sandbox.store.ids("prod-edge")[-2:]
    heads = [detail(api, log_id)["response_head"] for log_id in late]
    clock[0] += 60
    assert heads.count(None) == 1
    assert all(detail(api, log_id)["response_head"] for log_id in late)
    api.sandbox.store.close()


def test_metadata_comes_as_an_object_or_as_text_as_the_switch_says(api):
    api.store.add({"id": "x", "metadata": {"team": "AI", "user": 12345, "test": True}})
    assert detail(api, "x")["metadata"] == {"team": "AI", "user": 12345, "test": True}
    api.switch(metadata_as_string=True)
    assert json.loads(detail(api, "x")["metadata"])["user"] == 12345
    assert json.loads(api.page()["result"][0]["metadata"])["test"] is True


def test_sizes_are_exactly_those_of_the_bodies(many):
    for log_id in many.store.ids("prod-edge")[-120:]:
        found = detail(many, log_id)
        for side in ("request", "response"):
            whole = body(many, log_id, side)
            assert found[f"{side}_size"] == (len(whole.content) if whole.status_code == 200 else 0)


def test_unknown_fields_of_an_added_log_are_shown(api):
    api.store.add({"id": "x", "guardrails": {"S1": "FLAG"}, "brand_new": [1]})
    assert (detail(api, "x")["guardrails"], detail(api, "x")["brand_new"]) == ({"S1": "FLAG"}, [1])
