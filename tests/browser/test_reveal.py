"""A masked secret: asked for where it stands, by a script or by a page; a copy has words in its place."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import Permission
from playwright.sync_api import Page, expect

from gateway_dash.sandbox import Store
from tests.conftest import LOGS

KEY = "sk-" + "proj-" + "Zq8vT2mW9xK4cR7n" * 3


@pytest.fixture
def store():
    store = Store.seeded(2)
    store.add({"id": "one", "request_body": f"first {KEY}\nthen {KEY}, again".encode(), "response_body": b"fine"})
    yield store
    store.close()


@pytest.fixture
def allowed(kim):
    kim.user_permissions.add(Permission.objects.get(codename="reveal_secrets"))


def test_a_secret_takes_the_place_of_the_one_mask_that_was_pressed(page: Page, allowed):
    page.goto(LOGS + "one/raw/")
    assert KEY not in page.content()
    page.locator("#request-text .secret button").nth(1).click()
    expect(page.locator("#request-text .secret.is-open")).to_have_text(KEY)
    assert page.locator("#request-text .secret:not(.is-open)").count() == 1
    expect(page.locator(".secret.is-open")).to_be_focused()
    assert page.url.endswith("/one/raw/")
    assert "A secret" not in page.title()


def test_it_works_in_the_drawer_too(page: Page, allowed):
    page.goto(LOGS)
    page.locator("tr[data-log-id=one] .c-time a[href]").first.click()
    page.locator("#peek .secret button").first.click()
    expect(page.locator("#peek .secret.is-open")).to_have_text(KEY)


def test_without_scripts_a_page_shows_it_and_leads_back(plain_page: Page, allowed):
    plain_page.goto(LOGS + "one/raw/")
    plain_page.locator("#request-text .secret button").first.click()
    expect(plain_page.locator("pre.secret")).to_have_text(KEY)
    plain_page.get_by_role("link", name="Back to the log").click()
    expect(plain_page).to_have_url(re.compile(r"/logs/one/$"))


def test_a_copy_has_words_in_its_place_and_no_button(page: Page, allowed):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(LOGS + "one/raw/")
    page.locator("#request").get_by_role("button", name="Copy").click()
    expect(page.locator("#request .copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == "first [masked: openai key]\nthen [masked: openai key], again"


def test_without_the_right_there_is_nothing_to_press(page: Page):
    page.goto(LOGS + "one/raw/")
    expect(page.locator("#request-text .secret")).to_have_count(2)
    expect(page.locator("#request-text .secret button")).to_have_count(0)
