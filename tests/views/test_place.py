"""/gateways/<gateway>/logs/<log_id>/place/: where in its list a log stands."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.conftest import LOGS
from tests.views.reading import HTMX, parse

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 1, 10, tzinfo=UTC)


def add(store, number, **row):
    at = (START + timedelta(seconds=10 * number)).isoformat()
    store.add({"id": f"n{number:03}", "created_at": at, "provider": "mistral", **row})


@pytest.fixture
def fifty(bare_store):
    """n000 to n049, the last the newest: three pages of twenty."""
    for number in range(50):
        add(bare_store, number)
    return bare_store


def asked(person, log_id, query="?per_page=20"):
    """What the bar on the log's page comes to, by the request that the page itself names."""
    page = parse(person.get(f"{LOGS}{log_id}/{query}"))
    return person.get(page.one(id="place")["hx-get"], headers=HTMX)


def links(answer):
    return {each.text: each["href"] for each in parse(answer).one(id="place").all("a")}


def test_the_page_itself_stays_at_one_call_and_the_place_costs_one_more(person, wire, fifty):
    person.get(LOGS + "n040/?per_page=20")
    assert wire.calls == ["GET /prod-edge/logs/n040"]
    wire.forget()
    answer = asked(person, "n040")
    assert wire.calls == ["GET /prod-edge/logs/n040", "GET /prod-edge/logs"]
    assert answer["HX-Push-Url"] == "false"
    assert links(answer) == {
        "Previous log": f"{LOGS}n041/?per_page=20",
        "10 of 50": f"{LOGS}?per_page=20&peek=n040",
        "Next log": f"{LOGS}n039/?per_page=20",
    }


def test_the_place_is_that_in_the_filtered_and_sorted_list(person, fifty):
    for number in range(50, 60):
        add(fifty, number, provider="openai")
    found = links(asked(person, "n005", "?provider=mistral&sort=created_at"))
    assert found["Previous log"] == f"{LOGS}n004/?provider=mistral&sort=created_at"
    assert "6 of 50" in found


def test_without_htmx_it_is_the_page_of_the_log_with_its_place(person, wire, fifty):
    page = parse(person.get(LOGS + "n040/?per_page=20"))
    url = page.one(id="place").links()["Where in the list is this?"]
    wire.forget()
    answer = person.get(url)
    assert wire.calls == ["GET /prod-edge/logs/n040", "GET /prod-edge/logs"]
    assert parse(answer).one(id="log-id").text == "n040"
    assert "10 of 50" in links(answer)


def test_the_first_log_has_none_before_it_and_the_last_none_after_it(person, wire, fifty):
    assert "Previous log" not in links(asked(person, "n049"))
    assert len(wire.sent) == 2, "the first page has nothing before it to ask for"
    fifty.delete([f"n{number:03}" for number in range(30)])
    assert set(links(asked(person, "n030"))) == {"Previous log", "20 of 20"}


def test_at_the_end_of_a_page_the_next_page_is_read_once(person, wire, fifty):
    found = links(asked(person, "n030"))
    assert wire.calls[1:] == ["GET /prod-edge/logs"] * 2
    assert urlsplit(found["Next log"]).path == f"{LOGS}n029/"
    assert parse_qs(urlsplit(found["Next log"]).query) == {
        "per_page": ["20"], "page": ["2"], "as_of": ["2026-11-01T10:08:10.001Z"]
    }  # fmt: skip


def test_at_the_start_of_a_pinned_page_the_page_before_is_read_and_the_edge_is_asked_once(person, wire, fifty):
    found = links(asked(person, "n029", "?per_page=20&page=2&as_of=2026-11-01T10:08:10.001Z"))
    assert wire.calls[1:] == ["GET /prod-edge/logs"] * 3  # the second of the pin, the page, the page before
    assert found["Previous log"] == f"{LOGS}n030/?per_page=20"
    assert "21 of 50" in found


def test_one_can_walk_from_the_first_log_to_the_last_and_back(person, fifty):
    url, walked = f"{LOGS}n049/?per_page=20", []
    for direction in ("Next log", "Previous log"):
        while True:
            walked.append(urlsplit(url).path.split("/")[-2])
            page = parse(person.get(url))
            found = links(person.get(page.one(id="place")["hx-get"], headers=HTMX))
            if direction not in found:
                break
            url = found[direction]
    there = [f"n{number:03}" for number in reversed(range(50))]
    assert walked == [*there, *reversed(there)]


# --- logs arrive and go


def test_logs_that_arrive_move_the_place_and_not_its_neighbours(person, fifty):
    for number in range(50, 55):
        add(fifty, number)
    found = links(asked(person, "n040"))
    assert "15 of 55" in found
    assert found["Next log"] == f"{LOGS}n039/?per_page=20"


def test_in_a_pinned_list_nothing_moves(person, fifty):
    for number in range(50, 99):
        add(fifty, number)
    found = links(asked(person, "n020", "?per_page=20&page=2&as_of=2026-11-01T10:08:10.001Z"))
    assert "30 of 50" in found


def test_a_log_that_was_moved_to_the_next_page_is_found_there(person, wire, fifty):
    for number in range(50, 65):
        add(fifty, number)
    found = links(asked(person, "n044"))
    assert wire.calls[1:] == ["GET /prod-edge/logs"] * 2
    assert "21 of 65" in found
    assert urlsplit(found["Previous log"]).path == f"{LOGS}n045/"
    assert urlsplit(found["Next log"]).path == f"{LOGS}n043/"


def test_a_log_that_was_moved_further_says_so_and_leads_to_the_list_as_of_then(person, wire, fifty):
    for number in range(50, 110):
        add(fifty, number)
    answer = asked(person, "n044")
    assert wire.calls[1:] == ["GET /prod-edge/logs"] * 2
    assert "Newer logs have come in between" in parse(answer).text
    url = links(answer)["The list from its time on"]
    rows = parse(person.get(url)).all("tr", data_log_id=None)
    assert rows[0]["data-log-id"] == "n044"
    assert "is-open" in rows[0]["class"]


@pytest.mark.parametrize("order", ["", "&sort=created_at", "&sort=model"])
def test_a_log_that_is_no_longer_in_the_set_is_said_to_be_gone(person, wire, fifty, order):
    url = parse(person.get(f"{LOGS}n040/?provider=mistral{order}")).one(id="place")["hx-get"]
    fifty.delete(["n040"])
    wire.forget()
    answer = person.get(url, headers=HTMX)
    assert answer.status_code == 200
    assert "No longer in this list" in parse(answer).text
    assert len(wire.sent) <= 2


def test_a_log_that_the_filter_never_had_is_not_in_the_list(person, fifty):
    assert "No longer in this list" in parse(asked(person, "n040", "?provider=mistral&success=false")).text


def test_a_log_on_another_page_of_a_list_that_is_not_by_time_is_not_called_gone(person, fifty):
    answer = asked(person, "n000", "?per_page=20&sort=model")
    found = parse(answer).text
    assert "No longer" not in found
    assert "Not on the page" in found or re.search(r"\d+ of 50", found)


# --- what goes wrong


def test_a_list_that_fails_is_words_beside_the_log(person, wire, fifty):
    body = {"success": False, "errors": [{"code": 10000, "message": "no"}], "result": None}
    wire.instead = lambda request: httpx.Response(401, json=body) if request.url.path.endswith("/logs") else None
    answer = asked(person, "n040")
    assert answer.status_code == 200
    assert "not known: The API token is not accepted" in parse(answer).one(id="place").text
    assert "Try again" in links(answer)
    url = links(answer)["Try again"]
    assert parse(person.get(url)).one(id="log-id").text == "n040"


@pytest.mark.parametrize("query", ["?at=yesterday", "?at=1&at=2", "?providr=x"])
def test_what_cannot_be_read_is_a_400_and_no_call(person, wire, query):
    answer = person.get(f"{LOGS}n040/place/{query}", headers=HTMX)
    assert (answer.status_code, wire.calls) == (400, [])


def test_no_number_is_said_where_the_upstream_ignores_the_filter(person, wire, fifty, sandbox):
    add(fifty, 60, provider="openai")
    sandbox.options = replace(sandbox.options, ignore_filters=True)
    assert not re.search(r"\d of \d", parse(asked(person, "n040", "?provider=mistral")).one(id="place").text)
