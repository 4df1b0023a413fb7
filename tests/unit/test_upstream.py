"""Settings in, the account's gateways out: the sandbox without a token, Cloudflare with one."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway_dash import environment, upstream
from gateway_dash.gateway.query import LogQuery
from gateway_dash.sandbox import ACCOUNT_ID, Sandbox

TOKEN = "canary-token-4f1d0c"
REALLY = upstream._sandbox  # before a test may not open one


@pytest.fixture
def boxes(monkeypatch):
    """The sandboxes that were opened; their files are closed at the end."""
    opened: list[Sandbox] = []

    def opens(data_dir: Path, count: int) -> Sandbox:
        opened.append(REALLY(data_dir, count))
        return opened[-1]

    monkeypatch.setattr(upstream, "_sandbox", opens)
    yield opened
    for box in opened:
        box.store.close()


@pytest.fixture
def with_environment(settings, tmp_path, boxes):
    """The product as it starts with these environment variables."""

    def use(**environ: str):
        environ.setdefault("GATEWAY_DASH_SANDBOX_LOGS", "30")
        settings.ENVIRONMENT = environment.read(environ, tmp_path)
        upstream.account.cache_clear()
        return settings.ENVIRONMENT

    yield use
    upstream.account.cache_clear()


REAL = {"CLOUDFLARE_ACCOUNT_ID": "0123456789abcdef", "CLOUDFLARE_API_TOKEN": TOKEN, "GATEWAY_DASH_SECRET_KEY": "k" * 32}


def test_without_a_token_the_logs_are_invented(with_environment):
    with_environment()
    assert upstream.is_sandbox()
    assert upstream.deletion_is_on()
    assert upstream.account_name() == "sandbox"
    assert sum(upstream.account().counts(["prod-edge", "support-bot", "staging"]).values()) == 30  # type: ignore[arg-type]


def test_with_a_token_it_is_the_account_and_never_the_sandbox(with_environment, tmp_path):
    with_environment(**REAL, CLOUDFLARE_BASE_URL="https://api.example/v4")
    assert not upstream.is_sandbox()
    assert not upstream.deletion_is_on()
    assert upstream.account_name() == "01234567"
    client = upstream.account().client
    assert str(client._base) == "https://api.example/v4"
    assert client._http.follow_redirects is False
    assert list(tmp_path.rglob("sandbox-*")) == []


def test_deleting_on_a_real_account_has_to_be_turned_on(with_environment):
    with_environment(**REAL, GATEWAY_DASH_DELETION="on")
    assert upstream.deletion_is_on()


def test_the_token_is_in_no_text_of_the_account(with_environment):
    found = with_environment(**REAL)
    account = upstream.account()
    for thing in (found, account, account.client, vars(account), vars(account.client)):
        assert TOKEN not in repr(thing)


def test_the_account_is_made_once(with_environment):
    with_environment()
    assert upstream.account() is upstream.account()
    assert upstream.logs("staging").gateway_id == "staging"


def test_workers_that_start_one_after_the_other_see_the_same_logs(with_environment):
    with_environment()
    first = [log.id for log in upstream.logs("prod-edge").page(LogQuery()).logs]
    upstream.account.cache_clear()
    assert [log.id for log in upstream.logs("prod-edge").page(LogQuery()).logs] == first


def test_a_new_day_has_new_logs_and_the_old_ones_go(with_environment, tmp_path):
    with_environment()
    upstream.account()
    folder = tmp_path / "var"
    (made,) = folder.glob("sandbox-*.sqlite3")
    assert made.name == f"sandbox-{datetime.now(UTC):%Y-%m-%d}.sqlite3"
    for name in ("sandbox-2020-01-01.sqlite3", "sandbox-2020-01-01.sqlite3-wal", "gateway-dash.sqlite3"):
        (folder / name).write_bytes(b"")
    upstream.renew_sandbox()
    assert {path.name for path in folder.glob("*2020*")} == set()
    assert made.exists()
    assert (folder / "gateway-dash.sqlite3").exists()


def test_a_worker_that_starts_after_midnight_shares_the_logs_of_the_others(with_environment, boxes, tmp_path):
    with_environment()
    upstream.account()
    boxes.pop().store.close()
    upstream.account.cache_clear()
    folder = tmp_path / "var"
    (made,) = folder.glob("sandbox-*.sqlite3")
    yesterday = made.rename(folder / "sandbox-2020-01-01.sqlite3")
    upstream.account()
    assert [path.name for path in folder.glob("sandbox-*.sqlite3")] == [yesterday.name]


def test_the_sandbox_is_asked_in_process_and_with_its_own_account(with_environment, settings):
    settings.ENVIRONMENT = replace(with_environment(), account_id="someone-elses")
    assert upstream.account()._account_id == ACCOUNT_ID
