"""Saved views, the default one, and recent searches, as a person uses them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import LOGS

GATEWAY = "/gateways/prod-edge/"


def save(page: Page, name: str, *, default: bool = False) -> None:
    page.locator("[popovertarget=views-menu]").click()
    page.get_by_label("Save this list as").fill(name)
    if default:
        page.get_by_label("Open prod-edge with it").check()
    page.get_by_role("button", name="Save the view").click()


def test_a_view_is_saved_opened_and_becomes_the_way_in(any_page):
    page = any_page
    page.goto(LOGS + "?success=false&since=7d")
    save(page, "Failed lately", default=True)
    button = page.locator("[popovertarget=views-menu]")
    expect(button).to_have_text("View: Failed lately")
    page.goto(LOGS)
    expect(page.locator("#list-h")).to_have_text("All calls")
    button.click()
    page.locator("#views-menu").get_by_role("link", name="Failed lately").click()
    expect(page.locator("#list-h")).to_have_text("Calls that failed, in the last 7 days")
    assert page.url.endswith(LOGS + "?success=false&since=7d")
    page.goto("/gateways/")
    page.get_by_role("link", name="prod-edge").click()
    expect(page.locator("#list-h")).to_have_text("Calls that failed, in the last 7 days")


def test_a_name_that_is_taken_is_asked_about_and_the_way_back_is_there(any_page, watch):
    watch.expect(409)
    page = any_page
    page.goto(LOGS + "?success=false")
    save(page, "Mine")
    page.goto(LOGS + "?provider=openai")
    save(page, "Mine")
    expect(page.get_by_role("heading", level=1)).to_have_text("Replace the view “Mine”?")
    page.get_by_role("link", name="Keep it as it is").click()
    expect(page.locator("#list-h")).to_have_text("Calls from openai")
    save(page, "Mine")
    page.get_by_role("button", name="Replace the view").click()
    expect(page.locator("[popovertarget=views-menu]")).to_have_text("View: Mine")
    expect(page.locator("#list-h")).to_have_text("Calls from openai")


def test_views_are_renamed_and_deleted_on_their_page(any_page):
    page = any_page
    page.goto(LOGS + "?success=false")
    save(page, "Old")
    page.locator("[popovertarget=views-menu]").click()
    page.get_by_role("link", name="Rename, give to the team, delete…").click()
    page.get_by_label("New name of Old").fill("New")
    page.get_by_role("button", name="Rename").click()
    expect(page.get_by_role("link", name="New", exact=True)).to_be_visible()
    page.get_by_text("Delete…").click()
    page.get_by_role("button", name="Delete the view “New”").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You have no saved views of prod-edge")


def test_recent_searches_are_there_for_one_person_until_they_are_forgotten(any_page):
    page = any_page
    page.goto(LOGS + "?provider=openai")
    page.goto(LOGS)
    menu, button = page.locator("#views-menu"), page.locator("[popovertarget=views-menu]")
    button.click()
    menu.get_by_role("link", name="Calls from openai").click()
    expect(page.locator("#list-h")).to_have_text("Calls from openai")
    page.goto(LOGS)
    button.click()
    menu.get_by_role("button", name="Forget these searches").click()
    expect(page.locator("#list-h")).to_have_text("All calls")
    button.click()
    expect(menu).to_contain_text("Nothing else yet")


def test_the_menu_is_used_by_keys_alone(page):
    page.goto(LOGS + "?success=false")
    page.locator("[popovertarget=views-menu]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#views-menu")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="All logs").first).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("By keys")
    page.keyboard.press("Enter")
    expect(page.locator("[popovertarget=views-menu]")).to_have_text("View: By keys")


@pytest.mark.parametrize("javascript", [True, False])
def test_the_menu_fits_a_phone(open_browser, sign_in, javascript):
    page = sign_in(open_browser(javascript=javascript, width=390, height=844))
    page.goto(LOGS + "?provider=openai&model__not=gpt-4o&cost__gt=0.001&since=7d&search=acme")
    save(page, "A name as long as a name may be, which is eighty characters and not one more 12")
    page.locator("[popovertarget=views-menu]").click()
    box = page.locator("#views-menu").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_an_empty_box_offers_recent_searches_which_replace_what_is_in_it(page):
    page.goto(LOGS + "?provider=openai&cached=false")
    page.goto(LOGS)
    box = page.locator("#box")
    box.focus()
    option = page.get_by_role("option", name="provider:openai cached:false recent")
    expect(option).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(box).to_have_value("provider:openai cached:false ")
    page.keyboard.press("Enter")
    expect(page.locator("#list-h")).to_have_text("Calls from openai, not answered from cache")
    expect(box).to_be_focused()
    expect(page.locator("#box-options")).to_be_hidden()
    # Behind a blank an arrow asks for them; nothing opens by itself.
    page.keyboard.press("End")
    page.keyboard.type(" ")
    page.keyboard.press("ArrowDown")
    expect(option).to_be_visible()
    page.wait_for_timeout(300)  # the blank alone would have asked by now, for nothing, and closed them
    option.click()
    expect(box).to_have_value("provider:openai cached:false ")


def test_an_emptied_box_does_not_open_by_the_focus_that_it_keeps(page):
    page.goto(LOGS + "?provider=openai")
    box = page.locator("#box")
    box.fill("")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(page.locator("#list-h")).to_have_text("All calls")
    page.wait_for_load_state("networkidle")
    expect(page.locator("#box-options")).to_be_hidden()
