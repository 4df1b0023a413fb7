"""Several gateways in one list: from their cards to it, from page to page, to a log and back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.scenes import SEVERAL

TWO = "/logs/?gateway=prod-edge&gateway=support-bot"


def ids(page: Page) -> list[str]:
    found: list[str] = page.locator("tr[data-log-id]").evaluate_all("rows => rows.map(row => row.dataset.logId)")
    return found


def gateways(page: Page) -> set[str]:
    return set(page.locator("td.c-gw .fit").all_inner_texts())


def ends_with(url: str) -> re.Pattern[str]:
    return re.compile(re.escape(url) + r"$")


def test_from_the_ticked_gateways_to_their_logs_and_on(any_page):
    page = any_page
    page.goto("/gateways/")
    for name in ("prod-edge", "support-bot"):
        page.get_by_label(f"List the logs of {name} together").check()
    page.get_by_role("button", name="Logs of the ticked together").click()
    expect(page).to_have_url(ends_with(TWO))
    expect(page.locator(".topbar .where")).to_contain_text("2 gateways")
    assert gateways(page) == {"prod-edge", "support-bot"}
    first = ids(page)
    page.get_by_role("link", name="Older").click()
    expect(page).to_have_url(re.compile(r"&after=prod-edge:\d+,support-bot:\d+$"))
    second = ids(page)
    assert not set(first) & set(second)
    page.get_by_role("link", name="Older").click()
    expect(page.locator(".pager b")).to_have_text("101–150")
    page.get_by_role("link", name="Newer").click()
    expect(page.locator(".pager b")).to_have_text("51–100")
    assert ids(page) == second


def test_a_log_and_the_way_back_to_the_page_it_was_on(any_page):
    page = any_page
    page.goto(TWO + "&per_page=20")
    page.get_by_role("link", name="Older").click()
    expect(page.locator(".pager b")).to_have_text("21–40")
    where = page.url
    url = page.locator("tr[data-log-id] .c-time > a").nth(2).get_attribute("href")
    page.goto(url)
    page.locator(".crumb a").click()
    expect(page).to_have_url(where)


def test_a_plain_click_shows_the_log_beside_the_list_whichever_gateway_it_is_of(page):
    page.goto(TWO)
    row = page.locator("tr[data-log-id]", has=page.locator(".c-gw .fit", has_text="support-bot")).first
    row.locator(".c-time > a").click()
    log_id = row.get_attribute("data-log-id")
    expect(page.locator("#peek-id")).to_have_text(log_id)
    expect(page).to_have_url(ends_with(f"{TWO}&peek=support-bot/{log_id}"))
    listed = ids(page)
    at = listed.index(log_id)
    expect(page.locator("[data-peek-place]")).to_have_text(re.compile(rf"^{at + 1} of \d+"))
    page.keyboard.press("j")
    expect(page.locator("#peek-id")).to_have_text(listed[at + 1])
    page.keyboard.press("Escape")
    expect(page).to_have_url(ends_with(TWO))
    page.go_back()
    expect(page.locator("#peek-id")).to_have_text(listed[at + 1])


def test_the_drawer_by_its_address_needs_no_script(plain_page):
    page = plain_page
    page.goto(TWO)
    first, second = ids(page)[:2]
    name = page.locator("td.c-gw .fit").first.inner_text()
    page.goto(f"{TWO}&peek={name}/{first}")
    expect(page.locator("#peek-id")).to_have_text(first)
    page.get_by_role("link", name="Next log").click()
    expect(page.locator("#peek-id")).to_have_text(second)


def test_the_box_and_a_chip_keep_the_gateways(any_page):
    page = any_page
    page.goto(TWO)
    page.locator("#box").fill("provider:openai")
    page.locator("#box").press("Enter")
    expect(page).to_have_url(ends_with("/logs/?provider=openai&gateway=prod-edge&gateway=support-bot"))
    assert set(page.locator("td.c-model span:first-child").all_inner_texts()) == {"openai"}
    page.get_by_role("link", name="Remove: Provider is openai").first.click()
    expect(page).to_have_url(ends_with(TWO))


def test_the_keys_walk_the_list_and_tick_nothing(page):
    page.goto(TWO)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("tr.is-cursor")).to_have_attribute("data-log-id", ids(page)[1])
    page.keyboard.press("o")
    expect(page).to_have_url(re.compile(r"/gateways/[a-z-]+/logs/[^/]+/\?gateway=prod-edge&gateway=support-bot$"))


@pytest.mark.parametrize("width", [390, 1440])
def test_whose_log_it_is_can_be_seen_at_every_width(open_browser, sign_in, width):
    page = sign_in(open_browser(width=width))
    page.goto(SEVERAL)
    expect(page.locator("td.c-gw .fit").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
