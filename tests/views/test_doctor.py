"""`manage.py doctor`: what works, what does not, and what to do about it."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from io import StringIO

import httpx
import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from gateway_dash.gateway.limits import CallBudget
from gateway_dash.web import health
from tests.views.conftest import WRITE

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def first_look(monkeypatch, settings, tmp_path):
    monkeypatch.setattr(health, "_migrated", [False])
    settings.STORAGES = settings.STORAGES | {"archives": {"BACKEND": "django.core.files.storage.FileSystemStorage",
                                       "OPTIONS": {"location": str(tmp_path / "archives")}}}  # fmt: skip


def doctor(*options):
    """The exit code, and how each thing is: its sign and words by its name."""
    out = StringIO()
    try:
        call_command("doctor", *options, stdout=out)
    except CommandError as error:
        return str(error), lines(out)
    return "", lines(out)


def lines(out):
    found = {}
    for line in out.getvalue().splitlines():
        sign, _, rest = line.partition(" ")
        what, _, words = rest.partition(": ")
        found[what] = (sign, words)
    return found


def test_all_is_well_in_the_sandbox_and_nothing_is_written_upstream(wire):
    bad, told = doctor()
    assert bad == ""
    assert {sign for sign, _ in told.values()} == {"ok", "--"}
    assert {"database", "migrations", "cache", "archive", "token", "gateway prod-edge", "gateway staging"} <= set(told)
    assert all(call.startswith("GET ") for call in wire.calls)
    assert WRITE not in str(told)


def test_nothing_is_left_in_the_archive(wire, tmp_path):
    doctor()
    assert list((tmp_path / "archives").iterdir()) == []


def test_the_right_to_edit_is_tried_on_a_log_that_does_not_exist(wire, store, with_token):
    before = {each: store.get(each) for each in store.ids()}
    _bad, told = doctor("--edit")
    assert told["editing prod-edge"] == ("ok", "allowed")
    assert any(call.startswith("PATCH ") for call in wire.calls)
    with_token("read")
    bad, told = doctor("--edit")
    sign, words = told["editing prod-edge"]
    assert sign == "!!"
    assert "AI Gateway - Edit" in words
    assert bad
    assert {each: store.get(each) for each in store.ids()} == before


def test_an_account_without_any_log_hears_where_they_may_be(wire, bare_store):
    bad, told = doctor()
    assert bad == "1 thing to see to."
    assert "Workers Observability" in told["logs"][1]


@pytest.mark.parametrize("status", [401, 403, 429, 500])
def test_a_token_that_is_refused_is_said_without_its_text(wire, status):
    refusal = {"success": False, "errors": [{"code": 10000, "message": "no"}], "result": None}
    wire.instead = lambda _request: httpx.Response(status, json=refusal)
    bad, told = doctor()
    assert told["token"][0] == "!!"
    assert bad
    assert WRITE not in str(told)


def test_a_gateway_that_cannot_be_read_leaves_the_others(wire):
    wire.instead = lambda request: httpx.Response(500) if "/staging/logs" in request.url.path else None
    bad, told = doctor()
    assert bad == "1 thing to see to."
    assert told["gateway staging"][0] == "!!"
    assert told["gateway prod-edge"][0] == "ok"


@pytest.mark.parametrize(("minutes", "sign"), [(0, "ok"), (2, "!!"), (-2, "!!")])
def test_a_clock_that_is_wrong_is_said(wire, minutes, sign):
    date = format_datetime(datetime.now(UTC) + timedelta(minutes=minutes), usegmt=True)
    verified = {"success": True, "errors": [], "messages": [], "result": {"id": "t", "status": "active"}}

    def dated(request):
        if request.url.path.endswith("/gateways"):
            return httpx.Response(200, json=verified | {"result": []}, headers={"Date": date})
        return httpx.Response(200, json=verified, headers={"Date": date})

    wire.instead = dated
    _bad, told = doctor()
    assert told["clock"][0] == sign
    assert told["gateways"][0] == "!!"


def test_a_date_that_is_none_is_no_clock():
    budget = CallBudget()
    for date in ("", "soon", "Thu, 99 Foo 2026 00:00:00 GMT"):
        budget.read({"date": date})
    assert budget.behind_s is None


def test_a_token_that_ends_soon_is_said(wire):
    ends = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    answer = {
        "success": True,
        "errors": [],
        "messages": [],
        "result": {"id": "t", "status": "active", "expires_on": ends},
    }
    wire.instead = lambda request: httpx.Response(200, json=answer) if "verify" in request.url.path else None
    _bad, told = doctor()
    assert told["token"][0] == "!!"
    assert "make another one" in told["token"][1]


def test_a_cache_and_an_archive_that_are_away_are_said_without_their_addresses(wire, settings):
    away = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://:canary@127.0.0.1:9/0"}
    settings.STORAGES = settings.STORAGES | {"archives": {"BACKEND": "django.core.files.storage.FileSystemStorage",
                                       "OPTIONS": {"location": "/proc/canary"}}}  # fmt: skip
    with override_settings(CACHES={"default": away, "ledger": away}):
        bad, told = doctor()
    assert bad == "2 things to see to."
    assert (told["cache"][0], told["archive"][0]) == ("!!", "!!")
    assert "canary" not in str(told)
