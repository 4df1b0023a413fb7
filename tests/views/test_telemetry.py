"""Spans and errors that leave, to ports of this machine: they arrive, and hold nothing that was said."""

import logging

import httpx
import pytest
import sentry_sdk
from django.utils import timezone

from gateway_dash import upstream
from gateway_dash.bulk import chores, runner
from gateway_dash.bulk.kinds import KINDS
from gateway_dash.bulk.models import Job
from gateway_dash.gateway.client import GatewayClient, Token
from gateway_dash.gateway.service import Account
from gateway_dash.sandbox import ACCOUNT_ID, TOKENS
from gateway_dash.telemetry import sentry, spans
from tests.conftest import GATEWAY, LOGS
from tests.people import somebody
from tests.receivers import collector
from tests.telling import events_of, facts_of, spans_of, written
from tests.views import exports
from tests.views.conftest import Wire
from tests.views.reading import HTMX

pytestmark = pytest.mark.django_db
TOKEN = next(text for text, right in TOKENS.items() if right == "write")
SAID, SEARCHED, TENANT = "canary-prompt", "canary-search", "canary-tenant"
NEVER = [TOKEN, ACCOUNT_ID, SAID, SEARCHED, TENANT, "kim", "the-log", "filters", "sessionid", "csrf", "Cookie"]
TRACE = "0af7651916cd43dd8448eb211c80319c"


@pytest.fixture
def person(client, bare_store, sandbox, monkeypatch):
    """Signed in, over a token and before a log that must not be told of."""
    bare_store.add({"id": "the-log", "created_at": "2026-11-20T10:00:00.250Z", "provider": "openai",
                    "metadata": {"tenant": TENANT}, "request_body": SAID.encode()})  # fmt: skip
    wire = Wire(sandbox)
    made = GatewayClient(
        upstream.SANDBOX_URL, Token(TOKEN), transport=wire, seen=upstream.call_seen, sleep=lambda _seconds: None
    )
    account = Account(made, ACCOUNT_ID)
    monkeypatch.setattr(upstream, "account", lambda: account)
    client.force_login(somebody("kim", "Administrator"))
    client.raise_request_exception = False
    client.wire = wire
    return client


@pytest.fixture
def collected(monkeypatch):
    with collector() as there:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://{there.address}")
        spans.start()
        yield there
        spans.end()


@pytest.fixture
def errors():
    with collector() as there:
        handler = sentry.start(f"http://abc123@{there.address}/7", "gateway-dash@test")
        yield there
        sentry.end(handler)


def visit(person):
    """What a person does: reads, searches, opens, asks for what is not there, and breaks something."""
    person.get(LOGS + f"?search={SEARCHED}&metadata.tenant={TENANT}", headers=HTMX)
    person.get(LOGS + "the-log/")
    person.get(LOGS + "the-log/request/raw/")
    person.post(LOGS + "the-log/annotate/", {"feedback": "1", "metadata": SAID})
    person.get(f"/nope/{SAID}?{SEARCHED}")


def breaks(*_arguments):
    tenant = {"metadata": TENANT}
    raise ValueError(f"{SAID} {SEARCHED} {tenant} {TOKEN}")


def assert_nothing_was_said(whole):
    for never in NEVER:
        assert never.encode() not in whole, never


# --- OpenTelemetry


def test_a_request_is_a_span_and_its_calls_lie_within_it(person, collected):
    answer = person.get(LOGS + f"?search={SEARCHED}")
    spans.end()
    found = {span.name: span for span in spans_of(collected)}
    page = found["GET log-list"]
    call = next(span for span in spans_of(collected) if facts_of(span).get("url.template", "").endswith("/logs"))
    assert call.parent_span_id == page.span_id
    assert call.trace_id == page.trace_id
    assert page.start_time_unix_nano <= call.start_time_unix_nano <= call.end_time_unix_nano <= page.end_time_unix_nano
    facts = facts_of(page)
    assert facts.pop("gateway_dash.upstream_ms") > 0
    assert facts == {
        "http.request.method": "GET",
        "http.route": "/gateways/<gateway:gateway>/logs/",
        "http.response.status_code": 200,
        "gateway_dash.request_id": answer["X-Request-ID"],
        "gateway_dash.calls": len(person.wire.sent),
        "gateway_dash.gateway": GATEWAY,
    }
    assert facts_of(call) == {
        "http.request.method": "GET",
        "url.template": f"/accounts/{{account}}/ai-gateway/gateways/{GATEWAY}/logs",
        "gateway_dash.kind": "list",
        "http.request.resend_count": 0,
        "gateway_dash.ray": "",
        "http.response.status_code": 200,
    }


def test_no_span_says_what_logs_filters_or_people_say(person, collected, monkeypatch):
    visit(person)
    monkeypatch.setattr("gateway_dash.gateway.service.LogService.page", breaks)
    assert person.get(LOGS + f"?search={SEARCHED}").status_code == 500
    spans.end()
    found = spans_of(collected)
    assert len(found) > 8
    assert not any(span.events for span in found)
    assert [span.name for span in found if span.status.code == 2 and not span.name.startswith("upstream")]
    assert_nothing_was_said(collected.whole())


def test_an_error_that_goes_through_a_span_leaves_nothing_of_its_words_there(collected):
    with pytest.raises(ValueError, match=SAID), spans.around("INTERNAL", "job export"):
        breaks()
    spans.end()
    (span,) = spans_of(collected)
    assert (span.status.code, span.status.message, list(span.events)) == (2, "", [])
    assert_nothing_was_said(collected.whole())


def test_no_header_of_a_trace_is_sent_upstream(person, collected):
    person.get(LOGS)
    assert person.wire.sent
    for request in person.wire.sent:
        assert not {"traceparent", "tracestate", "baggage", "sentry-trace"} & set(request.headers)


def test_a_line_leads_to_its_trace(person, collected):
    with written() as lines:
        person.get(LOGS)
    spans.end()
    traces = {span.trace_id.hex() for span in spans_of(collected)}
    assert {line["trace_id"] for line in lines.of("gateway_dash.request") + lines.of("gateway_dash.upstream")} == traces


@pytest.mark.parametrize("is_trusted", [True, False])
def test_only_a_trusted_proxy_begins_a_trace(person, collected, monkeypatch, is_trusted):
    monkeypatch.setattr(upstream, "trusts_proxy", lambda: is_trusted)
    person.get(LOGS, headers={"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"})
    spans.end()
    assert {span.trace_id.hex() == TRACE for span in spans_of(collected)} == {is_trusted}


def test_a_trace_that_makes_no_sense_is_a_new_one(person, collected, monkeypatch):
    monkeypatch.setattr(upstream, "trusts_proxy", lambda: True)
    assert person.get(LOGS, headers={"traceparent": "nonsense"}).status_code == 200


def test_a_step_of_a_job_is_a_span_and_a_line_with_the_key_of_the_job(person, collected, bare_store):
    job = exports.begin("csv")
    with written() as lines:
        exports.finish(job)
    spans.end()
    steps = [span for span in spans_of(collected) if span.name == "job export"]
    calls = [span for span in spans_of(collected) if span.name.startswith("upstream")]
    assert {facts_of(span)["gateway_dash.job"] for span in steps} == {job.key}
    assert {span.parent_span_id for span in calls} <= {span.span_id for span in steps}
    assert calls
    assert len(lines.of("gateway_dash.job")) == len(steps)
    for line in lines.of("gateway_dash.job") + lines.of("gateway_dash.upstream"):
        assert (line["job"], "request_id" in line) == (job.key, False)
    assert_nothing_was_said(collected.whole())


def test_a_collector_that_is_away_costs_no_page(person, collected, monkeypatch):
    collected.got.clear()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    spans.start()
    assert person.get(LOGS).status_code == 200


# --- Sentry


def test_a_page_that_broke_is_an_event_with_the_id_and_the_frames(person, errors, monkeypatch):
    visit(person)
    monkeypatch.setattr("gateway_dash.gateway.service.LogService.page", breaks)
    answer = person.get(LOGS + f"?search={SEARCHED}", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 500
    sentry_sdk.flush(5)
    (event,) = events_of(errors)
    assert event["tags"] == {"request_id": answer["X-Request-ID"]}
    assert (event["logger"], event["level"]) == ("django.request", "error")
    assert event["message"] == f"Internal Server Error: {LOGS}"
    (value,) = event["exception"]["values"]
    assert (value["type"], value["value"]) == ("ValueError", "")
    assert value["stacktrace"]["frames"][-1]["function"] == "breaks"
    for frame in value["stacktrace"]["frames"]:
        assert set(frame) == {"filename", "lineno", "function", "in_app"}
    assert set(event) <= sentry.KEPT
    assert_nothing_was_said(errors.whole())


def test_what_people_do_wrong_and_what_the_upstream_does_is_no_event(person, errors):
    visit(person)
    person.wire.instead = lambda _request: httpx.Response(500)
    assert person.get(LOGS).status_code == 502
    sentry_sdk.flush(5)
    assert errors.got == []


def test_a_step_that_failed_is_an_event_with_the_key_of_the_job(person, errors, monkeypatch):
    job = exports.begin("csv")
    monkeypatch.setitem(KINDS, "export", type("Broken", (), {"step": staticmethod(breaks)}))
    Job.objects.filter(pk=job.pk).update(due_at=timezone.now())
    runner.advance(job.pk)
    sentry_sdk.flush(5)
    (event,) = events_of(errors)
    assert event["tags"] == {"job": job.key}
    assert event["exception"]["values"][0]["type"] == "ValueError"
    assert_nothing_was_said(errors.whole())


def test_a_chore_that_failed_says_whose_it_is(db, errors, monkeypatch):
    monkeypatch.setattr(chores, "_chores", [breaks])
    chores.do_all(timezone.now())
    sentry_sdk.flush(5)
    (event,) = events_of(errors)
    assert event["message"] == f"What is done now and then failed: {__name__}."


def test_whatever_a_scope_or_a_later_version_adds_is_not_sent(db, errors):
    sentry_sdk.set_user({"username": "kim"})
    sentry_sdk.set_context("log", {"said": SAID})
    sentry_sdk.set_extra("said", SAID)
    sentry_sdk.add_breadcrumb(message=SAID, data={"url": f"https://x/?filters={SEARCHED}"})
    try:
        logging.getLogger("gateway_dash.web").error("Broken.")
        sentry_sdk.flush(5)
    finally:
        sentry_sdk.get_isolation_scope().clear()
    (event,) = events_of(errors)
    assert set(event) <= sentry.KEPT
    assert_nothing_was_said(errors.whole())


def test_what_is_said_of_sending_is_not_sent(db, errors):
    for name in ("opentelemetry.exporter", "sentry_sdk.errors", "urllib3.connectionpool"):
        logging.getLogger(name).error("It could not be sent.")
    sentry_sdk.flush(5)
    assert errors.got == []
