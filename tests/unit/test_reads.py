"""Answers that processes share, and marks of what was changed: over files, and over a Valkey or Redis if there is one.

TEST_CACHE_URL names it; with REQUIRE_CACHE=1 it has to.
"""

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.cache import caches
from django.test import override_settings

from gateway_dash import upstream
from gateway_dash.gateway.errors import Broken, Busy, NotFound, RateLimited, Slow, TooLarge, Unauthorized, Unreachable
from gateway_dash.web import changes, kept, reads
from gateway_dash.web.reads import Wish
from tests.unit.test_ledger import kinds

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(params=kinds())
def shared(request, tmp_path):
    """Each place that answers and marks can lie in."""
    place = kinds()[request.param]
    place.setdefault("LOCATION", str(tmp_path / "shared"))
    with override_settings(CACHES=dict.fromkeys(("default", "ledger", "answers"), place)):
        yield


def marks():
    return changes.of_lists("acc", ["prod-edge"])


def wish(ask, name="a list", **more):
    return Wish("list", name, ask, more.pop("fresh_s", 60), 600, **more)


class Asked:
    """An upstream that counts, and answers or fails."""

    def __init__(self, *answers):
        self.answers = [*answers]
        self.count = 0

    def __call__(self):
        self.count += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_what_one_reads_another_finds(shared):
    ask = Asked("rows")
    first, second = (reads.read(wish(ask), marks) for _ in range(2))
    assert (first.value, first.is_kept, second.value, second.is_kept) == ("rows", False, "rows", True)
    assert second.at == first.at
    assert ask.count == 1


def test_another_name_is_another_answer(shared):
    assert reads.read(wish(Asked("one")), marks).value == "one"
    assert reads.read(wish(Asked("two"), "another"), marks).value == "two"


def test_in_the_cache_it_is_closed(shared):
    reads.read(wish(Asked("canary of a row")), marks)
    closed = kept.get(upstream.seal("answers").name("a list"), kept.ANSWERS)
    assert isinstance(closed, bytes)
    assert b"canary" not in closed


@pytest.mark.parametrize("forged", [b"", b"\x80\x05N.", "text", 7])
def test_what_somebody_else_wrote_there_is_never_unpacked(shared, forged):
    ask = Asked("rows")
    reads.read(wish(ask), marks)
    kept.put(upstream.seal("answers").name("a list"), forged, 600, kept.ANSWERS)
    assert reads.read(wish(ask), marks).value == "rows"
    assert ask.count == 2


def test_an_answer_under_the_name_of_another_does_not_open(shared):
    reads.read(wish(Asked("one")), marks)
    seal = upstream.seal("answers")
    kept.put(seal.name("another"), kept.get(seal.name("a list"), kept.ANSWERS), 600, kept.ANSWERS)
    assert reads.read(wish(Asked("two"), "another"), marks).value == "two"


def test_a_large_answer_is_not_kept(shared):
    ask = Asked(os.urandom(reads.MOST_BYTES))
    reads.read(wish(ask), marks)
    reads.read(wish(ask), marks)
    assert ask.count == 2


def test_a_change_makes_it_old_and_a_deletion_makes_it_nothing(shared):
    ask = Asked("before", Slow("too slow"))
    reads.read(wish(ask), marks)
    changes.note("acc", "prod-edge", "one")
    found = reads.read(wish(ask), marks)
    assert (found.value, found.is_stale) == ("before", True)
    changes.note("acc", "prod-edge", None)
    with pytest.raises(Slow):
        reads.read(wish(ask), marks)


def test_a_change_elsewhere_leaves_it_fresh(shared):
    ask = Asked("rows")
    reads.read(wish(ask), marks)
    changes.note("acc", "staging", None)
    changes.note("another", "prod-edge", None)
    assert reads.read(wish(ask), marks).is_kept
    assert ask.count == 1


def test_a_change_while_it_is_read_counts_as_one_after_it(shared):
    def ask():
        changes.note("acc", "prod-edge", None)
        return "before"

    reads.read(wish(ask), marks)
    assert reads.read(wish(Asked("after")), marks).value == "after"


def test_lost_marks_make_nothing_fresh(shared):
    """Else a mark that is lost with the deletion that it stood for would bring the deleted back."""
    reads.read(wish(Asked("before")), marks)
    caches[kept.LEDGER].delete_many([changes._key(kind, "acc", "prod-edge") for kind in ("deleted", "changed")])
    assert reads.read(wish(Asked("after")), marks).value == "after"


def test_one_log_has_marks_of_its_own(shared):
    seen = []
    for changed in ("nothing", "two", "one", None):
        if changed != "nothing":
            changes.note("acc", "prod-edge", changed)
        mine = changes.of_log("acc", "prod-edge", "one")
        assert mine
        seen.append(mine.gone)
    assert seen[0] == seen[1]
    assert len(set(seen)) == 3


PASSING = [
    Slow("x"),
    Unreachable("x"),
    Busy("x"),
    Broken("x"),
    RateLimited("x", retry_after_s=9),
]
TOLD = [Unauthorized("x"), NotFound("x"), TooLarge("x")]


@pytest.mark.parametrize("error", PASSING, ids=lambda each: type(each).__name__)
def test_an_old_one_stands_in_for_what_passes(shared, error):
    ask = Asked("rows", error)
    reads.read(wish(ask), marks)
    found = reads.read(wish(ask, fresh_s=0), marks)
    assert (found.value, found.is_kept, found.problem) == ("rows", True, error)


def test_what_was_deleted_while_the_upstream_kept_us_waiting_is_not_brought_back(shared):
    def ask():
        changes.note("acc", "prod-edge", None)
        raise Slow("too slow")

    reads.read(wish(Asked("rows")), marks)
    with pytest.raises(Slow):
        reads.read(wish(ask, fresh_s=0), marks)


def test_who_makes_something_of_it_gets_no_old_one(shared):
    ask = Asked("rows", Slow("x"))
    reads.read(wish(ask), marks)
    with pytest.raises(Slow):
        reads.read(wish(ask, fresh_s=0, or_old=False), marks)


@pytest.mark.parametrize("error", TOLD, ids=lambda each: type(each).__name__)
def test_what_does_not_pass_is_told(shared, error):
    ask = Asked("rows", error)
    reads.read(wish(ask), marks)
    with pytest.raises(type(error)):
        reads.read(wish(ask, fresh_s=0), marks)


def test_a_clock_that_runs_ahead_makes_nothing_fresh_for_long(shared, monkeypatch):
    ask = Asked("rows")
    reads.read(wish(ask), marks)
    now = reads.now
    monkeypatch.setattr(reads, "now", lambda: now().replace(year=now().year - 1))
    reads.read(wish(ask), marks)
    assert ask.count == 2


def test_of_many_threads_one_asks(shared):
    go = threading.Barrier(9, timeout=60)
    ask = Asked("rows")

    def read():
        go.wait()
        return reads.read(wish(ask), marks).value

    with ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(read) for _ in range(8)]
        go.wait()
        assert [each.result() for each in jobs] == ["rows"] * 8
    assert ask.count == 1
    assert reads._flights == {}


OTHER = """
import django
django.setup()
from gateway_dash import upstream
from gateway_dash.gateway.errors import Slow
from gateway_dash.gateway.query import LogQuery
from gateway_dash.logs import fresh
from gateway_dash.web import changes
def fail(*_arguments, **_named):
    raise Slow("nobody asks here")
upstream.account().client.get = fail
found = fresh.listed("prod-edge", LogQuery(sort="created_at"))
print(found.is_kept, found.is_stale, len(found.value.logs), found.value.logs[0].id)
"""


def test_a_process_of_its_own_finds_a_list_and_hears_of_a_change(tmp_path):
    """Two processes of the product on one data directory, each with its own memory; the second may not ask."""
    may_ask = OTHER.replace("upstream.account().client.get = fail", "")
    long = "fresh.LIST_S = 600\nfound ="  # a process takes its time to start
    change = "changes.note(upstream.account_key(), 'prod-edge', 'one')\n"
    environ = {
        key: value for key, value in os.environ.items() if not key.startswith(("GATEWAY_DASH_", "CLOUDFLARE_"))
    } | {
        "DJANGO_SETTINGS_MODULE": "gateway_dash.settings",
        "GATEWAY_DASH_DATA_DIR": str(tmp_path),
        "GATEWAY_DASH_SANDBOX_LOGS": "60",
    }

    def run(code):
        told = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env=environ, capture_output=True, text=True, check=True
        )
        return told.stdout.split()

    asked = run(may_ask)
    assert asked[:2] == ["False", "False"]
    assert asked[2] != "0"
    assert run(OTHER.replace("found =", long)) == ["True", "False", *asked[2:]]
    assert run(may_ask.replace("found =", change + long))[:2] == ["False", "False"]
    assert run(OTHER.replace("found =", change + long)) == ["True", "True", *asked[2:]]
