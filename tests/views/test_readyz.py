"""/readyz"""

import pytest
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.test import override_settings

from gateway_dash import upstream
from gateway_dash.web import health, kept
from tests.views.breaking import failing
from tests.views.reading import HTMX

URL = "/readyz"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def first_look(monkeypatch):
    """As in a process that has just started."""
    monkeypatch.setattr(health, "_migrated", [False])


def test_all_is_well_and_the_upstream_is_not_asked(client, wire):
    answer = client.get(URL)
    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True,
        "database": "ok",
        "migrations": "ok",
        "cache": "ok",
        "upstream": "nothing is known against it",
    }
    assert wire.sent == []


def test_a_database_that_is_away_takes_the_process_out(client, wire, monkeypatch):
    def away(*_):
        raise OperationalError("canary-password in the words of the driver")

    closed = []
    monkeypatch.setattr(connection, "cursor", away)
    monkeypatch.setattr(connection, "close", lambda: closed.append(1))
    answer = client.get(URL)
    assert answer.status_code == 503
    assert (answer.json()["ready"], answer.json()["database"]) == (False, "away")
    assert "canary" not in answer.text
    assert closed


def test_migrations_that_are_not_done_take_it_out_and_are_looked_for_until_they_are(client, wire, monkeypatch):
    plan = [("a migration", False)]
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda *_: plan)
    answer = client.get(URL)
    assert answer.status_code == 503
    assert "migrate" in answer.json()["migrations"]
    plan.clear()
    assert client.get(URL).status_code == 200
    plan.append(("a migration", False))
    assert client.get(URL).status_code == 200  # once done, they are done


def test_a_cache_that_is_away_is_told_and_takes_nothing_out(client, wire):
    away = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:9/0"}
    with override_settings(CACHES={"default": away, "ledger": away}):
        answer = client.get(URL)
    assert answer.status_code == 200
    assert answer.json()["cache"] == "away: the pages go on without it"
    assert kept.answers()


def test_an_upstream_that_blocks_us_is_told_and_takes_nothing_out(client, wire):
    upstream.account().client.budget.ledger.block(100)
    answer = client.get(URL)
    assert answer.status_code == 200
    assert "takes no calls for" in answer.json()["upstream"]


def test_an_upstream_that_fails_is_told_and_takes_nothing_out(client, wire):
    failing(upstream.account().client)
    answer = client.get(URL)
    assert answer.status_code == 200
    assert "most calls of this process failed: asked again in" in answer.json()["upstream"]
    assert wire.sent == []


def test_it_needs_no_login_sets_no_cookie_and_changes_nothing(client, wire):
    answer = client.get(URL, headers=HTMX)
    assert not answer.cookies
    assert client.post(URL).status_code == 405
