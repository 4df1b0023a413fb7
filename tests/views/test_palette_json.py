"""/palette.json"""

import httpx
import pytest
from django.test import Client

from gateway_dash.sharing.models import SavedView
from tests.conftest import LOGS
from tests.people import somebody

pytestmark = pytest.mark.django_db

URL = "/palette.json"
SAVE = "/gateways/{}/views/save/"


def texts(answer):
    return [each["text"] for each in answer.json()["entries"]]


def test_the_gateways_cost_one_call_and_none_for_a_minute(person, wire):
    assert texts(person.get(URL)) == ["prod-edge", "support-bot", "staging"]
    person.get(URL)
    person.get("/palette/")
    assert wire.calls == ["GET /gateways"]


def test_what_is_of_this_gateway_comes_first(person):
    person.post(SAVE.format("support-bot"), {"name": "A", "query": ""})
    person.post(SAVE.format("prod-edge"), {"name": "B", "query": "success=false"})
    assert texts(person.get(URL + "?gateway=support-bot"))[:2] == ["A", "B"]
    assert texts(person.get(URL + "?gateway=prod-edge"))[:2] == ["B", "A"]
    first = person.get(URL + "?gateway=prod-edge").json()["entries"][0]
    assert first == {
        "text": "B",
        "kind": "view",
        "hint": "prod-edge · Calls that failed",
        "url": LOGS + "?success=false",
    }


def test_another_persons_views_and_searches_are_not_in_it(person, django_user_model):
    person.get(LOGS + "?provider=openai")
    person.post(SAVE.format("prod-edge"), {"name": "Mine", "query": ""})
    other = Client()
    other.force_login(somebody("lee"))
    assert texts(other.get(URL)) == ["prod-edge", "support-bot", "staging"]


def test_a_failing_upstream_is_said_and_is_not_kept(person, upstream_answers):
    upstream_answers(lambda _request: httpx.Response(500, json={"success": False}))
    answer = person.get(URL)
    assert answer.status_code == 200
    assert "missing here" in answer.json()["problem"]
    upstream_answers(lambda _request: httpx.Response(200, json={"success": True, "result": [{"id": "one"}]}))
    assert texts(person.get(URL)) == ["one"]


def test_a_gateway_that_no_address_can_name_is_left_out(person, upstream_answers):
    upstream_answers(lambda _request: httpx.Response(200, json={"success": True, "result": [{"id": "../x?"}]}))
    assert texts(person.get(URL)) == []


def test_a_stale_view_is_called_stale(person, django_user_model):
    SavedView.objects.create(
        user=django_user_model.objects.get(), gateway="prod-edge", name="Old", query="providr=openai"
    )
    entry = person.get(URL).json()["entries"][0]
    assert (entry["text"], entry["hint"]) == ("Old", "prod-edge · stale · providr=openai")


def test_no_cache_keeps_it(person):
    assert person.get(URL)["Cache-Control"] == "no-store"
