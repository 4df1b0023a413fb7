"""The palette, sequences that begin with g, and the other keys that came with them."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import LOGS


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def options(page: Page) -> list[str]:
    return page.locator("#palette-list [role=option] > span").all_inner_texts()


@pytest.fixture
def opened(listed) -> Page:
    """The palette over the list, with everything loaded."""
    press(listed, "Control+k")
    expect(listed.locator("#palette-list")).to_contain_text("support-bot")
    return listed


def test_it_lists_what_this_page_can_do_and_the_gateways_and_closes(opened):
    assert options(opened)[0] == "Saved views and recent searches"
    assert {"Add a filter", "Copy the link to this list", "All gateways", "staging"} <= set(options(opened))
    press(opened, "Escape")
    expect(opened.locator("#palette")).to_be_hidden()
    press(opened, "Control+k", "Control+k")
    expect(opened.locator("#palette")).to_be_hidden()
    press(opened, "Meta+k")
    expect(opened.locator("#palette")).to_be_visible()


def test_typing_narrows_it_also_by_the_first_letters_and_enter_goes_there(opened):
    opened.keyboard.type("sprtbt")
    assert options(opened) == ["support-bot", "Find “sprtbt”"]
    press(opened, "Enter")
    opened.wait_for_url("**/gateways/support-bot/logs/")


def test_arrows_move_what_is_read_out_and_go_round(opened):
    field = opened.get_by_role("combobox", name="Type a command")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-activedescendant", "palette-0")
    press(opened, "ArrowDown", "ArrowDown", "ArrowUp")
    expect(field).to_have_attribute("aria-activedescendant", "palette-1")
    expect(opened.locator("#palette-1")).to_have_attribute("aria-selected", "true")
    press(opened, "ArrowUp", "ArrowUp")
    last = opened.locator("#palette-list [role=option]").last
    expect(last).to_have_attribute("aria-selected", "true")
    expect(last).to_be_in_viewport()


def test_a_command_is_the_button_of_the_page(opened):
    opened.keyboard.type("add a filter")
    press(opened, "Enter")
    expect(opened.locator("#palette")).to_be_hidden()
    expect(opened.locator("#filter-menu")).to_be_visible()


def test_a_command_can_be_clicked_and_htmx_does_what_its_link_does(page):
    page.goto(LOGS + "?provider=openai")
    page.get_by_role("link", name="Commands").click()
    page.get_by_role("option", name="Clear all filters").click()
    expect(page.locator("#list-h")).to_have_text("All calls")
    assert page.url.endswith(LOGS)


def test_what_is_pasted_is_found(opened, store):
    log_id = store.ids("prod-edge")[0]
    opened.keyboard.insert_text(log_id)
    assert options(opened) == [f"Find “{log_id}”"]
    press(opened, "Enter")
    opened.wait_for_url(f"**{LOGS}{log_id}/")


def test_saved_and_recent_searches_are_in_it(page):
    page.goto(LOGS + "?success=false")
    page.locator("[popovertarget=views-menu]").click()
    page.get_by_label("Save this list as").fill("Broken <b>calls</b>")
    with page.expect_response(lambda answer: "/views/save/" in answer.url):  # else leaving the page stops it
        page.get_by_role("button", name="Save the view").click()
    page.goto("/gateways/")
    press(page, "Control+k")
    expect(page.get_by_role("combobox")).to_be_focused()  # its script comes with the first use
    page.keyboard.type("broken")
    expect(page.locator("#palette-0")).to_have_text("Broken <b>calls</b> view · prod-edge · Calls that failed")
    press(page, "Enter")
    expect(page.locator("#list-h")).to_have_text("Calls that failed")


def test_it_opens_with_the_keys_switched_off_and_from_within_a_field(listed):
    press(listed, "?")
    listed.locator("[data-keys-switch]").uncheck()
    press(listed, "Escape", "j")
    assert listed.locator("tr.is-cursor").count() == 0
    listed.locator("#find").focus()
    press(listed, "Control+k")
    expect(listed.locator("#palette")).to_be_visible()
    press(listed, "Escape")
    expect(listed.locator("#find")).to_be_focused()


def test_without_the_upstream_it_says_what_is_missing(listed, sandbox):
    sandbox.options = replace(sandbox.options, fault="500")
    press(listed, "Control+k")
    expect(listed.locator("#palette-note")).to_contain_text("The gateways are missing here")
    assert "Add a filter" in options(listed)


def test_an_answer_that_does_not_come_leaves_what_the_page_can_do(listed):
    listed.route("**/palette.json*", lambda route: route.fulfill(status=200, body="<!doctype html>"))
    press(listed, "Control+k")
    expect(listed.locator("#palette-note")).to_contain_text("could not be loaded")
    assert "Add a filter" in options(listed)


def test_without_javascript_its_link_is_a_page_with_the_same_places(plain_page):
    plain_page.goto(LOGS + "?provider=openai")
    plain_page.get_by_role("link", name="Commands").click()
    main = plain_page.get_by_role("main")
    expect(main.get_by_role("link", name="Calls from openai")).to_be_visible()
    main.get_by_role("link", name="support-bot").click()
    plain_page.wait_for_url("**/gateways/support-bot/logs/")


def test_it_fits_a_phone(open_browser, sign_in):
    page = sign_in(open_browser(width=390, height=700))
    page.goto(LOGS)
    page.get_by_role("link", name="Commands").click()
    expect(page.locator("#palette-list")).to_contain_text("support-bot")
    box = page.locator("#palette").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert box["y"] + box["height"] <= 700
    page.get_by_role("button", name="Close").click()
    expect(page.locator("#palette")).to_be_hidden()


# --- g, [ and c


@pytest.mark.parametrize(
    ("key", "leads"), [("l", "/gateways/prod-edge/logs/"), ("g", "/gateways/"), ("h", "/gateways/")]
)
def test_g_and_a_second_key_lead_to_a_place(listed, key, leads):
    listed.goto(LOGS + "?provider=openai")
    press(listed, "g", key)
    listed.wait_for_url("**" + leads)


def test_a_waiting_g_is_shown_and_ends_by_itself(listed):
    press(listed, "g")
    live = listed.locator("#live")
    expect(live).to_have_text("g, then: l logs, j jobs, g gateways, t team, h home")
    expect(live).to_have_class(re.compile("is-shown"))
    listed.wait_for_timeout(1600)
    expect(live).to_have_text("")
    expect(live).not_to_have_class(re.compile("is-shown"))
    press(listed, "j")
    assert listed.locator("tr.is-cursor").count() == 1


def test_a_second_key_that_leads_nowhere_does_nothing_else(listed):
    press(listed, "g", "k")
    expect(listed.locator("#live")).to_have_text("g k leads nowhere from here")
    assert listed.locator("tr.is-cursor").count() == 0
    press(listed, "g", "Escape", "j")
    assert listed.locator("tr.is-cursor").count() == 1


def test_g_in_a_field_is_a_letter(listed):
    listed.locator("#box").focus()
    listed.keyboard.type("gl")
    expect(listed.locator("#box")).to_have_value("gl")
    assert listed.url.endswith(LOGS)


def test_a_bracket_opens_and_closes_the_facets(listed):
    press(listed, "[")
    expect(listed.locator("#facets")).to_have_attribute("open", "")
    listed.wait_for_url("**/logs/?open=facets")
    press(listed, "[")
    expect(listed.locator("#facets")).not_to_have_attribute("open", "")


def test_c_copies_the_link_of_the_list_and_of_the_open_log(listed):
    listed.context.grant_permissions(["clipboard-read", "clipboard-write"])
    listed.goto(LOGS + "?provider=openai")
    press(listed, "c")
    expect(listed.locator("#live")).to_have_text(re.compile("^Copied"))
    assert LOGS + "?provider=openai&end=" in listed.evaluate("navigator.clipboard.readText()")  # its times are fixed
    press(listed, "j", "Enter")
    expect(listed.locator("#peek[data-peek]")).to_be_visible()
    press(listed, "c")
    log_id = listed.locator("#peek").get_attribute("data-peek")
    listed.wait_for_function(
        "ends => navigator.clipboard.readText().then(text => text.endsWith(ends))", arg=f"{LOGS}{log_id}/"
    )


def test_the_sheet_lists_them_all(listed):
    press(listed, "?")
    sheet = listed.locator("#keys")
    for words in ("logs of this gateway", "all gateways", "home", "facets", "copy the link", "commands"):
        expect(sheet).to_contain_text(words)
