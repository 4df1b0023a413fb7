"""Tool calls against the schemas of their request, whoever wrote those."""

import json
import re
import socket
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_dash.payload import schema_check, schema_keywords
from gateway_dash.payload.conversation import Call, Result, Said, Text, Tool, Turn
from gateway_dash.payload.schema_check import check
from gateway_dash.payload.schema_keywords import BrokenSchema, Unchecked
from gateway_dash.payload.shapes import openai_chat
from gateway_dash.payload.tool_check import MOST_CALLS, MOST_FINDINGS, check_calls, findings, pairing, sentence

WEATHER: Any = {
    "type": "object",
    "properties": {
        "city": {"type": "string"},
        "limit": {"type": "integer", "minimum": 1},
        "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
        "days": {"type": "array", "items": {"type": "object", "required": ["day"]}},
    },
    "required": ["city"],
    "additionalProperties": False,
}


def request(schema=None, *calls, name="get_weather", kind="function"):
    turns = (Turn("assistant", calls, ("messages", 0)),) if calls else ()
    return Said("any", turns, (Tool(name, ("tools", 0), schema=schema, kind=kind),))


def call(arguments, name="get_weather", **others):
    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    value, problem = openai_chat.arguments_of(text)
    return Call(name, "call_1", value, text, ("choices", 0, "message", "tool_calls", 0), problem, **others)


def answer(*calls):
    return Said("any", (Turn("assistant", calls, ("choices", 0, "message")),))


def one(arguments, schema=WEATHER, **others):
    (found,) = check_calls(request(schema, **others), answer(call(arguments)))
    return found


def places(found):
    return [sentence(mark) for mark in found.marks]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            {"citi": "Oslo"},
            ["the field “city” is missing; is “citi” meant?", "citi is a field that the schema does not "],
        ),
        ({"city": "Oslo", "limit": "5"}, ["limit is a text where a whole number is needed"]),
        ({"city": "Oslo", "limit": 0}, ["limit must be at least 1"]),
        ({"city": "Oslo", "limit": True}, ["limit is true or false where a whole number is needed"]),
        ({"city": None}, ["city is null where a text is needed"]),
        ({"city": "Oslo", "unit": "kelvin"}, ["unit is “kelvin”, which is not among “celsius”, “fahrenheit”"]),
        ({"city": "Oslo", "days": [{"day": 1}, {}]}, ["days[1] the field “day” is missing"]),
        ([], ["is a list where an object is needed"]),
    ],
)
def test_arguments_that_do_not_fit_say_where_and_in_plain_words(arguments, said):
    found = one(arguments)
    assert found.state == "differs"
    assert [place[: len(words)] for place, words in zip(places(found), said, strict=True)] == said


def test_arguments_that_fit_are_said_to_fit_and_lead_to_the_tool():
    found = one({"city": "Oslo", "limit": 3, "unit": "celsius", "days": []})
    assert (found.state, found.marks, found.tool_path, found.side) == ("fits", (), ("tools", 0), "response")
    assert findings((found,)) == ()


def test_a_choice_of_types_is_said_in_one_sentence():
    schema: Any = {"properties": {"a": {"anyOf": [{"type": "string"}, {"type": "null"}]}}}
    assert places(one({"a": 4}, schema)) == ["a is a number where a text or null is needed"]
    schema = {"anyOf": [{"required": ["a"]}, {"required": ["b", "c", "d"]}]}
    assert places(one({"c": 4}, schema)) == [
        "has none of the 2 forms that are allowed; nearest: the field “a” is missing"
    ]
    schema = {"anyOf": [{"const": 1}, {"enum": [2, 3]}]}
    assert places(one(4, schema)) == ["is 4, which is not among 1, 2, 3"]


def test_the_capitals_and_the_nullable_of_gemini_are_read():
    schema = {
        "type": "OBJECT",
        "properties": {"city": {"type": "STRING"}, "unit": {"type": "STRING", "enum": ["c"], "nullable": True}},
        "required": ["city"],
    }
    assert one({"city": "Oslo", "unit": None}, schema).state == "fits"
    assert places(one({"city": 5}, schema)) == ["city is a number where a text is needed"]


def test_older_drafts_are_read_too():
    schema: Any = {"items": [{"type": "string"}], "$schema": "http://json-schema.org/draft-04/schema#"}
    assert places(one([1], schema)) == ["[0] is a number where a text is needed"]
    assert places(one(1, {"minimum": 1, "exclusiveMinimum": True})) == ["must be more than 1"]
    assert one(2, {"minimum": 1, "exclusiveMinimum": True}).state == "fits"
    schema = {"properties": {"a": {"$ref": "#/definitions/a~1b"}}, "definitions": {"a/b": {"type": "null"}}}
    assert places(one({"a": 1}, schema)) == ["a is a number where null is needed"]


def test_a_tool_that_nobody_offered_is_named_with_the_one_that_is_like_it():
    (found,) = check_calls(request(WEATHER), answer(call({}, name="get_wether")))
    assert (found.state, found.nearest) == ("unknown", "get_weather")
    (finding,) = findings((found,))
    assert (finding.level, finding.path) == ("err", found.path)
    assert finding.text == "The request offers no such tool; “get_weather” is like it."
    (found,) = check_calls(request(WEATHER), answer(call({}, name="send_mail")))
    assert (found.state, found.nearest) == ("unknown", "")
    (found,) = check_calls(Said("any"), answer(call({})))
    assert found.text == "the request offers no tools"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '{"city": "Os',
            "the arguments are no JSON: the text of 12 characters ends inside the string that begins at character 10",
        ),
        ('{"city": 1', "the arguments are no JSON: the text of 10 characters ends too early"),
        ('{"city": Oslo}', "the arguments are no JSON: the text of 14 characters stops making sense at character 10"),
        ("", "the arguments are empty, not even {}"),
        ("[" * 5000, "the arguments"),
    ],
)
def test_arguments_that_are_no_json_say_at_which_character(text, said):
    found = one(text)
    assert found.state == "broken-json"
    assert found.text.startswith(said)
    assert [each.code for each in findings((found,))] == ["tool-arguments-json"]


def test_a_tool_without_a_schema_and_one_of_the_provider_are_not_called_wrong():
    assert one({"any": 1}, None).state == "no-schema"
    assert one({"any": 1}, WEATHER, kind="web_search").state == "unchecked"
    (found,) = check_calls(request(WEATHER), answer(call({"any": 1}, kind="custom")))
    assert found.state == "unchecked"


def test_without_the_request_or_with_a_part_of_it_no_tool_is_called_unknown():
    assert [each.state for each in check_calls(None, answer(call({})))] == ["unchecked"]
    (found,) = check_calls(Said("any"), answer(call({})), is_request_cut=True)
    assert (found.state, found.text) == (
        "unchecked",
        "not checked: the request is here only in part, and this tool not in it",
    )
    assert check_calls(request(WEATHER), answer(call({})), is_request_cut=True)[0].state == "differs"
    assert check_calls(None, None) == ()


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ([], "it is no object"),
        ({"type": "strin"}, "“type” needs a type of JSON"),
        ({"properties": []}, "“properties” needs an object of schemas"),
        ({"properties": {"a": 5}}, "“properties” needs an object of schemas"),
        ({"required": "city"}, "“required” needs a list of names"),
        ({"enum": 5}, "“enum” needs a list"),
        ({"minimum": "x"}, "“minimum” needs a number"),
        ({"anyOf": {}}, "“anyOf” needs a list of schemas"),
        ({"$ref": "#/$defs/none"}, "it refers to #/$defs/none, where no schema is"),
        ({"$ref": 5}, "“$ref” needs a text"),
    ],
)
def test_a_schema_that_is_none_is_said_to_be_broken_and_not_the_call(schema, said):
    found = one({}, schema)
    assert (found.state, found.text) == ("broken-schema", f"the tool’s schema is broken: {said}")
    assert [each.level for each in findings((found,))] == ["warn"]


# --- hostile schemas --------------------------------------------------------------------------------------------------


def branching(keyword, deep):
    definitions: Any = {f"a{n}": {keyword: [{"$ref": f"#/$defs/a{n + 1}"}] * 2} for n in range(deep)}
    return {"$ref": "#/$defs/a0", "$defs": {**definitions, f"a{deep}": {"type": "string"}}}


@pytest.mark.parametrize("keyword", ["allOf", "anyOf", "oneOf"])
def test_a_schema_that_branches_without_end_is_stopped_by_its_steps(keyword, monkeypatch):
    spent = []
    spend = schema_keywords.Running.spend

    def noted(*arguments):
        spent.append(1)
        spend(*arguments)

    monkeypatch.setattr(schema_keywords.Running, "spend", noted)
    found = one("1" if keyword == "anyOf" else '"x"', branching(keyword, 40))
    assert found.state == "unchecked"
    assert found.text == "not checked: the schema takes too many steps to check"
    assert len(spent) <= schema_check.STEPS + 1


def test_a_schema_that_is_made_of_itself_is_given_up():
    assert "refers to itself" in one({}, {"$ref": "#"}).text
    loop = {"allOf": [{"$ref": "#/$defs/b"}], "$defs": {"b": {"allOf": [{"$ref": "#"}]}}}
    assert one({}, loop).state == "unchecked"


def test_a_recursive_schema_is_followed_as_far_as_the_arguments_go():
    schema = {"type": "object", "properties": {"next": {"$ref": "#"}}, "required": ["n"]}
    assert places(one({"n": 1, "next": {"n": 2, "next": {}}}, schema)) == ["next.next the field “n” is missing"]


def test_large_values_cost_more_steps(monkeypatch):
    few = check(["x"], {"items": {"type": "string"}}).steps
    assert check(["x" * 10_000], {"items": {"type": "string"}}).steps > few + 30
    with pytest.raises(Unchecked, match="too many steps"):
        check(["x" * 100] * 9000, {"items": {"anyOf": [False] * 5000}})


def test_all_calls_of_a_log_share_their_steps(monkeypatch):
    monkeypatch.setattr("gateway_dash.payload.tool_check._ALL_STEPS", 20)
    found = check_calls(request(WEATHER), answer(*[call({"city": "Oslo"})] * 10))
    assert [each.state for each in found] == ["fits"] * 4 + ["unchecked"] * 6


def test_no_regex_of_a_stranger_is_run(monkeypatch):
    schema = {
        "properties": {"a": {"pattern": "(a+)+$", "$schema": "http://json-schema.org/draft-07/schema#"}},
        "patternProperties": {"(a+)+$": {"type": "null"}},
        "additionalProperties": False,
    }

    def refuse(*_arguments):
        raise AssertionError("a regex was run")

    monkeypatch.setattr(re, "search", refuse)
    found = one({"a": "a" * 40 + "!", "other": 1}, schema)
    assert found.state == "fits"
    assert set(found.skipped) == {"pattern", "patternProperties"}
    assert found.text == f"the arguments fit the schema; not checked: {', '.join(found.skipped)}"


@pytest.mark.parametrize("ref", ["http://169.254.169.254/latest/", "file:///etc/passwd", "other.json", "#anchor"])
def test_a_reference_to_elsewhere_is_never_fetched(ref, monkeypatch):
    def refuse(*_arguments, **_others):
        raise AssertionError("something was fetched")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr("urllib.request.urlopen", refuse)
    found = one({}, {"$ref": ref, "$id": "http://169.254.169.254/"})
    assert found.text == "not checked: the schema refers to another one, which is not fetched"


def test_no_more_errors_are_kept_than_are_shown():
    found = one({f"k{n}": 1 for n in range(5000)}, {"additionalProperties": False})
    assert (len(found.marks), found.has_more) == (20, True)


KEYWORDS = [*schema_keywords.VALIDATOR.VALIDATORS, "$defs", "$id", "$schema", "nullable"]
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["#", "#/a", "string"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYWORDS) | st.text(), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(values, values)
def test_whatever_the_schema_is_there_is_a_verdict(value, schema):
    with suppress(Unchecked, BrokenSchema):
        assert len(check(value, schema).marks) <= schema_check.MARKS


# --- history ----------------------------------------------------------------------------------------------------------


def test_calls_of_the_request_are_checked_as_history():
    (found,) = check_calls(request(WEATHER, call({"limit": 1})), None)
    assert found.side == "request"
    (finding,) = findings((found,))
    assert (finding.level, finding.code, finding.text) == ("warn", "tool-arguments", "The field “city” is missing.")


def test_a_result_without_a_call_and_a_call_without_a_result_are_told():
    turns = (
        Turn("assistant", (Text("hm", ()), Call("a", "1", {}, "{}", ("m", 0)), Call("b", "2", {}, "{}", ("m", 1))), ()),
        Turn("tool", (Result("1", (), ("m", 2)), Result("9", (), ("m", 3)), Result("1", (), ("m", 4))), ()),
    )
    found = pairing(Said("any", turns))
    assert [(each.code, each.level, each.path) for each in found] == [
        ("tool-result-alone", "info", ("m", 3)),
        ("tool-result-alone", "info", ("m", 4)),
        ("tool-call-alone", "info", ("m", 1)),
    ]


def test_calls_without_an_id_are_paired_by_name():
    turns = (Turn("model", (Call("a", "", {}, "{}", ("m", 0)), Call("a", "", {}, "{}", ("m", 1))), ()),)
    result = Turn("user", (Result("", (), ("m", 2), name="a"),), ())
    (found,) = pairing(Said("any", (*turns, result)))
    assert (found.code, found.path) == ("tool-call-alone", ("m", 1))
    assert pairing(None) == ()


def test_very_many_calls_are_checked_up_to_a_number_and_the_rest_is_said():
    calls = [call({"city": 1})] * (MOST_CALLS + 1)
    found = check_calls(request(WEATHER), answer(*calls))
    assert found[-1].text == f"not checked: only the first {MOST_CALLS} calls are"
    told = findings(found)
    assert len(told) == MOST_FINDINGS
    assert told[-1].title == f"And {MOST_CALLS - MOST_FINDINGS + 1} more of this kind"
