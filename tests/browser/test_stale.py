"""An old page in a browser: it says what it is, offers to try again, and takes nothing that would change a log."""

from __future__ import annotations

import os
from datetime import timedelta

import httpx
import pytest
from playwright.sync_api import expect

from gateway_dash import upstream
from gateway_dash.gateway.client import GatewayClient, Token
from gateway_dash.gateway.service import Account
from gateway_dash.sandbox import ACCOUNT_ID
from gateway_dash.web import reads
from tests.browser.test_look import wrong_with
from tests.conftest import LOGS
from tests.views.conftest import WRITE, Wire

pytestmark = pytest.mark.usefixtures("answers_are_kept")


@pytest.fixture
def wire(sandbox, monkeypatch):
    """Every upstream call of this test; `away` lets none of them through any more."""
    found = Wire(sandbox)
    client = GatewayClient(upstream.SANDBOX_URL, Token(WRITE), transport=found, sleep=lambda _seconds: None)
    account = Account(client, ACCOUNT_ID)
    monkeypatch.setattr(upstream, "account", lambda: account)
    return found


@pytest.fixture
def away(wire, monkeypatch):
    """Four minutes go by, and then the upstream answers nobody."""

    def away():
        now = reads.now
        monkeypatch.setattr(reads, "now", lambda: now() + timedelta(minutes=4))
        wire.instead = lambda _request: httpx.Response(503)

    return away


def shoot(page, name):
    if folder := os.environ.get("SHOTS"):
        for width in (390, 1440):
            for scheme in ("light", "dark"):
                page.set_viewport_size({"width": width, "height": 900})
                page.emulate_media(color_scheme=scheme)
                page.screenshot(path=f"{folder}/{name}-{width}-{scheme}.png")


@pytest.mark.parametrize("what", ["list", "log", "beside the list"])
def test_it_looks_and_sounds_right(page, wire, store, away, watch, what):
    watch.expect(503)
    page.goto(LOGS)
    first = page.locator("tr[data-log-id]").nth(1).get_attribute("data-log-id")
    address = {"list": LOGS, "log": f"{LOGS}{first}/", "beside the list": f"{LOGS}?peek={first}"}[what]
    page.goto(address)
    away()
    page.goto(address)
    expect(page.locator("[data-stale]").first).to_contain_text("as they were" if what != "log" else "as it was")
    assert wrong_with(page) == []
    shoot(page, what.replace(" ", "-"))


def test_trying_again_brings_the_list_back(any_page, wire, away, watch):
    watch.expect(503)
    any_page.goto(LOGS)
    away()
    any_page.goto(LOGS)
    note = any_page.locator("[data-stale]")
    expect(note).to_contain_text("Deleting and annotating are off here")
    with any_page.expect_response(lambda answer: answer.url.endswith(LOGS)):
        note.get_by_role("link", name="Try again").click()
    any_page.wait_for_load_state("networkidle")
    expect(note).to_be_visible()
    wire.instead = lambda _request: None
    note.get_by_role("link", name="Try again").click()
    expect(note).to_have_count(0)
    expect(any_page.locator("tr[data-log-id]").first).to_be_visible()


def test_what_is_ticked_on_an_old_list_can_be_neither_deleted_nor_annotated(any_page, wire, away, watch):
    watch.expect(503)
    any_page.goto(LOGS)
    away()
    any_page.goto(LOGS)
    any_page.locator("table.logs input[name=id]").first.check()
    bar = any_page.locator(".selbar")
    expect(bar.get_by_role("button", name="Delete…")).to_be_disabled()
    expect(bar.get_by_role("button", name="Annotate…")).to_be_disabled()
    expect(bar).to_contain_text("nothing can be deleted or annotated by them")


def test_a_reload_in_the_browser_asks_again(page, wire):
    page.goto(LOGS)
    wire.forget()
    page.goto(LOGS + "?columns=time,model")
    assert [each for each in wire.calls if each.endswith("/logs")] == []
    page.reload()
    assert [each for each in wire.calls if each.endswith("/logs")] == ["GET /prod-edge/logs"]
