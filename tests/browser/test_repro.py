"""The call of a log to take elsewhere: formats, copy, files, with JavaScript and without, also on a phone."""

from __future__ import annotations

import json
import subprocess

import pytest
from playwright.sync_api import expect

from tests.conftest import LOGS

URL = LOGS + "again/repro/"
ASKED = {"model": "gpt-4o", "messages": [{"role": "user", "content": "it's <b>\u202e</b> $(id)\n" + "long " * 80}]}


@pytest.fixture(autouse=True)
def again(store):
    answered = {"choices": [{"message": {"role": "assistant", "content": "Yes."}}]}
    bodies = {"request_body": json.dumps(ASKED).encode(), "response_body": json.dumps(answered).encode()}
    store.add({"id": "again", "provider": "openai", "model": "gpt-4o", **bodies})


def test_each_format_is_a_click_away_and_the_address_says_it(any_page):
    any_page.goto(URL)
    text = any_page.locator("#repro-text")
    expect(text).to_contain_text("curl --request POST")
    for words, name, begin in [
        ("Python", "python", "import httpx"),
        ("JavaScript", "javascript", "await fetch"),
        ("pytest", "pytest", "MockTransport"),
        ("Issue", "issue", "# `gpt-4o` over `openai`"),
    ]:
        any_page.locator("#repro").get_by_role("link", name=words, exact=True).click()
        expect(text).to_contain_text(begin)
        assert any_page.url.endswith(f"{URL}?as={name}")
    any_page.go_back()
    expect(text).to_contain_text("MockTransport")


def test_what_is_copied_runs_and_sends_what_was_asked(page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(URL)
    page.locator("#repro").get_by_role("button", name="Copy").click()
    page.wait_for_function("navigator.clipboard.readText().then(text => text.startsWith('curl '))")
    copied = page.evaluate("navigator.clipboard.readText()")
    shown = 'curl() { while [ $# -gt 1 ]; do shift; done; printf %s "$1"; }\n' + copied
    done = subprocess.run(["bash"], input=shown.encode(), capture_output=True, check=True)
    assert json.loads(done.stdout) == ASKED


def test_a_file_of_it_is_saved(any_page):
    any_page.goto(URL + "?as=pytest")
    with any_page.expect_download() as waiting:
        any_page.get_by_role("link", name="test_recorded.py").click()
    assert waiting.value.suggested_filename == "test_recorded.py"
    assert b"def test_the_recorded_answer" in waiting.value.path().read_bytes()


@pytest.mark.parametrize("kind", ["curl", "pytest", "issue"])
def test_a_phone_scrolls_the_call_and_not_the_page(page, kind):
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{URL}?as={kind}")
    expect(page.locator("#repro-text")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
