"""/gateways/<gateway>/jobs/"""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from gateway_dash.bulk import jobs
from gateway_dash.bulk.models import Job
from tests.views.deleting import JOBS, planned, url_of
from tests.views.reading import parse

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(person, bare_store):
    bare_store.add({"id": "one", "created_at": (datetime.now(UTC) - timedelta(hours=1)).isoformat()})
    return planned(person, {"id": ["one"]})


def test_without_jobs_it_says_where_they_come_from(person):
    page = parse(person.get(JOBS))
    assert "No jobs yet" in page.text
    assert page.links()["Logs of this gateway"] == "/gateways/prod-edge/logs/"


def test_the_jobs_of_the_gateway_lead_to_their_pages(person, made, wire):
    wire.forget()
    page = parse(person.get(JOBS))
    assert page.links()["Delete 1 log"] == url_of(made)
    row = page.one("tbody").one("tr").text
    assert "Deletion" in row
    assert "planned" in row
    assert "kim" in row
    assert wire.sent == []


def test_the_newest_come_first_and_the_older_on_the_next_page(person, made, django_user_model):
    user = django_user_model.objects.get()
    for number in range(60):
        job = jobs.start("delete", "prod-edge", user, f"job {number}", {}, phase="plan")
        Job.objects.filter(pk=job.pk).update(created_at=timezone.now() + timedelta(seconds=number))
    first = parse(person.get(JOBS))
    titles = [row.all("td")[2].text for row in first.one("tbody").all("tr")]
    assert titles[0] == "Delete job 59"
    assert len(titles) == 50
    second = parse(person.get(JOBS + first.links()["Older"].partition("/jobs/")[2]))
    assert second.one("tbody").all("tr")[0].all("td")[2].text == "Delete job 9"
    assert "Older" not in second.links()


def test_those_of_another_gateway_and_account_are_not_there(person, made):
    assert "No jobs yet" in parse(person.get("/gateways/staging/jobs/")).text
    Job.objects.update(account="another")
    assert "No jobs yet" in parse(person.get(JOBS)).text


def test_one_kind_alone(person, made):
    assert url_of(made) in parse(person.get(JOBS + "?kind=delete")).links().values()


@pytest.mark.parametrize("query", ["?kind=nothing", "?kind=<b>"])
def test_a_kind_that_is_none_is_refused(person, query):
    assert person.get(JOBS + query).status_code == 400


def test_a_place_that_is_none_is_not_there(person, made):
    assert person.get(JOBS + "?before=x").status_code == 404
