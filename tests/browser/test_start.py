"""`make run`, in earnest: the launcher, its server, the hashed files, the printed password, and a clean stop."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.watch import Watch

ROOT = Path(__file__).resolve().parents[2]
READY = re.compile(r"^Gateway Dash: (http://\S+)/", re.MULTILINE)
PASSWORD = re.compile(r"Sign in as (\w+) with the password (\S+)")


@dataclass
class Started:
    """A dashboard that runs by itself."""

    process: subprocess.Popen[bytes]
    port: int
    output: Path
    environ: dict[str, str]

    def said(self) -> str:
        """What it has printed so far."""
        return self.output.read_text()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def started(tmp_path) -> Iterator[Started]:
    """The launcher with an environment of its own, up and answering."""
    ours = ("CLOUDFLARE_", "GATEWAY_DASH_", "DATABASE_URL", "DJANGO_")
    environ = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    environ |= {"GATEWAY_DASH_DATA_DIR": str(tmp_path / "data"), "GATEWAY_DASH_SANDBOX_LOGS": "2000"}
    environ["PORT"] = str(free_port())
    output = tmp_path / "output"
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "gateway_dash.launch"], cwd=ROOT, env=environ, stdout=file, stderr=file
        )
    started = Started(process, int(environ["PORT"]), output, environ)
    give_up = time.monotonic() + 90
    while not READY.search(started.said()) and process.poll() is None and time.monotonic() < give_up:
        time.sleep(0.1)
    yield started
    if process.poll() is None:
        process.terminate()
        process.wait(30)


@pytest.mark.timeout(240)
def test_from_the_command_to_the_list_and_back_to_a_free_port(started, new_context):
    said = started.said()
    address, signs = READY.search(said), PASSWORD.search(said)
    assert address, said
    assert signs, said
    assert address[1] == f"http://127.0.0.1:{started.port}"
    assert "sandbox: invented logs" in said

    watch = Watch(address[1])
    context = new_context(base_url=address[1])
    context.set_default_timeout(20_000)
    watch.attach(context)
    static: dict[str, dict[str, str]] = {}
    context.on(
        "response", lambda answer: static.update({answer.url: answer.headers} if "/static/" in answer.url else {})
    )
    page = context.new_page()

    page.goto("/")
    page.get_by_label("User name").fill(signs[1])
    page.get_by_label("Password").fill(signs[2])
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("3 gateways")
    page.get_by_role("link", name="prod-edge").click()
    expect(page.locator("tr[data-log-id]")).to_have_count(50)
    page.get_by_role("link", name="Next page").click()
    expect(page.locator(".pager [aria-current]")).to_have_text(re.compile("2"))
    assert len(watch.htmx_asked) == 1, "the hashed scripts work"
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()

    names = [url.rsplit("/", 1)[1] for url in static]
    assert {"all", "htmx-2", "dash", "keys"} <= {name.split(".")[0] for name in names}
    assert [name for name in names if not re.search(r"\.[0-9a-f]{12}\.\w+$", name)] == []
    for url, headers in static.items():
        assert "immutable" in headers["cache-control"], url
        if not url.endswith((".png", ".woff2")):
            assert headers.get("content-encoding") in ("br", "gzip"), url

    assert "Traceback" not in started.said()

    watch.expect(400)  # a page that stands alone, with the sheets under their plain names
    page.goto("/find/?" + "&".join(["a="] * 1001))
    expect(page.get_by_role("heading", level=1)).to_have_text("The request made no sense")
    assert page.locator(".card").evaluate("card => getComputedStyle(card).borderRadius") != "0px"
    assert watch.complaints == []

    second = subprocess.run(
        [sys.executable, "-m", "gateway_dash.launch"],
        cwd=ROOT, env=started.environ, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert second.returncode != 0
    assert f"cannot listen on 127.0.0.1:{started.port}" in second.stderr

    context.close()
    started.process.send_signal(signal.SIGTERM)
    assert started.process.wait(30) == 0
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(("127.0.0.1", started.port))
