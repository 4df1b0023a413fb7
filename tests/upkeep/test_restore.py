"""A copy that is made while others write, brought back elsewhere: by the commands of the operating guide, as processes.

On SQLite always; on PostgreSQL where TEST_DATABASE_URL names a server in which databases may be made.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests import services
from tests.upkeep.place import Place

SECRET = "a-secret-of-the-sandbox-sk-live-0123456789"

# What a team left in it: people, the trail, a comment, what is kept, a deletion under way, and its copied logs.
FILL = f"""
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from gateway_dash.bulk import files, gates
from gateway_dash.bulk.models import Job, Item, KeepMark, Part, Tombstone
from gateway_dash.team import audit
from gateway_dash.team.events import Event
kim = User.objects.create_superuser("kim", password="correct horse battery")
for number in range(20): audit.record(kim, Event.KEPT, "prod-edge", log=str(number))
KeepMark.objects.create(account="sandbox", gateway="prod-edge", log_id="1", by_name="kim")
job = Job.objects.create(key="0123456789abcdef", account="sandbox", gateway="prod-edge", kind="delete", title="logs",
    actor=kim, actor_name="kim", phase="delete", lease_owner="a worker", fence=3, cursor={{"ids": ["a"]}})
Item.objects.create(job=job, position=1, log_id="a", state="sending")
name = files.archives().save("0123456789abcdef/part-0001.jsonl.gz", ContentFile(b"{SECRET}"))
Part.objects.create(job=job, name=name, kind="selected", records=1, size=1, sha256="0" * 64)
"""
WRITE_ON = """
import time
from gateway_dash.team import audit
from gateway_dash.team.events import Event
while True:
    audit.record("a busy person", Event.SIGNED_IN); time.sleep(0.002)
"""
LOOK = """
import json
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from gateway_dash.bulk import files, gates
from gateway_dash.bulk.models import Entry, Job, KeepMark, Part
from gateway_dash.team.models import AuditEntry
job = Job.objects.get()
print(json.dumps({
    "signs in": authenticate(None, username="kim", password="correct horse battery") is not None,
    "kept": list(KeepMark.objects.values_list("log_id", flat=True)),
    "job": [job.state, job.lease_owner, job.fence, job.problem, Entry.objects.get(job=job).words],
    "archive": files.archives().open(Part.objects.get().name).read().decode(),
    "gate": gates.gate_of("prod-edge").why,
    "last": AuditEntry.objects.order_by("-number").values_list("what", "who").first(),
    "entries": AuditEntry.objects.count(),
}))
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def places(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Place, Place]]:
    """Where the copy is made, and where it is brought back."""
    if request.param == "sqlite":
        yield Place(tmp_path / "one", ""), Place(tmp_path / "two", "")
        return
    server = services.needed("TEST_DATABASE_URL")
    if not shutil.which("pg_dump"):
        if os.environ.get("REQUIRE_POSTGRES") == "1":
            pytest.fail("REQUIRE_POSTGRES=1, and pg_dump is not installed.")
        pytest.skip("pg_dump is not installed")
    base = urlsplit(server)._replace(path="").geturl()
    names = [f"restore_{secrets.token_hex(6)}" for _ in range(2)]
    with psycopg.connect(f"{base}/postgres", autocommit=True) as there:
        for name in names:
            there.execute(f'CREATE DATABASE "{name}"')
        yield Place(tmp_path / "one", f"{base}/{names[0]}"), Place(tmp_path / "two", f"{base}/{names[1]}")
        for name in names:
            there.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory of a small one on SQLite."""
    folder = tmp_path_factory.mktemp("filled") / "data"
    Place(folder, "").manage("migrate", "--verbosity", "0")
    Place(folder, "").run(FILL)
    return folder


@pytest.fixture
def one(filled: Path, tmp_path: Path) -> Place:
    """It, for one test."""
    shutil.copytree(filled, tmp_path / "one")
    return Place(tmp_path / "one", "")


@pytest.mark.timeout(400)
def test_all_of_it_is_back_as_it_was_and_holds_still_until_somebody_has_looked(places, tmp_path):
    here, there = places
    here.manage("migrate", "--verbosity", "0")
    here.run(FILL)
    busy = here.start("shell", "--no-imports", "-c", WRITE_ON)
    try:
        wait_for_writes(here)
        said = here.manage("backup", str(tmp_path / "copy"))
    finally:
        busy.kill()
        busy.communicate()
    restored = there.manage("restore", str(tmp_path / "copy"))
    number, _, digest = said.partition("keep it elsewhere too: ")[2].split()[0].partition(":")
    assert "unbroken" in restored
    assert "--noted" not in there.manage("verify_audit", "--noted", f"{number}:{digest}")
    found = json.loads(there.run(LOOK))
    assert found["signs in"]
    assert found["kept"] == ["1"]
    assert found["job"][:3] == ["halted", "", 4]
    assert "what happened since is not known" in found["job"][3] == found["job"][4]
    assert found["archive"] == SECRET
    assert "Restored from a copy" in found["gate"]
    assert found["last"] == ["restored", "the operator"]
    assert found["entries"] > int(number) > 20


def wait_for_writes(place: Place) -> None:
    """The other process writes by now."""
    count = "from gateway_dash.team.models import AuditEntry; print(AuditEntry.objects.count())"
    for _ in range(20):
        if int(place.run(count)) > 25:
            return
        time.sleep(0.2)
    raise AssertionError("nobody writes")


def test_only_its_owner_may_read_a_copy(one, tmp_path):
    one.manage("backup", str(tmp_path / "copy"))
    for path in [tmp_path / "copy", *(tmp_path / "copy").rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0
    assert "gateway-dash.sqlite3" not in {path.name for path in (tmp_path / "copy").iterdir()}
    assert not list((tmp_path / "copy").rglob("secret-key"))


def test_a_file_that_was_changed_or_is_missing_is_named_and_nothing_is_restored(one, tmp_path):
    one.manage("backup", str(tmp_path / "copy"))
    other = Place(tmp_path / "two", "")
    part = tmp_path / "copy" / "archives" / "0123456789abcdef" / "part-0001.jsonl.gz"
    part.write_bytes(b"something else")
    assert "part-0001.jsonl.gz is not what was copied" in other.refused("restore", str(tmp_path / "copy"))
    part.unlink()
    assert "part-0001.jsonl.gz is missing" in other.refused("restore", str(tmp_path / "copy"))
    with closing(sqlite3.connect(tmp_path / "two" / "gateway-dash.sqlite3")) as database:
        assert database.execute("SELECT name FROM sqlite_master").fetchall() == []


def test_nothing_is_written_over_what_is_there(one, tmp_path):
    one.manage("backup", str(tmp_path / "copy"))
    assert "has tables already" in one.refused("restore", str(tmp_path / "copy"))
    assert "not empty" in one.refused("backup", str(tmp_path / "copy"))


def test_a_copy_of_a_newer_version_of_another_engine_or_an_unfinished_one_is_refused(one, tmp_path):
    one.manage("backup", str(tmp_path / "copy"), "--without-archives")
    other = Place(tmp_path / "two", "")
    manifest = tmp_path / "copy" / "manifest.json"
    whole = json.loads(manifest.read_text())
    assert whole["archives"] == "left out, as was asked"
    for change, words in (
        ({"migrations": [*whole["migrations"], "bulk.0099_from_next_year"]}, "bulk.0099_from_next_year"),
        ({"engine": "postgresql"}, "a copy of postgresql"),
        ({"files": [whole["files"][0] | {"name": "../one/gateway-dash.sqlite3"}]}, "lies outside of the copy"),
    ):
        manifest.write_text(json.dumps(whole | change))
        assert words in other.refused("restore", str(tmp_path / "copy"))
    manifest.write_text("{")
    assert "cannot be read" in other.refused("restore", str(tmp_path / "copy"))
    manifest.unlink()
    assert "not finished" in other.refused("restore", str(tmp_path / "copy"))


def test_a_database_without_tables_is_not_copied(tmp_path):
    assert "nothing to copy" in Place(tmp_path / "one", "").refused("backup", str(tmp_path / "copy"))
    assert not (tmp_path / "copy").exists()
