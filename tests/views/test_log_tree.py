"""/gateways/<gateway>/logs/<log_id>/tree/"""

from __future__ import annotations

import html
import json
import re
from urllib.parse import quote

import httpx
import pytest

from tests.conftest import LOGS
from tests.unit.known import the
from tests.views.corpus import HOSTILE
from tests.views.reading import HTMX

pytestmark = pytest.mark.django_db

URL = LOGS + "one/tree/"
KEY = "sk-" + "proj-" + "9382dffx1kVZQ2tqMnMcLRkBOzZU3G8xI7CGr5c3bxD7u6yB54HkJlpoblul"
MOST_BYTES = 256 * 1024


@pytest.fixture
def put(bare_store):
    """Put in the log `one` with these bodies; a value becomes JSON."""

    def put(request=None, response=None, **row):
        bodies = {"request_body": as_bytes(request), "response_body": as_bytes(response)}
        bare_store.add({"id": "one", **{name: each for name, each in bodies.items() if each is not None}, **row})

    return put


def as_bytes(body):
    return body if body is None or isinstance(body, bytes) else json.dumps(body).encode()


def text(answer):
    """What the page reads like: without markup, with single blanks."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def link(answer, name):
    """The address of the first key with this name."""
    found = re.search(
        rf'<a class="node__key" href="([^"]+)"[^>]*><bdi>{re.escape(html.escape(name))}</bdi>', answer.content.decode()
    )
    assert found, name
    return html.unescape(found[1])


def keys(answer):
    return [html.unescape(each) for each in re.findall(r'node__key"[^>]*><bdi>(.*?)</bdi>', answer.content.decode())]


def here(answer):
    """The element that the address names."""
    return answer.content.decode().partition('class="node is-here"')[2]


def test_both_bodies_are_there_as_far_as_their_first_level(person, put):
    put({"model": "gpt-4o", "messages": [{"role": "user"}]}, {"id": "x", "choices": [1, 2, 3]})
    answer = person.get(URL)
    assert keys(answer) == ["request", "model", "messages", "response", "id", "choices"]
    assert "3 items" in text(answer)
    assert "Request: complete, 51 B" in text(answer)


def test_a_place_is_opened_with_all_above_it_and_is_marked(person, put):
    put({"messages": [{"content": f"turn {number}"} for number in range(250)]}, {"id": "x"})
    answer = person.get(URL + "?at=request.messages[127].content")
    assert [key for key in keys(answer) if key != "response"][:3] == ["request", "messages", "[120]"]
    assert "[127] 1 key" in text(answer)
    assert "121 to 130 of 250" in text(answer)
    assert "turn 127" in here(answer)
    assert "Response" not in re.findall(r"<h2[^>]*>(.*?)</h2>", answer.content.decode())


def test_without_script_each_key_leads_to_the_page_opened_there(person, put):
    put({"a": {"b": {"c": 1e999, "d": 2}}})
    answer = person.get(URL + "?provider=openai&side=request")
    for name in ("a", "b", "d"):
        address = link(answer, name)
        assert address.endswith("&provider=openai")
        answer = person.get(URL + address)
    assert "request.a.b.d" in here(answer)


def test_htmx_gets_the_one_node_under_its_own_id(person, put):
    put({"a": {"b": [1, 2]}})
    page = person.get(URL + "?at=request.a.b").content.decode()
    answer = person.get(URL + "?at=request.a.b", headers=HTMX)
    fragment = answer.content.decode().strip()
    assert fragment.startswith('<li class="node is-here" id="n')
    assert fragment.count("<html") == 0
    node_id = the(re.search(r'id="(n[0-9a-f]{12})"', fragment))[1]
    assert f'id="{node_id}"' in page
    assert answer["HX-Push-Url"] == "false"


def test_many_looks_at_a_body_cost_one_call(person, put, wire):
    put({"a": [1]}, {"b": [2]})
    person.get(URL)
    wire.forget()
    for at in ("request", "request.a", "request.a[0]", "response.b"):
        assert person.get(URL + f"?at={at}", headers=HTMX).status_code == 200
    assert wire.calls == []
    person.get(URL + "?find=a")
    assert wire.calls == ["GET /prod-edge/logs/one"]


def test_a_later_range_is_shown_and_the_ranges_lead_to_each_other(person, put):
    put({"all": list(range(1000))})
    answer = person.get(URL + "?at=request.all&from=200")
    assert "201 to 300 of 1,000" in text(answer)
    assert "?at=request.all&amp;from=300" in answer.content.decode()
    assert "?at=request.all&amp;from=100" in answer.content.decode()
    assert keys(answer)[2] == "[200]"
    assert "nothing from there on: it has 1,000" in text(person.get(URL + "?at=request.all&from=2000"))


def test_a_key_that_comes_again_is_there_again(person, put):
    put(b'{"model": "first", "model": "second"}')
    assert keys(person.get(URL + "?side=request"))[1:] == ["model", "model"]
    assert "“second" not in text(person.get(URL + "?at=request.model"))
    assert "second" in here(person.get(URL + "?at=request.model{2}"))
    assert "again" in text(person.get(URL))


def test_numbers_stand_as_they_were_written(person, put):
    put(b'{"big": 123456789012345678901234567890, "huge": 1e999, "minus": -0.10}')
    for number in ("123456789012345678901234567890", "1e999", "-0.10"):
        assert number in text(person.get(URL))


def test_a_body_that_is_cut_says_so_and_shows_what_is_there(person, put):
    put(b'{"a": [1, {"b": "begun but no')
    answer = person.get(URL + "?at=request.a[1].b")
    assert "29 B, all that is stored, and it was stored cut" in text(answer)
    assert "cut here" in text(answer)
    assert "begun but" in here(answer)


def test_what_follows_the_json_is_said(person, put):
    put(b'{"a": 1} trailing')
    assert "8 B that follow its JSON are none" in text(person.get(URL))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"just words", "It is text, and no JSON."),
        (b"", "It is empty."),
        (b"\x00\x01\x02" * 9, "bytes of some other kind"),
    ],
)
def test_a_body_that_is_no_json_says_what_it_is(person, put, body, words):
    put(body, {"a": 1})
    assert words in text(person.get(URL))


def test_a_body_that_is_not_stored_says_why(person, bare_store):
    bare_store.add({"id": "one", "created_at": "2026-01-01T00:00:00Z", "response_body": b'{"a": 1}'})
    answer = person.get(URL)
    assert "The upstream keeps no request of this call." in text(answer)
    assert "a" in keys(answer)
    assert person.get(URL + "?at=request.a", headers=HTMX).status_code == 404


def test_bodies_that_the_log_itself_holds_are_not_asked_for(person, put, wire):
    put({"a": 1}, {"b": 2})
    assert {"a", "b"} <= set(keys(person.get(URL)))
    assert wire.calls == ["GET /prod-edge/logs/one"]


def test_one_side_that_fails_does_not_hide_the_other(person, put, wire):
    put({"a": "x" * 9000}, {"b": "x" * 9000})
    wire.instead = lambda request: httpx.Response(502) if request.url.path.endswith("/request") else None
    answer = person.get(URL)
    assert answer.status_code == 200
    assert "b" in keys(answer)
    assert 'role="alert"' in answer.content.decode()
    assert person.get(URL + "?at=request.a", headers=HTMX).status_code == 502


def test_a_place_that_is_not_there_leads_as_far_as_it_goes(person, put):
    put({"a": [1]})
    answer = person.get(URL + "?at=request.a[7].b")
    assert "There is no [7].b in request.a." in text(answer)
    assert person.get(URL + "?at=request.a[7].b", headers=HTMX).status_code == 404


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("at=messages", "begins with the side"),
        ("at=request.[", "cannot be read from"),
        ("at=request" + "x" * 3000, "longer than"),
        ("side=left", "takes request or response"),
        ("at=request&from=x", "takes a number"),
        ("from=3", "need “at”"),
        ("find=" + "x" * 201, "up to 200 characters"),
        ("at=request&inner=[", "cannot be read from"),
    ],
)
def test_an_address_that_cannot_be_read_is_an_error_that_asks_nobody(person, put, wire, query, words):
    answer = person.get(f"{URL}?{query}")
    assert answer.status_code == 400
    assert words in text(answer)
    assert wire.calls == []


# --- what an opened node shows ---------------------------------------------------------------------------------------


def test_an_opened_value_shows_its_path_its_exact_text_and_its_own_link(person, put):
    put(b'{"a": {"n": 1.0e3}}')
    shown = here(person.get(URL + "?at=request.a.n&provider=openai"))
    assert ">request.a.n<" in shown
    assert f'href="{URL}?at=request.a.n" data-copy-link' in shown
    assert "<bdi>1.0e3</bdi>" in shown


def test_a_value_leads_to_the_lists_that_the_api_can_say(person, put):
    put({"model": "gpt-4o", "user": "u-17", "nested": {"long": "x" * 150}})
    model = html.unescape(here(person.get(URL + "?at=request.model&provider=openai")))
    assert f'href="{LOGS}?provider=openai&set_only=model:gpt-4o"' in model
    assert f'href="{LOGS}?provider=openai&set_only=metadata_value:gpt-4o"' in model
    assert f'href="{LOGS}?provider=openai&search=gpt-4o"' in model
    user = html.unescape(here(person.get(URL + "?at=request.user")))
    assert "set_only=metadata_value:u-17" in user
    assert "set_only=model" not in user
    assert "Lists of logs" not in here(person.get(URL + "?at=request.nested.long"))
    for address in re.findall(r'<a class="btn btn--quiet" href="(/gateways/[^"]+logs/\?[^"]+)"', model):
        assert person.get(address).status_code in (200, 302)


def test_what_is_too_long_to_copy_says_how_long_it_is(person, put):
    put({"all": ["word"] * 5000})
    shown = here(person.get(URL + "?at=request.all"))
    assert "too long to copy: 40 KB" in shown
    assert "-json" not in shown


def test_a_long_text_is_a_chip_and_is_read_in_windows(person, put):
    lines = [f"line {number} 日本" for number in range(5000)]
    put({"long": "\n".join(lines)})
    answer = person.get(URL + "?side=request")
    assert re.search(r"long text, \d+ KB", text(answer))
    seen, address = "", "?at=request.long"
    while address:
        answer = person.get(URL + address, headers=HTMX)
        window = the(re.search(r'id="n\w+-text">(.*?)</pre>', answer.content.decode(), re.DOTALL))[1]
        seen += "\n".join(re.sub(r"<[^>]+>", "", each) for each in window.split("</span>")[:-1])
        seen += "\n" if window.endswith("<span></span>") else ""
        following = re.search(
            r'href="([^"]+)" data-node><svg[^>]*><use[^>]*></use></svg> The next 16 KB', answer.content.decode()
        )
        address = html.unescape(following[1]) if following else ""
    assert seen.replace("\n", "") == "".join(lines)


def test_a_picture_says_what_it_is(person, put):
    png = "iVBORw0KGgoAAAANSUhEUgAAAoAAAAHgCAYAAAA10dzk" + "A" * 4000
    put({"bare": png, "url": "data:image/png;base64," + png, "other": "QUJD" * 200})
    shown = text(person.get(URL))
    assert shown.count("image/png, 3.0 KB, 640 × 480") == 2 or shown.count("image/png, 3 KB, 640 × 480") == 2
    assert "base64, 600 B" in shown


def test_json_in_a_text_opens_as_json_one_level(person, put):
    put({"arguments": json.dumps({"city": "Köln", "days": [1, 2], "again": json.dumps({"x": 1})})})
    shown = here(person.get(URL + "?at=request.arguments"))
    assert "Open as JSON" in shown
    answer = person.get(URL + "?at=request.arguments&inner=")
    assert keys(answer)[1:] == ["arguments", "JSON inside", "city", "days", "again"]
    answer = person.get(URL + "?at=request.arguments&inner=days[1]")
    assert "request.arguments → days[1]" in here(answer)
    assert "Open as JSON" not in here(person.get(URL + "?at=request.arguments&inner=again"))
    assert person.get(URL + "?at=request.arguments&inner=days", headers=HTMX).status_code == 200
    assert "holds no JSON" in text(person.get(URL + "?at=request&inner=x"))


# --- streams ---------------------------------------------------------------------------------------------------------


def stream():
    pieces = [
        {"choices": [{"index": 0, "delta": {"content": word}}], "id": "c", "model": "m"} for word in ("Hel", "lo")
    ]
    last = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], "id": "c", "model": "m"}
    return b"".join(b"data: " + json.dumps(each).encode() + b"\n\n" for each in (*pieces, last)) + b"data: [DONE]\n\n"


def test_a_stream_is_a_tree_of_what_it_comes_to_and_a_list_of_its_events(person, put):
    put({"stream": True}, stream())
    answer = person.get(URL + "?side=response")
    assert keys(answer)[-1] == "events"
    assert "put together from 4 events" in text(answer)
    assert "Hello" in here(person.get(URL + "?at=response.choices[0].message.content"))
    events = person.get(URL + "?at=response.events")
    assert keys(events)[-4:] == ["[0]", "[1]", "[2]", "[3]"]
    assert "[DONE]" in text(events)


def test_an_event_is_opened_as_its_own_tree(person, put):
    put(None, stream())
    answer = person.get(URL + "?at=response.events[1].choices[0].delta.content")
    assert ">response.events[1].choices[0].delta.content<" in here(answer)
    assert "“lo" in text(answer) or "lo" in here(answer)
    fragment = person.get(URL + "?at=response.events[1]", headers=HTMX)
    assert keys(fragment)[:2] == ["[1]", "choices"]
    assert "There is no response.events[9]" in text(person.get(URL + "?at=response.events[9]"))
    assert person.get(URL + "?at=response.events[9]", headers=HTMX).status_code == 404


def test_a_stream_that_no_shape_knows_is_its_events(person, put):
    put(None, b'event: a\ndata: {"x": 1}\n\nevent: b\ndata: words\n\n')
    answer = person.get(URL + "?side=response")
    assert keys(answer) == ["events", "[0] a", "[1] b"]


def test_very_many_events_come_in_pages(person, put):
    put(None, b"".join(b'data: {"n": %d}\n\n' % number for number in range(1000)))
    answer = person.get(URL + "?at=response.events&from=200")
    assert "201 to 300 of 1,000" in text(answer)
    assert len(answer.content) < MOST_BYTES


# --- search ----------------------------------------------------------------------------------------------------------


def test_what_is_found_leads_to_its_place(person, put):
    put({"messages": [{"content": "Where is the Needle?"}], "needle": 1}, {"text": "no"})
    answer = person.get(URL + "?find=needle&provider=openai")
    assert "2 places" in text(answer)
    assert "0 places searched to its end" in text(answer)
    address = html.unescape(the(re.search(r'<a class="mono" href="([^"]+)"', answer.content.decode()))[1])
    assert address.startswith("?at=request.messages[0].content&provider=openai&find=needle#n")
    opened = person.get(URL + address.partition("#")[0])
    assert f'id="{address.partition("#")[2]}"' in opened.content.decode()


def test_very_many_places_come_in_pages(person, put):
    put(["needle"] * 120)
    seen, address = [], URL + "?find=needle&side=request"
    while address:
        answer = person.get(address)
        seen += re.findall(r"<bdi>request(\[\d+\])</bdi></a>", answer.content.decode())
        following = re.search(
            r'<a class="btn" href="([^"]+)"><svg[^>]*><use[^>]*></use></svg> The next places', answer.content.decode()
        )
        address = html.unescape(following[1]) if following else ""
    assert seen == [f"[{number}]" for number in range(120)]


def test_the_search_field_keeps_the_list_and_the_side(person, put):
    put({"a": 1})
    page = person.get(URL + "?side=request&provider=openai&find=a%22b").content.decode()
    assert '<input type="hidden" name="provider" value="openai">' in page
    assert '<input type="hidden" name="side" value="request">' in page
    assert 'value="a&quot;b"' in page


# --- what must not happen --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query", ["", "?at=request.note", "?at=request", "?find=note", "?at=request.inner&inner=k", "?at=request.inner"]
)
def test_a_secret_is_masked_wherever_it_is_shown(person, put, query):
    escaped = KEY.replace("sk-", "\\u0073k-")
    body = f'{{"note": "it is {escaped}", "list": [["{KEY}"]], "inner": "{{\\"k\\": \\"{KEY}\\"}}"}}'
    put(body.encode(), None)
    for headers in ({}, HTMX):
        page = person.get(URL + query, headers=headers).content.decode()
        assert KEY[8:] not in page
        assert KEY[8:30] not in page
    assert "[masked: openai key]" in text(person.get(URL + query)) or query == "?find=note"


def test_a_search_does_not_spell_a_secret_out(person, put):
    put({"note": f"it is {KEY}", "password": "Hunt3r2!x"})
    for needle in (KEY[:12], KEY[-8:], "Hunt3r"):
        assert "0 places" in text(person.get(URL + f"?side=request&find={quote(needle)}"))


@pytest.mark.parametrize("harm", HOSTILE.values(), ids=HOSTILE)
def test_hostile_keys_and_values_stay_text(person, put, harm):
    body = {harm: harm, "list": [harm * 3, {harm: [harm]}]}
    put(json.dumps(body).encode())
    queries = ["", "?at=request.list[0]", "?at=request.list[1]", f"?find={quote(harm[:40].encode('utf-8', 'replace'))}"]
    for query in queries:
        answer = person.get(URL + query)
        assert answer.status_code == 200
        inside = answer.content.decode().partition("data-tree")[2]
        assert not re.search(
            r"<(script|img|svg (?!class=\"icon\")|iframe|b>|form|base|meta|style|object|embed)",
            inside.partition("</main>")[0].replace("<b>", ""),
        )
        assert not re.search(
            "[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069\u200b\ufeff]", inside.partition("</main>")[0]
        )


@pytest.mark.parametrize(
    "body",
    [
        b"[" + b",".join([b'"' + b"&'<>" * 100 + b'"'] * 5000) + b"]",
        b"{" + b",".join(b'"%s%d":{"%s":[1]}' % (b"'" * 200, number, b"'" * 200) for number in range(5000)) + b"}",
        b"[" * 3000,
        b'{"' + b"k" * 1900 + b'":[' + b",".join([b"[1]"] * 1000) + b"]}",
        ('["' + "\u202ea" * 30_000 + '"]').encode(),
    ],
    ids=["quotes", "keys", "deep", "a long path", "marks"],
)
@pytest.mark.parametrize("query", ["", "?at=request[0]", "?at=request" + "[0]" * 600, "?find=a", "?side=request"])
def test_no_answer_is_larger_than_a_quarter_of_a_megabyte(person, put, body, query):
    put(body, body)
    for address in (query, f"{query}{'&' if query else '?'}provider={'x' * 60}"):
        answer = person.get(URL + address)
        assert answer.status_code == 200
        assert len(answer.content) < MOST_BYTES
    if "at=" in query:
        assert len(person.get(URL + query, headers=HTMX).content) < MOST_BYTES


def test_a_path_at_its_longest_still_is_a_small_page(person, put):
    put(b'{"' + b"k" * 1900 + b'":[' + b",".join([b'{"a":[1]}'] * 1000) + b"]}")
    answer = person.get(URL + f"?at=request.{'k' * 1900}[500]")
    assert "500" in here(answer)
    assert len(answer.content) < MOST_BYTES


def test_levels_far_above_are_left_out_and_said(person, put):
    put(b"[" * 300 + b"1" + b"]" * 300)
    answer = person.get(URL + "?at=request" + "[0]" * 300)
    assert "levels above are not shown" in text(answer)
    assert "From the top" in text(answer)
