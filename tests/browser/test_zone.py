"""The zone that times are told in: by the menu, by the key, without a script; and links with fixed times."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import LOGS

OWN = "Asia/Calcutta"  # what Chromium calls Asia/Kolkata: names that have gone elsewhere have to be known
AT = "2026-11-20T20:45:04.250Z"
HERE = LOGS + "?start=2026-11-20T20:00:00Z&end=2026-11-20T21:00:00Z"


@pytest.fixture
def away(open_browser, sign_in, store) -> Page:
    """A browser in India with a list of one log before it."""
    store.delete(store.ids())
    store.add({"id": "one", "created_at": AT})
    page = sign_in(open_browser(zone="Asia/Kolkata"))
    page.goto(HERE)
    return page


def expect_zone(page: Page, time: str, distance: str) -> None:
    expect(page.locator("tr[data-log-id=one] time")).to_contain_text(time)
    expect(page.locator("thead .c-time")).to_have_text(f"Time, {distance}")
    expect(page.get_by_role("button", name="Time zone")).to_have_text(distance)
    expect(page.locator("tr[data-log-id=one] time")).to_have_attribute("datetime", AT)


def zone_menu(page: Page) -> None:
    page.get_by_role("button", name="Time zone").click()


def test_the_menu_offers_the_browsers_own_zone_and_keeps_the_address(away):
    expect_zone(away, "20 Nov 20:45:04", "UTC")
    zone_menu(away)
    away.get_by_role("button", name=f"Local: {OWN}").click()
    expect_zone(away, "21 Nov 02:15:04", "UTC+5:30")
    assert away.url.endswith(HERE)
    zone_menu(away)
    expect(away.get_by_role("button", name=f"Local: {OWN}")).to_have_attribute("aria-current", "true")
    expect(away.locator("#zone-menu button", has_text=OWN).locator("visible=true")).to_have_count(1)
    away.get_by_role("button", name="UTC", exact=True).last.click()
    expect_zone(away, "20 Nov 20:45:04", "UTC")


def test_the_address_that_a_script_pushed_is_kept(away):
    away.get_by_role("columnheader", name="Status").get_by_role("link").click()
    away.wait_for_url("**sort=**")
    before = away.url
    zone_menu(away)
    away.get_by_role("button", name=f"Local: {OWN}").click()
    expect_zone(away, "02:15:04", "UTC+5:30")
    assert away.url == before


def test_u_switches_between_utc_and_the_local_zone(away):
    away.keyboard.press("u")
    expect_zone(away, "02:15:04", "UTC+5:30")
    away.keyboard.press("u")
    expect_zone(away, "20:45:04", "UTC")
    away.goto("/preferences/zone/?next=" + LOGS)
    away.get_by_label("Name of the zone").fill("America/New_York")
    away.get_by_role("button", name="Show times in this zone").click()
    away.goto(HERE)
    expect_zone(away, "15:45:04", "UTC−5")
    for time, distance in (("20:45:04", "UTC"), ("15:45:04", "UTC−5")):  # the last one, not the browser's
        away.keyboard.press("u")
        expect_zone(away, time, distance)


def test_u_in_a_field_is_a_letter(away):
    away.locator("#box").fill("")
    away.locator("#box").press("u")
    expect(away.locator("#box")).to_have_value("u")
    expect_zone(away, "20:45:04", "UTC")


def test_u_where_the_own_zone_is_utc_says_so(listed):
    listed.keyboard.press("u")
    expect(listed.locator("#notice")).to_contain_text("Your own time zone is UTC")
    zone_menu(listed)
    expect(listed.locator("[data-browser-zone]")).to_be_hidden()


def test_what_is_ticked_is_not_lost_by_a_switch(away):
    away.locator("tbody .c-pick input[type=checkbox]").check()
    away.keyboard.press("u")
    expect(away.locator("#notice")).to_contain_text(f"The next page shows times in {OWN}")
    expect(away.locator("tbody .c-pick input[type=checkbox]")).to_be_checked()
    away.goto(HERE)
    expect_zone(away, "02:15:04", "UTC+5:30")


def test_what_is_typed_is_not_lost_by_a_switch(away):
    away.goto(LOGS + "one/")
    away.get_by_label("Score, 0 to 100").fill("42")
    away.locator("#log-id").click()
    away.keyboard.press("u")
    expect(away.locator("#notice")).to_contain_text("nothing you ticked or typed is lost")
    expect(away.get_by_label("Score, 0 to 100")).to_have_value("42")


def test_the_page_of_a_log_is_read_again_in_the_zone(away):
    away.goto(LOGS + "one/")
    away.keyboard.press("u")
    expect(away.locator("main time").first).to_have_text("Sat 21 Nov 2026, 02:15:04.250 UTC+5:30")


def test_a_page_that_answers_a_form_keeps_its_zone_and_says_so(away):
    away.locator("tbody .c-pick input[type=checkbox]").check()
    away.locator(".selbar").get_by_role("button", name="Annotate…").click()
    expect(away.get_by_role("heading", name="Annotate 1 log that you ticked")).to_be_visible()
    away.wait_for_load_state()  # the keys are heard once the scripts are there
    away.keyboard.press("u")
    expect(away.locator("#notice")).to_contain_text("This page keeps its time zone")


def test_a_switch_that_could_not_be_kept_is_said(away, watch):
    watch.expect(403)
    away.context.clear_cookies(name="csrf")
    away.keyboard.press("u")
    expect(away.locator("#notice")).to_contain_text("The time zone was not changed")
    expect_zone(away, "20:45:04", "UTC")


def test_without_javascript_a_zone_is_chosen_from_all_and_leads_back(plain_page, store):
    store.add({"id": "one", "created_at": AT})
    plain_page.goto(HERE)
    zone_menu(plain_page)
    expect(plain_page.locator("[data-browser-zone]")).to_be_hidden()
    plain_page.get_by_role("link", name="Another zone…").click()
    plain_page.get_by_label("Name of the zone").fill("Asia/Kolkatta")
    plain_page.get_by_role("button", name="Show times in this zone").click()
    expect(plain_page.get_by_role("alert").filter(has_text="not known")).to_contain_text("“Asia/Kolkata”")
    plain_page.get_by_label("Name of the zone").fill("Asia/Kolkata")
    plain_page.get_by_role("button", name="Show times in this zone").click()
    assert plain_page.url.endswith(HERE)
    expect_zone(plain_page, "02:15:04", "UTC+5:30")
    zone_menu(plain_page)
    plain_page.get_by_role("button", name="UTC", exact=True).last.click()
    assert plain_page.url.endswith(HERE)
    expect_zone(plain_page, "20:45:04", "UTC")


@pytest.fixture(autouse=True)
def errors_that_are_meant(request, watch) -> None:
    if "chosen_from_all" in request.node.name or "not_clear" in request.node.name:
        watch.expect(400)


def test_the_range_form_shows_and_takes_local_times(away):
    away.keyboard.press("u")
    expect_zone(away, "02:15:04", "UTC+5:30")
    away.locator("[popovertarget=range-menu]").click()
    expect(away.get_by_label("From, included")).to_have_value("2026-11-21T01:30")
    away.get_by_label("From, included").fill("2026-11-21T02:00")
    away.get_by_role("button", name="Use this range").click()
    away.wait_for_url("**?start=2026-11-20T20:30:00Z&end=2026-11-20T21:00:00Z")
    expect(away.locator("h1")).to_contain_text("21 Nov 2026, 02:00:00 UTC+5:30")


def test_a_local_time_that_is_not_clear_is_said_and_the_form_keeps_it(open_browser, sign_in):
    page = sign_in(open_browser(zone="Europe/Berlin"))
    page.goto(LOGS)
    page.keyboard.press("u")
    expect(page.get_by_role("button", name="Time zone")).not_to_have_text("UTC")
    page.locator("[popovertarget=range-menu]").click()
    page.get_by_label("From, included").fill("2026-10-25T02:30")
    page.get_by_role("button", name="Use this range").click()
    expect(page.locator("#notice")).to_contain_text("start:2026-10-25T00:30:00Z for the clock before the change")
    expect(page.get_by_label("From, included")).to_have_value("2026-10-25T02:30")
    assert page.url.endswith(LOGS)


# --- links ------------------------------------------------------------------------------------------------------------


def copied(page: Page) -> str:
    found: str = page.evaluate("navigator.clipboard.readText()")
    return found


def test_a_copied_link_has_fixed_times_and_says_so(page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(LOGS + "?provider=openai&since=24h")
    page.get_by_role("link", name="Copy link").click()
    words = re.compile(r"Copied; times are fixed: \d+ \w{3} \d\d:\d\d to \d+ \w{3} \d\d:\d\d UTC")
    expect(page.locator("#live")).to_have_text(words)
    expect(page.locator(".copied")).to_have_text(words)
    url = copied(page)
    query = parse_qs(urlsplit(url).query)
    assert url.startswith("http://")
    assert set(query) == {"provider", "start", "end"}
    end = datetime.fromisoformat(query["end"][0])
    assert timedelta(0) < datetime.now(UTC) - end < timedelta(minutes=1)
    page.goto(url)
    expect(page.locator("h1")).to_contain_text("Calls from openai, from ")


def test_the_relative_link_is_beside_it(page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(LOGS + "?since=24h")
    page.get_by_role("button", name="Other link").click()
    page.get_by_role("link", name="Link that stays relative").click()
    expect(page.locator("#live")).to_have_text("Copied")
    assert copied(page).endswith(LOGS + "?since=24h")


def test_a_link_with_fixed_times_is_just_copied(page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(HERE)
    page.get_by_role("link", name="Copy link").click()
    expect(page.locator("#live")).to_have_text("Copied")
    assert copied(page).endswith(HERE)
    expect(page.get_by_text("Link that stays relative")).to_have_count(0)


def test_without_javascript_the_permanent_link_is_a_link(plain_page):
    plain_page.goto(LOGS + "?since=24h")
    plain_page.get_by_role("link", name="Permanent link", exact=True).click()
    expect(plain_page).to_have_url(re.compile(r"\?start=.*&end=.*Z$"))
