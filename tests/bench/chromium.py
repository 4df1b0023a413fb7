"""What a browser that was never here before fetches until the first row stands, and when that is: ours and the peers'.

The floor is a page with the same table and nothing else: no style, no script. Rows count from when the browser has
painted them.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path
from shutil import copyfile
from statistics import median

from gateway_dash.sandbox import Store
from tests.bench import serving
from tests.bench.peer import rows
from tests.bench.results import tell
from tests.bench.serving import Site

LOGS = 5_000
ROUNDS = 9
# The moment after the paint in which the row stood for the first time. What was asked for until then counts.
WATCH = """
const look = () => {
    if (!document.querySelector("table tbody tr td")) { requestAnimationFrame(look); return; }
    requestAnimationFrame(() => setTimeout(() => { window.firstRow = performance.now(); }));
};
requestAnimationFrame(look);
"""
ASKED = """() => {
    const found = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
        .filter(each => each.startTime <= window.firstRow);
    return [window.firstRow, found.length, found.reduce((sum, each) => sum + each.transferSize, 0)];
}"""
PLAIN = (
    "<!doctype html><meta charset=utf-8><title>Logs</title><table><thead><tr><th>time<th>status<th>model<th>tokens"
    "<th>cost<th>duration</thead><tbody>{rows}</tbody></table>"
)


def plain_page() -> str:
    """Fifty rows of six cells."""
    row = "<tr><td>2026-11-20 10:00:00.250<td>200<td>openai gpt-4o-mini<td>120 → 48<td>0.000123<td>812 ms</tr>"
    return PLAIN.format(rows=row * 50)


def seen(site: Site, path: str, chromium: str) -> tuple[float, float, float]:
    """Milliseconds to the first row, requests until then and kilobytes until then: medians of fresh browsers."""
    from playwright.sync_api import sync_playwright

    found = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for _ in range(ROUNDS + 1):
            context = browser.new_context(viewport={"width": 1440, "height": 900})
            for cookie in filter(None, site.cookies.split("; ")):
                name, _, value = cookie.partition("=")
                context.add_cookies([{"name": name, "value": value, "url": site.url}])
            context.add_init_script(WATCH)
            page = context.new_page()
            page.goto(site.url + path)
            while not page.evaluate("window.firstRow || 0"):
                page.wait_for_timeout(20)
            found.append(page.evaluate(ASKED))
            context.close()
        browser.close()
    kept = found[1:]  # the first one also starts the browser
    return median(each[0] for each in kept), median(each[1] for each in kept), median(each[2] for each in kept) / 1000


def main() -> None:
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        print("No Chromium was found: left out. ./run chromium installs Debian's.")
        return
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        seeded, table, own, page = (folder / name for name in ("logs.sqlite3", "rows.db", "admin.sqlite3", "page"))
        Store.seeded(LOGS, path=seeded).close()
        rows.copied(seeded, table, "prod-edge")
        copyfile(table, own)
        page.write_text(plain_page(), encoding="utf-8")
        _sandbox, environ = stack.enter_context(serving.upstream(seeded))
        asked = {
            "ours": (stack.enter_context(serving.ours(folder / "ours", environ)), "/gateways/prod-edge/logs/"),
            "datasette": (stack.enter_context(serving.datasette(table)), "/rows/log?_sort_desc=created_at&_size=50"),
            "django": (stack.enter_context(serving.admin(own)), "/admin/benched/log/"),
            "bare": (stack.enter_context(serving.bare(page)), "/bare/"),
        }
        found = {who: seen(site, path, chromium) for who, (site, path) in asked.items()}
    for at, key in enumerate(("first_row", "requests", "bytes")):
        value = {who: each[at] for who, each in found.items()}
        tell(f"browser.{key}", value["ours"], value["bare"], datasette=value["datasette"], django=value["django"])
    print(f"{'':12}{'first row ms':>14}{'requests':>10}{'KB':>8}")
    for who, (first_ms, requests, kilobytes) in found.items():
        print(f"{who:12}{first_ms:14.0f}{requests:10.0f}{kilobytes:8.1f}")


if __name__ == "__main__":
    main()
