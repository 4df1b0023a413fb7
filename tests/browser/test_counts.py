"""Histogram and facets in a browser: opened by links, kept in the address, and good to look at and to hear."""

from __future__ import annotations

import os
import re

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect

from tests.browser.test_look import RULES, RUN_AXE
from tests.conftest import LOGS

SIZES = ((390, 844), (768, 1024), (1440, 900))


def test_the_histogram_opens_in_its_own_region_and_a_bar_leads_to_its_logs(any_page):
    any_page.goto(LOGS)
    any_page.get_by_role("link", name="Count the histogram, 24 calls").click()
    bars = any_page.locator("#histogram svg a")
    expect(bars).to_have_count(12)
    expect(any_page).to_have_url(re.compile(r"\?open=histogram$"))
    expect(any_page.locator("#histogram .how")).to_contain_text("exact")
    any_page.reload()
    expect(bars).to_have_count(12)
    words = bars.nth(11).get_attribute("aria-label") or ""
    bars.nth(11).focus()
    any_page.keyboard.press("Enter")
    expect(any_page).to_have_url(re.compile(r"\?start=[^=]+$|\?start=[^=]+&end=[^=]+$"))
    ok, failed = (int(each.split()[0].replace(",", "")) for each in words.rpartition(": ")[2].split(", "))
    expect(any_page.locator(".sub b").first).to_have_text(f"{ok + failed:,}")


def test_only_the_histogram_is_swapped(listed):
    listed.locator("#results").evaluate("element => element.setAttribute('data-same', '')")
    listed.get_by_role("link", name="Count the histogram, 24 calls").click()
    expect(listed.locator("#histogram svg a")).to_have_count(12)
    expect(listed.locator("#results[data-same]")).to_have_count(1)
    expect(listed.locator("#live")).to_contain_text("exact")


def test_facets_open_count_and_narrow(any_page):
    any_page.goto(LOGS + "?open=facets")
    provider = any_page.locator("fieldset.facet").filter(has_text="Provider").first
    expect(provider.locator(".how")).to_have_text("on this page")
    provider.get_by_role("link", name="Count exactly").click()
    expect(provider.locator(".how")).to_contain_text("exact")
    expect(any_page).to_have_url(re.compile("count=provider"))
    name = provider.locator("a.value bdi").first.inner_text()
    number = provider.locator(".n").first.inner_text()
    provider.locator("a.value").first.click()
    expect(any_page).to_have_url(re.compile(f"provider={name}&open=facets"))
    expect(any_page.locator(".sub b").first).to_have_text(number)
    any_page.locator("fieldset", has_text="Model").locator("a.not").first.click()
    expect(any_page).to_have_url(re.compile("__not="))


def test_facets_opened_by_hand_stay_open_over_a_swap_and_a_reload(listed):
    listed.locator("#facets > summary").click()
    expect(listed).to_have_url(re.compile(r"\?open=facets$"))
    listed.get_by_role("link", name="Cache", exact=True).click()
    expect(listed).to_have_url(re.compile("sort=cached&open=facets"))
    expect(listed.locator("#facets[open]")).to_have_count(1)
    listed.locator("#facets > summary").click()
    expect(listed).to_have_url(re.compile(r"\?sort=cached$"))
    listed.reload()
    expect(listed.locator("#facets[open]")).to_have_count(0)


@pytest.mark.parametrize("address", ["", "?open=histogram&open=facets&count=model", "?since=24h&open=histogram"])
def test_it_looks_and_sounds_right(page, address):
    page.goto(LOGS + address)
    page.evaluate(AXE_SCRIPT)
    wrong = []
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            wrong += [f"{over} px too wide at {width}, {scheme}"] if over > 0 else []
            wrong += [f"{each} ({width}, {scheme})" for each in page.evaluate(RUN_AXE, RULES)]
            if folder := os.environ.get("SHOTS"):
                page.screenshot(path=f"{folder}/{len(address)}-{width}-{scheme}.png", full_page=width == 390)
    assert wrong == []


def test_on_a_phone_the_facets_follow_the_table(page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(LOGS + "?open=facets")
    table, facets = (page.locator(each).bounding_box() for each in (".logs-form", "#facets"))
    assert facets["y"] >= table["y"] + table["height"]
    page.get_by_role("link", name="Facets").click()
    expect(page.locator("#facets")).to_be_in_viewport()
