"""`manage.py verify_deletion`: what it proves, and what it says where nothing can be proven."""

from dataclasses import replace
from io import StringIO
from urllib.parse import parse_qsl, urlencode

import httpx
import pytest
from django.core.management import CommandError, call_command

from gateway_dash import upstream
from gateway_dash.bulk import gates, verifying
from gateway_dash.bulk.models import DeletionGate, Job

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(verifying, "PAUSES_S", (0.0, 0.0))


@pytest.fixture
def real(monkeypatch, sandbox):
    """An account that is not the sandbox's, as far as the gates know."""
    monkeypatch.setattr(upstream, "is_sandbox", lambda: False)
    monkeypatch.setattr(upstream, "account_key", lambda: "5a9d8c0e7b1f")


def verify(*options, gateway="prod-edge"):
    out = StringIO()
    call_command("verify_deletion", gateway, *options, stdout=out)
    return out.getvalue()


def refused(*options, gateway="prod-edge"):
    with pytest.raises(CommandError) as caught:
        verify(*options, gateway=gateway)
    return str(caught.value)


def test_an_upstream_that_obeys_filters_is_verified(real, wire, store):
    before = store.ids()
    assert gates.gate_of("prod-edge").is_verified is False
    told = verify()
    assert "Read the oldest logs" in told
    assert "Sending a deletion of that id, with the limit 1." in told
    assert "Look 2 of 2: each of the" in told
    assert "Verified" in told
    assert gates.gate_of("prod-edge").why == ""
    assert gates.gate_of("staging").is_verified is False
    assert store.ids() == before
    assert [each["limit"] for each in wire.deletes] == ["1"]


def test_an_upstream_that_ignores_all_filters_is_locked_before_anything_is_sent(real, wire, sandbox, store):
    sandbox.options = replace(sandbox.options, ignore_filters=True)
    before = store.ids()
    words = refused()
    assert "the upstream ignores filters already there. No deletion was sent." in words
    assert wire.deletes == []
    assert store.ids() == before
    assert DeletionGate.objects.get(gateway="prod-edge").closed_at
    assert not DeletionGate.objects.get(gateway="prod-edge").verified_at


def test_an_upstream_that_ignores_the_filter_of_a_deletion_is_found_out_and_locked(real, wire, sandbox, store):
    inner = httpx.WSGITransport(app=sandbox)

    def drops(request):
        if request.method != "DELETE":
            return None
        kept = [(name, value) for name, value in parse_qsl(request.url.query.decode()) if name != "filters"]
        url = request.url.copy_with(query=urlencode(kept).encode())
        answer = inner.handle_request(httpx.Request("DELETE", url, headers=request.headers))
        return httpx.Response(answer.status_code, content=answer.read())

    wire.instead = drops
    before = store.ids()
    words = refused()
    assert "afterwards logs were gone: the upstream ignores filters. Gone: " in words
    assert "Deletion is locked for this gateway." in words
    lost = set(before) - set(store.ids())
    assert len(lost) == 1  # the limit held
    assert lost.pop() in words
    gate = DeletionGate.objects.get(gateway="prod-edge")
    assert gate.closed_by == "manage.py verify_deletion"
    assert gate.verified_at is None


def test_a_gateway_that_was_locked_is_unlocked_by_a_proof(real, wire):
    gates.close("prod-edge", "job 1", "filters were ignored")
    verify()
    assert gates.gate_of("prod-edge").why == ""


def test_deletion_that_is_off_sends_nothing(real, wire, monkeypatch):
    monkeypatch.setattr(upstream, "deletion_is_on", lambda: False)
    assert "Set GATEWAY_DASH_DELETION=on, then run this again." in refused()
    assert wire.sent == []


def test_a_gateway_that_is_not_there_is_said_so(real, wire):
    assert "This account has no gateway “nope”." in refused(gateway="nope")
    assert wire.deletes == []


def test_a_token_without_the_right_is_said_so(real, with_token):
    with_token("read")
    words = refused()
    assert "Nothing was deleted." in words
    assert "AI Gateway" in words
    assert not DeletionGate.objects.filter(verified_at__isnull=False).exists()


def test_an_empty_gateway_proves_nothing_and_can_be_accepted(real, wire, bare_store):
    assert "This gateway is empty, so nothing can be proven" in refused()
    assert gates.gate_of("prod-edge").is_verified is False
    assert "Nothing was proven, and it is taken as verified, as you asked." in verify("--accept-empty")
    assert gates.gate_of("prod-edge").why == ""
    assert wire.deletes == []


def test_an_answer_that_is_lost_proves_nothing(real, wire):
    wire.instead = lambda request: httpx.Response(502) if request.method == "DELETE" else None
    assert "whether filters hold is not proven. Run this again later." in refused()
    assert gates.gate_of("prod-edge").is_verified is False
    assert len(wire.deletes) == 1


def test_it_waits_for_a_deletion_that_is_at_work(real, wire):
    job = Job.objects.create(account="5a9d8c0e7b1f", gateway="prod-edge", kind="delete", title="t", phase="delete")
    gates.enter(job)
    assert f"The job {job.key} is deleting there now" in refused()
    assert wire.deletes == []


def test_an_outage_is_said_in_words(real, wire):
    wire.instead = lambda _request: httpx.Response(502)
    assert refused().startswith("Not verified. The upstream")
