"""/gateways/<gateway>/reviews/<key>/"""

import csv
import io
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.db import connections
from django.test import Client

from gateway_dash.bulk.review import claims, making
from gateway_dash.bulk.review.models import Review, ReviewLog
from gateway_dash.logs.masks import Mask
from gateway_dash.team.roles import READER
from tests.conftest import LOGS
from tests.people import only, somebody
from tests.views.reading import HTMX, fields, parse

pytestmark = pytest.mark.django_db

REVIEWS = "/gateways/prod-edge/reviews/"
NAMES = ("one", "two", "three")
KEY = "sk-" + "proj-" + "Zq8vT2mW9xK4cR7n" * 3
State, Verdict = ReviewLog.State, ReviewLog.Verdict


class Person(Client):
    """A browser that knows who sits before it."""

    user: Any


@pytest.fixture
def logs(bare_store):
    """Three logs, as they lie upstream."""
    for name in NAMES:
        bare_store.add({"id": name, "metadata": {"team": "AI"}, "request_body": b"question", "response_body": b"fine"})
    return bare_store


@pytest.fixture
def kim(django_user_model, person):
    return django_user_model.objects.get(username="kim")


@pytest.fixture
def lee(django_user_model, sandbox):
    """Another person, with a browser of their own."""
    user = somebody("lee")
    browser = Person()
    browser.force_login(user)
    browser.user = user
    return browser


@pytest.fixture
def review(kim, logs):
    return making.make("prod-edge", kim, "3 logs, ticked one by one", list(NAMES))


@pytest.fixture
def clock(monkeypatch):
    """Moves the one clock that claims go by."""
    ahead = timedelta()
    started = claims.now()

    def move(**by):
        nonlocal ahead
        ahead += timedelta(**by)

    monkeypatch.setattr(claims, "now", lambda: started + ahead)
    return move


def url(review, log_id="", act=""):
    return f"{REVIEWS}{review.key}/" + (f"logs/{log_id}/{act}" if log_id else "")


def entry(review, log_id):
    return review.logs.get(log_id=log_id)


def opened(browser, review):
    """The id of the log to which the review's own address leads."""
    answer = browser.get(url(review))
    assert answer.status_code == 302, answer.text
    return answer["Location"].partition("/logs/")[2].partition("/")[0]


def form_of(answer):
    """What a browser would send of the form in an answer."""
    form = parse(answer).one("form", data_review=None)
    return fields(form) | {"note": [form.one("textarea").raw_text]}


def save(browser, review, log_id, **typed):
    """Open the log, type into its form, and send it."""
    data = form_of(browser.get(url(review, log_id))) | {name: [value] for name, value in typed.items()}
    return browser.post(url(review, log_id, "save/"), data)


# --- making one


def test_all_that_match_become_a_review_named_by_the_filter(person, store):
    page = parse(person.get(LOGS + "?provider=openai"))
    form = next(each for each in page.all("form", method="post") if "reviews/start/" in each["action"])
    answer = person.post(form["action"], {"everything": "1"})
    review = Review.objects.get()
    assert answer["Location"] == url(review)
    matching = [each for each in store.ids("prod-edge") if store.get(each)["provider"] == "openai"]
    assert sorted(review.logs.values_list("log_id", flat=True)) == sorted(matching)
    assert f"{len(matching)} logs (Calls from openai" in review.title
    assert review.author_name == "kim"


def test_ticked_logs_become_a_review_and_ask_nobody(person, logs, wire):
    bar = parse(person.get(LOGS)).one("div", class_="selbar")
    assert any("reviews/start/" in each["formaction"] for each in bar.all("button", formaction=None))
    wire.forget()
    person.post(REVIEWS + "start/", {"id": ["two", "one", "two"]})
    assert list(Review.objects.get().logs.values_list("log_id", flat=True)) == ["two", "one"]
    assert wire.calls == []


def test_more_than_two_thousand_are_refused_with_words(person, wire):
    wire.instead = lambda _request: httpx.Response(
        200, json={"success": True, "result": [], "result_info": {"total_count": 2001}}
    )
    answer = person.post(REVIEWS + "start/", {"everything": "1"})
    assert answer.status_code == 422
    assert "2,001 logs match, and one review holds at most 2,000" in answer.text
    assert not Review.objects.exists()


def test_a_filter_that_the_upstream_did_not_apply_makes_no_review(person, wire, logs):
    row = {"id": "x", "created_at": "2026-01-01T00:00:00Z", "provider": "anthropic"}
    wire.instead = lambda _request: httpx.Response(
        200, json={"success": True, "result": [row], "result_info": {"total_count": 1}}
    )
    answer = person.post(REVIEWS + "start/?provider=openai", {"everything": "1"})
    assert answer.status_code == 502
    assert "No review was made" in answer.text
    assert not Review.objects.exists()


def test_nothing_ticked_is_refused(person, sandbox):
    assert person.post(REVIEWS + "start/").status_code == 422


def test_who_may_not_annotate_may_not_review(person, review, monkeypatch):
    only(READER)
    for answer in (
        person.post(REVIEWS + "start/", {"id": "one"}),
        person.get(url(review)),
        person.get(url(review, "one")),
        person.post(url(review, "one", "save/"), {"feedback": "1"}),
        person.post(url(review, "one", "claim/")),
    ):
        assert answer.status_code == 403
    assert not review.logs.exclude(claimed_by=None).exists()


def test_a_review_of_another_account_or_gateway_is_not_there(person, review):
    assert person.get(url(review).replace("prod-edge", "staging")).status_code == 404
    Review.objects.update(account="other")
    assert person.get(url(review)).status_code == 404


# --- one at a time


def test_the_page_shows_the_log_its_conversation_and_its_metadata(person, review):
    page = parse(person.get(url(review, "one")))
    assert "question" in page.one("div", id="conversation").text
    assert "fine" in page.one("div", id="conversation").text
    assert "AI" in page.text
    assert "Log 1 of 3" in page.text


@pytest.mark.parametrize(
    ("feedback", "verdict", "patch"), [("1", "good", {"feedback": 1}), ("-1", "bad", {"feedback": -1})]
)
def test_a_verdict_goes_upstream_and_the_next_log_comes(person, review, wire, feedback, verdict, patch):
    answer = save(person, review, "one", feedback=feedback)
    assert wire.patches == [patch]
    assert answer.status_code == 303
    assert "/logs/two/" in person.get(answer["Location"])["Location"]
    done = entry(review, "one")
    assert (done.state, done.verdict, done.reviewer_name, done.claimed_by) == (State.DONE, verdict, "kim", None)


def test_unsure_is_reviewed_and_leaves_no_verdict(person, review, wire):
    save(person, review, "one", feedback="")
    assert wire.patches == []
    assert entry(review, "one").verdict == Verdict.UNSURE


def test_without_a_verdict_nothing_is_saved(person, review, wire):
    answer = save(person, review, "one", score="70", note="typed")
    assert answer.status_code == 422
    assert "Choose a verdict" in answer.text
    assert (form_of(answer)["score"], form_of(answer)["note"]) == (["70"], ["typed"])
    assert entry(review, "one").state == State.OPEN
    assert wire.patches == []


def test_the_note_stays_here_and_is_shown_on_later_visits(person, lee, review, wire):
    save(person, review, "one", feedback="1", score="88.5", note="answers <b>another</b> question")
    assert wire.patches == [{"feedback": 1, "score": 88.5}]
    assert all(b"another" not in each.content for each in wire.sent)
    page = parse(lee.get(url(review, "one")))
    assert "kim said good" in page.text
    assert "answers <b>another</b> question" in page.text


def test_a_secret_in_a_note_is_kept_masked(person, review):
    save(person, review, "one", feedback="1", note=f"leaks {KEY}")
    assert KEY not in entry(review, "one").note
    assert entry(review, "one").note.startswith("leaks [masked")


def test_a_note_of_more_than_two_thousand_signs_is_refused_and_kept_in_the_form(person, review):
    answer = save(person, review, "one", feedback="1", note="x" * 2001)
    assert answer.status_code == 422
    assert "this one has 2,001" in answer.text
    assert form_of(answer)["note"] == ["x" * 2001]


def test_a_note_may_hold_any_sign(person, review):
    assert save(person, review, "one", feedback="1", note="a\0b \u202e").status_code == 303
    assert entry(review, "one").note == "a\ufffdb \u202e"
    assert "\u202e" not in person.get(url(review, "one")).text.replace('name="note"', "").split("<textarea")[0]


@pytest.mark.parametrize("status", [403, 500])
def test_a_refusing_upstream_keeps_what_was_typed(person, review, wire, status):
    wire.instead = lambda request: (
        httpx.Response(status, json={"success": False, "errors": []}) if request.method == "PATCH" else None
    )
    answer = save(person, review, "one", feedback="-1", score="12", note="typed")
    assert answer.status_code >= 400
    typed = form_of(answer)
    assert (typed["feedback"], typed["score"], typed["note"]) == (["-1"], ["12"], ["typed"])
    assert "Not saved" in answer.text
    assert (entry(review, "one").state, entry(review, "one").note) == (State.OPEN, "")


def test_an_upstream_that_cannot_be_read_keeps_what_was_typed(person, review, wire):
    data = form_of(person.get(url(review, "one"))) | {"feedback": ["1"], "score": ["12"], "note": ["typed"]}
    wire.instead = lambda _request: httpx.Response(502)
    answer = person.post(url(review, "one", "save/"), data)
    assert answer.status_code == 502
    typed = form_of(answer)
    assert (typed["feedback"], typed["score"], typed["note"]) == (["1"], ["12"], ["typed"])
    assert wire.patches == []
    wire.instead = lambda _request: None
    assert person.post(url(review, "one", "save/"), typed).status_code == 303


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(person, review, wire, logs):
    data = form_of(person.get(url(review, "one"))) | {"feedback": ["1"]}
    logs.annotate("one", {"feedback": -1})
    answer = person.post(url(review, "one", "save/"), data)
    assert answer.status_code == 409
    assert "somebody changed the same" in answer.text
    assert wire.patches == []
    assert person.post(url(review, "one", "save/"), form_of(answer)).status_code == 303
    assert logs.get("one")["feedback"] == 1


def test_the_metadata_of_the_app_stays(person, review, logs, wire):
    data = form_of(person.get(url(review, "one"))) | {"feedback": ["1"], "key": ["team"], "value": ["x"]}
    person.post(url(review, "one", "save/"), data)
    assert wire.patches == [{"feedback": 1}]
    assert logs.get("one")["metadata"] == {"team": "AI"}


# --- two people


def test_two_people_get_two_logs(person, lee, review):
    assert [opened(person, review), opened(lee, review), opened(person, review)] == ["one", "two", "one"]


def test_who_comes_second_to_the_same_log_gets_the_next(person, kim, lee, review, monkeypatch):
    """Both have looked up which is next before either has claimed it."""
    look: Any = claims._next
    raced: list[str] = []

    def both_look(of, who, after):
        found = look(of, who, after)
        if not raced:
            raced.append(found.log_id)
            assert claims.hand_out(of, lee.user) == found
        return found

    monkeypatch.setattr(claims, "_next", both_look)
    assert claims.hand_out(review, kim) == entry(review, "two")
    assert raced == ["one"]
    assert entry(review, "one").claimed_by == lee.user


def test_a_log_that_was_done_meanwhile_is_not_handed_out(kim, lee, review, monkeypatch):
    look: Any = claims._next
    raced: list[int] = []

    def done_meanwhile(of, who, after):
        found = look(of, who, after)
        if not raced:
            raced.append(ReviewLog.objects.filter(pk=found.pk).update(state=State.DONE))
        return found

    monkeypatch.setattr(claims, "_next", done_meanwhile)
    assert claims.hand_out(review, kim) == entry(review, "two")


def test_a_log_that_somebody_has_is_read_only_and_says_who(person, lee, review):
    opened(person, review)
    page = parse(lee.get(url(review, "one")))
    assert "kim has this log until" in page.text
    assert not page.all("form", data_review=None)
    assert page.links()["My next log"] == url(review)
    assert entry(review, "one").claimed_by_name == "kim"


def test_saving_a_log_that_somebody_took_over_keeps_what_was_typed(person, lee, review, wire, clock):
    data = form_of(person.get(url(review, "one"))) | {"feedback": ["1"], "note": ["typed"]}
    clock(minutes=11)
    assert opened(lee, review) == "one"
    answer = person.post(url(review, "one", "save/"), data)
    assert answer.status_code == 409
    assert "lee has this log now, so nothing was saved" in parse(answer).text
    assert form_of(answer)["note"] == ["typed"]
    assert wire.patches == []
    assert entry(review, "one").state == State.OPEN


def test_a_claim_ends_after_ten_minutes(person, lee, review, clock):
    assert opened(person, review) == "one"
    clock(minutes=9, seconds=59)
    assert opened(lee, review) == "two"
    clock(seconds=1)
    assert entry(review, "one").claimed_until == claims.now()
    lee.get(url(review, "one"))
    assert entry(review, "one").claimed_by == lee.user


def test_the_open_page_keeps_its_log(person, lee, review, clock):
    person.get(url(review, "one"))
    for _ in range(3):
        clock(minutes=9)
        answer = person.post(url(review, "one", "claim/"), headers=HTMX)
        assert "Yours until" in answer.text
    assert opened(lee, review) == "two"


def test_the_open_page_says_so_when_somebody_else_has_the_log(person, lee, review, clock):
    person.get(url(review, "one"))
    clock(minutes=11)
    lee.get(url(review, "one"))
    answer = person.post(url(review, "one", "claim/"), headers=HTMX)
    assert "lee has this log now" in parse(answer).text
    assert "hx-trigger" not in answer.text
    assert entry(review, "one").claimed_by == lee.user


def test_without_scripts_the_button_leads_back_to_the_log(person, review):
    assert person.post(url(review, "one", "claim/"))["Location"] == url(review, "one")


def test_who_moves_on_lets_go_of_the_log_before(person, lee, review):
    person.get(url(review, "one"))
    page = parse(person.get(url(review, "one")))
    person.get(page.one("a", data_key="j")["href"])
    assert entry(review, "one").claimed_by is None
    assert opened(lee, review) == "one"


def test_next_and_previous_pass_over_what_others_have_and_what_is_gone(person, lee, review):
    lee.get(url(review, "two"))
    assert parse(person.get(url(review, "one"))).one("a", data_key="j")["href"] == url(review, "three")
    review.logs.filter(log_id="two").update(state=State.GONE, **claims.NOBODY)
    assert parse(person.get(url(review, "three"))).one("a", data_key="k")["href"] == url(review, "one")


def test_who_comes_back_goes_on_with_their_log(person, review):
    person.get(url(review, "two"))
    assert opened(person, review) == "two"


def in_thread(work):
    """Do it with a connection of its own, as another worker has; its exception comes out here."""

    def run():
        try:
            return work()
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result(60)


@pytest.fixture
def on_file(tmp_path, monkeypatch, django_user_model):
    """The tables of a review in a file, for all threads but this one: in memory they would share one connection.

    On PostgreSQL each thread has one of its own by itself.
    """
    if connections["default"].vendor != "sqlite":
        return
    monkeypatch.setitem(connections.databases["default"], "NAME", str(tmp_path / "reviews.sqlite3"))

    def create():
        with connections["default"].schema_editor() as editor:
            for model in (django_user_model, Review, ReviewLog):
                editor.create_model(model)

    in_thread(create)


@pytest.mark.django_db(transaction=True)
def test_many_at_once_never_get_the_same_log(on_file, django_user_model):
    got, gate = [], threading.Barrier(6)

    def prepare():
        review = Review.objects.create(account="sandbox", gateway="prod-edge", title="", author_name="")
        ReviewLog.objects.bulk_create(ReviewLog(review=review, position=at, log_id=f"log-{at}") for at in range(60))
        return review, [django_user_model.objects.create(username=f"person {number}") for number in range(6)]

    review, people = in_thread(prepare)

    def work(person):
        gate.wait(30)
        while log := claims.hand_out(review, person):
            got.append(log.log_id)
            ReviewLog.objects.filter(pk=log.pk, claimed_by=person).update(state=State.DONE)

    with ThreadPoolExecutor(len(people)) as pool:
        for each in [pool.submit(in_thread, lambda person=person: work(person)) for person in people]:
            each.result(60)
    assert sorted(got) == sorted(f"log-{at}" for at in range(60))


# --- logs that are gone


def test_logs_that_are_gone_are_marked_and_passed_over_at_one_call_for_many(person, review, logs, wire):
    logs.delete(["one", "two"])
    answer = person.get(url(review), follow=True)
    assert "Log 3 of 3" in answer.text
    assert "was marked as gone and passed over" in answer.text
    assert [entry(review, name).state for name in NAMES] == [State.GONE, State.GONE, State.OPEN]
    assert wire.calls.count("GET /prod-edge/logs") == 1


def test_a_log_that_goes_while_it_is_judged_keeps_the_note(person, review, logs):
    data = form_of(person.get(url(review, "one"))) | {"feedback": ["1"], "note": ["typed"]}
    logs.delete(["one"])
    assert "/reviews/" in person.post(url(review, "one", "save/"), data)["Location"]
    gone = entry(review, "one")
    assert (gone.state, gone.note, gone.reviewer_name, gone.verdict) == (State.GONE, "typed", "kim", "")


def test_a_failing_upstream_marks_nothing_as_gone(person, review, wire):
    wire.instead = lambda _request: httpx.Response(502)
    assert person.get(url(review, "one")).status_code == 502
    assert entry(review, "one").state == State.OPEN


def test_a_log_marked_as_gone_says_so_and_leads_on(person, review, logs):
    logs.delete(["one"])
    person.get(url(review, "one"))
    answer = person.get(url(review, "one"))
    assert answer.status_code == 404
    assert parse(answer).links()["My next log"] == url(review)


def test_a_log_that_is_there_after_all_is_open_again(person, review):
    review.logs.filter(log_id="one").update(state=State.GONE)
    person.get(url(review, "one"))
    assert entry(review, "one").state == State.OPEN


# --- how far it is


def test_the_progress_tells_done_mine_left_and_each_verdict(person, lee, review):
    save(person, review, "one", feedback="1")
    save(lee, review, "two", feedback="-1")
    text = parse(person.get(url(review) + "summary/")).text
    assert "The review has 1 of 3 logs left" in text
    assert "2 done 1 by you 1 left" in text
    assert "1 good 1 bad 0 unsure" in text
    assert "2 of 3" in parse(person.get(REVIEWS)).text


def test_a_summary_claims_nothing_and_asks_nobody(person, review, wire):
    person.get(url(review) + "summary/")
    person.get(REVIEWS)
    assert wire.calls == []
    assert not review.logs.exclude(claimed_by=None).exists()


def test_a_finished_review_says_so(person, review):
    for name, feedback in zip(NAMES, ("1", "-1", ""), strict=True):
        last = save(person, review, name, feedback=feedback)
    text = parse(person.get(last["Location"])).text
    assert "The review is finished" in text
    assert "All 3 logs were looked at: 1 good, 1 bad, 1 unsure" in text


def test_logs_that_are_all_with_others_are_said(person, lee, kim, review):
    review.logs.filter(log_id__in=("two", "three")).update(state=State.DONE, verdict=Verdict.GOOD)
    opened(lee, review)
    text = parse(person.get(url(review))).text
    assert "With somebody else now" in text
    assert "lee, until" in text


def test_the_csv_has_each_log_and_no_formula(person, lee, review, logs):
    lee.user.username = "=cmd()"
    lee.user.save()
    save(lee, review, "one", feedback="1", score="7", note="=HYPERLINK(1)")
    logs.delete(["three"])
    person.get(url(review, "three"))
    answer = person.get(url(review) + "verdicts.csv")
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert rows == [
        ["id", "verdict", "score", "note", "reviewer"],
        ["one", "good", "7", "'=HYPERLINK(1)", "'=cmd()"],
        ["two", "", "", "", ""],
        ["three", "gone", "", "", ""],
    ]


HOSTILE = "<script>alert(1)</script>\u202e"


def test_hostile_names_are_shown_and_never_obeyed(person, lee, review, logs):
    lee.user.username = HOSTILE
    lee.user.save()
    Review.objects.update(title=HOSTILE, author_name=HOSTILE)
    save(lee, review, "one", feedback="1", note=HOSTILE)
    lee.get(url(review, "two"))
    for place in (REVIEWS, url(review) + "summary/", url(review, "two")):
        text = person.get(place).text
        assert "<script>alert" not in text
        assert "\u202e" not in text
        assert "⟦U+202E⟧" in text
    assert "<script>alert" not in person.get(url(review, "one")).text


def test_secrets_of_the_log_are_masked(person, kim, logs):
    logs.add({"id": "four", "request_body": f"first {KEY}".encode(), "response_body": b"fine"})
    review = making.make("prod-edge", kim, "1 log", ["four"])
    text = person.get(url(review, "four")).text
    assert KEY not in text
    assert Mask("prod-edge", "four", "request").url not in text  # no right, no button
