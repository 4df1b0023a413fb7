"""/gateways/<gateway>/logs/delete/ and /gateways/<gateway>/logs/delete/check/"""

import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from django.conf import settings
from django.core import signing
from django.test import Client

from gateway_dash.bulk.views import SALT
from tests.conftest import LOGS
from tests.views.reading import fields, parse

pytestmark = pytest.mark.django_db

PREVIEW, URL, CHECK = LOGS + "delete/preview/", LOGS + "delete/", LOGS + "delete/check/"


@pytest.fixture
def logs(bare_store):
    start = datetime.now(UTC) - timedelta(hours=5)
    for number in range(130):
        at = (start + timedelta(seconds=number)).isoformat()
        bare_store.add({"id": f"m-{number:04}", "created_at": at, "provider": "mistral" if number >= 10 else "groq"})
    return bare_store


def names(start, end):
    return [f"m-{number:04}" for number in range(start, end)]


def confirm_form(answer):
    return fields(parse(answer).one("form", action=URL))


def ticked(person, ids):
    return confirm_form(person.post(PREVIEW, {"id": ids}))


def facts(answer):
    found = {each.one("dt").text: each.one("dd").text for each in parse(answer).one("dl", class_="strip").all("div")}
    return {name: int(value.split()[0]) for name, value in found.items()}


def assert_safe_on_the_wire(wire):
    """The one thing that must never happen: a DELETE that the API could read as "everything"."""
    for sent in wire.deletes:
        assert set(sent) == {"filters", "limit", "order_by", "order_by_direction"}
        [condition] = json.loads(sent["filters"])
        assert (condition["key"], condition["operator"]) == ("id", "eq")
        assert 0 < len(condition["value"]) <= 50
        assert sent["limit"] == str(len(condition["value"]))
    for request in wire.sent:
        if request.method == "DELETE":
            assert request.content == b""
            assert request.url.path.endswith("/gateways/prod-edge/logs")


# --- deleting


def test_exactly_the_previewed_logs_go(person, logs, wire):
    form = ticked(person, ["m-0003", "m-0100"])
    answer = person.post(URL, form)
    assert answer.status_code == 200
    assert parse(answer).one("h1").text == "2 logs deleted, and verified gone"
    assert facts(answer) == {"Asked": 2, "Gone": 2, "Gone before": 0, "Still there": 0, "Not known": 0}
    assert set(logs.ids()) == set(names(0, 130)) - {"m-0003", "m-0100"}
    assert_safe_on_the_wire(wire)


def test_what_a_small_deletion_costs(person, logs, wire):
    form = ticked(person, ["m-0100"])
    wire.forget()
    person.post(URL, form)
    # The probe between three looks, then one batch: read, delete, read.
    assert [each.split()[0] for each in wire.calls] == ["GET", "GET", "DELETE", "GET", "GET", "DELETE", "GET"]


def test_the_probe_comes_first_and_names_a_log_that_nobody_has(person, logs, wire):
    person.post(URL, ticked(person, ["m-0100"]))
    probe, batch = (json.loads(sent["filters"])[0]["value"] for sent in wire.deletes)
    assert probe != batch == ["m-0100"]
    assert len(probe) == 1
    assert probe[0] not in names(0, 130)


def test_all_that_match_go_in_batches_of_fifty(person, logs, wire):
    preview = person.post(PREVIEW + "?provider=mistral", {"everything": "1"})
    answer = person.post(URL, confirm_form(preview) | {"phrase": ["delete 120"]})
    assert parse(answer).one("h1").text == "120 logs deleted, and verified gone"
    assert [len(json.loads(sent["filters"])[0]["value"]) for sent in wire.deletes] == [1, 50, 50, 20]
    assert logs.ids() == names(0, 10)
    assert_safe_on_the_wire(wire)
    assert parse(answer).links()["Back to the list"] == LOGS + "?provider=mistral"


def test_logs_that_arrive_after_the_preview_are_kept(person, logs):
    preview = person.post(PREVIEW + "?provider=mistral", {"everything": "1"})
    logs.add({"id": "late", "provider": "mistral"})
    person.post(URL, confirm_form(preview) | {"phrase": ["delete 120"]})
    assert logs.get("late")
    assert logs.ids() == [*names(0, 10), "late"]


def test_to_send_the_form_twice_does_no_harm(person, logs, wire):
    form = ticked(person, ["m-0100", "m-0101"])
    person.post(URL, form)
    again = person.post(URL, form)
    assert again.status_code == 200
    assert facts(again) == {"Asked": 2, "Gone": 0, "Gone before": 2, "Still there": 0, "Not known": 0}
    assert logs.count() == 128
    assert_safe_on_the_wire(wire)


def test_a_log_that_somebody_else_deleted_is_counted_apart(person, logs):
    form = ticked(person, ["m-0100", "m-0101"])
    logs.delete(["m-0101"])
    assert facts(person.post(URL, form)) == {
        "Asked": 2,
        "Gone": 1,
        "Gone before": 1,
        "Still there": 0,
        "Not known": 0,
    }


# --- the phrase


@pytest.mark.parametrize("phrase", [None, "", "delete", "delete 20", "delete 211", "DELETE 21", "21", "dеlete 21"])
def test_without_the_phrase_nothing_goes(person, logs, wire, phrase):
    form = ticked(person, names(0, 21))
    wire.forget()
    answer = person.post(URL, form | ({} if phrase is None else {"phrase": [phrase]}))
    assert answer.status_code == 422
    assert "Nothing was deleted" in answer.text
    assert wire.sent == []
    assert logs.count() == 130


def test_with_the_phrase_they_go(person, logs):
    person.post(URL, ticked(person, names(0, 21)) | {"phrase": [" delete 21 "]})
    assert logs.count() == 109


# --- the ticket


@pytest.mark.parametrize("ticket", [None, "", "x", "a:b:c", "eyJ9:1:2", "\x00", "x" * 100_000])
def test_a_ticket_that_is_not_ours_deletes_nothing(person, logs, wire, ticket):
    answer = person.post(URL, {} if ticket is None else {"ticket": ticket})
    assert answer.status_code == 422
    assert "not a preview of this dashboard" in answer.text
    assert wire.sent == []


def test_a_ticket_that_was_changed_deletes_nothing(person, logs, wire):
    [ticket] = ticked(person, ["m-0100"])["ticket"]
    wire.forget()
    for changed in (ticket[:-1], ticket + "x", ticket[1:], ticket.swapcase(), ticket.replace(":", "::", 1)):
        assert person.post(URL, {"ticket": changed}).status_code == 422
    assert wire.sent == []


def test_a_ticket_of_an_older_release_is_not_read_as_a_new_one(person, logs, wire):
    held = [person.session["_auth_user_id"], "prod-edge", "", "", *names(100, 110)]
    assert person.post(URL, {"ticket": signing.dumps(held, salt="delete", compress=True)}).status_code == 422
    assert wire.sent == []


@pytest.mark.parametrize(
    "held", [[], "text", 7, None, {"a": 1}, ["1"], ["1", "prod-edge", "", "", "", ""], [[], [], [], [], [], []]]
)
def test_what_is_signed_but_no_preview_deletes_nothing(person, logs, wire, held):
    ticket = signing.dumps(held, salt=SALT, compress=True)
    assert person.post(URL, {"ticket": ticket}).status_code == 422
    assert wire.sent == []


def test_what_is_signed_for_something_else_is_no_ticket(person, logs, wire):
    held = [person.session["_auth_user_id"], "prod-edge", "", "", "m-0100"]
    assert person.post(URL, {"ticket": signing.dumps(held, salt="session")}).status_code == 422
    assert wire.sent == []


def test_the_ticket_of_another_person_deletes_nothing(person, logs, wire, django_user_model):
    form = ticked(person, ["m-0100"])
    other = Client()
    other.force_login(django_user_model.objects.create_user("lee"))
    wire.forget()
    answer = other.post(URL, form)
    assert answer.status_code == 422
    assert "somebody else" in answer.text
    assert wire.sent == []


def test_the_ticket_of_another_gateway_deletes_nothing(person, logs, wire):
    logs.add({"gateway_id": "staging", "id": "twin"})
    form = ticked(person, ["m-0100"])
    wire.forget()
    answer = person.post("/gateways/staging/logs/delete/", form)
    assert answer.status_code == 422
    assert wire.sent == []


def test_an_old_ticket_deletes_nothing(person, logs, wire, monkeypatch):
    form = ticked(person, ["m-0100"])
    wire.forget()
    later = time.time() + 15 * 60 + 1
    monkeypatch.setattr(time, "time", lambda: later)
    answer = person.post(URL, form)
    assert answer.status_code == 422
    assert "older than 15 minutes" in answer.text
    assert wire.sent == []


def test_a_ticket_says_nothing_of_the_query_to_the_next_address(person, logs):
    form = confirm_form(person.post(PREVIEW + "?metadata.user=secret-person", {"id": ["m-0100"]}))
    answer = person.post(URL, form)
    assert parse(answer).links()["Back to the list"] == LOGS + "?metadata.user=secret-person"


# --- when the upstream misbehaves


def test_an_upstream_that_ignores_filters_is_sent_no_deletion_at_all(person, logs, sandbox, wire, no_pauses):
    form = ticked(person, ["m-0100", "m-0101"])
    wire.forget()
    sandbox.options = replace(sandbox.options, ignore_filters=True)
    answer = person.post(URL, form)
    assert answer.status_code == 502
    assert wire.deletes == []
    assert logs.count() == 130


def test_a_delete_that_ignores_filters_while_lists_apply_them_is_halted_by_the_probe(person, logs, wire, no_pauses):
    form = ticked(person, ["m-0100", "m-0101"])
    wire.forget()

    def ignoring(request):
        if request.method != "DELETE":
            return None
        bare = httpx.Request("DELETE", request.url.copy_remove_param("filters"), headers=request.headers)
        return wire._inner.handle_request(bare)

    wire.instead = ignoring
    answer = person.post(URL, form)
    assert answer.status_code == 502
    assert "the upstream may ignore filters" in answer.text
    assert len(wire.deletes) == 1  # the probe: it can cost one log, and never more
    assert logs.count() == 129
    assert logs.get("m-0100")
    assert_safe_on_the_wire(wire)


def lost(request):
    raise httpx.ReadTimeout("no answer", request=request)


def second_delete(wire, answer, *, arrives):
    """The probe passes; the answer to the real deletion does not, though it may have happened."""

    def instead(request):
        if request.method != "DELETE" or len(wire.deletes) < 2:
            return None
        if arrives:
            wire._inner.handle_request(request)
        return answer(request)

    return instead


FAILURES = {
    "500": lambda _request: httpx.Response(500, json={"success": False, "errors": []}),
    "html": lambda _request: httpx.Response(502, text="<html>Bad gateway</html>"),
    "timeout": lost,
    "not json": lambda _request: httpx.Response(200, text="fine"),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_logs_that_went_are_gone_whatever_was_answered(person, logs, wire, no_pauses, failure):
    form = ticked(person, ["m-0100", "m-0101"])
    wire.forget()
    wire.instead = second_delete(wire, FAILURES[failure], arrives=True)
    answer = person.post(URL, form)
    assert parse(answer).one("h1").text == "2 logs deleted, and verified gone"
    assert len(wire.deletes) == 2


@pytest.mark.parametrize("failure", FAILURES)
def test_logs_that_did_not_go_are_still_there_and_nothing_is_sent_again(person, logs, wire, no_pauses, failure):
    form = ticked(person, names(0, 60)) | {"phrase": ["delete 60"]}
    wire.forget()
    wire.instead = second_delete(wire, FAILURES[failure], arrives=False)
    answer = person.post(URL, form)
    assert answer.status_code == 200
    assert len(wire.deletes) == 2
    assert facts(answer) == {"Asked": 60, "Gone": 0, "Gone before": 0, "Still there": 50, "Not known": 10}
    assert "0 logs verified gone, 60 not" in parse(answer).one("h1").text
    assert "It stopped:" in parse(answer).text
    assert logs.count() == 130


def test_logs_that_cannot_be_read_again_are_called_unknown(person, logs, wire, no_pauses):
    form = ticked(person, ["m-0100"])
    wire.forget()
    wire.instead = lambda request: httpx.Response(500) if request.method == "GET" and len(wire.deletes) == 2 else None
    answer = person.post(URL, form)
    assert facts(answer)["Not known"] == 1
    assert "verified gone, 1 not" in parse(answer).one("h1").text


def test_a_late_upstream_is_looked_at_again_and_called_still_there(person, logs, sandbox, wire, no_pauses):
    form = ticked(person, ["m-0100"])
    sandbox.options = replace(sandbox.options, delete_lag_s=3600)
    answer = person.post(URL, form)
    assert facts(answer)["Still there"] == 1
    assert "It may only be late" in answer.text


def test_a_token_that_may_only_read_is_named(person, logs, with_token):
    with_token("read")
    form = ticked(person, ["m-0100"])
    answer = person.post(URL, form)
    assert answer.status_code == 502
    assert "AI Gateway - Edit" in answer.text
    assert logs.count() == 130


def test_a_spent_budget_stops_it(person, logs, wire):
    form = ticked(person, ["m-0100"])
    wire.instead = lambda _request: httpx.Response(429, headers={"Retry-After": "60"})
    answer = person.post(URL, form)
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert logs.count() == 130


# --- looking again


@pytest.fixture
def left(person, logs, sandbox, no_pauses):
    """A result page on which one log is still there."""
    form = ticked(person, ["m-0100"])
    options = sandbox.options
    sandbox.options = replace(options, delete_lag_s=3600)
    answer = person.post(URL, form)
    sandbox.options = options
    return fields(parse(answer).one("form", action=CHECK))


def test_looking_again_reads_and_deletes_nothing(person, logs, left, wire):
    answer = person.post(CHECK, left)
    assert answer.status_code == 200
    assert facts(answer)["Still there"] == 1
    assert wire.calls == ["GET /prod-edge/logs"]
    logs.delete(["m-0100"])
    answer = person.post(CHECK, left)
    assert facts(answer)["Still there"] == 0
    assert facts(answer)["Gone"] == 1


def test_looking_again_while_the_upstream_fails_claims_nothing(person, left, wire):
    wire.instead = lambda _request: httpx.Response(500)
    answer = person.post(CHECK, left)
    assert facts(answer)["Gone"] == 0
    assert facts(answer)["Not known"] == 1


@pytest.mark.parametrize("ticket", ["", "x", "a:b:c"])
def test_looking_again_needs_the_ticket_too(person, wire, ticket):
    assert person.post(CHECK, {"ticket": ticket}).status_code == 422
    assert wire.sent == []


# --- who may


def test_deletion_that_is_off_is_refused_and_nothing_is_sent(person, logs, wire, monkeypatch):
    form = ticked(person, ["m-0100"])
    wire.forget()
    monkeypatch.setattr(settings, "ENVIRONMENT", replace(settings.ENVIRONMENT, deletion=False))
    answer = person.post(URL, form)
    assert answer.status_code == 422
    assert wire.sent == []
    assert logs.count() == 130


@pytest.mark.parametrize("url", [URL, CHECK])
def test_only_post_is_answered(person, wire, url):
    assert person.get(url).status_code == 405
    assert person.get(url, {"ticket": "x"}).status_code == 405
    assert wire.sent == []
