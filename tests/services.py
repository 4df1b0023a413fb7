"""The servers of the tests: a PostgreSQL that TEST_DATABASE_URL names, a Valkey or Redis that TEST_CACHE_URL names.

Other people may use the same ones. Tests make databases of their own there and drop them, and write keys that begin
with a word of their own and remove those: nothing else on that server is touched.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
import redis
from django.core.cache.backends.redis import RedisCache

OURS = f"gateway_dash_tests_{secrets.token_hex(4)}"  # this process: two runs on one server know nothing of each other
REQUIRED = {"TEST_DATABASE_URL": "REQUIRE_POSTGRES", "TEST_CACHE_URL": "REQUIRE_CACHE"}


def database() -> str:
    """Address of the PostgreSQL, with the name of some database there; empty for SQLite."""
    found = os.environ.get("TEST_DATABASE_URL", "")
    return found if found.startswith("postgres") else ""


def cache() -> str:
    """Address of the Valkey or Redis; empty for files."""
    return os.environ.get("TEST_CACHE_URL", "")


def needed(name: str) -> str:
    """The address that this variable holds. Without one the test is skipped, or fails where it has to be there."""
    found = {"TEST_DATABASE_URL": database, "TEST_CACHE_URL": cache}[name]()
    if not found and os.environ.get(REQUIRED[name]) == "1":
        pytest.fail(f"{REQUIRED[name]}=1, and {name} names no such server.")
    return found or pytest.skip(f"{name} names no such server")


def address(name: str) -> str:
    """Of the database of this name on that PostgreSQL."""
    return urlsplit(database())._replace(path=f"/{name}").geturl()


@contextmanager
def named(environ: MutableMapping[str, str]) -> Iterator[None]:
    """The servers of the tests are those of the product while its settings are read; its processes know of none."""
    found = {"DATABASE_URL": database() and address(OURS), "CACHE_URL": cache()}
    environ.update({name: url for name, url in found.items() if url})
    yield
    for name in found:
        environ.pop(name, None)


def keep_apart(database: dict[str, Any], caches: dict[str, dict[str, Any]]) -> None:
    """These settings of Django share no database and no key with anybody."""
    if database["ENGINE"].endswith("postgresql"):
        database["TEST"] = {"NAME": OURS}
        # What a test commits is gone after it, power cut or not: nothing waits for the disk.
        database["OPTIONS"] = database["OPTIONS"] | {"options": "-c synchronous_commit=off"}
    for name, place in caches.items():
        if "redis" in place["BACKEND"]:
            place |= {"BACKEND": "tests.services.OwnKeys", "KEY_PREFIX": f"{OURS}-{name}"}


class OwnKeys(RedisCache):
    """Django's, whose `clear` would empty the whole server's number: this one takes what we have written."""

    def clear(self) -> None:
        forget(self._cache.get_client(write=True), self.key_prefix)


def forget(there: redis.Redis, prefix: str) -> None:
    """Remove all keys that begin so."""
    if keys := list(there.scan_iter(f"{prefix}*", count=1000)):
        there.delete(*keys)
