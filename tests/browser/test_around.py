"""What came before and after a log: from a row, by keys, on a phone, and without JavaScript."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.conftest import LOGS


def ids(page: Page) -> list[str]:
    found: list[str] = page.locator("tr[data-log-id]").evaluate_all("rows => rows.map(row => row.dataset.logId)")
    return found


def test_from_a_row_of_a_filtered_list_to_what_was_around_it_and_back(any_page):
    any_page.goto(LOGS + "?provider=openai&per_page=20")
    log_id = ids(any_page)[9]
    row = any_page.locator(f'tr[data-log-id="{log_id}"]')
    row.locator(".c-time").hover()
    row.locator(".c-time .acts a").click()
    expect(any_page.locator("h1")).to_have_text(re.compile(r"^Around .* at \d\d:\d\d:\d\d UTC: 10 before, 10 after$"))
    assert ids(any_page)[10] == log_id
    expect(any_page.locator("tr[aria-current] .c-delta")).to_have_text("this log")
    any_page.get_by_role("link", name="25 on each side").click()
    expect(any_page.locator("tr[data-log-id]").nth(30)).to_be_attached()
    any_page.get_by_role("link", name="Only those that pass the filter").click()
    expect(any_page.locator(".sub")).to_contain_text("Calls from openai")
    expect(any_page).to_have_url(re.compile(r"n=25&within=list$"))
    any_page.locator(".crumb a").click()
    expect(any_page).to_have_url(re.compile(r"/logs/\?provider=openai&per_page=20$"))


def test_one_walks_on_to_earlier_and_back_to_later(any_page):
    any_page.goto(LOGS)
    log_id = ids(any_page)[20]
    any_page.goto(f"{LOGS}{log_id}/around/")
    last = ids(any_page)[-1]
    any_page.get_by_role("link", name="Earlier").click()
    expect(any_page.locator("tr[aria-current]")).to_have_attribute("data-log-id", last)
    any_page.get_by_role("link", name="Later").click()
    expect(any_page.locator("tr[aria-current]")).to_have_attribute("data-log-id", log_id)


def test_j_starts_at_the_log_and_enter_opens_the_one_that_it_comes_to(page):
    page.goto(LOGS)
    log_id = ids(page)[20]
    page.goto(f"{LOGS}{log_id}/around/")
    wanted = ids(page)[12]
    for key in ("j", "j", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("#log-id")).to_have_text(wanted)
    page.get_by_role("link", name="Before and after", exact=True).click()
    expect(page.locator("tr[aria-current]")).to_have_attribute("data-log-id", wanted)


def test_the_drawer_leads_there(page):
    page.goto(LOGS)
    log_id = ids(page)[5]
    page.locator(f'tr[data-log-id="{log_id}"] .c-time > a').click()
    page.get_by_role("link", name="What came just before and after").last.click()
    expect(page.locator("tr[aria-current]")).to_have_attribute("data-log-id", log_id)


def test_on_a_phone_each_row_says_how_far_it_is(open_browser, sign_in):
    page = sign_in(open_browser(width=390, height=844))
    page.goto(LOGS)
    page.goto(f"{LOGS}{ids(page)[20]}/around/")
    expect(page.locator(".c-delta").nth(3)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
