"""/gateways/<gateway>/logs/compare/"""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from gateway_dash import upstream
from gateway_dash.payload import difference
from gateway_dash.sandbox import Store
from gateway_dash.web.text import clean, marked
from tests.conftest import LOGS
from tests.views.corpus import HOSTILE
from tests.views.reading import fields, parse

pytestmark = pytest.mark.django_db

COMPARE = LOGS + "compare/"
PAIR = COMPARE + "?id=one&id=two"
OLD = datetime.now(UTC) - timedelta(hours=1)


@pytest.fixture
def add(bare_store):
    """Put in a log that is an hour old."""

    def add(log_id, **row):
        bare_store.add({"id": log_id, "created_at": OLD.isoformat(), **row})

    return add


def page_of(person, url=PAIR):
    answer = person.get(url)
    assert answer.status_code == 200
    return parse(answer)


def table(page):
    """Each field's cells: A, B, difference; those that differ first."""
    return {
        row.one("th").text: [cell.text for cell in row.all("td")]
        for each in page.one("section", aria_labelledby="fields-h").all("tbody")
        for row in each.all("tr")
    }


def rows(page, side):
    """The rows of a body that differ, with brackets around the marked words."""
    found = []
    for row in page.one(id=side).all(class_="pair"):
        if "is-" in row["class"] and "is-same" not in row["class"]:
            found.append(tuple(said(cell) for cell in row.children if not isinstance(cell, str)))
    return found


def said(cell):
    code = cell.all("code")
    if not code:
        return None
    [line] = code[0].all("bdi")
    return "".join(
        each if isinstance(each, str) else f"[{each.tag} {each.raw_text}]" if each.raw_text else ""
        for each in line.children
    )


# --- fields


def test_the_page_says_itself_in_one_sentence(person, add):
    add("one", model="gpt-4o", status_code=200, request_body=b"q", response_body=b"a")
    add("two", model="claude", status_code=529, success=False, request_body=b"q", response_body=b"a")
    page = page_of(person)
    count = len(table(page))
    differing = len(page.all("tr", class_="is-diff"))
    assert page.one("h1").text == f"gpt-4o 200 beside claude 529: {differing} of {count} fields differ"
    assert page.one("title").text == page.one("h1").text + " · Gateway Dash"
    assert "Request: equal, byte for byte. Response: equal, byte for byte." in page.one(class_="sub").text


def test_every_field_is_there_and_the_different_ones_come_first(person, add, bare_store):
    add("one", quantum_flux={"level": [1, 2]}, nothing=None, path="v1/x", provider="openai")
    add("two", quantum_flux={"level": [1, 3]}, nothing=None, path="v1/x", provider="mistral")
    page = page_of(person)
    shown = table(page)
    sent = {name for log_id in ("one", "two") for name in bare_store.get(log_id)}
    assert {name.partition(".")[0] for name in shown} >= sent - {"id", "metadata"}
    assert shown["quantum_flux.level"][:2] == ["[1, 2]", "[1, 3]"]
    assert shown["nothing"] == ["null", "null", "equal"]
    [first, folded] = page.one("section", aria_labelledby="fields-h").all("tbody")
    assert all("is-diff" in row.attributes.get("class", "") for row in first.all("tr"))
    assert not folded.all("tr", class_="is-diff")
    equal = len(folded.all("tr"))
    fold = page.one("section", aria_labelledby="fields-h").one("details")
    assert fold.one("summary").text == f"{equal} equal fields"
    assert "open" not in fold
    assert "≠" in shown["provider"][2]
    assert "differs" in shown["provider"][2]


def test_the_bodies_are_not_among_the_fields_and_the_ids_stand_above_them(person, add):
    add("one", request_body=b"q")
    add("two", request_body=b"r")
    page = page_of(person, PAIR + "&provider=openai")
    assert not {"id", "request_head", "response_head"} & set(table(page))
    assert "request_size" in table(page)
    heads = page.one("section", aria_labelledby="fields-h").all("thead")[0].all("th")
    assert [head.text for head in heads] == ["Field", "A one", "B two", "Difference, A to B"]
    assert [link["href"] for head in heads for link in head.all("a")] == [
        LOGS + "one/?provider=openai",
        LOGS + "two/?provider=openai",
    ]


def test_metadata_pairs_are_compared_one_by_one(person, add, sandbox):
    add("one", metadata={"team": "growth", "user": 42, "only": "here"})
    add("two", metadata={"team": "growth", "user": 7})
    for as_string in (False, True):
        sandbox.options = replace(sandbox.options, metadata_as_string=as_string)
        shown = table(page_of(person))
        assert shown["metadata.team"] == ["growth", "growth", "equal"]
        assert shown["metadata.user"] == ["42", "7", "≠differs −35"]
        assert shown["metadata.only"] == ["here", "not sent", "≠differs only in A"]
        assert "metadata" not in shown


def test_numbers_say_how_far_they_are_apart(person, add):
    add("one", duration=3184, tokens_in=2402, tokens_out=100, cost=0.003057, status_code=200, timings={"latency": 611})
    add("two", duration=9871, tokens_in=2318, tokens_out=0, cost=0.001222, status_code=529, timings={"latency": 611.5})
    shown = table(page_of(person))
    assert shown["duration"] == ["3,184 ms", "9,871 ms", "≠differs +6,687 ms, 3.1 x"]
    assert shown["tokens_in"] == ["2,402", "2,318", "≠differs −84, 0.97 x"]
    assert shown["tokens_out"] == ["100", "0", "≠differs −100"]
    assert shown["cost"] == ["$0.003057", "$0.001222", "≠differs −$0.001835, 0.4 x"]
    assert shown["timings.latency"] == ["611 ms", "611.5 ms", "≠differs +0.5 ms"]
    assert shown["status_code"] == ["200", "529", "≠differs"]  # a name, not a quantity


def test_the_time_between_two_calls_is_said(person, bare_store):
    for log_id, seconds in (("one", 0), ("two", 202)):
        bare_store.add({"id": log_id, "created_at": (OLD + timedelta(seconds=seconds)).isoformat()})
    assert table(page_of(person))["created_at"][2] == "≠differs 3 min 22 s later"
    assert table(page_of(person, COMPARE + "?id=two&id=one"))["created_at"][2] == "≠differs 3 min 22 s earlier"


def test_unknown_is_not_nought(person, add, bare_store):
    add("one", tokens_in=None, tokens_out=None)
    add("two", tokens_in=0, tokens_out=None, cost=0)
    shown = table(page_of(person))
    assert shown["tokens_in"] == ["null", "0", "≠differs unknown in A"]
    assert shown["tokens_out"] == ["null", "null", "equal"]
    assert shown["cost"][1:] == ["$0", "≠differs only in B"]


def said_by(upstream_answers, one, two):
    """An upstream that says of the two logs just this; "1e999" is a number without its quotation marks."""
    plain = {"created_at": "2026-11-23T10:00:00Z", "request_head_complete": True, "request_head": "",
             "response_head_complete": True, "response_head": ""}  # fmt: skip

    def answer(request):
        log_id = request.url.path.rpartition("/")[2]
        body = json.dumps({"success": True, "result": plain | {"id": log_id} | (one if log_id == "one" else two)})
        return httpx.Response(200, content=body.replace('"1e999"', "1e999").encode("ascii"))

    return upstream_answers(answer)


@pytest.mark.parametrize(
    ("left", "right", "shown"),
    [
        (1, 1.0, ["1", "1.0", "equal"]),
        (1, True, ["1", "true", "≠differs"]),
        (1, "1", ["1", '"1"', "≠differs"]),
        ("null", None, ['"null"', "null", "≠differs unknown in B"]),
        (None, 0, ["null", "0", "≠differs unknown in A"]),
        ("", None, ["", "null", "≠differs unknown in B"]),
        ([], {}, ["[]", "{}", "≠differs"]),
        ("1e999", 1, ["Infinity", "1", "≠differs"]),
        ("1e999", "1e999", ["Infinity", "Infinity", "equal"]),
        (10**300, 1, ["1" + "0" * 300, "1", "≠differs"]),
        (1.5, 2, ["1.5", "2", "≠differs +0.5"]),
    ],
)  # fmt: skip
def test_values_are_compared_by_what_they_are(person, upstream_answers, left, right, shown):
    said_by(upstream_answers, {"custom": left}, {"custom": right})
    assert table(page_of(person))["custom"] == shown


def test_values_that_differ_where_they_are_not_shown_any_more_still_differ(person, upstream_answers):
    said_by(upstream_answers, {"custom": "x" * 3000 + "a"}, {"custom": "x" * 3000 + "b"})
    assert table(page_of(person))["custom"][2] == "≠differs after the first 2,000 characters"


def test_costs_that_look_the_same_when_rounded_are_shown_as_sent(person, upstream_answers):
    said_by(upstream_answers, {"cost": 0.00001234567}, {"cost": 0.00001234568})
    assert table(page_of(person))["cost"][:2] == ["1.234567e-05", "1.234568e-05"]


@pytest.mark.parametrize("broken", [{"created_at": "soon", "duration": "long", "metadata": [1]}, {"metadata": "{"}])
def test_a_log_that_cannot_be_read_in_full_is_compared_as_sent(person, upstream_answers, broken):
    said_by(upstream_answers, broken, {"duration": 5})
    shown = table(page_of(person))
    assert shown["metadata"][1] == "not sent"
    assert {name: shown[name][0] for name in broken if name != "metadata"} == {
        name: value for name, value in broken.items() if name != "metadata"
    }


# --- bodies


def test_changed_words_are_marked_and_equal_lines_folded(person, add):
    body = {"model": "gpt-4o", "messages": [f"line {number}" for number in range(20)], "user": "kim"}
    add("one", request_body=json.dumps(body).encode(), response_body=b"same")
    add("two", request_body=json.dumps(body | {"model": "claude"}).encode(), response_body=b"same")
    page = page_of(person)
    request = page.one(id="request")
    assert rows(page, "request") == [('  "model": "[del gpt-4o]",', '  "model": "[ins claude]",')]
    assert "1 place differs; lines: 1 changed." in request.text
    fold = request.one("details")
    assert fold.one("summary").text == "21 equal lines"
    assert len(fold.all(class_="pair")) == 21
    assert "Response" in page.one(id="response").one("h2").text
    assert not rows(page, "response")


def test_lines_on_one_side_alone_have_their_sign_and_words(person, add):
    add("one", request_body=b"a\nb\nc\n")
    add("two", request_body=b"a\nc\nd\n")
    page = page_of(person)
    assert rows(page, "request") == [("[del b]", None), (None, "[ins d]")]
    for row, sign, words in zip(
        [row for kind in ("is-left", "is-right") for row in page.one(id="request").all(class_=kind)],
        "−+",
        ("A:", "B:"),
        strict=True,
    ):
        assert row.one(class_="sign").text == sign + words


def test_an_equal_line_is_read_out_once(person, add):
    add("one", request_body=b"a\nb")
    add("two", request_body=b"a\nc")
    [same] = page_of(person).one(id="request").all(class_="is-same")
    assert ["aria-hidden" in cell for cell in same.children] == [False, True]


def test_lines_that_end_in_another_way_show_their_ends(person, add):
    add("one", request_body=b"a\r\nb")
    add("two", request_body=b"a\nb\n")
    request = page_of(person).one(id="request")
    assert [each.text for each in request.all("i")] == ["⟦CR⟧⟦LF⟧", "⟦LF⟧", "no line end", "⟦LF⟧"]


def test_equal_text_in_another_layout_is_not_called_the_same_bytes(person, add):
    add("one", request_body=b'{"a":1}')
    add("two", request_body=b'{"a": 1}')
    page = page_of(person)
    assert "Equal as text; the stored bytes differ." in page.one(id="request").text
    add("three", request_body=b'{"a":1}')
    assert "Equal, byte for byte." in page_of(person, COMPARE + "?id=one&id=three").one(id="request").text


def test_a_head_that_is_not_its_bytes_is_not_called_the_same_bytes(person, add):
    """In JSON every byte that is no text is said alike."""
    add("one", request_body=b"a \xff b")
    add("two", request_body=b"a \xfe b")
    assert "Equal as text." in page_of(person).one(id="request").text
    add("three", request_body=b"long " * 2000 + b"\xff")
    add("four", request_body=b"long " * 2000 + b"\xfe")
    request = page_of(person, COMPARE + "?id=three&id=four").one(id="request")
    assert "Equal as text; the stored bytes differ. A has 1 place with bytes that are no text" in request.text


def test_json_beside_what_is_no_json_is_compared_as_stored(person, add):
    add("one", request_body=b'{"a":1}')
    add("two", request_body=b'{"a":1')
    page = page_of(person)
    assert "Only one of the two could be laid out as JSON" in page.one(id="request").text
    assert rows(page, "request") == [('{"a":1[del }]', '{"a":1')]


def test_bytes_that_are_no_text_are_not_called_equal_beyond_what_is_compared(person, add):
    picture = b"\x89PNG\x00" + b"\x01" * 5000
    add("one", request_body=picture + b"a")
    add("two", request_body=picture + b"b")
    request = page_of(person).one(id="request")
    assert "No difference in what was compared. A is no text: its first 4,096 bytes are compared." in request.text
    add("three", request_body=picture + b"a")
    assert "Equal, byte for byte." in page_of(person, COMPARE + "?id=one&id=three").one(id="request").text


def test_bytes_beside_text_are_shown_and_not_compared(person, add):
    add("one", request_body=b"PNG\x00picture")
    add("two", request_body=b"a picture, in words")
    page = page_of(person)
    request = page.one(id="request")
    assert "A is no text, so the two are not compared." in request.text
    assert [each.text[:19] for each in request.all("pre", class_="lines")] == [
        "00000000 50 4e 47 0",
        "a picture, in words",
    ]
    assert not request.all("del") + request.all("ins")
    assert "Request: not compared." in page.one(class_="sub").text


def test_how_much_of_each_body_was_compared_is_said(person, add):
    add("one", request_body=b"word, " * 350_000, response_body=b"")
    add("two", request_body=b"word, " * 100, response_body=b"x")
    page = page_of(person)
    heads = [each.text for each in page.one(id="request").one(class_="pair--head").all("div")]
    assert heads == ["A first 64 KB of 2.1 MB", "B complete, 600 B"]
    assert [each.text for each in page.one(id="response").one(class_="pair--head").all("div")] == [
        "A empty",
        "B complete, 1 B",
    ]


def test_bodies_that_are_equal_as_far_as_they_were_read_are_not_called_equal(person, add):
    add("one", request_body=b"word, " * 20_000 + b"one")
    add("two", request_body=b"word, " * 20_000 + b"two")
    request = page_of(person).one(id="request")
    assert "No difference in what was compared." in request.text
    assert "byte for byte" not in request.text


def test_a_complete_head_beyond_the_window_is_called_a_part(person, add, sandbox):
    sandbox.options = replace(sandbox.options, head_bytes=200_000)
    add("one", request_body=b"word, " * 20_000)
    add("two", request_body=b"word, " * 20_000)
    request = page_of(person).one(id="request")
    assert "A first 64 KB of 120 KB" in request.text
    assert "No difference in what was compared." in request.text


def test_what_the_caps_leave_out_is_said(person, add, monkeypatch):
    monkeypatch.setattr(difference, "MOST_LINES", 20)
    monkeypatch.setattr(difference, "MOST_WORDS", 50)
    add("one", request_body=b"a\n" * 2000, response_body=b"a b " * 90)
    add("two", request_body=b"b\n" * 10, response_body=b"a c " * 90)
    page = page_of(person)
    assert "Of A, the first 40 of 4,000 characters are compared: there are too many lines." in page.text
    assert "Of B, the first" not in page.text
    assert "changed lines are marked as a whole" in page.one(id="response").text


def test_a_connection_that_is_cut_is_said(person, wire, add):
    class Cut(httpx.SyncByteStream):
        def __iter__(self):
            yield b"half"
            raise httpx.RemoteProtocolError("peer closed connection")

    add("one", request_body=b"x" * 5000)
    add("two", request_body=b"half")
    wire.instead = lambda request: (
        httpx.Response(200, stream=Cut()) if request.url.path.endswith("one/request") else None
    )
    request = page_of(person).one(id="request")
    assert "A first 4 B of 5.0 KB, where the connection was cut" in request.text
    assert "No difference in what was compared." in request.text


# --- bodies that are not there


def test_a_body_that_was_never_stored_is_words_beside_the_other_one(person, add):
    add("one", request_body=b"asked\nhere", response_body=b"a")
    add("two", response_body=b"b")
    page = page_of(person)
    request = page.one(id="request")
    assert "The upstream keeps no request of this call." in request.text
    assert request.one("pre", class_="lines").text == "askedhere"
    assert not request.all("del") + request.all("ins")
    assert rows(page, "response") == [("[del a]", "[ins b]")]
    assert "Request: not compared." in page.one(class_="sub").text


def test_two_bodies_that_were_never_stored(person, add):
    add("one")
    add("two")
    assert page_of(person).one(id="request").text.count("The upstream keeps no request of this call.") == 2


def test_a_token_that_may_not_read_bodies_leaves_the_fields(person, add, with_token):
    add("one", provider="openai", request_body=b"long " * 2000)
    add("two", provider="mistral", request_body=b"long " * 2000)
    with_token("metadata_read")
    page = page_of(person)
    assert "≠" in table(page)["provider"][2]
    assert page.one(id="request").text.count("needs the right “AI Gateway - Read”") == 2


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (lambda: httpx.Response(500, text="no"), "The upstream answered 500."),
        (lambda: httpx.Response(302, headers={"Location": "https://evil.example/"}), "redirect"),
        (lambda: httpx.Response(429, headers={"Retry-After": "77"}), "takes no calls from this token until"),
    ],
)
def test_a_body_that_fails_is_words_in_its_place_and_the_rest_stays(person, wire, add, problem, words):
    add("one", request_body=b"long " * 2000, response_body=b"a")
    add("two", request_body=b"asked", response_body=b"b")
    wire.instead = lambda request: problem() if request.url.path.endswith("one/request") else None
    page = page_of(person)
    request = page.one(id="request")
    assert words in request.one(class_="note").text
    assert request.one("pre", class_="lines").text == "asked"
    assert rows(page, "response") == [("[del a]", "[ins b]")]


# --- what it costs


def test_logs_that_hold_their_bodies_cost_two_calls(person, wire, add):
    add("one", request_body=b"q", response_body=b"a")
    add("two", request_body=b"q", response_body=b"a")
    page = page_of(person)
    assert sorted(wire.calls) == ["GET /prod-edge/logs/one", "GET /prod-edge/logs/two"]
    assert "Read with 2 calls: 2 for the logs, which hold all bodies." in page.one(class_="sub").text
    assert "2 upstream calls " in page.one("footer", class_="statusbar").text


def test_each_body_that_its_log_holds_in_part_costs_one_call_more(person, wire, add):
    add("one", request_body=b"long " * 2000, response_body=b"a")
    add("two", request_body=b"q", response_body=b"a")
    page = page_of(person)
    assert sorted(wire.calls) == [
        "GET /prod-edge/logs/one",
        "GET /prod-edge/logs/one/request",
        "GET /prod-edge/logs/two",
    ]
    assert "Read with 3 calls: 2 for the logs, 1 for a body that the log holds only in part." in page.text


def test_it_never_costs_more_than_six(person, wire, add):
    add("one")  # without bodies, so that each of them is asked for and not found
    add("two", request_body=b"long " * 2000, response_body=b"long " * 2000)
    page = page_of(person)
    assert len(wire.calls) == 6
    assert len(set(wire.calls)) == 6
    assert "Read with 6 calls" in page.text


# --- refusals


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "No log is named by “id”, and a comparison takes two. Tick two logs in the list."),
        ("?id=one", "One log is named by “id”, and a comparison takes two. Tick a second one in the list."),
        ("?id=a&id=b&id=c", "3 logs are named by “id”, and a comparison takes two. Untick one in the list."),
        ("?id=one&id=one", "“id” names the same log twice."),
        ("?id=one&id=", "“id” takes the ids of two logs"),
        ("?id=one&id=../two", "“id” takes the ids of two logs"),
        ("?id=one&id=two%3Fper_page=9", "“id” takes the ids of two logs"),
        ("?id=one&id=" + "x" * 129, "“id” takes the ids of two logs"),
        ("?id=one&id=%C3%A4", "“id” takes the ids of two logs"),
        ("?id=one&id=two&providr=openai", "providr"),
    ],
)
def test_an_address_that_does_not_name_two_logs_is_a_400_without_a_call(person, wire, query, words):
    answer = person.get(COMPARE + query)
    assert answer.status_code == 400
    assert words in parse(answer).one("main").text
    assert wire.sent == []


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_id_is_refused_in_our_words_alone(person, wire, text):
    answer = person.get(COMPARE, {"id": ["one", text.encode("utf-8", "replace").decode() + "."]})
    assert answer.status_code == 400
    assert "“id” takes the ids of two logs" in answer.text
    assert wire.sent == []


def test_a_log_that_is_gone_is_named(person, add):
    add("one")
    answer = person.get(PAIR)
    assert answer.status_code == 404
    assert "Log B, two, cannot be compared. This log was deleted" in parse(answer).one("main").text


@pytest.mark.parametrize(
    ("problem", "status", "words"),
    [
        (httpx.Response(403, json={"success": False, "errors": []}), 502, "AI Gateway - Read"),
        (httpx.Response(429, headers={"Retry-After": "42"}), 503, "takes no calls from this token until"),
        (httpx.Response(200, html="<h1>Hello</h1>"), 502, "unexpected answer"),
        (httpx.Response(200, json={"success": True, "result": {"id": "other"}}), 502, "Another log came back"),
    ],
)
def test_a_log_that_cannot_be_read_is_an_error_in_words(person, upstream_answers, problem, status, words):
    upstream_answers(
        lambda _request: httpx.Response(problem.status_code, headers=problem.headers, content=problem.content)
    )
    answer = person.get(PAIR)
    assert answer.status_code == status
    assert words in parse(answer).one("main").text


def test_who_is_not_signed_in_compares_nothing(client, wire):
    for answer in (client.get(PAIR), client.post(COMPARE, {"id": ["one", "two"]})):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/login/")
    assert wire.sent == []


# --- from the list and back


def test_the_form_of_the_list_leads_to_the_clean_address(person, wire, add):
    add("one")
    add("two")
    add("three")
    listed = parse(person.get(LOGS + "?provider=openai&per_page=20")).one("form", class_="logs-form")
    button = listed.one("button", data_compare=None)
    assert button["type"] == "submit"
    wire.forget()
    answer = person.post(button["formaction"], fields(listed) | {"id": ["one", "two"]})
    assert answer.status_code == 303
    assert answer["Location"] == PAIR + "&provider=openai&per_page=20"
    assert wire.sent == []


def test_the_form_needs_its_token(person, add):
    person.handler.enforce_csrf_checks = True
    assert person.post(COMPARE, {"id": ["one", "two"]}).status_code == 403


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "No log is ticked, and a comparison takes two. Tick two logs in the list."),
        ({"id": ["one"]}, "One log is ticked, and a comparison takes two. Tick a second one in the list."),
        ({"id": ["one", "one"]}, "One log is ticked"),
        ({"id": ["a", "b", "c"]}, "3 logs are ticked, and a comparison takes two. Untick one in the list."),
        ({"_page": "1", "shown": [f"log-{n}" for n in range(50)]}, "Untick 48 of them in the list."),
        ({"id": ["one", "<b>"]}, "“id” takes the ids of two logs"),
    ],
)  # fmt: skip
def test_ticks_that_are_not_two_say_what_to_do_and_lead_back_to_the_list(person, wire, sent, words):
    answer = person.post(COMPARE + "?provider=openai&page=2", sent)
    assert answer.status_code == 422
    main = parse(answer).one("main")
    assert words in main.text
    assert main.links() == {"Back to the list": LOGS + "?provider=openai&page=2"}
    assert wire.sent == []


def test_the_box_of_a_page_of_two_stands_for_both(person):
    answer = person.post(COMPARE, {"_page": "1", "shown": ["one", "two"]})
    assert answer["Location"] == PAIR
    answer = person.post(COMPARE, {"_page": "1", "id": ["a", "b"], "shown": ["a", "b", "c"]})
    assert answer["Location"] == COMPARE + "?id=a&id=b"


def test_the_way_back_keeps_the_list(person, add):
    add("one")
    add("two")
    query = "?provider=openai&page=2&as_of=2026-11-23T10:00:00Z"
    page = page_of(person, PAIR + "&" + query.removeprefix("?"))
    assert page.one(class_="crumb").one("a")["href"] == LOGS + query
    links = page.links()
    assert links["Swap sides"] == COMPARE + "?id=two&id=one&" + query.removeprefix("?")
    assert page.one("a", data_copy_link=None)["href"] == PAIR


def test_the_lists_own_filter_on_ids_survives(person, add):
    add("one")
    add("two")
    there = person.post(COMPARE + "?id=one&id=two&id=three&model=x", {"id": ["two", "one"]})
    assert there["Location"] == COMPARE + "?id=two&id=one&list.id=one&list.id=two&list.id=three&model=x"
    page = page_of(person, there["Location"])
    assert page.one(class_="crumb").one("a")["href"] in (
        LOGS + "?id=one&id=two&id=three&model=x",
        LOGS + "?model=x&id=one&id=two&id=three",
    )


def test_swapped_sides_are_the_other_way_round(person, add):
    add("one", model="gpt", request_body=b"a")
    add("two", model="claude", request_body=b"b")
    page = page_of(person, COMPARE + "?id=two&id=one")
    assert page.one("h1").text.startswith("claude 200 beside gpt 200: ")
    assert rows(page, "request") == [("[del b]", "[ins a]")]


def test_comparing_needs_no_deletion(person, monkeypatch):
    monkeypatch.setattr(upstream, "deletion_is_on", lambda: False)
    form = parse(person.get(LOGS)).one("form", class_="logs-form")
    assert form.all("button", data_compare=None)
    assert not form.all("button", class_="btn--danger")
    assert "Delete" not in form.one(class_="selbar").text


# --- hostile text


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_stays_text(person, upstream_answers, text):
    def with_text(said, other):
        head = {"request_head_complete": True, "response_head_complete": True}
        one = head | {"model": said, said: said, "metadata": {said: said}, "request_head": f"same\n{said}\nend\n"}
        two = head | {"model": other, said: other, "metadata": {said: other}, "request_head": f"same\n{other}\nend\n"}
        said_by(upstream_answers, one | {"response_head": said}, two | {"response_head": said + "x"})
        return person.get(PAIR)

    benign = parse(with_text("harmless", "other"))
    answer = with_text(text, "other")
    assert answer.status_code == 200
    page = parse(answer)
    assert {each.tag for each in page.walk()} <= {each.tag for each in benign.walk()} | {"span", "bdi", "i"}
    known = {(each.tag, name) for each in benign.walk() for name in each.attributes}
    known |= {("span", "title"), ("pre", "class")}
    assert {(each.tag, name) for each in page.walk() for name in each.attributes} <= known
    for tag in ("script", "link", "form", "title", "style", "img", "iframe", "base", "svg"):
        assert len(page.all(tag)) <= len(benign.all(tag)) + (tag == "svg")
    first = next((line for line in marked(clean(text), lines=True).split("\n") if line.strip()), "")
    assert first[:40] in page.one(id="request").raw_text or "A is no text" in page.one(id="request").text


@pytest.mark.parametrize("name", ["html", "ansi", "rtl", "nul", "surrogates", "deep", "huge_numbers", "not_utf8", "cjk",
                                  "long_line", "cut", "no_bodies", "several_mb"])  # fmt: skip
def test_the_odd_logs_of_the_sandbox_can_be_compared(person, sandbox, name):
    store = Store.seeded(450)
    sandbox.store = store
    with store._database.reading() as sql:
        found = "SELECT id, gateway FROM logs WHERE recipe LIKE ? ORDER BY created_ms DESC"
        log_id, gateway = sql.execute(found, (f"%:{name}",)).fetchone()
        other = sql.execute("SELECT id FROM logs WHERE gateway = ? AND id != ? LIMIT 1", (gateway, log_id)).fetchone()[
            0
        ]
    answer = person.get(f"/gateways/{gateway}/logs/compare/?id={log_id}&id={other}")
    assert answer.status_code == 200
    assert len(answer.content) < 4_000_000
    store.close()
