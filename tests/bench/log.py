"""The pages of one log whose body has ten megabytes: own time, bytes of the page, and growth of the process.

The sandbox runs on a port in a process of its own, so that what is measured is the dashboard alone. Each kind of body
is opened in a fresh process, after a small log has been opened on every page there: imports and caches are warm. The
floor is the body read by the client, and nothing done with it. The peers have the conversation in a column of a row.
"""

from __future__ import annotations

import json
import multiprocessing
import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from shutil import copyfile

from tests.bench import serving
from tests.bench.peer import rows
from tests.bench.product import set_up, somebody
from tests.bench.results import tell
from tests.bench.serving import Site
from tests.bench.tree import memory_mb

MEGABYTE = 1_000_000
FLOOR = "(the body alone)"
PAGES = ("", "conversation/", "raw/", "tree/", "tree/?find=needle", "repro/")


def chat(size: int) -> bytes:
    """Turns of a kilobyte."""
    turns = [{"role": "user", "content": f"{n} " + "Some words. " * 80} for n in range(size // 1000)]
    return json.dumps({"model": "gpt-4o", "messages": turns}).encode()


def picture(size: int) -> bytes:
    """One text of base64."""
    return json.dumps({"data": [{"b64_json": "iVBORw0KGgo" + "Qm9k" * (size // 4)}]}).encode()


def numbers(size: int) -> bytes:
    """Vectors, as few values as the reader of conversations takes and more than it takes."""
    return json.dumps({"data": [{"embedding": [0.0123456789] * 1536} for _ in range(size // 20_000)]}).encode()


def stream(size: int) -> bytes:
    """Events with a word each."""
    event = b'data: {"choices":[{"index":0,"delta":{"content":"word "}}]}\n\n'
    return event * (size // len(event)) + b"data: [DONE]\n\n"


BODIES: dict[str, tuple[str, Callable[[int], bytes]]] = {
    "a conversation": ("request", chat),
    "a picture": ("response", picture),
    "vectors": ("response", numbers),
    "a stream": ("response", stream),
}


type Line = tuple[str, float, int, float]  # page, ms, bytes, and growth in MB up to then


def measured(name: str, environ: dict[str, str], results: multiprocessing.Queue[Line]) -> None:
    """Each page of the log with that body, once, in this process; at the end the body alone, which is the floor."""
    set_up()
    from django.test import Client

    from gateway_dash import upstream
    from gateway_dash.gateway.client import GatewayClient, Token
    from gateway_dash.gateway.ledger import Ledger
    from gateway_dash.gateway.service import Account

    token, ledger = Token(environ["CLOUDFLARE_API_TOKEN"]), Ledger(share=10**9)
    account = Account(
        GatewayClient(environ["CLOUDFLARE_BASE_URL"], token, ledger=ledger), environ["CLOUDFLARE_ACCOUNT_ID"]
    )
    upstream.account = lambda: account  # type: ignore[assignment]
    client, log_id = Client(), name.replace(" ", "-")
    client.force_login(somebody())
    for page in PAGES:
        assert client.get(f"/gateways/prod-edge/logs/small/{page}").status_code == 200, page
    before = memory_mb("VmRSS")
    for page in PAGES:
        started = time.perf_counter()
        answer = client.get(f"/gateways/prod-edge/logs/{log_id}/{page}")
        assert answer.status_code == 200, page
        took = (time.perf_counter() - started) * 1000
        results.put((page or "(page)", took, len(answer.content), memory_mb("VmHWM") - before))
    started = time.perf_counter()
    body = account.client.raw((*account.logs("prod-edge")._logs, log_id, BODIES[name][0]))
    results.put((FLOOR, (time.perf_counter() - started) * 1000, len(body.body), 0.0))


def fill(path: Path) -> None:
    """A file of the sandbox with one log of each kind."""
    from gateway_dash.sandbox import Store

    store = Store.seeded(1, path=str(path))
    store.add({"id": "small", "request_body": chat(2000), "response_body": b'{"ok": true}'})
    for name, (side, made) in BODIES.items():
        store.add({"id": name.replace(" ", "-"), f"{side}_body": made(10 * MEGABYTE)})
    store.close()


def peers_measured(folder: Path) -> dict[str, Line]:
    """The page of the row with the conversation in it, of each peer."""
    seeded, table, own = folder / "few.sqlite3", folder / "rows.db", folder / "admin.sqlite3"
    from gateway_dash.sandbox import Store

    Store.seeded(20, path=seeded).close()
    rows.copied(seeded, table, "prod-edge")
    with sqlite3.connect(table) as database:
        small, large = (each for (each,) in database.execute("SELECT id FROM log LIMIT 2"))
        database.execute("UPDATE log SET body = ? WHERE id = ?", (chat(10 * MEGABYTE).decode(), large))
    database.close()
    copyfile(table, own)
    with serving.datasette(table) as datasette, serving.admin(own) as admin:
        return {
            "datasette": opened(datasette, f"/rows/log/{small}", f"/rows/log/{large}"),
            "django": opened(
                admin, f"/admin/benched/log/{small}/change/", f"/admin/benched/log/{large}/change/"
            ),
        }  # fmt: skip


def opened(site: Site, small: str, large: str) -> Line:
    """One page of a server, after a small one of the same kind."""
    site.get(small)
    before = site.memory_mb("VmHWM")
    started = time.perf_counter()
    body = site.get(large)
    return large, (time.perf_counter() - started) * 1000, len(body), site.memory_mb("VmHWM") - before


def main() -> None:
    found: dict[str, list[Line]] = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        path = folder / "logs.sqlite3"
        fill(path)
        _site, environ = stack.enter_context(serving.upstream(path))
        context = multiprocessing.get_context("spawn")
        print(f"{'10 MB of':16}{'page':22}{'ms':>8}{'KB':>8}{'growth MB':>11}")
        for name in BODIES:
            results: multiprocessing.Queue[Line] = context.Queue()
            process = context.Process(target=measured, args=(name, environ, results))
            process.start()
            found[name] = [results.get(timeout=120) for _ in (*PAGES, FLOOR)]
            process.join()
            for page, took, length, growth in found[name]:
                print(f"{name:16}{page:22}{took:8.0f}{length / 1000:8.0f}{growth:11.1f}", flush=True)
        peers = peers_measured(folder)
    for who, (_page, took, length, growth) in peers.items():
        print(f"{who:16}{'its page of the row':22}{took:8.0f}{length / 1000:8.0f}{growth:11.1f}")
    hand_over(found, peers)


def hand_over(found: dict[str, list[Line]], peers: dict[str, Line]) -> None:
    """The slowest and the largest of the log's own page, of its conversation, and of the rest; and the most growth."""
    floors = {name: lines[-1][1] for name, lines in found.items()}
    beside = {who: line[1] for who, line in peers.items()}
    for key, pages in (("page", PAGES[:1]), ("conversation", PAGES[1:2]), ("other", PAGES[2:])):
        names = {page or "(page)" for page in pages}
        # The log's own page asks for no body, so there is nothing to take away.
        own = [(took - (floors[name] if key != "page" else 0), floors[name])
               for name, lines in found.items() for page, took, *_ in lines if page in names]  # fmt: skip
        tell(f"body.{key}", *max(own), **(beside if key == "page" else {}))
    chat_ms = next(took for page, took, *_ in found["a conversation"] if page == "conversation/")
    tell("body.chat", chat_ms - floors["a conversation"], floors["a conversation"])
    lines = [line for each in found.values() for line in each if line[0] != FLOOR]
    tell("body.kb", max(each[2] for each in lines) / 1000, 10 * MEGABYTE / 1000,
         **{who: line[2] / 1000 for who, line in peers.items()})  # fmt: skip
    first = [line[3] for each in found.values() for line in each if line[0] == "(page)"]
    least = 10 * MEGABYTE / 1024**2
    tell("body.growth.page", max(first), least, **{who: line[3] for who, line in peers.items()})
    tell("body.growth", max(each[3] for each in lines), least)


if __name__ == "__main__":
    main()
