"""What all processes that call with one token know together: the block after a 429, and what is spent of our share.

Through files, and where TEST_CACHE_URL names a Valkey or Redis through that; with REQUIRE_CACHE=1 it has to.
"""

import os
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from django.test import override_settings

from gateway_dash.gateway.errors import RateLimited
from gateway_dash.gateway.ledger import ONE_PERSON, SHARE, SLOT_S, WINDOW_S, Ledger, OwnCounters, Wait
from gateway_dash.gateway.limits import CallBudget
from gateway_dash.web.kept import SharedCounters
from tests import services

REDIS = services.cache()
ROOT = Path(__file__).resolve().parents[2]


class Away:
    """Counters that cannot be had."""

    def add(self, *_):
        return None

    read = put = drop = add

    def claim(self, *_):
        return True


@pytest.fixture
def clock(monkeypatch):
    """A clock of the test's own; it begins with a stretch of the window."""
    now = [1_000_000_000.0 - 1_000_000_000 % SLOT_S]
    monkeypatch.setattr("time.time", lambda: now[0])
    return now


def kinds():
    places = {"files": {"BACKEND": "gateway_dash.web.kept.SharedFiles", "TIMEOUT": 600}}
    if not REDIS and os.environ.get("REQUIRE_CACHE") == "1":
        raise RuntimeError("REQUIRE_CACHE=1, and TEST_CACHE_URL names no Valkey or Redis.")
    if REDIS:
        places["redis"] = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS,
                           "KEY_PREFIX": f"test-{uuid.uuid4()}", "TIMEOUT": 600}  # fmt: skip
    return places


@pytest.fixture(params=kinds())
def shared(request, tmp_path):
    """Counters in each place that they can lie."""
    place = kinds()[request.param]
    place.setdefault("LOCATION", str(tmp_path / "ledger"))
    with override_settings(CACHES={"default": place, "ledger": place}):
        yield SharedCounters()


def take(book, number, who=""):
    """So many calls; those that were refused."""
    return [wait for _ in range(number) if (wait := book.take(who))]


# --- our share


def test_two_replicas_together_stay_under_the_share(shared):
    books = [Ledger("a", shared), Ledger("a", shared)]
    refused = [wait for _ in range(SHARE // 2 + 10) for book in books if (wait := book.take())]
    assert len(refused) == 20
    assert all(0 < wait.seconds <= SLOT_S and not wait.is_block for wait in refused)
    assert books[0].spent() == SHARE


def test_what_was_spent_five_minutes_ago_is_there_again(clock):
    book = Ledger()
    assert take(book, SHARE + 1) == [Wait(SLOT_S)]
    clock[0] += WINDOW_S - 1
    assert book.take() is not None
    clock[0] += 1
    assert take(book, SHARE + 1) == [Wait(SLOT_S)]


def test_the_window_slides(clock):
    book = Ledger()
    for _ in range(WINDOW_S // SLOT_S):
        take(book, SHARE * SLOT_S // WINDOW_S)
        clock[0] += SLOT_S
    assert len(take(book, SHARE)) == SHARE - SHARE * SLOT_S // WINDOW_S


def test_other_accounts_are_counted_apart(shared):
    take(Ledger("a", shared), 5)
    assert Ledger("b", shared).spent() == 0


def test_one_person_does_not_blind_the_others(clock):
    book = Ledger()
    alone = int(SHARE * 0.5)
    assert take(book, alone, "kim") == []  # nobody else wants any
    [refused] = take(book, 1, "kim")
    assert refused.is_ones_own
    assert take(book, int(SHARE * ONE_PERSON), "lee") == []
    assert take(book, 1, "lee")[0].is_ones_own
    assert take(book, 10) == []  # a job's pace is held elsewhere
    assert take(book, 10, "sam") == []


def test_while_nothing_can_be_shared_each_process_holds_itself_to_its_part(clock):
    book = Ledger("a", Away(), parts=4)
    assert len(take(book, SHARE)) == SHARE - SHARE // 4
    assert book.spent() == SHARE // 4


# --- the block


def test_a_429_of_one_replica_stops_the_others_at_once(shared):
    one, other = Ledger("a", shared), Ledger("a", shared)
    one.block(60)
    wait = other.take()
    assert wait is not None
    assert wait.is_block
    assert 50 < wait.seconds <= 60
    assert Ledger("b", shared).take() is None


def test_a_shorter_block_does_not_end_a_longer_one(clock):
    book = Ledger()
    book.block(100)
    book.block(1)
    clock[0] += 99.5
    assert book.take() == Wait(0.5, is_block=True)


def test_after_a_block_one_call_goes_first(shared, clock):
    one, other = Ledger("a", shared), Ledger("a", shared)
    one.block(60)
    clock[0] += 61
    assert other.take() is None
    assert one.take() == Wait(2, is_block=True)
    assert other.take() == Wait(2, is_block=True)
    other.passed()
    assert one.take() is None
    assert other.take() is None


def test_a_429_to_that_call_blocks_again(clock):
    book = Ledger()
    book.block(60)
    clock[0] += 61
    assert book.take() is None
    book.block(30)
    book.passed()  # of a call that was sent before
    assert book.take() == Wait(30, is_block=True)


def test_a_call_that_never_came_back_holds_the_others_up_for_some_seconds(clock):
    book = Ledger()
    book.block(60)
    clock[0] += 61
    assert book.take() is None
    assert book.take() is not None
    clock[0] += 11
    assert book.take() is None


def test_the_block_is_known_while_nothing_can_be_shared(clock):
    book = Ledger("a", Away())
    book.block(60)
    assert book.take() == Wait(60, is_block=True)
    clock[0] += 61
    assert book.take() is None
    book.passed()
    assert book.take() is None


# --- in words


def test_a_share_that_is_spent_is_said_with_the_second_when_there_is_more(clock):
    budget = CallBudget()
    take(budget.ledger, SHARE)
    with pytest.raises(
        RateLimited, match="as many calls in the last five minutes as there are for this dashboard"
    ) as no:
        budget.take()
    assert no.value.retry_after_s == SLOT_S
    assert "Nothing was sent" in no.value.message


def test_ones_own_share_is_said_to_be_ones_own(clock):
    budget = CallBudget()
    take(budget.ledger, SHARE // 2, "kim")
    with pytest.raises(RateLimited, match=r"You sent as many calls .* as there are for one person"):
        budget.take("kim")


# --- where the numbers lie


def count(place, times):
    code = f"""
import django
from django.conf import settings
settings.configure(CACHES={{"default": {place!r}, "ledger": {place!r}}})
django.setup()
from gateway_dash.web.kept import SharedCounters
from tests import services
counters = SharedCounters()
print(sum(counters.claim(f"first-{{number}}", 60) for number in range(20)))
for _ in range({times}): counters.add("calls", 600)
"""
    return subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("kind", kinds())
def test_no_count_is_lost_between_processes_and_one_of_them_is_the_first(kind, tmp_path):
    place = {"LOCATION": str(tmp_path / "ledger")} | kinds()[kind]
    processes = [count(place, 100) for _ in range(4)]
    firsts = [int(process.communicate()[0]) for process in processes]
    assert sum(firsts) == 20
    with override_settings(CACHES={"default": place, "ledger": place}):
        assert SharedCounters().read(["calls"]) == {"calls": 400}


def test_a_cache_that_is_away_says_so_and_breaks_nothing(tmp_path):
    place = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:9/0"}
    with override_settings(CACHES={"default": place, "ledger": place}):
        counters = SharedCounters()
        assert counters.read(["a"]) is None
        assert counters.add("a", 60) is None
        assert counters.claim("a", 60) is True
        counters.put("a", 1, 60)
        counters.drop("a")
        assert len(take(Ledger("a", counters, parts=100), 20)) == 10


def test_counts_of_this_process_are_forgotten_in_time(clock):
    counters = OwnCounters()
    for number in range(10):
        counters.add(f"k-{number}", 60)
        clock[0] += 30
    assert counters.read([f"k-{number}" for number in range(10)]) == {"k-9": 1}
    counters.add("k-10", 60)
    assert set(counters._kept) == {"k-9", "k-10"}
