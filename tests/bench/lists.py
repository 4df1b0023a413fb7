"""The list, the detail and a count against N, over HTTP on this machine: ours, Datasette and Django's admin.

All serve the same rows, 50 a page, the newest first, with the same filter, each in one process; ours asks the sandbox,
in a process of its own, for them. Each round asks each server once, so a noisy machine is noisy for all. No two rounds
have the same filter, so nobody answers from what was kept; how quick a page is a second time is measured beside it.

The floor is what a page costs at the least: the upstream's own answer to the same call, and a bare Django view that
sends the bytes of our page. What is called own time is ours less the upstream's, and its floor is the bare view alone.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile
from statistics import median, quantiles
from urllib.parse import urlencode

from gateway_dash.sandbox import Store
from gateway_dash.sandbox.gateways import SHARES
from tests.bench import serving
from tests.bench.peer import rows
from tests.bench.results import tell, tell_point
from tests.bench.serving import Site
from tests.bench.sizes import USUAL, sizes

ROUNDS = 48
PEOPLE, PAGES = 8, 12  # who load each server at once, and how many pages each of them asks for
GATEWAY = "prod-edge"
LIST = f"/gateways/{GATEWAY}/logs/"
HTMX = {"HX-Request": "true"}
WHOLE = "Ours, with the upstream's time"


@dataclass(frozen=True, slots=True)
class Stage:
    """The servers of one size, and the ids of as many logs as there are rounds."""

    upstream: Site
    ours: Site
    datasette: Site
    admin: Site
    bare: Site
    api: str
    headers: dict[str, str]
    ids: list[str]

    def called(self, filters: object = None, path: str = "", per_page: int = 50) -> float:
        """Milliseconds of one call of the API."""
        asked = {"page": 1, "per_page": per_page, "order_by": "created_at", "order_by_direction": "desc"}
        query = "?" + urlencode(asked | {"filters": json.dumps(filters)}) if filters else ""
        return self.upstream.timed_ms(f"{self.api}{path}{query}", **self.headers)


def filtered(round_: int) -> str:
    """The filter of a round, as all three spell it: nearly all logs take longer than so few milliseconds."""
    return f"provider=openai&duration__gt={round_}"


def as_filters(round_: int) -> list[dict[str, object]]:
    return [
        {"key": "provider", "operator": "eq", "value": ["openai"]},
        {"key": "duration", "operator": "gt", "value": [round_]},
    ]


def listed(stage: Stage, round_: int) -> dict[str, float]:
    query = filtered(round_)
    return {
        "upstream": stage.called(as_filters(round_)),
        "ours": stage.ours.timed_ms(f"{LIST}?{query}"),
        "again": stage.ours.timed_ms(f"{LIST}?{query}"),
        "datasette": stage.datasette.timed_ms(f"/rows/log?{query}&_sort_desc=created_at&_size=50"),
        "django": stage.admin.timed_ms(f"/admin/benched/log/?{query}"),
        "bare": stage.bare.timed_ms("/bare/"),
    }


def opened(stage: Stage, round_: int) -> dict[str, float]:
    log_id = stage.ids[round_]
    return {
        "upstream": stage.called(path=f"/{log_id}"),
        "ours": stage.ours.timed_ms(f"{LIST}{log_id}/"),
        "datasette": stage.datasette.timed_ms(f"/rows/log/{log_id}"),
        "django": stage.admin.timed_ms(f"/admin/benched/log/{log_id}/change/"),
        "bare": stage.bare.timed_ms("/bare/"),
    }


def counted(stage: Stage, round_: int) -> dict[str, float]:
    facet = f"{LIST}counts/facet/?count=provider&value=openai&duration__gt={round_}"
    return {
        "upstream": stage.called(as_filters(round_), per_page=1),
        "ours": stage.ours.timed_ms(facet, **HTMX),
        "datasette": stage.datasette.timed_ms(f"/rows/log.json?{filtered(round_)}&_size=0"),
        "bare": stage.bare.timed_ms("/bare/"),
    }


def rounds(stage: Stage, ask: Callable[[Stage, int], dict[str, float]]) -> dict[str, list[float]]:
    """Milliseconds of each server in each round, after two rounds that are thrown away."""
    for warm in (ROUNDS - 1, ROUNDS - 2):
        ask(stage, warm)
    found = [ask(stage, round_) for round_ in range(ROUNDS)]
    return {who: [each[who] for each in found] for who in found[0]}


def p95(times: list[float]) -> float:
    return quantiles(times, n=20)[-1]


def told(what: str, size: int, times: dict[str, list[float]]) -> None:
    """Hand over what the rounds of one kind of page say."""
    half = {who: median(each) for who, each in times.items()}
    late = {who: p95(each) for who, each in times.items()}
    peers = [who for who in ("datasette", "django") if who in times]
    least = half["upstream"] + half["bare"]
    tell(f"{what}.{size}.p50", half["ours"], least, **{who: half[who] for who in peers})
    tell(f"{what}.{size}.p95", late["ours"], least, **{who: late[who] for who in peers})
    own = {"own_p50": half["ours"] - half["upstream"], "own_p95": late["ours"] - half["upstream"]}
    for name, value in own.items():
        tell(f"{what}.{size}.{name}", value, half["bare"])
    if "again" in times:
        tell(f"{what}.{size}.again", half["again"], half["bare"])
    lines = {"Ours, own time": own["own_p50"], WHOLE: half["ours"], "Floor": least}
    lines |= {{"datasette": "Datasette", "django": "Django admin"}[who]: half[who] for who in peers}
    for line, cost in lines.items():
        tell_point(what, line, size, cost)
    print(f"{what:8}{size:>10,}  " + "  ".join(f"{who} {half[who]:.1f}/{late[who]:.1f}" for who in times), flush=True)


def remembered(stage: Stage) -> None:
    """Memory of each server at rest, and after people have loaded it all at once."""
    sites = {"ours": stage.ours, "datasette": stage.datasette, "django": stage.admin, "bare": stage.bare}
    paths = {
        "ours": f"{LIST}?{{}}", "datasette": "/rows/log?{}&_sort_desc=created_at&_size=50",
        "django": "/admin/benched/log/?{}", "bare": "/bare/?{}",
    }  # fmt: skip
    at_rest = {who: site.memory_mb() for who, site in sites.items()}
    for who, site in sites.items():
        site.load([paths[who].format(filtered(100 + at)) for at in range(PAGES)], PEOPLE)
    loaded = {who: site.memory_mb() for who, site in sites.items()}
    for key, found in (("rest", at_rest), ("load", loaded)):
        tell(f"memory.{key}", found["ours"], found["bare"], datasette=found["datasette"], django=found["django"])
    print("MB at rest and after load:", {who: (round(at_rest[who]), round(loaded[who])) for who in sites}, flush=True)


def measured(count: int, size: int) -> None:
    """One size: as many logs in the gateway, near enough, as it says."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        seeded, table, own = folder / "logs.sqlite3", folder / "rows.db", folder / "admin.sqlite3"
        Store.seeded(count, path=seeded).close()
        found = rows.copied(seeded, table, GATEWAY)
        copyfile(table, own)
        sandbox, environ = stack.enter_context(serving.upstream(seeded))
        api = environ["CLOUDFLARE_BASE_URL"].removeprefix(sandbox.url)
        page = folder / "page"
        with serving.ours(folder / "first", environ) as first:
            page.write_bytes(first.get(f"{LIST}?{filtered(0)}"))
        ids = [each for (each,) in sqlite3.connect(table).execute("SELECT id FROM log ORDER BY created_at DESC")]
        stage = Stage(
            sandbox, stack.enter_context(serving.ours(folder / "ours", environ)),
            stack.enter_context(serving.datasette(table)), stack.enter_context(serving.admin(own)),
            stack.enter_context(serving.bare(page)),
            f"{api}/accounts/{environ['CLOUDFLARE_ACCOUNT_ID']}/ai-gateway/gateways/{GATEWAY}/logs",
            {"Authorization": f"Bearer {environ['CLOUDFLARE_API_TOKEN']}"}, ids[:: len(ids) // ROUNDS],
        )  # fmt: skip
        print(f"{found:,} rows of {count:,} logs", flush=True)
        for what, ask in (("list", listed), ("detail", opened), ("count", counted)):
            told(what, size, rounds(stage, ask))
        if size <= USUAL:
            exported(stage, size)
        if size == USUAL:
            remembered(stage)


def exported(stage: Stage, size: int) -> None:
    """All rows as CSV out of Datasette; ours in `tests/bench/export.py`, and neither at the largest size."""
    started = time.perf_counter()
    stage.datasette.get("/rows/log.csv?_stream=on")
    tell_point("export", "Datasette, its local table", size, time.perf_counter() - started)


def main() -> None:
    for size in sizes():
        measured(round(size / SHARES[GATEWAY]), size)


if __name__ == "__main__":
    main()
