"""/gateways/<gateway>/jobs/<key>/files/<name>"""

import hashlib
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from gateway_dash.bulk import files, runner
from gateway_dash.bulk.exporting import keeping
from gateway_dash.bulk.models import Job, Part
from tests.people import noted, somebody
from tests.views.crawl import allow_reveal
from tests.views.exports import begin, fill, finish, stored

pytestmark = pytest.mark.django_db

WEEK = timedelta(days=7, minutes=1)


@pytest.fixture
def job(person, bare_store):
    """A finished export of kim's."""
    fill(bare_store, [5])
    return finish(begin("csv"))


@pytest.fixture
def other(django_user_model):
    found = Client()
    found.force_login(somebody("lee"))
    return found


def url(job, name="logs-0001.csv"):
    return f"/gateways/prod-edge/jobs/{job.key}/files/{name}"


def data_of(answer):
    return b"".join(answer.streaming_content)


def test_the_file_is_the_one_that_the_page_names(person, job):
    answer = person.get(url(job))
    data, part = data_of(answer), Part.objects.get(name=f"{job.key}/logs-0001.csv")
    assert data == stored(part.name)
    assert (len(data), hashlib.sha256(data).hexdigest()) == (part.size, part.sha256)
    assert answer["Content-Length"] == str(len(data))


def test_no_browser_shows_it(person, job):
    answer = person.get(url(job))
    assert answer["Content-Disposition"] == f'attachment; filename="prod-edge-{job.key}-logs-0001.csv"'
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store"
    assert set(answer["Content-Security-Policy"].split("; ")) == {"sandbox", "default-src 'none'"}
    answer.close()


def test_it_comes_in_pieces_of_64_kb(person, job):
    part = Part.objects.get(name=f"{job.key}/logs-0001.csv")
    path = files.archives().path(part.name)
    with open(path, "ab") as file:
        file.write(b"x" * 200_000)
    pieces = list(person.get(url(job)).streaming_content)
    assert max(len(piece) for piece in pieces) == 64 * 1024
    assert len(pieces) == 4


def test_a_file_that_the_store_lost_is_said(person, job):
    files.archives().delete(f"{job.key}/logs-0001.csv")
    answer = person.get(url(job))
    assert answer.status_code == 404
    assert "does not have this file any more" in answer.text


def test_for_others_it_is_not_there_and_an_administrator_gets_it(job, other):
    assert other.get(url(job)).status_code == 404
    assert other.get(f"/gateways/prod-edge/jobs/{job.key}/").status_code == 200
    get_user_model().objects.filter(username="lee").update(is_superuser=True)
    answer = other.get(url(job))
    assert answer.status_code == 200
    answer.close()


def test_a_stranger_is_asked_to_sign_in(client, job):
    client.logout()
    assert client.get(url(job)).status_code == 302


@pytest.mark.parametrize("name", ["logs-0002.csv", "..%2Fsecret.csv", "%2e%2e/x.csv", "LOGS.CSV", "logs", "a.b.c.d"])
def test_no_other_name_is_a_file(person, job, name):
    assert person.get(url(job, name)).status_code == 404


def test_another_gateway_has_no_such_job(person, job):
    assert person.get(url(job).replace("prod-edge", "staging")).status_code == 404


def test_files_of_other_kinds_are_not_given_out_here(person, job):
    Part.objects.filter(job=job).update(kind="selected")
    assert person.get(url(job)).status_code == 404


def test_what_is_not_finished_is_not_given_out(person, job):
    Job.objects.filter(pk=job.pk).update(state=Job.State.ACTIVE)
    assert person.get(url(job)).status_code == 404


def test_who_lost_the_right_gets_no_file_with_secrets(person, bare_store):
    allow_reveal(person)
    fill(bare_store, [1])
    job = finish(begin("csv", secrets=True))
    answer = person.get(url(job))
    assert answer.status_code == 200
    answer.close()
    get_user_model().objects.get().user_permissions.clear()
    assert person.get(url(job)).status_code == 403


def test_each_download_is_noted(person, job):
    person.get(url(job)).close()
    assert noted("export-file") == [("kim", "export-file", {"job": job.key, "file": "logs-0001.csv"})]


def test_after_seven_days_the_files_are_removed_and_the_pages_say_so(person, job):
    keeping.forget_old(timezone.now() + WEEK - timedelta(minutes=2))
    assert files.archives().exists(f"{job.key}/logs-0001.csv")
    keeping.forget_old(timezone.now() + WEEK)
    assert not files.archives().exists(f"{job.key}/logs-0001.csv")
    answer = person.get(url(job))
    assert answer.status_code == 404
    assert "kept for seven days" in answer.text
    page = person.get(f"/gateways/prod-edge/jobs/{job.key}/")
    assert "The files are removed" in page.text
    assert "files/logs" not in page.text


def test_the_workers_round_removes_them(person, job):
    Job.objects.filter(pk=job.pk).update(ended_at=timezone.now() - WEEK)
    runner.tidy()
    assert not files.archives().exists(f"{job.key}/manifest.json")


def test_a_halted_export_keeps_its_files_no_longer(person, job):
    Job.objects.filter(pk=job.pk).update(state=Job.State.HALTED, ended_at=None, phase_at=timezone.now() - WEEK)
    keeping.forget_old(timezone.now())
    job.refresh_from_db()
    assert job.state == Job.State.EXPIRED
    assert not files.archives().exists(f"{job.key}/logs-0001.csv")


def test_a_store_that_cannot_remove_a_file_stops_no_worker(person, job, monkeypatch):
    Job.objects.filter(pk=job.pk).update(ended_at=timezone.now() - WEEK)

    def refuses(_store, _name):
        raise PermissionError(13, "no")

    monkeypatch.setattr(type(files.archives()), "delete", refuses)
    runner.tidy()
    assert Part.objects.filter(job=job, removed_at=None).exists()
