"""The tests on servers that others may use too: they see and remove nothing but what is theirs."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator

import pytest
import redis
from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache
from django.db import connection

from gateway_dash import places
from tests import services

ROOT = places.PACKAGE.parent


@pytest.fixture
def theirs() -> Iterator[tuple[redis.Redis, str]]:
    """A key that somebody else has written under the same number."""
    key = f"somebody-else-{secrets.token_hex(4)}"
    with redis.Redis.from_url(services.needed("TEST_CACHE_URL")) as there:
        there.set(key, "kept", ex=60)
        yield there, key
        there.delete(key)


@pytest.mark.parametrize("name", ["default", "ledger"])
def test_clearing_a_cache_takes_our_keys_and_nobody_elses(theirs: tuple[redis.Redis, str], name: str):
    there, key = theirs
    caches[name].clear()  # what other tests have left
    caches[name].set("word", 1, 60)
    assert isinstance(caches[name], RedisCache)
    assert len(list(there.scan_iter(f"{services.OURS}-{name}:*"))) == 1
    caches[name].clear()
    assert caches[name].get("word") is None
    assert there.get(key) == b"kept"


@pytest.mark.django_db
def test_the_database_on_a_server_is_one_of_our_own():
    services.needed("TEST_DATABASE_URL")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        [name] = cursor.fetchone()
    assert name.startswith(services.OURS)


@pytest.mark.django_db
def test_the_rest_of_a_test_sees_what_it_wrote_when_an_answer_is_closed_late(client, django_user_model):
    django_user_model.objects.create(username="kim")
    client.get("/healthz").close()
    assert django_user_model.objects.filter(username="kim").exists()


def test_processes_that_tests_start_know_nothing_of_these_servers():
    assert not {"DATABASE_URL", "CACHE_URL"} & set(os.environ)


def test_ci_runs_everything_on_servers_and_everything_without():
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    on_servers = next(line for line in lines if line.endswith("./run parallel"))
    for part in ("TEST_DATABASE_URL=", "TEST_CACHE_URL=", "REQUIRE_POSTGRES=1", "REQUIRE_CACHE=1"):
        assert part in on_servers
    assert "REQUIRE_BROWSER=1 make test" in lines
    assert "unset TEST_DATABASE_URL TEST_CACHE_URL" in lines
