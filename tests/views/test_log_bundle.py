"""/gateways/<gateway>/logs/bundle/"""

import hashlib
import io
import json
import zipfile

import pytest

from gateway_dash.links.bundle import MOST
from gateway_dash.team.roles import READER
from tests.conftest import LOGS
from tests.people import noted, only
from tests.views.crawl import ANSWER

pytestmark = pytest.mark.django_db

URL = LOGS + "bundle/?provider=openai"
KEY = "sk-" + "proj-" + "Zq8vT2mW9xK4cR7n" * 3


@pytest.fixture
def logs(bare_store):
    for number in range(3):
        asked = json.dumps(
            {"messages": [{"role": "user", "content": f"question {number} {KEY} <script>alert(1)</script>"}]}
        )
        bare_store.add({"id": f"m-{number}", "created_at": f"2026-11-20T10:00:0{number}Z", "provider": "openai",
                        "metadata": {"tenant": "<b>acme</b>"}, "request_body": asked.encode(),
                        "response_body": ANSWER})  # fmt: skip
    return bare_store


def bundle(person, *ids):
    answer = person.post(URL, {"id": list(ids)})
    assert answer.status_code == 200, answer.content
    return zipfile.ZipFile(io.BytesIO(answer.content))


def test_it_holds_a_page_the_logs_and_a_manifest_whose_hashes_are_right(person, logs):
    found = bundle(person, "m-0", "m-2")
    assert sorted(found.namelist()) == ["index.html", "logs.jsonl", "manifest.json", "page.css"]
    manifest = json.loads(found.read("manifest.json"))
    assert (manifest["gateway"], manifest["author"], manifest["logs"]) == ("prod-edge", "kim", 2)
    assert manifest["list"] == "Calls from openai"
    for each in manifest["files"]:
        data = found.read(each["name"])
        assert (each["bytes"], each["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
    lines = [json.loads(line) for line in found.read("logs.jsonl").splitlines()]
    assert [line["log"]["id"] for line in lines] == ["m-0", "m-2"]
    assert "question 0" in lines[0]["request"]["text"]


def test_no_secret_leaves_with_it(person, logs):
    found = bundle(person, "m-0", "m-1")
    for name in found.namelist():
        assert KEY.encode() not in found.read(name), name


def test_the_page_opens_offline_and_runs_nothing(person, logs):
    page = bundle(person, "m-0").read("index.html").decode()
    assert "question 0" in page
    assert "<script" not in page
    assert "<b>acme" not in page
    assert "default-src 'none'" in page
    assert "http://" not in page.replace("http-equiv", "")
    assert "src=" not in page
    assert 'href="/' not in page


def test_what_is_gone_is_named(person, logs):
    found = bundle(person, "m-0", "gone")
    assert json.loads(found.read("manifest.json"))["not_there_any_more"] == ["gone"]
    assert "Not there any more: gone" in found.read("index.html").decode()
    assert person.post(URL, {"id": "gone"}).status_code == 422


@pytest.mark.parametrize("sent", [{}, {"everything": "1"}, {"id": [f"m-{number}" for number in range(MOST + 1)]}])
def test_nothing_all_and_too_many_are_refused_without_a_call(person, logs, wire, sent):
    assert person.post(URL, sent).status_code == 422
    assert wire.sent == []
    assert noted() == []


def test_each_body_is_asked_for_once_for_page_and_lines_together(person, logs, wire):
    bundle(person, "m-0", "m-1")
    paths = [sent.url.path for sent in wire.sent]
    assert len(paths) == len(set(paths)) <= 2 * 3
    assert {path.rsplit("/", 1)[1] for path in paths} == {"m-0", "m-1", "request", "response"}


def test_it_is_noted_before_anything_is_read(person, logs):
    bundle(person, "m-0")
    assert noted() == [("kim", "incident-bundle", {"logs": 1, "ids": ["m-0"]})]


def test_who_may_not_export_is_not_offered_it(person, logs):
    assert "Bundle" in person.get(LOGS).text
    only(READER)
    assert "Bundle" not in person.get(LOGS).text


def test_it_is_a_download_and_never_shown(person, logs):
    answer = person.post(URL, {"id": "m-0"})
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith('attachment; filename="prod-edge-incident-2')
    assert "sandbox" in answer["Content-Security-Policy"]
