"""Every row of the table: what is measured, in which unit, what its floor is, and the goal where there is one.

To add one: a line here, and `tell(key, value, floor)` where it is measured.
"""

from tests.bench.results import Row
from tests.bench.sizes import SIZES

LIST_FLOOR = "the same call of the API, and a bare view that sends the same bytes"
BARE = "a bare view that sends the same bytes"
READ = "the same pages of the API, and nothing done with the rows"
CALL = "the same call through the same client, and nothing done with the answer"


def _against_n(what: str, name: str, *, most_own: float | None = None, has_again: bool = False) -> list[Row]:
    """The rows of one page at each size."""
    found = []
    for size in SIZES:
        at, group = f"{what}.{size}", f"{name}, against N"
        found += [
            Row(f"{at}.p50", group, f"{size:,} logs, p50", "ms", LIST_FLOOR),
            Row(f"{at}.p95", group, f"{size:,} logs, p95", "ms", LIST_FLOOR),
            Row(f"{at}.own_p50", group, f"{size:,} logs, p50 less the upstream's", "ms", BARE),
            Row(f"{at}.own_p95", group, f"{size:,} logs, p95 less the upstream's", "ms", BARE, most=most_own),
        ]
        if has_again:
            found.append(Row(f"{at}.again", group, f"{size:,} logs, the same page again at once, p50", "ms", BARE))
    return found


def _pages() -> list[Row]:
    names = ("list, 50 rows", "list, filtered", "list, 10 chosen columns", "list of two gateways", "list as JSON",
             "one log")  # fmt: skip
    return [Row(f"pages.{name}", "Own time within the process, p50", name, "ms", CALL) for name in names]


BODY, EXPORT, CALLS = "Ten megabytes in a body", "An export", "Calls for each action"
BROWSER, MEMORY, READING = "The first table in Chromium", "Memory of a server", "Bodies read"
TABLE_ALONE, BODY_READ = "the same table and nothing else", "the body read by the client"
PATTERN = "one pass of a plain pattern"
ACTIONS = {
    "open": "open the list", "filter": "filter it", "again": "the same list at once again", "log": "open a log",
    "conversation": "its conversation", "raw": "its bodies as they are", "tree": "the tree of its response",
    "peek": "a log beside the list", "around": "what came before and after it", "compare": "compare two logs",
    "histogram": "count the histogram", "annotate": "annotate a log", "annotate_50": "annotate 50",
    "export_1000": "export 1,000 as CSV", "delete_50_rows": "delete 50, rows copied",
    "delete_50_bodies": "delete 50, bodies copied",
}  # fmt: skip
WORK = {
    "read": "read a list", "export_rows": "export rows", "export_bodies": "export with bodies",
    "archive_rows": "archive rows", "archive_bodies": "archive bodies", "delete_none": "delete by ids, no copy",
    "delete_rows": "delete by ids, rows archived", "delete_swift": "delete by filter, rows archived",
    "delete_bodies": "delete by ids, bodies archived",
}  # fmt: skip
WHAT_THE_API_TAKES = "50 logs in a list, 50 ids or 1,000 logs of a filter in a DELETE, one body in a call"

ROWS: tuple[Row, ...] = (
    *_against_n("list", "The list, 50 rows with a filter", most_own=50, has_again=True),
    *_against_n("detail", "One log"),
    *_against_n("count", "How many logs a filter has"),
    *_pages(),
    Row("browser.first_row", BROWSER, "first row painted", "ms", TABLE_ALONE),
    Row("browser.requests", BROWSER, "requests until then", "", TABLE_ALONE),
    Row("browser.bytes", BROWSER, "sent until then", "KB", TABLE_ALONE),
    *(Row(f"calls.{key}", CALLS, name, "calls", "the least that the API asks for") for key, name in ACTIONS.items()),
    Row("memory.rest", MEMORY, "at rest", "MB", "Django with one bare view"),
    Row("memory.load", MEMORY, "after 8 people at once", "MB", "Django with one bare view"),
    Row("body.page", BODY, "the log's page", "ms", BODY_READ, most=500),
    Row("body.chat", BODY, "its 10,000 turns laid out, own time", "ms", BODY_READ, most=500),
    Row("body.conversation", BODY, "the slowest of four bodies laid out, own time", "ms", BODY_READ, most=500),
    Row("body.other", BODY, "raw, tree, search, repro: the slowest, own time", "ms", BODY_READ, most=500),
    Row("body.kb", BODY, "the largest page", "KB", "the body", most=256),
    Row("body.growth.page", BODY, "growth of the process, the log's page", "MB", "the body", most=40),
    Row("body.growth", BODY, "growth of the process, all pages", "MB", "the body", most=40),
    *(Row(f"rate.{key}", "Logs for each call", name, "logs", WHAT_THE_API_TAKES) for key, name in WORK.items()),
    *(Row(f"work.{key}", "Own time for each log", name, "ms", "a log that is only read")
      for key, name in WORK.items() if not key.startswith("archive")),
    Row("export.csv.s", EXPORT, "100,000 rows as CSV", "s", READ),
    Row("export.jsonl.s", EXPORT, "100,000 rows as JSONL", "s", READ),
    Row("export.parquet.s", EXPORT, "100,000 rows as Parquet", "s", READ),
    Row("export.bodies.s", EXPORT, "5,000 logs with bodies", "s", READ),
    Row("export.csv.growth", EXPORT, "growth of the process, CSV", "MB", "", most=50),
    Row("export.jsonl.growth", EXPORT, "growth of the process, JSONL", "MB", "", most=50),
    Row("export.parquet.growth", EXPORT, "growth of the process, Parquet", "MB", "", most=50),
    Row("export.bodies.growth", EXPORT, "growth of the process, with bodies", "MB", "", most=50),
    Row("payload.grown", READING, "eight times the bytes, time for each byte", "×", "in proportion", most=2),
    Row("payload.ms", READING, "the slowest shape, a megabyte", "ms", "json.loads, line by line"),
    Row("secrets.ordinary", READING, "secrets in a megabyte of ordinary text", "ms", PATTERN),
    Row("secrets.hostile", READING, "secrets in a megabyte made to take long", "ms", PATTERN),
    Row("tree.ms", READING, "tree of 10 MB: opened, last place, searched", "ms", "twice the time for 5 MB"),
    Row("tree.growth", READING, "growth of the process for that tree", "MB", ""),
)  # fmt: skip
