"""Annotating and deleting logs."""

import json

import pytest


def filtered(*some):
    return {"filters": json.dumps([{"key": k, "operator": o, "value": v} for k, o, v in some])}


@pytest.fixture
def six(api):
    for second in range(6):
        api.store.add({"id": f"l{second}", "created_at": f"2026-11-20T10:00:0{second}Z", "cost": 6 - second,
                       "provider": "openai" if second % 2 else "groq",
                       "metadata": {"team": "a", "n": second}})  # fmt: skip
    return api


def patch(api, body, log_id="l0"):
    return api.http.patch(api.logs("prod-edge", log_id), json=body)


def row(api, log_id="l0"):
    return api.http.get(api.logs("prod-edge", log_id)).json()["result"]


# --- PATCH --------------------------------------------------------------------------------------------------------


def test_an_annotation_sets_what_it_names_and_leaves_the_rest(six):
    assert patch(six, {"feedback": -1, "score": 40.5}).json() == {"success": True, "result": {}}
    assert patch(six, {"score": 41}).status_code == 200
    assert (row(six)["feedback"], row(six)["score"], row(six)["metadata"]) == (-1, 41, {"team": "a", "n": 0})


def test_null_clears(six):
    patch(six, {"feedback": 1, "score": 1})
    patch(six, {"feedback": None, "metadata": None})
    assert (row(six)["feedback"], row(six)["score"], row(six)["metadata"]) == (None, 1, None)


def test_metadata_is_replaced_or_merged_as_the_switch_says(six):
    patch(six, {"metadata": {"reviewed": True}})
    assert row(six)["metadata"] == {"reviewed": True}
    six.switch(patch_merges=True)
    patch(six, {"metadata": {"by": "kim"}})
    assert row(six)["metadata"] == {"reviewed": True, "by": "kim"}


def test_an_annotation_is_found_by_filters_at_once(six):
    patch(six, {"feedback": 1, "metadata": {"reviewer": "kim"}}, "l3")
    assert six.ids(("feedback", "eq", [1])) == ["l3"]
    assert six.ids(("metadata.value", "eq", ["kim"])) == ["l3"]
    assert six.ids(("metadata.key", "eq", ["team"])) == ["l5", "l4", "l2", "l1", "l0"]
    assert six.ids() == ["l5", "l4", "l3", "l2", "l1", "l0"]


@pytest.mark.parametrize(("name", "has_result"), [("empty", True), ("details", True), ("none", False)])
def test_the_answer_to_an_annotation_is_as_the_switch_says(six, name, has_result):
    six.switch(patch_answer=name)
    answer = patch(six, {"score": 7}).json()
    assert ("result" in answer) == has_result
    assert answer.get("result", {}).get("score") == (7 if name == "details" else None)


@pytest.mark.parametrize(
    ("body", "message", "path"),
    [
        ({"feedback": 2}, "Number must be less than or equal to 1", ["body", "feedback"]),
        ({"feedback": "1"}, "Expected number, received string", ["body", "feedback"]),
        ({"feedback": True}, "Expected number, received boolean", ["body", "feedback"]),
        ({"score": -1}, "Number must be greater than or equal to 0", ["body", "score"]),
        ({"score": 100.1}, "Number must be less than or equal to 100", ["body", "score"]),
        ({"metadata": []}, "Expected object, received array", ["body", "metadata"]),
        ({"metadata": {"a": None}}, "Invalid input", ["body", "metadata", "a"]),
        ({"metadata": {"a": {"b": 1}}}, "Invalid input", ["body", "metadata", "a"]),
        ([], "Expected object, received array", ["body"]),
    ],
)
def test_an_annotation_out_of_range_is_refused_and_changes_nothing(six, body, message, path):
    answer = patch(six, body)
    assert answer.status_code == 400
    assert answer.json()["errors"] == [{"code": 7001, "message": message, "path": path}]
    assert row(six)["metadata"] == {"team": "a", "n": 0}


@pytest.mark.parametrize("content", [b"", b"{", b'{"score": NaN}', b"\xff"])
def test_an_annotation_that_is_not_json_is_refused(six, content):
    answer = six.http.patch(six.logs("prod-edge", "l0"), content=content)
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, ["body"])


def test_a_log_of_another_gateway_cannot_be_annotated(six):
    answer = six.http.patch(six.logs("staging", "l0"), json={"score": 1})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (404, 7002)


# --- DELETE -------------------------------------------------------------------------------------------------------


def delete(api, **parameters):
    return api.http.delete(api.logs(), params=parameters)


def test_a_delete_answers_success_and_nothing_else(six):
    assert delete(six, **filtered(("id", "eq", ["l2"])), limit=1).content == b'{"success":true}'
    assert six.ids() == ["l5", "l4", "l3", "l1", "l0"]
    assert six.store.get("l2") is None


def test_a_limit_takes_the_oldest_first(six):
    delete(six, limit=2)
    assert six.ids() == ["l5", "l4", "l3", "l2"]


def test_a_delete_follows_the_order_it_is_given(six):
    delete(six, limit=2, order_by="cost", order_by_direction="asc")
    assert six.ids() == ["l3", "l2", "l1", "l0"]
    delete(six, limit=1, order_by_direction="desc")
    assert six.ids() == ["l2", "l1", "l0"]


def test_a_delete_touches_only_its_gateway(six):
    six.store.add({"id": "elsewhere", "gateway_id": "staging"})
    delete(six)
    assert six.ids() == []
    assert six.ids(gateway="staging") == ["elsewhere"]


def test_at_most_ten_thousand_go_at_once(api):
    store = api.sandbox.store = type(api.store).seeded(13_000)
    before = store.count("prod-edge")
    delete(api)
    assert store.count("prod-edge") == before - 10_000
    store.close()


@pytest.mark.parametrize("parameters", [{"limit": 10_001}, {"limit": 0}, {"order_by": "path"}, {"filters": "x"}])
def test_a_delete_that_cannot_be_read_deletes_nothing(six, parameters):
    assert delete(six, **parameters).status_code == 400
    assert len(six.ids()) == 6


def test_flat_filters_on_a_delete_are_ignored_and_everything_goes(six):
    six.http.delete(f"{six.logs()}?filters.key=id&filters.operator=eq&filters.value=l0")
    assert six.ids() == []


def test_the_strict_switch_saves_the_logs_from_flat_filters(six):
    six.switch(strict_filters=True)
    assert six.http.delete(f"{six.logs()}?filters.key=id&filters.operator=eq&filters.value=l0").status_code == 400
    assert len(six.ids()) == 6


def test_the_ignoring_switch_makes_a_filtered_delete_take_up_to_its_limit(six):
    six.switch(ignore_filters=True)
    delete(six, **filtered(("id", "eq", ["l5"])), limit=1)
    assert six.ids() == ["l5", "l4", "l3", "l2", "l1"]


def test_with_a_lag_deleted_logs_are_listed_until_it_is_over(six):
    clock = [1000.0]
    six.sandbox._clock = lambda: clock[0]
    six.switch(delete_lag_s=5)
    assert delete(six, **filtered(("provider", "eq", ["groq"]))).status_code == 200
    assert len(six.ids()) == 6
    clock[0] += 5
    assert six.ids() == ["l5", "l3", "l1"]
