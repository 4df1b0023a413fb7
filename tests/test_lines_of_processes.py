"""All of it started for real: server, worker and a job, whose every line on stderr is JSON, and what leaves.

A search, a hostile path, garbage on the port, a page that breaks and a job that works: none of their words stand in it.
"""

from __future__ import annotations

import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway_dash.sandbox import ACCOUNT_ID, TOKENS
from tests.receivers import collector
from tests.telling import events_of, facts_of, spans_of
from tests.views.reading import fields, parse

ROOT = Path(__file__).resolve().parent.parent
LOGS = "/gateways/prod-edge/logs/"
STARTS_WITHIN_S = ENDS_WITHIN_S = 100.0
SEARCHED, PATH = "canary-search", "canary-path"
NEVER = [*TOKENS, ACCOUNT_ID, SEARCHED, "sessionid", "csrfmiddlewaretoken"]


@dataclass
class Ran:
    """What came of it."""

    lines: list[str]
    spans: Any
    errors: Any
    broken: httpx.Response  # the answer of the page that broke

    def of(self, logger: str) -> list[dict[str, Any]]:
        found = [json.loads(line) for line in self.lines]
        return [each for each in found if each["logger"] == logger]


class Browser:
    """Signed in as the demo's administrator."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, timeout=30)
        assert self.post("/login/", "/login/demo/", **{"as": "demo"}).status_code == 302

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.http.get(path, headers=headers)

    def post(self, page: str, path: str, **sent: str) -> httpx.Response:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get(page).text)
        assert token
        return self.http.post(path, data={"csrfmiddlewaretoken": token[1], **sent})


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lines")
    with collector() as spans, collector() as errors:
        port = free_port()
        process, log = start(folder, port, spans.address, errors.address)
        try:
            until(lambda: answers(port), log)
            broken = visit(port, folder, log)
        finally:
            process.terminate()
            process.wait(60)
        yield Ran(log.read_text(encoding="ascii").splitlines(), spans, errors, broken)


def start(folder: Path, port: int, spans: str, errors: str) -> tuple[subprocess.Popen[bytes], Path]:
    ours = ("CLOUDFLARE_", "GATEWAY_DASH_", "DATABASE_URL", "DJANGO_", "OTEL_", "SENTRY_")
    environ = {name: value for name, value in os.environ.items() if not name.startswith(ours)} | {
        "GATEWAY_DASH_DATA_DIR": str(folder / "data"),
        "GATEWAY_DASH_SANDBOX_LOGS": "200",
        "GATEWAY_DASH_LOG": "json",
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://{spans}",
        "SENTRY_DSN": f"http://abc123@{errors}/7",
        "PORT": str(port),
    }
    log = folder / "stderr"
    with log.open("wb") as file:
        command = [sys.executable, "-m", "gateway_dash.launch"]
        process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL, stderr=file)
    return process, log


def visit(port: int, folder: Path, log: Path) -> httpx.Response:
    browser = Browser(f"http://127.0.0.1:{port}")
    try:
        return go_around(browser, port, folder, log)
    finally:
        browser.http.close()


def go_around(browser: Browser, port: int, folder: Path, log: Path) -> httpx.Response:
    """A list, an address that is none, garbage, a job, and a page whose table is gone."""
    assert browser.get(LOGS + f"?search={SEARCHED}").status_code == 200
    assert browser.get(f"/{PATH}%0d%0a%1b%5b31m?{SEARCHED}", Referer=f"http://x/?{SEARCHED}").status_code == 404
    garbage(port)
    form = parse(browser.get(LOGS + "export/")).one("form", class_="stack")
    begun = browser.http.post(form["action"], data=fields(form) | {"format": "csv"})
    assert begun.status_code == 303
    until(lambda: '"message": "exported logs' in log.read_text(), log)
    with sqlite3.connect(folder / "data" / "gateway-dash.sqlite3", timeout=30) as database:
        database.execute("ALTER TABLE watches_watch RENAME TO gone")
    database.close()
    broken = browser.get(f"/gateways/prod-edge/watches/?x={SEARCHED}")
    assert broken.status_code == 500
    return broken


def garbage(port: int) -> None:
    """No request at all, and one with a path that is none."""
    for said in (b"%s ?%s\r\n\r\n", b"GET /%s?%s HTTP/9.9\r\n\r\n", b"GET / HTTP/1.1\r\n%s %s\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", port), timeout=10) as there:
            there.sendall(said % (PATH.encode(), SEARCHED.encode()))
            there.recv(100)


def answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=10).status_code == 200
    except httpx.TransportError:
        return False


def until(is_so: Any, log: Path) -> None:
    ends_at = time.monotonic() + ENDS_WITHIN_S
    while not is_so():
        assert time.monotonic() < ends_at, log.read_text()[-3000:]
        time.sleep(0.2)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


pytestmark = pytest.mark.timeout(300)


def test_every_line_is_json_and_says_when_how_grave_who_and_what(ran):
    for line in ran.lines:
        assert list(json.loads(line))[:4] == ["at", "level", "logger", "message"], line


def test_the_server_says_that_its_workers_start_and_end(ran):
    words = " ".join(each["message"] for each in ran.of("gunicorn.error"))
    assert re.search(r"Booting worker with pid: \d+", words)
    assert re.search(r"Worker exiting \(pid: \d+\)", words)


def test_a_request_is_a_line_and_what_is_none_is_one_without_its_words(ran):
    pages = {each["route"]: each for each in ran.of("gateway_dash.request")}
    assert (pages["log-list"]["status"], pages["log-list"]["path"]) == (200, LOGS)
    assert pages["none"]["path"] == f"/{PATH}\\r\\n\\x1b[31m"
    assert len([each for each in ran.of("gunicorn.error") if each["message"].startswith("Invalid request")]) == 3


def test_a_page_that_broke_is_a_line_with_the_id_that_it_showed(ran):
    (line,) = ran.of("django.request")
    assert line["request_id"] == ran.broken.headers["X-Request-ID"]
    assert f"id {line['request_id']}" in ran.broken.text
    assert line["exception"][0]["type"] == "django.db.utils.OperationalError"
    assert "no such table" not in str(line)
    assert line["exception"][1]["message"] == "SQLITE_ERROR"
    assert any(frame["file"].startswith("gateway_dash/") for frame in line["exception"][0]["frames"])


def test_the_lines_of_a_job_have_its_key(ran):
    steps = ran.of("gateway_dash.job")
    assert {each["kind"] for each in steps} == {"export"}
    calls = [each for each in ran.of("gateway_dash.upstream") if "job" in each]
    assert {each["job"] for each in steps} == {each["job"] for each in calls}


def test_spans_of_server_and_worker_arrive(ran):
    found = {span.name for span in spans_of(ran.spans)}
    assert {"GET log-list", "GET watch-list", "job export", "upstream GET list"} <= found
    traces = {span.trace_id.hex() for span in spans_of(ran.spans)}
    assert {each["trace_id"] for each in ran.of("gateway_dash.request")} <= traces
    assert not any(PATH in str(facts_of(span)) for span in spans_of(ran.spans))


def test_the_error_arrives_with_its_id_and_nothing_else_does(ran):
    events = [each for each in events_of(ran.errors) if each["logger"] == "django.request"]
    assert [each["tags"]["request_id"] for each in events] == [ran.broken.headers["X-Request-ID"]]


@pytest.mark.parametrize("never", NEVER, ids=range(len(NEVER)))
def test_nothing_that_is_secret_or_was_searched_for_stands_in_any_of_it(ran, never):
    assert ran.spans.got
    assert ran.errors.got
    assert never not in "\n".join(ran.lines)
    assert never.encode() not in ran.spans.whole()
    assert never.encode() not in ran.errors.whole()
