"""/gateways/<gateway>/logs/<log_id>/request/reveal/ and /response/reveal/"""

import json
import logging

import httpx
import pytest

from gateway_dash.logs.masks import Mask
from gateway_dash.team.models import AuditEntry
from gateway_dash.telemetry.lines import JsonLines
from tests.conftest import LOGS
from tests.views.crawl import allow_reveal
from tests.views.reading import HTMX, parse

pytestmark = pytest.mark.django_db

KEY = "sk-" + "proj-" + "Zq8vT2mW9xK4cR7n" * 4
LOG = LOGS + "one/"
ASK = LOG + "request/reveal/"


@pytest.fixture
def add(bare_store):
    def add(body, **row):
        bare_store.add({"id": "one", "request_body": body, "response_body": b"fine", **row})

    return add


def buttons(page):
    return page.all("button", name="secret")


def stream(text, size):
    """A stream whose events give the text in pieces."""
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    events = [{"choices": [{"index": 0, "delta": {"content": piece}}]} for piece in pieces]
    return "".join(f"data: {json.dumps(event)}\n\n" for event in events).encode() + b"data: [DONE]\n\n"


def digest(secret, log_id="one", gateway="prod-edge"):
    return Mask(gateway, log_id, "request").digest(secret)


def test_a_secret_is_a_label_and_its_button_leads_to_it(person, add):
    allow_reveal(person)
    add(f'{{"messages": [{{"role": "user", "content": "my key\\n{KEY}"}}]}}'.encode())
    page = person.get(LOG)
    assert KEY[:12] not in page.text
    [button] = buttons(parse(page))
    assert (button["form"], button["formaction"]) == ("reveal", ASK)
    assert parse(page).one("form", id="reveal")["method"] == "post"
    answer = person.post(ASK, {"secret": button["value"]})
    assert answer.status_code == 200
    assert parse(answer).one("pre", class_="secret").text == KEY
    assert parse(answer).one("a", href=LOG).text == "Back to the log"


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("", {}),
        ("conversation/", HTMX),
        ("raw/", {}),
        ("request/part/", HTMX),
        ("tree/?at=request.messages%5B0%5D.content", {}),
        ("tree/?at=request.messages%5B0%5D.content", HTMX),
        ("peek/", HTMX),
    ],
)
def test_wherever_a_body_is_shown_the_same_button_leads_to_the_same_secret(person, add, path, headers):
    allow_reveal(person)
    content = f"my key {KEY}" + " and so on" * 40
    add(json.dumps({"messages": [{"role": "user", "content": content}]}).encode())
    page = person.get(LOG + path, headers=headers)
    assert KEY[:12] not in page.text
    assert {button["value"] for button in buttons(parse(page))} == {digest(KEY)}
    assert {button["formaction"] for button in buttons(parse(page))} == {ASK}


def test_for_htmx_the_answer_is_the_span_alone(person, add):
    allow_reveal(person)
    add(KEY.encode())
    answer = person.post(ASK, {"secret": digest(KEY)}, headers=HTMX)
    assert answer.text.strip().startswith('<span class="secret is-open"')
    assert parse(answer).one("span", class_="secret").text == KEY
    assert "<title>" not in answer.text
    assert answer["HX-Push-Url"] == "false"


def test_without_the_right_there_is_no_button_and_a_post_is_a_403_that_asks_nobody(person, add, wire):
    add(KEY.encode())
    page = person.get(LOG + "raw/")
    assert buttons(parse(page)) == []
    assert "openai key" in parse(page).one(id="request").text
    wire.forget()
    for headers in ({}, HTMX):
        answer = person.post(ASK, {"secret": digest(KEY)}, headers=headers)
        assert answer.status_code == 403
        assert "You may not see secrets that are masked in bodies" in parse(answer).text
        assert KEY not in answer.text
    assert wire.sent == []


def test_who_is_not_active_may_not(person, add, django_user_model):
    allow_reveal(person)
    django_user_model.objects.update(is_active=False)
    add(KEY.encode())
    assert person.post(ASK, {"secret": digest(KEY)}).status_code in (302, 403)


def test_a_superuser_may(client, add, sandbox, django_user_model):
    client.force_login(django_user_model.objects.create_superuser("root"))
    add(KEY.encode())
    assert client.post(ASK, {"secret": digest(KEY)}).status_code == 200


def test_only_post_is_answered(person, add):
    allow_reveal(person)
    assert person.get(ASK).status_code == 405


def test_each_reveal_is_one_line_in_the_audit_and_it_does_not_hold_the_secret(person, add, caplog):
    allow_reveal(person)
    caplog.set_level(logging.INFO)
    add(KEY.encode())
    person.post(ASK, {"secret": digest(KEY)})
    [line] = [JsonLines().format(each) for each in caplog.records if each.name == "gateway_dash.audit"]
    said = json.loads(line)
    assert said.pop("at")
    assert said == {
        "level": "info",
        "logger": "gateway_dash.audit",
        "message": "revealed a secret",
        "number": 1,
        "digest": AuditEntry.objects.get().digest,
        "who": "kim",
        "gateway": "prod-edge",
        "log": "one",
        "side": "request",
        "kind": "openai-key",
    }
    assert not [each for each in caplog.records if KEY in each.getMessage()]


@pytest.mark.parametrize("asked", ["", "x", "0" * 40, "é", KEY])
def test_what_names_no_secret_of_this_body_reveals_nothing_and_is_not_noted(person, add, caplog, asked):
    allow_reveal(person)
    add(KEY.encode())
    answer = person.post(ASK, {"secret": asked})
    assert answer.status_code == 404
    assert KEY not in answer.text
    assert not [each for each in caplog.records if each.name == "gateway_dash.audit"]


def test_the_name_of_a_secret_is_good_for_its_own_log_alone(person, add, bare_store):
    allow_reveal(person)
    add(KEY.encode())
    bare_store.add({"id": "two", "request_body": KEY.encode()})
    assert person.post(LOGS + "two/request/reveal/", {"secret": digest(KEY)}).status_code == 404
    assert digest(KEY) != digest(KEY, "two") != digest(KEY, "two", "staging")


@pytest.mark.parametrize(
    "body",
    [
        KEY.encode(),
        json.dumps({"a": f"x\n{KEY}"}).encode(),
        json.dumps({"a": json.dumps({"b": f"x\n{KEY}"})}).encode(),
        json.dumps({"a": KEY}).replace("sk-", "\\u0073k\\u002d").encode(),
        stream(f"The key is {KEY}, ok?", 3),
        b"x " * 400_000 + KEY.encode() + b" y" * 300_000,
    ],
    ids=["text", "json", "json in json", "escaped", "stream", "second megabyte"],
)
def test_however_it_is_written_the_same_name_leads_to_the_secret_without_escapes(person, add, body):
    allow_reveal(person)
    add(body)
    answer = person.post(ASK, {"secret": digest(KEY)}, headers=HTMX)
    assert answer.status_code == 200
    assert parse(answer).one("span", class_="secret").text == KEY


def test_a_secret_of_a_head_whose_body_is_not_stored_can_be_seen_too(person, bare_store, wire, monkeypatch):
    allow_reveal(person)
    bare_store.add({"id": "one", "request_body": KEY.encode()})

    wire.instead = lambda request: (
        httpx.Response(404, json={"success": False, "errors": [{"code": 7002}]})
        if request.url.path.endswith("/request")
        else None
    )
    assert person.post(ASK, {"secret": digest(KEY)}).status_code == 200


def test_hostile_text_around_and_in_a_secret_stays_text(person, add):
    allow_reveal(person)
    secret = "hunter2<script>alert(1)</script>\u202e!"
    add(json.dumps({"password": secret}).encode())
    page = person.get(LOG)
    assert "hunter2" not in page.text
    [button] = buttons(parse(page))
    answer = person.post(ASK, {"secret": button["value"]}, headers=HTMX)
    assert "⟦U+202E⟧" in answer.text
    assert parse(answer).all("script") == []
