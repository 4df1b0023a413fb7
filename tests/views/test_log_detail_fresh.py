"""What people who open one log share: one call a minute, and the log as it was while the upstream fails."""

import httpx
import pytest

from gateway_dash import upstream
from gateway_dash.logs import fresh
from gateway_dash.team.roles import METADATA, READER
from tests.conftest import GATEWAY, LOGS
from tests.views.crawl import ANSWER
from tests.views.keeping import FAILURES, annotate, hang, note, person_of, status
from tests.views.reading import HTMX, fields, parse, whole

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("answers_are_kept", "clock")]

LOG = LOGS + "one/"


@pytest.fixture
def one(bare_store):
    bare_store.add({"id": "one", "request_body": b'{"messages": []}', "response_body": ANSWER, "model": "gpt-4o"})
    return bare_store


@pytest.mark.parametrize(
    "tab", ["", "conversation/", "conversation.md", "raw/", "tree/", "repro/", "place/", "around/"]
)
def test_a_log_is_read_once_a_minute_whichever_part_of_it_is_opened(person, wire, one, tab):
    person.get(LOG)
    assert person.get(LOG + tab).status_code == 200
    assert person_of("lee").get(LOG + tab).status_code == 200
    assert wire.calls.count("GET /prod-edge/logs/one") == 1


def test_beside_the_list_it_is_the_same_answer(person, wire, one):
    person.get(LOG)
    person.get(LOG + "peek/", headers=HTMX)
    person.get(LOGS + "?peek=one")
    assert wire.calls == ["GET /prod-edge/logs/one", "GET /prod-edge/logs"]


def test_after_a_minute_it_is_read_again(person, wire, one, old, monkeypatch):
    old(person, LOG)
    person.get(LOG)
    assert len(wire.sent) == 2
    monkeypatch.setattr(fresh, "LOG_S", 200)
    person.get(LOG)
    assert len(wire.sent) == 2


def test_a_reload_reads_it_again(person, wire, one):
    person.get(LOG)
    person.get(LOG, headers={"Cache-Control": "max-age=0"})
    assert len(wire.sent) == 2


@pytest.mark.parametrize(("instead", "words"), FAILURES.values(), ids=FAILURES)
def test_the_log_as_it_was_stands_in_and_says_how_old_it_is_and_why(person, wire, one, old, instead, words):
    old(person, LOG)
    wire.instead = instead
    answer = person.get(LOG)
    assert answer.status_code == 200
    assert "This log is as it was 3 min ago" in note(answer)
    assert words in note(answer)
    assert "gpt-4o" in parse(answer).one("h1").text
    again = parse(answer).one(data_stale=None).one("a")
    assert (again.text, again["href"]) == ("Try again", LOG)


@pytest.mark.parametrize("tab", ["raw/", "tree/", "conversation/", "place/"])
def test_each_part_of_its_page_says_so(person, wire, one, old, tab):
    old(person, LOG)
    wire.instead = hang
    assert "This log is as it was 3 min ago" in note(person.get(LOG + tab))


def test_beside_the_list_it_says_so_too(person, wire, one, old):
    old(person, LOG)
    wire.instead = hang
    answer = person.get(LOG + "peek/", headers=HTMX)
    assert "This log is as it was 3 min ago" in note(answer)


@pytest.mark.parametrize("tab", ["conversation.md", "repro/", "around/", "attempts/", "twins/"])
def test_nothing_is_made_of_an_old_one(person, wire, one, old, tab):
    old(person, LOG)
    wire.instead = hang
    assert person.get(LOG + tab).status_code == 504


@pytest.mark.parametrize("code", [401, 403, 404])
def test_a_refusal_is_never_hidden_behind_an_old_one(person, wire, one, old, code):
    old(person, LOG)
    wire.instead = status(code)
    answer = person.get(LOG)
    assert answer.status_code >= 400
    assert "gpt-4o" not in answer.text


def test_an_old_one_can_neither_be_deleted_nor_annotated(person, wire, one, old):
    old(person, LOG)
    wire.instead = hang
    page = parse(person.get(LOG))
    assert page.all("form", data_annotate=None) == []
    assert "It cannot be changed now: this log was read 3 min ago." in page.one(id="annotation").text
    [button] = [each for each in page.all("button") if each.text == "Delete…"]
    assert "disabled" in button
    assert not [each for each in page.all("form") if "delete" in (each.attributes.get("action") or "")]


def test_ones_own_annotation_is_seen_at_once_and_never_as_it_was_before(person, wire, one):
    annotate(person, "one")
    wire.forget()
    form = parse(person.get(LOG)).one("form", data_annotate=None)
    assert fields(form)["feedback"] == ["1"]
    assert wire.calls == ["GET /prod-edge/logs/one"]
    upstream.logs(GATEWAY).told("one")
    wire.instead = hang
    assert person.get(LOG).status_code == 504


def test_the_form_is_saved_against_what_the_log_says_now(person, wire, one):
    """A form that was shown of a kept answer is merged with the truth, as every form is."""
    person.get(LOG)
    opened = fields(parse(person.get(LOG)).one("form", data_annotate=None))
    assert len(wire.sent) == 1
    one.annotate("one", {"score": 7})
    wire.forget()
    answer = person.post(LOG + "annotate/", opened | {"feedback": ["1"]})
    assert wire.calls == ["GET /prod-edge/logs/one", "PATCH /prod-edge/logs/one", "GET /prod-edge/logs/one"]
    assert wire.patches == [{"feedback": 1}]
    assert 'value="7"' in answer.text


def test_a_change_of_another_log_leaves_it_fresh(person, wire, one):
    person.get(LOG)
    upstream.logs(GATEWAY).told("two")
    person.get(LOG)
    assert len(wire.sent) == 1


def test_a_deleted_log_is_not_shown_as_it_was(person, wire, one):
    person.get(LOG)
    logs = upstream.logs(GATEWAY)
    logs.delete_found(logs.find(["one"]))
    assert person.get(LOG).status_code == 404
    wire.instead = hang
    assert person.get(LOG).status_code == 504


def test_who_may_not_see_the_gateway_gets_nothing_of_what_is_kept(person, wire, one):
    person.get(LOG)
    answer = person_of("lee", READER, "staging").get(LOG)
    assert answer.status_code == 404
    assert "gpt-4o" not in answer.text
    assert len(wire.sent) == 1


def test_who_may_not_read_bodies_gets_none_of_a_kept_log(person, wire, bare_store):
    bare_store.add({"id": "one", "request_body": b'{"messages": [{"role": "user", "content": "canary words"}]}'})
    assert "canary words" in person.get(LOG).text
    assert "canary words" not in person_of("lee", METADATA).get(LOG).text
    assert len(wire.sent) == 1


def test_hostile_text_stays_text_in_an_old_one(person, wire, bare_store, old):
    bare_store.add({"id": "one", "model": "<script>alert(1)</script>"})
    old(person, LOG)
    wire.instead = lambda _request: httpx.Response(500, json={"errors": [{"message": "<script>alert(2)</script>"}]})
    answer = person.get(LOG)
    assert note(answer)
    assert "<script>alert" not in answer.text


# --- bodies on disk, where the operator wants them there


def forget_memory():
    """As another process, or the same one after five minutes."""
    upstream.account().shelf.clear()


def test_a_body_on_disk_costs_no_call_and_says_where_it_comes_from(person, wire, one, bodies_on_disk):
    one.add({"id": "long", "request_body": b'{"messages": [{"role": "user", "content": "' + b"a" * 9000 + b'"}]}'})
    person.get(LOGS + "long/conversation/")
    forget_memory()
    wire.forget()
    answer = person.get(LOGS + "long/conversation/")
    assert wire.calls == ["GET /prod-edge/logs/long/response"]  # there is none
    assert "from the disk, read just now" in parse(answer).text
    assert b"aaaa" not in b"".join(each.read_bytes() for each in bodies_on_disk.rglob("*") if each.is_file())


@pytest.mark.parametrize("tab", ["request", "request/part/", "conversation/", "tree/", "conversation.md"])
def test_who_may_not_read_bodies_gets_none_from_disk(person, wire, bare_store, bodies_on_disk, tab):
    said = b'{"messages": [{"role": "user", "content": "canary words ' + b"a" * 9000 + b'"}]}'
    bare_store.add({"id": "one", "request_body": said})
    assert "canary words" in person.get(LOG + "conversation/").text
    forget_memory()
    answer = person_of("lee", METADATA).get(LOG + tab)
    assert answer.status_code in (403, 404)
    assert b"canary words" not in whole(answer)
    assert person_of("max", READER, "staging").get(LOG + tab).status_code == 404


def test_a_deletion_leaves_nothing_of_it_on_disk(person, wire, one, bodies_on_disk):
    one.add({"id": "long", "request_body": b'{"messages": [{"role": "user", "content": "' + b"a" * 9000 + b'"}]}'})
    person.get(LOGS + "long/conversation/")
    forget_memory()
    logs = upstream.logs(GATEWAY)
    logs.delete_found(logs.find(["long"]))
    assert not list(bodies_on_disk.glob("*/*"))
    assert person.get(LOGS + "long/request").status_code == 404
