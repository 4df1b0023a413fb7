"""The sandbox against the description of the API: what it accepts, refuses, and how its answers look."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, settings
from schemathesis.checks import ignored_auth

from gateway_dash.sandbox import ACCOUNT_ID, TOKENS, Options, Sandbox, Store

DESCRIPTION = Path(__file__).with_name("openapi-logs.yaml")
WRITE = next(token for token, permission in TOKENS.items() if permission == "write")
LOGS = 40

NOT_OURS = [
    ignored_auth,  # wants 401 for malformed credentials; the live API says 400 (tests/sandbox/test_access.py)
]
STORE = Store.seeded(LOGS)
EXPLICIT = {"id": "plain", "request_body": b"{}", "response_body": b'{"a":1}'}


def narrowed_description() -> dict[str, Any]:
    """The description with path values that exist, so that calls get as far as the operations."""
    found: dict[str, Any] = yaml.safe_load(DESCRIPTION.read_text())
    parameters = found["components"]["parameters"]
    parameters["account_id"]["schema"] = {"type": "string", "enum": [ACCOUNT_ID]}
    parameters["gateway_id"]["schema"] = {"type": "string", "enum": ["prod-edge", "staging", "no-such"]}
    known = [EXPLICIT["id"], *STORE.ids("prod-edge")[:4], "nobody"]
    parameters["log_id"]["schema"] = {"type": "string", "enum": known}
    return found


schema = schemathesis.openapi.from_dict(narrowed_description())
schema.app = Sandbox(STORE, Options(budget=None))


@pytest.fixture(scope="module", autouse=True)
def enough_logs() -> Iterator[None]:
    STORE.add(EXPLICIT)
    yield
    STORE.close()


@schema.parametrize()
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_every_answer_is_as_described(case: schemathesis.Case) -> None:
    case.call_and_validate(headers={"Authorization": f"Bearer {WRITE}"}, excluded_checks=NOT_OURS)
