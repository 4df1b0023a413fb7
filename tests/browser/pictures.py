"""The pictures of the README: `./run pictures`. The same logs at the same moment each time."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self
from unittest.mock import patch

from playwright.sync_api import Page, sync_playwright

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # playwright keeps an event loop in this thread
import django

django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.contrib.staticfiles.handlers import StaticFilesHandler  # noqa: E402
from django.db import connections  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.testcases import LiveServerThread  # noqa: E402
from django.test.utils import setup_databases, setup_test_environment  # noqa: E402

from gateway_dash import upstream  # noqa: E402
from gateway_dash.bulk.models import Entry, Job  # noqa: E402
from gateway_dash.sandbox import Options, Sandbox, Store  # noqa: E402
from gateway_dash.sharing.models import SavedView  # noqa: E402
from gateway_dash.team import audit  # noqa: E402
from gateway_dash.team.events import Event  # noqa: E402
from gateway_dash.team.roles import ADMINISTRATOR  # noqa: E402
from gateway_dash.watches.models import Alert, Message, Watch  # noqa: E402
from tests.browser.conftest import QUIET  # noqa: E402
from tests.gallery import bodies, largest, tokens  # noqa: E402
from tests.people import somebody  # noqa: E402

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"
NOW = datetime(2026, 11, 23, 10, 58, 4, tzinfo=UTC)
LOGS = "/gateways/prod-edge/logs/"
TELL_THE_TIME = (
    *("web.context", "logs.rows", "logs.bodies", "logs.counting", "logs.histogram", "logs.timespan"),
    *("gateway.query", "gateway.errors", "gateway.calls"),
)


class Stopped(datetime):
    """A clock that stands still."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return cls(NOW.year, NOW.month, NOW.day, NOW.hour, NOW.minute, NOW.second, tzinfo=tz)


@contextlib.contextmanager
def stopped_clock() -> Iterator[None]:
    """All that shows a time shows the one of the pictures."""
    with contextlib.ExitStack() as stack:
        for module in TELL_THE_TIME:
            stack.enter_context(patch(f"gateway_dash.{module}.datetime", Stopped))
        stands = SimpleNamespace(now=lambda: NOW)
        stack.enter_context(patch("gateway_dash.web.templatetags.dash.timezone", stands))
        yield


@contextlib.contextmanager
def dashboard() -> Iterator[tuple[str, Store]]:
    """The product on a port of this process, with twenty thousand invented logs."""
    store = Store.seeded(20_000, seed=1, now=NOW)
    account = upstream.connect(Sandbox(store, Options(), clock=NOW.timestamp))
    server = LiveServerThread("127.0.0.1", StaticFilesHandler)
    server.daemon = True
    nothing_kept = patch("gateway_dash.logs.fresh.STALE_S", 0)
    with patch("gateway_dash.upstream.account", lambda: account), nothing_kept, stopped_clock():
        server.start()
        server.is_ready.wait()
        yield f"http://127.0.0.1:{server.port}", store
        server.terminate()


def example(store: Store, name: str) -> str:
    """The newest log of that name among the examples and oddities, annotated."""
    with store._database.reading() as sql:
        query = "SELECT id FROM logs WHERE recipe LIKE ? AND gateway = 'prod-edge' ORDER BY created_ms DESC"
        (log_id,) = sql.execute(query, (f"%:{name}",)).fetchone()
    store.annotate(log_id, {"feedback": 1, "score": 92})
    return str(log_id)


def take(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.mouse.move(0, 0)
    page.screenshot(path=PICTURES / f"{name}.png")
    print(f"{name}.png {(PICTURES / f'{name}.png').stat().st_size // 1024} KB")


def date_jobs() -> None:
    """What was begun just now, by the clock of this machine, was begun at the moment of the pictures."""
    Job.objects.update(created_at=NOW, phase_at=NOW, expires_at=NOW + timedelta(minutes=15))
    Entry.objects.update(at=NOW)


def a_watch() -> None:
    """A view of the team that is watched, and has found something twice."""
    demo = get_user_model().objects.get(username="demo")
    said = {"gateway": "prod-edge", "name": "Failed in production", "query": "success=false&metadata.env=prod"}
    view = SavedView.objects.create(user=demo, is_team=True, **said)
    at = {"due_at": NOW + timedelta(minutes=2), "checked_at": NOW - timedelta(minutes=1), "number": 41}
    watch = Watch.objects.create(
        account="sandbox",
        gateway="prod-edge",
        view=view,
        actor=demo,
        more_than=20,
        minutes=15,
        channels=["oncall"],
        **at,
    )
    for hours, lasted, number, most in ((26, 47, 23, 64), (0.2, None, 28, 41)):
        began = NOW - timedelta(hours=hours)
        ended = began + timedelta(minutes=lasted) if lasted else None
        alert = Alert.objects.create(
            watch=watch, kind="over", at=began, ended_at=ended, number=number, most=most, path=LOGS + "?success=false"
        )
        for says in ("over", "calm") if lasted else ("over",):
            Message.objects.create(alert=alert, says=says, channel="oncall", state="sent", tries=1)


def an_afternoon() -> None:
    """Some of what two people did, as the audit trail has it, a minute apart."""
    kim, robin = (somebody(name, ADMINISTRATOR) for name in ("kim", "robin"))
    done: list[tuple[Any, Event, dict[str, Any]]] = [
        (kim, Event.SIGNED_IN, {}),
        (kim, Event.ANNOTATED, {"log": "01a20805-22a0-7a2b", "before": {"score": None, "feedback": None},
                                "after": {"score": 92, "feedback": 1}}),
        (robin, Event.SHARED, {"kind": "log", "shows": "masked", "log": "01a20805-22a0-7a2b", "days": 7}),
        (kim, Event.REVEALED, {"log": "01a20805-22a0-7649", "side": "request", "kind": "mail address"}),
        (robin, Event.WATCH_TOLD, {"view": "Failed in production", "says": "over", "channel": "oncall", "logs": 28}),
        (kim, Event.DELETION_CONFIRMED, {"job": "9f3c2a71d04be856", "which": "Calls that failed", "logs": 412,
                                         "copy": "bodies", "ids_sha256": "61c16449b9a12ffd445814929520a489"}),
        (robin, Event.DELETION_APPROVED, {"job": "9f3c2a71d04be856", "logs": 412}),
    ]  # fmt: skip
    for number, (who, what, facts) in enumerate(done):
        at = SimpleNamespace(now=lambda number=number: NOW - timedelta(minutes=len(done) - number))
        with patch("gateway_dash.team.audit.timezone", at):
            gateway = "" if what is Event.SIGNED_IN else "prod-edge"
            audit.record(who, what, gateway, address="192.0.2.17", **facts)


def take_all(page: Page, store: Store) -> None:
    shown = LOGS + "?provider__not=workers-ai&since=24h"
    page.goto(shown + "&off=-cached:true&open=histogram&open=facets")
    take(page, "list-light")
    page.emulate_media(color_scheme="dark")
    page.goto(shown)
    for at in (1, 4):
        page.locator("tbody .c-pick input[type=checkbox]").nth(at).check()
    page.locator("td.c-time > a").nth(2).click()
    take(page, "list-dark")
    page.emulate_media(color_scheme="light")
    page.locator("[data-peek-close]").click()
    page.get_by_role("button", name="Compare").click()
    take(page, "compare-light")
    page.goto(f"{LOGS}{example(store, 'agent')}/?provider__not=workers-ai&since=24h")
    take(page, "log-light")
    page.goto(f"{LOGS}{example(store, 'agent')}/tree/?at=request.messages[2].tool_calls")
    take(page, "tree-light")
    page.emulate_media(color_scheme="dark")
    page.goto(f"{LOGS}{example(store, 'cut')}/")
    take(page, "log-dark")
    page.emulate_media(color_scheme="light")
    page.goto(LOGS + "?success=false&since=24h")
    page.locator("thead .c-pick input").check()
    page.locator("input[name=everything]").check()
    page.get_by_role("button", name="Delete…").click()
    page.locator("#job").wait_for()
    date_jobs()
    page.reload()
    take(page, "delete-light")
    a_watch()
    with patch("gateway_dash.upstream.channels", lambda: dict.fromkeys(("oncall", "mail"))):
        page.goto("/gateways/prod-edge/watches/")
        take(page, "watches-light")
    an_afternoon()
    page.goto("/audit/")
    take(page, "audit-light")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(shown)
    take(page, "phone")


def take_gallery(page: Page, store: Store) -> None:
    """One picture for each shape of bodies: what a reader makes of a recorded call."""
    (PICTURES / "shapes").mkdir(exist_ok=True)
    page.set_viewport_size({"width": 1100, "height": 1000})
    for case in largest():
        log_id = store.add({"created_at": (NOW - timedelta(minutes=10)).isoformat(), **tokens(case), **bodies(case)})
        page.goto(f"{LOGS}{log_id}/conversation/")
        page.wait_for_load_state("networkidle")
        path = PICTURES / "shapes" / f"{case.parent.name}.png"
        box = page.locator("#conversation").bounding_box()
        assert box
        height = min(1300, box["height"])
        page.set_viewport_size({"width": 1100, "height": int(box["y"] + height + 80)})  # the bar lies below it
        page.screenshot(path=path, clip={**box, "height": height})
        page.set_viewport_size({"width": 1100, "height": 1000})
        print(f"shapes/{path.name} {path.stat().st_size // 1024} KB")


def main() -> None:
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not chromium:
        sys.exit("No Chromium was found. ./run chromium installs Debian's.")
    PICTURES.mkdir(parents=True, exist_ok=True)
    setup_test_environment()
    connections["default"].settings_dict["TEST"]["NAME"] = str(
        Path(str(connections["default"].settings_dict["NAME"])).with_name("pictures.sqlite3")
    )
    setup_databases(verbosity=0, interactive=False)
    client = Client()
    client.force_login(somebody("demo", ADMINISTRATOR))
    with dashboard() as (url, store), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        context = browser.new_context(
            base_url=url, viewport={"width": 1440, "height": 900}, device_scale_factor=1, reduced_motion="reduce"
        )
        context.add_cookies([{"name": "session", "value": client.cookies["session"].value, "url": url}])
        take_all(context.new_page(), store)
        take_gallery(context.new_page(), store)
        browser.close()


if __name__ == "__main__":
    main()
