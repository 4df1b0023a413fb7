"""From two ticks in the list to what differs between the two logs, and back."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import LOGS

COMPARE = LOGS + "compare/?id=one&id=two"


@pytest.fixture(autouse=True)
def two(store):
    """Two logs that are alone in their list: the same long question, but for a word, to two models."""

    def body(model, word):
        lines = [f"line {number} of the question" for number in range(40)]
        return json.dumps({"model": model, "lines": [*lines, f"Is it {word}?"]}).encode()

    for log_id, model, word, ms in (("one", "gpt-4o", "red", 1000), ("two", "claude", "green", 3100)):
        store.add({
            "id": log_id, "provider": "mistral", "model": model, "duration": ms, "request_body": body(model, word),
            "response_body": b"The same answer.", "path": "for-the-comparison",
        })  # fmt: skip
    store.add({"id": "three", "provider": "mistral", "model": "other", "request_body": b"x", "response_body": b"y"})


def tick(page: Page, *log_ids: str) -> None:
    for log_id in log_ids:
        page.locator(f"tr[data-log-id={log_id}] .c-pick input[type=checkbox]").check()


def button(page: Page):
    return page.locator(".selbar").get_by_role("button", name="Compare")


def test_two_ticks_lead_to_what_differs_and_back_to_the_same_list(any_page):
    any_page.goto(LOGS + "?provider=mistral&per_page=20")
    tick(any_page, "one", "two")
    button(any_page).click()
    any_page.wait_for_url(lambda url: "/compare/" in url)
    address = any_page.url
    assert sorted(address.partition("?")[2].split("&")) == ["id=one", "id=two", "per_page=20", "provider=mistral"]
    expect(any_page.get_by_role("heading", level=1)).to_contain_text("beside")
    expect(
        any_page.locator("#request del", has_text="green").or_(any_page.locator("#request ins", has_text="green"))
    ).to_be_visible()
    expect(any_page.locator("#response")).to_contain_text("Equal, byte for byte.")
    expect(any_page.locator("tr", has_text="duration").locator(".delta")).to_contain_text("2,100 ms")

    heading = any_page.get_by_role("heading", level=1).inner_text()
    any_page.get_by_role("link", name="Swap sides").click()
    expect(any_page.get_by_role("heading", level=1)).not_to_have_text(heading)
    any_page.get_by_role("columnheader").get_by_role("link", name="two", exact=True).click()
    expect(any_page.locator("#log-id")).to_have_text("two")
    any_page.go_back()
    any_page.locator(".crumb a").click()
    any_page.wait_for_url(lambda url: url.endswith(LOGS + "?provider=mistral&per_page=20"))


def test_the_button_waits_for_exactly_two(page):
    page.goto(LOGS + "?provider=mistral")
    tick(page, "one")
    expect(button(page)).to_be_disabled()
    tick(page, "two")
    expect(button(page)).to_be_enabled()
    tick(page, "three")
    expect(button(page)).to_be_disabled()
    page.locator("tr[data-log-id=three] .c-pick input[type=checkbox]").uncheck()
    expect(button(page)).to_be_enabled()
    page.locator("thead .c-pick input").check()
    expect(button(page)).to_be_disabled()


def test_two_are_picked_and_compared_with_keys_alone(page):
    page.goto(LOGS + "?provider=mistral")
    for key in ("j", "x", "j", "x"):
        page.keyboard.press(key)
    expect(button(page)).to_be_enabled()
    button(page).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("beside")


def test_without_javascript_the_server_says_how_many_to_tick(plain_page, watch):
    watch.expect(422)
    plain_page.goto(LOGS + "?provider=mistral")
    tick(plain_page, "one")
    button(plain_page).click()
    expect(plain_page.get_by_role("main")).to_contain_text("One log is ticked, and a comparison takes two.")
    plain_page.get_by_role("link", name="Back to the list").click()
    plain_page.wait_for_url(lambda url: url.endswith("?provider=mistral"))


def test_a_fold_opens_by_keyboard_and_without_javascript(any_page):
    any_page.goto(COMPARE)
    fold = any_page.locator("#request details.fold")
    hidden = fold.locator(".pair").first
    expect(hidden).to_be_hidden()
    fold.locator("summary").focus()
    any_page.keyboard.press("Enter")
    expect(hidden).to_be_visible()
    any_page.keyboard.press("Space")
    expect(hidden).to_be_hidden()


def test_equal_fields_are_folded_with_their_number(any_page):
    any_page.goto(COMPARE)
    card = any_page.get_by_role("region", name="Different fields")
    expect(any_page.get_by_text("for-the-comparison").first).to_be_hidden()
    summary = any_page.locator("summary", has_text="equal fields")
    summary.click()
    expect(any_page.get_by_text("for-the-comparison").first).to_be_visible()
    expect(card.get_by_role("row", name="model")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1440])
def test_the_page_never_scrolls_sideways(open_browser, sign_in, store, width):
    store.add({"id": "wide", "model": "m" * 300, "user_agent": "u" * 3000, "request_body": b"x" * 9000,
               "metadata": {"k" * 200: "v" * 2000}, "response_body": b'{"a": "' + b"y" * 3000 + b'"}'})  # fmt: skip
    page = sign_in(open_browser(width=width))
    for url in (COMPARE, LOGS + "compare/?id=one&id=wide"):
        page.goto(url)
        for fold in page.locator("details.fold").all():
            fold.locator("summary").click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        inside = page.evaluate(
            "[...document.querySelectorAll('.both .window')].map(e => e.scrollWidth - e.clientWidth)"
        )
        assert max(inside) <= 0
        heights = page.evaluate("[...document.querySelectorAll('.both .window')].map(e => e.clientHeight)")
        assert max(heights) <= 720  # of a screen of 900: a long body scrolls in itself


def test_on_a_phone_the_sides_stand_one_under_the_other_and_equal_lines_once(open_browser, sign_in):
    page = sign_in(open_browser(width=390))
    page.goto(COMPARE)
    changed = page.locator("#request .pair.is-changed").first
    left, right = (changed.locator("> div").nth(at).bounding_box() for at in (0, 1))
    assert left["x"] == right["x"]
    assert right["y"] >= left["y"] + left["height"]
    same = page.locator("#request > .window > .pair.is-same").first
    expect(same.locator("> div").nth(0)).to_be_visible()
    expect(same.locator("> div").nth(1)).to_be_hidden()


def test_what_differs_is_not_told_by_colour_alone(page):
    page.goto(COMPARE)
    page.emulate_media(forced_colors="active")
    for tag, sign in (("del", "−"), ("ins", "+")):
        word = page.locator(f"#request .window {tag}").first
        assert "underline" in word.evaluate("word => getComputedStyle(word).textDecorationLine")
        row = page.locator("#request .pair.is-changed > div", has=page.locator(tag)).first
        expect(row.locator(".sign [aria-hidden]")).to_have_text(sign)
    lines = [page.locator(f"#request .window {tag}").first.evaluate("w => getComputedStyle(w).textDecorationStyle")
             for tag in ("del", "ins")]  # fmt: skip
    assert lines[0] != lines[1]
