"""Histogram and facets in a browser: opened by links, kept in the address, and good to look at and to hear."""

from __future__ import annotations

import os
import re
import time
from datetime import UTC, datetime

import httpx
import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect

from gateway_dash import upstream
from gateway_dash.gateway.client import GatewayClient, Token
from gateway_dash.gateway.service import Account
from gateway_dash.logs import newer
from gateway_dash.sandbox import ACCOUNT_ID
from tests.browser.test_look import RULES, RUN_AXE
from tests.conftest import LOGS
from tests.views.conftest import WRITE, Wire

SIZES = ((390, 844), (768, 1024), (1440, 900))


class SlowWire(Wire):
    """Each call that counts takes its time."""

    pause_s = 0.0


@pytest.fixture
def wire(sandbox, monkeypatch):
    """Every upstream call of this test; `wire.pause_s` is how long a count takes."""
    found = SlowWire(sandbox)

    def slowly(request):
        if request.url.params.get("per_page") == "1":
            time.sleep(found.pause_s)

    found.instead = slowly
    client = GatewayClient(upstream.SANDBOX_URL, Token(WRITE), transport=found)
    account = Account(client, ACCOUNT_ID)
    monkeypatch.setattr(upstream, "account", lambda: account)
    return found


@pytest.fixture
def lively(monkeypatch):
    """A second instead of fifteen."""
    monkeypatch.setattr(newer, "EVERY_S", 1)
    monkeypatch.setattr(newer, "SHARED_S", 0)


def newest(store, **row):
    store.add({"created_at": datetime.now(UTC).isoformat(timespec="milliseconds"), **row})


def bars(page):
    return page.locator("#histogram svg a")


def middle(page, place):
    box = bars(page).nth(place).locator(".h-hit").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def times(page):
    """Start and end of the list in the address."""
    found = dict(re.findall(r"[?&](start|end)=([^&]+)", page.url))
    return found.get("start"), found.get("end")


def bar_times(page, first, last):
    start = bars(page).nth(first).get_attribute("data-start")
    return start.replace(".000Z", "Z"), (bars(page).nth(last).get_attribute("data-end").replace(".000Z", "Z") or None)


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
    expect(any_page).to_have_url(re.compile(r"\?start=[^=]+(&end=[^=]+)?&open=histogram$"))
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


@pytest.mark.parametrize(
    "address", ["", "?open=histogram&open=ranges&count=model", "?since=24h&duration__gt=100&open=histogram&open=ranges"]
)
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


# --- in steps


def test_the_histogram_fills_in_step_by_step(page, wire):
    page.goto(LOGS)
    wire.pause_s = 0.15
    page.get_by_role("link", name="Count the histogram, 24 calls").click()
    seen = set()
    how = page.locator("#histogram .how")
    while not (text := how.text_content() or "").startswith("exact"):
        seen.update(re.findall(r"counted (\d+) of 24", text))
        time.sleep(0.05)
        assert len(seen) < 6
    assert {"6", "12", "18"} <= seen
    assert len(wire.sent) == 1 + 24
    expect(page).to_have_url(re.compile(r"\?open=histogram$"))
    expect(page.locator("#live")).to_contain_text("exact")


def test_the_focus_stays_on_its_bar_while_the_steps_come(page, wire):
    page.goto(LOGS)
    wire.pause_s = 0.3
    page.get_by_role("link", name="Count the histogram, 24 calls").click()
    expect(page.locator("#histogram .how")).to_have_text("counted 6 of 24")
    bars(page).nth(4).focus()
    expect(page.locator("#histogram .how")).to_contain_text("exact")
    expect(bars(page).nth(4)).to_be_focused()


def test_leaving_stops_the_counting(page, wire):
    page.goto(LOGS)
    wire.pause_s = 0.3
    page.get_by_role("link", name="Count the histogram, 24 calls").click()
    expect(page.locator("#histogram .how")).to_have_text("counted 6 of 24")
    page.goto("/gateways/prod-edge/jobs/")  # which counts nothing itself
    page.wait_for_timeout(1200)  # the step that was on its way ends by itself
    counts = [each for each in wire.sent if "filters" in each.url.params]
    assert len(counts) <= 12
    page.wait_for_timeout(800)
    assert len([each for each in wire.sent if "filters" in each.url.params]) == len(counts)


def test_filtering_on_stops_the_counting_of_before(page, wire):
    page.goto(LOGS)
    wire.pause_s = 0.2
    page.get_by_role("link", name="Count the histogram, 24 calls").click()
    expect(page.locator("#histogram .how")).to_have_text("counted 6 of 24")
    for name in ("Cache", "Status", "Cache"):  # the same logs in another order: the same counts
        page.get_by_role("columnheader", name=name).get_by_role("link").click()
        expect(page).to_have_url(re.compile("sort=-?" + {"Cache": "cached", "Status": "success"}[name]))
    expect(page.locator("#histogram .how")).to_contain_text("exact", timeout=20_000)
    assert len([each for each in wire.sent if each.url.params["per_page"] == "1"]) == 24
    expect(page).to_have_url(re.compile("sort=.*open=histogram"))


def test_a_list_that_fails_lets_the_counting_go_on(page, wire, watch):
    page.goto(LOGS)
    wire.pause_s = 0.3
    page.get_by_role("link", name="Count the histogram, 24 calls").click()
    expect(page.locator("#histogram .how")).to_have_text("counted 6 of 24")
    watch.expect(400)
    page.locator("#box").fill("nonsense:1")
    page.locator("#box").press("Enter")
    expect(page.locator("#notice .notice")).to_be_visible()
    expect(page.locator("#histogram .how")).to_contain_text("exact", timeout=20_000)


def test_ranges_open_in_the_facets_and_set_bounds(any_page, store):
    any_page.goto(LOGS + "?open=facets")
    any_page.get_by_role("link", name="Ask for cost, duration and tokens, 1 call").click()
    expect(any_page.locator("#ranges .how")).to_contain_text("as the upstream says")
    expect(any_page).to_have_url(re.compile("open=ranges"))
    any_page.locator("#set_duration__gt").fill("1000")
    any_page.locator("#ranges").get_by_role("button", name="Use these bounds").click()
    expect(any_page).to_have_url(re.compile(r"\?duration__gt=1000&open=facets&open=ranges$"))
    rows = [store.get(each) for each in store.ids("prod-edge")]
    expect(any_page.locator(".sub b").first).to_have_text(f"{sum(row['duration'] > 1000 for row in rows):,}")
    expect(any_page.locator("#set_duration__gt")).to_have_value("1000")


# --- the brush


@pytest.mark.parametrize(("first", "last"), [(3, 6), (9, 5), (7, 11)])
def test_a_drag_over_bars_leads_to_their_logs(page, first, last):
    page.goto(LOGS + "?model__not=x&open=histogram")
    expect(page.locator("#histogram .how")).to_contain_text("exact")
    expected = bar_times(page, min(first, last), max(first, last))
    page.mouse.move(*middle(page, first))
    page.mouse.down()
    page.mouse.move(*middle(page, last), steps=5)
    expect(page.locator("#histogram .h-sel")).to_have_count(1)
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"\?model__not=x&start="))
    assert times(page) == expected
    expect(page.locator("#histogram .h-sel")).to_have_count(0)
    expect(page.locator("#histogram .how")).to_contain_text("exact")
    page.get_by_role("link", name="Wider").click()
    expect(page).not_to_have_url(re.compile(re.escape(f"start={expected[0]}")))


def test_a_click_on_a_bar_is_a_swap_and_no_brush(page):
    page.goto(LOGS + "?open=histogram")
    expected = bar_times(page, 4, 4)
    page.evaluate("window.same = true")
    page.mouse.click(*middle(page, 4))
    expect(page).to_have_url(re.compile("start="))
    assert times(page) == expected
    assert page.evaluate("window.same")


def test_a_drag_can_be_called_off(page):
    page.goto(LOGS + "?open=histogram")
    page.mouse.move(*middle(page, 2))
    page.mouse.down()
    page.mouse.move(*middle(page, 5), steps=3)
    page.keyboard.press("Escape")
    expect(page.locator("#histogram .h-sel")).to_have_count(0)
    page.mouse.up()
    page.wait_for_timeout(300)
    assert times(page) == (None, None)


def test_the_brush_works_from_the_keyboard(page):
    page.goto(LOGS + "?open=histogram")
    expected = bar_times(page, 4, 6)
    bars(page).nth(3).focus()
    page.keyboard.press("ArrowRight")
    expect(bars(page).nth(4)).to_be_focused()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("#histogram .h-sel")).to_have_count(1)
    expect(page.locator("#live")).to_have_text("3 parts selected, Enter shows their logs")
    page.keyboard.press("Escape")
    expect(page.locator("#histogram .h-sel")).to_have_count(0)
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("start="))
    assert times(page) == expected


def test_a_selection_outlives_a_step(page, wire):
    page.goto(LOGS)
    wire.pause_s = 0.3
    page.get_by_role("link", name="Count the histogram, 24 calls").click()
    expect(page.locator("#histogram .how")).to_have_text("counted 6 of 24")
    bars(page).nth(3).focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("#histogram .how")).to_contain_text("exact")
    expect(page.locator("#histogram .h-sel")).to_have_count(1)


# --- newer logs


def test_newer_logs_are_told_and_shown_on_a_click(page, store, lively):
    page.goto(LOGS + "?open=facets")
    top = page.locator("#results tbody tr").first.get_attribute("data-log-id")
    page.wait_for_timeout(1300)
    expect(page.locator("a.newer")).to_have_count(0)
    before = page.locator("#results tbody tr").first.bounding_box()
    newest(store, id="fresh")
    expect(page.locator("a.newer")).to_contain_text("1 newer log, show")
    expect(page.locator("#live")).to_have_text("1 newer log")
    newest(store)
    expect(page.locator("a.newer")).to_contain_text("2 newer logs, show")
    assert page.locator("#results tbody tr").first.get_attribute("data-log-id") == top
    assert page.locator("#results tbody tr").first.bounding_box() == before  # nothing moves under the pointer
    expect(page.locator("#live")).to_have_text("1 newer log")  # once a minute
    expect(page).to_have_url(re.compile(r"\?open=facets$"))
    page.locator("a.newer").focus()
    page.wait_for_timeout(1500)
    expect(page.locator("a.newer")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#results tbody tr").nth(1)).to_have_attribute("data-log-id", "fresh")
    expect(page.locator("a.newer")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"\?open=facets$"))


def polls(watch):
    return [each for each in watch.htmx_asked if "/counts/newer/" in each]


def test_a_tab_that_is_not_seen_does_not_ask(page, watch, lively):
    page.goto(LOGS)
    page.evaluate("Object.defineProperty(document, 'visibilityState', {value: 'hidden', configurable: true})")
    page.wait_for_timeout(2500)
    assert polls(watch) == []
    page.evaluate("Object.defineProperty(document, 'visibilityState', {value: 'visible', configurable: true})")
    page.wait_for_timeout(2500)
    assert polls(watch)


def test_live_can_be_switched_off_and_stays_so(page, watch, lively):
    page.goto(LOGS)
    page.get_by_role("switch", name="Live").uncheck()
    expect(page.locator("#live")).to_have_text("Live is off")
    page.reload()
    expect(page.get_by_role("switch", name="Live")).not_to_be_checked()
    page.get_by_role("link", name="Cache", exact=True).click()
    expect(page).to_have_url(re.compile("sort=cached"))
    page.get_by_role("link", name="Time, UTC").click()
    expect(page).not_to_have_url(re.compile("sort="))
    expect(page.get_by_role("switch", name="Live")).not_to_be_checked()
    page.wait_for_timeout(2500)
    assert polls(watch) == []


def test_after_a_failure_it_asks_less_often_and_leaves_the_notice_alone(page, watch, wire, lively):
    page.goto(LOGS)
    wire.instead = lambda request: httpx.Response(500, json={}) if "filters" in request.url.params else None
    page.evaluate("document.getElementById('notice').textContent = 'Something to read'")
    expect(page.locator("#newer")).to_contain_text("Newer logs are not known")
    page.wait_for_timeout(5000)
    assert 2 <= len(polls(watch)) <= 3  # after 1, 3 and 7 seconds
    assert page.locator("#notice").text_content() == "Something to read"


def test_without_javascript_there_is_neither_bar_nor_switch(plain_page):
    plain_page.goto(LOGS)
    expect(plain_page.get_by_role("switch", name="Live")).to_have_count(0)
    expect(plain_page.locator("#newer")).to_be_empty()
