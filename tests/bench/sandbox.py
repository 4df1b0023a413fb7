"""How quick the sandbox is: `python tests/bench/sandbox.py [logs]` prints a table (default 1,000,000 logs)."""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).parents[2]))

from gateway_dash.sandbox import ACCOUNT_ID, TOKENS, Options, Sandbox, Store

TARGET_MS = 50.0
ROUNDS = 7
TOKEN = next(token for token, permission in TOKENS.items() if permission == "write")
LOGS = f"/client/v4/accounts/{ACCOUNT_ID}/ai-gateway/gateways/prod-edge/logs"


def filters(*some: tuple[str, str, Any]) -> dict[str, str]:
    return {"filters": json.dumps([{"key": key, "operator": op, "value": [value]} for key, op, value in some])}


def since(**ago: float) -> tuple[str, str, str]:
    return ("created_at", "gt", (datetime.now(UTC) - timedelta(**ago)).isoformat())


def until(**ago: float) -> tuple[str, str, str]:
    return ("created_at", "lt", (datetime.now(UTC) - timedelta(**ago)).isoformat())


def cases(total: int) -> dict[str, dict[str, Any]]:
    tenant = (("metadata.key", "eq", "tenant"), ("metadata.value", "eq", "acme"))
    person = (("metadata.key", "eq", "user"), ("metadata.value", "eq", "10042"))
    return {
        "newest page": {},
        "oldest page": {"order_by_direction": "asc"},
        "deep page": {"page": total // 2 // 50},
        "provider eq": filters(("provider", "eq", "openai")),
        "provider eq, rare": filters(("provider", "eq", "cartesia")),
        "provider neq": filters(("provider", "neq", "openai")),
        "model contains": filters(("model", "contains", "claude")),
        "success false": filters(("success", "eq", False)),
        "cached": filters(("cached", "eq", True)),
        "cost gt 0.01": filters(("cost", "gt", 0.01)),
        "cost gt 0": filters(("cost", "gt", 0)),
        "duration gt 10 s": filters(("duration", "gt", 10_000)),
        "feedback eq null": filters(("feedback", "eq", None)),
        "last 24 hours": filters(since(hours=24)),
        "last 7 days": filters(since(days=7)),
        "a week, a week ago": filters(since(days=14), until(days=7)),
        "tenant eq acme": filters(*tenant),
        "user eq 10042": filters(*person),
        "7 d, anthropic, failed": filters(since(days=7), ("provider", "eq", "anthropic"), ("success", "eq", False)),
        "openai, cost gt, tenant": filters(("provider", "eq", "openai"), ("cost", "gt", 0.001), *tenant),
        "14 d, model, cached false, slow": filters(
            since(days=14), ("model", "contains", "gpt"), ("cached", "eq", False), ("duration", "gt", 2000)
        ),
        "provider eq, deep page": filters(("provider", "eq", "openai")) | {"page": total // 5 // 50},
        "ordered by model": {"order_by": "model", "order_by_direction": "asc"},
        "ordered by success, failed": filters(("success", "eq", False)) | {"order_by": "provider"},
        "id eq": filters(("id", "eq", "01a00000-0000-7000-8000-000000000000")),
        "id contains": filters(("id", "contains", "abcd")),
        "metadata.value contains 100": filters(("metadata.value", "contains", "100")),
        "search": {"search": "s-0123"},
        "user_agent contains": filters(("user_agent", "contains", "python")),
        "meta_info, everything": {"meta_info": "true"},
        "meta_info, last 24 hours": filters(since(hours=24)) | {"meta_info": "true"},
    }


def ask(sandbox: Sandbox, parameters: dict[str, Any]) -> dict[str, Any]:
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": LOGS, "QUERY_STRING": urlencode({"per_page": 50} | parameters),
        "HTTP_AUTHORIZATION": f"Bearer {TOKEN}",
    }  # fmt: skip
    (content,) = sandbox(environ, lambda status, headers, exc_info=None: lambda chunk: None)
    answer: dict[str, Any] = json.loads(content)
    assert answer["success"], answer
    return answer["result_info"]


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    found = work()
    return (time.perf_counter() - start) * 1000, found


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "logs.db"
        seed_ms, store = timed(lambda: Store.seeded(count, path=path))
        size_mb = path.stat().st_size / 1e6
        store.close()
        open_ms, store = timed(lambda: Store.open_or_seed(path, count))
        print(f"{count:,} logs: seeded in {seed_ms / 1000:.1f} s, opened in {open_ms / 1000:.1f} s, {size_mb:.0f} MB")
        sandbox = Sandbox(store, Options(budget=None))
        print(f"{'one page of 50 of prod-edge':34} {'found':>9} {'first ms':>9} {'median ms':>9} {'worst ms':>9}")
        for name, parameters in cases(store.count("prod-edge")).items():
            first_ms, about = timed(lambda: ask(sandbox, parameters))  # noqa: B023
            again = [timed(lambda: ask(sandbox, parameters))[0] for _ in range(ROUNDS)]  # noqa: B023
            late = "  over" if statistics.median(again) > TARGET_MS else ""
            figures = f"{first_ms:9.1f} {statistics.median(again):9.1f} {max(again):9.1f}{late}"
            print(f"{name:34} {about['total_count']:9,} {figures}")
        store.close()


if __name__ == "__main__":
    main()
