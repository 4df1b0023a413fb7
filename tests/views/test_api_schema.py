"""The API against its own description: whatever it allows, and much that it does not."""

from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, settings
from schemathesis.checks import negative_data_rejection, positive_data_acceptance

from gateway_dash.api import tokens
from gateway_dash.api.description import description
from gateway_dash.gateway.reading import known_names
from gateway_dash.team.actions import Action
from gateway_dash.team.roles import READER
from tests.people import somebody

KNOWN = {"gateway": ["prod-edge", "staging", "no-such"], "log_id": ["plain", "bytes", "nobody"]}


def narrowed() -> dict[str, Any]:
    """The description with names that are there, so that requests get as far as the operations."""
    found: dict[str, Any] = {**description(), "paths": {}}
    for path, each in description()["paths"].items():
        parameters = [
            one | {"schema": {"type": "string", "enum": KNOWN[one["name"]]}} if one["name"] in KNOWN else one
            for one in each["get"]["parameters"]
        ]
        found["paths"][path] = {"get": each["get"] | {"parameters": parameters}}
    return found


schema = schemathesis.openapi.from_dict(narrowed())
schema.app = get_wsgi_application()  # not that of gateway_dash.wsgi, which also takes over what the process logs


@pytest.fixture
def token(db, store, sandbox, monkeypatch):
    monkeypatch.setattr(tokens, "REQUESTS_A_MINUTE", 10**6)
    store.add({"id": "plain", "request_body": b"{}", "response_body": b'{"a":1}'})
    store.add({"id": "bytes", "request_body": b"\xff\xfe\x00", "response_body": b"\xff"})
    return tokens.make(somebody("kim", READER), "test", tokens.SCOPES, [], 1)[1]


@schema.parametrize()
@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_every_answer_is_as_described_and_none_is_a_500(case: schemathesis.Case, token: str) -> None:
    excluded: list[Any] = []
    if case.path.endswith(("/logs", "/counts")):
        excluded.append(
            positive_data_acceptance
        )  # no schema says that `start` comes before `end`, or 20 filters at most
    if str(case.path_parameters.get("gateway")) not in KNOWN["gateway"]:
        excluded.append(negative_data_rejection)  # a damaged id that is still a possible one: “null” is a name too
    headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
    case.call_and_validate(headers=headers, excluded_checks=excluded)


def test_the_parameters_of_a_list_are_those_that_are_read():
    for path in ("/api/v1/gateways/{gateway}/logs", "/api/v1/gateways/{gateway}/counts"):
        described = [
            each["name"] for each in description()["paths"][path]["get"]["parameters"] if each["in"] == "query"
        ]
        assert sorted(described) == sorted(known_names())


def test_every_address_with_a_token_is_described_and_only_reads():
    assert set(description()["paths"]) == {
        "/api/v1/me",
        "/api/v1/gateways",
        "/api/v1/gateways/{gateway}",
        "/api/v1/gateways/{gateway}/logs",
        "/api/v1/gateways/{gateway}/counts",
        "/api/v1/gateways/{gateway}/views",
        "/api/v1/gateways/{gateway}/logs/{log_id}",
        "/api/v1/gateways/{gateway}/logs/{log_id}/{side}",
    }
    assert all(list(each) == ["get"] for each in description()["paths"].values())


def test_the_right_stands_in_the_description_of_each():
    body = description()["paths"]["/api/v1/gateways/{gateway}/logs/{log_id}/{side}"]["get"]
    assert f"Needs the right to {Action.READ.words}." in body["description"]


@pytest.mark.django_db
def test_the_description_is_served_as_it_is_to_everybody(client):
    answer = client.get("/api/v1/openapi.json")
    assert answer["Content-Type"] == "application/json"
    assert answer.json() == description()
