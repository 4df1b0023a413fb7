"""What each thing that a person does costs upstream, counted where the calls leave: at the transport.

The floor is what somebody would send who knows the API by heart and takes no care: a page of a list is one call, a
deletion is the list and one DELETE, a body is one call. Datasette and Django's admin send none: they read a table.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx

from tests.bench.product import set_up, somebody, without_waiting
from tests.bench.results import tell

GATEWAY = "/gateways/prod-edge/"
LOGS = f"{GATEWAY}logs/"
COUNT = 1_000  # logs of the provider that is exported and deleted
FLOORS = {
    "open": 1, "filter": 1, "again": 1, "log": 1, "conversation": 1, "raw": 1, "tree": 1, "peek": 1, "around": 3,
    "compare": 2, "histogram": 24, "annotate": 1, "annotate_50": 50, "delete_50_rows": 2, "delete_50_bodies": 102,
    "export_1000": 20,
}  # fmt: skip


class Counted(httpx.BaseTransport):
    """The way to the sandbox; counts what goes by."""

    def __init__(self, sandbox: Any) -> None:
        self.calls = 0
        self._wsgi = httpx.WSGITransport(app=sandbox)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.calls += 1
        return self._wsgi.handle_request(request)


def stage() -> tuple[Any, Counted, list[str]]:
    """A browser that is signed in, the counter, and ids of logs of that provider that lie in one list."""
    from django.test import Client

    from gateway_dash import upstream
    from gateway_dash.gateway.client import GatewayClient, Token
    from gateway_dash.gateway.ledger import Ledger
    from gateway_dash.gateway.service import Account
    from gateway_dash.sandbox import ACCOUNT_ID, TOKENS, Options, Sandbox, Store

    store = Store.seeded(300)
    ids = [store.add({"id": f"m-{number:04}", "provider": "mistral", "request_body": b'{"a": 1}',
                      "response_body": b"{}"}) for number in range(COUNT)]  # fmt: skip
    counted = Counted(Sandbox(store, Options(budget=None)))
    write = next(text for text, right in TOKENS.items() if right == "write")
    client = GatewayClient(upstream.SANDBOX_URL, Token(write), transport=counted, ledger=Ledger(share=10**9))
    account = Account(client, ACCOUNT_ID)
    upstream.account = lambda: account  # type: ignore[assignment]
    person = Client()
    person.force_login(somebody())
    return person, counted, ids


def actions(person: Any, ids: list[str]) -> dict[str, Callable[[], object]]:
    """Each thing a person does. What takes logs away stands last, and takes others each time."""
    from gateway_dash.bulk.models import Job
    from tests.views.deleting import deleted, work_off
    from tests.views.reading import HTMX, fields, parse

    def got(url: str, **headers: str) -> None:
        assert person.get(url, headers=headers).status_code == 200, url

    def annotated() -> None:
        form = fields(parse(person.get(LOGS + ids[0] + "/")).one("form", data_annotate=None))
        assert person.post(LOGS + ids[0] + "/annotate/", form | {"score": ["12"]}).status_code in (200, 303)

    def many() -> None:
        page = parse(person.post(LOGS + "annotate-many/plan/", {"id": ids[:50], "feedback": "1"}, follow=True))
        [form] = [each for each in page.all("form") if (each.attributes.get("action") or "").endswith("/annotate/")]
        person.post(form["action"], fields(form))
        work_off()

    def exported() -> None:
        form = parse(person.get(LOGS + "export/?provider=mistral")).one("form", class_="stack")
        person.post(form["action"], fields(form) | {"format": "csv"})
        work_off()
        assert Job.objects.get(kind="export").state == Job.State.DONE

    def histogram() -> None:
        known, url = -1, f"{LOGS}counts/histogram/?provider=mistral"
        while url and known < 24:
            part = parse(person.get(url, headers=HTMX))
            steps = [each["hx-get"] for each in part.all(hx_trigger=None) if "done=" in each["hx-get"]]
            url, known = (steps[0], known + 1) if steps else ("", known)

    def gone(some: list[str], level: str) -> None:
        job = deleted(person, {"id": some}, "?provider=mistral", level=level)
        assert job.found["receipt"]["gone"] == len(some), job.found

    log = f"{LOGS}{ids[0]}/"
    return {
        "open": lambda: got(LOGS),
        "filter": lambda: got(LOGS + "?provider=mistral"),
        "again": lambda: got(LOGS + "?provider=mistral"),
        "log": lambda: got(log),
        "conversation": lambda: got(log + "conversation/"),
        "raw": lambda: got(log + "raw/"),
        "tree": lambda: got(log + "tree/?at=response"),
        "peek": lambda: got(log + "peek/", **HTMX),
        "around": lambda: got(log + "around/"),
        "compare": lambda: got(f"{LOGS}compare/?id={ids[0]}&id={ids[1]}"),
        "histogram": histogram,
        "annotate": annotated,
        "annotate_50": many,
        "export_1000": exported,
        "delete_50_rows": lambda: gone(ids[100:150], "rows"),
        "delete_50_bodies": lambda: gone(ids[150:200], "bodies"),
    }


def main() -> None:
    set_up()
    without_waiting()
    person, counted, ids = stage()
    print(f"{'':20}{'calls':>7}{'floor':>7}")
    for name, act in actions(person, ids).items():
        counted.calls = 0
        act()
        tell(f"calls.{name}", counted.calls, FLOORS[name])
        print(f"{name:20}{counted.calls:7,}{FLOORS[name]:7,}", flush=True)


if __name__ == "__main__":
    main()
