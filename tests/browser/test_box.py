"""The box that filters are typed into, and the calls behind a page."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.conftest import LOGS


def test_a_query_is_typed_with_completion_and_the_focus_stays_in_the_box(listed):
    box = listed.locator("#box")
    box.click()
    listed.keyboard.type("provider:opena")
    expect(listed.get_by_role("option", name="provider:openai")).to_be_visible()
    listed.keyboard.press("ArrowDown")
    listed.keyboard.press("Enter")
    expect(box).to_have_value("provider:openai ")
    listed.keyboard.type("-cached:true")
    listed.keyboard.press("Escape")
    listed.keyboard.press("Enter")
    expect(listed.locator("#list-h")).to_have_text("Calls from openai, not answered from cache")
    assert listed.url.endswith(LOGS + "?provider=openai&cached__not=true")
    expect(box).to_be_focused()
    expect(box).to_have_value("provider:openai -cached:true")


def test_a_field_is_completed_and_its_values_follow(listed):
    listed.locator("#box").click()
    listed.keyboard.type("-cach")
    listed.get_by_role("option", name="-cached:").click()
    listed.get_by_role("option", name="-cached:true").click()
    expect(listed.locator("#box")).to_have_value("-cached:true ")


def test_what_cannot_be_read_is_a_notice_and_neither_text_nor_table_is_lost(listed, watch):
    watch.expect(400)
    rows = listed.locator("tr[data-log-id]").count()
    listed.locator("#box").fill("modle:gpt")
    listed.keyboard.press("Enter")
    expect(listed.locator("#notice")).to_contain_text("Did you mean “model:”")
    expect(listed.locator("#box")).to_have_value("modle:gpt")
    assert listed.locator("tr[data-log-id]").count() == rows
    assert listed.url.endswith(LOGS)


def test_without_javascript_the_box_works_and_a_refusal_keeps_the_text(open_browser, sign_in, watch):
    watch.expect(400)
    page = sign_in(open_browser(javascript=False))
    page.goto(LOGS)
    page.locator("#box").fill("success:false")
    page.get_by_role("button", name="Apply", exact=True).click()
    expect(page.locator("#list-h")).to_have_text("Calls that failed")
    page.locator("#box").fill("cost:>=1")
    page.get_by_role("button", name="Apply", exact=True).click()
    expect(page.locator("main")).to_contain_text("not “or equal”")
    page.locator("#box").fill("cost:>1")
    page.get_by_role("button", name="Apply", exact=True).click()
    assert page.url.endswith(LOGS + "?cost__gt=1")


def test_hostile_values_are_text_in_the_completions(listed, store):
    store.add({"gateway_id": "prod-edge", "id": "evil", "provider": "<img src=x onerror=alert(1)>"})
    listed.reload()
    listed.locator("#box").click()
    listed.keyboard.type("provider:<img")
    expect(listed.get_by_role("option")).to_contain_text("<img src=x onerror=alert(1)>")
    assert listed.locator("#box-options img").count() == 0


@pytest.mark.parametrize("width", [390, 1440])
def test_the_calls_of_a_page_are_shown_with_a_placeholder_for_the_token(open_browser, sign_in, width):
    page = sign_in(open_browser(width=width))
    page.goto(LOGS)
    page.get_by_role("button", name="as cURL").click()
    expect(page.locator("#calls-menu")).to_contain_text("Bearer $CLOUDFLARE_API_TOKEN")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
