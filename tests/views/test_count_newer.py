"""/gateways/<gateway>/logs/counts/newer/"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from gateway_dash import upstream
from gateway_dash.gateway.query import LogQuery
from gateway_dash.logs import newer
from gateway_dash.logs.screen import Screen
from gateway_dash.sandbox import Options, Sandbox
from tests.conftest import GATEWAY, LOGS
from tests.views.reading import HTMX, parse

pytestmark = pytest.mark.django_db

NEWER = LOGS + "counts/newer/"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def noon(bare_store):
    """One log, in the middle of a second."""
    return adder(bare_store)(NOON + timedelta(milliseconds=250))


def adder(store):
    def add(at, **row):
        store.add({"created_at": at.isoformat(timespec="milliseconds"), "provider": "openai", **row})
        return store

    return add


def bar(answer):
    found = parse(answer).all(id="newer")
    return found[0] if found else None


def words(answer):
    return bar(answer).text if bar(answer) else None


def poll(person, page):
    return person.get(bar(page)["hx-get"], headers=HTMX)


@pytest.fixture
def not_shared(monkeypatch):
    monkeypatch.setattr(newer, "SHARED_S", 0)


def test_a_list_comes_with_an_empty_bar_and_no_call_more(person, wire, noon):
    page = person.get(LOGS + "?provider=openai")
    assert len(wire.sent) == 1
    assert words(page) == ""
    assert bar(page)["hx-get"] == NEWER + "?provider=openai&after=2026-11-20T12:00:00.250Z"
    assert bar(page)["hx-trigger"] == "poll"  # an event that only our script sends


@pytest.mark.parametrize(
    "query", ["page=2", "sort=created_at", "sort=model", "end=2026-11-21T00:00:00Z", "as_of=2026-11-21T00:00:00Z"]
)
def test_where_nothing_new_comes_on_top_there_is_no_bar(person, wire, query):
    assert bar(person.get(f"{LOGS}?{query}")) is None
    wire.forget()
    answer = person.get(f"{NEWER}?{query}&after=2026-11-20T12:00:00Z", headers=HTMX)
    assert (answer.status_code, wire.sent) == (400, [])


def test_a_list_that_cannot_be_trusted_has_no_bar(person, sandbox):
    sandbox.options = Options(budget=None, ignore_filters=True)
    assert bar(person.get(LOGS + "?provider=openai")) is None


def test_newer_logs_are_counted_to_the_millisecond_with_one_call(person, wire, noon, not_shared):
    page, add = person.get(LOGS), adder(noon)
    wire.forget()
    assert words(poll(person, page)) == ""
    assert len(wire.sent) == 1
    for ms in (0, 249, 250):  # in the same second, and not newer
        add(NOON + timedelta(milliseconds=ms))
    assert words(poll(person, page)) == ""
    add(NOON + timedelta(milliseconds=251))
    assert words(poll(person, page)).startswith("1 newer log, show")
    add(NOON + timedelta(seconds=1))
    answer = poll(person, page)
    assert words(answer).startswith("2 newer logs, show")
    assert bar(answer)["data-number"] == "2"
    assert bar(answer)["hx-get"] == bar(page)["hx-get"]
    assert len(wire.sent) == 4


@pytest.mark.parametrize("query", ["provider=openai", "metadata.a=x", "start=2026-11-20T12:00:00.100Z", "since=4w"])
def test_only_logs_of_the_list_are_newer(person, noon, not_shared, query):
    add = adder(noon)
    if query == "since=4w":
        at = datetime.now(UTC) - timedelta(minutes=5)
        add(at)
    page = person.get(f"{LOGS}?{query}")
    at = datetime.now(UTC)
    add(at, provider="other", metadata={"a": "y", "b": "x"})
    add(at, metadata={"a": "x"})
    expected = 2 if query in ("start=2026-11-20T12:00:00.100Z", "since=4w") else 1
    assert words(poll(person, page)).startswith(f"{expected} newer")


def test_the_bar_leads_to_the_first_page_read_afresh(person, noon, not_shared):
    page = person.get(LOGS + "?per_page=20&provider=openai&open=facets")
    adder(noon)(NOON + timedelta(seconds=5))
    link = bar(poll(person, page)).one("a")
    assert link["href"] == link["hx-get"] == LOGS + "?provider=openai&per_page=20&open=facets"
    assert link["hx-target"] == "#results"


def test_more_than_fifty_are_not_counted_out(person, noon, not_shared):
    page, add = person.get(LOGS), adder(noon)
    for second in range(1, 61):
        add(NOON + timedelta(seconds=second))
    assert words(poll(person, page)).startswith("50 or more newer logs, show")


def test_an_empty_list_hears_of_its_first_log(person, bare_store, not_shared):
    page = person.get(LOGS + "?provider=openai")
    adder(bare_store)(datetime.now(UTC) + timedelta(milliseconds=5))
    assert words(poll(person, page)).startswith("1 newer log")


def test_many_people_on_one_view_cost_one_call(person, wire, noon):
    add, pages = adder(noon), []
    for second in range(4):
        pages.append(person.get(LOGS))  # each has another newest row
        add(NOON + timedelta(seconds=second + 1))
    wire.forget()
    told = [words(poll(person, page))[:12] for page in pages]
    assert told == ["4 newer logs", "3 newer logs", "2 newer logs", "1 newer log,"]
    assert len(wire.sent) == 1
    again = poll(person, pages[2])
    assert len(wire.sent) == 1
    assert words(again).startswith("2 newer logs")


def test_a_page_that_is_older_than_what_is_kept_is_answered_rightly(person, wire, noon):
    old = person.get(LOGS)
    adder(noon)(NOON + timedelta(seconds=9))
    young = person.get(LOGS)
    wire.forget()
    assert words(poll(person, young)) == ""
    assert words(poll(person, old)).startswith("1 newer log")
    assert words(poll(person, young)) == ""
    assert len(wire.sent) == 2


def test_another_list_has_its_own_answer(person, wire, noon):
    pages = [person.get(LOGS), person.get(LOGS + "?provider=openai"), person.get(LOGS + "?search=x")]
    wire.forget()
    for page in pages:
        poll(person, page)
    assert len(wire.sent) == 3


def test_while_one_asks_the_others_do_not(person, wire, noon):
    page = person.get(LOGS)
    answers: list[newer.NewerBar] = []

    def slowly(_request):
        if not answers:  # another person's page, before this one has its answer
            answers.append(newer.asked(GATEWAY, LogQuery(), Screen(LOGS), NOON))

    wire.forget()
    wire.instead = slowly
    poll(person, page)
    assert len(wire.sent) == 1
    assert (answers[0].number, answers[0].problem) == (0, None)


def test_under_the_reserve_it_is_paused(person, noon, monkeypatch):
    account = upstream.connect(Sandbox(noon, Options(budget=290)))
    monkeypatch.setattr(upstream, "account", lambda: account)
    answer = poll(person, person.get(LOGS))
    assert answer.status_code == 200
    assert words(answer) == "Live is paused: the budget is low"
    assert "data-problem" in bar(answer)
    assert account.client.budget.left == 289


def test_a_failure_is_words_in_the_bar_alone_and_nothing_of_it_is_kept(person, wire, noon):
    page = person.get(LOGS)
    wire.instead = lambda _request: httpx.Response(500, json={})
    answer = poll(person, page)
    assert answer.status_code == 200
    assert "Newer logs are not known" in words(answer)
    assert "data-problem" in bar(answer)
    wire.instead = lambda _request: None
    assert words(poll(person, page)) == ""


def test_polls_leave_the_address_alone_and_without_htmx_it_is_the_list(person, wire, noon):
    page = person.get(LOGS + "?provider=openai")
    assert poll(person, page)["HX-Push-Url"] == "false"
    answer = person.get(bar(page)["hx-get"])
    assert (answer.status_code, answer["Location"]) == (302, LOGS + "?provider=openai")


@pytest.mark.parametrize("after", ["", "after=", "after=now", "after=2026-11-20T12:00:00Z&after=2026-11-20T12:00:00Z"])
def test_a_moment_that_cannot_be_read_is_refused(person, wire, after):
    answer = person.get(f"{NEWER}?{after}", headers=HTMX)
    assert (answer.status_code, wire.sent) == (400, [])
    assert "“after”" in answer.content.decode()


def test_a_row_that_the_filter_excludes_is_no_newer_log(person, sandbox, noon):
    page = person.get(LOGS + "?provider=openai")
    adder(noon)(NOON + timedelta(seconds=5), provider="other")
    sandbox.options = Options(budget=None, ignore_filters=True)
    assert "did not apply the filter" in words(poll(person, page))


def test_the_switch_stands_where_the_bar_does(person):
    assert parse(person.get(LOGS)).all("input", data_live_switch=None)
    assert not parse(person.get(LOGS + "?page=2")).all("input", data_live_switch=None)
