"""Columns, chips and what a cell leads to, in a browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import LOGS


def heads(page: Page) -> list[str]:
    return [each.strip() for each in page.locator(".logs thead th:not(.c-pick)").all_inner_texts()]


def columns_menu(page: Page) -> Page:
    page.get_by_role("button", name="Columns").click()
    expect(page.locator("#columns-menu")).to_be_visible()
    return page


def test_the_menu_stays_open_while_columns_are_chosen(listed, watch):
    columns_menu(listed)
    asked = len(watch.htmx_asked)
    listed.get_by_role("link", name="Show Path").click()
    expect(listed.locator(".logs th", has_text="Path")).to_be_visible()
    expect(listed.locator("#columns-menu")).to_be_visible()
    listed.get_by_role("link", name="Hide Verdict").click()
    expect(listed.locator(".logs th", has_text="Verdict")).to_have_count(0)
    expect(listed.locator("#columns-menu")).to_be_visible()
    assert len(watch.htmx_asked) == asked + 2
    expect(listed).to_have_url(re.compile(r"columns=time,status,model,tokens,cost,duration,cached,metadata,path$"))


def test_columns_move_by_keyboard_and_the_focus_stays_on_the_step(listed):
    columns_menu(listed)
    step = listed.get_by_role("link", name="Cost, USD: one place earlier")
    step.focus()
    listed.keyboard.press("Enter")
    expect(listed).to_have_url(re.compile(r"columns=time,status,model,cost,tokens"))
    expect(listed.locator("#columns-menu a:focus")).to_have_count(1)
    listed.keyboard.press("Escape")
    expect(listed.locator("#columns-menu")).to_be_hidden()


def test_columns_are_chosen_without_javascript(plain_page):
    plain_page.goto(LOGS)
    columns_menu(plain_page).get_by_role("link", name="Show Path").click()
    assert "Path" in heads(plain_page)
    columns_menu(plain_page)
    plain_page.get_by_label("A metadata key").fill("metadata.tenant")
    plain_page.get_by_role("button", name="Show it").click()
    assert heads(plain_page)[-1] == "tenant"


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_many_columns_scroll_in_a_box_of_their_own(open_browser, sign_in, width):
    page = sign_in(open_browser(width=width))
    page.goto(LOGS + "?columns=time,status,provider,model,path,id,event_id,user_agent,latency,cost,tokens,metadata")
    expect(page.locator("tr[data-log-id]").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if width > 400:
        box = page.locator(".logs-form--chosen")
        assert box.evaluate("box => box.scrollWidth > box.clientWidth")
        head = page.locator(".logs thead th").nth(1)
        before = head.bounding_box()
        box.evaluate("box => (box.scrollTop = 300)")
        assert head.bounding_box() == before  # the heads stay in sight


def test_the_head_of_the_table_stays_in_sight(listed):
    listed.evaluate("window.scrollTo(0, 900)")
    expect(listed.locator(".logs thead th").nth(1)).to_be_in_viewport()


# --- cells ------------------------------------------------------------------------------------------------------------


def test_a_cell_narrows_the_list_without_a_new_page(listed, watch):
    cell = listed.locator("tr[data-log-id] td.c-model").first
    model = cell.locator("b").inner_text()
    cell.hover()
    listed.evaluate("document.querySelector('main').setAttribute('data-marked', '')")
    cell.get_by_title(f"Only {model}").click()
    expect(listed.locator("#list-h")).to_have_text(f"Calls to {model}")
    expect(listed.locator("main[data-marked]")).to_have_count(1)
    expect(listed.locator(".chip b")).to_have_text(model)


def test_what_a_cell_leads_to_moves_no_column(listed):
    cell = listed.locator("tr[data-log-id] td.c-cost").first
    before = cell.bounding_box()
    cell.hover()
    expect(cell.locator(".acts a").first).to_be_visible()
    assert cell.bounding_box() == before


def test_the_keyboard_reaches_what_the_cells_of_the_cursor_row_lead_to(listed):
    listed.keyboard.press("j")
    for _ in range(2):  # past what came before and after, to the first of the status
        listed.keyboard.press("Tab")
    acts = listed.locator("tr.is-cursor td.c-st .acts")
    expect(acts).to_have_css("opacity", "1")
    listed.keyboard.press("Enter")
    expect(listed.locator("#list-h")).to_have_text(re.compile("that (succeeded|failed)"))


def test_cells_lead_on_without_javascript(plain_page):
    plain_page.goto(LOGS)
    cell = plain_page.locator("tr[data-log-id] td.c-cost").first
    cell.hover()
    cell.get_by_title("More than this cost").click()
    expect(plain_page.locator("#list-h")).to_contain_text("that cost more than")


def test_a_leaf_of_a_log_leads_to_the_list(page, store):
    page.goto(LOGS + store.ids("prod-edge")[-1] + "/raw/")
    line = page.locator(".fields tr", has=page.locator("th", has_text="provider")).first
    line.hover()
    line.locator(".acts a").first.click()
    expect(page.locator("#list-h")).to_contain_text("Calls from")


# --- chips ------------------------------------------------------------------------------------------------------------


def test_a_chip_is_switched_off_and_on(any_page):
    any_page.goto(LOGS + "?provider=openai&cached=false")
    any_page.get_by_role("link", name="Switch off: Provider is openai").click()
    expect(any_page.locator("#list-h")).to_have_text("Calls not answered from cache")
    expect(any_page.locator(".chip--off")).to_contain_text("openai")
    any_page.get_by_role("link", name="Switch on: Provider is openai").click()
    expect(any_page.locator(".chip--off")).to_have_count(0)
    expect(any_page.locator("#list-h")).to_contain_text("from openai")


def test_a_chip_is_edited_in_its_menu(any_page):
    any_page.goto(LOGS + "?provider=openai")
    any_page.locator(".chip > button").click()
    menu = any_page.locator("#chip-1")
    menu.get_by_label("Comparison").select_option(label="is not")
    menu.get_by_label("Value").fill("openai, groq")
    menu.get_by_role("button", name="Change the filter").click()
    expect(any_page.locator("#list-h")).to_have_text("Calls not from openai or groq")
