"""/gateways/<gateway>/jobs/<job>/archive/, its files, its logs, and receipt.json"""

import gzip
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission

from gateway_dash.bulk import files
from gateway_dash.bulk.models import Part
from tests.views.deleting import confirmed, deleted, planned, url_of
from tests.views.reading import parse

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_pauses")]

SECRET = "sk-" + "proj-" + "a1B2" * 10
HOSTILE = "<img src=x onerror=alert(1)>\u202e"


@pytest.fixture
def job(person, bare_store):
    start = datetime.now(UTC) - timedelta(hours=5)
    for number in range(60):
        at = (start + timedelta(seconds=number)).isoformat()
        row: dict[str, Any] = {"id": f"m-{number:02}", "created_at": at, "model": HOSTILE}
        if number == 1:
            row |= {
                "request_body": json.dumps({"key": SECRET, "say": HOSTILE}).encode(),
                "response_body": b"\xff\x00\x01",
            }
        bare_store.add(row)
    return deleted(person, {"everything": "1"}, "?since=7d", level="bodies")


@pytest.fixture
def trusted(person, django_user_model):
    django_user_model.objects.get().user_permissions.add(Permission.objects.get(codename="reveal_secrets"))
    return person


def test_the_files_are_listed_and_their_logs_can_be_paged(person, job, wire):
    wire.forget()
    page = parse(person.get(url_of(job) + "archive/"))
    assert page.one("h2", id="logs-h").text == "Logs 1 to 50 of 60"
    more = parse(person.get(url_of(job) + "archive/" + page.links()["More"]))
    assert more.one("h2", id="logs-h").text == "Logs 51 to 60 of 60"
    assert wire.sent == []
    part = job.parts.get(kind="selected")
    assert part.sha256 in page.text


def test_a_log_that_is_gone_can_be_read_with_its_secrets_masked(person, job):
    answer = person.get(url_of(job) + "archive/m-01/")
    page = parse(answer)
    assert page.one("h1").text == "Archived log m-01"
    assert SECRET not in answer.text
    assert "[masked:" in answer.text
    assert "<img src=x" not in answer.text
    assert "Not text. The file has it, as base64." in page.text
    assert person.get(url_of(job) + "archive/m-99/").status_code == 404


def test_the_file_has_its_secrets_masked(person, job):
    answer = person.get(url_of(job) + "archive/1")
    text = b"".join(answer.streaming_content)
    assert SECRET.encode() not in text
    assert len(text.splitlines()) == 60
    assert json.loads(text.splitlines()[0])["log"]["id"] == "m-00"
    assert answer["Content-Disposition"].endswith('-masked.jsonl"')
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store"


def test_byte_for_byte_it_takes_the_right(person, job):
    assert person.post(url_of(job) + "archive/1").status_code == 403
    assert "exact" not in parse(person.get(url_of(job) + "archive/")).all("table")[0].text


def test_whoever_may_see_secrets_gets_the_stored_file_and_that_is_noted(trusted, job, caplog):
    answer = trusted.post(url_of(job) + "archive/1")
    data = b"".join(answer.streaming_content)
    assert SECRET.encode() in gzip.decompress(data)
    assert any(record.getMessage() == "downloaded an archive exactly as stored" for record in caplog.records)


def test_a_removed_file_says_so(person, job):
    Part.objects.update(removed_at=datetime.now(UTC))
    assert person.get(url_of(job) + "archive/1").status_code == 410
    assert person.get(url_of(job) + "archive/m-01/").status_code == 404


@pytest.mark.parametrize("path", ["archive/", "archive/1", "archive/m-01/"])
def test_a_file_that_the_store_lost_is_said_to_be_lost(person, job, path):
    files.archives().delete(job.parts.first().name)
    answer = person.get(url_of(job) + path)
    assert answer.status_code == 404
    assert "does not have this file any more" in answer.text


@pytest.mark.parametrize("path", ["archive/0", "archive/9", "archive/?file=9", "archive/?file=x"])
def test_a_file_that_is_not_there_is_not_there(person, job, path):
    assert person.get(url_of(job) + path).status_code == 404


def test_a_place_that_is_no_number_is_refused(person, job):
    assert person.get(url_of(job) + "archive/?from=x").status_code == 400


def test_a_plan_has_no_archive_and_no_receipt(person, bare_store):
    bare_store.add({"id": "one", "created_at": (datetime.now(UTC) - timedelta(hours=1)).isoformat()})
    job = planned(person, {"id": ["one"]})
    assert person.get(url_of(job) + "archive/").status_code == 404
    assert person.get(url_of(job) + "receipt.json").status_code == 404
    confirmed(person, job)
    assert person.get(url_of(job) + "receipt.json").status_code == 404


def test_the_receipt_is_complete_and_tells_nothing_that_a_log_said(person, job):
    answer = person.get(url_of(job) + "receipt.json")
    receipt = answer.json()
    assert (receipt["asked"], receipt["gone"], receipt["left"], receipt["held"]) == (60, 60, 0, 0)
    assert (receipt["actor"], receipt["gateway"], receipt["state"]) == ("kim", "prod-edge", "done")
    assert [each["sha256"] for each in receipt["archive"]] == list(job.parts.values_list("sha256", flat=True))
    assert receipt["manifest"] == job.found["manifest"]
    assert "img src" not in answer.text
    assert answer["Content-Disposition"].startswith("attachment")
