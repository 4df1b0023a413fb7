"""Each page of a log under each fault of the upstream: words, never the upstream's own page, and nothing is lost."""

import httpx
import pytest

from gateway_dash import upstream
from tests.conftest import LOGS, TOKEN
from tests.views.reading import HTMX, fields, parse
from tests.views.test_errors import UPSTREAM, hangs, says

pytestmark = pytest.mark.django_db

LOG = LOGS + "one/"
BODY = b'{"messages": [{"role": "user", "content": "' + b"long " * 2000 + b'"}]}'
FAULTS = {name: found[0] for name, found in UPSTREAM.items()} | {
    "429": says(429, headers={"Retry-After": "77"}),
    "503": says(503, text="<h1>Unavailable</h1>"),
    "cut body": lambda _request: httpx.Response(200, headers={"Content-Length": "50"}, stream=Cut()),
    "drip": hangs,  # as the client sees one: the deadline ends it; tests/unit/test_deadline.py has real ones
}
# Whatever a body is, it is shown: that it is no JSON, or empty, is for the reader to see.
SAYS_YES = {"wrong type", "no result"}
SHOWN = {"empty", "no json", "a list", "wrong type", "no result", "cut json", "success false", "cut body", "gzip bomb"}


class Cut(httpx.SyncByteStream):
    def __iter__(self):
        yield b'{"success": true, "resu'
        raise httpx.RemoteProtocolError("the connection ended")


@pytest.fixture
def log(bare_store):
    bare_store.add({"id": "one", "request_body": BODY, "response_body": b"{}", "score": 50})
    return bare_store


def harmless(answer):
    """It is a page or a fragment of ours, in words."""
    assert answer.status_code in (200, 404, 410, 502, 503, 504)
    for never in ("Traceback", "secret-host", "<h1>Internal", "<h1>Bad", "<h1>Unavailable", "evil.example", TOKEN):
        assert never not in answer.text
    return True


@pytest.mark.parametrize("name", FAULTS)
def test_a_log_that_cannot_be_read_is_said_in_words(person, log, wire, name):
    wire.instead = FAULTS[name]
    for headers in ({}, HTMX):
        answer = person.get(LOG, headers=headers)
        assert harmless(answer)
        assert answer.status_code >= 404
        assert answer["HX-Push-Url"] == "false"


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("path", ["request/part/", "conversation/"])
def test_a_body_that_cannot_be_read_leaves_its_log_as_it_is(person, log, wire, path, name):
    def only_bodies(request):
        return FAULTS[name](request) if request.url.path.endswith(("/request", "/response")) else None

    wire.instead = only_bodies
    answer = person.get(LOG + path, headers=HTMX)
    assert harmless(answer)
    assert answer.status_code == 200 or name not in SHOWN or path == "conversation/"
    upstream.account().client.budget.ledger.unblock()
    whole = person.get(LOG)
    assert whole.status_code == 200
    assert parse(whole).one("h1").text


@pytest.mark.parametrize("name", FAULTS)
def test_a_change_is_sent_once_at_most_and_what_was_typed_stays(person, log, wire, name):
    form = fields(parse(person.get(LOG)).one("form", data_annotate=None))
    wire.instead = lambda request: FAULTS[name](request) if request.method == "PATCH" else None
    answer = person.post(LOG + "annotate/", form | {"score": ["77"]}, headers=HTMX)
    assert harmless(answer)
    assert len(wire.patches) == 1
    told = parse(answer).one("section", id="annotation")
    alert = told.one(role="alert").text
    assert "Not saved." in alert or (name in SAYS_YES and "did not keep all of it" in alert)
    assert told.one("input", name="score")["value"] == "77" or name in SAYS_YES
    assert log.get("one")["score"] == 50


def test_a_change_that_was_surely_not_done_is_not_looked_for(person, log, wire):
    form = fields(parse(person.get(LOG)).one("form", data_annotate=None))
    for name in ("refused", "429"):
        wire.forget()
        wire.instead = lambda request, name=name: FAULTS[name](request) if request.method == "PATCH" else None
        told = parse(person.post(LOG + "annotate/", form | {"score": ["77"]}, headers=HTMX)).text
        assert "Not saved." in told
        assert "read again" not in told
        assert [each.method for each in wire.sent] == ["GET", "PATCH"]


@pytest.mark.parametrize("path", [LOGS, LOG, LOG + "request/part/"])
@pytest.mark.parametrize("name", ["refused", "reset", "502 as a page", "503"])
def test_a_failure_that_passes_is_hidden_by_one_retry(person, log, wire, name, path):
    wire.instead = lambda request: FAULTS[name](request) if len(wire.sent) == 1 else None
    assert person.get(path, headers=HTMX).status_code == 200
    assert len(wire.sent) == 2
