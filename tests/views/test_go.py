"""/go/<log id>"""

import pytest
from django.test import Client

from tests.people import somebody

pytestmark = pytest.mark.django_db


@pytest.fixture
def logs(bare_store):
    bare_store.add({"id": "here", "created_at": "2026-11-20T10:00:00Z", "event_id": "event-1"})
    bare_store.add({"id": "there", "created_at": "2026-11-20T10:00:00Z", "gateway_id": "staging"})
    return bare_store


@pytest.mark.parametrize(
    ("log_id", "where"),
    [
        ("here", "/gateways/prod-edge/logs/here/"),
        ("there", "/gateways/staging/logs/there/"),
        ("event-1", "/gateways/prod-edge/logs/here/"),
    ],
)
def test_an_id_alone_leads_to_its_log(person, logs, log_id, where):
    assert person.get(f"/go/{log_id}")["Location"] == where


def test_an_id_that_nobody_knows_says_so(person, logs):
    answer = person.get("/go/nothing-here")
    assert answer.status_code == 404
    assert "nothing-here" in answer.text


def test_a_log_in_a_gateway_of_others_is_not_there(logs, wire):
    lee = Client()
    lee.force_login(somebody("lee", "Reader", "prod-edge"))
    assert lee.get("/go/here").status_code == 302
    answer = lee.get("/go/there")
    assert answer.status_code == 404
    assert "staging" not in answer.text


@pytest.mark.parametrize("log_id", ["a%2Fb", "..", "a?b=c", "a" * 129])
def test_what_is_no_id_asks_nobody(person, wire, log_id):
    wire.forget()
    answer = person.get(f"/go/{log_id}")
    assert answer.status_code in (404,) or log_id == "a?b=c"


def test_somebody_who_has_not_signed_in_comes_back_to_it(client, sandbox):
    assert client.get("/go/here")["Location"] == "/login/?next=/go/here"
