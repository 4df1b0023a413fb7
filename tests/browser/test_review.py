"""A review by keys alone, with and without JavaScript, and how it looks."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from gateway_dash.bulk.review import making
from gateway_dash.bulk.review.models import ReviewLog
from gateway_dash.sandbox import Store
from tests.conftest import LOGS

REVIEWS = "/gateways/prod-edge/reviews/"
RUN = """async (rules) => {
    const found = await axe.run(document, {runOnly: {type: "tag", values: rules}, resultTypes: ["violations"]});
    return found.violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.target).join(" ")}`);
}"""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDE = "word " * 300


@pytest.fixture
def store():
    store = Store.seeded(2)
    store.delete(store.ids("prod-edge"))
    for name in ("one", "two", "three"):
        body = b'{"messages": [{"role": "user", "content": "Is this %s? %s"}]}' % (name.encode(), WIDE.encode())
        store.add({"id": name, "request_body": body, "response_body": b"fine", "metadata": {"team": "AI"}})
    yield store
    store.close()


@pytest.fixture
def review(kim):
    return making.make("prod-edge", kim, "3 logs, ticked one by one", ["one", "two", "three"])


def verdicts(review) -> list[tuple[str, str, float | None, str]]:
    return list(review.logs.order_by("position").values_list("log_id", "verdict", "score", "note"))


def at(page: Page, log_id: str) -> None:
    expect(page.locator("#log-id")).to_have_text(log_id)


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_three_logs_are_judged_by_keys_alone(page: Page, review, store):
    page.goto(f"{REVIEWS}{review.key}/")
    at(page, "one")
    press(page, "1")
    expect(page.get_by_role("radio", name="Good")).to_be_checked()
    press(page, "s")
    page.keyboard.type("85")
    press(page, "Escape", "n")
    page.keyboard.type("says 1 and j")
    press(page, "Shift+Enter")
    page.keyboard.type("and n")
    press(page, "Enter")
    at(page, "two")
    expect(page.get_by_role("status").filter(has_text="Saved, and read again")).to_be_visible()
    press(page, "2", "Enter")
    at(page, "three")
    press(page, "3", "Enter")
    expect(page.get_by_role("heading", name="The review is finished")).to_be_visible()
    assert verdicts(review) == [
        ("one", "good", 85.0, "says 1 and j\nand n"),
        ("two", "bad", None, ""),
        ("three", "unsure", None, ""),
    ]
    assert [store.get(each)["feedback"] for each in ("one", "two", "three")] == [1, -1, None]


def test_j_and_k_go_without_saving_and_escape_leaves_a_field(page: Page, review):
    page.goto(f"{REVIEWS}{review.key}/")
    press(page, "1", "j")
    at(page, "two")
    press(page, "n", "j", "k")
    expect(page.get_by_label("Note")).to_have_value("jk")
    press(page, "Escape", "k")
    at(page, "one")
    assert all(verdict == "" for _id, verdict, _score, _note in verdicts(review))


def test_the_keys_are_listed_and_can_be_switched_off(page: Page, review):
    page.goto(f"{REVIEWS}{review.key}/")
    at(page, "one")
    press(page, "?")
    sheet = page.get_by_role("dialog", name="Keys")
    expect(sheet).to_contain_text("good, bad, unsure")
    press(page, "1")
    expect(page.get_by_role("radio", name="Good")).not_to_be_checked()
    sheet.get_by_role("switch", name=re.compile("Keys are on")).uncheck()
    press(page, "Escape", "1", "j")
    expect(page.get_by_role("radio", name="Good")).not_to_be_checked()
    at(page, "one")


def test_keys_with_a_modifier_are_the_browsers(page: Page, review):
    page.goto(f"{REVIEWS}{review.key}/")
    press(page, "Control+1", "Alt+2")
    assert page.locator("[name=feedback]:checked").count() == 0


def test_an_open_page_renews_its_claim_and_a_hidden_one_does_not(page: Page, review):
    page.clock.install()
    page.goto(f"{REVIEWS}{review.key}/")
    at(page, "one")
    page.evaluate("Object.defineProperty(document, 'visibilityState', {configurable: true, get: () => 'hidden'})")
    asked = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/claim/") else None)
    page.clock.run_for(180_000)
    assert asked == []
    page.evaluate("delete document.visibilityState")
    with page.expect_response("**/claim/"):
        page.clock.run_for(10_000)
    expect(page.locator("#claim")).to_contain_text("Yours until")


def test_the_whole_way_from_the_list_by_buttons(any_page: Page, store):
    any_page.goto(LOGS)
    any_page.get_by_role("button", name="Review…").first.click()
    first = any_page.locator("#log-id").inner_text()
    any_page.locator(".thumbs label").filter(has_text="Bad").click()
    any_page.get_by_label("Note").fill("wrong")
    any_page.get_by_role("button", name="Save, and the next").click()
    expect(any_page.locator("#log-id")).not_to_have_text(first)
    said = ReviewLog.objects.get(log_id=first)
    assert (said.verdict, said.note) == ("bad", "wrong")


def test_ticked_logs_are_reviewed_from_the_bar(any_page: Page):
    any_page.goto(LOGS)
    any_page.locator("tbody .c-pick input[type=checkbox]").nth(1).check()
    any_page.locator(".selbar").get_by_role("button", name="Review…").click()
    expect(any_page.get_by_text("Log 1 of 1")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_scrolls_sideways_and_axe_finds_nothing(open_browser, sign_in, review, scheme, width):
    page = sign_in(open_browser(scheme=scheme, width=width))
    shots = os.environ.get("SHOTS")
    mine = f"{REVIEWS}{review.key}/"
    for name, path in (("log", mine), ("summary", mine + "summary/"), ("list", REVIEWS)):
        page.goto(path)
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, f"{name} scrolls sideways"
        page.evaluate(AXE_SCRIPT)
        assert page.evaluate(RUN, RULES) == []
        if shots:
            page.screenshot(path=str(Path(shots) / f"{name}-{width}-{scheme}.png"))
