"""An export of 100,000 logs: time, and growth of the process, for each form of rows and for 5,000 logs with bodies.

The upstream is a function that makes up rows, so that what is measured is the dashboard alone. Each form is exported in
a fresh process, after a small export of the same form: imports are warm. The floor is what that function and the client
take for the same pages, with nothing done with the rows.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import httpx

from tests.bench.product import set_up, somebody
from tests.bench.rates import PER_MINUTE
from tests.bench.results import tell, tell_point
from tests.bench.sizes import USUAL, sizes
from tests.bench.tree import memory_mb

START = datetime(2026, 11, 1, tzinfo=UTC)
PAGE = 50
BETWEEN = 20_000  # one more point of the plot
FORMS = {"csv": USUAL, "jsonl": USUAL, "parquet": USUAL, "bodies": 5_000}
EVERY = timedelta(milliseconds=400)
BODY = b'{"messages": [{"role": "user", "content": "' + b"Some words. " * 1600 + b'"}]}'


def row(number: int) -> dict[str, object]:
    at = (START + number * EVERY).isoformat().replace("+00:00", "Z")
    return {
        "id": f"019a7b3e-5f2c-7c41-9d3e-{number:012}", "created_at": at, "provider": "openai", "model": "gpt-4o-mini",
        "path": "chat/completions", "status_code": 200, "success": True, "cached": False, "duration": 812,
        "tokens_in": 120, "tokens_out": 48, "cost": 0.000123, "user_agent": "openai-python/1.2.3",
        "metadata": {"user": f"u-{number % 97}", "team": "support"},
    }  # fmt: skip


def upstream_of(count: int):
    """Answers a list in the order of time, from the second that the filter names."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith(("/request", "/response")):
            return httpx.Response(200, stream=httpx.ByteStream(BODY))
        asked, first = request.url.params, 0
        for each in json.loads(asked.get("filters", "[]")):
            if each["operator"] == "gt":
                first = -((START - datetime.fromisoformat(each["value"][0])) // EVERY)
        first += (int(asked["page"]) - 1) * int(asked["per_page"])
        last = count if asked["order_by_direction"] == "desc" else min(count, first + int(asked["per_page"]))
        rows = [row(number) for number in range(max(first, last - int(asked["per_page"])), last)]
        found = {"success": True, "result": rows, "result_info": {"total_count": count - first}}
        return httpx.Response(200, stream=httpx.ByteStream(json.dumps(found).encode()))

    return answer


def measure(form: str, count: int) -> None:
    set_up()
    from gateway_dash import upstream
    from gateway_dash.gateway.client import GatewayClient, Token
    from gateway_dash.gateway.ledger import Ledger
    from gateway_dash.gateway.service import Account

    kim = somebody()

    def connected(number: int) -> Account:
        transport, ledger = httpx.MockTransport(upstream_of(number)), Ledger(share=10**9)
        return Account(GatewayClient("https://api.example", Token("t"), transport=transport, ledger=ledger), "a")

    def run(number: int) -> float:
        account = connected(number)
        upstream.account = lambda: account  # type: ignore[assignment]
        return exported(form, kim, number)

    run(200)
    before = memory_mb("VmHWM")
    seconds = run(count)
    growth = memory_mb("VmHWM") - before
    least = only_read(connected(count), count, with_bodies=form == "bodies")
    print(
        f"{form:8} {count:7,} logs  {seconds:6.1f} s  {seconds / least:5.1f} x floor  {growth:6.1f} MB more", flush=True
    )
    if form == "csv":
        calls_per_s = next(iter(PER_MINUTE.values())) / 60
        tell_point("export", "Ours, own time", count, seconds)
        tell_point("export", "Ours, at 400 calls in 5 minutes", count, count / PAGE / calls_per_s)
        tell_point("export", "Floor", count, least)
    if count == FORMS[form]:
        tell(f"export.{form}.s", seconds, least)
        tell(f"export.{form}.growth", growth)


def only_read(account: object, count: int, *, with_bodies: bool) -> float:
    """Seconds that the same pages, and bodies, take without being looked at."""
    from gateway_dash.gateway.service import Account

    assert isinstance(account, Account)
    path = account.logs("prod-edge")._logs
    asked: dict[str, str | int] = {"per_page": PAGE, "order_by": "created_at", "order_by_direction": "asc"}
    began = time.monotonic()
    for page in range(1, count // PAGE + 1):
        account.client.get(path, asked | {"page": page})
    for number in range(count if with_bodies else 0):
        for side in ("request", "response"):
            account.client.raw((*path, f"019a7b3e-5f2c-7c41-9d3e-{number:012}", side))
    return time.monotonic() - began


def exported(form: str, person: object, count: int) -> float:
    """Seconds that a whole export takes."""
    from gateway_dash.bulk import jobs, pace
    from gateway_dash.bulk.exporting.spec import Spec
    from gateway_dash.bulk.models import Part
    from gateway_dash.bulk.runner import advance

    pace.wait_s = lambda _account: 0.0  # type: ignore[assignment]
    spec = Spec(format=form, query="?end=2027-01-01T00:00:00Z&sort=created_at")
    job = jobs.start("export", "prod-edge", person, "All calls", spec.kept(), phase="read")
    began = time.monotonic()
    while advance(job.pk):
        pass
    job.refresh_from_db()
    records = sum(part.records for part in Part.objects.filter(job=job))
    if job.state != "done" or records != count:
        sys.exit(f"{form}: {job.state} with {records:,} records. {job.problem}{job.pause}")
    return time.monotonic() - began


def main() -> int:
    if sys.argv[1:]:
        measure(sys.argv[1], int(sys.argv[2]))
        return 0
    cases = list(FORMS.items()) + [("csv", size) for size in (*sizes(), BETWEEN) if size < USUAL]
    for form, count in cases:
        subprocess.run([sys.executable, "-m", "tests.bench.export", form, str(count)], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
