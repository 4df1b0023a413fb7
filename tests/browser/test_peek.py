"""A log beside the list, and the way from log to log: by mouse, by keys, and without JavaScript."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from tests.browser.test_look import RULES, RUN_AXE
from tests.conftest import LOGS


def ids(page: Page) -> list[str]:
    found: list[str] = page.locator("tr[data-log-id]").evaluate_all("rows => rows.map(row => row.dataset.logId)")
    return found


def shows(page: Page, log_id: str) -> None:
    """The drawer, its row and the address all say the same log."""
    expect(page.locator("#peek-id")).to_have_text(log_id)
    expect(page).to_have_url(re.compile(rf"[?&]peek={log_id}$"))
    expect(page.locator("tr.is-open")).to_have_count(1)
    expect(page.locator("tr.is-open")).to_have_attribute("data-log-id", log_id)


@pytest.fixture
def wide(page) -> Page:
    page.goto(LOGS + "?per_page=20")
    return page


def test_a_click_on_the_time_shows_the_log_beside_the_list(wide, store, watch):
    wanted = ids(wide)[4]
    wide.locator(f'tr[data-log-id="{wanted}"] .c-time > a').click()
    shows(wide, wanted)
    expect(wide.locator("#peek")).to_be_focused()
    expect(wide.locator("#peek [data-peek-place]")).to_have_text(f"5 of {store.count('prod-edge')}")
    assert len(ids(wide)) == 20, "the list stays where it is"
    assert [each for each in watch.htmx_asked if "/peek/" in each] == [
        f"{watch.origin}{LOGS}{wanted}/peek/?per_page=20"
    ]


def test_enter_shows_j_and_k_switch_and_escape_goes_back_to_the_row(wide):
    listed = ids(wide)
    for key in ("j", "j", "Enter"):
        wide.keyboard.press(key)
    shows(wide, listed[1])
    wide.keyboard.press("j")
    shows(wide, listed[2])
    expect(wide.locator("#peek")).to_be_focused()
    wide.keyboard.press("k")
    wide.keyboard.press("k")
    shows(wide, listed[0])
    wide.keyboard.press("k")
    shows(wide, listed[0])
    wide.keyboard.press("Escape")
    expect(wide.locator("#peek")).to_be_hidden()
    expect(wide).to_have_url(re.compile(r"\?per_page=20$"))
    expect(wide.locator(f'tr[data-log-id="{listed[0]}"] .c-time > a')).to_be_focused()
    expect(wide.locator("tr.is-open")).to_have_count(0)


def test_a_key_that_is_held_down_asks_for_the_log_that_it_stops_at(wide, watch):
    listed = ids(wide)
    wide.locator("td.c-time > a").first.click()
    shows(wide, listed[0])
    before = len(watch.htmx_asked)
    for _ in range(8):
        wide.evaluate("document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'j', bubbles: true}))")
    shows(wide, listed[8])
    assert len([each for each in watch.htmx_asked[before:] if "/peek/" in each]) < 8


def test_o_opens_the_page_of_the_log_that_is_beside_the_list(wide):
    wanted = ids(wide)[3]
    wide.locator(f'tr[data-log-id="{wanted}"] .c-time > a').click()
    shows(wide, wanted)
    wide.keyboard.press("o")
    expect(wide.locator("#log-id")).to_have_text(wanted)
    wide.locator("a[data-back]").click()
    expect(wide).to_have_url(re.compile(r"\?per_page=20$"))


def test_a_click_with_a_modifier_is_the_browsers(wide):
    wanted = ids(wide)[2]
    with wide.context.expect_page() as opened:
        wide.locator(f'tr[data-log-id="{wanted}"] .c-time > a').click(modifiers=["ControlOrMeta"])
    expect(opened.value.locator("#log-id")).to_have_text(wanted)
    expect(wide.locator("#peek")).to_be_hidden()


def test_back_and_forward_walk_through_the_logs(wide):
    listed = ids(wide)
    wide.locator("td.c-time > a").nth(1).click()
    shows(wide, listed[1])
    wide.get_by_role("link", name="Next log").click()
    shows(wide, listed[2])
    wide.get_by_role("link", name="Close the drawer").click()
    expect(wide.locator("#peek")).to_be_hidden()
    wide.go_back()
    shows(wide, listed[2])
    wide.go_back()
    shows(wide, listed[1])
    wide.go_back()
    expect(wide.locator("#peek")).to_be_hidden()
    expect(wide.locator("#list-h")).to_have_text("All calls")


def test_bodies_load_in_the_drawer(wide, store):
    store.add({"id": "long", "request_body": b"word " * 9000, "response_body": b"fine"})
    wide.goto(LOGS + "?per_page=20")
    wide.locator('tr[data-log-id="long"] .c-time > a').click()
    expect(wide.locator(".evidence", has_text="Request:")).to_contain_text("complete, 45 KB")
    expect(wide.locator("#r0")).to_contain_text("fine")


def test_another_filter_closes_the_drawer(wide):
    wide.locator("td.c-time > a").first.click()
    expect(wide.locator("#peek-id")).to_be_visible()
    wide.get_by_role("columnheader", name="Status").get_by_role("link").click()
    expect(wide.locator("#peek")).to_be_hidden()
    expect(wide).not_to_have_url(re.compile("peek="))


def test_a_log_that_has_gone_is_words_in_the_drawer_and_the_next_one_opens(wide, store, watch):
    watch.expect(404)
    listed = ids(wide)
    store.delete([listed[1]])
    wide.locator("td.c-time > a").nth(1).click()
    expect(wide.locator("#peek [role=alert]")).to_contain_text("This log was deleted")
    wide.keyboard.press("j")
    shows(wide, listed[2])


def test_without_javascript_the_address_shows_the_drawer_and_links_walk(plain_page):
    plain_page.goto(LOGS + "?per_page=20")
    listed = ids(plain_page)
    plain_page.goto(f"{LOGS}?per_page=20&peek={listed[2]}")
    shows(plain_page, listed[2])
    plain_page.get_by_role("link", name="Next log").click()
    shows(plain_page, listed[3])
    plain_page.get_by_role("link", name="Previous log").click()
    shows(plain_page, listed[2])
    plain_page.get_by_role("link", name="Close the drawer").click()
    expect(plain_page.locator("#peek")).to_be_hidden()
    plain_page.locator(f'tr[data-log-id="{listed[2]}"] .c-time > a').click()
    expect(plain_page.locator("#log-id")).to_have_text(listed[2])
    plain_page.get_by_role("link", name="Where in the list is this?").click()
    plain_page.get_by_role("link", name="Next log").click()
    expect(plain_page.locator("#log-id")).to_have_text(listed[3])


def test_from_log_to_log_on_their_own_pages_by_keys(page, store):
    page.goto(LOGS + "?per_page=20")
    listed = ids(page)
    page.goto(f"{LOGS}{listed[4]}/?per_page=20")
    expect(page.locator("#place")).to_contain_text(f"5 of {store.count('prod-edge')}")
    page.keyboard.press("j")
    expect(page.locator("#log-id")).to_have_text(listed[5])
    expect(page.locator("#place")).to_contain_text("6 of")
    page.keyboard.press("k")
    expect(page.locator("#log-id")).to_have_text(listed[4])
    page.get_by_role("link", name="5 of").click()
    shows(page, listed[4])


def test_on_a_phone_the_log_takes_the_place_of_the_filters(open_browser, sign_in):
    page = sign_in(open_browser(width=390, height=844))
    page.goto(LOGS + "?per_page=20")
    wanted = ids(page)[6]
    page.locator(f'tr[data-log-id="{wanted}"] .c-time > a').click()
    shows(page, wanted)
    expect(page.locator(".filters")).to_be_hidden()
    expect(page.locator("#peek-h")).to_be_in_viewport()
    drawer, table = page.locator("#peek").bounding_box(), page.locator("table.logs").bounding_box()
    assert drawer is not None
    assert table is not None
    assert drawer["y"] < table["y"]
    page.get_by_role("link", name="Close the drawer").click()
    expect(page.locator(".filters")).to_be_visible()
    expect(page.locator(f'tr[data-log-id="{wanted}"]')).to_be_in_viewport()


@pytest.mark.parametrize("what", ["drawer", "gone", "place"])
def test_nothing_scrolls_sideways_and_axe_finds_nothing(page, store, watch, what):
    watch.expect(404)
    page.goto(LOGS + "?per_page=20&provider=openai")
    log_id = ids(page)[4]
    address = {"drawer": f"?per_page=20&provider=openai&peek={log_id}", "gone": "?peek=gone", "place": f"{log_id}/"}
    page.goto(LOGS + address[what])
    page.wait_for_load_state("networkidle")
    page.evaluate(AXE_SCRIPT)
    wrong = []
    for width, height in ((390, 844), (768, 1024), (1024, 768), (1440, 900)):
        page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            wrong += [f"{over} px too wide at {width}"] if over > 0 else []
            if (width, scheme) in ((390, "dark"), (1440, "light"), (1440, "dark")):
                wrong += [f"{each} ({width}, {scheme})" for each in page.evaluate(RUN_AXE, RULES)]
    assert wrong == []
