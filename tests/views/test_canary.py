"""A token and a payload that are looked for everywhere, once an address was asked for: they stand where they belong."""

import logging

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client

from gateway_dash import upstream
from gateway_dash.gateway.client import GatewayClient, Token
from gateway_dash.gateway.service import Account
from gateway_dash.sandbox import ACCOUNT_ID, TOKENS
from gateway_dash.team.actions import Action
from gateway_dash.telemetry import sentry, spans
from gateway_dash.telemetry.lines import JsonLines
from tests.people import somebody
from tests.receivers import collector
from tests.telling import spans_of
from tests.views.conftest import Wire
from tests.views.crawl import EXAMPLES, ask, data
from tests.views.test_rights import DOORS

pytestmark = pytest.mark.django_db

PAYLOAD = "canary-payload-7f3a91"
TOKEN = next(text for text, right in TOKENS.items() if right == "write")  # what the upstream takes: it is sent for real
SHOWS_PAYLOADS = {"share-link", "link-preview"}  # masked or not, what was said is what they are for
# Pages that are for who may see, and show more to who may read, as this person may.
FOR_READERS = {"log-detail", "log-place", "log-peek", "job-file", "review-log", "log-annotate", "api-log"}
LEAVES = {"logout", "session-end", "session-end-others", "account-password", "demo-sign-in", "person-switch"}


@pytest.fixture
def person(bare_store, sandbox, monkeypatch):
    """An administrator, over a token that must not be seen, before logs whose bodies must not be seen everywhere."""
    for log_id in ("one", "two"):
        bodies = dict.fromkeys("ab", f'{{"messages": [{{"role": "user", "content": "{PAYLOAD}, kim@example.org"}}]}}')
        bare_store.add({"id": log_id, "created_at": "2026-11-20T10:00:00.250Z", "provider": "openai",
                        "request_body": bodies["a"].encode(), "response_body": bodies["b"].encode()})  # fmt: skip
    client = GatewayClient(upstream.SANDBOX_URL, Token(TOKEN), transport=Wire(sandbox), sleep=lambda _seconds: None,
                           seen=upstream.call_seen)  # fmt: skip
    account = Account(client, ACCOUNT_ID)
    monkeypatch.setattr(upstream, "account", lambda: account)
    found = Client()
    found.force_login(somebody("kim", "Administrator"))
    return found


def columns():
    """Every value of every row of every table, with its place."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed:
            for row in model._default_manager.values():
                for name, value in row.items():
                    yield f"{model._meta.label}.{name}", str(value)


def may_show_payloads(name):
    door = DOORS[name]
    is_for_readers = isinstance(door, tuple) and bool({Action.READ, Action.REVEAL} & set(door))
    return is_for_readers or name in FOR_READERS | SHOWS_PAYLOADS


@pytest.mark.parametrize("name", sorted(set(EXAMPLES) - LEAVES))
def test_neither_stands_in_an_answer_a_log_line_or_a_table_where_it_does_not_belong(person, caplog, name):
    caplog.set_level(logging.DEBUG)
    sent = data(person, name)
    for headers in ({}, {"HX-Request": "true"}):
        answer = ask(person, name, sent, headers=headers)
        told = f"{answer.headers}{answer.content.decode('utf-8', 'replace')}"
        assert TOKEN not in told
        assert may_show_payloads(name) or PAYLOAD not in told
    lines = [
        JsonLines().format(record) for record in caplog.records if record.name.startswith(("gateway_dash", "django"))
    ]
    for place, value in [*columns(), *(("log line", line) for line in lines)]:
        assert TOKEN not in value, place
        assert PAYLOAD not in value, place


def test_neither_leaves_by_a_span_or_an_error_whatever_address_was_asked_for(person, monkeypatch):
    person.raise_request_exception = False
    with collector() as there, collector() as errors:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://{there.address}")
        spans.start()
        handler = sentry.start(f"http://abc123@{errors.address}/7", "gateway-dash@test")
        try:
            for name in sorted(set(EXAMPLES) - LEAVES):
                before = transaction.savepoint_create()  # each begins with nothing that another made
                ask(person, name, data(person, name))
                transaction.savepoint_rollback(before)
        finally:
            spans.end()
            sentry.end(handler)
        routes = {span.name.partition(" ")[2] for span in spans_of(there)}
        assert set(EXAMPLES) - LEAVES <= routes
        for told in (there.whole(), errors.whole()):
            assert TOKEN.encode() not in told
            assert PAYLOAD.encode() not in told


def test_the_payload_is_there_to_be_found(person):
    assert PAYLOAD in ask(person, "log-raw").content.decode()
    assert not may_show_payloads("log-list")
