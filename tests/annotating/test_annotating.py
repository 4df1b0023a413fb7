"""Annotating many logs: what is planned, what is sent, what is believed, and what an undo sets back."""

from collections import Counter
from dataclasses import replace

import httpx
import pytest
from django.utils import timezone

from gateway_dash.bulk import jobs
from gateway_dash.bulk.annotating import changing, planning
from gateway_dash.bulk.annotating.starting import start_undo
from gateway_dash.bulk.models import Item, Job
from gateway_dash.gateway.errors import Refusal
from tests.annotating.conftest import (
    annotated,
    journal,
    note,
    planned,
    put,
    said,
    settled_query,
    states,
    undone,
    work_off,
)

pytestmark = pytest.mark.django_db


def error(status, request_method="PATCH", **headers):
    """An upstream that answers so to every call of that method."""

    def answer(request):
        if request.method == request_method:
            return httpx.Response(status, json={"success": False, "errors": [{"message": "no"}]}, headers=headers)
        return None

    return answer


# --- the plan


def test_a_filter_annotates_all_that_match_and_no_other(wire, bare_store, kim):
    put(bare_store, *({"id": f"m-{number:03}"} for number in range(120)), {"id": "g", "provider": "groq"})
    job = annotated(kim, query=settled_query(), verdict=1)
    assert (job.state, job.found["receipt"]["changed"]) == (Job.State.DONE, 120)
    assert {said(bare_store, f"m-{number:03}")[0] for number in range(120)} == {1}
    assert said(bare_store, "g")[0] is None
    assert len(wire.patches) == 120


def test_ticked_logs_are_annotated_and_the_others_are_not(wire, bare_store, kim):
    put(bare_store, *({"id": f"m-{number:03}"} for number in range(120)))
    job = annotated(kim, [f"m-{number:03}" for number in range(0, 120, 2)], score=90)
    assert job.found["receipt"] == {"changed": 60, "same": 0, "failed": 0, "untried": 0}
    assert said(bare_store, "m-000")[1] == 90
    assert said(bare_store, "m-001")[1] is None


def test_a_plan_changes_nothing(wire, bare_store, kim):
    put(bare_store, {"id": "one"})
    job = planned(kim, ["one"], verdict=1)
    assert job.state == Job.State.PLANNED
    assert {call.split()[0] for call in wire.calls} == {"GET"}
    assert journal(job, "one") == (
        {"feedback": None, "score": None, "metadata": {}},
        {"feedback": 1, "score": None, "metadata": {}},
    )


def test_a_log_costs_a_read_a_change_and_a_read(wire, bare_store, kim):
    put(bare_store, {"id": "one"})
    job = planned(kim, ["one"], verdict=1)
    wire.forget()
    jobs.begin(job, kim, "run")
    work_off(job)
    assert wire.calls == ["GET /prod-edge/logs/one", "PATCH /prod-edge/logs/one", "GET /prod-edge/logs/one"]


def test_the_plan_sorts_out_what_need_not_or_cannot_be_changed(wire, bare_store, kim):
    put(
        bare_store,
        {"id": "plain", "metadata": None},
        {"id": "same", "metadata": {"team": "AI"}},
        {"id": "nested", "metadata": {"team": {"a": 1}}},
        {"id": "words", "metadata": "no pairs"},
        {"id": "full", "metadata": {str(number): number for number in range(5)}},
        {"id": "full-with-it", "metadata": {"team": "x"} | {str(number): number for number in range(4)}},
    )
    job = planned(kim, query=settled_query(), metadata_team="AI")
    assert states(job) == {
        "plain": "pending",
        "same": "same",
        "nested": "failed",
        "words": "failed",
        "full": "failed",
        "full-with-it": "pending",
    }
    assert (note(job, "nested"), note(job, "words")) == (planning.NOT_EDITABLE, planning.NOT_EDITABLE)
    assert note(job, "full") == planning.FULL
    assert job.total == 2


def test_odd_metadata_does_not_stand_in_the_way_of_a_verdict(wire, bare_store, kim):
    put(bare_store, {"id": "nested", "metadata": {"a": {"b": 1}, "c": 1}}, {"id": "words", "metadata": "no pairs"})
    annotated(kim, query=settled_query(), verdict=-1)
    assert said(bare_store, "nested") == (-1, None, {"a": {"b": 1}, "c": 1})
    assert said(bare_store, "words") == (-1, None, "no pairs")
    assert wire.patches == [{"feedback": -1}, {"feedback": -1}]


def test_metadata_that_comes_as_text_is_changed_as_pairs(wire, sandbox, bare_store, kim):
    sandbox.options = replace(sandbox.options, metadata_as_string=True)
    put(bare_store, {"id": "one", "metadata": {"team": "AI"}})
    job = annotated(kim, ["one"], metadata_label=7)
    assert states(job) == {"one": "changed"}
    assert wire.patches == [{"metadata": {"team": "AI", "label": 7}}]


def test_a_plan_over_the_cap_is_refused(wire, bare_store, kim, monkeypatch):
    monkeypatch.setattr("gateway_dash.upstream.deletion_logs", lambda: 2)
    put(bare_store, *({"id": str(number)} for number in range(3)))
    job = planned(kim, query=settled_query(), verdict=1)
    assert job.state == Job.State.EXPIRED
    assert "at most 2" in job.problem
    assert "Nothing was annotated" in job.problem


def test_an_upstream_that_ignores_the_filter_ends_the_plan(wire, sandbox, bare_store, kim):
    put(bare_store, {"id": "one"}, {"id": "g", "provider": "groq"})
    sandbox.options = replace(sandbox.options, ignore_filters=True)
    assert planned(kim, query=settled_query(), verdict=1).state == Job.State.EXPIRED
    assert wire.patches == []


def test_a_plan_with_nothing_to_do_is_over(wire, bare_store, kim):
    put(bare_store, {"id": "one", "feedback": 1})
    job = planned(kim, ["one", "gone"], verdict=1)
    assert job.state == Job.State.EXPIRED
    assert "None of the logs can or has to be changed" in job.problem


def test_what_was_filtered_by_is_not_kept_when_it_is_over(wire, bare_store, kim):
    put(bare_store, {"id": "one"})
    job = annotated(kim, query=settled_query(), verdict=1)
    assert job.spec["query"] == ""


# --- others at the same time


def test_what_others_changed_meanwhile_is_kept(wire, bare_store, kim):
    put(bare_store, {"id": "one", "metadata": {"team": "AI"}})
    job = planned(kim, ["one"], metadata_label="x")
    bare_store.annotate("one", {"metadata": {"team": "ML", "run": 3}, "score": 5})
    jobs.begin(job, kim, "run")
    work_off(job)
    assert said(bare_store, "one") == (None, 5, {"team": "ML", "run": 3, "label": "x"})
    undone(job, kim)
    assert said(bare_store, "one") == (None, 5, {"team": "ML", "run": 3})


def test_a_conflict_sends_nothing_and_says_what_stands_there(wire, bare_store, kim):
    put(bare_store, {"id": "one"})
    job = planned(kim, ["one"], verdict=1)
    bare_store.annotate("one", {"feedback": -1})
    jobs.begin(job, kim, "run")
    work_off(job)
    assert states(job) == {"one": "failed"}
    assert note(job, "one") == "Somebody else changed it since: verdict is bad, not good"
    assert wire.patches == []


def test_a_sixth_entry_that_appeared_since_the_plan_is_not_sent(wire, bare_store, kim):
    put(bare_store, {"id": "one"})
    job = planned(kim, ["one"], metadata_label="x")
    bare_store.annotate("one", {"metadata": {str(number): number for number in range(5)}})
    jobs.begin(job, kim, "run")
    work_off(job)
    assert note(job, "one") == planning.FULL
    assert wire.patches == []


def test_what_somebody_else_has_done_already_is_not_ours_to_undo(wire, bare_store, kim):
    put(bare_store, {"id": "one"})
    job = planned(kim, ["one"], verdict=1)
    bare_store.annotate("one", {"feedback": 1})
    jobs.begin(job, kim, "run")
    assert states(work_off(job)) == {"one": "same"}


def test_a_log_that_is_gone_is_a_row_with_words(wire, bare_store, kim):
    put(bare_store, {"id": "one"}, {"id": "two"})
    job = planned(kim, ["one", "two"], verdict=1)
    bare_store.delete(["one"])
    jobs.begin(job, kim, "run")
    work_off(job)
    assert states(job) == {"one": "failed", "two": "changed"}
    assert note(job, "one") == changing.GONE


# --- an upstream that cannot be believed


def test_an_error_although_it_was_done_is_a_change(wire, bare_store, kim):
    put(bare_store, {"id": "one"})
    job = planned(kim, ["one"], verdict=1)

    def does_and_denies(request):
        if request.method == "PATCH":
            bare_store.annotate("one", {"feedback": 1})
            return httpx.Response(500, json={"success": False, "errors": []})
        return None

    wire.instead = does_and_denies
    jobs.begin(job, kim, "run")
    assert states(work_off(job)) == {"one": "changed"}
    assert len(wire.patches) == 1


def test_a_yes_that_does_nothing_is_not_believed_and_not_sent_again(wire, bare_store, kim):
    put(bare_store, {"id": "one"})
    job = planned(kim, ["one"], verdict=1)
    wire.instead = lambda request: httpx.Response(200, json={"success": True}) if request.method == "PATCH" else None
    jobs.begin(job, kim, "run")
    work_off(job)
    assert states(job) == {"one": "failed"}
    assert note(job, "one") == "The upstream said yes and kept none of it: verdict is none, not good"
    assert len(wire.patches) == 1


def test_an_upstream_that_keeps_an_entry_is_not_believed(wire, sandbox, bare_store, kim):
    sandbox.options = replace(sandbox.options, patch_merges=True)
    put(bare_store, {"id": "one", "metadata": {"team": "AI", "run": 1}})
    job = annotated(kim, ["one"], metadata_team=None)
    assert states(job) == {"one": "failed"}
    assert "metadata team is AI, not none" in note(job, "one")


def test_a_change_that_never_arrives_is_sent_three_times_at_most(wire, bare_store, kim):
    put(bare_store, {"id": "one"})
    job = planned(kim, ["one"], verdict=1)
    wire.instead = error(500)
    jobs.begin(job, kim, "run")
    work_off(job)
    assert (states(job), note(job, "one")) == ({"one": "failed"}, changing.NO_ANSWER)
    assert len(wire.patches) == 3


def test_a_change_that_is_refused_is_sent_once(wire, bare_store, kim):
    put(bare_store, {"id": "one"})
    job = planned(kim, ["one"], verdict=1)
    wire.instead = error(400)
    jobs.begin(job, kim, "run")
    assert states(work_off(job)) == {"one": "failed"}
    assert len(wire.patches) == 1


def test_a_token_without_the_right_halts_the_job_and_spoils_no_row(wire, bare_store, kim):
    put(bare_store, {"id": "one"}, {"id": "two"})
    job = planned(kim, ["one", "two"], verdict=1)
    wire.instead = error(403)
    jobs.begin(job, kim, "run")
    work_off(job)
    assert job.state == Job.State.HALTED
    assert len(wire.patches) == 1
    wire.instead = lambda _request: None
    jobs.go_on(job, kim)
    assert set(states(work_off(job)).values()) == {"changed"}


def test_a_halted_job_can_be_ended_and_its_changes_undone(wire, bare_store, kim):
    put(bare_store, {"id": "one"}, {"id": "two"})
    job = planned(kim, ["one", "two"], verdict=1)
    wire.instead = lambda request: error(403)(request) if request.url.path.endswith("two") else None
    jobs.begin(job, kim, "run")
    assert work_off(job).state == Job.State.HALTED
    jobs.go_on(job, kim, phase="finish")
    work_off(job)
    assert job.state == Job.State.CANCELLED
    assert states(job) == {"one": "changed", "two": "pending"}
    wire.instead = lambda _request: None
    undone(job, kim)
    assert said(bare_store, "one")[0] is None


def test_a_spent_budget_in_the_middle_is_a_pause(wire, bare_store, kim, monkeypatch):
    monkeypatch.setattr("gateway_dash.bulk.pace.wait_s", lambda _account: 0.0)
    put(bare_store, *({"id": str(number)} for number in range(5)))
    job = planned(kim, [str(number) for number in range(5)], verdict=1)
    spent: Counter[str] = Counter()

    def answer(request):
        if request.method == "PATCH" and request.url.path.endswith("/2") and spent["calls"] < 5:
            spent["calls"] += 1
            return httpx.Response(429, headers={"Retry-After": "1"})
        return None

    wire.instead = answer
    jobs.begin(job, kim, "run")
    from gateway_dash import upstream

    for _ in range(12):
        upstream.account().client.budget.ledger.unblock()  # the block is over
        Job.objects.filter(pk=job.pk, state="active").update(due_at=timezone.now())
        work_off(job, steps=1)
        if job.state == "active":
            assert job.pause
            assert states(job)["2"] == "sending"
    assert spent["calls"] == 5  # more than a log has rounds: what was refused was not sent
    assert set(states(job).values()) == {"changed"}


# --- an end in the middle


def test_a_stop_in_the_middle_leaves_the_rest_and_can_be_undone(wire, bare_store, kim):
    put(bare_store, *({"id": str(number)} for number in range(6)))
    job = planned(kim, [str(number) for number in range(6)], verdict=1)

    def stops_at_the_third(request):
        if request.method == "PATCH" and request.url.path.endswith("/2"):
            jobs.stop(job, kim)

    wire.instead = stops_at_the_third
    jobs.begin(job, kim, "run")
    work_off(job)
    assert job.state == Job.State.CANCELLED
    assert Counter(states(job).values()) == {"changed": 3, "pending": 3}
    assert job.found["receipt"] == {"changed": 3, "same": 0, "failed": 0, "untried": 3}
    wire.instead = lambda _request: None
    undone(job, kim)
    assert {said(bare_store, str(number))[0] for number in range(6)} == {None}


def test_a_right_that_was_taken_halts_the_work(wire, bare_store, kim):
    put(bare_store, {"id": "one"})
    job = planned(kim, ["one"], verdict=1)
    jobs.begin(job, kim, "run")
    kim.is_active = False
    kim.save()
    work_off(job)
    assert job.state == Job.State.HALTED
    assert "may not annotate" in job.problem
    assert wire.patches == []


# --- undo


BEFORE = {
    "plain": (None, None, None),
    "all": (-1, 12.5, {"team": "AI", "user": 12345, "test": True, "ratio": 0.25}),
    "half": (0.5, 0, {"label": "old"}),
}


@pytest.fixture
def three(bare_store):
    put(bare_store, *({"id": name, "feedback": f, "score": s, "metadata": m} for name, (f, s, m) in BEFORE.items()))
    return bare_store


def test_an_undo_restores_what_was_there_with_its_types(wire, three, kim):
    job = annotated(kim, list(BEFORE), verdict=1, score=None, metadata_label="new")
    assert {said(three, name)[0] for name in BEFORE} == {1}
    again = undone(job, kim)
    assert again.found["receipt"]["changed"] == 3
    assert {name: said(three, name) for name in BEFORE} == BEFORE
    assert said(three, "all")[2]["test"] is True


def test_an_undo_of_an_undo_brings_the_change_back(wire, three, kim):
    job = annotated(kim, list(BEFORE), verdict=1, metadata_label="new")
    changed = {name: said(three, name) for name in BEFORE}
    back = undone(job, kim)
    undone(back, kim)
    assert {name: said(three, name) for name in BEFORE} == changed


def test_an_undo_leaves_what_somebody_changed_since(wire, three, kim):
    job = annotated(kim, list(BEFORE), verdict=1)
    three.annotate("all", {"feedback": -1, "score": 1})
    three.annotate("half", {"feedback": None})
    back = undone(job, kim)
    assert states(back) == {"plain": "changed", "all": "same", "half": "failed"}
    assert note(back, "half") == "Somebody else changed it since: verdict is none, not 0.5"


def test_only_changed_rows_are_undone(wire, three, kim):
    job = annotated(kim, list(BEFORE), verdict=-1)
    assert states(job)["all"] == "same"
    assert set(states(undone(job, kim))) == {"plain", "half"}


def test_a_second_click_leads_to_the_same_undo(wire, three, kim):
    job = annotated(kim, list(BEFORE), verdict=1)
    first = start_undo(job, kim, "")
    assert start_undo(job, kim, "") == first
    work_off(first)
    assert start_undo(job, kim, "") == first  # the page that was clicked knew of none
    second = start_undo(job, kim, first.key)  # this one knew that it is over
    assert second != first
    assert Job.objects.filter(spec__undoes=job.key).count() == 2


def test_a_job_that_is_not_over_or_changed_nothing_cannot_be_undone(wire, three, kim):
    job = planned(kim, list(BEFORE), verdict=1)
    with pytest.raises(Refusal, match="not over"):
        start_undo(job, kim, "")
    jobs.stop(job, kim)
    with pytest.raises(Refusal, match="changed no log"):
        start_undo(job, kim, "")


def test_a_plan_begins_once(wire, bare_store, kim):
    put(bare_store, {"id": "one"})
    job = planned(kim, ["one"], verdict=1)
    assert jobs.begin(job, kim, "run")
    assert not jobs.begin(job, kim, "run")
    work_off(job)
    assert not jobs.begin(job, kim, "run")
    assert len(wire.patches) == 1


def test_a_plan_that_ran_out_does_not_begin(wire, bare_store, kim):
    put(bare_store, {"id": "one"})
    job = planned(kim, ["one"], verdict=1)
    Job.objects.update(expires_at=timezone.now())
    assert not jobs.begin(job, kim, "run")


def test_a_verdict_that_cannot_be_read_is_left(wire, bare_store, kim):
    put(bare_store, {"id": "one"})
    wire.instead = lambda request: (
        httpx.Response(
            200,
            json={
                "success": True,
                "result": [{"id": "one", "created_at": "2026-11-01T00:00:00Z", "feedback": {"odd": 1}}],
                "result_info": {"total_count": 1},
            },
        )
        if request.url.path.endswith("/logs")
        else None
    )
    job = planned(kim, ["one"], score=1)
    assert Item.objects.get(job=job).note == planning.UNREADABLE
