"""Bodies on disk: off unless wanted, closed, bounded, gone with a deletion, and never in the way of a page."""

import os
import stat
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from gateway_dash import environment, upstream
from gateway_dash.environment import ConfigurationError
from gateway_dash.gateway import body_files, calls
from gateway_dash.gateway.body_files import BodyFiles
from gateway_dash.gateway.errors import NotFound
from gateway_dash.gateway.models import Body
from gateway_dash.gateway.sealing import Seal
from gateway_dash.sandbox import Options, Sandbox
from gateway_dash.web import changes
from tests.unit.test_service import BODY, GATEWAY, spied

ROOM = 1_000_000
SEAL = Seal("s" * 40, "bodies")
LOGS_OF = ("accounts", "acc", "ai-gateway", "gateways", GATEWAY, "logs")
KEY = (*LOGS_OF, "b1", "request")


def body(data=b"canary of a body", age_s=0.0):
    return Body(data, whole=True, cut=False, read_at=datetime.now(UTC) - timedelta(seconds=age_s))


@pytest.fixture
def place(tmp_path):
    return tmp_path / "bodies"


@pytest.fixture
def files(place):
    return BodyFiles(place, SEAL, ROOM)


def kept_in(place):
    return sorted(each for each in place.glob("*/*"))


# --- the files


def test_another_process_finds_what_this_one_kept(files, place):
    files.put(KEY, body(), "mark")
    code = (
        "from pathlib import Path; from gateway_dash.gateway.body_files import BodyFiles;"
        "from gateway_dash.gateway.sealing import Seal;"
        f"files = BodyFiles(Path({str(place)!r}), Seal({'s' * 40!r}, 'bodies'), {ROOM});"
        f"print(files.get({KEY!r}, 'mark').data)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "b'canary of a body'"


def test_it_says_when_it_was_read_and_that_it_comes_from_disk(files):
    given = body(age_s=60)
    files.put(KEY, given, "mark")
    assert files.get(KEY, "mark") == replace(given, is_kept=True, is_from_disk=True)


def test_only_the_owner_may_read_it_and_nothing_in_it_or_in_its_name_tells_anything(files, place):
    files.put(KEY, body(), "mark")
    [path] = kept_in(place)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {stat.S_IMODE(each.stat().st_mode) for each in (place, path.parent)} == {0o700}
    assert b"canary" not in path.read_bytes()
    assert GATEWAY not in str(path.relative_to(place))
    assert path.name != "b1"


def test_under_another_mark_or_key_it_is_not_there(files, place):
    files.put(KEY, body(), "mark")
    assert BodyFiles(place, Seal("t" * 40, "bodies"), ROOM).get(KEY, "mark") is None
    assert files.get((*LOGS_OF, "b1", "response"), "mark") is None
    assert files.get(KEY, "mark")
    assert files.get(KEY, "another") is None
    assert kept_in(place) == []  # it never opens again


@pytest.mark.parametrize("damaged", [b"", b"short", b"x" * 500])
def test_a_damaged_file_is_not_there_and_goes(files, place, damaged):
    files.put(KEY, body(), "mark")
    [path] = kept_in(place)
    path.write_bytes(damaged)
    assert files.get(KEY, "mark") is None
    assert kept_in(place) == []


def test_a_file_in_the_place_of_another_does_not_open(files, place):
    files.put(KEY, body(b"one"), "mark")
    [first] = kept_in(place)
    other = (*LOGS_OF, "b2", "request")
    files.put(other, body(b"two"), "mark")
    [second] = [each for each in kept_in(place) if each != first]
    second.write_bytes(first.read_bytes())
    assert files.get(other, "mark") is None
    assert files.get(KEY, "mark").data == b"one"


def test_it_is_kept_for_a_day(files):
    files.put(KEY, body(age_s=24 * 3600 - 60), "mark")
    assert files.get(KEY, "mark")
    files.put(KEY, body(age_s=24 * 3600 + 1), "mark")
    assert files.get(KEY, "mark") is None


def test_what_is_over_goes_with_a_later_write(files, place, monkeypatch):
    files.put(KEY, body(), "mark")
    [path] = kept_in(place)
    os.utime(path, (time.time(), time.time() - 25 * 3600))
    monkeypatch.setattr(body_files, "SWEEP_S", 0)
    files.put((*LOGS_OF, "b2", "request"), body(), "mark")
    assert path not in kept_in(place)
    assert len(kept_in(place)) == 1


def test_it_takes_no_more_room_than_it_has_and_the_least_used_go_first(files, place):
    keys = [(*LOGS_OF, f"b{number}", "request") for number in range(30)]
    for number, key in enumerate(keys):
        files.put(key, body(os.urandom(50_000)), "mark")
        os.utime(place / SEAL.name(*LOGS_OF) / SEAL.name(*key), (number, time.time()))  # used one after the other
        if number >= 5:
            assert files.get(keys[0], "mark"), "it is used all the time"
        assert sum(each.stat().st_size for each in kept_in(place)) <= ROOM
    assert files.get(keys[-1], "mark")
    assert files.get(keys[1], "mark") is None


def test_the_bound_holds_over_processes(place):
    """Each of the two would have room enough; what counts is what both wrote."""
    several = [BodyFiles(place, SEAL, ROOM) for _ in range(3)]
    for number in range(45):
        several[number % 3].put((*LOGS_OF, f"b{number}", "request"), body(os.urandom(50_000)), "mark")
        assert sum(each.stat().st_size for each in kept_in(place)) <= ROOM


def test_a_body_that_would_fill_it_or_was_cut_is_not_kept(files, place):
    files.put(KEY, body(bytes(ROOM // 4 + 1)), "mark")
    files.put(KEY, replace(body(), whole=False), "mark")
    assert kept_in(place) == []


def test_a_disk_that_cannot_be_written_or_read_is_a_body_that_is_not_there(files, place, monkeypatch, caplog):
    files.put(KEY, body(), "mark")

    def full(*_arguments, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", full)
    files.put((*LOGS_OF, "b2", "request"), body(), "mark")
    monkeypatch.setattr(Path, "read_bytes", full)
    assert files.get(KEY, "mark") is None
    assert [each.split(" (")[0] for each in caplog.messages] == [
        "A kept body could not be written",
        "A kept body could not be read",
    ]


# --- in the way of a body


@pytest.fixture
def one(store, files):
    store.add({"gateway_id": GATEWAY, "id": "b1", "request_body": BODY, "response_body": b"answer"})
    account, requests = spied(Sandbox(store, Options(budget=None)))

    def logs(mark="mark"):
        """As another process has them: with nothing in memory."""
        account.shelf.clear()
        found = account.logs(GATEWAY)
        found.bodies.use_disk(files, mark)
        return found

    return logs, requests


def test_another_process_asks_for_no_body_that_one_has_read(one):
    logs, requests = one
    assert logs().bodies.kept("b1", "request").data == BODY
    with calls.page() as page:
        found = logs().bodies.kept("b1", "request")
    assert (found.data, found.is_kept, found.is_from_disk) == (BODY, True, True)
    assert [each.what for each in page.kept] == ["request"]
    assert logs().bodies.part("b1", "request", start=3, length=5).data == BODY[3:8]
    assert logs().bodies.whole("b1", "request") == BODY
    assert len(requests) == 1


def test_a_job_reads_what_is_there_now(one):
    logs, requests = one
    logs().bodies.kept("b1", "request")
    assert logs().bodies.part("b1", "request", afresh=True).data == BODY
    assert len(requests) == 2


def test_a_deletion_takes_the_files_away(one, place):
    logs, _ = one
    found = logs()
    found.bodies.kept("b1", "request")
    assert kept_in(place)
    found.delete_found([found.log("b1")])
    assert kept_in(place) == []
    with pytest.raises(NotFound):
        logs().bodies.kept("b1", "request")


def test_where_no_mark_can_be_had_nothing_is_read_or_written(one, place):
    logs, requests = one
    for _ in range(2):
        logs(None).bodies.kept("b1", "request")
    assert len(requests) == 2
    assert kept_in(place) == []


def test_a_body_that_was_asked_for_before_a_deletion_and_came_after_it_does_not_stay(one):
    """Its mark is the one of before."""
    logs, requests = one
    before = logs(changes.deleted_mark("acc", GATEWAY))
    changes.note("acc", GATEWAY, None)
    before.bodies.kept("b1", "request")
    logs(changes.deleted_mark("acc", GATEWAY)).bodies.kept("b1", "request")
    assert len(requests) == 2


# --- the setting


@pytest.fixture
def room(monkeypatch):
    def room(megabytes):
        monkeypatch.setattr(settings, "ENVIRONMENT", replace(settings.ENVIRONMENT, body_cache_mb=megabytes))
        upstream.body_files.cache_clear()
        return upstream.body_files()

    yield room
    upstream.body_files.cache_clear()


def test_it_is_off_until_the_operator_says_how_large_it_may_be(tmp_path):
    assert environment.read({}, tmp_path).body_cache_mb == 0
    assert environment.read({"GATEWAY_DASH_BODY_CACHE_MB": "500"}, tmp_path).body_cache_mb == 500
    with pytest.raises(ConfigurationError, match="GATEWAY_DASH_BODY_CACHE_MB takes a number"):
        environment.read({"GATEWAY_DASH_BODY_CACHE_MB": "-1"}, tmp_path)


def test_switched_off_nothing_stays_of_it(room):
    files, place = room(1), settings.ENVIRONMENT.data_dir / "bodies"
    files.put(KEY, body(), "mark")
    assert kept_in(place)
    assert room(0) is None
    assert not place.exists()


def test_the_product_uses_it_where_it_is_on_and_not_where_it_is_off(room, sandbox, store, monkeypatch):
    store.add({"gateway_id": GATEWAY, "id": "b1", "request_body": BODY})
    place = settings.ENVIRONMENT.data_dir / "bodies"
    for megabytes, count in ((0, 0), (1, 1)):
        room(megabytes)
        upstream.account().shelf.clear()
        assert upstream.logs(GATEWAY).bodies.kept("b1", "request").data == BODY
        assert len(kept_in(place)) == count
    upstream.logs(GATEWAY).told(None)
    upstream.account().shelf.clear()
    found = upstream.logs(GATEWAY).bodies.kept("b1", "request")
    assert not found.is_kept
    room(0)
