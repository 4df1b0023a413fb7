"""What people who look at one list share: one call, and an old page while the upstream fails."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx
import pytest

from gateway_dash import upstream
from gateway_dash.gateway import calls
from gateway_dash.gateway.errors import Busy, GatewayError
from gateway_dash.gateway.ledger import SHARE
from gateway_dash.gateway.query import LogQuery
from gateway_dash.logs import fresh, newer
from gateway_dash.sharing.models import ViewLook
from gateway_dash.team.roles import METADATA, READER
from gateway_dash.web import kept, reads
from tests.conftest import GATEWAY, LOGS
from tests.people import only
from tests.views.keeping import FAILURES, annotate, hang, ids, note, person_of, status
from tests.views.reading import HTMX, parse

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("answers_are_kept", "clock")]

RELOAD = {"Cache-Control": "max-age=0"}


# --- one call


def test_a_second_look_within_five_seconds_costs_no_call_and_says_how_old_it_is(person, wire):
    first = person.get(LOGS)
    second = person_of("lee").get(LOGS)
    assert ids(second) == ids(first) != []
    assert len(wire.sent) == 1
    assert "1 from cache" in parse(second).one(class_="statusbar").text
    assert note(second) == ""


def test_after_five_seconds_it_is_asked_for_again(person, wire, old):
    old(person)
    person.get(LOGS)
    assert len(wire.sent) == 2
    assert fresh.LIST_S == 5
    assert fresh.LOG_S == 60


@pytest.mark.parametrize("query", ["?provider=openai", "?page=2", "?sort=created_at", "?per_page=20", "?search=acme"])
def test_another_list_is_another_answer(person, wire, query):
    person.get(LOGS)
    before = len(wire.sent)
    answer = person.get(LOGS + query)
    assert len(wire.sent) > before
    assert ids(answer) == ids(person.get(LOGS + query))


def test_a_relative_range_is_one_list_for_all_who_come_within_the_five_seconds(wire):
    began = reads.now()
    found = [
        fresh.listed(GATEWAY, LogQuery(since="24h", read_at=began + timedelta(seconds=after))).value for after in (0, 3)
    ]
    assert len(wire.sent) == 1
    assert [each.query.read_at for each in found] == [began, began]  # the times that it says are those that were asked


def test_how_the_list_looks_is_no_other_answer(person, wire):
    person.get(LOGS)
    person.get(LOGS + "?columns=time,model&open=facets")
    person.get(LOGS, headers=HTMX)
    assert len(wire.sent) == 1


def test_sixty_four_people_on_one_view_cost_one_call(wire, monkeypatch):
    """All of them come before the upstream answers: the answer waits for the last of them."""
    there, wait = threading.Semaphore(0), reads._wait

    def seen(job):
        there.release()
        return wait(job)

    def answer(_request):
        for _ in range(63):
            assert there.acquire(timeout=60)

    monkeypatch.setattr(reads, "_wait", seen)
    monkeypatch.setattr(reads, "WAITING", threading.BoundedSemaphore(64))
    wire.instead = answer
    with ThreadPoolExecutor(64) as pool:
        found = [each.result() for each in [pool.submit(fresh.listed, GATEWAY, LogQuery()) for _ in range(64)]]
    assert len(wire.sent) == 1
    assert len({tuple(log.id for log in each.value.logs) for each in found}) == 1
    assert sum(each.is_kept for each in found) == 63


class Apart(dict):
    """Flights of which each thread sees its own, as processes do."""

    def get(self, key, default=None):
        return super().get((threading.get_ident(), key), default)

    def __setitem__(self, key, value):
        super().__setitem__((threading.get_ident(), key), value)

    def __delitem__(self, key):
        super().__delitem__((threading.get_ident(), key))


def test_of_several_processes_one_asks_and_the_others_find_its_answer(wire, monkeypatch):
    looks = threading.Semaphore(0)

    def answer(_request):
        for _ in range(3):
            assert looks.acquire(timeout=60)

    def sleep(_seconds):
        looks.release()
        threading.Event().wait(0.01)

    monkeypatch.setattr(reads, "_flights", Apart())
    monkeypatch.setattr(time, "sleep", sleep)
    monkeypatch.setattr(reads, "OTHERS_S", 60)
    wire.instead = answer
    with ThreadPoolExecutor(4) as pool, calls.page(60):
        found = [each.result() for each in [pool.submit(fresh.listed, GATEWAY, LogQuery()) for _ in range(4)]]
    assert len(wire.sent) == 1
    assert sorted(each.is_kept for each in found) == [False, True, True, True]


def test_an_answer_that_took_longer_than_it_is_fresh_serves_who_waited_for_it(wire, monkeypatch):
    """By the clock it is six seconds old when it comes; asked for when they came, it would be no younger."""
    began, passed_s = reads.now(), [0.0]
    looking, asked = threading.Event(), threading.Event()

    def answer(_request):
        asked.set()
        assert looking.wait(60)
        passed_s[0] = 6.0

    def sleep(_seconds):
        looking.set()
        threading.Event().wait(0.01)

    monkeypatch.setattr(reads, "_flights", Apart())
    monkeypatch.setattr(time, "sleep", sleep)
    monkeypatch.setattr(reads, "OTHERS_S", 60)
    monkeypatch.setattr(reads, "now", lambda: began + timedelta(seconds=passed_s[0]))
    wire.instead = answer
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(fresh.listed, GATEWAY, LogQuery())
        assert asked.wait(60)
        passed_s[0] = 1.0
        second = pool.submit(fresh.listed, GATEWAY, LogQuery())
        assert first.result(60).value.logs == second.result(60).value.logs
    assert len(wire.sent) == 1
    assert fresh.listed(GATEWAY, LogQuery()).is_kept is False  # who comes now has it asked for anew
    assert len(wire.sent) == 2


def test_a_process_that_died_over_its_call_holds_up_the_others_for_a_moment_only(wire, monkeypatch):
    monkeypatch.setattr(kept, "claim", lambda *_: False)
    monkeypatch.setattr(reads, "OTHERS_S", 0)
    assert fresh.listed(GATEWAY, LogQuery()).value.logs
    assert len(wire.sent) == 1


def test_who_waited_and_finds_no_place_for_a_call_looks_on_for_the_answer_of_the_other_process(wire, monkeypatch):
    """The other may only be slow, and to refuse after six seconds helps nobody."""
    places, busy = upstream.account().client._slots._places["list"], threading.Event()
    go_on, asked = threading.Event(), threading.Event()

    def answer(_request):
        asked.set()
        assert go_on.wait(60)

    def ask(wish, marks, ask=reads._ask):
        try:
            return ask(wish, marks)
        except Busy:
            busy.set()
            raise

    monkeypatch.setattr(reads, "_flights", Apart())
    monkeypatch.setattr(reads, "OTHERS_S", 0)
    monkeypatch.setattr(reads, "_ask", ask)
    wire.instead = answer
    with ThreadPoolExecutor(2) as pool:
        other = pool.submit(fresh.listed, GATEWAY, LogQuery())
        assert asked.wait(60)
        taken = 0
        while places.acquire(blocking=False):
            taken += 1
        mine = pool.submit(fresh.listed, GATEWAY, LogQuery())
        assert busy.wait(60)
        go_on.set()
        assert mine.result().value.logs == other.result().value.logs
        for _ in range(taken):
            places.release()
    assert len(wire.sent) == 1


def test_in_a_crowd_nobody_waits_long_for_another_process(wire, monkeypatch):
    monkeypatch.setattr(kept, "claim", lambda *_: False)
    monkeypatch.setattr(reads, "WAITING", threading.BoundedSemaphore(1))
    monkeypatch.setattr(reads, "OTHERS_S", 10_000)
    reads.WAITING.acquire()
    with calls.page(20_000), pytest.raises(Busy, match="Many people wait"):
        fresh.listed(GATEWAY, LogQuery())
    assert wire.sent == []
    reads.WAITING.release()
    monkeypatch.setattr(reads, "OTHERS_S", 0)
    assert fresh.listed(GATEWAY, LogQuery()).value.logs  # the place was given back


def test_who_finds_no_place_to_wait_gets_the_old_page_or_is_told(wire, monkeypatch):
    """Most threads have to stay free for pages that need no upstream."""
    go, asked = threading.Event(), threading.Event()

    def answer(_request):
        asked.set()
        assert go.wait(60)

    monkeypatch.setattr(reads, "WAITING", threading.BoundedSemaphore(1))
    monkeypatch.setattr(reads, "CROWD_S", 0)
    reads.WAITING.acquire()
    wire.instead = answer
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(fresh.listed, GATEWAY, LogQuery())
        assert asked.wait(60)
        with pytest.raises(Busy):
            fresh.listed(GATEWAY, LogQuery())
        go.set()
        first.result()
    assert len(wire.sent) == 1


def test_when_it_fails_all_who_waited_are_told_after_one_call(wire, monkeypatch):
    there, wait = threading.Semaphore(0), reads._wait

    def seen(job):
        there.release()
        return wait(job)

    def answer(request):
        for _ in range(7):
            assert there.acquire(timeout=60)
        return hang(request)

    monkeypatch.setattr(reads, "_wait", seen)
    wire.instead = answer

    def look():
        try:
            return fresh.listed(GATEWAY, LogQuery())
        except GatewayError as error:
            return error.title

    with ThreadPoolExecutor(8) as pool:
        found = [each.result() for each in [pool.submit(look) for _ in range(8)]]
    assert found == ["The upstream is too slow"] * 8
    assert len(wire.sent) == 1


def test_that_ones_own_share_is_spent_is_nobody_elses_answer(person, wire):
    upstream.account().client.budget.ledger.share = 8
    for number in range(6):
        person.get(f"{LOGS}?provider=p{number}")
    assert person.get(LOGS).status_code == 503
    assert ids(person_of("lee").get(LOGS))
    upstream.account().client.budget.ledger.share = SHARE


def test_a_reload_of_the_browser_asks_again_and_a_link_does_not(person, wire):
    person.get(LOGS)
    person.get(LOGS)
    assert len(wire.sent) == 1
    assert "from cache" not in parse(person.get(LOGS, headers=RELOAD)).one(class_="statusbar").text
    assert len(wire.sent) == 2
    person.get(LOGS, headers={"Cache-Control": "no-cache"})
    assert len(wire.sent) == 3


def test_a_cache_that_is_away_costs_a_call_and_no_page(person, wire, monkeypatch):
    monkeypatch.setattr(kept, "read", lambda *_: None)
    assert ids(person.get(LOGS))
    assert ids(person.get(LOGS))
    assert len(wire.sent) == 2


def test_what_cannot_be_opened_any_more_is_asked_for(person, wire, monkeypatch):
    person.get(LOGS)
    monkeypatch.setattr(upstream.seal("answers"), "open", lambda *_: None)
    assert ids(person.get(LOGS))
    assert len(wire.sent) == 2


# --- an old page while the upstream fails


@pytest.mark.parametrize(("instead", "words"), FAILURES.values(), ids=FAILURES)
def test_the_old_page_stands_in_and_says_how_old_it_is_and_why(person, wire, old, instead, words):
    before = ids(old(person))
    wire.instead = instead
    answer = person.get(LOGS)
    assert answer.status_code == 200
    assert ids(answer) == before
    assert "These logs are as they were 3 min ago" in note(answer)
    assert words in note(answer)
    assert "Deleting and annotating are off here" in note(answer)
    again = parse(answer).one(data_stale=None).one("a")
    assert (again.text, again["href"], again["hx-get"]) == ("Try again", LOGS, LOGS)
    assert "1 from cache (18" in parse(answer).one(class_="statusbar").text  # seconds, and a little on a slow machine


def test_where_every_place_for_calls_is_taken_the_old_page_stands_in(person, wire, old, monkeypatch):
    old(person)
    slots = upstream.account().client._slots
    for _ in range(8):
        slots._places["list"].acquire()
    assert "Too many people are waiting" in note(person.get(LOGS))
    assert len(wire.sent) == 1


def test_where_our_share_is_spent_the_old_page_stands_in_and_nothing_is_sent(person, wire, old):
    old(person)
    upstream.account().client.budget.ledger.share = 1
    answer = person.get(LOGS)
    assert "The upstream call budget is spent" in note(answer)
    assert len(wire.sent) == 1


def test_during_a_block_nothing_is_sent_and_the_page_says_until_when(person, wire, old):
    old(person)
    wire.instead = status(429, **{"retry-after": "60"})
    person.get(LOGS)
    wire.forget()
    answer = person.get(LOGS)
    assert wire.sent == []
    assert "until the upstream can be read again: not before" in note(answer)


@pytest.mark.parametrize("code", [400, 401, 403, 404])
def test_a_refusal_is_never_hidden_behind_an_old_page(person, wire, old, code):
    old(person)
    wire.instead = status(code)
    answer = person.get(LOGS)
    assert answer.status_code >= 400
    assert ids(answer) == []


def test_after_ten_minutes_there_is_nothing_left_to_stand_in(person, wire, monkeypatch):
    monkeypatch.setattr(fresh, "STALE_S", -1)  # Django's caches take this for over at once
    person.get(LOGS)
    wire.instead = hang
    assert person.get(LOGS).status_code == 504


def test_when_the_upstream_is_back_the_page_is_as_ever(person, wire, old):
    old(person)
    wire.instead = hang
    assert note(person.get(LOGS))
    wire.instead = lambda _request: None
    answer = person.get(LOGS)
    assert note(answer) == ""
    assert parse(answer).all("button", class_="btn--danger")
    assert all("disabled" not in each for each in parse(answer).all("button", class_="btn--danger"))


def test_on_an_old_page_nothing_can_be_deleted_or_annotated(person, wire, old):
    old(person)
    wire.instead = hang
    page = parse(person.get(LOGS))
    for words in ("Delete…", "Annotate…"):
        button = next(each for each in page.one(class_="selbar").all("button") if each.text == words)
        assert "disabled" in button, words
    assert "nothing can be deleted or annotated by them" in page.one(class_="selbar").text
    assert len(page.one("form", class_="logs-form").all("input", name="stale")) == 1


@pytest.mark.parametrize("to", ["delete/preview/", "annotate-many/"])
def test_what_is_sent_from_an_old_page_all_the_same_is_refused(person, wire, old, to):
    old(person)
    wire.instead = hang
    page = parse(person.get(LOGS))
    stale = page.one("form", class_="logs-form").one("input", name="stale")["value"]
    log_id = page.all("tr", data_log_id=None)[0]["data-log-id"]
    wire.instead = lambda _request: None
    answer = person.post(LOGS + to, {"id": log_id, "shown": log_id, "stale": stale})
    assert answer.status_code == 422
    assert "Nothing was deleted, and nothing was changed" in parse(answer).text


def test_an_old_page_is_no_look_at_a_view(person, wire, old):
    person.post("/gateways/prod-edge/views/save/", {"name": "All", "query": ""})
    old(person)
    assert ViewLook.objects.exists()
    ViewLook.objects.all().delete()
    wire.instead = hang
    assert note(person.get(LOGS))
    assert not ViewLook.objects.exists()


def test_hostile_text_stays_text_on_an_old_page(person, bare_store, wire, old):
    bare_store.add({"id": "one", "model": "<script>alert(1)</script>", "metadata": '{"a": "<img src=x onerror=x>"}'})
    old(person)
    wire.instead = lambda _request: httpx.Response(500, json={"errors": [{"message": "<script>alert(2)</script>"}]})
    answer = person.get(LOGS)
    assert note(answer)
    assert "<script>alert" not in answer.text
    assert "<img src=x" not in answer.text


# --- what we change ourselves is seen at once


def test_ones_own_annotation_is_seen_in_the_next_list(person, bare_store, wire):
    bare_store.add({"id": "one"})
    person.get(LOGS)
    annotate(person, "one")
    wire.forget()
    answer = person.get(LOGS)
    assert wire.calls == ["GET /prod-edge/logs"]
    assert "good" in parse(answer).one("tr", data_log_id="one").text


def test_a_deleted_log_is_in_no_list_not_even_in_an_old_one(person, store, wire, old):
    first, *rest = ids(old(person))
    logs = upstream.logs(GATEWAY)
    logs.delete_found(logs.find([first]))
    assert first not in ids(person.get(LOGS))
    assert rest[0] in ids(person.get(LOGS))
    upstream.logs(GATEWAY).delete_found(logs.find([rest[0]]))
    wire.instead = hang
    assert person.get(LOGS).status_code == 504


def test_a_list_that_was_asked_for_before_a_change_and_came_after_it_is_not_fresh(person, bare_store, wire):
    bare_store.add({"id": "one"})

    def meanwhile(request):
        wire.instead = lambda _request: None
        answer = wire._inner.handle_request(request)
        answer.read()
        upstream.logs(GATEWAY).patch("one", {"feedback": 1})
        return answer

    wire.instead = meanwhile
    person.get(LOGS)
    assert "good" in parse(person.get(LOGS)).one("tr", data_log_id="one").text


def test_other_gateways_lists_stay_fresh(person, wire):
    person.get("/gateways/staging/logs/")
    upstream.logs(GATEWAY).told(None)
    wire.forget()
    person.get("/gateways/staging/logs/")
    assert wire.sent == []


def test_whoever_follows_the_bar_to_newer_logs_finds_them(person, bare_store, wire, monkeypatch):
    monkeypatch.setattr(newer, "SHARED_S", 0)
    bare_store.add({"id": "one"})
    page = person.get(LOGS)
    bare_store.add({"id": "two"})
    bar = person.get(parse(page).one(id="newer")["hx-get"], headers=HTMX)
    assert "1 newer log" in parse(bar).text
    assert ids(person.get(LOGS)) == ["two", "one"]


# --- who may see what


def test_who_may_not_see_the_gateway_gets_nothing_of_what_is_kept(person, wire):
    person.get(LOGS)
    wire.forget()
    answer = person_of("lee", READER, "staging").get(LOGS)
    assert answer.status_code == 404
    assert ids(answer) == []
    assert wire.sent == []


def test_a_right_that_is_taken_away_counts_at_once(person, wire):
    person.get(LOGS)
    only("", "kim")
    assert person.get(LOGS).status_code in (403, 404)


def test_one_answer_serves_every_role_and_each_sees_its_own_page_of_it(person, wire):
    first = parse(person.get(LOGS))
    second = parse(person_of("lee", METADATA).get(LOGS))
    assert len(wire.sent) == 1
    assert first.all("button", class_="btn--danger")
    assert not second.all("button", class_="btn--danger")


def test_masks_and_rights_come_after_the_cache(person, bare_store, wire):
    bare_store.add(
        {"id": "one", "request_body": b'{"messages": [{"role": "user", "content": "I am kim@example.org"}]}'}
    )
    first = person.get(LOGS + "one/")
    second = person_of("lee", METADATA).get(LOGS + "one/")
    assert len(wire.sent) == 1
    assert "kim@example.org" not in first.text
    assert "I am" in first.text
    assert "I am" not in second.text


# --- who reads the truth


@pytest.mark.parametrize("name", ["logs.json", "logs.csv", "logs.jsonl"])
def test_a_file_of_a_list_is_of_what_is_there_now(person, wire, name):
    person.get(LOGS)
    person.get(f"/gateways/{GATEWAY}/{name}")
    assert len(wire.sent) == 2


def test_the_plan_of_a_deletion_is_made_of_what_is_there_now(person, wire):
    log_id = ids(person.get(LOGS))[0]
    person.post(LOGS + "delete/preview/", {"id": log_id})
    assert len(wire.sent) > 1


# --- several gateways in one list

BOTH = "/logs/?gateway=prod-edge&gateway=staging"


def test_a_list_of_several_gateways_is_shared_and_stands_in_too(person, wire, old):
    before = ids(old(person, BOTH))
    asked = len(wire.sent)
    assert ids(person.get(BOTH)) == before
    assert ids(person.get(BOTH)) == before
    assert len(wire.sent) == 2 * asked
    upstream.logs("staging").told("one")
    wire.instead = hang
    answer = person.get(BOTH)
    assert ids(answer) == before
    assert "These logs are as they were" in note(answer)


def test_a_list_that_misses_a_gateway_is_not_kept(person, wire):
    wire.instead = lambda request: status(500)(request) if "staging" in request.url.path else None
    assert "staging is missing here" in parse(person.get(BOTH)).text
    wire.instead = lambda _request: None
    assert "staging is missing here" not in parse(person.get(BOTH)).text
