"""/gateways/<gateway>/logs/<log_id>/request/part/ and /response/part/"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from gateway_dash.payload.masking import STREAM_MARGIN
from tests.conftest import LOGS
from tests.views.reading import HTMX, parse

pytestmark = pytest.mark.django_db

WINDOW = 64 * 1024
PART = LOGS + "one/response/part/"


def lines(count):
    """A body in which each place can be told: lines of 16 bytes."""
    return b"".join(f"line {number:010}\n".encode() for number in range(count))


@pytest.fixture
def add(bare_store):
    def add(body, **row):
        old = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
        bare_store.add({"id": "one", "created_at": old, "response_body": body, **row})

    return add


def part(person, query="", **headers):
    answer = person.get(PART + query, headers=HTMX | headers)
    return answer, parse(answer).one("section", id="response")


# --- windows


def test_a_small_body_is_there_whole(person, wire, add):
    add(b"hello")
    answer, panel = part(person)
    assert answer.status_code == 200
    assert panel.one(id="response-text").text == "hello"
    assert "complete, 5 B" in panel.text
    assert answer["HX-Push-Url"] == "false"
    assert wire.calls == ["GET /prod-edge/logs/one/response"]


def test_the_windows_of_a_body_of_several_megabytes_join_to_the_whole(person, add):
    body = b"".join(f"line {number:010}".encode().ljust(255) + b"\n" for number in range(10_000))  # 2.6 MB
    add(body)
    url, seen, windows = PART, "", 0
    while url:
        answer = person.get(url, headers=HTMX)
        assert len(answer.content) < 600_000
        panel = parse(answer).one(id="response")
        text = panel.one(id="response-text")
        seen += "".join(each.raw_text + "\n" for each in text.all("span"))
        more = [link["href"] for link in panel.all("a") if "Show more" in link.text]
        url = more[0] if more else ""
        windows += 1
    assert windows == -(-len(body) // WINDOW)
    assert seen.encode() == body


def test_a_window_says_which_bytes_it_holds(person, add):
    add(lines(20_000))
    _, panel = part(person, "?at=65536&of=320000")
    assert "bytes 65,536 to 131,072 of 320 KB" in panel.text
    links = {link.text: parse_qs(urlsplit(link["href"]).query) for link in panel.all("a") if "KB" in link.text}
    assert links == {
        "64 KB before": {"of": ["320000"], "at": ["0"]},
        "Show more, the next 64 KB": {"of": ["320000"], "at": ["131072"]},
    }
    _, last = part(person, "?at=262144")
    assert "bytes 262,144 to 320,000 of 320 KB" in last.text
    assert not [link for link in last.all("a") if "Show more" in link.text]


def test_a_window_of_a_large_body_does_not_read_it_all(person, wire, add):
    add(lines(500_000))
    read = []

    def counting(request):
        def chunks():
            for at in range(0, 8_000_000, WINDOW):
                read.append(at)
                yield b"x" * WINDOW

        return httpx.Response(200, stream=Chunks(chunks())) if request.url.path.endswith("/response") else None

    wire.instead = counting
    part(person)
    assert len(read) * WINDOW <= WINDOW + STREAM_MARGIN + 2 * WINDOW  # the margin is looked at for secrets


class Chunks(httpx.SyncByteStream):
    def __init__(self, chunks):
        self._chunks = chunks

    def __iter__(self):
        yield from self._chunks


def test_a_place_beyond_the_end_says_so_and_leads_back(person, add):
    add(b"hello")
    _, panel = part(person, "?at=1000000")
    assert "The response ends before byte 1,000,000." in panel.text
    assert panel.one("a", class_="btn", href=PART)


def test_a_letter_that_a_window_cuts_is_not_shown_as_damage(person, add):
    add("ä".encode() * 40_000)
    _, first = part(person, "")
    _, second = part(person, "?at=65535")
    for panel in (first, second):
        assert "\ufffd" not in panel.text
        assert "no text" not in panel.one(class_="evidence").text


@pytest.mark.parametrize("query", ["?at=-1", "?at=x", "?at=1e3", "?at=9999999999", "?of=²", "?at=0x10", "?providr=x"])
def test_a_place_that_cannot_be_read_is_a_400_without_a_call(person, wire, query):
    answer = person.get(PART + query, headers=HTMX)
    assert answer.status_code == 400
    assert wire.sent == []


def test_more_than_is_ever_read_is_not_offered(person, wire, add):
    cap = 16 * 1024 * 1024
    wire.instead = lambda request: (
        httpx.Response(200, content=b"x" * (cap + 10)) if request.url.path.endswith("/response") else None
    )
    add(b"")
    _, last = part(person, f"?at={cap - WINDOW}")
    assert not [link for link in last.all("a") if "Show more" in link.text]
    assert "over 16 MB" in last.text
    wire.forget()
    beyond = person.get(f"{PART}?at={cap + 1}", headers=HTMX)
    assert beyond.status_code == 502
    assert "16 MB" in parse(beyond).one(id="response-note").text
    assert wire.sent == []


# --- layouts


def test_json_is_laid_out_and_can_be_seen_as_stored(person, add):
    stored = b'{"a": 1,"a":2, "big":12345678901234567890.10}'
    add(stored)
    _, panel = part(person)
    shown = [each.raw_text for each in panel.one(id="response-text").all("span")]
    assert shown == ["{", '  "a": 1,', '  "a": 2,', '  "big": 12345678901234567890.10', "}"]
    other = panel.one("a", href=PART + "?as=stored")
    assert other.text == "As stored"
    _, plain = part(person, "?as=stored")
    assert plain.one(id="response-text").raw_text == stored.decode()
    assert plain.one("a", href=PART).text == "Lay out"


def test_as_stored_stays_on_later_windows(person, add):
    add(lines(20_000))
    _, panel = part(person, "?as=stored")
    [more] = [link["href"] for link in panel.all("a") if "Show more" in link.text]
    assert parse_qs(urlsplit(more).query) == {"at": ["65536"], "as": ["stored"]}


def test_a_body_wrapped_into_a_json_string_is_unwrapped_and_said_so(person, add, sandbox):
    sandbox.options = replace(sandbox.options, body_form="json_string")
    add(b'data: {"x": 1}\n\ndata: [DONE]\n\n')
    _, panel = part(person)
    assert "stored as a JSON string" in panel.text
    assert "event stream" in panel.text
    assert panel.one(id="response-text").text.startswith('data: {"x": 1}')


def test_bytes_are_shown_as_bytes(person, add):
    add(b"\x89PNG\r\n\x1a\n\x00\x00\x00<script>")
    _, panel = part(person)
    assert panel.one(id="response-text").text.startswith("00000000 89 50 4e 47")
    assert not panel.all("script")


# --- why there is none


def test_a_body_that_was_never_stored(person, wire, add):
    add(None)
    answer, panel = part(person)
    assert answer.status_code == 200
    assert "The upstream keeps no response of this call" in panel.text
    assert "Still on its way" not in panel.text
    assert not [link for link in panel.all("a") if "Download" in link.text]
    assert wire.calls == ["GET /prod-edge/logs/one/response", "GET /prod-edge/logs/one"]


def test_a_body_that_is_still_on_its_way(person, bare_store):
    bare_store.add({"id": "one", "created_at": datetime.now(UTC).isoformat()})
    _, panel = part(person)
    assert "Still on its way" in panel.text
    assert [link["hx-get"] for link in panel.all("a") if "Look again" in link.text] == [PART]


def test_a_log_that_is_gone_is_no_missing_body(person, bare_store):
    answer = person.get(PART, headers=HTMX)
    assert answer.status_code == 404
    assert answer["HX-Retarget"] == "#response-note"
    assert "This log was deleted, or it is so new" in answer.text
    assert "keeps no response" not in answer.text


def test_a_token_without_the_right_names_it(person, add, with_token):
    add(b"hello")
    with_token("metadata_read")
    answer = person.get(PART, headers=HTMX)
    assert answer.status_code == 502
    assert "needs the right “AI Gateway - Read”" in parse(answer).one(id="response-note").text


@pytest.mark.parametrize(
    ("problem", "status", "words"),
    [
        (lambda: httpx.Response(500, text="no"), 502, "The upstream answered 500."),
        (lambda: httpx.Response(302, headers={"Location": "https://evil.example/"}), 502, "redirect"),
        (
            lambda: httpx.Response(429, headers={"Retry-After": "77"}, json={"success": False, "errors": []}),
            503,
            "takes no calls from this token until",
        ),
    ],
)
def test_a_body_that_fails_takes_the_place_of_its_note_alone(person, wire, add, problem, status, words):
    add(b"long " * 2000)
    wire.instead = lambda request: problem() if request.url.path.endswith("/response") else None
    answer = person.get(PART, headers=HTMX)
    assert answer.status_code == status
    assert (answer["HX-Retarget"], answer["HX-Reselect"], answer["HX-Reswap"], answer["HX-Push-Url"]) == (
        "#response-note",
        "#response-note",
        "outerHTML",
        "false",
    )
    note = parse(answer).one(id="response-note")
    assert words in note.text
    assert note.one("a")["hx-get"] == PART
    assert "HX-Retarget" not in person.get(LOGS, headers=HTMX)


def test_a_body_that_fails_never_hides_the_log(person, wire, add):
    add(b"long " * 2000)
    wire.instead = lambda request: httpx.Response(500) if request.url.path.endswith("/response") else None
    log = person.get(LOGS + "one/raw/")
    assert log.status_code == 200
    assert "head only" in parse(log).one(id="response").text
    page = person.get(PART)  # without JavaScript: the log, with the problem in its panel
    assert page.status_code == 200
    assert "The upstream answered 500." in parse(page).one(id="response").text
    assert parse(page).one("div", aria_label="Fields").text


def test_a_spent_budget_says_when_to_come_again(person, wire, add):
    add(b"long " * 2000)
    wire.instead = lambda request: (
        httpx.Response(429, headers={"Retry-After": "77"}) if request.url.path.endswith("/response") else None
    )
    answer = person.get(PART, headers=HTMX)
    assert answer["Retry-After"] == "77"


def test_a_cut_body_is_shown_as_cut(person, wire, add):
    def cut():
        yield b'{"half": "'.ljust(WINDOW, b".")
        raise httpx.RemoteProtocolError("peer closed connection")

    add(b"")
    wire.instead = lambda request: (
        httpx.Response(200, stream=Chunks(cut())) if request.url.path.endswith("/response") else None
    )
    answer, panel = part(person)
    assert answer.status_code == 200
    assert "the connection was cut after 65,536 bytes" in panel.text
    assert "complete" not in panel.one(class_="evidence").text
    assert panel.one(id="response-text").raw_text.startswith('{"half": "...')
    assert not [link for link in panel.all("a") if "Show more" in link.text]


def test_a_place_behind_the_cut_is_not_called_the_end(person, wire, add):
    def cut():
        yield b"." * WINDOW
        raise httpx.RemoteProtocolError("peer closed connection")

    add(b"")
    wire.instead = lambda request: (
        httpx.Response(200, stream=Chunks(cut())) if request.url.path.endswith("/response") else None
    )
    _, panel = part(person, "?at=100000")
    assert "The connection was cut before byte 100,000 of the response came." in panel.text
    assert "ends before" not in panel.text


# --- without JavaScript


def test_without_htmx_the_body_comes_with_its_log_and_the_way_back(person, wire, add):
    add(lines(20_000))
    query = "?provider=openai&page=2&as_of=2026-11-23T10:00:00Z"
    page = parse(person.get(PART + query + "&at=65536&of=320000"))
    assert "bytes 65,536 to 131,072 of 320 KB" in page.one(id="response").text
    assert page.one(class_="crumb").one("a")["href"] == LOGS + query
    assert page.one(id="request")["hx-get"] == LOGS + "one/request/part/" + query
    assert wire.calls == ["GET /prod-edge/logs/one/response", "GET /prod-edge/logs/one"]
    [more] = [link["href"] for link in page.one(id="response").all("a") if "Show more" in link.text]
    assert more == PART + query + "&of=320000&at=131072"
    assert person.get(more).status_code == 200


def test_there_are_only_two_sides(person, wire):
    assert person.get(LOGS + "one/secrets/part/").status_code == 404
    assert wire.sent == []
