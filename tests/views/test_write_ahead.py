"""No call that changes something upstream is sent before its row stands in the audit trail."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from django.db import DatabaseError

from gateway_dash.bulk.models import Job
from gateway_dash.team import audit
from gateway_dash.team.models import AuditEntry
from tests.conftest import LOGS
from tests.people import noted
from tests.views.deleting import confirmed, planned, work_off
from tests.views.reading import fields, parse

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_pauses")]


@pytest.fixture
def logs(bare_store):
    for number in range(3):
        at = (datetime.now(UTC) - timedelta(hours=5 - number)).isoformat()
        bare_store.add({"id": f"m-{number}", "created_at": at, "metadata": {"team": "ai"}, "request_body": b"{}"})
    return bare_store


@pytest.fixture
def before_each(wire):
    """What stood in the trail when each changing call left."""
    seen = []

    def look(request):
        if request.method in ("PATCH", "DELETE"):
            seen.append([entry.what for entry in AuditEntry.objects.order_by("number")])

    wire.instead = look
    return seen


def annotate(person, **values):
    form = parse(person.get(LOGS + "m-0/")).one("form", data_annotate=None)
    return person.post(LOGS + "m-0/annotate/", fields(form) | {name: [value] for name, value in values.items()})


def test_an_annotation_is_noted_with_what_stood_there_before(person, logs, before_each):
    annotate(person, feedback="1", score="12.5")
    assert before_each == [["annotation"]]
    changed = {"verdict": {"before": None, "after": 1}, "score": {"before": None, "after": "12.5"}}
    assert noted() == [("kim", "annotation", {"log": "m-0", "changed": changed})]


def test_an_annotation_that_changes_nothing_is_no_event(person, logs, before_each):
    annotate(person)
    assert before_each == noted() == []


def test_an_annotation_of_many_is_noted_before_its_first_change(person, logs, before_each):
    plan = person.post(LOGS + "annotate-many/plan/", {"id": ["m-0", "m-1"], "feedback": "1"}, follow=True)
    url = plan.redirect_chain[0][0]
    assert noted() == []
    person.post(url + "annotate/")
    assert before_each == [["annotation-begun"]] * 2
    begun, ended = noted()
    assert (begun[0], begun[2]["logs"], ended[1], ended[2]["changed"]) == ("kim", 2, "annotation-ended", 2)
    person.post(url + "undo/")
    assert before_each[2:] == [["annotation-begun", "annotation-ended", "annotation-undone"]] * 2


def test_a_deletion_is_noted_with_its_plan_and_its_receipt(person, logs, before_each):
    job = planned(person, {"id": ["m-0", "m-1"]})
    assert noted() == []
    confirmed(person, job)
    work_off()
    job.refresh_from_db()
    assert job.state == Job.State.DONE
    assert before_each
    assert all(entries == ["deletion-confirmed"] for entries in before_each)
    confirmation, receipt = noted()
    assert confirmation[2] == {
        "job": job.key,
        "copy": "bodies",
        "path": "exact",
        "which": job.title,
        "logs": 2,
        "held": 0,
        "ids_sha256": job.found["manifest"],
    }
    assert receipt[:2] == ("kim", "deletion-ended")
    assert (receipt[2]["gone"], receipt[2]["manifest"], len(receipt[2]["archive"])) == (2, job.found["manifest"], 2)


def test_a_deletion_that_halts_is_noted_too(person, logs, wire):
    wire.instead = lambda request: httpx.Response(403, json={"success": False}) if request.method == "DELETE" else None
    job = planned(person, {"id": ["m-0"]})
    confirmed(person, job)
    work_off()
    halted = noted("job-halted")
    assert [(who, facts["job"], facts["state"]) for who, _what, facts in halted] == [("kim", job.key, "halted")]
    assert "AI Gateway - Edit" in halted[0][2]["words"]


def test_where_the_row_cannot_be_written_nothing_is_sent(person, logs, wire, monkeypatch):
    def refuse(*_args, **_facts):
        raise DatabaseError("the disk is full")

    form = fields(parse(person.get(LOGS + "m-0/")).one("form", data_annotate=None)) | {"feedback": ["1"]}
    job = planned(person, {"id": ["m-0"]})
    monkeypatch.setattr(audit, "record", refuse)
    person.raise_request_exception = False
    assert person.post(LOGS + "m-0/annotate/", form).status_code == 500
    confirmed_ = person.post(f"/gateways/prod-edge/jobs/{job.key}/confirm/", {"level": "bodies", "phrase": "delete 1"})
    assert confirmed_.status_code == 500
    work_off()
    assert wire.patches == wire.deletes == []
    assert logs.count() == 3


def test_a_plan_that_nobody_confirms_is_no_event(person, logs):
    job = planned(person, {"id": ["m-0"]})
    person.post(f"/gateways/prod-edge/jobs/{job.key}/stop/")
    assert [what for _who, what, _facts in noted()] == ["job-stopped"]
