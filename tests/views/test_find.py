"""/find/"""

from dataclasses import replace

import httpx
import pytest

from tests.conftest import LOGS
from tests.views.reading import parse

pytestmark = pytest.mark.django_db

URL = "/find/"


def test_a_pasted_id_leads_to_its_log_in_whichever_gateway(person, store, wire):
    store.add({"gateway_id": "staging", "id": "here-1"})
    answer = person.get(URL, {"id": "  here-1\n"})
    assert (answer.status_code, answer["Location"]) == (302, "/gateways/staging/logs/here-1/")
    assert len(wire.calls) == 4  # the gateways, and one for each


def test_the_current_gateway_is_asked_first(person, store, wire):
    store.add({"gateway_id": "staging", "id": "here-1"})
    person.get(URL, {"id": "here-1", "gateway": "staging"})
    assert wire.calls == ["GET /gateways", "GET /staging/logs"]


def test_an_id_that_no_gateway_has_is_a_404_that_says_where_it_was_looked_for(person, wire):
    answer = person.get(URL, {"id": "nowhere"})
    assert answer.status_code == 404
    assert (
        "No log has “nowhere” as its id or event id. Looked for in 3 gateways: prod-edge, support-bot, staging."
        in answer.text
    )
    assert len(wire.calls) == 7  # the gateways, each of them for the id, and each for the event


@pytest.mark.parametrize("log_id", ["", " ", "../x", "x?y", "a b", "<script>", "x" * 129, "ä", "\x00", "\u202ex"])
def test_what_no_log_id_can_be_is_a_400_without_a_call(person, wire, log_id):
    answer = person.get(URL, {"id": log_id})
    assert answer.status_code == 400
    assert "Paste the id of a log" in answer.text
    assert wire.sent == []
    assert "<script>" not in answer.text
    assert "\u202e" not in answer.text


def test_a_gateway_that_is_none_of_the_account_is_never_asked(person, wire):
    person.get(URL, {"id": "x", "gateway": "../../accounts"})
    assert {each.url.path.rpartition("/gateways")[2] for each in wire.sent} == {
        "",
        "/prod-edge/logs",
        "/support-bot/logs",
        "/staging/logs",
    }


def test_filters_that_are_ignored_lead_nowhere(person, wire, sandbox):
    sandbox.options = replace(sandbox.options, ignore_filters=True)
    answer = person.get(URL, {"id": "nowhere"})
    assert answer.status_code == 502
    assert "Location" not in answer


def test_a_gateway_that_no_address_can_name_hides_no_log(person, upstream_answers):
    def answer(request):
        if request.url.path.endswith("/gateways"):
            return httpx.Response(200, json={"success": True, "result": [{"id": "Odd One"}, {"id": "fine"}]})
        row = {"id": "x", "created_at": "2026-11-23T10:00:00Z"}
        return httpx.Response(200, json={"success": True, "result": [row]})

    upstream_answers(answer)
    found = person.get(URL, {"id": "x"})
    assert (found.status_code, found["Location"]) == (302, "/gateways/fine/logs/x/")


def test_each_page_of_a_gateway_sends_it_along(person):
    form = parse(person.get(LOGS)).one("form", class_="find")
    assert form["action"] == URL
    assert form.one("input", name="gateway")["value"] == "prod-edge"


def test_only_get_is_answered(person):
    assert person.post(URL, {"id": "x"}).status_code == 405
