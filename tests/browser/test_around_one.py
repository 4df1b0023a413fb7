"""What stands around one log: its attempts, its twins, and what is said of one that was deleted."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.deleting import see_the_verdict, type_and_confirm
from tests.conftest import LOGS

BEGIN = datetime(2026, 11, 20, 10, 54, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def call(store):
    """A call that failed at its first target; and the same question once more, with another answer."""
    rows: tuple[dict[str, Any], ...] = (
        {"id": "first", "provider": "anthropic", "model": "claude", "status_code": 529, "success": False, "cost": 0},
        {"id": "second", "provider": "mistral", "model": "large", "step": 1, "tokens_in": 24, "duration": 9871},
        {"id": "guard", "provider": "workers-ai", "model": "@cf/meta/llama-guard-3-8b"},
        {"id": "again", "provider": "mistral", "model": "large", "event_id": "again", "tokens_in": 24},
    )
    asked = json.dumps({"model": "large", "messages": [{"role": "user", "content": "Which?"}]}).encode()
    for number, row in enumerate(rows):
        choice = {"index": 0, "message": {"role": "assistant", "content": f"It is {row['id']}."}}
        store.add({
            "created_at": (BEGIN + timedelta(seconds=number)).isoformat(), "event_id": "event-1",
            "path": "v1/chat/completions", "metadata": {"session": "s-8814", "team": "checkout"},
            "request_body": asked,
            "response_body": json.dumps({"object": "chat.completion", "choices": [choice]}).encode(),
        } | row)  # fmt: skip


def wide(page: Page) -> bool:
    found: bool = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return found


def test_the_attempts_come_by_themselves_and_lead_to_each_other(page):
    page.goto(LOGS + "second/?provider=mistral")
    ladder = page.locator("#attempts")
    expect(ladder.locator("li")).to_have_count(3)
    expect(ladder).to_contain_text("Second attempt: step 0 failed with 529 at anthropic.")
    expect(ladder.locator("li[aria-current]")).to_contain_text("step 1, this log, 9,871 ms")
    ladder.get_by_role("link", name="anthropic claude").click()
    page.wait_for_url("**/logs/first/?provider=mistral")
    expect(page.locator("#attempts")).to_contain_text("First attempt of 2: step 1 answered 200 at mistral.")


def test_without_javascript_the_attempts_are_a_page(plain_page):
    plain_page.goto(LOGS + "second/")
    plain_page.get_by_role("link", name="Which attempts did this call have?").click()
    expect(plain_page.get_by_role("heading", level=1)).to_have_text(
        "Second attempt: step 0 failed with 529 at anthropic"
    )
    expect(plain_page.locator("#attempts li")).to_have_count(3)


def test_a_log_that_stands_alone_has_no_card_of_attempts(page):
    page.goto(LOGS + "again/")
    expect(page.get_by_role("heading", name="Around it")).to_be_visible()
    expect(page.locator("#attempts")).to_have_count(0)


def test_from_a_log_to_its_twin_and_to_the_comparison(any_page):
    any_page.goto(LOGS + "second/")
    any_page.get_by_role("link", name="Same request within an hour").click()
    expect(any_page.get_by_role("heading", level=1)).to_have_text("1 twin of large 200 within 1 hour")
    twin = any_page.locator(".twin")
    expect(twin.locator("del")).to_have_text("second")
    expect(twin.locator("ins")).to_have_text("again")
    any_page.get_by_role("link", name="24 hours").click()
    expect(any_page.get_by_role("heading", level=1)).to_have_text("1 twin of large 200 within 24 hours")
    any_page.wait_for_url("**/twins/?within=24h")
    any_page.get_by_role("link", name="Compare the two").click()
    expect(any_page.get_by_role("heading", level=1)).to_contain_text("beside")


def test_the_calls_of_a_session_are_a_click_away(any_page):
    any_page.goto(LOGS + "second/")
    expect(any_page.get_by_role("link", name="Same team")).to_have_count(0)
    any_page.get_by_role("link", name="Same session: s-8814").click()
    expect(any_page.locator("tr[data-log-id]")).to_have_count(4)


def test_a_link_to_a_deleted_log_says_who_deleted_it(any_page, watch):
    watch.expect(410)
    any_page.goto(LOGS + "again/")
    any_page.get_by_role("button", name="Delete…").click()
    type_and_confirm(any_page)
    see_the_verdict(any_page)
    expect(any_page.get_by_role("heading", level=1)).to_have_text("1 log deleted, and verified gone")
    answer = any_page.goto(LOGS + "again/")
    assert answer.status == 410
    expect(any_page.get_by_role("heading", level=1)).to_have_text("This log was deleted")
    expect(any_page.locator("main")).to_contain_text("kim deleted it on")
    any_page.goto(LOGS)
    any_page.locator("#find").fill("again")
    any_page.locator("#find").press("Enter")
    any_page.wait_for_url("**/logs/again/")
    expect(any_page.locator("main")).to_contain_text("1 log, ticked one by one")


@pytest.mark.parametrize("address", ["second/", "second/attempts/", "second/twins/"])
def test_a_phone_shows_all_of_it(open_browser, sign_in, address):
    page = sign_in(open_browser(width=390, height=800, scheme="dark"))
    page.goto(LOGS + address)
    if not address.endswith("twins/"):
        expect(page.locator("#attempts li")).to_have_count(3)
    assert not wide(page)
