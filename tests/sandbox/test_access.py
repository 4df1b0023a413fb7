"""Credentials, permissions, routes, and what surrounds the logs."""

import pytest

from gateway_dash.sandbox import ACCOUNT_ID

GATEWAYS = f"/accounts/{ACCOUNT_ID}/ai-gateway/gateways"
WRONG = "a-well-formed-token-that-nobody-has-made"


def codes(answer):
    return [error["code"] for error in answer.json()["errors"]]


@pytest.mark.parametrize(
    ("permission", "statuses"),
    [
        ("none", [403, 403, 403, 403, 403]),
        ("metadata_read", [200, 200, 403, 403, 403]),
        ("read", [200, 200, 200, 403, 403]),
        ("write", [200, 200, 200, 200, 200]),
    ],
)
def test_a_token_may_do_what_its_permission_says(api_as, store, permission, statuses):
    store.add({"id": "x", "request_body": b"{}"})
    api = api_as(permission)
    found = [
        api.http.get(api.logs()),
        api.http.get(api.logs("prod-edge", "x")),
        api.http.get(api.logs("prod-edge", "x", "request")),
        api.http.patch(api.logs("prod-edge", "x"), json={"feedback": 1}),
        api.http.delete(api.logs()),
    ]
    assert [answer.status_code for answer in found] == statuses
    assert all(codes(answer) == [10000] for answer in found if answer.status_code == 403)


def test_metadata_read_sees_no_heads(api_as, store):
    store.add({"id": "x", "request_body": b"secret"})
    api = api_as("metadata_read")
    detail = api.http.get(api.logs("prod-edge", "x")).json()["result"]
    assert (detail["request_head"], detail["request_size"]) == (None, 6)


def test_requests_without_credentials_are_refused(api):
    del api.http.headers["Authorization"]
    answer = api.http.get(api.logs())
    assert (answer.status_code, codes(answer)) == (401, [10000])


@pytest.mark.parametrize("value", ["Bearer undefined", "Basic dXNlcjpwYXNz", "Bearer ", f"Bearer {WRONG} {WRONG}"])
def test_a_malformed_header_is_told_from_a_wrong_token(api, value):
    answer = api.http.get(api.logs(), headers={"Authorization": value})
    assert (answer.status_code, codes(answer)) == (400, [6003])
    assert answer.json()["errors"][0]["error_chain"][0]["code"] == 6111


def test_a_wrong_token_is_refused_in_two_ways(api):
    api.http.headers["Authorization"] = f"Bearer {WRONG}"
    answer = api.http.get(api.logs())
    assert (answer.status_code, codes(answer)) == (401, [10000])
    verify = api.http.get("/user/tokens/verify")
    assert (verify.status_code, codes(verify)) == (401, [1000])


def test_an_old_style_key_is_refused_as_malformed(api):
    del api.http.headers["Authorization"]
    answer = api.http.get(api.logs(), headers={"X-Auth-Email": "kim@example.com", "X-Auth-Key": "0"})
    assert answer.json()["errors"][0]["error_chain"][0]["code"] == 6103


def test_another_account_is_forbidden(api):
    assert api.http.get(f"/accounts/{'0' * 32}/ai-gateway/gateways").status_code == 403


@pytest.mark.parametrize("path", ["/user/tokens/verify", f"/accounts/{ACCOUNT_ID}/tokens/verify"])
@pytest.mark.parametrize("permission", ["none", "write"])
def test_a_good_token_is_verified_whatever_it_may_do(api_as, path, permission):
    answer = api_as(permission).http.get(path).json()
    assert answer["result"]["status"] == "active"
    assert answer["messages"][0]["code"] == 10000


def test_an_account_is_seen_only_by_tokens_that_may_do_something(api_as):
    assert [account["id"] for account in api_as("read").http.get("/accounts").json()["result"]] == [ACCOUNT_ID]
    assert api_as("none").http.get("/accounts").json()["result"] == []


@pytest.mark.parametrize("path", ["/", "/accounts/x/y", f"{GATEWAYS}/prod-edge/logs/a/b", f"{GATEWAYS}/prod-edge/log"])
def test_an_unknown_route_says_so(api, path):
    answer = api.http.get(path)
    assert (answer.status_code, codes(answer)) == (404, [7003, 7000])


def test_a_method_that_a_route_lacks_is_refused_with_those_it_has(api):
    answer = api.http.post(api.logs())
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, DELETE")


def test_the_three_gateways_are_listed_and_searched(api):
    answer = api.http.get(GATEWAYS, params={"per_page": 100}).json()
    assert [gateway["id"] for gateway in answer["result"]] == ["prod-edge", "support-bot", "staging"]
    assert answer["result_info"]["total_count"] == 3
    assert [g["id"] for g in api.http.get(GATEWAYS, params={"search": "bot"}).json()["result"]] == ["support-bot"]


def test_the_gateways_differ_in_what_is_worth_showing(many):
    by_id = {gateway["id"]: gateway for gateway in many.http.get(GATEWAYS).json()["result"]}
    assert by_id["prod-edge"]["log_management_strategy"] == "DELETE_OLDEST"
    assert by_id["support-bot"]["log_management_strategy"] == "STOP_INSERTING"
    assert by_id["support-bot"]["authentication"] is True
    assert by_id["staging"]["collect_logs"] is False
    assert all(10_000 <= gateway["log_management"] <= 10_000_000 for gateway in by_id.values())


def test_an_unknown_gateway_is_not_found_by_itself(api):
    answer = api.http.get(f"{GATEWAYS}/nobody")
    assert (answer.status_code, codes(answer)) == (404, [7002])


def test_a_gateway_id_that_cannot_be_one_is_refused(api):
    assert api.error(f"{GATEWAYS}/No--Such/logs") == (400, "Invalid", ["params", "gateway_id"])


def test_the_inference_url_of_a_provider_is_text(api):
    answer = api.http.get(f"{GATEWAYS}/staging/url/openai").json()
    assert answer["result"] == f"https://gateway.ai.cloudflare.com/v1/{ACCOUNT_ID}/staging/openai"
    assert api.http.get(f"{GATEWAYS}/staging/url/universal").json()["result"].endswith("/staging/")
