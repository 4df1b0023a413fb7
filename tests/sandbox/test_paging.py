"""Pages, orders and what result_info says of them."""

import pytest


@pytest.fixture
def ten(api):
    for second in range(10):
        api.store.add({"id": f"l{second}", "created_at": f"2026-11-20T10:00:0{second}Z", "cost": second / 10,
                       "provider": "openai" if second % 2 else "anthropic", "success": second < 7})  # fmt: skip
    return api


def test_the_newest_logs_come_first_by_default(ten):
    assert ten.ids(per_page=3) == ["l9", "l8", "l7"]


def test_pages_follow_each_other_without_gaps(ten):
    pages = [ten.ids(per_page=4, page=page, order_by_direction="asc") for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [4, 4, 2]
    assert [log_id for page in pages for log_id in page] == [f"l{second}" for second in range(10)]


def test_a_page_past_the_end_is_empty(ten):
    answer = ten.page(page=99)
    assert answer["result"] == []
    assert answer["result_info"] == {"count": 0, "page": 99, "per_page": 20, "total_count": 10}


def test_a_page_number_beyond_all_measure_is_empty_too(ten):
    assert ten.ids(page=10**40) == []


def test_the_total_follows_the_filters_and_the_count_the_page(ten):
    about = ten.page(("provider", "eq", ["openai"]), per_page=2)["result_info"]
    assert (about["count"], about["total_count"]) == (2, 5)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("per_page", "51", "Number must be less than or equal to 50"),
        ("per_page", "0", "Number must be greater than or equal to 1"),
        ("per_page", "ten", "Expected number, received nan"),
        ("page", "1.5", "Expected integer, received float"),
        ("page", "0", "Number must be greater than or equal to 1"),
        ("meta_info", "yes", "Expected boolean, received string"),
        ("start_date", "yesterday", "Invalid datetime"),
    ],
)
def test_a_bad_parameter_is_refused_by_name(api, name, value, message):
    assert api.error(api.logs(), **{name: value}) == (400, message, ["query", name])


def test_an_order_that_only_delete_knows_is_refused(api):
    status, message, path = api.error(api.logs(), order_by="cost")
    assert (status, path) == (400, ["query", "order_by"])
    assert message.endswith("received 'cost'")


def test_rows_of_one_group_stay_in_the_order_of_creation(ten):
    assert ten.ids(order_by="provider", order_by_direction="asc")[:6] == ["l0", "l2", "l4", "l6", "l8", "l1"]
    assert ten.ids(order_by="provider", order_by_direction="desc")[:6] == ["l9", "l7", "l5", "l3", "l1", "l8"]
    assert ten.ids(order_by="success", order_by_direction="asc", per_page=2, page=2) == ["l9", "l0"]


def test_the_newer_name_of_the_direction_wins(ten):
    assert ten.ids(direction="asc", per_page=1) == ["l0"]
    assert ten.ids(direction="asc", order_by_direction="desc", per_page=1) == ["l9"]


def test_logs_of_one_instant_are_ordered_by_id(api):
    for log_id in ("m", "z", "a"):
        api.store.add({"id": log_id, "created_at": "2026-11-20T10:00:00Z"})
    assert api.ids(order_by_direction="asc") == ["a", "m", "z"]


def test_a_log_added_late_finds_its_place(ten):
    ten.store.add({"id": "late", "created_at": "2026-11-20T10:00:04.500Z"})
    assert ten.ids(order_by_direction="asc")[4:7] == ["l4", "late", "l5"]


def test_ranges_come_only_when_asked_for_and_follow_the_filters(ten):
    assert "min_cost" not in ten.page()["result_info"]
    about = ten.page(("success", "eq", [True]), meta_info="true", per_page=1)["result_info"]
    assert (about["min_cost"], about["max_cost"]) == (0, 0.6)
    assert (about["min_total_tokens"], about["max_total_tokens"]) == (50, 50)


def test_the_ranges_of_no_logs_are_left_out(ten):
    assert "min_cost" not in ten.page(("id", "eq", ["nobody"]), meta_info="true")["result_info"]


def test_the_ranges_are_those_of_the_rows(many):
    rows = [many.store.get(log_id) for log_id in many.store.ids("prod-edge")]
    costs = [row["cost"] for row in rows if "cost" in row and not row["success"]]
    about = many.page(("success", "eq", [False]), meta_info="true")["result_info"]
    assert (about["min_cost"], about["max_cost"]) == (min(costs), max(costs))
    durations = [row["duration"] for row in rows]
    about = many.page(meta_info="true")["result_info"]
    assert (about["min_duration"], about["max_duration"]) == (min(durations), max(durations))


def test_an_unknown_gateway_lists_as_empty(api):
    assert api.page(gateway="no-such-gateway")["result_info"]["total_count"] == 0


def test_unknown_parameters_are_not_seen(ten):
    assert len(ten.ids(limit=100, per_page=5)) == 5


def test_rows_have_empty_bodies_and_leave_unknown_cost_out(api):
    api.store.add({"id": "x"})
    (row,) = api.page()["result"]
    assert row["request"] == row["response"] == ""
    assert "cost" not in row
    assert row["metadata"] is None
