"""The sandbox against the description of the API: what it accepts, refuses, and how its answers look."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, settings
from schemathesis.checks import ignored_auth, negative_data_rejection, positive_data_acceptance

from gateway_dash.sandbox import ACCOUNT_ID, TOKENS, Options, Sandbox, Store

DESCRIPTION = Path(__file__).with_name("openapi-logs.yaml")
WRITE = next(token for token, permission in TOKENS.items() if permission == "write")
JSON = "application/json"
GATEWAYS = ["prod-edge", "staging", "no-such"]
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def small_store() -> Store:
    store = Store.seeded(40, now=NOW)
    store.add({"id": "plain", "created_at": NOW, "request_body": b"{}", "response_body": b'{"a":1}'})
    return store


SANDBOX = Sandbox(small_store(), Options(budget=None))


def narrowed_description() -> dict[str, Any]:
    """The description with path values that exist, so that calls get as far as the operations."""
    found: dict[str, Any] = yaml.safe_load(DESCRIPTION.read_text())
    parameters = found["components"]["parameters"]
    parameters["account_id"]["schema"] = {"type": "string", "enum": [ACCOUNT_ID]}
    parameters["gateway_id"]["schema"] = {"type": "string", "enum": GATEWAYS}
    # Bodies of JSON only: the checker takes the description of a stream for that of each of its events.
    json_only = [
        row["id"] for row in SANDBOX.store.page("prod-edge", limit=40)[1] if row["response_content_type"] == JSON
    ]
    known = ["plain", *json_only[:6], "nobody"]
    parameters["log_id"]["schema"] = {"type": "string", "enum": known}
    return found


schema = schemathesis.openapi.from_dict(narrowed_description())
schema.app = SANDBOX


@pytest.fixture(autouse=True)
def all_logs_are_there() -> Iterator[None]:
    SANDBOX.store.close()
    SANDBOX.store = small_store()  # the deletions of one operation must not empty the others
    yield
    SANDBOX.store.close()


def excluded(case: schemathesis.Case) -> list[Any]:
    """The checks that ask for more than the live API is known to do."""
    checks = [
        ignored_auth,  # wants 401 for malformed credentials, which are 400 there
        positive_data_acceptance,  # the description allows `cost gt ["much"]`; the sandbox refuses what it cannot read
    ]
    gateway = str(case.path_parameters.get("gateway_id"))
    if gateway not in GATEWAYS and re.fullmatch(r"[a-z0-9_]+(-[a-z0-9_]+)*", gateway):
        checks.append(negative_data_rejection)  # a damaged gateway id that is still a possible one lists as empty
    return checks


@schema.parametrize()
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_every_answer_is_as_described(case: schemathesis.Case) -> None:
    case.call_and_validate(headers={"Authorization": f"Bearer {WRITE}"}, excluded_checks=excluded(case))
