"""The server as `make run` starts it: told to stop, it ends what it does; stuck, it still says that it lives."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import httpx
import pytest

from gateway_dash import launch
from gateway_dash.gateway.limits import SLOTS
from tests.load.rig import LOGS, Controlled, Dashboard, dashboard, upstream

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def there() -> Iterator[Controlled]:
    with upstream() as found:
        yield found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Made ready once, for all that are started."""
    return str(tmp_path_factory.mktemp("data"))


@pytest.fixture
def running(there: Controlled, folder: str) -> Iterator[Dashboard]:
    there.become()
    with dashboard(there, folder=folder) as found:
        yield found


def until(holds: Callable[[], bool], what: str, seconds: float = 60) -> None:
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        if holds():
            return
        time.sleep(0.05)
    pytest.fail(f"Not in time: {what}")


def is_refused(running: Dashboard) -> bool:
    try:
        running.ask("/healthz", timeout_s=1)
    except httpx.TransportError:
        return True
    return False


def test_a_page_that_is_under_way_is_answered_and_no_other_is_taken(running: Dashboard, there: Controlled):
    there.become(latency_s=3)
    answers: list[httpx.Response] = []
    person = threading.Thread(target=lambda: answers.append(running.ask(LOGS)))
    person.start()
    until(lambda: bool(there.calls()), "the call is under way")
    running.process.terminate()
    until(lambda: is_refused(running), "new pages are refused")
    assert person.is_alive(), "they are refused while the page is under way"
    person.join(30)
    (answer,) = answers
    assert answer.status_code == 200
    assert "</html>" in answer.text
    assert running.process.wait(launch.STOPS_WITHIN + launch.STEP_ENDS_WITHIN) == 0
    assert "Traceback" not in running.said()


def test_stuck_in_every_place_it_answers_that_it_lives_and_stops_in_time(running: Dashboard, there: Controlled):
    there.become("hang")
    # Each for something else: who wants the same as another waits for that one's call.
    paths = [f"{LOGS}?model=m{number}" for number in range(4 * SLOTS["list"])]
    paths += [f"{LOGS}{log_id}/" for log_id in there.log_ids[: 4 * SLOTS["detail"]]]
    wanted = launch.WORKERS * (SLOTS["list"] + SLOTS["detail"])
    stuck = [threading.Thread(target=is_over, args=(running, path), daemon=True) for path in paths]
    for each in stuck:
        each.start()
    until(lambda: len(there.calls()) > wanted // 2, "calls are stuck")  # chance decides which server has how many
    for _ in range(20):
        assert running.ask("/healthz", timeout_s=5).text == "ok\n"
        assert running.ask("/readyz", timeout_s=5).status_code == 200
    assert any(each.is_alive() for each in stuck), "and they were stuck to the end of it"
    running.process.terminate()
    assert running.process.wait(launch.STOPS_WITHIN + launch.STEP_ENDS_WITHIN) == 0
    assert "Traceback" not in running.said()
    for each in stuck:
        each.join(30)


def is_over(running: Dashboard, path: str) -> bool:
    """The page comes, as an error, or its connection ends."""
    try:
        return running.ask(path).status_code >= 500
    except httpx.TransportError:
        return True
