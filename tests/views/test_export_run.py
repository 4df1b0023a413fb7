"""The job of an export: what its files hold, whatever happens on the way."""

import io
import json
import os
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from django.utils import timezone
from pyarrow import parquet

from gateway_dash.bulk import files, jobs, work
from gateway_dash.bulk.exporting import columns
from gateway_dash.bulk.exporting.spec import FORMATS
from gateway_dash.bulk.models import Job, Part
from gateway_dash.gateway.filters import Filter
from gateway_dash.gateway.query import LogQuery
from gateway_dash.gateway.vocabulary import EQ
from gateway_dash.logs.exports import COLUMNS
from tests.views.exports import SAID, START, begin, fill, finish, ids_in, manifest, parts, records

pytestmark = pytest.mark.django_db

KEY = "sk-" + "proj-" + "Zq8vT2mW9xK4cR7n" * 3
every_form = pytest.mark.parametrize("form", FORMATS)
with_ids = pytest.mark.parametrize("form", [form for form in FORMATS if form != "finetune"])
OPENAI = LogQuery(filters=(Filter("provider", EQ, ("openai",)),))


@pytest.fixture
def logs(bare_store):
    """A hundred and thirty logs, eighty of them in one second, and as many of another provider between them."""
    ids = fill(bare_store, [20, 80, 0, 29, 1])
    fill(bare_store, [20, 20, 20], prefix="other", provider="groq")
    return ids


# --- what is in the files


@pytest.mark.parametrize("seconds", [0.0, 5.0])
@with_ids
def test_every_log_that_matches_is_in_the_files_once(wire, logs, form, seconds, monkeypatch):
    monkeypatch.setattr(work, "STEP_S", seconds)
    job = finish(begin(form, OPENAI), steps=200)
    assert job.state == Job.State.DONE, job.problem
    assert ids_in(job) == logs
    assert job.done == job.total == len(logs)


def test_a_row_costs_a_fiftieth_of_a_call(wire, bare_store):
    fill(bare_store, [1] * 245)
    finish(begin("csv"))
    assert len(wire.calls) == 2 + 5  # the counts, and 49 new logs a page


def test_a_second_with_more_logs_than_a_page_is_read_whole(wire, bare_store):
    ids = fill(bare_store, [3, 170, 2])
    assert ids_in(finish(begin("jsonl"))) == ids


def test_the_files_of_a_form_that_is_full_follow_each_other(wire, logs, monkeypatch):
    monkeypatch.setitem(FORMATS, "parquet", replace(FORMATS["parquet"], records_at_most=60))
    job = finish(begin("parquet", OPENAI))
    assert len(parts(job)) > 1
    assert ids_in(job) == logs
    assert sum(part.records for part in Part.objects.filter(job=job)) == len(logs)


@every_form
def test_nothing_that_matches_is_one_file_without_records(wire, bare_store, form):
    job = finish(begin(form))
    assert job.state == Job.State.DONE, job.problem
    assert len(parts(job)) == 1
    assert records(job) == []


def test_parquet_has_types(wire, bare_store):
    row = {"id": "t", "created_at": "2026-11-23T10:00:00.204Z", "cost": 2.2e-7, "tokens_in": 7, "tokens_out": None}
    bare_store.add({**row, "metadata": {"user": "ü"}, "success": True, "status_code": 200, "feedback": -1})
    [found] = records(finish(begin("parquet")))
    assert list(found) == list(COLUMNS)
    assert found["created_at"] == datetime(2026, 11, 23, 10, 0, 0, 204000, tzinfo=UTC)
    assert (found["cost"], found["tokens_in"], found["tokens_out"]) == (2.2e-7, 7.0, None)
    assert (found["success"], found["status_code"], found["feedback"]) == (True, 200, -1.0)
    assert json.loads(found["metadata"]) == {"user": "ü"}


def test_a_cell_of_the_csv_runs_as_no_formula(wire, bare_store):
    bare_store.add(
        {"id": "f", "created_at": START.isoformat(), "model": "=1+1", "user_agent": "@SUM(A1)", "feedback": -1}
    )
    [row] = records(finish(begin("csv")))
    assert (row["model"], row["user_agent"], row["feedback"]) == ("'=1+1", "'@SUM(A1)", "-1")


def test_jsonl_has_the_rows_as_they_came(wire, bare_store):
    bare_store.add({"id": "j", "created_at": START.isoformat(), "model": "<b>\u202e\x00\n", "metadata": {"a": 1.5}})
    [row] = records(finish(begin("jsonl")))
    assert (row["model"], row["metadata"]) == ("<b>\u202e\x00\n", {"a": 1.5})


@pytest.mark.parametrize("form", ["csv_bodies", "parquet_bodies"])
def test_a_row_with_bodies_has_them_in_cells_of_their_own(wire, bare_store, form):
    at = {"created_at": START.isoformat()}
    bare_store.add({"id": "b", "model": "m", "request_body": 'ü, "x"\ny'.encode(), "response_body": b"\xff\xfe", **at})
    bare_store.add({"id": "c", "request_body": b"only", **at})
    one, two = records(finish(begin(form)))
    assert list(one) == [*COLUMNS, "request", "request_note", "response", "response_note"]
    assert (one["id"], one["model"]) == ("b", "m")
    assert (one["request"], one["request_note"]) == ('ü, "x"\ny', "")
    assert (one["response"], one["response_note"]) == ("//4=", "base64")
    assert (two["request"], two["response"]) == ("only", "")
    assert "Not Found" in two["response_note"]


@pytest.mark.parametrize(("form", "cell"), [("csv_bodies", "'=1+1"), ("parquet_bodies", "=1+1")])
def test_a_body_that_looks_like_a_formula_is_safe_in_a_spreadsheet_and_exact_elsewhere(wire, bare_store, form, cell):
    bare_store.add({"id": "f", "created_at": START.isoformat(), "request_body": b"=1+1"})
    [row] = records(finish(begin(form)))
    assert row["request"] == cell


@pytest.mark.parametrize("form", ["csv_bodies", "parquet_bodies"])
def test_secrets_in_cells_with_bodies_are_masked(wire, bare_store, form):
    bare_store.add({"id": "s", "created_at": START.isoformat(), "request_body": f'{{"k": "{KEY}"}}'.encode()})
    job = finish(begin(form))
    assert KEY not in str(records(job))
    assert manifest(job)["columns"]


def test_long_bodies_become_parquet_a_few_at_a_time(wire, bare_store, monkeypatch):
    monkeypatch.setattr(columns, "BYTES_AT_ONCE", 2_000)
    ids = fill(bare_store, [7], response_body=b"x" * 900)
    job = finish(begin("parquet_bodies"))
    assert ids_in(job) == ids
    assert parquet.ParquetFile(io.BytesIO(parts(job)[0])).num_row_groups > 2


def test_a_body_is_text_or_base64_or_says_why_it_is_not_there(wire, bare_store):
    bare_store.add(
        {"id": "b", "created_at": START.isoformat(), "request_body": "ü".encode(), "response_body": b"\xff\xfe"}
    )
    bare_store.add({"id": "c", "created_at": START.isoformat(), "request_body": b"only"})
    one, two = records(finish(begin("bodies")))
    assert (one["request"], one["response"]) == ({"text": "ü"}, {"base64": "//4="})
    assert two["request"] == {"text": "only"}
    assert two["response"]["missing"]


def test_fine_tuning_gets_the_conversation_with_its_answer_last(wire, bare_store):
    fill(bare_store, [1])
    [line] = records(finish(begin("finetune")))
    assert line == {
        "messages": [{"role": "user", "content": "What is DNS?"}, {"role": "assistant", "content": "Names."}]
    }


def test_an_evals_item_has_the_input_and_the_answer(wire, bare_store):
    fill(bare_store, [1], feedback=1)
    [line] = records(finish(begin("evals")))
    item = line["item"]
    assert item["input"] == [{"role": "user", "content": "What is DNS?"}]
    assert (item["output"], item["log_id"], item["feedback"]) == ("Names.", "log-000-000", 1)


def test_what_no_conversation_can_be_made_of_is_counted_by_its_reason(wire, bare_store):
    fill(bare_store, [2])
    fill(bare_store, [1], prefix="failed", success=False, status_code=500)
    fill(bare_store, [1], prefix="raw", request_body=b"no shape")
    bare_store.add({"id": "bare", "created_at": START.isoformat()})
    picture = {"type": "image_url", "image_url": {"url": "https://a.example/x.png"}}
    asked = json.dumps({"messages": [{"role": "user", "content": [picture]}]}).encode()
    fill(bare_store, [1], prefix="picture", request_body=asked)
    job = finish(begin("finetune"))
    assert len(records(job)) == 2
    assert manifest(job)["left_out"] == {
        "the call did not succeed": 1,
        "its request is in no form that is known here": 1,
        "the upstream keeps no request of it": 1,
        "it holds pictures, sound or files": 1,
    }


def test_ticked_logs_are_exported_and_those_that_are_gone_are_counted(wire, logs):
    job = finish(begin("csv", ids=("log-000-001", "no-such-log", "other-000-000")))
    assert ids_in(job) == ["log-000-001", "other-000-000"]
    assert manifest(job)["left_out"] == {"not there any more": 1}


def test_a_metadata_pair_is_checked_row_by_row(wire, bare_store):
    fill(bare_store, [3], metadata={"user": "u-1"})
    fill(bare_store, [2], prefix="crossed", metadata={"user": "u-2", "other": "u-1"})
    job = finish(begin("jsonl", LogQuery(filters=(Filter("metadata.user", EQ, ("u-1",)),))))
    assert len(ids_in(job)) == 3
    assert sum(manifest(job)["left_out"].values()) == 2


# --- secrets


def plant(store):
    asked = json.dumps({"messages": [{"role": "user", "content": f"my key is {KEY}"}]}).encode()
    said = json.dumps({"choices": [{"message": {"role": "assistant", "content": f"You said {KEY}"}}]}).encode()
    row = {"path": f"/v1/x?key={KEY}", "user_agent": KEY, "model": KEY, "event_id": KEY}
    store.add({"id": "planted", "created_at": START.isoformat(), "request_body": asked, "response_body": said, **row})


@every_form
def test_a_secret_is_in_no_file(wire, bare_store, form):
    plant(bare_store)
    job = finish(begin(form))
    assert len(records(job)) == 1
    assert KEY not in json.dumps(records(job), default=str)
    assert KEY[8:] not in json.dumps(manifest(job))


@every_form
def test_with_the_right_and_by_choice_it_is_as_stored(wire, bare_store, django_user_model, form):
    django_user_model.objects.create_superuser("root")
    plant(bare_store)
    job = finish(begin(form, name="root", secrets=True))
    assert KEY in json.dumps(records(job), default=str)
    assert manifest(job)["secrets_masked"] is False


def test_who_loses_the_right_gets_no_further_secret(wire, bare_store, django_user_model):
    root = django_user_model.objects.create_superuser("root")
    plant(bare_store)
    job = begin("bodies", name="root", secrets=True)
    root.is_superuser = False
    root.save()
    assert finish(job).state == Job.State.HALTED
    assert "may not see secrets any more" in job.problem
    assert wire.sent == []


def test_who_may_not_sign_in_any_more_exports_nothing_more(wire, logs, django_user_model):
    job = begin("csv")
    django_user_model.objects.update(is_active=False)
    assert finish(job).state == Job.State.HALTED
    assert "may not sign in any more" in job.problem
    assert wire.sent == []


def test_a_body_of_which_not_all_is_looked_at_is_left_out_of_a_masked_file(wire, bare_store):
    bare_store.add(
        {
            "id": "long",
            "created_at": START.isoformat(),
            "request_body": b"x " * 600_000 + KEY.encode(),
            "response_body": SAID,
        }
    )
    [line] = records(finish(begin("bodies")))
    assert "over 1 MB" in line["request"]["missing"]
    assert line["response"] == {"text": SAID.decode()}


# --- trouble


def test_a_row_that_the_filter_excludes_halts_it(wire, sandbox, logs):
    job = begin("csv", OPENAI)
    sandbox.options = replace(sandbox.options, ignore_filters=True)
    assert finish(job).state == Job.State.HALTED
    assert job.problem
    assert Part.objects.count() == 0


def test_rows_in_another_order_halt_it(wire, logs):
    def turned_round(request):
        if request.url.params.get("order_by_direction") != "asc":
            return None
        rows = [{"id": str(number), "created_at": f"2026-11-2{number}T10:00:00Z"} for number in (3, 2)]
        return httpx.Response(200, json={"success": True, "result": rows, "result_info": {"total_count": 2}})

    wire.instead = turned_round
    assert finish(begin("csv")).state == Job.State.HALTED


@pytest.mark.parametrize("form", ["csv", "bodies"])
def test_a_spent_budget_is_a_pause_that_ends_by_itself_and_loses_nothing(wire, logs, form):
    wire.instead = lambda _request: httpx.Response(429, headers={"Retry-After": "1"}) if len(wire.sent) == 4 else None
    job = finish(begin(form, OPENAI))
    assert job.state == Job.State.ACTIVE
    assert job.pause == "The upstream call budget is spent."
    assert job.due_at > timezone.now()
    ends_at = time.monotonic() + 10
    while job.state == Job.State.ACTIVE and time.monotonic() < ends_at:
        time.sleep(0.1)
        finish(job)
    assert job.state == Job.State.DONE, job.problem
    assert ids_in(job) == logs


def test_a_full_disk_halts_it_in_words_and_once_there_is_room_it_goes_on(wire, logs, monkeypatch, django_user_model):
    job, really, count = begin("jsonl", OPENAI), os.fsync, [0]

    def full(number):
        count[0] += 1
        if count[0] == 2:
            raise OSError(28, "No space left on device")
        really(number)

    monkeypatch.setattr(os, "fsync", full)
    assert finish(job).state == Job.State.HALTED
    assert "No space left on device" in job.problem
    assert jobs.go_on(job, django_user_model.objects.get())
    assert finish(job).state == Job.State.DONE
    assert ids_in(job) == logs


def test_a_file_that_this_machine_lost_is_begun_again(wire, logs, monkeypatch):
    monkeypatch.setattr(work, "STEP_S", 0.0)
    job = begin("csv", OPENAI)
    wire.instead = lambda _request: files.forget_work(job.key) if len(wire.sent) == 3 else None
    finish(job)
    assert job.state == Job.State.DONE, job.problem
    assert ids_in(job) == logs


def test_what_others_delete_meanwhile_moves_nothing_out_of_it(wire, bare_store):
    ids = fill(bare_store, [30, 170, 30])
    gone = [each for each in ids[30:200] if each.endswith(("1", "4"))]

    def deletes(_request):
        if len(wire.sent) == 4:  # two pages of the long second are read, and a third of them goes
            bare_store.delete(gone)

    wire.instead = deletes
    job = finish(begin("csv"))
    found = ids_in(job)
    assert len(found) == len(set(found))
    assert set(ids) - set(gone) <= set(found)
    assert manifest(job)["changed_meanwhile"].startswith(f"{len(gone)} fewer")


def test_as_many_that_come_late_as_go_are_said_too(wire, bare_store):
    fill(bare_store, [1] * 120)

    def swaps(_request):
        if len(wire.sent) == 3:
            bare_store.delete(["log-110-000"])
            bare_store.add({"id": "late", "created_at": START.isoformat()})

    wire.instead = swaps
    job = finish(begin("csv"))
    assert manifest(job)["changed_meanwhile"].startswith("119 logs were read, of 120 that were counted")


def test_what_arrives_meanwhile_is_not_in_it(wire, bare_store):
    ids = fill(bare_store, [1] * 120)

    def arrives(_request):
        at = datetime.now(UTC) + timedelta(milliseconds=5)
        bare_store.add({"created_at": at.isoformat()})

    wire.instead = arrives
    assert ids_in(finish(begin("csv"))) == ids


def test_stopping_it_removes_what_was_written(wire, logs, django_user_model, monkeypatch):
    monkeypatch.setitem(FORMATS, "csv", replace(FORMATS["csv"], records_at_most=50))
    job = begin("csv")
    wire.instead = lambda _request: jobs.stop(job, django_user_model.objects.get()) and None
    monkeypatch.setattr(work, "STEP_S", 0.01)
    finish(job)
    assert job.state == Job.State.CANCELLED
    assert not Part.objects.filter(job=job, removed_at=None).exists()
    assert not files.archives().exists(f"{job.key}/logs-0001.csv")


def test_a_file_that_the_store_gives_back_otherwise_is_not_given_out(wire, logs, monkeypatch):
    really = files.put_away

    def cut(path, name):
        path.write_bytes(path.read_bytes()[:-1] + b"x")
        really(path, name)
        path.write_bytes(path.read_bytes()[:-1] + b"\n")

    monkeypatch.setattr(files, "put_away", cut)
    assert finish(begin("csv")).state == Job.State.HALTED
    assert Part.objects.count() == 0


def test_the_job_that_is_over_keeps_no_word_of_the_filter(wire, logs):
    job = finish(begin("csv", LogQuery(filters=(Filter("metadata.user", EQ, ("anna",)),))))
    assert job.state == Job.State.DONE, job.problem
    assert "anna" not in json.dumps([job.spec, job.found, job.cursor, job.title])


def test_the_manifest_says_what_the_files_are(wire, logs):
    job = finish(begin("csv", OPENAI))
    found = manifest(job)
    [part] = Part.objects.filter(job=job).exclude(name__endswith="manifest.json")
    assert found["files"] == [
        {"name": "logs-0001.csv", "records": len(logs), "bytes": part.size, "sha256": part.sha256}
    ]
    assert found["logs"].startswith("Calls from openai, before ")
    assert (found["matched_at_the_start"], found["matched_at_the_end"], found["records"]) == (len(logs),) * 3
    assert (found["asked_by"], found["secrets_masked"], found["columns"]) == ("kim", True, list(COLUMNS))
