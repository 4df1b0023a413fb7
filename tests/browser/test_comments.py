"""Two people at one log: what each says and that each is there; by keys, by completion, and without JavaScript."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.test import Client
from playwright.sync_api import Page, expect

from gateway_dash.sandbox import Store
from gateway_dash.talk.models import Comment, Presence
from tests.conftest import LOGS
from tests.people import somebody

ONE = LOGS + "one/"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async (rules) => {
    const found = await axe.run(document, {runOnly: {type: "tag", values: rules}, resultTypes: ["violations"]});
    return found.violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.target).join(" ")}`);
}"""


@pytest.fixture
def store():
    store = Store.seeded(2)
    store.delete(store.ids("prod-edge"))
    body = b'{"messages": [{"role": "user", "content": "Is this right?"}]}'
    store.add({"id": "one", "request_body": body, "response_body": b"fine", "metadata": {"team": "AI"}})
    yield store
    store.close()


@pytest.fixture
def open_as(open_browser, live_server):
    """A browser of its own for somebody of this name."""

    def open_as(name: str, role: str = "Operator", **kind) -> Page:
        client = Client()
        client.force_login(somebody(name, role))
        page = open_browser(**kind)
        cookie = {"name": "session", "value": client.cookies["session"].value, "url": live_server.url}
        page.context.add_cookies([cookie | {"httpOnly": True}])
        return page

    return open_as


def write(page: Page, text: str) -> None:
    page.locator("#comment-text").fill(text)
    page.get_by_role("button", name="Comment", exact=True).click()


def beat(page: Page) -> None:
    """As if the seconds until the next one were over."""
    page.evaluate("""() => new Promise((done) => {
        document.addEventListener("htmx:afterSettle", () => done(), {once: true});
        htmx.trigger("#here", "beat");
    })""")


def test_two_people_see_each_other_and_what_each_says(open_as):
    kim, robin = open_as("kim"), open_as("robin")
    kim.goto(ONE)
    robin.goto(ONE)
    for page in (kim, robin, kim):
        beat(page)
    expect(kim.locator("#here")).to_contain_text("robin has this log open too")
    expect(robin.locator("#here")).to_contain_text("kim has this log open too")
    write(kim, "Why is this so slow?")
    expect(kim.locator(".remark__text")).to_have_text("Why is this so slow?")
    expect(kim.locator("#comment-text")).to_have_value("")
    robin.locator("#comment-text").fill("I am about to")
    beat(robin)
    robin.get_by_role("link", name="1 newer comment, show").click()
    expect(robin.locator(".remark__text")).to_have_text("Why is this so slow?")
    expect(robin.locator("#comment-text")).to_have_value("I am about to")  # what was begun is not lost
    expect(robin.get_by_role("link", name=re.compile("newer comment"))).to_have_count(0)
    write(robin, "It waits for a tool.")
    expect(robin.locator(".remark__text")).to_have_count(2)  # it is written before the next one asks
    beat(kim)
    kim.get_by_role("link", name="1 newer comment, show").click()
    expect(kim.locator(".remark__text")).to_have_text(["Why is this so slow?", "It waits for a tool."])


def test_an_open_page_says_so_by_itself_and_a_hidden_one_does_not(page: Page):
    page.clock.install()
    asked = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/here/") else None)
    page.goto(ONE)
    page.clock.run_for(2_000)
    assert asked == []  # who only passes by is not announced
    with page.expect_response(re.compile(r"/here/$")):
        page.clock.run_for(2_000)
    expect(page.locator("#here:not(.htmx-request)")).to_have_count(1)
    for number in (2, 3):
        with page.expect_response(re.compile(r"/here/$")):
            page.clock.run_for(17_000)
        expect(page.locator("#here:not(.htmx-request)")).to_have_count(1)
        assert len(asked) == number
    page.evaluate("Object.defineProperty(document, 'visibilityState', {configurable: true, get: () => 'hidden'})")
    page.clock.run_for(120_000)
    assert len(asked) == 3
    page.evaluate("Object.defineProperty(document, 'visibilityState', {configurable: true, get: () => 'visible'})")
    with page.expect_response(re.compile(r"/here/$")):
        page.clock.run_for(1_000)
    assert Presence.objects.get().name == "kim"


def test_c_leads_into_the_form_and_escape_out_of_it(page: Page):
    page.goto(ONE)
    page.keyboard.press("c")
    expect(page.locator("#comment-text")).to_be_focused()
    page.keyboard.type("c is a letter here")
    page.keyboard.press("Escape")
    expect(page.locator("#comment-text")).not_to_be_focused()
    page.keyboard.press("c")
    page.keyboard.type(" too")
    expect(page.locator("#comment-text")).to_have_value("c is a letter here too")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("write a comment")


def test_a_name_is_completed_by_keys_and_by_a_click(page: Page):
    for name in ("robin", "roberta", "sam"):
        somebody(name)
    page.goto(ONE)
    page.keyboard.press("c")
    page.keyboard.type("look, @rob")
    options = page.locator(".talk [role=option]")
    expect(options).to_have_text(["@roberta", "@robin"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.locator("#comment-text")).to_have_value("look, @robin ")
    expect(options).to_have_count(0)
    page.keyboard.type("and @s")
    options.filter(has_text="sam").click()
    expect(page.locator("#comment-text")).to_have_value("look, @robin and @sam ")
    page.keyboard.type("@rob")
    expect(options).to_have_count(2)
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    expect(page.locator("#comment-text")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".remark__text .call")).to_have_text(["@robin", "@sam"])


def test_who_is_called_gets_there_and_the_count_goes(open_as):
    kim, robin = open_as("kim"), open_as("robin", javascript=False)
    kim.goto(ONE)
    write(kim, "Is that so, @robin?")
    expect(kim.locator(".remark__text")).to_have_count(1)
    robin.goto("/gateways/")
    robin.get_by_role("link", name="1 new mention").click()
    robin.get_by_role("button", name=re.compile("Open, and mark as seen")).click()
    expect(robin.locator("#comment-1 .remark__text")).to_have_text("Is that so, @robin?")
    assert robin.url.endswith(f"{ONE}#comment-1")
    expect(robin.get_by_role("link", name="1 new mention")).to_have_count(0)


def test_without_javascript_all_of_it_works(plain_page: Page):
    page = plain_page
    page.goto(f"{ONE}tree/?at=request.messages[0].content")
    page.get_by_role("link", name="Comment on this place").click()
    write(page, "What does it ask for?")
    comment = page.locator("#comment-1")
    expect(comment).to_contain_text("What does it ask for?")
    comment.get_by_text("Change or delete").click()
    comment.get_by_label("Comment", exact=True).fill("Clear now.")
    comment.get_by_role("button", name="Save").click()
    expect(comment.locator(".remark__text")).to_have_text("Clear now.")
    comment.get_by_role("link", name="request.messages[0].content").click()
    expect(page.locator(".node.is-here")).to_contain_text("1 comment on this place")
    page.goto(ONE)
    comment.get_by_text("Change or delete").click()
    comment.get_by_role("button", name=re.compile("^Delete")).click()
    expect(comment).to_contain_text("Taken away by kim.")
    assert Comment.objects.get().text == ""


def test_hostile_words_run_nothing_and_break_nothing(page: Page, open_as):
    page.goto(ONE)
    write(page, "<img src=x onerror=alert(1)><script>alert(2)</script> \u202ednuor " + "w" * 3000)
    expect(page.locator(".remark__text")).to_contain_text("<script>alert(2)</script>")
    narrow = open_as("robin", width=390, height=844, scheme="dark")
    for url in (ONE, LOGS):
        narrow.goto(url)
        assert narrow.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")])
def test_it_looks_as_it_should(open_as, width, scheme):
    kim = open_as("kim", role="Administrator", width=width, height=900, scheme=scheme)
    robin = open_as("robin")
    robin.goto(ONE)
    write(robin, "Look at this, @kim: /gateways/prod-edge/logs/ \u200b and @nobody")
    beat(robin)
    kim.goto(f"{ONE}?comment=request.messages[0].content")
    write(kim, "About one place")
    expect(kim.locator(".remark__text")).to_have_count(2)
    for name, url in (("card", ONE), ("mentions", "/mentions/"), ("list", LOGS), ("alone", ONE + "comments/")):
        kim.goto(url)
        if name == "card":
            kim.locator("#comment-2 summary").click()
            kim.evaluate("scrollTo(0, 0)")  # what stands under the bars is no smaller for that
        assert kim.evaluate("document.documentElement.scrollWidth") <= width
        kim.evaluate(AXE_SCRIPT)
        assert kim.evaluate(RUN, RULES) == [], name
        kim.locator("#comments, main").last.scroll_into_view_if_needed()
        if folder := os.environ.get("SHOTS"):
            kim.screenshot(path=Path(folder) / f"comments-{name}-{width}-{scheme}.png")
