"""/gateways/<gateway>/jobs/<key>/annotate/"""

import httpx
import pytest
from django.utils import timezone

from gateway_dash.bulk.models import Job
from gateway_dash.team.roles import READER
from tests.annotating.conftest import put, said, work_off
from tests.conftest import LOGS
from tests.people import only
from tests.views.reading import fields, parse

pytestmark = pytest.mark.django_db


@pytest.fixture
def logs(bare_store):
    put(bare_store, *({"id": f"m-{number:03}"} for number in range(60)))
    return bare_store


def planned(person, *ids):
    return person.post(LOGS + "annotate-many/plan/", {"id": ids, "feedback": "1"}, follow=True)


def press(person, page, ending, **more):
    [form] = [each for each in parse(page).all("form") if (each.attributes.get("action") or "").endswith(ending)]
    return person.post(form["action"], fields(form) | more, follow=True)


def test_a_few_logs_are_done_when_the_page_is_there(person, wire, logs):
    page = press(person, planned(person, "m-001", "m-002"), "/annotate/")
    assert parse(page).one("h1").text == "2 logs annotated, and read again"
    assert said(logs, "m-001")[0] == 1
    assert person.get(LOGS + "m-001/").status_code == 200
    row = parse(page).one("tr", data_log_id="m-001")
    assert row.one("a")["href"] == LOGS + "m-001/"
    assert "changed" in row.text


def test_many_logs_wait_for_a_worker(person, wire, logs):
    page = press(person, planned(person, *(f"m-{number:03}" for number in range(60))), "/annotate/")
    assert wire.patches == []
    assert not [each for each in parse(page).all("tr") if "data-log-id" in each]
    job = work_off(Job.objects.get())
    assert job.state == Job.State.DONE
    page = parse(person.get(page.redirect_chain[0][0] + "?state=changed&page=2"))
    assert len([each for each in page.all("tr") if "data-log-id" in each]) == 10


def test_a_second_click_changes_nothing_more(person, wire, logs):
    page = planned(person, "m-001")
    press(person, page, "/annotate/")
    assert press(person, page, "/annotate/").status_code == 200
    assert len(wire.patches) == 1


def test_a_plan_that_ran_out_is_not_begun(person, wire, logs):
    page = planned(person, "m-001")
    Job.objects.update(expires_at=timezone.now())
    assert press(person, page, "/annotate/").status_code == 422
    assert wire.patches == []


def test_a_halted_job_goes_on_or_ends(person, wire, logs):
    page = planned(person, "m-001", "m-002")
    wire.instead = lambda request: (
        httpx.Response(403, json={"success": False, "errors": []}) if request.method == "PATCH" else None
    )
    page = press(person, page, "/annotate/")
    assert "It halted" in parse(page).text
    go_on = page.redirect_chain[0][0] + "go-on/"
    assert [
        each["action"] for each in parse(page).all("form") if "/jobs/" in (each.attributes.get("action") or "")
    ] == [
        go_on,
        go_on,
    ]
    person.post(go_on)
    assert work_off(Job.objects.get()).state == Job.State.HALTED
    person.post(go_on, {"end": "1"})
    assert work_off(Job.objects.get()).state == Job.State.CANCELLED
    assert said(logs, "m-001")[0] is None


def test_who_may_not_annotate_lets_nothing_go_on_and_may_have_it_end(person, wire, logs, monkeypatch):
    page = planned(person, "m-001")
    wire.instead = lambda request: httpx.Response(403, json={"success": False}) if request.method == "PATCH" else None
    go_on = press(person, page, "/annotate/").redirect_chain[0][0] + "go-on/"
    sent = len(wire.patches)
    only(READER)
    assert person.post(go_on).status_code == 403
    assert work_off(Job.objects.get()).state == Job.State.HALTED
    assert len(wire.patches) == sent
    person.post(go_on, {"end": "1"})
    assert work_off(Job.objects.get()).state == Job.State.CANCELLED


def test_a_halted_job_with_something_under_way_is_not_just_put_aside(person, wire, logs):
    page = planned(person, "m-001")
    Job.objects.update(state=Job.State.HALTED)
    assert person.post(page.redirect_chain[0][0] + "stop/").status_code == 422
    assert Job.objects.get().state == Job.State.HALTED


def test_who_may_not_annotate_begins_nothing(person, wire, logs, monkeypatch):
    page = planned(person, "m-001")
    only(READER)
    assert press(person, page, "/annotate/").status_code == 403
    assert wire.patches == []
