"""A view is watched, a channel hears of it, and a colleague follows the link: with and without JavaScript."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from gateway_dash import environment
from gateway_dash.bulk import runner
from gateway_dash.sharing.models import SavedView
from gateway_dash.watches.models import Alert, Message, Watch
from tests.browser.test_look import wrong_with
from tests.browser.test_views import save
from tests.conftest import LOGS
from tests.receivers import hook

WATCHES = "/gateways/prod-edge/watches/"


@pytest.fixture
def other(settings, tmp_path, monkeypatch):
    """The other end of the channel `oncall`. Registered before a browser's worker, which must end first."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(runner, "TIDY_S", 0.2)
    with hook() as found:
        lines = f"oncall = slack+http://{found.address}/hooks/x\nmail = json://127.0.0.1:9"
        environ = {"GATEWAY_DASH_CHANNELS": lines, "GATEWAY_DASH_DATA_DIR": str(tmp_path)}
        settings.ENVIRONMENT = environment.read(environ, tmp_path)
        yield found


def until(page: Page, text: str) -> None:
    """Load the page until it says so."""
    for _ in range(50):
        if text in page.locator("main").inner_text():
            return
        page.wait_for_timeout(200)
        page.reload()
    pytest.fail(f"{text!r} never came: {page.locator('main').inner_text()}")


def test_a_view_becomes_a_watch_and_its_link_shows_what_was_counted(other, any_page, store, live_server):
    page = any_page
    moment = datetime.now(UTC) - timedelta(minutes=1)
    for each in range(3):
        store.add({"id": f"slow-{each}", "created_at": f"{moment:%Y-%m-%dT%H:%M:%S}Z", "model": "canary-model"})
    page.goto(LOGS + "?model=canary-model")
    save(page, "Canaries")
    page.locator("[popovertarget=views-menu]").click()
    page.get_by_role("link", name="Watch this view…").click()
    expect(page.get_by_label("View", exact=True)).to_have_value(str(SavedView.objects.get().pk))
    page.get_by_label("More than so many logs").fill("2")
    page.get_by_label("In", exact=True).select_option("1 hour")
    page.get_by_label("oncall").check()
    page.get_by_role("button", name="Watch it").click()
    until(page, "oncall: sent")
    expect(page.get_by_role("heading", level=1)).to_have_text("1 watch of prod-edge: too many logs in 1")
    [(_path, sent)] = other.got
    assert sent["text"].startswith("*prod-edge: 3 logs in 1 hour, “Canaries”*")
    later = datetime.now(UTC) + timedelta(seconds=2)
    store.add({"id": "later", "created_at": f"{later:%Y-%m-%dT%H:%M:%S}Z", "model": "canary-model"})
    link = re.search(r"See them: http://[^/]+(/\S+)", sent["text"])
    assert link
    page.goto(live_server.url + link[1])
    expect(page.locator("#results tbody tr")).to_have_count(3)
    page.get_by_role("link", name="1 watch with an alert").click()
    page.get_by_role("button", name=re.compile("^Switch off")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("1 watch of prod-edge: 1 off")
    expect(page.get_by_role("link", name="1 watch with an alert")).to_have_count(0)


def test_it_is_set_changed_and_removed_by_keys_alone(other, page):
    page.goto(LOGS + "?success=false")
    save(page, "Failed")
    page.goto(WATCHES)
    page.get_by_label("View", exact=True).focus()
    page.keyboard.press("Tab")
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    expect(page.locator(".watch")).to_contain_text("more than 7 logs in 15 minutes")
    page.get_by_role("link", name="Change Failed").press("Enter")
    page.get_by_label("More than so many logs").fill("8")
    page.keyboard.press("Enter")
    expect(page.locator(".watch")).to_contain_text("more than 8 logs in 15 minutes")
    page.locator("summary", has_text="Remove…").press("Enter")
    page.get_by_role("button", name="Remove the watch of “Failed”").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("No watches of prod-edge")
    assert Watch.objects.count() == 0


def test_it_looks_as_it_should_with_hostile_words_and_everything_wrong(other, page, kim):
    for url in hostile_pages(kim):
        page.goto(url)
        assert wrong_with(page) == []


def test_without_javascript_it_fits_a_phone_too(other, plain_page, kim):
    plain_page.set_viewport_size({"width": 390, "height": 844})
    for url in hostile_pages(kim):
        plain_page.goto(url)
        expect(plain_page.get_by_role("heading", level=1)).to_contain_text("watch")
        shot = plain_page.screenshot(full_page=True)
        assert int.from_bytes(shot[16:20]) == 390  # the width that a PNG says it has: nothing is wider than the page


def hostile_pages(kim) -> list[str]:
    """The addresses of pages with everything wrong on them."""
    said = {"user": kim, "gateway": "prod-edge"}
    hostile = SavedView.objects.create(name="<img src=x onerror=alert(1)>\u202e" + "w" * 40, query="model=x", **said)
    stale = SavedView.objects.create(name="Stale", query="providr=" + "x" * 200, **said)
    now = datetime.now(UTC)
    about = {
        "account": "sandbox",
        "gateway": "prod-edge",
        "actor": kim,
        "minutes": 15,
        "due_at": now.replace(year=2100),
    }
    watch = Watch.objects.create(view=hostile, more_than=9_999_999, channels=["oncall", "gone"], number=12_345_678,
                                 is_bound=True, checked_at=now, failing_since=now, problem="No answer: " + "y" * 200,
                                 **about)  # fmt: skip
    Watch.objects.create(view=stale, more_than=1, is_on=False, off_why="Its view cannot be read.", **about)
    alert = Alert.objects.create(watch=watch, kind="over", at=now, number=12_345_678, most=23_456_789, is_bound=True,
                                 path=LOGS + "?model=x")  # fmt: skip
    Alert.objects.create(watch=watch, kind="blind", at=now, words="<script>alert(2)</script> " + "z" * 200)
    for channel, state in (("oncall", "given up"), ("gone", "waiting")):
        due = {"due_at": now.replace(year=2100), "tries": 9}
        Message.objects.create(alert=alert, says="over", channel=channel, state=state, **due)
    return [WATCHES, f"{WATCHES}{watch.pk}/"]
