"""/gateways/<gateway>/logs/export/"""

import re

import pytest

from gateway_dash.bulk.exporting.spec import FORMATS
from gateway_dash.bulk.models import Job, Spent
from tests.conftest import LOGS
from tests.people import noted
from tests.views.crawl import allow_reveal
from tests.views.exports import EXPORT, fill, ids_in, manifest
from tests.views.reading import fields, parse

pytestmark = pytest.mark.django_db


@pytest.fixture
def logs(bare_store):
    """A hundred and twenty of one provider and three of another."""
    fill(bare_store, [3], prefix="groq", provider="groq")
    return fill(bare_store, [60, 60], provider="mistral")


def costs(page):
    """Calls and minutes of each form, as the table says them."""
    rows = [row.all("td") for row in page.one("tbody").all("tr")]
    names = [each["value"] for each in page.all("input", name="format")]
    return {name: (row[1].text, row[2].text) for name, row in zip(names, rows, strict=True)}


def send(person, answer, **changed):
    """The form of the page, sent as a browser does."""
    form = parse(answer).one("form", class_="stack")
    return person.post(form["action"], fields(form) | changed)


def test_the_page_says_what_is_exported_and_counts_it_with_one_call(person, wire, logs):
    answer = person.get(EXPORT + "?provider=mistral")
    assert parse(answer).one("h1").text == "Export calls from mistral"
    assert "120 logs exact, counted just now" in parse(answer).one(class_="sub").text
    assert wire.calls == ["GET /prod-edge/logs"]
    assert Job.objects.count() == 0


def test_each_form_says_its_calls_and_minutes(person, logs):
    found = costs(parse(person.get(EXPORT + "?provider=mistral")))
    assert list(found) == list(FORMATS)
    assert {found[name] for name in ("csv", "jsonl", "parquet")} == {("5", "1 min")}
    assert {found[name] for name in ("bodies", "csv_bodies", "parquet_bodies", "finetune", "evals")} == {
        ("245", "4 min")
    }


def test_what_the_page_says_of_calls_is_what_is_sent(person, wire, logs):
    answer = person.get(EXPORT + "?provider=groq")
    wire.forget()
    send(person, answer, format="bodies")
    assert str(len(wire.sent)) == costs(parse(answer))["bodies"][0]


def test_the_form_leads_to_the_job_whose_files_hold_what_matched(person, logs):
    answer = send(person, person.get(EXPORT + "?provider=mistral"), format="csv")
    job = Job.objects.get()
    assert (answer.status_code, answer.url) == (303, f"/gateways/prod-edge/jobs/{job.key}/")
    assert (job.state, job.actor_name) == (Job.State.DONE, "kim")
    assert ids_in(job) == logs
    page = parse(person.get(answer.url))
    assert page.one("h1").text.startswith("120 logs exported as CSV (Calls from mistral")
    links = [each["href"] for each in page.all("a") if "download" in each]
    assert links == [f"{answer.url}files/{name}" for name in ("logs-0001.csv", "manifest.json")]


def test_a_search_goes_along(person, bare_store):
    found = fill(bare_store, [2], metadata={"note": "needle"})
    fill(bare_store, [2], prefix="other", metadata={"note": "hay"})
    send(person, person.get(EXPORT + "?search=needle"), format="jsonl")
    assert ids_in(Job.objects.get()) == found


def test_ticked_logs_get_the_same_form_and_only_they_are_exported(person, logs, wire):
    ticked = {"id": ["mistral-none", logs[3], logs[100]], "shown": logs[:50]}
    answer = person.post(EXPORT + "?provider=mistral", ticked)
    assert parse(answer).one("h1").text == "Export 3 ticked logs"
    assert wire.sent == []
    assert send(person, answer, format="csv").status_code == 303
    job = Job.objects.get()
    assert ids_in(job) == [logs[3], logs[100]]
    assert manifest(job)["logs"] == "3 logs, ticked one by one"


def test_all_that_match_are_exported_from_the_bar_of_the_list(person, logs):
    page = parse(person.get(LOGS + "?provider=mistral"))
    form = page.one("form", class_="logs-form")
    button = next(each for each in form.all("button") if each.text == "Export…")
    shown = [each["value"] for each in form.all("input", name="shown")]
    answer = person.post(button["formaction"], {"everything": "1", "id": shown, "shown": shown})
    assert parse(answer).one("h1").text == "Export calls from mistral"
    send(person, answer, format="csv")
    assert len(ids_in(Job.objects.get())) == 120


def test_no_tick_is_never_an_export_of_everything(person, logs, wire):
    for sent in ({}, {"shown": logs[:50]}, {"of": "ticked", "format": "csv"}):
        answer = person.post(EXPORT + "?provider=mistral", sent)
        assert answer.status_code == 422
        assert "No log is ticked" in answer.text
    assert Job.objects.count() == 0
    assert wire.sent == []


def test_a_form_that_does_not_exist_is_said(person, logs, wire):
    answer = person.post(EXPORT, {"of": "all", "format": "xls"})
    assert answer.status_code == 400
    assert Job.objects.count() == 0


def test_a_filter_that_cannot_be_read_is_a_400_and_no_wider_export(person, logs, wire):
    assert person.post(EXPORT + "?providr=mistral", {"of": "all", "format": "csv"}).status_code == 400
    assert person.get(EXPORT + "?providr=mistral").status_code == 400
    assert Job.objects.count() == 0
    assert wire.sent == []


def test_a_range_that_lies_ahead_has_nothing_to_export_yet(person, logs):
    answer = person.post(EXPORT + "?start=2990-01-01", {"of": "all", "format": "csv"})
    assert answer.status_code == 422
    assert "begins in the future" in answer.text


def test_secrets_are_offered_to_those_alone_who_may_see_them(person, logs):
    assert "With secrets" not in person.get(EXPORT).text
    answer = person.post(EXPORT, {"of": "all", "format": "csv", "secrets": "1"})
    assert answer.status_code == 403
    assert Job.objects.count() == 0
    allow_reveal(person)
    assert "With secrets" in person.get(EXPORT).text


def test_an_export_is_noted_at_its_begin_and_its_end_and_one_with_secrets_says_so(person, logs):
    allow_reveal(person)
    send(person, person.get(EXPORT), format="csv", secrets="1")
    job = Job.objects.get()
    begun, ended = noted()
    assert begun == ("kim", "export-begun", {"job": job.key, "form": "csv", "which": job.title, "secrets": True})
    assert ended[:2] == ("kim", "export-ended")
    assert (ended[2]["job"], ended[2]["state"], ended[2]["records"]) == (job.key, "done", 123)
    assert job.spec["secrets"] is True
    assert "as stored, by right and noted" in person.get(f"/gateways/prod-edge/jobs/{job.key}/").text


def test_hostile_text_in_the_filter_is_shown_and_not_obeyed(person, logs):
    answer = person.get(EXPORT + "?model=<script>alert(1)</script>%E2%80%AE")
    assert "<script>alert" not in answer.text
    assert "U+202E" in answer.text
    sent = send(person, answer, format="csv")
    page = person.get(sent.url)
    assert "<script>alert" not in page.text
    assert "U+202E" in page.text


def test_what_cannot_be_done_at_once_is_left_to_a_worker(person, logs, monkeypatch):
    Spent.objects.create(account="sandbox", minute="2100-01-01T00:00:00Z", calls=100_000)
    answer = send(person, person.get(EXPORT), format="csv")
    page = parse(person.get(answer.url))
    assert "You may close this page" in page.one(id="job").text
    assert not re.search(r"files/", person.get(answer.url).text)
