"""What our own code adds to a page: its time over the bare upstream call, measured in the same run.

The floor of each page is the same upstream calls made through the same client, with nothing done with the answers.
"""

from __future__ import annotations

import gzip
import os
import time
from collections.abc import Callable
from functools import partial
from statistics import median

ROUNDS = 40
LOGS = 5_000


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django
    from django.core.management import call_command
    from django.test.utils import setup_test_environment

    django.setup()
    setup_test_environment()
    call_command("migrate", verbosity=0)
    from django.contrib.auth import get_user_model
    from django.test import Client

    from gateway_dash import upstream
    from gateway_dash.gateway.query import LogQuery, json_text
    from gateway_dash.sandbox import Options, Sandbox, Store

    account = upstream.connect(Sandbox(Store.seeded(LOGS), Options(budget=None)))
    upstream.account = lambda: account  # type: ignore[assignment]
    person = Client()
    person.force_login(get_user_model().objects.create_user("bench"))
    logs, listed = account.logs("prod-edge"), "/gateways/prod-edge/logs/"
    query = LogQuery()
    page = logs.page(query)
    some = page.logs[0].id
    params: dict[str, str | int] = {"page": 1, "per_page": 50, "order_by": "created_at", "order_by_direction": "desc"}
    filtered = params | {"filters": json_text([{"key": "provider", "operator": "eq", "value": ["openai"]}])}
    path = logs._logs
    cases: dict[str, tuple[str, Callable[[], object]]] = {
        "list, 50 rows": (listed, lambda: account.client.get(path, params)),
        "list, filtered": (listed + "?provider=openai", lambda: account.client.get(path, filtered)),
        "list as JSON": ("/gateways/prod-edge/logs.json", lambda: account.client.get(path, params)),
        "one log": (f"{listed}{some}/", lambda: account.client.get((*path, some), kind="detail")),
    }
    print(f"{'':18}{'floor ms':>10}{'page ms':>10}{'own ms':>9}{'ratio':>8}{'KB':>8}{'gzip KB':>9}")
    for name, (url, floor) in cases.items():
        floor_ms = timed(floor)
        page_ms = timed(partial(person.get, url))
        content = person.get(url).content
        sizes = f"{len(content) / 1000:8.1f}{len(gzip.compress(content)) / 1000:9.1f}"
        print(f"{name:18}{floor_ms:10.2f}{page_ms:10.2f}{page_ms - floor_ms:9.2f}{page_ms / floor_ms:8.1f}{sizes}")


def timed(work: Callable[[], object]) -> float:
    """The median duration in ms."""
    work()
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1000)
    return median(times)


if __name__ == "__main__":
    main()
