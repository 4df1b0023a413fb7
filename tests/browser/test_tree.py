"""The tree of ten megabytes: opened, searched, linked to and walked by keys; each answer small, each task of it too."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Page, expect

from gateway_dash.sandbox import Store
from tests.conftest import LOGS

URL = LOGS + "big/tree/"
MOST_BYTES = 256 * 1024
MOST_ELEMENTS = 6_000
WIDE = b'{"all": [' + b",".join(b'{"n": %d, "text": "%s"}' % (n, b"x" * 80) for n in range(95_000)) + b"]}"
DEEP = b'{"a":[' * 5000 + b'"' + b"x" * 10_000_000 + b'"' + b"]}" * 5000
TEXT = b'{"long": "' + b"words and words\\n" * 625_000 + b'"}'
BASE64 = b'{"image": "iVBORw0KGgoAAAANSUhEUgAAAoAAAAHgCAYAAAA10dzk' + b"A" * 10_000_000 + b'"}'

# Notes each task of the main thread over 50 ms. The figures are told; only their being taken is tested here.
TASKS = """
  window.longTasks = [];
  new PerformanceObserver((list) => {
    for (const each of list.getEntries()) window.longTasks.push(Math.round(each.duration));
  }).observe({ type: "longtask", buffered: true });
"""


@pytest.fixture
def store():
    store = Store.seeded(3)
    yield store
    store.close()


@pytest.fixture
def sizes(page) -> list[int]:
    """The bytes of each answer that is HTML, before compression."""
    found: list[int] = []

    def note(answer):
        if "/tree/" in answer.url and answer.status == 200:
            found.append(len(answer.body()))

    page.on("response", note)
    page.add_init_script(TASKS)
    return found


def put(store: Store, body: bytes) -> None:
    store.add({"id": "big", "request_body": b'{"a": [1, 2]}', "response_body": body})


def key(page: Page, name: str):
    return page.locator("a.node__key", has_text=re.compile(f"^{re.escape(name)}$"))


def tell(page: Page, what: str) -> None:
    print(f"\n{what}: tasks over 50 ms: {page.evaluate('window.longTasks')}")


def elements(page: Page) -> int:
    found: int = page.evaluate("document.querySelectorAll('*').length")
    return found


@pytest.mark.parametrize("body", [WIDE, DEEP, TEXT, BASE64], ids=["wide", "deep", "text", "base64"])
def test_ten_megabytes_open_node_by_node_in_small_answers(page, store, sizes, body):
    put(store, body)
    page.goto(URL)
    expect(page.locator("#response .evidence")).to_contain_text("complete")
    first = page.locator("#response a.node__key").nth(1)
    first.click()
    expect(first).to_have_attribute("aria-expanded", "true")
    expect(page.locator("#response .node__panel")).to_have_count(1)
    expect(first).to_be_focused()
    tell(page, "opened")
    page.locator("#tree-find").fill("words and")
    page.get_by_role("button", name="Find", exact=True).click()
    expect(page.locator("#response .hits")).to_contain_text("searched to its end")
    tell(page, "searched")
    assert max(sizes) < MOST_BYTES
    assert elements(page) < MOST_ELEMENTS


def test_a_wide_list_is_walked_in_ranges(page, store, sizes):
    put(store, WIDE)
    page.goto(URL + "?at=response.all&from=94000")
    expect(key(page, "[94000]")).to_be_visible()
    page.get_by_role("link", name="The next ones").click()
    expect(key(page, "[94100]")).to_be_visible()
    expect(page.locator("#live")).to_have_text("94,101 to 94,200 of 95,000")
    expect(key(page, "[94000]")).to_have_count(0)
    assert max(sizes) < MOST_BYTES


def test_a_link_leads_to_the_place_and_has_it_in_view(any_page, store):
    put(store, WIDE)
    any_page.goto(URL + "?at=response.all[50007].n")
    here = any_page.locator(".node.is-here > .node__row")
    expect(here).to_contain_text("50007")
    expect(any_page.locator(".node.is-here")).to_contain_text("response.all[50007].n")
    if any_page.evaluate("matchMedia('(scripting: enabled)').matches"):
        expect(here).to_be_in_viewport()
        expect(here.locator("a")).to_be_focused()


def test_without_script_the_tree_is_pages(plain_page, store):
    put(store, b'{"a": {"b": ["c", "d"]}}')
    plain_page.goto(URL)
    for name in ("b", "[1]"):
        if name == "b":
            plain_page.locator("#response a.node__key", has_text="a").click()
        key(plain_page, name).click()
    expect(plain_page.locator(".node.is-here")).to_contain_text("response.a.b[1]")
    plain_page.get_by_label("Find in keys and texts").fill("d")
    plain_page.get_by_role("button", name="Find", exact=True).click()
    plain_page.locator(".hits a").first.click()
    expect(plain_page.locator(".node.is-here")).to_have_count(1)


def test_the_arrows_go_through_the_tree(page, store, watch):
    put(store, b'{"a": {"b": 1, "c": {"d": [7]}}, "e": 2}')
    page.goto(URL + "?at=response")
    expect(key(page, "response")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(key(page, "a")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(key(page, "a")).to_have_attribute("aria-expanded", "true")
    expect(key(page, "a")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(key(page, "b")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(key(page, "d")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(key(page, "d")).to_be_hidden()
    page.keyboard.press("ArrowLeft")
    expect(key(page, "a")).to_be_focused()
    asked = len(watch.htmx_asked)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    expect(key(page, "b")).to_be_visible()
    assert len(watch.htmx_asked) == asked, "what was there is only shown again"
    page.keyboard.press("End")
    expect(key(page, "e")).to_be_focused()
    page.keyboard.press("Home")
    expect(key(page, "response")).to_be_focused()


def test_the_path_the_value_and_the_link_are_copied(page, store):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    put(store, b'{"a b": {"n": [1.0e3, "x\\u0000y"]}}')
    page.goto(URL + '?at=response["a b"].n')
    for name, copied in (
        ("Copy path", 'response["a b"].n'),
        ("Copy value", r'[1.0e3, "x\u0000y"]'),
    ):
        page.get_by_role("button", name=name).click()
        expect(page.locator("#live")).to_have_text("Copied")
        assert page.evaluate("navigator.clipboard.readText()") == copied
        page.evaluate("document.getElementById('live').textContent = ''")
    page.locator(".node__panel").get_by_role("link", name="Copy link").click()
    expect(page.locator("#live")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()").endswith("/big/tree/?at=response[%22a%20b%22].n")


def test_a_long_text_is_read_in_its_place(page, store, sizes):
    put(store, TEXT)
    page.goto(URL + "?at=response.long")
    expect(page.locator(".node__panel")).to_contain_text("bytes 0 to 16,")
    page.get_by_role("link", name="The next 16 KB").click()
    expect(page.locator(".node__panel")).to_contain_text(re.compile(r"bytes 16,\d+ to 32,"))
    page.get_by_role("link", name="16 KB before").click()
    expect(page.locator(".node__panel")).to_contain_text("bytes 0 to 16,")
    assert max(sizes) < MOST_BYTES


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_nothing_is_wider_than_the_screen(open_browser, sign_in, store, scheme):
    page = sign_in(open_browser(width=390, height=844, scheme=scheme))
    deep = json.dumps({"a_key_of_some_length": [{"role": "user", "content": "words " * 90, "k" * 90: ["v" * 190]}]})
    put(store, deep.encode())
    for query in ("", "?at=response.a_key_of_some_length[0].content", "?find=words"):
        page.goto(URL + query)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_node_that_fails_stays_where_it_is(page, store, watch):
    put(store, b'{"a": {"b": 1}}')
    page.goto(URL)
    page.evaluate("document.querySelector('#response ul a').href = '?at=response.zz'")
    watch.expect(404)
    page.locator("#response ul ul a, #response ul a.node__key").nth(0).evaluate(
        "link => link.setAttribute('aria-expanded', 'false')"
    )
    page.evaluate("document.querySelector('#response .node__in').remove()")
    page.locator("#response a.node__key").first.click()
    expect(page.locator("#notice")).to_contain_text("There is no zz in response")
    expect(page.locator("#response a.node__key").first).to_be_visible()
    expect(page.locator("[aria-busy]")).to_have_count(0)
