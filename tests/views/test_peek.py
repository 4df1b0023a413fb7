"""/gateways/<gateway>/logs/?peek=<id>, and the drawer by its own request."""

import json
import re

import httpx
import pytest

from tests.conftest import LOGS
from tests.views.corpus import HOSTILE
from tests.views.reading import HTMX, ids, parse

pytestmark = pytest.mark.django_db


def drawer(answer):
    return parse(answer).one(id="peek")


def steps(answer):
    """Where the drawer's links lead, by the words that are read."""
    return {each.text: each["href"] for each in drawer(answer).all("a") if "href" in each}


@pytest.fixture
def shown(person, store):
    """The ids on the first page of twenty, the newest first."""
    return store.ids("prod-edge")[::-1][:20]


# --- by address


def test_a_list_by_address_with_a_log_beside_it_costs_two_calls(person, wire, shown):
    answer = person.get(f"{LOGS}?per_page=20&peek={shown[4]}")
    assert answer.status_code == 200
    assert wire.calls == ["GET /prod-edge/logs", f"GET /prod-edge/logs/{shown[4]}"]
    assert ids(answer) == shown
    assert drawer(answer).one(id="peek-id").text == shown[4]


def test_the_parameter_is_the_pages_own_and_never_the_querys(person, wire, shown):
    answer = person.get(f"{LOGS}?per_page=20&peek={shown[4]}")
    assert "filters" not in wire.sent[0].url.params
    table = parse(answer).one(class_="logs-form")
    assert [each["href"] for each in table.all("a") if "peek=" in each["href"]] == []


def test_the_open_row_is_marked_and_only_that_one(person, shown):
    answer = person.get(f"{LOGS}?per_page=20&peek={shown[4]}")
    assert [each["data-log-id"] for each in parse(answer).all("tr", class_="is-open")] == [shown[4]]


def test_without_javascript_the_drawer_leads_to_the_next_and_the_page_and_away(person, store, shown):
    answer = person.get(f"{LOGS}?per_page=20&peek={shown[4]}")
    links = steps(answer)
    assert links["Previous log"] == f"{LOGS}?per_page=20&peek={shown[3]}"
    assert links["Next log"] == f"{LOGS}?per_page=20&peek={shown[5]}"
    assert links["Open the page"] == f"{LOGS}{shown[4]}/?per_page=20"
    assert links["Close the drawer"] == f"{LOGS}?per_page=20"
    assert links["Copy link to this logPermalink of this log"] == f"{LOGS}{shown[4]}/"
    assert f"5 of {store.count('prod-edge')}" in drawer(answer).text


def test_at_the_ends_of_the_page_there_is_no_link_to_nowhere(person, shown):
    assert "Previous log" not in steps(person.get(f"{LOGS}?per_page=20&peek={shown[0]}"))
    assert "Next log" not in steps(person.get(f"{LOGS}?per_page=20&peek={shown[19]}"))


def test_a_log_of_another_page_says_that_it_is_not_beside_this_one(person, store):
    last = store.ids("prod-edge")[0]
    answer = person.get(f"{LOGS}?per_page=20&peek={last}")
    assert "not on the page of the list" in drawer(answer).text
    assert parse(answer).all("tr", class_="is-open") == []
    assert drawer(answer).all("dl", class_="strip")


def test_no_position_is_said_where_the_count_is_an_upper_bound(person, bare_store):
    for number in range(25):
        at = f"2026-11-01T10:00:{number:02}.000Z"
        bare_store.add({"id": f"p{number}", "created_at": at, "metadata": {"user": "kim", "team": "ops"}})
    answer = person.get(LOGS + "?metadata.user=kim&peek=p24&per_page=20")
    assert parse(answer).one("tr", class_="is-open")["data-log-id"] == "p24"
    assert drawer(answer).one(data_peek_place=None).text == ""
    assert "data-first" not in parse(answer).one(class_="board")


def test_a_closed_drawer_is_no_drawer(person):
    found = drawer(person.get(LOGS))
    assert "hidden" in found
    assert found.children == []


# --- by its own request


def test_opening_a_drawer_by_htmx_costs_one_call_and_the_server_spells_the_address(person, wire, shown):
    answer = person.get(f"{LOGS}{shown[2]}/peek/?success=true&provider=openai&per_page=20", headers=HTMX)
    assert wire.calls == [f"GET /prod-edge/logs/{shown[2]}"]
    assert answer["HX-Push-Url"] == f"{LOGS}?success=true&provider=openai&per_page=20&peek={shown[2]}"
    assert answer["HX-Retarget"] == "#peek"
    assert "<html" not in answer.text
    assert [each.tag for each in parse(answer).children if not isinstance(each, str)] == ["aside"]


def test_a_list_by_htmx_with_a_drawer_pushes_both(person, shown):
    answer = person.get(f"{LOGS}?peek={shown[2]}&per_page=20", headers=HTMX)
    assert answer["HX-Push-Url"] == f"{LOGS}?per_page=20&peek={shown[2]}"


def test_without_htmx_the_drawers_own_address_leads_to_the_list(person, wire, shown):
    answer = person.get(f"{LOGS}{shown[2]}/peek/?per_page=20")
    assert (answer.status_code, answer["Location"]) == (302, f"{LOGS}?per_page=20&peek={shown[2]}")
    assert wire.calls == []


def test_what_the_log_does_not_hold_comes_by_its_own_request(person, wire, store):
    store.add({"id": "long", "request_body": b"word " * 9000, "response_body": b"fine"})
    answer = person.get(f"{LOGS}long/peek/?provider=openai", headers=HTMX)
    assert wire.calls == ["GET /prod-edge/logs/long"]
    said = drawer(answer).one(id="conversation")
    assert said["hx-trigger"] == "load"
    assert said["hx-get"].startswith(f"{LOGS}long/conversation/?provider=openai")
    assert "Request: head only, 4.1 KB of 45 KB" in said.text
    assert "fine" in said.one(id="r0").text


def test_the_drawer_is_read_only_and_shows_verdict_score_and_metadata(person, store):
    store.add({"id": "judged", "metadata": '{"user":42,"team":"growth"}'})
    store.annotate("judged", {"feedback": -1, "score": 35})
    found = drawer(person.get(f"{LOGS}judged/peek/?provider=openai", headers=HTMX))
    assert found.all("form") == found.all("input") == []
    assert "bad, score 35" in found.one("dl", class_="facts").text
    assert person.get(found.links()["user42"])["Location"] == f"{LOGS}?provider=openai&metadata.user=42"


# --- what goes wrong


@pytest.mark.parametrize("peek", ["", "a/b", "..", "a%3Fb", "x" * 129, "a b", "é", "%00", "a&peek=b"])
def test_an_id_that_no_log_can_have_is_a_400_and_no_call(person, wire, peek):
    answer = person.get(f"{LOGS}?peek={peek}")
    assert answer.status_code == 400
    assert "peek" in answer.text
    assert wire.calls == []


def test_a_log_that_is_not_there_is_words_in_the_drawer_and_the_list_stays(person, wire, shown):
    answer = person.get(f"{LOGS}?per_page=20&peek=nothing-here")
    assert answer.status_code == 200
    assert ids(answer) == shown
    assert "This log was deleted" in drawer(answer).one(role="alert").text
    assert steps(answer)["Close the drawer"] == f"{LOGS}?per_page=20"
    assert len(wire.sent) == 2


def test_a_log_that_is_not_there_is_words_in_the_drawer_by_htmx_too(person):
    answer = person.get(f"{LOGS}nothing-here/peek/", headers=HTMX)
    assert answer.status_code == 404
    assert (answer["HX-Retarget"], answer["HX-Reselect"], answer["HX-Reswap"]) == ("#peek", "#peek", "outerHTML")
    assert "This log was deleted" in drawer(answer).text


@pytest.mark.parametrize(("status", "code"), [(401, 10000), (403, 10000), (429, 10429), (500, 7000)])
def test_a_log_that_fails_leaves_the_list(person, wire, shown, status, code):
    body = {"success": False, "errors": [{"code": code, "message": "<b>no</b>"}], "result": None}
    wire.instead = lambda request: httpx.Response(status, json=body) if request.url.path.endswith(shown[1]) else None
    answer = person.get(f"{LOGS}?per_page=20&peek={shown[1]}")
    assert answer.status_code == 200
    assert ids(answer) == shown
    assert drawer(answer).one(role="alert").text
    assert drawer(answer).all("b") == []


def test_a_list_that_fails_is_the_error_page_with_or_without_a_drawer(person, wire, shown):
    body = {"success": False, "errors": [], "result": None}
    wire.instead = lambda request: httpx.Response(401, json=body) if request.url.path.endswith("/logs") else None
    assert person.get(f"{LOGS}?peek={shown[1]}").status_code == 502
    assert not [each for each in wire.calls if each.endswith(shown[1])]


def test_the_drawer_needs_a_signed_in_person(client, sandbox):
    answer = client.get(LOGS + "one/peek/", headers=HTMX)
    assert answer.status_code == 302
    assert "/login/" in answer["Location"]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_in_the_drawer_stays_text(person, upstream_answers, text):
    fields = dict.fromkeys(("provider", "model", "path", "user_agent", "event_id"), text)
    row = {
        "id": "h-1", "created_at": "2026-11-23T10:00:00.250Z", "metadata": {text: text, "plain": text}, "duration": 5,
        "status_code": 200, "success": True, "request_head": text, "request_head_complete": True, **fields,
    }  # fmt: skip
    said = json.dumps({"success": True, "result": row}).encode()  # in ASCII, as half characters come
    upstream_answers(lambda _request: httpx.Response(200, content=said, headers={"Content-Type": "application/json"}))
    answer = person.get(LOGS + "h-1/peek/", headers=HTMX)
    assert answer.status_code == 200
    found = drawer(answer)
    for tag in ("script", "style", "iframe", "form", "img", "base", "object", "input", "details"):
        assert found.all(tag) == [], tag
    allowed = {"hx-get", "hx-trigger", "hx-target", "hx-swap", "hx-disable"}
    assert {name for each in found.walk() for name in each.attributes if name.startswith("hx-")} <= allowed
    assert not [name for each in found.walk() for name in each.attributes if name.startswith("on") or name == "style"]
    for each in found.walk():
        for name in ("href", "hx-get"):
            assert re.match(r"/(gateways|static)/", each.attributes.get(name) or "/static/")
