"""What a link to a deleted log says: 410, by whom, when and under which plan, and nothing that the log said."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone

from gateway_dash import upstream
from gateway_dash.bulk import runner
from gateway_dash.bulk.models import Job, Tombstone
from gateway_dash.bulk.tombstones import selected_words
from gateway_dash.gateway.query import LogQuery
from tests.conftest import LOGS
from tests.people import somebody
from tests.views.deleting import confirmed, deleted, planned, url_of, work_off
from tests.views.reading import HTMX, fields, parse

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_pauses")]

SECRET = "sk-" + "proj-" + "a1B2" * 10


@pytest.fixture
def logs(bare_store):
    start = datetime.now(UTC) - timedelta(hours=5)
    for number in range(12):
        at = (start + timedelta(seconds=number)).isoformat()
        row = {"id": f"m-{number:02}", "created_at": at, "provider": "mistral" if number > 3 else "groq"}
        bare_store.add(row | {"request_body": b"The question of m", "metadata": {"note": "a note of m"}})
    return bare_store


def delete(person, *ids):
    return deleted(person, {"id": ids})


def test_a_link_to_a_deleted_log_says_who_deleted_it_when_and_under_which_plan(person, logs):
    job = delete(person, "m-01", "m-02")
    answer = person.get(LOGS + "m-01/")
    assert answer.status_code == 410
    page = parse(answer)
    assert page.one("h1").text == "This log was deleted"
    assert f"kim deleted it on {datetime.now(UTC):%a}" in page.text
    assert "it was read again and not found" in page.text
    assert f"Plan {job.key}: 2 logs, ticked one by one." in page.text
    assert page.links()["What was deleted, and the proof"] == url_of(job)


def test_nothing_that_the_log_said_is_kept(person, logs):
    delete(person, "m-01")
    stone = Tombstone.objects.get()
    kept = " ".join(str(getattr(stone, each.attname)) for each in Tombstone._meta.fields)
    assert "question" not in kept
    assert "note" not in kept
    answer = person.get(LOGS + "m-01/")
    assert "question of m" not in answer.text
    assert "note of m" not in answer.text


def test_an_id_that_nobody_deleted_stays_unknown(person, logs):
    delete(person, "m-01")
    assert person.get(LOGS + "m-99/").status_code == 404
    assert person.get("/gateways/staging/logs/m-01/").status_code == 404


@pytest.mark.parametrize("page", ["", "around/", "attempts/", "twins/", "raw/", "repro/", "request/part/"])
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_each_page_of_the_log_says_so(person, logs, page, headers):
    delete(person, "m-01")
    answer = person.get(LOGS + "m-01/" + page, headers=headers)
    assert answer.status_code == 410
    assert "kim deleted it" in answer.text


def test_the_drawer_says_so_beside_the_list(person, logs):
    delete(person, "m-01")
    answer = person.get(LOGS + "m-01/peek/", headers=HTMX)
    assert answer.status_code == 410
    assert "kim deleted it" in parse(answer).one(id="peek").text
    listed = person.get(LOGS + "?peek=m-01")
    assert listed.status_code == 200
    assert "kim deleted it" in parse(listed).one(id="peek").text


def test_an_annotation_comes_too_late(person, logs):
    form = fields(parse(person.get(LOGS + "m-01/")).one("form", data_annotate=None))
    delete(person, "m-01")
    assert person.post(LOGS + "m-01/annotate/", form | {"score": ["12"]}).status_code == 410


def test_the_find_box_leads_there(person, logs):
    delete(person, "m-01")
    answer = person.get("/find/?id=m-01", follow=True)
    assert answer.redirect_chain == [(LOGS + "m-01/", 302)]
    assert answer.status_code == 410
    assert person.get("/find/?id=m-99").status_code == 404


def test_while_the_upstream_still_shows_the_log_it_is_shown(person, logs):
    delete(person, "m-01")
    logs.add({"id": "m-01"})
    assert person.get(LOGS + "m-01/").status_code == 200
    assert person.get("/find/?id=m-01", follow=True).status_code == 200


def test_a_filter_is_named_as_it_was_chosen(person, logs):
    deleted(person, {"everything": "1"}, "?provider=mistral", level="rows")
    assert ": Calls from mistral, before " in parse(person.get(LOGS + "m-05/")).text


def test_what_was_gone_before_was_deleted_by_somebody_else(person, logs):
    job = planned(person, {"id": ["m-01", "m-02"]})
    logs.delete(["m-02"])
    confirmed(person, job)
    work_off()
    assert person.get(LOGS + "m-01/").status_code == 410
    assert person.get(LOGS + "m-02/").status_code == 404


def test_the_first_who_deleted_it_stays(person, logs, django_user_model):
    job = delete(person, "m-01")
    [before] = Tombstone.objects.values_list("plan", "deleted_at")
    person.post(url_of(job) + "go-on/", {"end": "1"})
    work_off()
    assert list(Tombstone.objects.values_list("plan", "deleted_at")) == [before]


def test_a_log_that_is_late_to_go_is_written_down_when_it_is_seen_gone(person, logs, sandbox):
    job = planned(person, {"id": ["m-01"]})
    sandbox.options = replace(sandbox.options, delete_lag_s=3600.0)
    confirmed(person, job)
    for _ in range(8):
        Job.objects.update(due_at=timezone.now())
        runner.advance(job.pk)
    assert Tombstone.objects.get().deleted_at is None
    assert person.get(LOGS + "m-01/").status_code == 200
    logs.delete(["m-01"])
    work_off()
    assert Tombstone.objects.get().deleted_at
    assert "it was read again and not found" in person.get(LOGS + "m-01/").text


def test_one_that_went_after_the_last_look_is_said_with_what_is_known(person, logs, sandbox):
    job = planned(person, {"id": ["m-01"]})
    sandbox.options = replace(sandbox.options, delete_lag_s=3600.0)
    confirmed(person, job)
    work_off()
    job.refresh_from_db()
    assert job.found["receipt"]["left"] == 1
    logs.delete(["m-01"])
    answer = person.get(LOGS + "m-01/")
    assert answer.status_code == 410
    assert "kim asked for its deletion on" in answer.text
    assert "at the last look after that" in answer.text


def test_a_plan_writes_nothing_down(person, logs):
    planned(person, {"id": ["m-01"]})
    assert Tombstone.objects.count() == 0


def test_the_record_stands_before_the_deletion_is_sent(person, logs, wire):
    stood = []

    def note(sent):
        if sent.method == "DELETE":
            stood.append(Tombstone.objects.count())

    wire.instead = note
    delete(person, "m-01")
    assert stood == [0, 1]  # the probe, and then the log


def test_the_name_stays_when_the_person_is_removed(person, logs, django_user_model):
    delete(person, "m-01")
    django_user_model.objects.filter(username="kim").update(is_active=False)
    other = somebody("lee")
    person.force_login(other)
    django_user_model.objects.get(username="kim").delete()
    assert Tombstone.objects.get().actor is None
    assert "kim deleted it" in person.get(LOGS + "m-01/").text


def test_another_account_has_other_logs(person, logs, monkeypatch):
    delete(person, "m-01")
    monkeypatch.setattr(upstream, "account_key", lambda: "another")
    assert person.get(LOGS + "m-01/").status_code == 404


def test_without_a_record_nothing_is_sent(person, logs, wire, monkeypatch):
    def fails(*_args, **_options):
        raise DatabaseError("disk full")

    monkeypatch.setattr(Tombstone.objects, "bulk_create", fails)
    with pytest.raises(DatabaseError):
        delete(person, "m-01")
    assert len(wire.deletes) == 1  # the probe
    assert logs.get("m-01")


def test_the_log_is_asked_for_once(person, logs, wire):
    delete(person, "m-01")
    wire.forget()
    person.get(LOGS + "m-01/")
    assert wire.calls == ["GET /prod-edge/logs/m-01"]


class Asked(dict):
    def lists(self):
        return [(name, [value]) for name, value in self.items()]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({}, "3 logs (All calls)"),
        ({"model": "gpt-4o", "success": "false"}, "3 logs (Calls to gpt-4o, that failed)"),
        ({"search": SECRET}, "3 logs (All calls; also by a search, whose words are not kept)"),
        ({"metadata.user": SECRET}, "3 logs (All calls; also by Metadata user, whose words are not kept)"),
        ({"metadata_value": SECRET}, "3 logs (All calls; also by Metadata value, whose words are not kept)"),
        ({"user_agent": SECRET}, "3 logs (All calls; also by User agent, whose words are not kept)"),
        ({"model__contains": SECRET}, "3 logs (All calls; also by Model, whose words are not kept)"),
    ],
)
def test_words_that_somebody_typed_are_not_kept(asked, told):
    assert selected_words(3, LogQuery.read(Asked(asked))) == told
    assert SECRET not in told


def test_what_looks_like_a_secret_is_masked_in_the_words_that_are_kept():
    told = selected_words(3, LogQuery.read(Asked({"provider": SECRET})))
    assert SECRET not in told
    assert "masked" in told


def test_one_log_is_one():
    assert selected_words(1, None) == "1 log, ticked one by one"
