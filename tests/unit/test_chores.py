"""What workers do now and then: each in its time, none when told to stop, and one that fails leaves the others."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError

from gateway_dash.bulk import chores

NOW = datetime(2026, 11, 29, tzinfo=UTC)


@pytest.fixture
def done(monkeypatch):
    """What was done; nothing of the product's."""
    monkeypatch.setattr(chores, "_chores", [])
    return []


def one_by_one(name, done, seconds=0.0, clock=None):
    """A chore of five things."""

    def chore(_now, goes_on):
        for number in range(5):
            if not goes_on():
                return
            done.append(f"{name}{number}")
            if clock:
                clock[0] += seconds

    return chore


def test_one_that_takes_long_ends_in_time_and_leaves_its_own_time_to_the_next(done, monkeypatch):
    clock = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    chores.now_and_then(one_by_one("slow", done, chores.ENOUGH_S / 2, clock))
    chores.now_and_then(one_by_one("next", done))
    chores.do_all(NOW)
    assert done == ["slow0", "slow1", "next0", "next1", "next2", "next3", "next4"]


def test_a_worker_that_is_told_to_stop_begins_nothing_more(done):
    chores.now_and_then(one_by_one("a", done))
    chores.now_and_then(one_by_one("b", done))
    chores.do_all(NOW, lambda: len(done) < 2)
    assert done == ["a0", "a1"]


def test_one_that_fails_leaves_the_others_but_for_a_database_that_is_away(done):
    def fails(_now, _goes_on):
        raise ValueError

    def away(_now, _goes_on):
        raise DatabaseError

    chores.now_and_then(fails)
    chores.now_and_then(one_by_one("a", done))
    chores.do_all(NOW)
    assert len(done) == 5
    chores.now_and_then(away)
    with pytest.raises(DatabaseError):
        chores.do_all(NOW)
