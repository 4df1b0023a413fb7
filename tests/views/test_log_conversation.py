"""/gateways/<gateway>/logs/<log_id>/conversation/: what both bodies say, and how much of them is here"""

import json
import threading
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from gateway_dash.logs.evidence import TRIES
from gateway_dash.logs.turns import TURNS_AT_ONCE
from tests.conftest import LOGS
from tests.views.corpus import HOSTILE
from tests.views.reading import HTMX, parse

pytestmark = pytest.mark.django_db

ASKED = {
    "model": "gpt-4o",
    "temperature": 0.2,
    "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "What is DNS?"},
    ],
}
ANSWERED = {
    "model": "gpt-4o-2024",
    "choices": [
        {"index": 0, "message": {"role": "assistant", "content": "Names to addresses."}, "finish_reason": "stop"}
    ],
    "usage": {"prompt_tokens": 24, "completion_tokens": 7, "total_tokens": 31},
}


def body(value):
    return json.dumps(value).encode()


@pytest.fixture
def said(person, bare_store):
    """The conversation of a log with these bodies."""

    def read(request=ASKED, response=ANSWERED, path="conversation/", **row):
        bodies = {"request_body": request, "response_body": response}
        bodies = {name: each if isinstance(each, bytes | None) else body(each) for name, each in bodies.items()}
        bare_store.add({"id": "one", "provider": "openai", **bodies, **row})
        answer = person.get(f"{LOGS}one/{path}", headers=HTMX)
        assert answer.status_code == 200
        return parse(answer).one(id="conversation")

    return read


def turns(section):
    return [
        (each.one("h3").text, " ".join(part.text for part in each.all(class_="said")))
        for each in section.all("article")
    ]


def evidence(section, side):
    return next(each.text for each in section.all(class_="evidence") if each.text.startswith(f"{side.title()}:"))


def test_the_turns_of_both_bodies_stand_in_their_order(said):
    section = said()
    assert turns(section) == [
        ("system", "Be brief."),
        ("user", "What is DNS?"),
        ("assistant", "Names to addresses."),
    ]
    assert "OpenAI chat, 2 messages and 1 answer" in section.text
    assert section.one("dl").one("dt").text == "temperature"
    assert section.one("dl").one("dd").text == "0.2"
    assert section.one(id="r0").one(class_="finish").text == "finish reason stop"


def test_each_turn_leads_to_its_place_in_the_tree(said):
    section = said(path="conversation/?provider=openai")
    assert section.one(id="m1").one("small").one("a")["href"] == (
        LOGS + "one/tree/?provider=openai&at=request.messages%5B1%5D"
    )
    assert section.one(id="r0").one("small").one("a")["href"].endswith("&at=response.choices%5B0%5D.message")


def test_bodies_that_the_log_holds_whole_cost_no_call_of_their_own(person, wire, said):
    said()
    assert wire.calls == ["GET /prod-edge/logs/one"]


def test_bodies_that_it_holds_in_part_cost_one_call_each_and_none_the_second_time(person, wire, said):
    long = ASKED | {"more": "x" * 9000}
    section = said(long, ANSWERED | {"more": "x" * 9000})
    assert sorted(wire.calls) == [f"GET /prod-edge/logs/one{side}" for side in ("", "/request", "/response")]
    assert "complete, 9.2 KB, JSON, from the upstream" in evidence(section, "request")
    wire.forget()
    again = parse(person.get(LOGS + "one/conversation/", headers=HTMX))
    assert wire.calls == ["GET /prod-edge/logs/one"]
    assert "from memory, read 0 s ago" in evidence(again, "request")


def test_both_bodies_are_asked_for_at_once(wire, said):
    both = threading.Barrier(2, timeout=10)

    def meet(request):
        if request.url.path.endswith(("/request", "/response")):
            both.wait()

    wire.instead = meet
    said(ASKED | {"more": "x" * 9000}, ANSWERED | {"more": "x" * 9000})
    assert not both.broken


def test_a_head_is_called_a_head_and_what_is_cut_is_marked_where_it_is_cut(person, bare_store):
    long = ASKED | {"messages": [{"role": "user", "content": "word " * 2000}]}
    bare_store.add({"id": "one", "request_body": body(long), "response_body": body(ANSWERED)})
    page = parse(person.get(LOGS + "one/"))
    section = page.one(id="conversation")
    assert "head only, 4.1 KB of 10 KB" in evidence(section, "request")
    assert section.one("meter")["max"] == str(len(body(long)))
    assert (section["hx-get"], section["hx-trigger"]) == (LOGS + "one/conversation/", "load")
    assert turns(section)[0][1].startswith("word word")


def test_without_htmx_it_is_the_whole_page(person, bare_store):
    bare_store.add({"id": "one", "request_body": body(ASKED), "response_body": body(ANSWERED)})
    page = parse(person.get(LOGS + "one/conversation/?provider=openai"))
    assert " answered 200" in page.one("h1").text
    assert len(page.all(id="annotation")) == 1
    assert "hx-get" not in page.one(id="conversation")


def test_a_body_that_was_never_stored_says_why(said):
    section = said(request=None, created_at="2026-01-01T00:00:00Z")
    assert "The upstream keeps no request of this call." in evidence(section, "request")
    assert "hx-trigger" not in section


def test_a_body_that_is_still_arriving_is_looked_for_again_by_itself_and_not_for_ever(person, said):
    section = said(response=None, created_at=(datetime.now(UTC) - timedelta(seconds=2)).isoformat())
    assert "is not stored yet" in evidence(section, "response")
    pauses = []
    while "hx-trigger" in section:
        pauses.append(int(section["hx-trigger"].removeprefix("load delay:").removesuffix("s")))
        section = parse(person.get(section["hx-get"], headers=HTMX)).one(id="conversation")
    assert len(pauses) == TRIES
    assert sorted(pauses) == pauses
    assert "It does not look again by itself any more" in section.text
    assert "Look again" in section.links()


@pytest.mark.parametrize(
    ("status", "words"),
    [(403, "AI Gateway - Read"), (429, "budget is spent"), (502, "unexpected answer")],
)
def test_a_body_that_is_refused_says_which_right_or_why_and_the_head_stays(person, wire, said, status, words):
    def refuse(request):
        if request.url.path.endswith("/request"):
            return httpx.Response(status, headers={"Retry-After": "30"}, json={"success": False, "errors": []})
        return None

    wire.instead = refuse
    long = ASKED | {"more": "x" * 9000}
    section = said(long)
    assert words in evidence(section, "request")
    assert "The head is shown, 4.1 KB" in evidence(section, "request")
    assert ("user", "What is DNS?") in turns(section)
    assert ("assistant", "Names to addresses.") in turns(section)


class Broken(httpx.SyncByteStream):
    """A connection that ends in the middle."""

    def __init__(self, data):
        self._data = data

    def __iter__(self):
        yield self._data
        raise httpx.ReadError("reset")


def answered_with(wire, make):
    wire.instead = lambda request: httpx.Response(200, stream=make()) if request.url.path.endswith("/request") else None


def test_a_body_whose_connection_was_cut_is_called_cut_and_shown_as_far_as_it_came(wire, said):
    long = body(ASKED | {"more": "x" * 90_000})
    answered_with(wire, lambda: Broken(long[:50_000]))
    section = said(long)
    assert "the connection was cut after 50 KB of 90 KB; what follows is missing here" in evidence(section, "request")
    assert section.one("meter")["value"] == "50000"
    assert "Try again" in section.links()
    assert ("user", "What is DNS?") in turns(section)


def test_a_body_over_the_cap_is_read_as_far_as_the_cap_and_says_so(wire, said):
    huge = body(ASKED)[:-1] + b', "more": "' + b"x" * (17 * 1024 * 1024) + b'"}'
    answered_with(wire, lambda: httpx.ByteStream(huge))
    section = said(huge)
    told = evidence(section, "request")
    assert "over 16 MB, and what follows is not read here (18 MB in all)" in told
    assert ("user", "What is DNS?") in turns(section)


def test_a_body_that_no_shape_knows_is_shown_as_it_is(said):
    section = said(b"GET me the moon", {"strange": [1, 2]})
    assert "no reader knows these bodies, so they stand as they are" in section.text
    assert section.one(id="plain-request").one("pre").text == "GET me the moon"
    assert '"strange"' in section.one(id="plain-response").one("pre").text


def test_a_body_that_ends_in_the_middle_is_told_to_do_so(said):
    section = said(response=body(ANSWERED)[:-40])
    assert "ends in the middle" in evidence(section, "response")


def test_a_long_conversation_is_shown_from_its_end_and_all_of_it_can_be_reached(person, said):
    count = 3 * TURNS_AT_ONCE
    messages = [{"role": "user", "content": f"number {number}"} for number in range(count)]
    section = said({"messages": [{"role": "system", "content": "Be brief."}, *messages]})
    texts = [text for _, text in turns(section)]
    assert texts[0] == "Be brief."
    assert texts[-2] == f"number {count - 1}"
    seen = set(texts)
    earlier = section.links()["Earlier messages"]
    for _ in range(10):
        page = parse(person.get(earlier)).one(id="conversation")
        seen |= {text for _, text in turns(page)}
        if "Earlier messages" not in page.links():
            break
        earlier = page.links()["Earlier messages"]
    assert {f"number {number}" for number in range(count)} <= seen
    assert "Later messages" in page.links()


def test_a_page_of_long_texts_stays_small_and_says_what_it_leaves_out(said):
    messages = [{"role": "user", "content": f"{number} " + "text " * 20_000} for number in range(60)]
    section = said({"messages": messages})
    assert len(section.raw_text) < 256 * 1024
    left_out = [each for each in section.all("a") if "more characters" in each.text]
    assert len(left_out) == TURNS_AT_ONCE
    assert all("/tree/" in each["href"] for each in left_out)


def test_numbers_that_agree_and_numbers_that_do_not_are_both_shown(said):
    section = said(tokens_in=24, tokens_out=9, cost=0.001)
    rows = {
        each.one("th").text: [cell.text for cell in each.all("td")] for each in section.one(id="numbers").all("tr")[1:]
    }
    assert rows["Tokens in"] == ["24", "24", "agree"]
    assert rows["Tokens out"] == ["9", "7", "2 apart"]
    assert rows["Cost"] == ["$0.001000", "unknown", "only the row has it"]
    finding = section.one(class_="findings").one("li")
    assert finding.one("b").text == "Tokens out: row and body disagree"
    assert finding.one("a")["href"] == "#numbers"


def test_a_body_without_usage_leaves_the_numbers_unknown(said):
    section = said(response={k: v for k, v in ANSWERED.items() if k != "usage"}, tokens_in=None, tokens_out=3)
    rows = {
        each.one("th").text: [cell.text for cell in each.all("td")] for each in section.one(id="numbers").all("tr")[1:]
    }
    assert rows["Tokens in"] == ["unknown", "unknown", "neither has it"]
    assert rows["Tokens out"] == ["3", "unknown", "only the row has it"]


@pytest.mark.parametrize(("name", "value"), [("turns", "x"), ("turns", "-1"), ("try", "1.5"), ("turns", "9" * 10)])
def test_a_parameter_that_cannot_be_read_is_refused_without_a_call(person, wire, name, value):
    assert person.get(LOGS + f"one/conversation/?{name}={value}").status_code == 400
    assert wire.calls == []


def test_turns_beyond_the_last_are_the_last(said):
    assert ("user", "What is DNS?") in turns(said(path="conversation/?turns=99999"))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_in_any_place_of_a_conversation_is_text(said, text):
    said_by = [
        {"role": "user", "content": text, "name": text},
        {"role": text or "x", "content": [{"type": text, text: 1}]},
    ]
    calls = [{"id": text, "type": text, "function": {"name": text, "arguments": text}}]
    tools = [{"type": "function", "function": {"name": text, "description": text, "parameters": {text: text}}}]
    section = said(
        {"messages": said_by, "tools": tools, "model": text, text: text},
        {"choices": [{"message": {"role": text, "content": text, "tool_calls": calls}, "finish_reason": text}]},
    )
    for element in section.walk():
        assert element.tag not in ("script", "img", "iframe", "style", "form", "object", "base", "link", "svg:script")
        assert not [name for name in element.attributes if name.startswith(("on", "data-hx"))]
        address = element.attributes.get("href") or "/"
        assert address.startswith(("/", "#")), address
    asked = [each for each in section.walk() if "hx-get" in each.attributes]
    assert not asked, "nothing in a conversation that is whole asks for more"


# --- tool calls and Markdown


def called(arguments):
    tool = {
        "type": "function",
        "function": {
            "name": "get_weather",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
        },
    }
    call = {"id": "c1", "type": "function", "function": {"name": "get_weather", "arguments": arguments}}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    return ASKED | {"tools": [tool]}, {"choices": [{"message": message, "finish_reason": "tool_calls"}]}


def test_arguments_that_fit_the_schema_are_said_to(said):
    call = said(*called('{"city": "Oslo"}')).one(id="r0").one("details", class_="call")
    assert "the arguments fit the schema" in call.one("summary").text


def test_a_missing_field_is_marked_at_the_call_and_is_a_finding(said):
    section = said(*called('{"town": "Oslo"}'))
    call = section.one(id="r0").one("details", class_="call")
    assert [each.text for each in call.one(class_="marks").all("li")] == ["the field “city” is missing"]
    finding = section.one(class_="findings").all("li")[0]
    assert finding.one("b").text == "Arguments of get_weather do not fit its schema"
    assert finding.one("a")["href"] == "#r0"


def test_arguments_that_are_no_json_are_shown_as_they_came(said):
    call = said(*called('{"city": "Os')).one(id="r0").one("details", class_="call")
    assert '{"city": "Os' in call.one("pre").text
    assert "ends inside the string" in call.text


MARKED = "# Names\n\n**DNS** maps [names](https://evil.example/x) ![p](https://evil.example/p.png)"


def test_markdown_stands_as_source_until_it_is_asked_for(said):
    answer = {"choices": [{"message": {"role": "assistant", "content": MARKED}}]}
    assert said(response=answer).one(id="r0").one(class_="said").text.startswith("# Names **DNS**")


def test_rendered_markdown_has_no_link_and_no_picture_and_its_targets_are_text(said):
    answer = {"choices": [{"message": {"role": "assistant", "content": MARKED}}]}
    section = said(response=answer, path="conversation/?as=rendered")
    shown = section.one(id="r0").one(class_="md")
    assert not shown.all("a") + shown.all("img")
    assert "https://evil.example/x" in shown.text
    assert "https://evil.example/p.png" in shown.text
    assert shown.one(class_="is-strong").text == "DNS"
    assert section.links()["Source"] == LOGS + "one/"


def test_only_answers_are_rendered(said):
    asked = {"messages": [{"role": "user", "content": "**bold**"}]}
    assert "**bold**" in said(asked, path="conversation/?as=rendered").one(id="m0").text


def test_a_way_to_show_it_that_nobody_knows_is_refused(person, wire):
    assert person.get(LOGS + "one/?as=html").status_code == 400
    assert wire.calls == []


def test_the_conversation_can_be_had_as_markdown(person, said):
    said()
    answer = person.get(LOGS + "one/conversation.md")
    assert answer["Content-Type"] == "text/markdown; charset=utf-8"
    assert 'filename="prod-edge-one.md"' in answer["Content-Disposition"]
    assert "What is DNS?" in answer.text
    assert "Names to addresses." in answer.text


def test_a_place_in_a_body_leads_to_the_tree(person, wire):
    answer = person.get(LOGS + "one/?provider=openai&at=response.choices%5B0%5D")
    assert answer["Location"] == LOGS + "one/tree/?provider=openai&at=response.choices%5B0%5D"
    assert wire.calls == []


# --- secrets


KEY = "sk-" + "proj-" + "Z9x8C7v6B5n4M3a2S1d0F9g8H7j6K5l4Q3w2E1r0T9y8U7i6"


@pytest.fixture
def spilled(said):
    """A conversation in which the key stands in every place that shows text."""
    tools = [{"type": "function", "function": {"name": "f", "description": KEY, "parameters": {"default": KEY}}}]
    asked = {
        "messages": [{"role": "user", "content": f"Use {KEY}, please."}],
        "tools": tools,
        "prediction": KEY,
        "user": KEY,
    }
    call = {"id": KEY, "type": "function", "function": {"name": "f", "arguments": json.dumps({"key": KEY})}}
    message = {
        "role": "assistant",
        "content": f"`{KEY}` **{KEY}**",
        "refusal": KEY,
        "reasoning": KEY,
        "tool_calls": [call],
    }
    return lambda path="conversation/": said(asked, {"choices": [{"message": message, "finish_reason": KEY}]}, path)


@pytest.mark.parametrize("path", ["conversation/", "conversation/?as=rendered"])
def test_a_secret_is_nowhere_in_a_conversation(spilled, path):
    section = spilled(path)
    words = section.raw_text + str([each.attributes for each in section.walk()])
    assert KEY not in words
    assert KEY[8:40] not in words
    assert "secrets masked" in section.one(class_="findings").text


@pytest.mark.parametrize("before", [7_940, 7_960, 7_990, 7_999, 8_000])
def test_a_secret_that_is_cut_by_the_end_of_what_is_shown_is_not_shown_in_part(said, before):
    section = said({"messages": [{"role": "user", "content": "x" * before + " " + KEY + " y" * 9000}]})
    assert "more characters" in section.text
    assert KEY[:12] not in section.raw_text


def test_a_secret_in_pieces_of_a_stream_is_masked_where_it_is_put_together(said):
    pieces = [KEY[:5], KEY[5:20], KEY[20:]]
    events = [{"choices": [{"index": 0, "delta": {"role": "assistant", "content": piece}}]} for piece in pieces]
    stream = b"".join(b"data: " + json.dumps(each).encode() + b"\n\n" for each in events) + b"data: [DONE]\n\n"
    section = said(response=stream)
    assert section.one(id="r0").one(class_="secret")["class"] == "secret"
    assert KEY[5:20] not in section.raw_text


def test_the_markdown_of_a_conversation_has_no_secret(person, spilled):
    spilled()
    assert KEY not in person.get(LOGS + "one/conversation.md").text
