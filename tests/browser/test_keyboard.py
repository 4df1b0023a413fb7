"""The list and a log without a mouse."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import LOGS


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def cursor(page: Page) -> int:
    """Which row the keys act on, from 0; -1 for none."""
    found: int = page.locator("tr[data-log-id]").evaluate_all(
        "rows => rows.findIndex(row => row.classList.contains('is-cursor'))"
    )
    return found


def ticked(page: Page) -> list[int]:
    found: list[int] = page.locator("tbody .c-pick input[type=checkbox]").evaluate_all(
        "boxes => boxes.flatMap((box, at) => box.checked ? [at] : [])"
    )
    return found


def focus_words(page: Page) -> str:
    """What a screen reader would call the focused element, more or less."""
    found: str = page.evaluate(
        "(document.activeElement.ariaLabel || document.activeElement.innerText).trim().replace(/\\s+/g, ' ')"
    )
    return found


def test_the_first_key_offers_to_skip_to_the_content(listed):
    press(listed, "Tab")
    skip = listed.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    press(listed, "Enter", "Tab")
    assert listed.evaluate("document.getElementById('main').contains(document.activeElement)")


def test_tab_goes_from_the_sentence_to_the_first_row_in_the_order_that_is_read(listed):
    listed.locator("#list-h").focus()
    walked = []
    for _ in range(30):
        press(listed, "Tab")
        walked.append(focus_words(listed))
        if walked[-1].startswith("Select the log"):
            break
    assert walked == [
        *(
            "Views",
            "Copy link",
            "Other link",
            "Review…",
            "Export",
            "Filters in words",
            "Apply",
            "All time",
            "Filter f",
            "Count the histogram, 24 calls",
        ),
        *("Facets", "20 on a page", "50 on a page", "Columns 9 of 32", walked[14], "Density"),  # between them Live
        *("Select all 50 on this page", "Time, UTC", "Status", "Provider", "model", "Cache", walked[-1]),
    ]
    press(listed, "Tab")
    assert listed.evaluate("document.activeElement.closest('td').className") == "c-time"
    assert cursor(listed) == 0


def test_j_and_k_move_and_stop_at_the_ends(listed):
    press(listed, "j")
    assert cursor(listed) == 0
    assert listed.evaluate("document.activeElement.closest('tr').dataset.logId") == (
        listed.locator("tr[data-log-id]").first.get_attribute("data-log-id")
    )
    press(listed, "j", "j", "j", "k")
    assert cursor(listed) == 2
    press(listed, *"kkkkk")
    assert cursor(listed) == 0
    press(listed, *"j" * 60)
    assert cursor(listed) == 49
    expect(listed.locator("tr.is-cursor .c-time")).to_be_in_viewport()


def test_the_cursor_is_never_hidden_behind_the_bars(listed):
    for _ in range(30):
        press(listed, "j")
        hidden = listed.evaluate("""() => {
            const row = document.querySelector("tr.is-cursor").getBoundingClientRect();
            const bottom = document.querySelector(".statusbar").getBoundingClientRect().top;
            return row.bottom > bottom + 1;
        }""")
        assert not hidden


def test_x_selects_and_takes_out_again_and_says_so(listed):
    press(listed, "j", "x", "j", "j", "x")
    assert ticked(listed) == [0, 2]
    expect(listed.get_by_role("region", name="Selection")).to_be_visible()
    expect(listed.locator("#live")).to_have_text("2 logs selected")
    press(listed, "x")
    assert ticked(listed) == [0]


@pytest.mark.parametrize(("key", "place"), [("Enter", "#peek-id"), ("o", "#log-id")])
def test_enter_shows_the_log_under_the_cursor_and_o_opens_its_page(listed, key, place):
    wanted = listed.locator("tr[data-log-id]").nth(1).get_attribute("data-log-id")
    press(listed, "j", "j", key)
    expect(listed.locator(place)).to_have_text(wanted)


def test_enter_on_a_ticked_box_shows_the_log_and_never_deletes(listed):
    listed.locator("tbody .c-pick input[type=checkbox]").first.focus()
    press(listed, "Space", "Enter")
    expect(listed.locator("#peek-id")).to_be_visible()
    assert ticked(listed) == [0]


def test_a_slash_goes_to_the_find_box_and_letters_typed_there_are_letters(listed):
    press(listed, "/")
    expect(listed.locator("#find")).to_be_focused()
    press(listed, "j", "x", "?")
    expect(listed.locator("#find")).to_have_value("jx?")
    assert (cursor(listed), ticked(listed)) == (-1, [])


def test_a_log_is_found_by_its_id(any_page, store):
    log_id = store.ids("support-bot")[0]
    any_page.goto(LOGS)
    any_page.get_by_label("Find a log by its id").fill(f"  {log_id} ")
    any_page.keyboard.press("Enter")
    expect(any_page.locator("#log-id")).to_have_text(log_id)
    assert any_page.url.endswith(f"/gateways/support-bot/logs/{log_id}/")


def test_f_opens_the_filter_and_escape_closes_it(listed):
    press(listed, "f")
    expect(listed.get_by_label("Field")).to_be_focused()
    button = listed.get_by_role("button", name="Filter f").bounding_box()
    menu = listed.locator("#filter-menu").bounding_box()
    assert button is not None
    assert menu is not None
    assert 0 <= menu["y"] - button["y"] - button["height"] < 20, "beside its button, not in a corner"
    press(listed, "Escape")
    expect(listed.locator("#filter-menu")).to_be_hidden()
    press(listed, "j")
    assert cursor(listed) == 0


def test_a_filter_is_added_by_keys_alone(listed):
    press(listed, "f")
    listed.keyboard.type("Provider")
    press(listed, "Tab", "Tab")
    listed.keyboard.type("openai")
    press(listed, "Enter")
    expect(listed.locator("#list-h")).to_have_text("Calls from openai")
    expect(listed.locator("#list-h")).to_be_focused()


def test_e_goes_to_the_annotation_and_the_arrows_choose(listed, store):
    press(listed, "j", "o")
    expect(listed.locator("#log-id")).to_be_visible()
    log_id = listed.locator("#log-id").inner_text()
    store.annotate(log_id, {"feedback": None})
    listed.reload()
    press(listed, "e")
    expect(listed.get_by_role("radio", name="None")).to_be_focused()
    press(listed, "ArrowLeft")
    expect(listed.get_by_role("radio", name="Bad")).to_be_checked()
    press(listed, "Enter")
    expect(listed.locator("#annotation")).to_contain_text("Saved, and read again")
    row = store.get(log_id)
    assert row is not None
    assert row["feedback"] == -1


def test_a_question_mark_shows_the_keys_and_escape_closes_them(listed):
    press(listed, "?")
    sheet = listed.get_by_role("dialog", name="Keys")
    expect(sheet).to_be_visible()
    press(listed, "j")
    assert cursor(listed) == -1, "keys wait while a dialog is open"
    press(listed, "Escape")
    expect(sheet).to_be_hidden()


def test_keys_can_be_switched_off_and_stay_off(listed):
    press(listed, "?")
    listed.get_by_role("switch", name=re.compile("Keys are on")).uncheck()
    press(listed, "Escape", "j")
    assert cursor(listed) == -1
    listed.reload()
    press(listed, "j")
    assert cursor(listed) == -1
    expect(listed.get_by_role("dialog", name="Keys")).to_be_hidden()


def test_keys_with_a_modifier_are_the_browsers(listed):
    press(listed, "Alt+j", "Control+x")
    assert (cursor(listed), ticked(listed)) == (-1, [])


# --- ticking ----------------------------------------------------------------------------------------------------------


def test_shift_and_click_tick_a_range(listed):
    boxes = listed.locator("tbody .c-pick input[type=checkbox]")
    boxes.nth(2).click()
    boxes.nth(6).click(modifiers=["Shift"])
    assert ticked(listed) == [2, 3, 4, 5, 6]
    boxes.nth(4).click(modifiers=["Shift"])  # back to the one before: what is between goes the same way
    assert ticked(listed) == [2, 3]
    expect(listed.locator("#live")).to_have_text("2 logs selected")


def test_the_box_of_the_page_ticks_its_rows_and_says_when_only_some_are(listed):
    page_box = listed.get_by_role("checkbox", name="Select all 50 on this page")
    page_box.check()
    assert ticked(listed) == list(range(50))
    expect(listed.locator(".selbar")).to_contain_text("All 50 on this page are selected.")
    expect(listed.get_by_role("checkbox", name=re.compile(r"Select all [\d,]+ that match"))).to_be_visible()

    listed.locator("tbody .c-pick input[type=checkbox]").nth(7).uncheck()
    expect(page_box).not_to_be_checked()
    assert page_box.evaluate("box => box.indeterminate")
    expect(listed.locator(".selbar .all")).to_be_hidden()
    page_box.check()
    assert len(ticked(listed)) == 50


def test_the_count_of_ticked_rows_needs_no_script(any_page):
    any_page.goto(LOGS)
    boxes = any_page.locator("tbody .c-pick input[type=checkbox]")
    for at in (0, 3, 5):
        boxes.nth(at).check()
    counted = any_page.locator(".selbar .some b").evaluate("b => getComputedStyle(b, '::before').content")
    assert "ticked" in counted  # a CSS counter
    expect(any_page.locator(".selbar")).to_be_visible()
    any_page.get_by_role("link", name="Clear selection").click()
    expect(any_page.locator(".selbar")).to_be_hidden()


def test_all_that_match_is_not_offered_where_the_page_holds_them_all(listed):
    listed.goto(LOGS + "?provider=google-ai-studio&success=false&per_page=50")
    rows = listed.locator("tr[data-log-id]").count()
    assert 0 < rows < 50
    listed.locator("thead .c-pick input").check()
    expect(listed.locator("input[name=everything]")).to_have_count(0)


def test_a_range_does_not_reach_over_a_swap(listed):
    listed.locator("tbody .c-pick input[type=checkbox]").nth(5).click()
    listed.get_by_role("link", name="Next page").click()
    expect(listed.locator(".pager [aria-current]")).to_have_text(re.compile("2"))
    listed.locator("tbody .c-pick input[type=checkbox]").nth(1).click(modifiers=["Shift"])
    assert ticked(listed) == [1]
