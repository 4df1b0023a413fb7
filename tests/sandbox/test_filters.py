"""Which logs a filter chooses."""

import json
from typing import Any

import pytest

from gateway_dash.sandbox.filters import KEYS, OPERATORS

ROWS = (
    {"id": "a", "created_at": "2026-11-20T10:00:20.710Z", "provider": "openai", "model": "gpt-4o-mini", "cost": 0.5,
     "tokens_in": 10, "tokens_out": 5, "duration": 100, "feedback": 1,
     "metadata": {"agent": "review", "user": "u-bob"}},
    {"id": "b", "created_at": "2026-11-20T10:00:21.000Z", "provider": "anthropic", "model": "Claude-Haiku",
     "success": False, "status_code": 529, "tokens_in": 0, "tokens_out": 0, "duration": 30,
     "metadata": {"agent": "u-bob", "count": 12345, "test": True}},
    {"id": "c", "created_at": "2026-11-20T10:00:22.500Z", "provider": "workers-ai", "model": "@cf/meta/llama",
     "cached": True, "cost": 0, "tokens_in": None, "tokens_out": None, "duration": 7, "feedback": -1, "metadata": None,
     "event_id": "shared", "model_type": "Text Generation", "user_agent": "OpenAI/Python 2.6.1", "dlp_action": "FLAG"},
)  # fmt: skip


@pytest.fixture
def three(api):
    for row in ROWS:
        api.store.add(row)
    return api


@pytest.mark.parametrize(
    ("key", "operator", "values", "expected"),
    [
        ("id", "eq", ["a"], "a"),
        ("id", "eq", ["a", "c", "nobody"], "ca"),
        ("id", "neq", ["a"], "cb"),
        ("event_id", "eq", ["shared"], "c"),
        ("event_id", "eq", ["a"], "a"),
        ("event_id", "contains", ["SHAR"], "c"),
        ("provider", "eq", ["openai"], "a"),
        ("provider", "eq", ["openai", "anthropic"], "ba"),
        ("provider", "neq", ["openai", "anthropic"], "c"),
        ("provider", "eq", ["OpenAI"], ""),
        ("model", "contains", ["claude"], "b"),
        ("model", "contains", ["a"], "cba"[:2]),
        ("model_type", "eq", [None], "ba"),
        ("model_type", "neq", [None], "c"),
        ("success", "eq", [False], "b"),
        ("success", "eq", ["false"], "b"),
        ("cached", "eq", [True], "c"),
        ("cost", "gt", [0], "a"),
        ("cost", "gt", ["0.1"], "a"),
        ("cost", "lt", [0.5], "c"),
        ("cost", "eq", [0], "c"),
        ("cost", "eq", [None], "b"),
        ("tokens", "eq", [15], "a"),
        ("tokens", "lt", [1], "b"),
        ("tokens_in", "eq", [None], "c"),
        ("tokens_out", "gt", [4], "a"),
        ("duration", "lt", [30], "c"),
        ("duration", "eq", [30], "b"),
        ("duration", "contains", ["0"], "ba"),
        ("feedback", "eq", [1], "a"),
        ("feedback", "eq", [-1], "c"),
        ("feedback", "eq", [None], "b"),
        ("feedback", "neq", [1], "cb"),
        ("metadata.key", "eq", ["agent"], "ba"),
        ("metadata.key", "neq", ["user"], "cb"),
        ("metadata.value", "eq", ["u-bob"], "ba"),
        ("metadata.value", "eq", [12345], "b"),
        ("metadata.value", "eq", ["12345"], "b"),
        ("metadata.value", "eq", [True], "b"),
        ("metadata.value", "contains", ["REV"], "a"),
        ("user_agent", "contains", ["python"], "c"),
        ("dlp_action", "eq", ["FLAG"], "c"),
        ("created_at", "contains", [":22."], "c"),
        ("provider", "eq", [], ""),
    ],
)
def test_a_filter_chooses_exactly_these_logs(three, key, operator, values, expected):
    assert "".join(three.ids((key, operator, values))) == expected


@pytest.mark.parametrize(
    ("operator", "moment", "expected"),
    [
        ("gt", "2026-11-20T10:00:20.710Z", "cba"),
        ("gt", "2026-11-20T10:00:20.999Z", "cba"),
        ("gt", "2026-11-20T10:00:21.000Z", "cb"),
        ("gt", "2026-11-20T11:00:21+01:00", "cb"),
        ("lt", "2026-11-20T10:00:20.000Z", "a"),
        ("lt", "2026-11-20T10:00:21.999Z", "ba"),
        ("lt", "2026-11-20T10:00:19.999Z", ""),
        ("eq", "2026-11-20T10:00:21.900Z", "b"),
    ],
)
def test_created_at_is_compared_in_whole_seconds(three, operator, moment, expected):
    assert "".join(three.ids(("created_at", operator, [moment]))) == expected


def test_filters_are_all_required(three):
    assert three.ids(("provider", "eq", ["openai", "anthropic"]), ("success", "eq", [True])) == ["a"]


def test_metadata_key_and_value_are_not_a_pair(three):
    found = three.ids(("metadata.key", "eq", ["agent"]), ("metadata.value", "eq", ["u-bob"]))
    assert found == ["b", "a"]  # the agent of a is review: u-bob is its user


def test_search_looks_into_metadata_and_nowhere_else(three):
    assert three.ids(search="U-BOB") == ["b", "a"]
    assert three.ids(search="count") == ["b"]
    assert three.ids(search="anthropic") == []


def test_the_deprecated_parameters_include_their_bounds(three):
    assert three.ids(min_duration=30, max_duration=100) == ["b", "a"]
    assert three.ids(start_date="2026-11-20T10:00:21Z") == ["c", "b"]
    assert three.ids(feedback=-1) == ["c"]
    assert three.ids(success="false") == ["b"]


@pytest.mark.parametrize(
    ("text", "message", "path"),
    [
        ("provider=openai", "Invalid JSON", ["query", "filters"]),
        ("[NaN]", "Invalid JSON", ["query", "filters"]),
        ("[" * 20_000, "Invalid JSON", ["query", "filters"]),
        ("{}", "Expected array, received object", ["query", "filters"]),
        ('["provider"]', "Expected object, received string", ["query", "filters", 0]),
        ('[{"key":"provider","operator":"eq"}]', "Required", ["query", "filters", 0, "value"]),
        ('[{"key":"provider","operator":"eq","value":"openai"}]', "Expected array, received string",
         ["query", "filters", 0, "value"]),
        ('[{"key":"provider","operator":"eq","value":[{}]}]', "Invalid input", ["query", "filters", 0, "value", 0]),
        ('[{"key":"created_at","operator":"gt","value":["soon"]}]', "Invalid datetime",
         ["query", "filters", 0, "value", 0]),
        ('[{"key":"cost","operator":"gt","value":["much"]}]', "Expected number, received string",
         ["query", "filters", 0, "value", 0]),
    ],
)  # fmt: skip
def test_a_filter_that_cannot_be_read_is_refused_with_its_place(api, text, message, path):
    assert api.error(api.logs(), filters=text) == (400, message, path)


def test_an_unknown_key_or_operator_is_refused_with_the_known_ones(api):
    unknown_key = json.dumps([{"key": "metadata.user", "operator": "eq", "value": ["x"]}])
    status, message, path = api.error(api.logs(), filters=unknown_key)
    assert (status, path) == (400, ["query", "filters", 0, "key"])
    assert message.startswith("Invalid enum value. Expected 'id' | 'created_at' | ")
    unknown_operator = json.dumps([{"key": "cost", "operator": "gte", "value": [1]}])
    assert api.error(api.logs(), filters=unknown_operator)[2] == ["query", "filters", 0, "operator"]


def test_two_filters_parameters_are_refused(api):
    answer = api.http.get(api.logs(), params=[("filters", "[]"), ("filters", "[]")])
    assert answer.status_code == 400


def test_filters_in_the_form_of_the_official_clients_are_ignored(three):
    for form in ("filters.key=provider&filters.operator=eq&filters.value=openai", "filters[0][key]=provider"):
        assert three.http.get(f"{three.logs()}?{form}").json()["result_info"]["total_count"] == 3


def test_the_strict_switch_refuses_what_would_be_ignored(three):
    three.switch(strict_filters=True)
    answer = three.http.get(f"{three.logs()}?filters.key=provider&filters.operator=eq")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["path"] == ["query", "filters.key"]
    assert three.ids(("provider", "eq", ["openai"])) == ["a"]


def test_the_ignoring_switch_drops_every_filter_and_the_search(three):
    three.switch(ignore_filters=True)
    assert three.ids(("provider", "eq", ["openai"]), search="nothing") == ["c", "b", "a"]


def plainly_chosen(row: dict[str, Any], key: str, operator: str, value: Any) -> bool:
    """The rule of one filter, said without columns and masks."""
    found: list[Any] = [row.get(key)]
    if key == "tokens":
        known = [row[name] for name in ("tokens_in", "tokens_out") if row[name] is not None]
        found = [sum(known) if known else None]
    if key.startswith("metadata."):
        entries = row["metadata"] if isinstance(row["metadata"], dict) else {}
        found = list(entries.keys() if key == "metadata.key" else entries.values())
    if isinstance(value, int | float) and not isinstance(value, bool) and not key.startswith("metadata."):
        tests = {"eq": lambda x: x == value, "lt": lambda x: x < value, "gt": lambda x: x > value}
    else:
        found = [x if isinstance(x, str) else json.dumps(x) for x in found if x is not None]
        wanted = value if isinstance(value, str) else json.dumps(value)
        tests = {"eq": lambda x: x == wanted, "contains": lambda x: wanted.lower() in x.lower()}
    if operator == "neq":
        return not any(tests["eq"](x) for x in found if x is not None)
    return any(tests[operator](x) for x in found if x is not None)


@pytest.mark.parametrize(
    ("key", "operator", "value"),
    [
        ("provider", "eq", "anthropic"), ("provider", "neq", "openai"), ("model", "contains", "GPT"),
        ("success", "eq", False), ("cached", "neq", True), ("cost", "gt", 0.001), ("cost", "lt", 0.0001),
        ("cost", "eq", 0), ("cost", "neq", 0), ("duration", "gt", 2500), ("duration", "lt", 200),
        ("tokens_in", "gt", 1000), ("tokens", "gt", 1500), ("tokens_out", "eq", 0), ("feedback", "eq", 1),
        ("feedback", "neq", 1), ("metadata.key", "eq", "session"), ("metadata.value", "eq", "acme"),
        ("metadata.value", "contains", "s-0"), ("metadata.value", "eq", True), ("metadata.key", "neq", "tenant"),
        ("user_agent", "contains", "python"), ("request_type", "eq", "binding"), ("dlp_action", "neq", "FLAG"),
        ("model_type", "contains", "text"), ("authentication", "eq", True), ("event_id", "contains", "7f"),
        ("id", "contains", "01"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("gateway", ["prod-edge", "support-bot"])
def test_the_columns_choose_what_the_plain_rule_chooses(many, gateway, key, operator, value):
    rows = [row for log_id in many.store.ids(gateway) if (row := many.store.get(log_id))]
    expected = sum(plainly_chosen(row, key, operator, value) for row in rows)
    found = many.page((key, operator, [value]), gateway=gateway)["result_info"]["total_count"]
    assert found == expected


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("value", [None, "1", "2026-11-20T10:00:20Z", "half \ud800"])
def test_every_key_takes_every_operator_or_refuses_politely(many, key, operator, value):
    filters = json.dumps([{"key": key, "operator": operator, "value": [value]}])
    assert many.http.get(many.logs(), params={"filters": filters}).status_code in (200, 400)
