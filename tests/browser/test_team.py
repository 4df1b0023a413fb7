"""Two people with different rights: what one gives, the other has, and nothing more. With scripts and without."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from gateway_dash.team.roles import ADMINISTRATOR, READER
from tests.browser.test_look import wrong_with
from tests.conftest import LOGS
from tests.people import only, somebody


@pytest.fixture
def as_person(open_browser, live_server, watch) -> Callable[..., Page]:
    """A browser of somebody with this role; to be refused is no complaint."""
    watch.expect(403, 404)

    def as_person(name: str, role: str, gateway: str = "", **kind: object) -> Page:
        client = Client()
        client.force_login(somebody(name, role, gateway))
        page: Page = open_browser(**kind)
        page.context.add_cookies([
            {"name": "session", "value": client.cookies["session"].value, "url": live_server.url, "httpOnly": True}
        ])  # fmt: skip
        return page

    return as_person


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_role_that_one_gives_the_other_has_and_no_more(as_person, javascript):
    root = as_person("root", ADMINISTRATOR, javascript=javascript)
    lee = as_person("lee", "", javascript=javascript)
    lee.goto("/")
    expect(lee.get_by_role("heading", name="Nobody has given you a right yet")).to_be_visible()
    root.goto("/team/")
    root.get_by_role("link", name="lee").click()
    root.get_by_label("Role", exact=True).select_option(READER)
    root.get_by_label("Gateway; empty: all of them").fill("prod-edge")
    root.get_by_role("button", name="Give the role").click()
    expect(root.locator("main table")).to_contain_text("prod-edge")
    lee.goto(LOGS)
    lee.locator("tbody .c-pick input").first.check()
    expect(lee.get_by_role("button", name="Compare")).to_be_visible()
    for words in ("Delete…", "Annotate…", "Export…", "Share…"):
        expect(lee.get_by_role("button", name=words)).to_have_count(0)
    lee.goto("/gateways/staging/logs/")
    expect(lee.get_by_role("heading", level=1)).to_have_text("Not found")
    root.get_by_role("button", name="Take away Reader in prod-edge").click()
    lee.goto(LOGS)
    expect(lee.locator("tbody")).to_have_count(0)


def test_what_is_done_stands_in_the_trail(as_person):
    root = as_person("root", ADMINISTRATOR)
    root.goto(LOGS)
    root.locator("td.c-time > a").first.click()
    root.keyboard.press("o")
    root.wait_for_url(re.compile(r"/logs/[0-9a-zA-Z-]+/"))
    # What the first log says differs from day to day, and a verdict that it has already is no change.
    was = next(name for name in ("Good", "Bad", "None") if root.get_by_role("radio", name=name).is_checked())
    root.locator("#annotation label", has_text="Good" if was == "Bad" else "Bad").click()
    root.get_by_role("button", name="Save annotation").click()
    expect(root.locator("#annotation .badge")).to_contain_text("Saved")
    root.keyboard.press("g")
    root.keyboard.press("t")
    root.get_by_role("link", name="Audit trail").click()
    row = root.locator("tbody tr").first
    expect(row).to_contain_text("annotated a log")
    before = {"Good": "1", "Bad": "-1", "None": "none"}[was]
    expect(row).to_contain_text(re.compile(rf"verdict\s+{before}\s+{'1' if was == 'Bad' else '-1'}\b"))
    root.get_by_label("Filters in words").fill("who:root what:annotation")
    root.keyboard.press("Enter")
    expect(root.get_by_role("heading", level=1)).to_have_text("1 entry of the audit trail")


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_link_shows_a_log_to_somebody_who_may_not_see_the_gateway(as_person, open_browser, javascript):
    kim = as_person("kim", ADMINISTRATOR, javascript=javascript)
    lee = as_person("lee", "", javascript=javascript)
    kim.goto(LOGS)
    log_id = kim.locator("tbody tr[data-log-id]").first.get_attribute("data-log-id")
    kim.goto(f"/gateways/prod-edge/links/new/?share=log&log={log_id}")
    kim.get_by_role("button", name="Make the link").click()
    url = kim.locator("#share-url").inner_text()
    lee.goto(f"{LOGS}{log_id}/")
    expect(lee.get_by_role("heading", level=1)).to_have_text("Not found")
    lee.goto(url)
    expect(lee.locator("main")).to_contain_text(log_id)
    assert lee.locator("form, script, [hx-get], [hx-post]").count() == 0
    stranger = open_browser(javascript=javascript)
    stranger.goto(url)
    expect(stranger.get_by_role("link", name="Sign in")).to_be_visible()
    assert log_id not in stranger.content()
    kim.goto("/gateways/prod-edge/links/")
    kim.get_by_role("button", name="Revoke").click()
    lee.goto(url)
    expect(lee.get_by_role("heading", level=1)).to_have_text("This link leads nowhere any more")


@pytest.mark.parametrize("path", ["/team/", "/team/roles/", "/audit/", "/gateways/prod-edge/links/"])
def test_the_pages_look_well_at_every_width_in_both_schemes(as_person, path):
    page = as_person("root", ADMINISTRATOR)
    page.goto(path)
    assert wrong_with(page) == []


def test_a_role_that_shrinks_takes_the_buttons_along(as_person):
    lee = as_person("lee", ADMINISTRATOR)
    lee.goto(LOGS)
    lee.locator("tbody .c-pick input").first.check()
    expect(lee.get_by_role("button", name="Delete…")).to_be_visible()
    only(READER, "lee")
    lee.get_by_role("button", name="Delete…").click()
    expect(lee.get_by_role("heading", level=1)).to_have_text("You may not do that")
