"""/"""

import httpx
import pytest

pytestmark = pytest.mark.django_db


def test_the_only_gateway_opens_at_once(person, upstream_answers):
    upstream_answers(lambda _request: httpx.Response(200, json={"success": True, "result": [{"id": "only"}]}))
    answer = person.get("/")
    assert (answer.status_code, answer["Location"]) == (302, "/gateways/only/")


def test_several_gateways_are_offered(person, wire):
    answer = person.get("/")
    assert (answer.status_code, answer["Location"]) == (302, "/gateways/")
    assert wire.calls == ["GET /gateways"]


def test_an_account_without_gateways_says_so(person, upstream_answers):
    upstream_answers(lambda _request: httpx.Response(200, json={"success": True, "result": []}))
    answer = person.get("/", follow=True)
    assert answer.status_code == 200
    assert "No gateways" in answer.text


def test_a_gateway_that_no_address_can_name_takes_nobody_anywhere(person, upstream_answers):
    upstream_answers(lambda _request: httpx.Response(200, json={"success": True, "result": [{"id": "../../x?y"}]}))
    answer = person.get("/")
    assert (answer.status_code, answer["Location"]) == (302, "/gateways/")


def test_a_gateway_list_that_fails_is_an_error_page(person, upstream_answers):
    upstream_answers(lambda _request: httpx.Response(500, json={"success": False, "errors": []}))
    assert person.get("/").status_code == 502
