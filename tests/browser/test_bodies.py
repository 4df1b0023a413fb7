"""Bodies of any size and kind: the page answers, stays small, and shows all of it, a window at a time."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from gateway_dash.sandbox import Store
from tests.conftest import LOGS

WINDOW = 64 * 1024
MOST_ELEMENTS = 14_000  # 5,000 lines with a number each, and the rest of the page


@pytest.fixture
def store():
    store = Store.seeded(3)
    yield store
    store.close()


def elements(page: Page) -> int:
    found: int = page.evaluate("document.querySelectorAll('*').length")
    return found


def is_scripted(page: Page) -> bool:
    found: bool = page.evaluate("matchMedia('(scripting: enabled)').matches")
    return found


def text_of(page: Page, side: str = "response") -> str:
    """The text as it can be copied."""
    found: str = page.locator(f"#{side}-text > span").evaluate_all(
        "all => all.map(line => line.textContent).join('\\n')"
    )
    return found


def open_body(page: Page, store: Store, body: bytes) -> None:
    store.add({"id": "big", "request_body": b'{"a": 1}', "response_body": body})
    page.goto(LOGS + "big/raw/")
    if not is_scripted(page) and page.get_by_role("link", name="Load the response").count():
        page.get_by_role("link", name="Load the response").click()
    expect(page.locator("#response .evidence")).to_contain_text(re.compile("bytes 0 to|complete"))


def walk(page: Page, windows: int) -> list[str]:
    """The texts of so many windows, one after the other by "show more"."""
    texts = [text_of(page)]
    evidence = page.locator("#response .evidence")
    for _ in range(windows - 1):
        end = evidence.inner_text().partition(" to ")[2].split()[0]
        page.get_by_role("link", name="Show more").click()
        expect(evidence).to_contain_text(f"bytes {end} to")
        texts.append(text_of(page))
    return texts


def test_ten_megabytes_are_shown_in_windows_and_the_page_stays_small(any_page, store, watch):
    lines = b"".join(b"line %07d of very many lines\n" % number for number in range(320_000))
    assert len(lines) > 10_000_000
    sizes: list[int] = []
    any_page.on("response", lambda answer: sizes.append(int(answer.headers.get("content-length", 0))))
    open_body(any_page, store, lines)
    expect(any_page.locator("#response .evidence")).to_contain_text("bytes 0 to 65,536 of 10 MB")
    assert elements(any_page) < MOST_ELEMENTS
    assert max(sizes) < 512 * 1024

    texts = walk(any_page, 3)
    assert "".join(texts).replace("\n", "") == lines[: 3 * WINDOW].decode().replace("\n", "")
    assert elements(any_page) < MOST_ELEMENTS, "one window takes the place of the other"
    any_page.get_by_role("link", name="64 KB before").click()
    expect(any_page.locator("#response .evidence")).to_contain_text("bytes 65,536 to 131,072")
    assert text_of(any_page) == texts[1]


def test_one_line_of_cjk_is_shown_without_a_break_that_is_not_there(any_page, store):
    line = "日本語a中文b한국어 🧑‍🚀 " * 300_000
    open_body(any_page, store, line.encode())
    assert any_page.locator("#response-text > span").count() == 1, "one line, one number"
    assert elements(any_page) < 2000
    assert line.startswith(text_of(any_page))
    assert len(text_of(any_page).encode()) > WINDOW - 4
    runs = any_page.locator("#response-text bdi").evaluate_all("all => all.map(run => run.textContent.length)")
    assert max(runs) <= 2000  # UTF-16: up to two units a character


def test_no_character_is_lost_between_two_windows(any_page, store):
    line = "日本語の記録。" * 20_000
    open_body(any_page, store, line.encode())
    assert line.startswith("".join(walk(any_page, 3)))


def test_a_long_line_is_copied_as_one_line(page, store):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    said = "word " * 2000 + "é" * 3000 + "\nand a second line"
    open_body(page, store, said.encode())
    page.locator("#response").get_by_role("button", name="Copy").click()
    expect(page.locator("#live")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == said
    expect(page.locator("#response-text > span")).to_have_count(2)


def test_very_many_lines_stay_a_page_that_can_be_used(any_page, store):
    open_body(any_page, store, b"\n" * 60_000 + b"the last")
    expect(any_page.locator("#response-text")).to_contain_text("the last")
    assert elements(any_page) < MOST_ELEMENTS
    assert text_of(any_page) == "\n" * 60_000 + "the last"


def test_nested_brackets_do_not_grow_into_a_page_of_blanks(any_page, store):
    nested = b",".join([b"[" * 900 + b"]" * 900] * 33)
    open_body(any_page, store, b"[" + nested + b"]")
    assert elements(any_page) < MOST_ELEMENTS
    assert len(any_page.content()) < 512 * 1024
    assert text_of(any_page).replace("\n", "").replace(" ", "") == f"[{nested.decode()}]"


def test_json_is_laid_out_and_shown_as_stored_on_demand(any_page, store):
    open_body(any_page, store, b'{"big": 123456789012345678901234567890, "twice": 1, "twice": 2}')
    expect(any_page.locator("#response-text > span")).to_have_count(5)
    expect(any_page.locator("#response-text")).to_contain_text("123456789012345678901234567890")
    if any_page.get_by_role("link", name="As stored").count():
        any_page.get_by_role("link", name="As stored").click()
        expect(any_page.locator("#response-text > span")).to_have_count(1)


def test_bytes_that_are_no_text_are_shown_as_bytes(any_page, store):
    open_body(any_page, store, bytes(range(256)) * 16)
    expect(any_page.locator("#response-text")).to_contain_text("00000000  00 01 02 03")


def test_a_log_without_bodies_says_why(any_page, store):
    log_id = store.add({"id": "bare", "created_at": "2026-01-01T00:00:00Z"})
    any_page.goto(f"{LOGS}{log_id}/raw/")
    for side in ("request", "response"):
        if not is_scripted(any_page):
            any_page.goto(f"{LOGS}{log_id}/{side}/part/")
        expect(any_page.locator(f"#{side}")).to_contain_text(f"The upstream keeps no {side} of this call.")
