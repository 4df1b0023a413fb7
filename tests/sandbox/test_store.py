"""The store: columns that grow and shrink, threads, and several processes with one file."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from gateway_dash.sandbox import Store

OPEN = "import sys; from gateway_dash.sandbox import Store; print(Store.open_or_seed(sys.argv[1], 2000).ids()[-1])"


def equal(key, value):
    return [{"key": key, "operator": "eq", "value": [value]}]


def test_a_column_of_texts_may_have_more_than_256_of_them(store):
    for number in range(300):
        store.add({"model": f"model-{number}", "metadata": {"session": f"s-{number}"}})
    assert store.count() == 300
    for number in (0, 254, 255, 256, 299):
        assert store.count("prod-edge", equal("model", f"model-{number}")) == 1
        assert store.count("prod-edge", equal("metadata.value", f"s-{number}")) == 1
    contains = [{"key": "model", "operator": "contains", "value": ["model-29"]}]
    assert store.count("prod-edge", contains) == 11
    assert store.count("prod-edge", equal("model_type", None)) == 300


@pytest.mark.parametrize("how_many", [3, 400])
def test_few_or_many_deletions_leave_the_columns_right(how_many):
    store = Store.seeded(1000)
    kept = store.ids("prod-edge")[how_many:]
    assert store.count("prod-edge") == how_many + len(kept)  # reads the columns before they change
    assert store.delete(store.ids("prod-edge")[:how_many]) == how_many
    assert store.count("prod-edge") == len(kept)
    for provider in ("openai", "groq"):
        expected = sum((store.get(log_id) or {})["provider"] == provider for log_id in kept)
        assert store.count("prod-edge", equal("provider", provider)) == expected
    store.close()


def test_deleting_nothing_deletes_nothing(store):
    store.add({"id": "x"})
    assert store.delete(["nobody"]) == 0
    assert store.ids() == ["x"]


def test_an_id_is_taken_only_once_and_a_failed_add_leaves_no_trace(store):
    store.add({"id": "x"})
    with pytest.raises(Exception, match="UNIQUE"):
        store.add({"id": "x", "model": "never-seen"})
    assert store.count() == 1
    assert store.count("prod-edge", equal("model", "never-seen")) == 0


def test_threads_share_a_store_in_memory(store):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: store.add({"id": f"t{number}"}), range(64)))
        counts = list(pool.map(lambda number: store.count(), range(16)))
    assert set(counts) == {64}


def test_two_connections_to_one_file_see_each_others_changes(tmp_path):
    one, other = (Store.open_or_seed(tmp_path / "logs.db", 300) for _ in range(2))
    assert one.ids() == other.ids()
    before = one.count("prod-edge")
    other.add({"id": "new", "model": "brand-new"})
    assert one.count("prod-edge", equal("model", "brand-new")) == 1
    one.annotate("new", {"feedback": -1})
    assert other.count("prod-edge", [*equal("feedback", -1), *equal("id", "new")]) == 1
    one.delete(one.ids("prod-edge")[:50])
    assert other.count("prod-edge") == before + 1 - 50
    assert other.count("prod-edge") == len(other.ids("prod-edge"))
    one.close()
    other.close()


def test_four_processes_that_start_at_once_seed_a_file_once(tmp_path):
    command = [sys.executable, "-c", OPEN, str(tmp_path / "logs.db")]
    workers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    newest = {worker.communicate(timeout=60)[0] for worker in workers}
    assert [worker.returncode for worker in workers] == [0] * 4
    assert len(newest) == 1
    store = Store.open_or_seed(tmp_path / "logs.db", 9)
    assert store.count() == 2000
    store.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_worker_opens_the_file_again(tmp_path):
    store = Store.open_or_seed(tmp_path / "logs.db", 50)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        store.add({"id": "from-the-child"})
        os.write(writer, json.dumps(store.count()).encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert json.loads(os.read(reader, 100)) == 51
    assert store.get("from-the-child") is not None
    assert store.count() == 51
    os.close(reader)
    os.close(writer)
    store.close()
