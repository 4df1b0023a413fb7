"""The pages of one log whose body has ten megabytes: own time, bytes of the page, and growth of the process.

The sandbox runs on a port in a process of its own, so that what is measured is the dashboard alone. Each kind of body
is opened in a fresh process, after a small log has been opened on every page there: imports and caches are warm.
"""

from __future__ import annotations

import json
import logging
import multiprocessing
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench.tree import memory_mb
from tests.people import somebody

MEGABYTE = 1_000_000
PORT = 8899
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


def measured(name: str, results: multiprocessing.Queue[tuple[str, float, int, float]]) -> None:
    """Each page of the log with that body, once, in this process."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django
    from django.test import Client
    from django.test.utils import setup_databases, setup_test_environment

    django.setup()
    setup_test_environment()
    setup_databases(verbosity=0, interactive=False)

    from gateway_dash import upstream
    from gateway_dash.gateway.client import GatewayClient, Token
    from gateway_dash.gateway.ledger import Ledger
    from gateway_dash.gateway.service import Account
    from gateway_dash.sandbox import ACCOUNT_ID, TOKENS

    logging.disable(logging.WARNING)
    write = next(text for text, right in TOKENS.items() if right == "write")
    account = Account(
        GatewayClient(f"http://127.0.0.1:{PORT}/client/v4", Token(write), ledger=Ledger(share=10**9)), ACCOUNT_ID
    )
    upstream.account = lambda: account  # type: ignore[assignment]
    client = Client()
    client.force_login(somebody("bench"))
    for page in PAGES:
        assert client.get(f"/gateways/prod-edge/logs/small/{page}").status_code == 200, page
    before = memory_mb("VmRSS")
    for page in PAGES:
        started = time.perf_counter()
        answer = client.get(f"/gateways/prod-edge/logs/{name.replace(' ', '-')}/{page}")
        assert answer.status_code == 200, page
        took = (time.perf_counter() - started) * 1000
        results.put((page or "(page)", took, len(answer.content), memory_mb("VmHWM") - before))


def fill(path: Path) -> None:
    """A file of the sandbox with one log of each kind."""
    from gateway_dash.sandbox import Store

    store = Store.seeded(1, path=str(path))
    store.add({"id": "small", "request_body": chat(2000), "response_body": b'{"ok": true}'})
    for name, (side, made) in BODIES.items():
        store.add({"id": name.replace(" ", "-"), f"{side}_body": made(10 * MEGABYTE)})
    store.close()


def wait_until_it_answers(port: int, patience_s: float = 30) -> None:
    """Return as soon as the port takes a connection; OSError if it does not in time."""
    give_up = time.monotonic() + patience_s
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.1)
        else:
            return


def main() -> None:
    folder = tempfile.TemporaryDirectory()
    path = Path(folder.name, "logs.sqlite3")
    fill(path)
    command = [sys.executable, "-m", "gateway_dash.sandbox", "--port", str(PORT), "--db", str(path), "--budget", "0"]
    sandbox = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_until_it_answers(PORT)
    context = multiprocessing.get_context("spawn")
    print(f"{'10 MB of':16}{'page':22}{'ms':>8}{'KB':>8}{'growth MB':>11}")
    for name in BODIES:
        results: multiprocessing.Queue[tuple[str, float, int, float]] = context.Queue()
        process = context.Process(target=measured, args=(name, results))
        process.start()
        for _ in PAGES:
            page, took, length, growth = results.get(timeout=120)
            print(f"{name:16}{page:22}{took:8.0f}{length / 1000:8.0f}{growth:11.1f}")
        process.join()
    sandbox.terminate()
    folder.cleanup()


if __name__ == "__main__":
    main()
