"""A secret of a body is in no page, fragment, file or log line until somebody with the right asks for it."""

import json
import logging

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway_dash.logs.masks import Mask
from gateway_dash.telemetry.lines import JsonLines
from tests.conftest import LOGS
from tests.views.crawl import EXAMPLES, allow_reveal, ask, data
from tests.views.reading import HTMX, parse, whole

pytestmark = pytest.mark.django_db

KEY = "sk-" + "proj-" + "Zq8vT2mW9xK4cR7n" * 3
OTHER = "sk-" + "proj-" + "Bn5yL1pG6dF3hS0j" * 3
WINDOW = 64 * 1024
PARTS = 6


def leaks(text, secret=KEY):
    return [secret[at : at + PARTS] for at in range(8, len(secret) - PARTS) if secret[at : at + PARTS] in text]


def stream(pieces):
    events = [{"id": "chatcmpl-1", "choices": [{"index": 0, "delta": {"content": piece}}]} for piece in pieces]
    return "".join(f"data: {json.dumps(event)}\n\n" for event in events).encode()


def cut(text, places):
    return [text[start:end] for start, end in zip([0, *places], [*places, len(text)], strict=True)]


BODIES = {
    "text": f"The key: {KEY}.".encode(),
    "json": json.dumps({"messages": [{"role": "user", "content": f"\n{KEY}\n"}]}).encode(),
    "escaped": json.dumps({"a": KEY}).replace("sk-", "\\u0073k\\u002d").encode(),
    "as a key": json.dumps(
        {
            "messages": [{"role": "user", "content": "x", KEY: {"a": [1]}, "name": KEY, "tool_call_id": KEY}],
            KEY: {"deep": {KEY: 1}},
        }
    ).encode(),
    "quoted": json.dumps(json.dumps({"a": KEY})).encode(),
    "stream": stream(cut(f"It is {KEY}.", range(1, 50, 3))),
    "form": b'--x\r\nContent-Disposition: form-data; name="k"\r\n\r\n' + KEY.encode() + b"\r\n--x--",
    "bytes": b"\x00\x01" + KEY.encode() + b"\x00",
    "utf-16": KEY.encode("utf-16-le"),
    "long": b"x " * 40_000 + KEY.encode() + b" y" * 40_000,
    "long stream": stream(["word "] * 900 + cut(KEY, range(1, 50, 2)) + [" word"] * 900),
}


@pytest.fixture
def lines(caplog):
    caplog.set_level(logging.DEBUG)
    return lambda: [JsonLines().format(record) for record in caplog.records]


@pytest.mark.parametrize(
    ("name", "headers"), [*((name, {}) for name in BODIES), *((name, HTMX) for name in ("json", "long stream"))]
)
def test_a_planted_secret_is_in_no_answer_and_no_log_line(person, bare_store, lines, name, headers):
    allow_reveal(person)
    row = {"request_body": BODIES[name], "response_body": BODIES[name], "path": f"/v1/x?key={KEY}", "user_agent": KEY}
    bare_store.add({"id": "one", **row})
    bare_store.add({"id": "two", **row})
    asked = [each for each, (method, _) in EXAMPLES.items() if method == "get"] + ["log-annotate", "delete-preview"]
    answers = [ask(person, each, data(person, each), headers=headers) for each in asked]
    answers += [
        person.get(LOGS + "one/request/part/" + query, headers=headers)
        for query in ("", "?as=stored", "?at=65536", "?at=80010")
    ]
    answers += [
        person.get(LOGS + "one/" + page, headers=headers)
        for page in (
            "?as=rendered",
            "tree/?find=deep",
            "tree/?at=request.messages%5B0%5D",
            "repro/?as=issue",
            "tree/?at=response.events",
            "tree/?at=request.events%5B4%5D.choices%5B0%5D.delta.content",
            "tree/?side=response",
            "tree/?at=response.choices%5B0%5D.message.content",
        )
    ]
    answers.append(person.get(LOGS + "?columns=time,path,user_agent,id&peek=one", headers=headers))
    answers.append(person.get(LOGS + "compare/?id=one&id=two", headers=headers))
    assert sum(answer.status_code == 200 for answer in answers) > 15
    for answer in answers:
        sent = whole(answer)
        assert leaks(sent.decode("utf-8", "replace")) == [], answer.request["PATH_INFO"]
        assert KEY.encode("utf-16-le") not in sent
        assert KEY.encode().hex(" ")[24:60] not in answer.text if "octet" not in answer["Content-Type"] else True
    assert not [line for line in lines() if leaks(line)]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    before=st.text(alphabet=st.sampled_from("ab c1\n\\\"'ü漢🎉\u202e{}[]:,<>&"), max_size=40),
    layers=st.integers(0, 2),
    places=st.sets(st.integers(1, len(KEY) - 1), max_size=12),
    is_stream=st.booleans(),
)
def test_whatever_surrounds_a_secret_no_view_shows_it(person, bare_store, before, layers, places, is_stream):
    text = f"{before} {KEY} ok"
    body = stream(cut(text, sorted(each + len(before) for each in places))) if is_stream else text.encode()
    for _ in range(0 if is_stream else layers):
        body = json.dumps({"content": body.decode()}).encode()
    bare_store.delete(bare_store.ids())
    bare_store.add({"id": "one", "request_body": body, "response_body": body})
    bare_store.add({"id": "two", "request_body": body + b" ", "response_body": b"other"})
    for url in ("one/", "one/peek/", "one/request/part/?as=stored", "compare/?id=one&id=two"):
        answer = person.get(LOGS + url, headers=HTMX)
        assert answer.status_code == 200
        assert leaks(answer.text) == [], url


@pytest.mark.parametrize("is_stream", [False, True], ids=["text", "stream"])
@pytest.mark.parametrize("back", [0, 1, 20, 52, 53, 300])
def test_a_secret_that_lies_across_the_edge_of_a_window_is_in_neither(person, bare_store, back, is_stream):
    if is_stream:
        before = stream(["word "] * 800)[: WINDOW - back * 40].rpartition(b"data: ")[0]
        body = before + stream(cut(KEY, range(1, 50, 2))) + stream([" word"] * 800)
    else:
        body = b"x" * (WINDOW - back - 1) + b" " + KEY.encode() + b" y" * WINDOW
    bare_store.add({"id": "one", "response_body": body})
    for query in ("", f"?at={WINDOW}", f"?at={WINDOW - 10}", f"?at={WINDOW + 10}"):
        answer = person.get(LOGS + "one/response/part/" + query, headers=HTMX)
        assert leaks(answer.text) == [], query


def test_what_a_window_masks_is_said_and_copied_as_words(person, bare_store):
    bare_store.add({"id": "one", "response_body": f"one {KEY}, two {OTHER}".encode()})
    panel = parse(person.get(LOGS + "one/response/part/", headers=HTMX)).one(id="response")
    assert "2 secrets masked" in panel.one(class_="evidence").text
    assert panel.one(id="response-text").text == "one [masked: openai key], two [masked: openai key]"


def test_in_a_comparison_two_secrets_differ_and_one_is_equal_to_itself(person, bare_store):
    bare_store.add({"id": "one", "request_body": f"the key is {KEY}".encode(), "response_body": KEY.encode()})
    bare_store.add({"id": "two", "request_body": f"the key is {OTHER}".encode(), "response_body": KEY.encode()})
    page = parse(person.get(LOGS + "compare/?id=one&id=two"))
    request, response = page.one(id="request"), page.one(id="response")
    assert "1 place differs" in request.text
    assert request.text.count("[masked: openai key ") == 2
    assert "Equal, byte for byte" in response.text


def test_a_masked_field_of_the_row_has_no_link_that_would_spell_it(person, bare_store):
    bare_store.add(
        {"id": "one", "path": f"/v1/models?key={KEY}", "metadata": json.dumps({"contact": "kim@example.org"})}
    )
    for url in (LOGS + "one/raw/", LOGS + "?columns=time,path,metadata.contact"):
        answer = person.get(url)
        assert leaks(answer.text) == []
        assert "[masked: openai key]" in parse(answer).text
        assert "kim@example.org" in parse(answer).text  # the team's own labels stay


def test_rows_in_files_hold_no_secret_and_are_else_as_sent(person, bare_store):
    bare_store.add({"id": "one", "request_body": f"say {KEY} twice".encode(), "metadata": '{"mail":"kim@example.org"}'})
    row = json.loads(person.get(LOGS.removesuffix("/") + ".jsonl").text)
    assert leaks(json.dumps(row)) == []
    assert "kim@example.org" in json.dumps(row)
    assert row["id"] == "one"


def test_a_mask_has_the_same_name_wherever_it_is_shown(person, bare_store):
    allow_reveal(person)
    bare_store.add({"id": "one", "request_body": json.dumps({"a": f"\n{KEY}"}).encode()})
    names = set()
    for url in ("one/", "one/peek/", "one/request/part/", "one/request/part/?as=stored"):
        page = parse(person.get(LOGS + url, headers=HTMX))
        names |= {each["value"] for each in page.all("button", name="secret")}
    assert names == {Mask("prod-edge", "one", "request").digest(KEY)}
