"""The cache that workers share: it outlives a process, forgets in time, and never takes a page down."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import caches
from django.test import override_settings

from gateway_dash import places
from gateway_dash.logs import seen
from gateway_dash.web import kept
from gateway_dash.web.kept import SharedFiles
from tests.assertions import settings_with
from tests.conftest import LOGS

PLACE = settings.ENVIRONMENT.data_dir / "cache"


@pytest.fixture(autouse=True)
def in_files():
    """As without CACHE_URL, wherever the other tests keep things."""
    place = {"BACKEND": "gateway_dash.web.kept.SharedFiles", "LOCATION": PLACE}
    with override_settings(CACHES={"default": place, "ledger": place}):
        caches["default"].clear()
        yield


def files():
    return sorted(PLACE.iterdir())


def test_another_process_finds_what_this_one_kept():
    kept.put("word", {"provider": ["openai"]}, 60)
    code = (
        "import django; from django.conf import settings;"
        f"settings.configure(CACHES={{'default': {{'BACKEND': 'gateway_dash.web.kept.SharedFiles',"
        f" 'LOCATION': {str(PLACE)!r}}}}}); django.setup();"
        "from gateway_dash.web import kept; print(kept.get('word'))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "{'provider': ['openai']}"


def test_only_the_owner_may_read_it():
    kept.put("word", 1, 60)
    assert stat.S_IMODE(PLACE.stat().st_mode) == 0o700
    assert [stat.S_IMODE(each.stat().st_mode) for each in files()] == [0o600]


def test_it_lies_beside_the_database_where_no_file_is_served_from(monkeypatch, tmp_path):
    product = settings_with(monkeypatch, tmp_path)
    place = product["CACHES"]["default"]
    assert place["BACKEND"] == "gateway_dash.web.kept.SharedFiles"
    assert place["LOCATION"] == Path(product["DATABASES"]["default"]["NAME"]).parent / "cache"
    assert not place["LOCATION"].is_relative_to(product["STATIC_ROOT"])


def test_what_is_over_what_is_broken_and_what_was_left_half_written_goes_with_the_next_write(monkeypatch):
    kept.put("over", 1, 60)
    [over] = files()
    clock = time.time() + 3600
    broken, half, fresh = PLACE / "b.djcache", PLACE / "tmpold", PLACE / "tmpnew"
    for each in (broken, half, fresh):
        each.write_bytes(b"not a pickle")
    monkeypatch.setattr(time, "time", lambda: clock)
    os.utime(fresh, (clock, clock))
    monkeypatch.setattr(SharedFiles, "_swept", {})
    kept.put("new", 2, 60)
    assert over not in files()
    assert broken not in files()
    assert half not in files()
    assert fresh in files()
    assert kept.get("new") == 2
    fresh.unlink()


def break_files():
    for each in files():
        each.write_bytes(b"\x80broken")


def test_a_broken_file_is_a_value_that_is_not_there(caplog):
    kept.put("word", 1, 60)
    break_files()
    assert kept.get("word") is None
    assert kept.agreed("word", 7, 60) == 7
    assert caplog.messages
    assert all(each.startswith("The cache could not be") for each in caplog.messages)


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["", "?provider=openai&open=facets&count=provider", "?open=histogram&since=24h"])
def test_a_cache_that_cannot_be_used_takes_no_list_down(person, monkeypatch, query):
    def fails(*_arguments, **_options):
        raise PermissionError("read-only")

    for name in ("get", "set", "add", "get_or_set"):
        monkeypatch.setattr(SharedFiles, name, fails)
    answer = person.get(LOGS + query)
    assert answer.status_code == 200
    assert "data-log-id" in answer.text
    assert person.get(LOGS + "complete/?word=pro").status_code == 200
    assert person.get("/palette.json").status_code == 200


@pytest.mark.django_db
def test_values_seen_outlive_the_process_and_belong_to_the_account(person, monkeypatch):
    person.get(LOGS)
    del caches["default"]  # a new process has a new object
    assert "openai" in seen.known("prod-edge")["provider"]
    monkeypatch.setattr("gateway_dash.upstream.account_name", lambda: "abcdef01")
    assert seen.known("prod-edge") == {}


def test_nothing_else_uses_the_cache_unguarded():
    """Django's own cache object is imported in one place."""
    package = places.PACKAGE
    found = [each for each in package.rglob("*.py") if "django.core.cache import cache" in each.read_text("utf-8")]
    assert [each.name for each in found] == ["kept.py"]
