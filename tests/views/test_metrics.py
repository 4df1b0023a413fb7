"""/metrics"""

import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from gateway_dash import environment, upstream
from gateway_dash.bulk.models import Job
from gateway_dash.gateway.breaker import Breaker
from gateway_dash.gateway.client import GatewayClient, Token
from gateway_dash.gateway.service import Account
from gateway_dash.sandbox import ACCOUNT_ID
from tests.conftest import LOGS
from tests.views.breaking import failing
from tests.views.conftest import WRITE, Wire
from tests.views.crawl import METRICS

URL = "/metrics"
ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db


@pytest.fixture
def wire(sandbox, monkeypatch):
    """The wire of other tests, with calls that are counted as those of the product are."""
    found = Wire(sandbox)
    client = GatewayClient(upstream.SANDBOX_URL, Token(WRITE), transport=found, sleep=lambda _seconds: None,
                           breaker=Breaker(changed=upstream.breaker_changed), seen=upstream.call_seen)  # fmt: skip
    account = Account(client, ACCOUNT_ID)
    monkeypatch.setattr(upstream, "account", lambda: account)
    return found


def number(client, name):
    """The value of a line; 0 where there is none."""
    text = client.get(URL, headers=METRICS).text
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def test_pages_and_calls_are_counted_by_name_and_status(person, wire):
    page = 'gateway_dash_pages_total{page="log-list",status="200"}'
    call = 'gateway_dash_upstream_calls_total{kind="list",method="GET",status="200"}'
    before = number(person, page), number(person, call)
    person.get(LOGS)
    wire.instead = lambda _request: httpx.Response(500)
    person.get(LOGS)
    assert (number(person, page), number(person, call)) == (before[0] + 1, before[1] + 1)
    assert number(person, 'gateway_dash_pages_total{page="log-list",status="502"}') >= 1
    assert number(person, 'gateway_dash_upstream_calls_total{kind="list",method="GET",status="500"}') >= 1
    assert number(person, 'gateway_dash_upstream_seconds_count{kind="list"}') >= 2
    assert number(person, 'gateway_dash_page_seconds_count{page="log-list"}') >= 2


def test_it_counts_what_was_shared_what_was_asked_for_and_what_is_old(person, wire, answers_are_kept, old):
    names = [f'gateway_dash_kept_answers_total{{outcome="{each}",what="list"}}' for each in ("hit", "miss", "stale")]
    before = [number(person, each) for each in names]
    person.get(LOGS)
    person.get(LOGS)
    old(person, LOGS + "?page=2")
    wire.instead = lambda _request: httpx.Response(500)
    person.get(LOGS + "?page=2")
    assert [number(person, each) - was for each, was in zip(names, before, strict=True)] == [1, 2, 1]


def test_no_id_no_filter_no_name_and_no_token_stands_in_it(person, wire):
    person.get(LOGS + "canary-log/?search=canary-filter&model=canary-model")
    person.get("/canary-path/")
    text = person.get(URL, headers=METRICS).text
    assert "canary" not in text
    assert "kim" not in text
    assert 'page="none",status="404"' in text
    assert METRICS["Authorization"].split()[1] not in text


def test_the_budget_and_the_jobs_are_as_all_processes_know_them(person, wire):
    person.get(LOGS)
    Job.objects.create(account=upstream.account_key(), gateway="prod-edge", kind="export", title="t", phase="read")
    Job.objects.create(account="another", gateway="prod-edge", kind="delete", title="t", phase="read")
    upstream.account().client.budget.ledger.block(100)
    assert number(person, "gateway_dash_budget_spent") == 1
    assert number(person, "gateway_dash_budget_share") == 1000
    assert 90 < number(person, "gateway_dash_upstream_blocked_seconds") <= 100
    assert number(person, 'gateway_dash_jobs{kind="export",state="active"}') == 1
    assert 'kind="delete"' not in person.get(URL, headers=METRICS).text
    assert number(person, "gateway_dash_job_late_seconds") >= 0


def test_the_breaker_is_told_with_its_changes(person, wire):
    opened = 'gateway_dash_breaker_changes_total{state="open"}'
    assert number(person, "gateway_dash_breaker_open") == 0
    before = number(person, opened)
    failing(upstream.account().client)
    assert number(person, "gateway_dash_breaker_open") == 1
    assert number(person, opened) == before + 1


@pytest.mark.parametrize("shown", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer é"}])
def test_who_shows_no_token_is_told_nothing(client, person, wire, shown):
    for asks in (client, person):
        answer = asks.get(URL, headers=shown)
        assert answer.status_code == 401
        assert "gateway_dash" not in answer.text


def test_without_a_token_of_the_operators_there_is_no_such_page(client, wire, settings, tmp_path):
    settings.ENVIRONMENT = environment.read({}, tmp_path)
    assert client.get(URL, headers=METRICS).status_code == 404
    assert client.get(URL, headers={"Authorization": "Bearer "}).status_code == 404


def test_processes_of_one_machine_add_up(tmp_path):
    code = "from gateway_dash.web.metrics import {0}; {1}"
    setup = "import django; django.setup(); "
    environ = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "tests.settings"}

    def run(code):
        return subprocess.run([sys.executable, "-c", setup + code], cwd=ROOT, env=environ, check=True,
                              capture_output=True, text=True).stdout  # fmt: skip

    for status in (200, 200, 429):
        seen = f"call_seen(Sent('GET', 'list', '/', {status}, 20.0, 1, ''))"
        run(code.format("call_seen", f"from gateway_dash.gateway.calls import Sent; {seen}"))
    text = run(code.format("_counted", "print(_counted().decode())"))
    assert 'gateway_dash_upstream_calls_total{kind="list",method="GET",status="200"} 2.0' in text
    assert 'gateway_dash_upstream_seconds_count{kind="list"} 3.0' in text


@pytest.mark.parametrize("token", ["short", "with a blank in it, long enough", "ä" * 30])
def test_a_token_that_is_none_is_refused_at_the_start(tmp_path, token):
    with pytest.raises(environment.ConfigurationError, match="GATEWAY_DASH_METRICS_TOKEN"):
        environment.read({"GATEWAY_DASH_METRICS_TOKEN": token}, tmp_path)
