"""The breaker: when it opens, what it lets pass while it is open, and how it closes."""

from __future__ import annotations

import threading

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from gateway_dash.gateway.breaker import LEAST_CALLS, OPEN_S, PROBE_S, WINDOW_S, Attempt, Breaker, State
from gateway_dash.gateway.errors import CircuitOpen


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock) -> Breaker:
    return Breaker(clock=clock)


def call(breaker: Breaker, failed: bool | None) -> None:
    with breaker.call() as attempt:
        attempt.failed = failed


def state_of(breaker: Breaker) -> State:
    return breaker.state


def calls(breaker: Breaker, *outcomes: bool | None) -> None:
    for each in outcomes:
        call(breaker, each)


def refused(breaker: Breaker, *, may_probe: bool = True) -> CircuitOpen:
    with pytest.raises(CircuitOpen) as error, breaker.call(may_probe=may_probe):
        pytest.fail("it was let pass")
    return error.value


def opened(breaker: Breaker) -> Breaker:
    calls(breaker, *[True] * LEAST_CALLS)
    assert state_of(breaker) is State.OPEN
    return breaker


def test_half_of_ten_calls_open_it(breaker):
    calls(breaker, *[False] * 5, *[True] * 4)
    assert state_of(breaker) is State.CLOSED
    call(breaker, True)
    assert state_of(breaker) is State.OPEN


def test_less_than_half_do_not(breaker):
    calls(breaker, *[False] * 6, *[True] * 5)
    assert state_of(breaker) is State.CLOSED


def test_fewer_than_ten_calls_open_nothing(breaker):
    calls(breaker, *[True] * (LEAST_CALLS - 1))
    assert state_of(breaker) is State.CLOSED


def test_a_success_may_be_the_tenth_call(breaker):
    calls(breaker, *[True] * 9, False)
    assert state_of(breaker) is State.OPEN


def test_what_is_older_than_half_a_minute_does_not_count(breaker, clock):
    calls(breaker, *[True] * 9)
    clock.now += WINDOW_S
    calls(breaker, *[True] * 9)
    assert state_of(breaker) is State.CLOSED


def test_calls_of_which_nothing_was_learnt_do_not_count(breaker):
    calls(breaker, *[None] * 50, *[True] * 9, *[None] * 50)
    assert state_of(breaker) is State.CLOSED


def test_while_it_is_open_nothing_passes_and_the_words_say_until_when(breaker, clock):
    opened(breaker)
    error = refused(breaker)
    assert (error.status, error.retry_after_s) == (503, OPEN_S)
    assert error.did_nothing
    clock.now += 7.5
    assert refused(breaker).retry_after_s == 3
    assert breaker.wait_s() == pytest.approx(2.5)


def test_ten_seconds_are_not_told_as_eleven(breaker, clock):
    clock.now = 1000.1
    opened(breaker)
    assert refused(breaker).retry_after_s == OPEN_S


def test_after_ten_seconds_one_call_passes_and_closes_it(breaker, clock):
    opened(breaker)
    clock.now += OPEN_S
    assert breaker.wait_s() == 0
    with breaker.call() as probe:
        assert state_of(breaker) is State.HALF_OPEN
        assert refused(breaker).retry_after_s == PROBE_S
        probe.failed = False
    assert state_of(breaker) is State.CLOSED
    calls(breaker, *[True] * 9)
    assert state_of(breaker) is State.CLOSED  # what was before is forgotten


def test_a_probe_that_fails_opens_it_for_ten_seconds_more(breaker, clock):
    opened(breaker)
    clock.now += OPEN_S
    call(breaker, True)
    assert state_of(breaker) is State.OPEN
    assert refused(breaker).retry_after_s == OPEN_S


def test_a_change_is_never_the_probe(breaker, clock):
    opened(breaker)
    clock.now += OPEN_S
    assert refused(breaker, may_probe=False).retry_after_s == 1
    call(breaker, False)
    with breaker.call(may_probe=False):
        pass


def test_a_probe_that_was_never_sent_leaves_the_next_to_be_it(breaker, clock):
    opened(breaker)
    clock.now += OPEN_S
    call(breaker, None)
    call(breaker, False)
    assert state_of(breaker) is State.CLOSED


def test_a_probe_that_ends_in_an_exception_holds_nothing_up(breaker, clock):
    opened(breaker)
    clock.now += OPEN_S
    with pytest.raises(RuntimeError), breaker.call():
        raise RuntimeError
    call(breaker, False)
    assert state_of(breaker) is State.CLOSED


def test_a_probe_that_hangs_does_not_hold_up_the_return(breaker, clock):
    opened(breaker)
    clock.now += OPEN_S
    with breaker.call() as hanging:
        clock.now += PROBE_S
        call(breaker, False)
        hanging.failed = True  # and what it says then is of before
    assert state_of(breaker) is State.CLOSED


def test_however_a_probe_hangs_the_next_goes_within_fifteen_seconds_of_the_return(breaker, clock):
    opened(breaker)
    clock.now += OPEN_S
    with breaker.call() as first:
        clock.now += PROBE_S
        with breaker.call() as second:  # sent just before the upstream is back, and hanging
            back_at = clock.now
            clock.now += 4  # the first had eight seconds
            first.failed = True
            breaker._leave(first)
            first.failed = None
            clock.now += breaker.wait_s()
            call(breaker, False)
            assert state_of(breaker) is State.CLOSED
            assert clock.now - back_at <= 15
            second.failed = True
    assert state_of(breaker) is State.CLOSED


def test_a_call_that_began_before_it_opened_says_nothing_afterwards(breaker, clock):
    with breaker.call() as old:
        opened(breaker)
        clock.now += 5
        old.failed = True
    assert breaker.wait_s() == OPEN_S - 5
    clock.now += 5
    call(breaker, False)
    with breaker.call() as before:
        opened(breaker)
        before.failed = False
    assert state_of(breaker) is State.OPEN


def test_who_wants_to_know_is_told_of_each_change(clock):
    told: list[State] = []
    breaker = Breaker(clock=clock, changed=told.append)
    opened(breaker)
    clock.now += OPEN_S
    call(breaker, True)
    clock.now += OPEN_S
    call(breaker, False)
    assert told == [State.OPEN, State.HALF_OPEN, State.OPEN, State.HALF_OPEN, State.CLOSED]


def test_of_many_threads_one_is_the_probe(clock):
    breaker = opened(Breaker(clock=clock))
    clock.now += OPEN_S
    passed, ready, over = [], threading.Barrier(16), threading.Event()

    def person() -> None:
        ready.wait(20)
        try:
            with breaker.call() as attempt:
                passed.append(attempt)
                over.wait(20)
        except CircuitOpen:
            over.set()  # at least one was refused while the other was under way

    threads = [threading.Thread(target=person) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(passed) >= 1
    assert len({each.probe for each in passed}) == len(passed)  # never two at once
    assert all(each.probe for each in passed)


class AnyTraffic(RuleBasedStateMachine):
    """Calls begin, end and are refused in any order, over any time; the model is as plain as can be."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.changes: list[State] = []
        self.breaker = Breaker(clock=self.clock, changed=self.changes.append)
        self.under_way: list[Attempt] = []
        self.counted: list[tuple[float, bool]] = []  # since it was last closed
        self.opened_at = -1e9
        self.probed_at: list[float] = []

    # Seconds that add up exactly, as the limits that they are held against.
    @rule(seconds=st.sampled_from([0.0, 0.125, 1.0, 3.875, 4.0, 9.875, 10.0, 29.0, 31.0]))
    def time_goes_by(self, seconds: float) -> None:
        self.clock.now += seconds

    @rule(may_probe=st.booleans())
    def a_call_wants_to_go(self, may_probe: bool) -> None:
        before, wait_s = self.breaker.state, self.breaker.wait_s()
        try:
            attempt = self.breaker._enter(may_probe)
        except CircuitOpen as error:
            told_s = error.retry_after_s or 0
        else:
            told_s = 0
        if told_s:
            assert before is not State.CLOSED
            assert wait_s > 0 or not may_probe
            assert 1 <= told_s <= OPEN_S
            assert told_s >= wait_s - 0.001
            return
        assert before is State.CLOSED or (may_probe and wait_s == 0)
        if before is not State.CLOSED:
            assert attempt.probe
            assert self.clock.now - self.opened_at >= OPEN_S
            assert all(self.clock.now - each >= PROBE_S for each in self.probed_at)
            self.probed_at.append(self.clock.now)
        self.under_way.append(attempt)

    @precondition(lambda self: self.under_way)
    @rule(which=st.integers(0, 99), failed=st.sampled_from([True, True, False, None]))
    def a_call_ends(self, which: int, failed: bool | None) -> None:
        attempt = self.under_way.pop(which % len(self.under_way))
        attempt.failed = failed
        before, era = self.breaker.state, self.breaker._era
        self.breaker._leave(attempt)
        after = self.breaker.state
        counts = before is State.CLOSED and attempt.era == era and not attempt.probe and failed is not None
        if counts:
            self.counted.append((self.clock.now, bool(failed)))
        recent = [each for at, each in self.counted if at > self.clock.now - WINDOW_S]
        if counts:
            is_bad = len(recent) >= LEAST_CALLS and sum(recent) * 2 >= len(recent)
            assert (after is State.OPEN) == is_bad
        elif attempt.probe and before is not State.CLOSED:
            assert (after is State.CLOSED) == (failed is False)
            if failed is None and attempt.era == era and attempt.probe == self.breaker._probes:
                self.probed_at.clear()  # it was never sent
        else:
            assert after is before
        if after is State.OPEN and (before is not State.OPEN):
            self.opened_at = self.clock.now
        if after is not before and after in (State.OPEN, State.CLOSED):
            self.counted.clear()
            self.probed_at.clear()

    @rule(outcomes=st.lists(st.booleans(), min_size=8, max_size=14))
    def several_calls(self, outcomes: list[bool]) -> None:
        for failed in outcomes:
            self.a_call_wants_to_go(True)
            if self.under_way:
                self.a_call_ends(len(self.under_way) - 1, failed)

    @invariant()
    def nobody_waits_for_longer_than_ten_seconds(self) -> None:
        wait_s = self.breaker.wait_s()
        assert 0 <= wait_s <= OPEN_S + 0.001
        assert wait_s == 0 or self.breaker.state is not State.CLOSED

    @invariant()
    def changes_follow_each_other(self) -> None:
        follows = {
            State.CLOSED: {State.OPEN}, State.OPEN: {State.HALF_OPEN, State.CLOSED},
            State.HALF_OPEN: {State.OPEN, State.CLOSED},
        }  # fmt: skip
        for before, after in zip([State.CLOSED, *self.changes], self.changes, strict=False):
            assert after in follows[before]


TestAnyTraffic = AnyTraffic.TestCase
