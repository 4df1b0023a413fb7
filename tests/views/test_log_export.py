"""/gateways/<gateway>/logs.json, logs.csv and logs.jsonl"""

import csv
import io
import json
import re
from dataclasses import replace

import httpx
import pytest

from tests.conftest import LOGS
from tests.views.reading import HTMX, ids, parse

pytestmark = pytest.mark.django_db

BASE = LOGS.removesuffix("/")
KINDS = {"json": "application/json", "csv": "text/csv", "jsonl": "application/x-ndjson"}


def table(answer):
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


def exported_ids(answer, kind):
    if kind == "csv":
        return [row["id"] for row in table(answer)]
    if kind == "json":
        return [row["id"] for row in answer.json()["logs"]]
    return [json.loads(line)["id"] for line in answer.text.splitlines()]


@pytest.mark.parametrize("kind", KINDS)
def test_an_export_is_a_file_of_a_name_of_ours(person, kind):
    answer = person.get(f"{BASE}.{kind}?page=2")
    assert answer.status_code == 200
    assert answer["Content-Type"] == f"{KINDS[kind]}; charset=utf-8"
    assert answer["Content-Disposition"] == f'attachment; filename="prod-edge-logs-page-2.{kind}"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("query", ["", "?provider=openai", "?cached__not=true&sort=model&per_page=20", "?provider=no"])
def test_an_export_holds_the_rows_of_the_list(person, kind, query):
    assert exported_ids(person.get(f"{BASE}.{kind}{query}"), kind) == (
        ids(person.get(LOGS + query)) if query != "?provider=no" else []
    )


@pytest.mark.parametrize("kind", KINDS)
def test_an_export_costs_one_call(person, wire, kind):
    person.get(f"{BASE}.{kind}")
    assert wire.calls == ["GET /prod-edge/logs"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_query_that_cannot_be_read_is_a_400_and_no_file(person, wire, kind, headers):
    answer = person.get(f"{BASE}.{kind}?providr=openai", headers=headers)
    assert answer.status_code == 400
    assert "Content-Disposition" not in answer
    assert wire.sent == []


@pytest.mark.parametrize("kind", KINDS)
def test_next_leads_through_all_logs_without_a_gap(person, store, kind):
    seen, url, pages = [], f"{BASE}.{kind}?per_page=20", 0
    while url:
        answer = person.get(url)
        assert answer["X-Total-Count"] == str(store.count("prod-edge"))
        seen += exported_ids(answer, kind)
        link = re.fullmatch(r'<(http://testserver/.+)>; rel="next"', answer.get("Link", ""))
        url = link[1] if link else ""
        pages += 1
        assert pages < 10
    assert seen == store.ids("prod-edge")[::-1]


def test_jsonl_has_the_rows_exactly_as_they_came(person, wire):
    rows = [
        {"id": "a", "created_at": "2026-11-23T10:00:00.100Z", "zeta": [1, {"x": None}], "model": "<b>=1\u202e\x00\n"},
        {"id": "b", "created_at": "2026-11-23T10:00:00.099Z", "cost": 2.2e-7, "metadata": '{"as": "text"}'},
    ]
    wire.instead = lambda _request: httpx.Response(200, json={"success": True, "result": rows})
    answer = person.get(f"{BASE}.jsonl")
    assert [json.loads(line) for line in answer.content.split(b"\n")[:-1]] == rows
    assert answer.text.isascii()
    assert person.get(f"{BASE}.json").json()["logs"] == rows


def test_json_says_what_it_is_an_answer_to(person):
    found = person.get(f"{BASE}.json?provider=openai&per_page=20").json()
    assert found["query"] == "Calls from openai"
    assert (found["page"], found["per_page"], found["total_is_exact"]) == (1, 20, True)
    assert found["upstream_did_not_apply_filter"] is False


def test_json_says_when_the_upstream_did_not_apply_the_filter(person, sandbox):
    sandbox.options = replace(sandbox.options, ignore_filters=True)
    found = person.get(f"{BASE}.json?provider=anthropic").json()
    assert found["upstream_did_not_apply_filter"] is True
    assert {log["provider"] for log in found["logs"]} == {"anthropic"}


def test_json_says_that_the_total_of_a_pair_is_no_exact_one(person, bare_store):
    for number in range(25):
        bare_store.add({"id": f"p{number}", "metadata": {"user": "u-1"}})
    assert person.get(f"{BASE}.json?metadata.user=u-1&per_page=20").json()["total_is_exact"] is False
    assert person.get(f"{BASE}.json?metadata.user=u-1").json()["total_is_exact"] is True


FORMULAS = [
    '=HYPERLINK("http://evil.example","x")',
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    " =1+1",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\x00=1+1",
    "\u00a0=1+1",
    "\ufeff=1+1",
    "\u200b=1+1",
    "\uff1d1+1",  # full-width =
    "\uff0b1",
    "\uff0d1",
    "\uff20SUM(1)",
    "\ufe661",  # small =
    "\u207a1",  # raised +
    "\tplain",
    "=cmd|' /C calc'!A0",
]


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.parametrize("field", ["model", "provider", "path", "user_agent", "event_id"])
def test_no_cell_runs_as_a_formula(person, wire, text, field):
    row = {"id": "a", "created_at": "2026-11-23T10:00:00Z", field: text}
    wire.instead = lambda _request: httpx.Response(200, json={"success": True, "result": [row]})
    [found] = table(person.get(f"{BASE}.csv"))
    assert found[field] == "'" + text


@pytest.mark.parametrize("text", FORMULAS)
def test_metadata_is_no_formula_either(person, wire, text):
    row = {"id": "a", "created_at": "2026-11-23T10:00:00Z", "metadata": {text: text}}
    wire.instead = lambda _request: httpx.Response(200, json={"success": True, "result": [row]})
    [found] = table(person.get(f"{BASE}.csv"))
    assert found["metadata"].startswith("{")
    assert json.loads(found["metadata"]) == {text: text}


def test_numbers_stay_numbers_and_unknown_stays_empty(person, bare_store):
    bare_store.add({"id": "n", "created_at": "2026-11-23T10:00:00.204Z", "feedback": -1, "cost": 2.2e-7, "score": 12.5})
    [row] = table(person.get(f"{BASE}.csv"))
    assert (row["feedback"], float(row["cost"]), row["score"]) == ("-1", 2.2e-7, "12.5")
    assert (row["success"], row["cached"], row["created_at"]) == ("true", "false", "2026-11-23T10:00:00.204Z")
    bare_store.delete(["n"])
    bare_store.add({"id": "u", "tokens_in": None})
    [row] = table(person.get(f"{BASE}.csv"))
    assert (row["tokens_in"], row["cost"], row["metadata"]) == ("", "", "")


def test_a_quote_or_line_end_opens_no_new_cell(person, wire):
    text = 'a","b\r\n=1+1,"c'
    row = {"id": "a", "created_at": "2026-11-23T10:00:00Z", "model": text}
    wire.instead = lambda _request: httpx.Response(200, json={"success": True, "result": [row]})
    [found] = table(person.get(f"{BASE}.csv"))
    assert found["model"] == text


def test_the_list_links_to_its_three_files_and_to_an_export_of_all(person):
    page = parse(person.get(LOGS + "?provider=openai&per_page=20"))
    *links, last = [each["href"] for each in page.one(id="export-menu").all("a")]
    assert last == LOGS + "export/?provider=openai&per_page=20"
    assert links == [f"{BASE}.{kind}?provider=openai&per_page=20" for kind in ("csv", "jsonl", "json")]


def test_an_unknown_gateway_is_no_empty_file(person):
    assert person.get("/gateways/prod-edgy/logs.csv").status_code == 404


def test_a_broken_upstream_is_no_file(person, wire):
    wire.instead = lambda _request: httpx.Response(502, text="<html>")
    answer = person.get(f"{BASE}.csv")
    assert answer.status_code == 502
    assert "Content-Disposition" not in answer


def test_other_formats_do_not_exist(person):
    assert person.get(f"{BASE}.xml").status_code == 404


@pytest.mark.parametrize("kind", ["csv", "jsonl", "json"])
def test_a_file_says_when_the_upstream_did_not_apply_the_filter(person, sandbox, kind):
    sandbox.options = replace(sandbox.options, ignore_filters=True)
    answer = person.get(f"/gateways/prod-edge/logs.{kind}?provider=openai")
    assert answer["X-Filter-Not-Applied"].endswith("came back and were left out")
    sandbox.options = replace(sandbox.options, ignore_filters=False)
    assert "X-Filter-Not-Applied" not in person.get(f"/gateways/prod-edge/logs.{kind}?provider=openai")
