"""What our own code adds to a page: its time over the bare upstream call, measured in the same run; and what travels.

The floor of each page is the same upstream calls made through the same client, with nothing done with the answers. The
bytes are those of a browser that was never here before: the compressed page and all that it links.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median, quantiles

from tests.bench.product import set_up, somebody
from tests.bench.results import tell

ROUNDS = 40
LOGS = 5_000


def main() -> None:
    set_up()
    from django.test import Client

    from gateway_dash import upstream
    from gateway_dash.gateway.ledger import Ledger
    from gateway_dash.gateway.query import LogQuery, json_text
    from gateway_dash.logs import fresh
    from gateway_dash.sandbox import Options, Sandbox, Store
    from tests.views.first_load import BROWSER, collected, first_load

    fresh.STALE_S = 0  # each page asks: what is shared costs next to nothing
    account = upstream.connect(Sandbox(Store.seeded(LOGS), Options(budget=None)), Ledger(share=10**9))
    upstream.account = lambda: account  # type: ignore[assignment]
    person = Client()
    person.force_login(somebody())
    logs, listed = account.logs("prod-edge"), "/gateways/prod-edge/logs/"
    query = LogQuery()
    page = logs.page(query)
    some = page.logs[0].id
    params: dict[str, str | int] = {"page": 1, "per_page": 50, "order_by": "created_at", "order_by_direction": "desc"}
    filtered = params | {"filters": json_text([{"key": "provider", "operator": "eq", "value": ["openai"]}])}
    path, other = logs._logs, account.logs("support-bot")._logs
    chosen = "?columns=time,status,model,path,latency,cost,metadata.user,metadata.tenant,user_agent,id"
    cases: dict[str, tuple[str, Callable[[], object]]] = {
        "list, 50 rows": (listed, lambda: account.client.get(path, params)),
        "list, filtered": (listed + "?provider=openai", lambda: account.client.get(path, filtered)),
        "list, 10 chosen columns": (listed + chosen, lambda: account.client.get(path, params)),
        "list of two gateways": (
            "/logs/?gateway=prod-edge&gateway=support-bot",
            lambda: [account.client.get(each, params) for each in (path, other)],
        ),
        "list as JSON": ("/gateways/prod-edge/logs.json", lambda: account.client.get(path, params)),
        "one log": (f"{listed}{some}/", lambda: account.client.get((*path, some), kind="detail")),
    }
    print(f"{'':24}{'floor p50':>10}{'page p50':>10}{'p95':>8}{'own p50':>9}{'ratio':>8}{'KB':>8}{'sent KB':>9}")
    for name, (url, floor) in cases.items():
        floor_ms, _ = timed(floor)
        page_ms, late_ms = timed(partial(person.get, url))
        sent = len(person.get(url, headers=BROWSER).content)
        sizes = f"{len(person.get(url).content) / 1000:8.1f}{sent / 1000:9.1f}"
        times = f"{floor_ms:10.2f}{page_ms:10.2f}{late_ms:8.2f}{page_ms - floor_ms:9.2f}{page_ms / floor_ms:8.1f}"
        print(f"{name:24}{times}{sizes}", flush=True)
        tell(f"pages.{name}", page_ms - floor_ms, floor_ms)
    with tempfile.TemporaryDirectory() as folder, collected(Path(folder)):
        found = first_load(person, listed, Path(folder))
    print(f"first load of the list: {sum(found.values()) / 1000:.1f} KB = ", end="")
    print(" + ".join(f"{kind} {size / 1000:.1f}" for kind, size in found.items()))


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """The median duration in ms, and that of which 19 in 20 are shorter."""
    work()
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1000)
    return median(times), quantiles(times, n=20)[-1]


if __name__ == "__main__":
    main()
