"""The conversation of a log as people come to it: by mouse and keys, without JavaScript, on a phone, in the dark."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from gateway_dash.sandbox import Store
from tests.conftest import LOGS
from tests.views.crawl import PIXEL

LONG = "word " * 3000
ASKED = {
    "model": "gpt-4o",
    "tools": [
        {
            "type": "function",
            "function": {
                "name": "get_weather",
                "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
            },
        }
    ],
    "messages": [
        {"role": "system", "content": "Be brief."},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": LONG + "the end"},
                {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}"}},
            ],
        },
    ],
}
CALL = {"id": "c1", "type": "function", "function": {"name": "get_weather", "arguments": '{"town": "Oslo"}'}}
ANSWERED = {
    "choices": [
        {
            "message": {
                "role": "assistant",
                "content": "**Look** at [this](https://evil.example)",
                "tool_calls": [CALL],
            },
            "finish_reason": "tool_calls",
        }
    ],
    "usage": {"prompt_tokens": 24, "completion_tokens": 7},
}


@pytest.fixture
def store():
    store = Store.seeded(3)
    bodies = {"request_body": json.dumps(ASKED).encode(), "response_body": json.dumps(ANSWERED).encode()}
    store.add({"id": "one", "provider": "openai", "tokens_in": 24, "tokens_out": 9, **bodies})
    yield store
    store.close()


def test_the_rest_loads_by_itself_and_the_findings_lead_to_their_places(page: Page, store):
    page.goto(LOGS + "one/")
    expect(page.locator(".evidence", has_text="Request:")).to_contain_text("complete, 15 KB, JSON")
    expect(page.get_by_role("heading", name="2 findings")).to_be_visible()
    expect(page.locator(".findings li").first).to_contain_text("Arguments of get_weather do not fit its schema")
    page.locator(".findings").get_by_role("link", name="go there").click()
    expect(page.locator("#r0")).to_be_in_viewport()
    expect(page.locator("#r0 .marks")).to_contain_text("the field “city” is missing")
    page.get_by_role("link", name="see the numbers").click()
    expect(page.locator("#numbers")).to_be_in_viewport()
    expect(page.locator("#numbers tr", has_text="Tokens out")).to_contain_text("2 apart")


def test_a_body_that_comes_late_appears_by_itself(page: Page, store):
    now = datetime.now(UTC).isoformat()
    store.add({"id": "late", "created_at": now, "request_body": json.dumps(ASKED).encode()})
    page.goto(LOGS + "late/")
    expect(page.locator(".evidence", has_text="Response:")).to_contain_text("is not stored yet")
    expect(page.locator("#r0")).to_have_count(0)
    with store._database.writing() as sql:
        (serial,) = sql.execute("SELECT serial FROM logs WHERE id = 'late'").fetchone()
        sql.execute("INSERT INTO bodies VALUES (?, 'response', ?)", (serial, json.dumps(ANSWERED).encode()))
    expect(page.locator("#r0 .call")).to_be_visible(timeout=10_000)
    expect(page.locator(".evidence", has_text="Response:")).to_contain_text("complete")


def test_without_javascript_everything_is_one_link_away(plain_page: Page, store):
    plain_page.goto(LOGS + "one/")
    plain_page.get_by_role("link", name="Load the rest").first.click()
    expect(plain_page.locator(".evidence", has_text="Request:")).to_contain_text("complete, 15 KB, JSON")
    plain_page.get_by_role("link", name="Rendered").click()
    expect(plain_page.locator("#r0 .is-strong")).to_have_text("Look")
    plain_page.get_by_role("link", name="Source").click()
    expect(plain_page.locator("#r0 .said")).to_contain_text("**Look** at [this]")


def test_a_picture_is_shown_on_a_click_and_not_before(any_page: Page, store):
    any_page.goto(LOGS + "one/conversation/")
    assert any_page.locator("img").count() == 0
    expect(any_page.locator("#m1 .media")).to_contain_text("image/png, 1 × 1, 70 B, base64")
    any_page.get_by_role("link", name="show it").click()
    picture = any_page.get_by_alt_text("The picture that the request holds")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.complete && image.naturalWidth") == 1
    any_page.get_by_role("link", name="The log").click()
    expect(any_page.locator("#m1")).to_be_visible()


def test_a_rendered_answer_has_nothing_to_click(page: Page, watch, store):
    page.goto(LOGS + "one/?as=rendered")
    expect(page.locator("#r0 .md")).to_contain_text("https://evil.example")
    assert page.locator("#r0 .md a, #r0 .md img").count() == 0
    expect(page.locator(".evidence", has_text="Request:")).to_contain_text("complete, 15 KB, JSON")
    expect(page.locator("#r0 .is-strong")).to_have_text("Look")  # also after the rest was loaded


def test_the_conversation_is_copied_as_markdown(page: Page, store):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(LOGS + "one/")
    expect(page.locator(".evidence", has_text="Request:")).to_contain_text("complete")
    page.get_by_role("link", name="Copy as Markdown").click()
    expect(page.locator("#live")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "the end" in copied
    assert "get_weather" in copied


def test_the_tabs_are_links_that_the_keyboard_reaches(page: Page, store):
    page.goto(LOGS + "one/")
    tabs = page.get_by_role("navigation", name="Parts of the log")
    expect(tabs.get_by_role("link", name="Conversation")).to_have_attribute("aria-current", "page")
    tabs.get_by_role("link", name="Raw").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#request-text")).to_contain_text("Be brief.")
    assert page.url.endswith(LOGS + "one/raw/")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_nothing_is_wider_than_the_screen(open_browser, sign_in, store, scheme):
    page = sign_in(open_browser(width=390, height=844, scheme=scheme))
    for path in ("one/", "one/raw/", "one/conversation/?as=rendered"):
        page.goto(LOGS + path)
        expect(page.locator("h1")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
