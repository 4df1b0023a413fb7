"""Theme and density: shown at once, kept, and with no script needed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import LOGS


def is_dark(page: Page) -> bool:
    """Whether the page is painted dark, asked of its pixels' colour rather than of an attribute."""
    lightness: float = page.evaluate("""() => {
        const canvas = new OffscreenCanvas(1, 1).getContext("2d");
        canvas.fillStyle = getComputedStyle(document.body).backgroundColor;
        canvas.fillRect(0, 0, 1, 1);
        return canvas.getImageData(0, 0, 1, 1).data[0];
    }""")
    return lightness < 128


def row_height(page: Page) -> float:
    height: float = page.locator("tbody td.c-cost").first.evaluate("cell => cell.getBoundingClientRect().height")
    return height


def choose(page: Page, label: str) -> None:
    """Choose in the menu, and see that it is kept."""
    page.get_by_role("button", name="Theme and density").click()
    keep = page.get_by_role("button", name="Keep these")
    if keep.is_visible():  # without JavaScript
        page.get_by_label(label, exact=True).check()
        keep.click()
    else:
        with page.expect_response("**/preferences/"):
            page.get_by_label(label, exact=True).check()
        page.keyboard.press("Escape")


def test_a_theme_is_kept_over_pages(any_page):
    any_page.goto(LOGS)
    assert not is_dark(any_page)
    choose(any_page, "Dark")
    assert is_dark(any_page)
    any_page.goto("/gateways/")
    assert is_dark(any_page)
    choose(any_page, "Light")
    any_page.emulate_media(color_scheme="dark")
    assert not is_dark(any_page)


def test_like_the_system_follows_the_system(any_page):
    any_page.goto(LOGS)
    choose(any_page, "Dark")
    choose(any_page, "Like the system")
    any_page.goto(LOGS)
    assert not is_dark(any_page)
    any_page.emulate_media(color_scheme="dark")
    assert is_dark(any_page)


@pytest.mark.parametrize(("label", "pixels"), [("Compact", 26), ("Normal", 30), ("Roomy", 42)])
def test_the_density_of_the_rows_is_kept(any_page, label, pixels):
    any_page.goto(LOGS)
    if label == "Normal":  # what it is at first
        choose(any_page, "Roomy")
    choose(any_page, label)
    any_page.goto(LOGS)
    assert row_height(any_page) == pytest.approx(pixels, abs=1.1)


def test_without_javascript_the_visitor_comes_back_to_the_same_list(plain_page):
    plain_page.goto(LOGS + "?provider=openai&sort=-model")
    before = plain_page.url
    choose(plain_page, "Dark")
    expect(plain_page).to_have_url(before)


def test_a_choice_that_could_not_be_kept_is_said(listed, watch):
    watch.expect(403)
    listed.context.clear_cookies(name="csrf")
    listed.get_by_role("button", name="Theme and density").click()
    listed.get_by_label("Dark", exact=True).check()
    assert is_dark(listed)
    expect(listed.locator("#notice")).to_contain_text("The choice was not kept")


def test_choosing_costs_no_upstream_call(listed, watch):
    asked = len(watch.asked)
    choose(listed, "Dark")
    assert [each.rsplit("/", 2)[1] for each in watch.asked[asked:] if "/static/" not in each] == ["preferences"]


def test_the_form_to_sign_in_says_that_the_logs_are_invented_and_who_may_come_in(open_browser):
    page = open_browser()
    page.goto("/login/")
    expect(page.locator("main")).to_contain_text("The user demo also has a password")
    expect(page.get_by_role("button", name="Administrator all there is")).to_be_visible()
    expect(page.get_by_label("Sandbox")).to_contain_text("invented logs")
