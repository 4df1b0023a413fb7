"""What is ticked goes along over pages, and what the bar says is what the boxes say: with and without JavaScript."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import LOGS

LIST = LOGS + "?per_page=20"


def boxes(page: Page):
    return page.locator("tbody .c-pick input[type=checkbox]")


def ticked(page: Page) -> list[str]:
    found: list[str] = boxes(page).evaluate_all("boxes => boxes.filter(box => box.checked).map(box => box.value)")
    return found


def ids(page: Page) -> list[str]:
    found: list[str] = page.locator("tr[data-log-id]").evaluate_all("rows => rows.map(row => row.dataset.logId)")
    return found


def bar(page: Page):
    return page.get_by_role("region", name="Selection")


def tally(page: Page) -> int:
    """The number that CSS counts in front of "selected"."""
    found: int = page.evaluate("""() => {
        const boxes = document.querySelectorAll(".logs-form td input[name=id]:checked").length;
        return boxes + document.querySelectorAll(".selbar .tally i").length;
    }""")
    return found


def tick(page: Page, *places: int) -> list[str]:
    for place in places:
        boxes(page).nth(place).check()
    return [ids(page)[place] for place in places]


def on_page(page: Page, number: int) -> None:
    expect(page.locator(".pager [aria-current]")).to_have_text(re.compile(rf"\b{number}$"))


def go_on(page: Page, javascript: bool) -> None:
    """To the next page with what is ticked: by the pager, and by the button where no script keeps it."""
    if javascript:
        page.get_by_role("link", name="Next page").click()
    else:
        page.get_by_role("button", name="Keep, and go to the next page").click()


@pytest.fixture
def wide(page) -> Page:
    page.goto(LIST)
    return page


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_ticked_rows_stay_ticked_over_pages(open_browser, sign_in, javascript):
    page = sign_in(open_browser(javascript=javascript))
    page.goto(LIST)
    first = tick(page, 0, 3, 5)
    go_on(page, javascript)
    on_page(page, 2)
    expect(bar(page)).to_contain_text("selected, 3 of them on other pages")
    assert (ticked(page), tally(page)) == ([], 3)
    second = tick(page, 1, 2)
    assert tally(page) == 5
    go_on(page, javascript)
    on_page(page, 3)
    expect(bar(page)).to_contain_text("5 of them on other pages")
    page.get_by_role("link", name="Page 1", exact=True).click()
    on_page(page, 1)
    assert ticked(page) == first
    expect(bar(page)).to_contain_text("2 of them on other pages")
    page.get_by_role("button", name="Delete…").click()
    expect(page.locator("h1")).to_have_text("Delete 5 logs")
    expect(page.locator(".strip").first).to_contain_text("On other pages")
    page.get_by_role("link", name="Back to the list").click()
    assert ticked(page) == first
    expect(bar(page)).to_contain_text("2 of them on other pages")
    assert second


def test_a_sort_a_size_and_columns_keep_it(wide):
    log_id = tick(wide, 2)[0]
    wide.get_by_role("link", name="50 on a page").click()
    expect(wide.locator("tr[data-log-id]")).to_have_count(50)
    assert ticked(wide) == [log_id]
    wide.get_by_role("link", name="Time, UTC").click()
    expect(wide).to_have_url(re.compile("sort=created_at"))
    expect(bar(wide)).to_contain_text("selected")
    assert tally(wide) == 1


def test_a_step_in_the_menu_of_columns_keeps_it_and_the_menu_open(wide):
    log_id = tick(wide, 2)[0]
    wide.get_by_role("button", name=re.compile("^Columns")).click()
    wide.get_by_role("link", name="Hide Cache").click()
    expect(wide.get_by_role("columnheader", name="Cache")).to_have_count(0)
    assert ticked(wide) == [log_id]
    expect(wide.locator("#columns-menu")).to_be_visible()


def test_nothing_is_sent_while_the_ticks_are_those_that_the_server_knows(wide, watch):
    tick(wide, 2)
    wide.get_by_role("link", name="Next page").click()
    on_page(wide, 2)
    wide.get_by_role("link", name="Next page").click()
    on_page(wide, 3)
    assert sum("/selection/" in each for each in watch.htmx_asked) == 1


def test_back_finds_the_ticks_of_the_page_that_was_left(wide):
    first = tick(wide, 0, 3)
    wide.get_by_role("link", name="Next page").click()
    on_page(wide, 2)
    tick(wide, 4)
    wide.go_back()
    on_page(wide, 1)
    expect(boxes(wide).nth(3)).to_be_checked()
    assert ticked(wide) == first
    wide.go_forward()
    on_page(wide, 2)
    expect(boxes(wide).nth(4)).to_be_checked()
    expect(bar(wide)).to_contain_text("2 of them on other pages")


def test_the_drawer_and_back_keep_the_ticks(wide):
    first = tick(wide, 0, 3)
    wide.locator(".c-time > a").nth(6).click()
    expect(wide.locator("#peek-id")).to_be_visible()
    assert ticked(wide) == first
    wide.reload()
    assert ticked(wide) == first
    wide.keyboard.press("Escape")
    expect(wide.locator("#peek")).to_be_hidden()
    assert ticked(wide) == first
    wide.go_back()
    expect(wide.locator("#peek-id")).to_be_visible()
    assert ticked(wide) == first
    wide.go_back()
    expect(wide.locator("#peek")).to_be_hidden()
    assert ticked(wide) == first


def test_a_logs_page_and_back_keep_the_ticks(wide):
    first = tick(wide, 0, 3)
    for key in ("j", "o"):
        wide.keyboard.press(key)
    expect(wide.locator("#log-id")).to_be_visible()
    wide.go_back()
    expect(bar(wide)).to_be_visible()
    assert ticked(wide) == first


def test_the_history_keeps_ids_alone(wide):
    first = tick(wide, 0)
    assert wide.evaluate("history.state") == {"ticks": {first[0]: True}}
    boxes(wide).nth(0).uncheck()
    assert "ticks" not in wide.evaluate("history.state")


def test_another_filter_is_another_selection_and_says_so(wide):
    tick(wide, 0, 3)
    wide.get_by_label("Filters in words").fill("provider:openai")
    wide.keyboard.press("Enter")
    expect(wide.locator("#list-h")).to_have_text("Calls from openai")
    expect(wide.locator("#results .note")).to_contain_text("2 logs of the list before stayed selected there.")
    expect(wide.locator("#live")).to_contain_text("stayed selected there")
    expect(bar(wide)).to_be_hidden()
    assert "picked=" not in wide.url


def test_the_selected_are_shown_alone(any_page):
    any_page.goto(LIST)
    first = tick(any_page, 0, 3)
    any_page.get_by_role("button", name="Show the selected").click()
    expect(any_page.locator("tr[data-log-id]")).to_have_count(2)
    assert ticked(any_page) == ids(any_page) == first


def test_clear_clears_all_pages(any_page, open_browser):
    any_page.goto(LIST)
    tick(any_page, 0, 3)
    is_plain = any_page.get_by_role("button", name="Keep, and go to the next page").count() > 0
    go_on(any_page, not is_plain)
    on_page(any_page, 2)
    any_page.get_by_role("link", name="Clear selection").click()
    expect(bar(any_page)).to_be_hidden()
    assert "picked=" not in any_page.url
    on_page(any_page, 2)


def test_the_copied_link_carries_no_selection(wide):
    tick(wide, 0)
    wide.get_by_role("link", name="Next page").click()
    on_page(wide, 2)
    assert "picked=" in wide.url
    assert "picked=" not in (wide.locator("a[data-copy-link]").first.get_attribute("href") or "")


def test_more_than_500_are_refused_and_the_ticks_stay(wide, watch):
    watch.expect(400)
    wide.evaluate("""() => {
        const place = document.querySelector(".logs-form .elsewhere");
        for (let at = 0; at < 500; at += 1) {
            const field = document.createElement("input");
            Object.assign(field, {type: "hidden", name: "id", value: `x-${at}`});
            place.append(field);
        }
    }""")
    first = tick(wide, 0)
    wide.get_by_role("link", name="Next page").click()
    expect(wide.locator("#notice")).to_contain_text("501 logs would be selected, and at most 500 can be.")
    assert ticked(wide) == first


# --- all that match


def test_all_that_match_is_one_control_and_ends_with_the_first_row_less(wide):
    wide.locator("thead .c-pick input").check()
    wide.get_by_role("checkbox", name=re.compile(r"Select all [\d,]+ that match")).check()
    expect(bar(wide)).to_contain_text(re.compile(r"All [\d,]+ that match are selected, at this moment\."))
    expect(wide.locator("#live")).to_have_text(re.compile(r"All [\d,]+ that match are selected, at this moment\."))
    boxes(wide).nth(7).uncheck()
    expect(wide.locator("#live")).to_have_text("No longer all that match. 19 logs selected")
    expect(wide.locator(".selbar .match")).to_be_hidden()
    expect(wide.locator(".selbar .dropped")).to_be_visible()
    expect(wide.locator("input[name=everything]")).not_to_be_checked()
    wide.get_by_role("button", name="Delete…").click()
    expect(wide.locator("h1")).to_have_text("Delete 19 logs")


def test_all_that_match_goes_along_to_the_next_page(any_page, store):
    any_page.goto(LIST)
    any_page.locator("thead .c-pick input").check()
    any_page.locator("input[name=everything]").check()
    is_plain = any_page.get_by_role("button", name="Keep, and go to the next page").count() > 0
    go_on(any_page, not is_plain)
    on_page(any_page, 2)
    assert len(ticked(any_page)) == 20
    expect(any_page.locator(".selbar .match")).to_be_visible()
    any_page.get_by_role("button", name="Delete…").click()
    minute_ago = datetime.now(UTC) - timedelta(seconds=60)  # younger ones are not part of a plan
    old = [{"key": "created_at", "operator": "lt", "value": [minute_ago.isoformat()]}]
    least = store.count("prod-edge", old) - 2  # some turn a minute old while the page loads
    expect(any_page.locator("h1")).to_contain_text(re.compile(r"Delete [\d,]+ logs:\s+Calls before"))
    found = int(re.sub(r"\D", "", any_page.locator("h1 b").first.inner_text()))
    assert least <= found <= store.count("prod-edge")


def test_without_javascript_an_unticked_row_ends_it_for_the_eye_and_for_the_server(plain_page):
    plain_page.goto(LIST)
    plain_page.locator("thead .c-pick input").check()
    plain_page.locator("input[name=everything]").check()
    go_on(plain_page, javascript=False)
    on_page(plain_page, 2)
    boxes(plain_page).nth(3).uncheck()
    expect(plain_page.locator(".selbar .match")).to_be_hidden()
    expect(plain_page.locator(".selbar .some")).to_be_visible()
    plain_page.get_by_role("button", name="Delete…").click()
    expect(plain_page.locator("h1")).to_have_text("Delete 19 logs")
    expect(plain_page.locator(".note").first).to_contain_text("only the ticked logs are meant")


# --- keys, ranges, a phone


def test_the_count_that_is_read_out_takes_in_other_pages(wide):
    tick(wide, 0, 3)
    wide.get_by_role("link", name="Next page").click()
    on_page(wide, 2)
    expect(wide.locator("#live")).to_contain_text("2 selected, 2 of them on other pages")
    for key in ("j", "x"):
        wide.keyboard.press(key)
    expect(wide.locator("#live")).to_have_text("3 logs selected, 2 of them on other pages")


def test_a_range_is_ticked_beside_what_is_selected_elsewhere(wide):
    tick(wide, 0)
    wide.get_by_role("link", name="Next page").click()
    on_page(wide, 2)
    boxes(wide).nth(2).click()
    boxes(wide).nth(5).click(modifiers=["Shift"])
    assert tally(wide) == 5


def test_the_bar_fits_a_phone_with_all_that_it_can_say(open_browser, sign_in):
    page = sign_in(open_browser(javascript=False, width=390, height=844))
    page.goto(LIST)
    tick(page, 0)
    go_on(page, javascript=False)
    page.locator("thead .c-pick input").check()
    shown = bar(page).bounding_box()
    assert shown is not None
    assert shown["x"] >= 0
    assert shown["x"] + shown["width"] <= 390
    assert shown["height"] < 200
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
