"""Chromium before the real pages on a real port, with a sandbox of the test's own behind them."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator

import pytest
from django.db import connections
from django.test import Client
from playwright.sync_api import BrowserContext, Page

from gateway_dash import upstream
from gateway_dash.bulk import runner
from gateway_dash.bulk.deletion import batch, probe
from gateway_dash.sandbox import Store
from tests.browser.watch import Watch
from tests.conftest import LOGS
from tests.people import somebody

QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
)
PASSWORD = "correct horse battery"
ANSWERED_S = 30

type OpenBrowser = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = os.path.dirname(__file__)
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.browser)
            # pytest-playwright 0.10 under pytest 9; the plugin is not ours to mend.
            item.add_marker(pytest.mark.filterwarnings("ignore::pytest.PytestRemovedIn10Warning"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    assert found, "No Chromium was found. ./run chromium installs Debian's; CHROMIUM=/path names another."
    return {**browser_type_launch_args, "executable_path": found, "args": list(QUIET)}


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, tmp_path_factory):
    """A file: the threads of the live server would share one connection to a database in memory, and step on it."""
    name = str(tmp_path_factory.mktemp("database") / "browser.sqlite3")
    connections["default"].settings_dict["TEST"]["NAME"] = name


@pytest.fixture
def store() -> Iterator[Store]:
    """Enough logs for several pages, and for one of each oddity: hostile ones, huge ones, cut ones."""
    store = Store.seeded(450)
    yield store
    store.close()


@pytest.fixture
def watch(live_server) -> Iterator[Watch]:
    """Fails the test at its end if a page did what no page may do."""
    watch = Watch(live_server.url)
    yield watch
    assert watch.complaints == []


@pytest.fixture
def worker(live_server, sandbox, monkeypatch) -> Iterator[None]:
    """Works jobs off beside the server, as `make run` does; nothing waits for a person to change their mind."""
    monkeypatch.setattr(upstream, "deletion_wait_s", lambda: 0)
    monkeypatch.setattr(upstream, "job_calls", lambda: 10**6)
    monkeypatch.setattr(batch, "LOOKS_S", (0.1, 0.2))
    monkeypatch.setattr(probe, "LOOKS_S", (0.1,))
    stop = threading.Event()
    thread = threading.Thread(target=_work, args=(stop,))
    thread.start()
    yield
    stop.set()
    thread.join()


def _work(stop: threading.Event) -> None:
    try:
        runner.work(stop)
    finally:
        connections.close_all()


@pytest.fixture
def open_browser(new_context, live_server, sandbox, watch, worker) -> Iterator[OpenBrowser]:
    """Open a browser of the given kind: with or without JavaScript, of a width, in a colour scheme, in a place.

    All of them are closed, and what they asked is answered, before the test's own sandbox goes: pages ask by
    themselves, and a question that comes later would go to the sandbox of the product.
    """
    contexts: list[BrowserContext] = []

    def open_one(
        *, javascript: bool = True, width: int = 1440, height: int = 900, scheme: str = "light", zone: str = "UTC"
    ) -> Page:
        context = new_context(
            base_url=live_server.url,
            java_script_enabled=javascript,
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            reduced_motion="reduce",
            timezone_id=zone,
        )
        context.set_default_timeout(15_000)
        watch.attach(context)
        contexts.append(context)
        return context.new_page()

    yield open_one
    for context in contexts:
        context.close()
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:  # of the live server: one for each connection
            thread.join(ANSWERED_S)
            assert not thread.is_alive(), "A request of this test is still being answered."


@pytest.fixture
def kim(django_user_model):
    """A person with an account."""
    return somebody("kim", password=PASSWORD)


@pytest.fixture
def sign_in(kim, live_server) -> Callable[[Page], Page]:
    """Sign the browser in, past the form: the journey goes through it."""

    def sign_in(page: Page) -> Page:
        client = Client()
        client.force_login(kim)
        page.context.add_cookies([
            {"name": "session", "value": client.cookies["session"].value, "url": live_server.url, "httpOnly": True}
        ])  # fmt: skip
        return page

    return sign_in


@pytest.fixture
def page(open_browser, sign_in) -> Page:
    """A browser with JavaScript, signed in."""
    return sign_in(open_browser())


@pytest.fixture
def plain_page(open_browser, sign_in) -> Page:
    """A browser without JavaScript, signed in."""
    return sign_in(open_browser(javascript=False))


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def any_page(request, open_browser, sign_in) -> Page:
    """Both kinds of browser, one after the other, signed in."""
    return sign_in(open_browser(javascript=request.param))


@pytest.fixture
def listed(page) -> Page:
    """The list, with JavaScript."""
    page.goto(LOGS)
    return page
