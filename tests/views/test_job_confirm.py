"""/gateways/<gateway>/jobs/<job>/confirm/, and what follows: the wait, the copy, the probe, the batches, the receipt"""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from gateway_dash.bulk import files, gates, runner
from gateway_dash.bulk.deletion.archive import records_of
from gateway_dash.bulk.models import Job, Tombstone
from tests.conftest import LOGS
from tests.views.deleting import confirmed, deleted, page_of, planned, url_of, work_off
from tests.views.reading import parse

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_pauses")]


@pytest.fixture
def logs(bare_store):
    start = datetime.now(UTC) - timedelta(hours=5)
    for number in range(130):
        at = (start + timedelta(seconds=number)).isoformat()
        row = {"id": f"m-{number:04}", "created_at": at, "provider": "mistral" if number >= 10 else "groq"}
        bare_store.add(row | {"request_body": f"question {number}".encode()})
    return bare_store


def names(start, end):
    return [f"m-{number:04}" for number in range(start, end)]


def facts(page):
    found = {each.one("dt").text: each.one("dd").text for each in page.one("dl", class_="strip").all("div")}
    return {name: int(value.split()[0].replace(",", "")) for name, value in found.items()}


def assert_safe_on_the_wire(wire):
    """The one thing that must never happen: a DELETE that the API could read as "everything"."""
    for sent in wire.deletes:
        assert set(sent) == {"filters", "limit", "order_by", "order_by_direction"}
        [condition] = json.loads(sent["filters"])
        assert (condition["key"], condition["operator"]) == ("id", "eq")
        assert 0 < len(condition["value"]) <= 50
        assert sent["limit"] == str(len(condition["value"]))
    for request in wire.sent:
        if request.method == "DELETE":
            assert request.content == b""
            assert request.url.path.endswith("/gateways/prod-edge/logs")


# --- from the confirmation to the receipt


def test_exactly_the_planned_logs_go(person, logs, wire):
    job = deleted(person, {"id": ["m-0003", "m-0100"]})
    page = page_of(person, job)
    assert page.one("h1").text == "2 logs deleted, and verified gone"
    assert facts(page) == {
        "Asked": 2,
        "Accepted by the API": 2,
        "Gone by us": 2,
        "Gone before us": 0,
        "Still there": 0,
        "Not tried": 0,
        "Held": 0,
    }
    assert set(logs.ids()) == set(names(0, 130)) - {"m-0003", "m-0100"}
    assert_safe_on_the_wire(wire)


def test_the_probe_comes_first_and_names_a_log_that_nobody_has(person, logs, wire):
    deleted(person, {"id": ["m-0100"]})
    probe, batch = (json.loads(sent["filters"])[0]["value"] for sent in wire.deletes)
    assert probe != batch == ["m-0100"]
    assert len(probe) == 1
    assert probe[0] not in names(0, 130)


def test_all_that_match_go_in_batches_of_fifty(person, logs, wire):
    job = deleted(person, {"everything": "1"}, "?provider=mistral", level="rows")
    assert page_of(person, job).one("h1").text == "120 logs deleted, and verified gone"
    assert [len(json.loads(sent["filters"])[0]["value"]) for sent in wire.deletes] == [1, 50, 50, 20]
    assert logs.ids() == names(0, 10)
    assert_safe_on_the_wire(wire)


def test_what_a_deletion_of_120_logs_costs(person, logs, wire):
    job = planned(person, {"everything": "1"}, "?provider=mistral")
    wire.forget()
    confirmed(person, job, level="rows")
    work_off()
    # The sample and the count of the confirmation; three pages copied; the probe: oldest, no such id, sent, two looks;
    # three batches of four, and the oldest once before the first; every id read again, and the newer ones counted.
    assert len(wire.calls) == 2 + 3 + 5 + 3 * 4 + 1 + 3 + 1
    job.refresh_from_db()
    assert job.calls == len(wire.calls) - 2 + 4  # without the confirmation's, with the plan's


def test_nothing_is_sent_before_the_wait_is_over(person, logs, wire):
    job = planned(person, {"id": ["m-0001"]})
    assert confirmed(person, job).status_code == 303
    assert runner.due_jobs() == []
    job.refresh_from_db()
    assert 55 < (job.due_at - timezone.now()).total_seconds() <= 60
    assert wire.deletes == []
    page = page_of(person, job)
    assert "Nothing is deleted yet." in page.text
    assert page.all("form", action=url_of(job) + "stop/")


def test_every_log_is_copied_with_its_bodies_and_the_copy_is_read_back_before_any_goes(person, logs, wire):
    job = deleted(person, {"id": ["m-0003", "m-0100"]})
    [part] = job.parts.filter(kind="selected")
    found = {each["log"]["id"]: each["request"]["text"] for each in records_of(part)}
    assert found == {"m-0003": "question 3", "m-0100": "question 100"}
    assert files.read_back(part.name) == (part.records, part.size, part.sha256)
    copied = job.entries.get(words__startswith="Archive file 1").at
    assert copied < job.entries.get(words__startswith="Probe").at


def test_the_oldest_neighbours_are_copied_too_since_an_ignored_filter_would_hit_them(person, logs):
    job = deleted(person, {"id": ["m-0003"]}, level="rows")
    before, after = job.parts.filter(kind="zone")
    assert [each["log"]["id"] for each in records_of(before)] == [each for each in names(0, 50) if each != "m-0003"]
    assert [each["log"]["id"] for each in records_of(after)] == ["m-0050"]  # has moved up


def test_an_administrator_may_delete_without_a_copy_by_another_phrase(person, logs, django_user_model):
    job = planned(person, {"id": ["m-0100"]})
    refused = confirmed(person, job, level="none", phrase="delete 1 without a copy")
    assert refused.status_code == 403
    django_user_model.objects.update(is_superuser=True)
    assert confirmed(person, job, level="none").status_code == 422
    assert confirmed(person, job, level="none", phrase="delete 1 without a copy").status_code == 303
    work_off()
    assert not job.parts.filter(kind="selected").exists()
    assert "m-0100" not in logs.ids()


def test_logs_that_arrive_after_the_plan_are_kept_and_counted(person, logs):
    job = planned(person, {"everything": "1"}, "?provider=mistral")
    logs.add({"id": "late", "provider": "mistral"})
    confirmed(person, job, level="rows")
    work_off()
    assert logs.ids() == [*names(0, 10), "late"]
    assert "1 newer log untouched" in page_of(person, job).text


def test_to_send_the_form_twice_does_no_harm(person, logs, wire):
    job = planned(person, {"id": ["m-0100", "m-0101"]})
    first = confirmed(person, job)
    second = person.post(url_of(job) + "confirm/", {"phrase": "delete 2", "level": "bodies"})
    assert (first["Location"], second["Location"]) == (url_of(job), url_of(job))
    assert job.entries.filter(words__startswith="Confirmed").count() == 1
    work_off()
    assert person.post(url_of(job) + "confirm/", {"phrase": "delete 2", "level": "bodies"}).status_code == 303
    work_off()
    assert logs.count() == 128
    assert len(wire.deletes) == 2


def test_a_log_that_somebody_else_deleted_is_counted_apart(person, logs):
    job = planned(person, {"id": ["m-0001", "m-0002"]})
    logs.delete(["m-0001"])
    confirmed(person, job)
    work_off()
    found = facts(page_of(person, job))
    assert (found["Gone by us"], found["Gone before us"]) == (1, 1)
    assert not Tombstone.objects.filter(log_id="m-0001").exists()


def test_a_log_that_is_kept_during_the_wait_stays(person, logs):
    job = planned(person, {"id": ["m-0001", "m-0002"]})
    confirmed(person, job)
    person.post(LOGS + "m-0002/keep/", {"keep": "1"})
    work_off()
    assert "m-0002" in logs.ids()
    found = facts(page_of(person, job))
    assert (found["Gone by us"], found["Held"]) == (1, 1)


def test_the_filter_is_not_kept_when_it_is_over(person, logs):
    job = deleted(person, {"everything": "1"}, "?provider=mistral&metadata_value__not=kim@example.org", level="rows")
    kept = json.dumps([job.spec, job.found, job.title])
    assert "kim@example.org" not in kept
    assert job.spec["query"] == ""


# --- what has to be typed, and what has changed since


@pytest.mark.parametrize("phrase", ["", "delete", "delete 3", "DELETE 2", "delete 2 logs", "delete ２"])
def test_without_the_phrase_nothing_goes(person, logs, wire, phrase):
    job = planned(person, {"id": ["m-0001", "m-0002"]})
    answer = confirmed(person, job, phrase=phrase)
    assert answer.status_code == 422
    assert "“delete 2” has to be typed" in answer.text
    work_off()
    assert wire.deletes == []
    job.refresh_from_db()
    assert job.state == Job.State.PLANNED


@pytest.mark.parametrize("level", ["", "all", "Bodies"])
def test_a_copy_that_we_do_not_know_is_refused(person, logs, level):
    job = planned(person, {"id": ["m-0001"]})
    assert confirmed(person, job, level=level).status_code == 400


def test_a_count_that_changed_by_more_than_one_percent_has_to_be_confirmed_again(person, logs, wire):
    job = planned(person, {"everything": "1"}, "?provider=mistral")
    logs.delete(names(10, 12))
    answer = confirmed(person, job, level="rows")
    new = Job.objects.exclude(pk=job.pk).get()
    assert answer["Location"] == url_of(new)
    page = page_of(person, new)
    assert "120 logs matched before, 118 when you confirmed" in page.text
    assert page.one("input", name="phrase")["data-phrase"] == "delete 118"
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED
    work_off()
    assert wire.deletes == []


def test_a_count_that_changed_by_less_goes_on(person, logs):
    job = planned(person, {"everything": "1"}, "?provider=mistral")
    logs.delete(["m-0010"])
    assert confirmed(person, job, level="rows")["Location"] == url_of(job)
    work_off()
    assert page_of(person, job).one("h1").text == "119 logs deleted, and verified gone"


def test_an_old_plan_deletes_nothing(person, logs, wire):
    job = planned(person, {"id": ["m-0001"]})
    Job.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    runner.expire()
    answer = person.post(url_of(job) + "confirm/", {"phrase": "delete 1", "level": "rows"})
    assert answer.status_code == 422
    assert "This plan is over" in answer.text
    work_off()
    assert wire.deletes == []


def test_a_plan_of_another_gateway_is_not_there(person, logs, wire):
    job = planned(person, {"id": ["m-0001"]})
    elsewhere = f"/gateways/staging/jobs/{job.key}/confirm/"
    assert person.post(elsewhere, {"phrase": "delete 1", "level": "rows"}).status_code == 404
    assert wire.deletes == []


def test_a_plan_of_another_account_is_not_there(person, logs):
    job = planned(person, {"id": ["m-0001"]})
    Job.objects.update(account="another")
    assert person.post(url_of(job) + "confirm/", {"phrase": "delete 1", "level": "rows"}).status_code == 404
    assert person.get(url_of(job)).status_code == 404


def test_ids_that_were_changed_after_the_confirmation_delete_nothing(person, logs, wire):
    job = planned(person, {"id": ["m-0001"]})
    confirmed(person, job)
    job.items.update(log_id="m-0099")
    work_off()
    job.refresh_from_db()
    assert job.state == Job.State.HALTED
    assert "not those that were confirmed" in page_of(person, job).text
    assert wire.deletes == []


# --- who may


def test_deletion_that_is_off_is_refused_and_nothing_is_sent(person, logs, wire, monkeypatch):
    job = planned(person, {"id": ["m-0001"]})
    monkeypatch.setattr(settings, "ENVIRONMENT", replace(settings.ENVIRONMENT, deletion=False))
    answer = confirmed(person, job)
    assert answer.status_code == 422
    assert "GATEWAY_DASH_DELETION=on" in answer.text
    assert wire.deletes == []


def test_deletion_that_is_turned_off_during_the_wait_halts(person, logs, wire, monkeypatch):
    job = planned(person, {"id": ["m-0001"]})
    confirmed(person, job)
    gates.close(gates.ACCOUNT, "kim", "an incident")
    work_off()
    job.refresh_from_db()
    assert job.state == Job.State.HALTED
    assert "Deleting is locked for every gateway, by kim: an incident" in page_of(person, job).text
    assert wire.deletes == []


def test_somebody_who_may_no_longer_sign_in_deletes_nothing(person, logs, wire, django_user_model):
    job = planned(person, {"id": ["m-0001"]})
    confirmed(person, job)
    django_user_model.objects.update(is_active=False)
    work_off()
    job.refresh_from_db()
    assert job.state == Job.State.HALTED
    assert "kim may not delete logs of this gateway any more" in job.problem
    assert wire.deletes == []


def test_of_two_deletions_in_one_gateway_the_second_waits_for_the_first(person, logs):
    one, two = (planned(person, {"id": [each]}) for each in ("m-0001", "m-0002"))
    confirmed(person, one)
    confirmed(person, two)
    Job.objects.update(due_at=timezone.now())
    runner.advance(one.pk)
    runner.advance(two.pk)
    two.refresh_from_db()
    assert (two.phase, two.pause) == ("wait", "Another deletion is at work in this gateway.")
    work_off()
    assert {"m-0001", "m-0002"}.isdisjoint(logs.ids())


def test_a_forged_form_is_refused(logs, django_user_model, person):
    job = planned(person, {"id": ["m-0001"]})
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(django_user_model.objects.get())
    assert strict.post(url_of(job) + "confirm/", {"phrase": "delete 1", "level": "rows"}).status_code == 403


def test_only_post_is_answered(person, logs):
    job = planned(person, {"id": ["m-0001"]})
    assert person.get(url_of(job) + "confirm/").status_code == 405


def test_the_page_fragment_is_the_same_as_the_page(person, logs):
    job = planned(person, {"id": ["m-0001"]})
    fragment = parse(person.get(url_of(job), headers={"HX-Request": "true"}))
    assert fragment.all("div", id="job")
    assert not fragment.all("main")


def test_a_log_whose_bodies_cannot_be_copied_stays(person, logs, wire):
    job = planned(person, {"id": ["m-0001", "m-0002", "m-0003"]})
    confirmed(person, job)
    wire.instead = lambda sent: httpx.Response(500) if sent.url.path.endswith("m-0002/response") else None
    work_off()
    job.refresh_from_db()
    assert job.state == Job.State.DONE
    assert {"m-0001", "m-0002", "m-0003"} & set(logs.ids()) == {"m-0002"}
    assert job.found["receipt"]["held"] == 1
    assert "its bodies cannot be copied" in job.items.get(log_id="m-0002").note
    [part] = job.parts.filter(kind="selected")
    assert [each["log"]["id"] for each in records_of(part)] == ["m-0001", "m-0003"]
