"""What changes on the page and what stays, when only a fragment travels."""

from __future__ import annotations

import re
from dataclasses import replace

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.conftest import LOGS


def mark(page: Page, selector: str) -> None:
    page.locator(selector).first.evaluate("element => element.setAttribute('data-marked', '')")


def is_marked(page: Page, selector: str) -> bool:
    return page.locator(selector).first.get_attribute("data-marked") is not None


def add_filter(page: Page, field: str, value: str, comparison: str = "is") -> None:
    page.get_by_role("button", name="Filter").click()
    menu = page.locator("#filter-menu")
    menu.get_by_label("Field").select_option(label=field)
    menu.get_by_label("Comparison").select_option(label=comparison)
    menu.get_by_label("Value").fill(value)
    page.get_by_role("button", name="Add the filter").click()


def focused(page: Page) -> str:
    found: str = page.evaluate("document.activeElement.id || document.activeElement.tagName.toLowerCase()")
    return found


# --- what is swapped --------------------------------------------------------------------------------------------------


def test_only_the_results_are_swapped(listed, watch):
    for selector in (".topbar", "#notice", "main", "#results"):
        mark(listed, selector)
    asked = len(watch.asked)

    add_filter(listed, "Provider", "openai")

    expect(listed.locator("#list-h")).to_have_text("Calls from openai")
    assert [is_marked(listed, each) for each in (".topbar", "#notice", "main", "#results")] == [True, True, True, False]
    assert len(watch.htmx_asked) == 1
    assert [each for each in watch.asked[asked:] if "/static/" not in each] == watch.htmx_asked


def test_the_address_is_the_one_that_the_server_spells(listed, live_server):
    add_filter(listed, "Provider", "openai")
    expect(listed).to_have_url(live_server.url + LOGS + "?provider=openai")
    add_filter(listed, "Model", "gpt-4o", "is not")
    expect(listed).to_have_url(live_server.url + LOGS + "?provider=openai&model__not=gpt-4o")
    listed.get_by_role("link", name="Remove: Provider is openai").click()
    expect(listed).to_have_url(live_server.url + LOGS + "?model__not=gpt-4o")
    before = listed.locator("tr[data-log-id]").first.get_attribute("data-log-id")
    listed.reload()
    expect(listed.locator("#list-h")).to_have_text("Calls not to gpt-4o")
    assert listed.locator("tr[data-log-id]").first.get_attribute("data-log-id") == before


def test_the_title_follows_the_sentence(listed):
    expect(listed).to_have_title("All calls · Gateway Dash")
    add_filter(listed, "Provider", "openai")
    expect(listed).to_have_title("Calls from openai · Gateway Dash")
    listed.locator("td.c-time > a").first.click()
    listed.get_by_role("link", name="Open the page").click()
    expect(listed).to_have_title(re.compile(r" (answered|failed with|ended) .* · Gateway Dash"))


def test_back_and_forward_walk_through_the_lists(listed):
    add_filter(listed, "Provider", "openai")
    expect(listed.locator("#list-h")).to_have_text("Calls from openai")
    add_filter(listed, "Model", "gpt-4o-mini")
    expect(listed.locator("#list-h")).to_have_text("Calls from openai, to gpt-4o-mini")

    listed.go_back()
    expect(listed.locator("#list-h")).to_have_text("Calls from openai")
    expect(listed.locator(".chip")).to_have_count(1)
    listed.go_back()
    expect(listed.locator("#list-h")).to_have_text("All calls")
    expect(listed.locator(".chip")).to_have_count(0)
    expect(listed.locator(".topbar")).to_have_count(1)  # a whole page, not a fragment in a page
    listed.go_forward()
    expect(listed.locator("#list-h")).to_have_text("Calls from openai")


def test_back_from_a_log_shows_the_filtered_list_again(listed):
    add_filter(listed, "Provider", "openai")
    expect(listed.locator("#list-h")).to_have_text("Calls from openai")
    listed.locator("td.c-time > a").first.focus()
    listed.keyboard.press("o")
    expect(listed.locator("#log-id")).to_be_visible()
    listed.go_back()
    expect(listed.locator("#list-h")).to_have_text("Calls from openai")


def test_no_log_text_stays_in_the_browser(listed):
    add_filter(listed, "Provider", "openai")
    expect(listed.locator("#list-h")).to_have_text("Calls from openai")
    kept = listed.evaluate("({...sessionStorage, ...localStorage})")
    assert kept == {"htmx-current-path-for-history": LOGS + "?provider=openai"}


def test_the_focus_goes_to_the_sentence_when_its_element_is_gone_and_the_count_is_read_out(listed, store):
    listed.get_by_role("columnheader", name="Status").get_by_role("link").focus()
    listed.keyboard.press("Enter")
    expect(listed.get_by_role("columnheader", name="Status")).to_have_attribute("aria-sort", "ascending")
    expect(listed.locator("#list-h")).to_be_focused()
    expect(listed.locator("#live")).to_contain_text(f"{store.count('prod-edge')} logs")


def test_the_next_page_starts_at_its_top(listed):
    listed.get_by_role("link", name="Next page").click()
    expect(listed.locator(".pager [aria-current]")).to_have_text(re.compile("2"))
    expect(listed.locator("#list-h")).to_be_in_viewport()


def test_a_range_typed_into_the_form_is_the_range_of_the_address(listed, live_server):
    listed.get_by_role("button", name="All time").click()
    listed.get_by_label("From, included").fill("2026-01-01T10:00:00")
    listed.get_by_role("button", name="Use this range").click()
    expect(listed).to_have_url(live_server.url + LOGS + "?start=2026-01-01T10:00:00Z")


def test_a_session_that_is_over_leads_to_the_form_to_sign_in(listed):
    listed.context.clear_cookies()
    listed.get_by_role("columnheader", name="Status").get_by_role("link").click()
    expect(listed.get_by_role("button", name="Sign in")).to_be_visible()
    expect(listed.locator("#results")).to_have_count(0)


# --- errors -----------------------------------------------------------------------------------------------------------


def test_a_filter_that_cannot_be_read_is_a_notice_above_the_table_that_stays(listed, watch, live_server):
    watch.expect(400)
    rows = listed.locator("tr[data-log-id]").count()
    mark(listed, "#results")
    add_filter(listed, "Cost in US dollars", "cheap", "is above")
    notice = listed.locator("#notice")
    expect(notice).to_contain_text("cheap")
    expect(notice.get_by_text("400")).to_be_visible()
    assert is_marked(listed, "#results")
    assert listed.locator("tr[data-log-id]").count() == rows
    expect(listed).to_have_url(live_server.url + LOGS)
    expect(listed).to_have_title("All calls · Gateway Dash")
    notice.get_by_role("button", name="Close").click()
    expect(notice).to_be_empty()


def test_a_filter_typed_into_the_address_that_cannot_be_read_is_a_page(page, watch):
    watch.expect(400)
    page.goto(LOGS + "?providr=openai")
    expect(page.get_by_role("heading", level=1)).to_have_text("This address cannot be read")
    expect(page.locator("main")).to_contain_text("Did you mean “provider”?")
    page.get_by_role("link", name="All logs of this gateway").click()
    expect(page.locator("#list-h")).to_have_text("All calls")


def too_slow(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("too slow", request=request)


def no_way_there(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused", request=request)


def answers(status: int, code: int, **headers: str):
    failed = {"success": False, "errors": [{"code": code, "message": "no"}], "result": None}
    return lambda _request: httpx.Response(status, json=failed, headers=headers)


TROUBLES = {
    "budget spent": (answers(429, 10429, **{"Retry-After": "42"}), 503, "in 42 s"),
    "internal error": (answers(500, 7000), 502, "The upstream"),
    "an HTML page": (lambda _request: httpx.Response(502, html="<h1>Bad gateway</h1>"), 502, "The upstream"),
    "token refused": (answers(401, 10000), 502, "token"),
    "right missing": (answers(403, 10000), 502, "right"),
    "timeout": (too_slow, 504, "did not answer"),
    "no connection": (no_way_there, 504, "did not answer"),
    "not JSON": (lambda _request: httpx.Response(200, text="{"), 502, "unexpected answer"),
}


@pytest.mark.parametrize(("handler", "status", "words"), TROUBLES.values(), ids=TROUBLES)
def test_an_upstream_in_trouble_is_a_notice_and_the_table_stays(
    listed, watch, upstream_answers, live_server, handler, status, words
):
    watch.expect(status)
    rows = listed.locator("tr[data-log-id]").count()
    upstream_answers(handler)
    listed.get_by_role("columnheader", name="Status").get_by_role("link").click()
    expect(listed.locator("#notice .notice")).to_contain_text(words)
    expect(listed.locator("#notice")).to_contain_text(str(status))
    assert "<h1>" not in listed.locator("#notice").inner_text()
    expect(listed.locator("tr[data-log-id]")).to_have_count(rows)
    expect(listed).to_have_url(live_server.url + LOGS)


def test_a_notice_goes_once_the_upstream_answers_again(listed, watch, sandbox):
    watch.expect(502)
    sandbox.options = replace(sandbox.options, fault="502")
    listed.get_by_role("columnheader", name="Status").get_by_role("link").click()
    expect(listed.locator("#notice .notice")).to_be_visible()
    sandbox.options = replace(sandbox.options, fault="")
    listed.get_by_role("columnheader", name="Status").get_by_role("link").click()
    expect(listed.get_by_role("columnheader", name="Status")).to_have_attribute("aria-sort", "ascending")
    expect(listed.locator("#notice")).to_be_empty()


def test_a_dashboard_that_has_gone_is_said_too(listed, watch):
    listed.context.route("**/logs/?*", lambda route: route.abort())
    listed.get_by_role("columnheader", name="Status").get_by_role("link").click()
    expect(listed.locator("#notice")).to_contain_text("The dashboard did not answer")
    # What Chromium and htmx say of the connection that was cut above is no fault of the page.
    ours = [each for each in watch.complaints if "ERR_FAILED" not in each and "console error: htmx:" not in each]
    watch.complaints[:] = ours


# --- a log ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def long_log(store) -> str:
    """A log whose bodies are longer than the heads that the log itself carries."""
    said = (
        b'{"messages": [{"role": "user", "content": "'
        + b"word " * 1000
        + b'the end"}], "more": "'
        + b"x" * 5000
        + b'"}'
    )
    log_id: str = store.add({"id": "long-one", "request_body": said, "response_body": said.replace(b"user", b"bot")})
    return log_id


def test_bodies_load_by_themselves(page, watch, long_log):
    page.goto(LOGS + long_log + "/raw/")
    for side in ("request", "response"):
        expect(page.locator(f"#{side} .evidence")).to_contain_text("complete, 10 KB")
        expect(page.locator(f"#{side}-text")).to_contain_text("the end")
    assert len([each for each in watch.htmx_asked if "/part/" in each]) == 2
    assert page.url.endswith(LOGS + long_log + "/raw/"), "a panel is no page of its own"


def test_the_conversation_loads_what_the_log_holds_only_in_part(page, watch, long_log):
    page.goto(LOGS + long_log + "/")
    expect(page.locator("#m0")).to_contain_text("the end")
    expect(page.locator(".evidence", has_text="Request:")).to_contain_text("complete, 10 KB, JSON, from the upstream")
    assert [each for each in watch.htmx_asked if "/conversation/" in each] == [page.url + "conversation/"]
    assert page.url.endswith(LOGS + long_log + "/"), "it is no page of its own"


def test_without_javascript_the_rest_of_a_conversation_is_one_link_away(plain_page, long_log):
    plain_page.goto(LOGS + long_log + "/?provider=openai")
    expect(plain_page.locator("#m0")).not_to_contain_text("the end")
    plain_page.get_by_role("link", name="Load the rest").first.click()
    expect(plain_page.locator("#m0")).to_contain_text("the end")
    plain_page.locator("a[data-back]").click()
    expect(plain_page.locator("#list-h")).to_have_text("Calls from openai")


def test_a_body_that_fails_leaves_the_log_its_head_and_the_other_body(page, watch, sandbox, long_log):
    watch.expect(502)
    sandbox.options = replace(sandbox.options, fault="500", fault_on="long-one/request")
    page.goto(LOGS + long_log + "/raw/")
    expect(page.locator("#request-note")).to_contain_text("Try again")
    expect(page.locator("#request-note")).to_have_attribute("role", "alert")
    expect(page.locator("#request-text")).to_contain_text("messages")  # the head
    expect(page.locator("#response-text")).to_contain_text("the end")
    expect(page.locator("#log-id")).to_have_text(long_log)
    expect(page.locator("#notice")).to_be_empty()

    sandbox.options = replace(sandbox.options, fault="")
    page.locator("#request-note").get_by_role("link", name="Try again").click()
    expect(page.locator("#request-text")).to_contain_text("the end")
    expect(page.locator("#request-note")).to_have_count(0)


def test_without_javascript_a_body_is_one_link_away(plain_page, long_log):
    plain_page.goto(LOGS + long_log + "/raw/?provider=openai")
    expect(plain_page.locator("#request-text")).not_to_contain_text("the end")
    plain_page.get_by_role("link", name="Load the request").click()
    expect(plain_page.locator("#request-text")).to_contain_text("the end")
    expect(plain_page.locator("#log-id")).to_have_text(long_log)
    plain_page.locator("a[data-back]").click()
    expect(plain_page.locator("#list-h")).to_have_text("Calls from openai")


def test_an_annotation_swaps_its_own_form_only(page, watch, store, long_log):
    page.goto(LOGS + long_log + "/")
    expect(page.locator("#m0")).to_contain_text("the end")
    mark(page, "#conversation")
    page.get_by_label("Score, 0 to 100").fill("61.5")
    page.keyboard.press("Enter")
    expect(page.locator("#annotation")).to_contain_text("Saved, and read again")
    assert is_marked(page, "#conversation")
    assert len(watch.htmx_asked) == 3, "its place, the conversation, the annotation"
    row = store.get(long_log)
    assert row is not None
    assert row["score"] == 61.5


def test_a_wrong_score_stays_in_its_field_with_the_reason(any_page, watch, store, long_log):
    watch.expect(422)
    any_page.goto(LOGS + long_log + "/")
    any_page.get_by_label("Score, 0 to 100").fill("101")
    any_page.get_by_role("button", name="Save annotation").click()
    expect(any_page.locator("#score-error")).to_contain_text("from 0 to 100")
    expect(any_page.get_by_label("Score, 0 to 100")).to_have_value("101")
    row = store.get(long_log)
    assert row is not None
    assert row["score"] is None


def test_what_somebody_else_changed_meanwhile_is_shown_and_not_overwritten(any_page, watch, store, long_log):
    watch.expect(409)
    any_page.goto(LOGS + long_log + "/")
    store.annotate(long_log, {"score": 80})
    any_page.get_by_label("Score, 0 to 100").fill("20")
    any_page.get_by_role("button", name="Save annotation").click()
    conflict = any_page.locator("#annotation [role=alert]")
    expect(conflict).to_contain_text("somebody changed the same")
    expect(conflict).to_contain_text(re.compile("now.*80.*yours.*20"))
    row = store.get(long_log)
    assert row is not None
    assert row["score"] == 80

    any_page.get_by_role("button", name="Save annotation").click()
    expect(any_page.locator("#annotation")).to_contain_text("Saved, and read again")
    row = store.get(long_log)
    assert row is not None
    assert row["score"] == 20


def test_an_entry_is_taken_away_by_its_cross(any_page, store):
    log_id = store.add({"id": "paired", "metadata": '{"team":"growth","user":42,"test":true}'})
    any_page.goto(LOGS + log_id + "/")
    any_page.get_by_role("button", name="Take away entry 1 and save").click()
    expect(any_page.locator("#annotation")).to_contain_text("2 of 5 entries used")
    row = store.get(log_id)
    assert row is not None
    assert row["metadata"] == {"user": 42, "test": True}
