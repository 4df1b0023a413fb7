"""A deletion from its plan to its receipt, as a person does it."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect


def type_and_confirm(page: Page) -> None:
    """Type what the plan asks for, and press the red button."""
    phrase = page.locator("#phrase")
    phrase.fill(phrase.get_attribute("data-phrase") or "")
    page.locator("[data-confirm]").click()


def see_the_verdict(page: Page) -> Locator:
    """Wait until the receipt is there. Without JavaScript a person looks again."""
    page.wait_for_url(re.compile("/jobs/"))
    verdict = page.locator(".verdict")
    for _ in range(60):
        if verdict.count():
            break
        if page.get_by_role("link", name="Look again").is_visible():
            page.get_by_role("link", name="Look again").click()
        page.wait_for_timeout(250)
    expect(verdict).to_be_visible()
    return verdict
