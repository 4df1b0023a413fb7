"""Does a person get there? The whole job in Chromium, with JavaScript and again without."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from gateway_dash.sandbox import Store
from tests.browser.conftest import PASSWORD
from tests.browser.deleting import see_the_verdict, type_and_confirm
from tests.conftest import LOGS


def ticks(page: Page):
    return page.locator("tbody .c-pick input[type=checkbox]")


def shown_ids(page: Page) -> list[str]:
    return page.locator("tr[data-log-id]").evaluate_all("rows => rows.map(row => row.dataset.logId)")


def state(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def come_in(page: Page) -> None:
    page.goto("/")
    page.get_by_label("User name").fill("kim")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="prod-edge").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("All calls")
    assert urlsplit(page.url).path == LOGS


def filter_by_provider(page: Page, count: int) -> None:
    page.get_by_role("button", name="Filter").click()
    page.get_by_label("Field").select_option(label="Provider")
    page.get_by_label("Value").fill("openai")
    page.get_by_role("button", name="Add the filter").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Calls from openai")
    assert state(page) == {"provider": ["openai"]}
    expect(page.locator("[data-announce]")).to_contain_text(f"{count} logs")


def sort_and_turn_the_page(page: Page) -> None:
    page.get_by_role("columnheader", name="Status").get_by_role("link").click()
    expect(page.get_by_role("columnheader", name="Status")).to_have_attribute("aria-sort", "ascending")
    assert state(page) == {"provider": ["openai"], "sort": ["success"]}
    first_page = shown_ids(page)
    page.get_by_role("link", name="Next page").click()
    expect(page.locator(".pager [aria-current]")).to_have_text(re.compile("2"))
    assert state(page)["page"] == ["2"]
    assert "as_of" in state(page)  # pinned: what arrives meanwhile moves nothing
    assert not set(shown_ids(page)) & set(first_page)


def annotate(page: Page, store: Store, log_id: str) -> None:
    page.get_by_text("Bad", exact=True).click()
    page.get_by_label("Score, 0 to 100").fill("35")
    free = page.locator(".pairs li").last
    free.get_by_label("Key").fill("ticket")
    free.get_by_label("Value").fill("4812")
    free.get_by_label("Type").select_option("number")
    page.get_by_role("button", name="Save annotation").click()
    expect(page.locator("#annotation")).to_contain_text("Saved, and read again")
    row = store.get(log_id)
    assert row is not None
    assert (row["feedback"], row["score"], row["metadata"]["ticket"]) == (-1, 35, 4812)


def see_the_annotation(page: Page) -> None:
    expect(page.get_by_label("Bad")).to_be_checked()
    expect(page.get_by_label("Score, 0 to 100")).to_have_value("35")
    assert "ticket" in page.get_by_label(re.compile(r"^Key ")).evaluate_all("all => all.map(each => each.value)")


def delete_a_dozen(page: Page, store: Store) -> list[str]:
    chosen, before = shown_ids(page)[:12], store.count()
    for number in range(12):
        ticks(page).nth(number).check()
    expect(page.get_by_role("region", name="Selection")).to_be_visible()
    page.get_by_role("button", name="Delete…").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Delete 12 logs")
    assert store.count() == before, "a plan deletes nothing"
    type_and_confirm(page)
    see_the_verdict(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("12 logs deleted, and verified gone")
    assert [each for each in chosen if store.get(each)] == []
    assert store.count() == before - 12
    return chosen


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_from_signing_in_to_a_dozen_logs_deleted(open_browser, kim, store, javascript):
    page = open_browser(javascript=javascript)
    openai = store.count("prod-edge", [{"key": "provider", "operator": "eq", "value": ["openai"]}])
    come_in(page)
    filter_by_provider(page, openai)
    sort_and_turn_the_page(page)

    listed, opened = page.url, shown_ids(page)[3]
    page.locator(f'tr[data-log-id="{opened}"] .c-time > a').click()
    if javascript:  # with it the log comes beside the list first
        page.get_by_role("link", name="Open the page").click()
    expect(page.locator("#log-id")).to_have_text(opened)
    annotate(page, store, opened)
    page.goto(f"{LOGS}{opened}/?{urlsplit(listed).query}")
    see_the_annotation(page)

    page.locator("a[data-back]").click()
    expect(page.locator(".pager [aria-current]")).to_have_text(re.compile("2"))
    assert state(page) == parse_qs(urlsplit(listed).query)
    expect(page.locator(f'tr[data-log-id="{opened}"] .c-fb')).to_contain_text("35")

    chosen = delete_a_dozen(page, store)
    page.goto(listed)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Calls from openai")
    assert not set(shown_ids(page)) & set(chosen)
    expect(page.locator("[data-announce]")).to_contain_text(f"{openai - 12} logs")


def test_all_that_match_are_deleted_once_the_phrase_is_typed(any_page, store):
    failed = [{"key": "success", "operator": "eq", "value": [False]}]
    count, others = store.count("prod-edge", failed), store.count("prod-edge") - store.count("prod-edge", failed)
    assert 20 < count <= 500

    any_page.goto(LOGS + "?success=false&per_page=20")
    any_page.locator("thead .c-pick input").check()
    any_page.get_by_role("checkbox", name=f"Select all {count} that match").check()
    any_page.get_by_role("button", name="Delete…").click()
    expect(any_page.get_by_role("heading", level=1)).to_contain_text(f"Delete {count} logs")
    any_page.get_by_label(f"Type delete {count}").fill(f"delete {count}")
    any_page.get_by_role("button", name=f"Delete {count} logs").click()
    see_the_verdict(any_page)
    expect(any_page.get_by_role("heading", level=1)).to_have_text(f"{count} logs deleted, and verified gone")
    assert store.count("prod-edge", failed) == 0
    assert store.count("prod-edge") == others


def test_without_javascript_the_server_asks_for_the_phrase_itself(plain_page, store, watch):
    watch.expect(422)
    before = store.count()
    plain_page.goto(LOGS + "?success=false&per_page=20")
    plain_page.locator("thead .c-pick input").check()
    plain_page.locator("input[name=everything]").check()
    plain_page.get_by_role("button", name="Delete…").click()
    plain_page.get_by_label("Type delete").fill("yes, all of it")
    plain_page.locator("[data-confirm]").click()
    expect(plain_page.get_by_role("heading", level=1)).to_have_text("Not done")
    expect(plain_page.locator("main")).to_contain_text("Nothing was deleted")
    assert store.count() == before


def test_with_javascript_the_red_button_waits_for_the_phrase(page):
    page.goto(LOGS)
    page.locator("thead .c-pick input").check()
    page.locator(".selbar .btn--danger").click()
    button, phrase = page.locator("[data-confirm]"), page.locator("#phrase")
    expect(button).to_be_disabled()
    phrase.fill("delete 5")
    expect(button).to_be_disabled()
    phrase.fill("delete 50")
    expect(button).to_be_enabled()


def test_the_box_of_the_page_stands_for_its_rows_without_javascript(plain_page, store):
    plain_page.goto(LOGS + "?per_page=20")
    ids = shown_ids(plain_page)
    plain_page.locator("thead .c-pick input").check()
    plain_page.locator(".selbar .btn--danger").click()
    expect(plain_page.get_by_role("heading", level=1)).to_contain_text("Delete 20 logs")
    type_and_confirm(plain_page)
    see_the_verdict(plain_page)
    expect(plain_page.get_by_role("heading", level=1)).to_have_text("20 logs deleted, and verified gone")
    assert [each for each in ids if store.get(each)] == []


def test_logs_that_arrive_between_preview_and_confirmation_are_kept(any_page, store):
    any_page.goto(LOGS + "?provider=anthropic&per_page=20")
    any_page.locator("thead .c-pick input").check()
    any_page.locator("input[name=everything]").check()
    any_page.get_by_role("button", name="Delete…").click()
    count = int(re.sub(r"\D", "", any_page.locator("h1 b").first.inner_text()))  # without those of the last minute
    late = store.add({"provider": "anthropic"})
    type_and_confirm(any_page)
    see_the_verdict(any_page)
    expect(any_page.get_by_role("heading", level=1)).to_have_text(f"{count} logs deleted, and verified gone")
    assert store.ids("prod-edge").count(late) == 1


def test_a_deletion_that_left_logs_is_never_shown_in_the_colour_of_success(any_page, store, sandbox):
    colours = {}
    for lag_s in (0.0, 3600.0):
        sandbox.options = replace(sandbox.options, delete_lag_s=lag_s)
        any_page.goto(LOGS)
        chosen = shown_ids(any_page)[0]
        ticks(any_page).first.check()
        any_page.get_by_role("button", name="Delete…").click()
        type_and_confirm(any_page)
        verdict = see_the_verdict(any_page)
        colours[lag_s] = verdict.evaluate("box => getComputedStyle(box).backgroundColor")
    expect(any_page.get_by_role("heading", level=1)).to_have_text("0 logs verified gone, 1 not")
    expect(any_page.locator(".strip")).to_contain_text("Still there")
    assert store.get(chosen)
    assert colours[0.0] != colours[3600.0]


def test_a_list_whose_filter_was_not_applied_offers_no_deletion(any_page, sandbox):
    sandbox.options = replace(sandbox.options, ignore_filters=True)
    any_page.goto(LOGS + "?provider=openai")
    expect(any_page.get_by_role("alert").filter(has_text="did not apply the filter")).to_be_visible()
    expect(any_page.locator("[data-announce]")).not_to_contain_text("exact")
    expect(any_page.locator(".selbar")).to_have_count(0)
    expect(ticks(any_page).first).to_be_disabled()
    assert {*any_page.locator("tr[data-log-id] .model span:first-child").all_inner_texts()} == {"openai"}


class TestManyLogs:
    """Seven hundred logs: more than a selection of ids holds, and no trouble for a plan."""

    @pytest.fixture
    def store(self):
        store = Store.seeded(700)
        yield store
        store.close()

    def test_all_of_a_gateway_can_be_planned_and_put_aside(self, any_page, store):
        before = store.count()
        assert store.count("prod-edge") > 500
        any_page.goto(LOGS)
        any_page.locator("thead .c-pick input").check()
        any_page.locator("input[name=everything]").check()
        any_page.get_by_role("button", name="Delete…").click()
        expect(any_page.get_by_role("heading", level=1)).to_contain_text("Delete")
        any_page.get_by_role("link", name="Keep them").click()
        any_page.wait_for_url("**/logs/**")
        assert store.count() == before
