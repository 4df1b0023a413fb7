"""What the upstream says of its limits, and our own."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from gateway_dash.gateway import limits
from gateway_dash.gateway.errors import Busy, RateLimited
from gateway_dash.gateway.limits import SLOTS, CallBudget, RetryBudget, Slots


def read(ratelimit: str, policy: str = "") -> tuple[int | None, int | None]:
    budget = CallBudget()
    budget.read({"ratelimit": ratelimit, "ratelimit-policy": policy})
    return budget.left, budget.quota


@pytest.mark.parametrize(
    ("ratelimit", "policy", "expected"),
    [
        ('"default";r=50;t=30', '"default";q=1200;w=300', (50, 1200)),
        ('"default";r=50;t=30, "burst";r=9;t=1', '"default";q=1200;w=300,"burst";q=100;w=60', (9, 100)),
        ('"burst";r=99;t=1,"default";r=7;t=30', '"burst";q=100;w=60, "default";q=1200;w=300', (7, 1200)),
        ('"default"; r=50; t=30', '"default"; w=300; q=1200', (50, 1200)),
        ('"default";r=0;t=30', '"default";q=1200;w=300', (0, 1200)),
        ('"default";r=50;t=30', "", (50, None)),
        ('"default";r=50;t=30', '"other";q=5;w=1', (50, None)),
        ("", '"default";q=1200;w=300', (None, None)),
        ('"default";t=30', "", (None, None)),
        ("default;r=50", "", (None, None)),
        ("50", "", (None, None)),
        ('"default";r=-1', "", (None, None)),
        ('"default";r=abc;t=5', "", (None, None)),
    ],
)
def test_the_tightest_of_several_policies_counts(ratelimit, policy, expected):
    assert read(ratelimit, policy) == expected


def test_an_answer_that_says_nothing_leaves_what_is_known():
    budget = CallBudget()
    budget.read({"ratelimit": '"default";r=50;t=30', "ratelimit-policy": '"default";q=1200;w=300'})
    budget.read({})
    assert (budget.left, budget.quota) == (50, 1200)


def said(budget: CallBudget, left: int, quota: int, resets_s: int = 30) -> None:
    budget.read({"ratelimit": f'"default";r={left};t={resets_s}', "ratelimit-policy": f'"default";q={quota};w=300'})


def test_the_last_fifty_calls_stay_until_the_count_begins_anew(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    budget = CallBudget()
    said(budget, 50, 1200)
    budget.take()
    said(budget, 49, 1200)
    for now[0], wait_s in ((0.0, 30), (29.5, 1)):
        with pytest.raises(RateLimited, match="Fewer than 50 calls are left") as refused:
            budget.take()
        assert refused.value.retry_after_s == wait_s
    now[0] = 30.0
    budget.take()
    said(budget, 1150, 1200)
    budget.take()


def test_of_a_small_quota_or_one_without_an_end_nothing_is_kept_back():
    for left, quota, resets_s in ((3, 100, 30), (3, 1200, 0)):
        budget = CallBudget()
        said(budget, left, quota, resets_s)
        budget.take()


def test_a_long_header_is_read_in_no_time():
    assert read('"' * 50_000) == (None, None)
    assert read('"a"' + ";r=1" * 20_000)[0] == 1


def test_a_shorter_block_does_not_end_a_longer_one(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(time, "time", lambda: now[0])
    budget = CallBudget()
    budget.block("100")
    budget.block("1")
    now[0] = 99.5
    with pytest.raises(RateLimited) as refused:
        budget.take()
    assert refused.value.retry_after_s == 1
    now[0] = 100.5
    budget.take()


def test_the_words_of_a_block_name_the_second_when_it_ends():
    error = limits.spent(90)
    assert error.retry_at is not None
    assert f"{error.retry_at:%H:%M}" in error.message


def test_a_kind_of_call_has_its_own_places():
    slots = Slots({"list": 1, "write": 1})
    with slots.hold("list"):
        with pytest.raises(Busy), slots.hold("list"):
            pass
        with slots.hold("write"):
            pass
    with slots.hold("list"):
        pass


def test_as_many_wait_for_a_place_as_there_are_and_the_next_is_refused_at_once(monkeypatch):
    monkeypatch.setattr(limits, "SLOT_WAIT_S", 60.0)
    slots, waiting = Slots({"list": 1}), threading.Semaphore(0)
    acquire = slots._places["list"].acquire

    def seen(*given: object, **more: object) -> bool:
        if more.get("timeout"):
            waiting.release()
        return acquire(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(slots._places["list"], "acquire", seen)

    def later() -> str:
        with slots.hold("list"):
            return "served"

    with ThreadPoolExecutor(1) as pool:
        with slots.hold("list"):
            next_one = pool.submit(later)
            assert waiting.acquire(timeout=60)
            with pytest.raises(Busy), slots.hold("list"):
                pass
        assert next_one.result(60) == "served"
    assert later() == "served"


def test_a_place_waits_a_moment_for_another_to_end(monkeypatch):
    monkeypatch.setattr(limits, "SLOT_WAIT_S", 60.0)
    slots = Slots({"list": 1})
    holding, done = threading.Event(), threading.Event()

    def short() -> None:
        with slots.hold("list"):
            holding.set()
            done.wait(10)

    thread = threading.Thread(target=short)
    thread.start()
    assert holding.wait(10)
    threading.Timer(0.01, done.set).start()
    try:
        with slots.hold("list"):
            pass
    finally:
        done.set()
        thread.join(10)


def test_the_bulkheads_leave_room_for_changes():
    assert set(SLOTS) == {"list", "detail", "write", "count"}


def test_retries_grow_with_the_calls_of_the_last_minute(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    budget = RetryBudget()
    assert [budget.allows() for _ in range(5)] == [True, True, True, False, False]
    for _ in range(50):
        budget.note_call()
    assert [budget.allows() for _ in range(3)] == [True, True, False]  # five of fifty
    now[0] = 61
    assert [budget.allows() for _ in range(4)] == [True, True, True, False]


def test_an_answer_that_was_overtaken_says_nothing_of_what_is_left_now(monkeypatch):
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    budget = CallBudget()
    lefts = []
    for after_s, left in ((0, 300), (0.2, 301), (0.9, 299), (3, 305)):
        now = 1000.0 + after_s
        budget.read({"ratelimit": f'"default";r={left};t=30'})
        lefts.append(budget.left)
    assert lefts == [300, 300, 299, 305]
